// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/screen_server.h"

#include "engine/base/thread_filter.h"
#include "engine/spice/agent_channel.h"
#include "engine/spice/input_channel.h"
#include "engine/spice/library_loop.h"
#include "engine/spice/screen_channel.h"
#include "engine/spice/sound_channel.h"

#include <cstdlib>
#include <optional>
#include <set>
#include <utility>

namespace engine::spice {

namespace {

class LibraryServer final : public ScreenServer
{
public:
    LibraryServer(std::unique_ptr<PollLoop> loop, ScreenServerListener &listener)
        : m_listener(listener)
        , m_loop(std::move(loop))
    { }
    ~LibraryServer() override
    {
        m_loop->run([this] { close(); });
    }

    bool open(const ScreenServerConfig &config)
    {
        bool isOpen = false;
        m_loop->run([&] {
            confineThread(ThreadRole::Network); // and what the library starts from here
            isOpen = openHere(config);
        });
        return isOpen;
    }

    void showPicture(Frame frame, std::vector<FrameRect> damage) override
    {
        m_loop->post([this, frame = std::move(frame), damage = std::move(damage)] {
            m_screen->show(frame, damage);
        });
    }
    void showCursor(CursorImage cursor) override
    {
        m_loop->post([this, cursor = std::move(cursor)] { m_screen->showCursor(cursor); });
    }
    void setPointerMode(PointerMode mode) override
    {
        m_loop->post([this, mode] { m_input->setPointerMode(mode); });
    }
    void setLockLights(LockLights lights) override
    {
        m_loop->post([this, lights] { m_input->setLockLights(lights); });
    }
    void connectAgent(Fd stream) override
    {
        m_loop->post([this, stream = std::make_shared<Fd>(std::move(stream))] {
            m_agent->connect(std::move(*stream));
        });
    }
    void connectSound(Fd socket) override
    {
        m_loop->post([this, socket = std::make_shared<Fd>(std::move(socket))] {
            if (m_sound)
                m_sound->connect(std::move(*socket));
        });
    }

private:
    bool openHere(const ScreenServerConfig &config);
    void close();
    void noteChannel(int event, SpiceChannelEventInfo *info);

    ScreenServerListener &m_listener;
    std::optional<LibraryLoop> m_library;
    std::optional<ScreenChannel> m_screen;
    std::optional<InputChannel> m_input;
    std::optional<AgentChannel> m_agent;
    std::optional<SoundChannel> m_sound; // none without a sound card
    SpiceServer *m_server = nullptr;
    std::set<const SpiceChannelEventInfo *> m_clients; // their main channels
    std::unique_ptr<PollLoop> m_loop; // last: it ends before everything it uses
};

bool LibraryServer::openHere(const ScreenServerConfig &config)
{
    m_library.emplace(*m_loop, [this](int event, SpiceChannelEventInfo *info) {
        noteChannel(event, info);
    });
    m_server = spice_server_new();
    spice_server_set_name(m_server, config.machineName.c_str());
    spice_server_set_uuid(m_server, config.machineId.data());
    if (config.socket.empty())
        spice_server_set_addr(m_server, config.address.c_str(), 0);
    else
        spice_server_set_addr(m_server, config.socket.c_str(), SPICE_ADDR_FLAG_UNIX_ONLY);
    if (config.port > 0)
        spice_server_set_port(m_server, config.port);
    if (config.tlsPort > 0) {
        const std::string &folder = config.certificateFolder;
        spice_server_set_tls(m_server, config.tlsPort, (folder + "/ca-cert.pem").c_str(),
                             (folder + "/server-cert.pem").c_str(),
                             (folder + "/server-key.pem").c_str(), nullptr, nullptr, nullptr);
    }
    if (config.password.empty())
        spice_server_set_noauth(m_server);
    else
        spice_server_set_ticket(m_server, config.password.c_str(), 0, 0, 0);
    // As QEMU is told (qemu_command_line.cpp): nothing is lost of the picture.
    spice_server_set_image_compression(m_server,
                                       config.isCompressing ? SPICE_IMAGE_COMPRESSION_AUTO_GLZ
                                                            : SPICE_IMAGE_COMPRESSION_OFF);
    spice_server_set_jpeg_compression(m_server, SPICE_WAN_COMPRESSION_NEVER);
    spice_server_set_zlib_glz_compression(m_server, SPICE_WAN_COMPRESSION_NEVER);
    spice_server_set_streaming_video(m_server, SPICE_STREAM_VIDEO_OFF);
    if (spice_server_init(m_server, m_library->coreInterface()) != 0) {
        close();
        return false;
    }
    m_screen.emplace(
        m_server, [this] { m_listener.pictureTaken(); },
        [this] { return m_library->isStuck(); });
    m_input.emplace(m_server, [this](std::function<void(InputSink &)> what) {
        m_listener.inputCame(std::move(what));
    });
    m_agent.emplace(m_server, *m_loop, [this](SizeWish::Size size) {
        m_listener.sizeWanted(size.width, size.height);
    });
    if (config.hasSound)
        m_sound.emplace(m_server, *m_loop);
    spice_server_vm_start(m_server);
    return true;
}

void LibraryServer::close()
{
    m_agent.reset();
    m_sound.reset();
    if (m_server != nullptr)
        spice_server_destroy(std::exchange(m_server, nullptr));
    m_input.reset();
    m_screen.reset();
    m_library.reset();
}

// A client is let in when its main channel is initialized.
void LibraryServer::noteChannel(int event, SpiceChannelEventInfo *info)
{
    if (m_server == nullptr || info->type != SPICE_CHANNEL_MAIN)
        return;
    const bool isChanged = event == SPICE_CHANNEL_EVENT_INITIALIZED ? m_clients.insert(info).second
        : event == SPICE_CHANNEL_EVENT_DISCONNECTED                 ? m_clients.erase(info) > 0
                                                                    : false;
    if (isChanged)
        m_listener.clientsCame(int(m_clients.size()));
}

} // namespace

Result<std::unique_ptr<ScreenServer>> openScreenServer(const ScreenServerConfig &config,
                                                       ScreenServerListener &listener)
{
    std::unique_ptr<PollLoop> loop = TRY(PollLoop::start("spice"));
    auto server = std::make_unique<LibraryServer>(std::move(loop), listener);
    // The library's only way to be told that a second client does not end the first one's
    // connection; read once (SPICE_DEBUG_ALLOW_MC_ENV in its reds.h).
    ::setenv("SPICE_DEBUG_ALLOW_MC", "1", 1);
    const bool isOpen = server->open(config);
    ::unsetenv("SPICE_DEBUG_ALLOW_MC");
    if (!isOpen)
        return Error(ErrorKind::Io, "the SPICE server does not start");
    return std::unique_ptr<ScreenServer>(std::move(server));
}

} // namespace engine::spice
