// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/spice_feed.h"

#include <utility>

using namespace engine;

namespace app {

SpiceFeed::~SpiceFeed() = default;

Result<> SpiceFeed::serve(const spice::ScreenServerConfig &config)
{
    m_server = TRY(spice::openScreenServer(config, *this));
    return {};
}

void SpiceFeed::show(Fd connection)
{
    if (!m_server)
        return;
    drop();
    m_machine = std::make_unique<DisplayClient>();
    m_machine->setAgentTaker([this](Fd stream) { m_server->connectAgent(std::move(stream)); });
    connect(m_machine.get(), &DisplayClient::inputChanged, this, &SpiceFeed::updateInput);
    connect(m_machine.get(), &DisplayClient::closed, this, &SpiceFeed::drop);
    m_machine->screen().setListener(this);
    m_machine->take(std::move(connection));
}

void SpiceFeed::hear(Fd socket)
{
    if (m_server)
        m_server->connectSound(std::move(socket));
}

// The clients keep the last picture.
void SpiceFeed::drop()
{
    if (!m_machine)
        return;
    m_machine->screen().setListener(nullptr);
    m_machine->setAgentTaker({});
    m_machine->disconnect(this);
    m_machine.release()->deleteLater(); // it may be what is speaking
    m_isPictureNew = false;
    m_damage.clear();
    m_server->connectAgent({});
}

void SpiceFeed::frameDamaged(FrameRect damage)
{
    m_damage.add(damage);
    update();
}

void SpiceFeed::frameResized()
{
    m_isPictureNew = true;
    update();
}

void SpiceFeed::cursorChanged()
{
    m_server->showCursor(m_machine->screen().cursor());
}

void SpiceFeed::updateInput()
{
    m_server->setPointerMode(m_machine->input().pointerMode());
    if (const std::optional<LockLights> lights = m_machine->input().lockLights())
        m_server->setLockLights(*lights);
}

void SpiceFeed::update()
{
    if (m_isUnderWay || !m_machine || (!m_isPictureNew && m_damage.isEmpty()))
        return;
    Frame frame = m_machine->screen().frame();
    if (std::exchange(m_isPictureNew, false)) {
        m_damage.clear();
        m_damage.add({0, 0, frame.width, frame.height});
    }
    std::vector<FrameRect> damage = m_damage.take();
    if (!frame.keepAlive || frame.isEmpty())
        return;
    m_isUnderWay = true;
    m_server->showPicture(std::move(frame), std::move(damage));
}

void SpiceFeed::pictureTaken()
{
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isUnderWay = false;
            update();
        },
        Qt::QueuedConnection);
}

void SpiceFeed::inputCame(std::function<void(InputSink &)> what)
{
    QMetaObject::invokeMethod(
        this,
        [this, what = std::move(what)] {
            if (m_machine)
                what(m_machine->input());
        },
        Qt::QueuedConnection);
}

void SpiceFeed::sizeWanted(int width, int height)
{
    QMetaObject::invokeMethod(
        this,
        [this, width, height] {
            if (m_machine && m_machine->screen().takesSize())
                m_machine->screen().wantSize(width, height);
        },
        Qt::QueuedConnection);
}

void SpiceFeed::clientsCame(int clients)
{
    QMetaObject::invokeMethod(
        this, [this, clients] { emit clientsChanged(clients); }, Qt::QueuedConnection);
}

} // namespace app
