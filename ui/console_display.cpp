// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console_display.h"

#include "display/frame_view.h"
#include "engine/machine/user_paths.h"
#include "ui/message_bar.h"

#include <QtCore/QJsonObject>
#include <QtCore/QPointer>

#include <chrono>
#include <utility>

namespace ui {

namespace {

// A display that closes is mostly the machine's end, of which the status tells in a moment.
constexpr auto ElsewhereDelay = std::chrono::milliseconds(700);

const QString ElsewhereKey = QStringLiteral("shownElsewhere");
const QString LostKey = QStringLiteral("screenLost");

bool hasScreen(engine::Driver::State state)
{
    using State = engine::Driver::State;
    return state == State::Running || state == State::Paused || state == State::Saving
        || state == State::Stopping;
}

} // namespace

ConsoleDisplay::ConsoleDisplay(engine::ControlClient &client, display::FrameView &view,
                               MessageBar &messages, OpenDisplay open)
    : m_client(client)
    , m_view(view)
    , m_messages(messages)
    , m_open(std::move(open))
{
    m_elsewhereSoon.setSingleShot(true);
    m_elsewhereSoon.setInterval(ElsewhereDelay);
    connect(&m_elsewhereSoon, &QTimer::timeout, this, [this] {
        if (!m_isWanted || !hasScreen(m_status.state))
            return;
        m_attachment = Attachment::Elsewhere;
        update();
    });
    connect(&client, &engine::ControlClient::connected, this, [this] {
        m_attachment = Attachment::None;
        update();
    });
    connect(&client, &engine::ControlClient::detached, this, [this] {
        if (!m_isWanted)
            return;
        m_isLost = false;
        m_attachment = Attachment::Elsewhere;
        update();
    });
    update();
}

ConsoleDisplay::~ConsoleDisplay()
{
    drop();
}

void ConsoleDisplay::setWanted(bool isWanted)
{
    if (m_isWanted == isWanted)
        return;
    m_isWanted = isWanted;
    m_isLost = false;
    if (!isWanted) {
        m_client.call(QStringLiteral("window.detach"));
        m_attachment = Attachment::None;
        m_messages.dismiss(LostKey);
    }
    update();
}

void ConsoleDisplay::setStatus(const engine::MachineStatus &status)
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

void ConsoleDisplay::attach()
{
    if (!m_client.isConnected())
        return;
    m_attachment = Attachment::Asked;
    const QPointer<ConsoleDisplay> guard(this);
    m_client.call(QStringLiteral("window.attach"), {{QStringLiteral("records"), true}},
                  [guard](const engine::Result<QJsonObject> &result) {
                      if (guard == nullptr || guard->m_attachment != Attachment::Asked)
                          return;
                      // A refusal leaves the picture, which is what the user wants.
                      const bool isElsewhere =
                          result && !(*result)[QLatin1String("attached")].toBool(true);
                      guard->m_attachment =
                          isElsewhere ? Attachment::Elsewhere : Attachment::Attached;
                      guard->update();
                  });
}

void ConsoleDisplay::update()
{
    if (m_isWanted && m_attachment == Attachment::None)
        attach();
    const bool isElsewhere = m_attachment == Attachment::Elsewhere && hasScreen(m_status.state);
    if (isElsewhere && !m_messages.has(ElsewhereKey)) {
        m_messages.post(
            {.key = ElsewhereKey,
             .text = tr("The screen of \"%1\" is shown in another window.").arg(m_status.name),
             .buttons = {{QStringLiteral("showHere"), tr("Show Here"), [this] { takeOver(); }}},
             .canBeDismissed = false});
    } else if (!isElsewhere) {
        m_messages.dismiss(ElsewhereKey);
    }

    const bool shouldBeOpen = m_isWanted && m_attachment == Attachment::Attached && !m_isLost
        && hasScreen(m_status.state) && m_status.displayKind != engine::DisplayEndpoint::Kind::None;
    m_view.setPlaceholderText(placeholder());
    if (shouldBeOpen && m_session == nullptr)
        open();
    else if (!shouldBeOpen && m_session != nullptr)
        drop();
}

QString ConsoleDisplay::placeholder() const
{
    using State = engine::Driver::State;
    if (m_attachment == Attachment::Elsewhere)
        return tr("Shown in another window");
    if (m_status.state == State::Starting || m_status.state == State::Restoring
        || m_status.uuid.isNull())
        return tr("Starting…");
    if (!hasScreen(m_status.state))
        return tr("Powered off");
    if (m_status.displayKind == engine::DisplayEndpoint::Kind::None)
        return tr("This machine has no screen");
    return m_isLost ? tr("The screen is not connected") : tr("Waiting for the guest's screen…");
}

void ConsoleDisplay::open()
{
    engine::DisplayEndpoint endpoint;
    endpoint.kind = m_status.displayKind;
    endpoint.spice = m_status.spice;
    endpoint.controlSocket = engine::paths::controlSocket(m_status.uuid);
    endpoint.monitorCount = qMax(1, int(m_status.monitors.size()));
    m_session = m_open(endpoint);
    if (m_session == nullptr) {
        lost(tr("it cannot be shown in this window"));
        return;
    }
    // Queued: the session may not be deleted while it speaks.
    connect(m_session.get(), &display::DisplaySession::closed, this, &ConsoleDisplay::lost,
            Qt::QueuedConnection);
    connect(m_session.get(), &display::DisplaySession::pointerModeChanged, &m_view,
            &display::FrameView::updatePointerMode);
    connect(m_session.get(), &display::DisplaySession::wheelTurnedSideways, this,
            &ConsoleDisplay::turnSideways);
    m_tee = std::make_unique<display::FrameTee>(m_session->frameSource());
    m_view.setSource(m_tee.get());
    m_view.setSink(&m_session->inputSink());
    connect(m_session.get(), &display::DisplaySession::pointerModeChanged, this,
            &ConsoleDisplay::pointerModeChanged);
    emit sessionChanged();
}

// Touchpads drift sideways all the time: once it was refused, it is not asked for again.
void ConsoleDisplay::turnSideways(int notches)
{
    if (!m_canTurnSideways)
        return;
    const QPointer<ConsoleDisplay> guard(this);
    m_client.call(QStringLiteral("machine.turnWheelSideways"),
                  {{QStringLiteral("notches"), notches}},
                  [guard](const engine::Result<QJsonObject> &result) {
                      if (guard != nullptr && !result
                          && result.error().kind() == engine::ErrorKind::Unsupported)
                          guard->m_canTurnSideways = false;
                  });
}

void ConsoleDisplay::drop()
{
    m_view.setSource(nullptr);
    m_view.setSink(nullptr);
    const std::unique_ptr<display::DisplaySession> old = std::move(m_session);
    m_tee.reset(); // before the source that it looks at
    if (old != nullptr)
        emit sessionChanged();
}

void ConsoleDisplay::lost(const QString &reason)
{
    // Of a session that was dropped meanwhile.
    if (sender() != nullptr && sender() != m_session.get())
        return;
    drop();
    m_isLost = true;
    if (reason.isEmpty()) {
        m_elsewhereSoon.start();
    } else if (hasScreen(m_status.state)) {
        m_messages.post(
            {.key = LostKey,
             .kind = Notice::Kind::Warning,
             .text = tr("The guest's screen was lost: %1. The machine runs on.").arg(reason),
             .buttons = {
                 {QStringLiteral("reconnect"), tr("Connect Again"), [this] { takeOver(); }}}});
    }
    update();
}

bool ConsoleDisplay::isPointerAbsolute() const
{
    if (m_status.hasAbsolutePointer)
        return true;
    return m_session != nullptr && m_session->guestLink() != nullptr
        && m_session->guestLink()->abilities().hasAgent
        && m_session->inputSink().pointerMode() == engine::PointerMode::Absolute;
}

void ConsoleDisplay::takeOver()
{
    m_messages.dismiss(LostKey);
    m_isLost = false;
    m_attachment = Attachment::Attached;
    m_client.call(QStringLiteral("window.attach"),
                  {{QStringLiteral("force"), true}, {QStringLiteral("records"), true}});
    update();
}

} // namespace ui
