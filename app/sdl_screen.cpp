// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sdl_screen.h"

#include "display/sdl/sdl_view.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QJsonObject>
#include <QtCore/QPointer>

#include <utility>

namespace app {

namespace {

bool hasScreen(engine::Driver::State state)
{
    using State = engine::Driver::State;
    return state == State::Running || state == State::Paused || state == State::Saving
        || state == State::Stopping;
}

} // namespace

SdlScreen::SdlScreen(engine::ControlClient &client, display::SdlView &view, OpenDisplay open)
    : m_client(client)
    , m_view(view)
    , m_open(std::move(open))
{
    connect(&client, &engine::ControlClient::detached, this, [this] {
        m_isAttached = false;
        m_isWanted = false;
        update();
        emit takenAway();
    });
}

SdlScreen::~SdlScreen()
{
    drop();
}

void SdlScreen::setWanted(bool isWanted)
{
    m_isLost = false; // whoever wants it again wants it tried again
    if (m_isWanted == isWanted || !m_client.isConnected()) {
        update();
        return;
    }
    m_isWanted = isWanted;
    if (!isWanted) {
        m_isAttached = false;
        m_client.call(QStringLiteral("window.detach"));
    } else {
        // A refusal leaves the picture, which is what the user wants.
        m_client.call(QStringLiteral("window.attach"), {{QStringLiteral("force"), true}},
                      [guard = QPointer(this)](const engine::Result<QJsonObject> &) {
                          if (guard == nullptr || !guard->m_isWanted)
                              return;
                          guard->m_isAttached = true;
                          guard->update();
                      });
    }
    update();
}

void SdlScreen::setStatus(const engine::MachineStatus &status)
{
    const bool isOther =
        m_status.spice != status.spice || m_status.displayKind != status.displayKind;
    m_status = status;
    if (isOther)
        drop();
    if (m_session != nullptr)
        m_view.updatePointerMode();
    update();
}

void SdlScreen::update()
{
    const bool shouldBeOpen = m_isWanted && m_isAttached && !m_isLost && hasScreen(m_status.state)
        && m_status.displayKind != engine::DisplayEndpoint::Kind::None;
    m_view.setPlaceholderText(placeholder());
    if (shouldBeOpen && m_session == nullptr)
        open();
    else if (!shouldBeOpen && m_session != nullptr)
        drop();
}

QString SdlScreen::placeholder() const
{
    using State = engine::Driver::State;
    if (m_status.state == State::Starting || m_status.state == State::Restoring
        || m_status.uuid.isNull())
        return tr("Starting…");
    if (!hasScreen(m_status.state))
        return tr("Powered off");
    if (m_status.displayKind == engine::DisplayEndpoint::Kind::None)
        return tr("This machine has no screen");
    return m_isLost ? tr("The screen is not connected") : tr("Waiting for the guest's screen…");
}

void SdlScreen::open()
{
    engine::DisplayEndpoint endpoint;
    endpoint.kind = m_status.displayKind;
    endpoint.spice = m_status.spice;
    endpoint.controlSocket = engine::paths::controlSocket(m_status.uuid);
    endpoint.monitorCount = qMax(1, int(m_status.monitors.size()));
    m_session = m_open(endpoint);
    // Queued: the session may not be deleted while it speaks.
    connect(m_session.get(), &display::DisplaySession::closed, this, &SdlScreen::closed,
            Qt::QueuedConnection);
    connect(m_session.get(), &display::DisplaySession::pointerModeChanged, &m_view,
            &display::SdlView::updatePointerMode);
    connect(m_session.get(), &display::DisplaySession::pointerModeChanged, this,
            &SdlScreen::pointerModeChanged);
    connect(m_session.get(), &display::DisplaySession::wheelTurnedSideways, this,
            &SdlScreen::turnSideways);
    m_view.setSource(&m_session->frameSource());
    m_view.setSink(&m_session->inputSink());
    emit sessionChanged();
}

bool SdlScreen::isPointerAbsolute() const
{
    if (m_status.hasAbsolutePointer)
        return true;
    return m_session != nullptr && m_session->guestLink() != nullptr
        && m_session->guestLink()->abilities().hasAgent
        && m_session->inputSink().pointerMode() == engine::PointerMode::Absolute;
}

// Touchpads drift sideways all the time: once it was refused, it is not asked for again.
void SdlScreen::turnSideways(int notches)
{
    if (!m_canTurnSideways)
        return;
    m_client.call(QStringLiteral("machine.turnWheelSideways"),
                  {{QStringLiteral("notches"), notches}},
                  [guard = QPointer(this)](const engine::Result<QJsonObject> &result) {
                      if (guard != nullptr && !result
                          && result.error().kind() == engine::ErrorKind::Unsupported)
                          guard->m_canTurnSideways = false;
                  });
}

void SdlScreen::drop()
{
    m_view.setSource(nullptr);
    m_view.setSink(nullptr);
    const std::unique_ptr<display::DisplaySession> old = std::move(m_session);
    if (old != nullptr)
        emit sessionChanged();
}

void SdlScreen::closed(const QString &reason)
{
    // Of a session that was dropped meanwhile.
    if (sender() != nullptr && sender() != m_session.get())
        return;
    drop();
    m_isLost = true;
    if (!reason.isEmpty() && hasScreen(m_status.state))
        emit lost(reason);
    update();
}

} // namespace app
