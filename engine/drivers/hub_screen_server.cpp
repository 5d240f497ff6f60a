// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/hub_screen_server.h"

#include "engine/base/log.h"
#include "engine/drivers/spice_server.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/remote_display.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QFile>
#include <QtCore/QLibrary>

#include <algorithm>
#include <utility>

namespace engine {

namespace {

Result<spice::MakeScreenServer> loadModule()
{
    static QLibrary module(paths::moduleFolder() + QStringLiteral("/vitrine-spice.so"));
    static const auto make =
        reinterpret_cast<spice::MakeScreenServer>(module.resolve(spice::MakeScreenServerSymbol));
    if (make != nullptr)
        return make;
    return makeError(ErrorKind::NotFound,
                     QStringLiteral("The part of Vitrine that offers screens to SPICE clients "
                                    "cannot be loaded: %1")
                         .arg(module.errorString()),
                     QStringLiteral("Install the library libspice-server1, or Vitrine anew"));
}

FrameRect unitedRect(const FrameRect &a, const FrameRect &b)
{
    const int left = std::min(a.x, b.x);
    const int top = std::min(a.y, b.y);
    return {left, top, std::max(a.x + a.width, b.x + b.width) - left,
            std::max(a.y + a.height, b.y + b.height) - top};
}

} // namespace

HubScreenServer::HubScreenServer(DisplayHub &hub)
    : m_hub(hub)
{ }

Result<std::unique_ptr<HubScreenServer>> HubScreenServer::open(const MachineDefinition &definition,
                                                               const QString &certificateFolder,
                                                               DisplayHub &hub)
{
    const RemoteDisplay &remote = definition.remoteDisplay;
    TRY(checkRemoteDisplay(remote));
    const spice::MakeScreenServer make = TRY(loadModule());
    const QString address = listenAddress(remote);
    const int port = TRY(freeSpicePort(remote));
    spice::ScreenServerConfig config;
    config.machineName = definition.name.toStdString();
    const QByteArray id = definition.uuid.toRfc4122();
    std::copy_n(id.cbegin(), std::min(std::size_t(id.size()), config.machineId.size()),
                config.machineId.begin());
    config.address = address.toStdString();
    (remote.isTlsOn ? config.tlsPort : config.port) = port;
    config.certificateFolder = QFile::encodeName(certificateFolder).toStdString();
    config.password = remote.password.toStdString();
    // A copy through memory is faster than any compression, a network is not.
    config.isCompressing = !isLoopbackAddress(address);

    std::unique_ptr<HubScreenServer> self(new HubScreenServer(hub));
    self->m_address.host = nearSpiceAddress(address);
    (remote.isTlsOn ? self->m_address.tlsPort : self->m_address.port) = port;
    self->m_address.password = remote.password;
    if (remote.isTlsOn)
        self->m_address.caFile = spiceCaFile(certificateFolder);
    self->m_view = hub.makeView();
    Result<std::unique_ptr<spice::ScreenServer>> server = std::unique_ptr<spice::ScreenServer>();
    make(config, *self, server);
    if (!server)
        return std::move(server).error().context(
            QStringLiteral("The machine's screen cannot be offered at %1, port %2")
                .arg(address)
                .arg(port)
                .toStdString());
    self->m_server = std::move(*server);
    log(LogLevel::Info, "spice",
        QStringLiteral("the screen is offered at %1, port %2%3")
            .arg(address)
            .arg(port)
            .arg(remote.isTlsOn ? QStringLiteral(", by TLS") : QString())
            .toStdString());
    return self;
}

HubScreenServer::~HubScreenServer()
{
    release();
}

std::unique_ptr<spice::ScreenServer> HubScreenServer::release()
{
    if (m_server) {
        m_view.screen->setListener(nullptr);
        m_view.input->setChangeListener({});
        m_view.agent->setTaker({});
    }
    return std::move(m_server);
}

void HubScreenServer::frameDamaged(FrameRect damage)
{
    const std::lock_guard lock(m_mutex);
    if (m_notes.damage.size() < MaxRects) {
        m_notes.damage.push_back(damage);
    } else {
        FrameRect all = damage;
        for (const FrameRect &rect : m_notes.damage)
            all = unitedRect(all, rect);
        m_notes.damage.assign(1, all);
    }
    post();
}

void HubScreenServer::frameResized()
{
    const std::lock_guard lock(m_mutex);
    m_notes.isPictureNew = true;
    post();
}

void HubScreenServer::cursorChanged()
{
    const std::lock_guard lock(m_mutex);
    m_notes.isCursorNew = true;
    post();
}

void HubScreenServer::post()
{
    if (!std::exchange(m_isPosted, true))
        QMetaObject::invokeMethod(this, &HubScreenServer::update, Qt::QueuedConnection);
}

void HubScreenServer::pictureTaken()
{
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isUnderWay = false;
            update();
        },
        Qt::QueuedConnection);
}

void HubScreenServer::inputCame(std::function<void(InputSink &)> what)
{
    QMetaObject::invokeMethod(
        this, [this, what = std::move(what)] { what(*m_view.input); }, Qt::QueuedConnection);
}

void HubScreenServer::clientsChanged(int clients)
{
    QMetaObject::invokeMethod(
        this, [this, clients] { setClients(clients); }, Qt::QueuedConnection);
}

void HubScreenServer::setClients(int clients)
{
    if (!m_server)
        return;
    log(LogLevel::Info, "spice",
        clients == 1 ? "1 client is connected"
                     : std::to_string(clients) + " clients are connected");
    const int before = std::exchange(m_clients, clients);
    if (clients > before && before > 0)
        return;
    if (clients > 0) {
        if (before == 0)
            look();
        // Who went may have left the agent with half of a message: it begins anew.
        m_view.agent->setTaker({});
        m_view.agent->setTaker([this](Fd stream) {
            if (m_server)
                m_server->connectAgent(std::move(stream));
        });
    } else if (before > 0) {
        m_view.screen->setListener(nullptr);
        m_view.input->setChangeListener({});
        m_view.agent->setTaker({});
        m_server->connectAgent({});
        m_view = m_hub.makeView(); // what the clients held down is let go with the former
    }
}

void HubScreenServer::look()
{
    m_view.input->setChangeListener([this] {
        const std::lock_guard lock(m_mutex);
        m_notes.isInputNew = true;
        post();
    });
    m_view.screen->setListener(this);
    const std::lock_guard lock(m_mutex);
    m_notes.isPictureNew = m_notes.isCursorNew = m_notes.isInputNew = true;
    post();
}

void HubScreenServer::update()
{
    Notes notes;
    {
        const std::lock_guard lock(m_mutex);
        m_isPosted = false;
        if (!m_server || m_clients == 0)
            return;
        notes.isCursorNew = std::exchange(m_notes.isCursorNew, false);
        notes.isInputNew = std::exchange(m_notes.isInputNew, false);
        if (!m_isUnderWay) {
            notes.isPictureNew = std::exchange(m_notes.isPictureNew, false);
            notes.damage = std::exchange(m_notes.damage, {});
        }
    }
    if (notes.isPictureNew || !notes.damage.empty()) {
        Frame frame = m_view.screen->frame();
        if (notes.isPictureNew)
            notes.damage.assign(1, {0, 0, frame.width, frame.height});
        if (frame.keepAlive && !frame.isEmpty()) {
            m_isUnderWay = true;
            m_server->showPicture(std::move(frame), std::move(notes.damage));
        }
    }
    if (notes.isCursorNew)
        m_server->showCursor(m_view.screen->cursor());
    if (notes.isInputNew) {
        m_server->setPointerMode(m_view.input->pointerMode());
        if (const std::optional<LockLights> lights = m_view.input->lockLights())
            m_server->setLockLights(*lights);
    }
}

} // namespace engine
