// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/open_display.h"

#include "display/spice_session.h"
#include "display/vdagent/vdagent_guest_link.h"
#include "engine/control/display_client.h"
#include "engine/drivers/display_hub.h"

#include <utility>

namespace display {

namespace {

class InProcessSession final : public DisplaySession
{
public:
    explicit InProcessSession(const engine::DisplayEndpoint &endpoint)
        : m_view(endpoint.hub->makeView(unsigned(endpoint.monitor)))
    {
        // Queued: who opens the display connects to the signal afterwards.
        QMetaObject::invokeMethod(
            this, [this] { emit opened(); }, Qt::QueuedConnection);
        m_view.input->setChangeListener([this] {
            QMetaObject::invokeMethod(
                this, [this] { emit pointerModeChanged(); }, Qt::QueuedConnection);
        });
        m_link.setSizesByCardOnly(endpoint.monitorCount > 1);
        if (endpoint.monitor == 0)
            m_view.agent->setTaker(
                [this](engine::Fd stream) { m_link.setStream(std::move(stream)); });
        m_view.screen->setSizeWatcher([this] {
            QMetaObject::invokeMethod(this, &InProcessSession::askCard, Qt::QueuedConnection);
        });
        connect(&m_link, &vdagent::AgentGuestLink::sizeWanted, this, [this](const QSize &size) {
            m_view.screen->wantSize(size.width(), size.height());
        });
        askCard();
    }
    ~InProcessSession() override
    {
        m_view.screen->setSizeWatcher({});
        m_view.input->setChangeListener({});
        m_view.agent->setTaker({});
    }

    engine::FrameSource &frameSource() override { return *m_view.screen; }
    engine::InputSink &inputSink() override { return *m_view.input; }
    GuestLink *guestLink() override { return &m_link; }

private:
    void askCard() { m_link.setCardTakesSize(m_view.screen->takesSize()); }

    vdagent::AgentGuestLink m_link;
    const engine::DisplayHub::View m_view;
};

// The screen of a machine in another process.
class MappedSession final : public DisplaySession
{
public:
    explicit MappedSession(const engine::DisplayEndpoint &endpoint)
    {
        connect(&m_client, &engine::DisplayClient::opened, this, &DisplaySession::opened);
        connect(&m_client, &engine::DisplayClient::inputChanged, this,
                &DisplaySession::pointerModeChanged);
        connect(&m_client, &engine::DisplayClient::closed, this, &DisplaySession::closed);
        m_link.setSizesByCardOnly(endpoint.monitorCount > 1);
        if (endpoint.monitor == 0)
            m_client.setAgentTaker(
                [this](engine::Fd stream) { m_link.setStream(std::move(stream)); });
        m_client.screen().setSizeWatcher(
            [this] { m_link.setCardTakesSize(m_client.screen().takesSize()); });
        connect(&m_link, &vdagent::AgentGuestLink::sizeWanted, this, [this](const QSize &size) {
            m_client.screen().wantSize(size.width(), size.height());
        });
        m_client.connectTo(endpoint.controlSocket, endpoint.monitor);
    }

    engine::FrameSource &frameSource() override { return m_client.screen(); }
    engine::InputSink &inputSink() override { return m_client.input(); }
    GuestLink *guestLink() override { return &m_link; }

private:
    vdagent::AgentGuestLink m_link;
    engine::DisplayClient m_client;
};

// A machine without a screen. Everything works and shows nothing.
class ClosedSession final : public DisplaySession
{
public:
    explicit ClosedSession(const QString &reason)
    {
        QMetaObject::invokeMethod(
            this, [this, reason] { emit closed(reason); }, Qt::QueuedConnection);
    }

    engine::FrameSource &frameSource() override { return m_source; }
    engine::InputSink &inputSink() override { return m_sink; }

private:
    class EmptySource final : public engine::FrameSource
    {
    public:
        engine::Frame frame() const override { return {}; }
        engine::CursorImage cursor() const override { return {}; }
        void setListener(engine::FrameListener *) override { }
        void setVisible(bool) override { }
    };
    class EmptySink final : public engine::InputSink
    {
    public:
        void key(engine::ScanCode, engine::KeyMotion) override { }
        void button(engine::PointerButton, engine::KeyMotion) override { }
        void position(int, int) override { }
        void motion(int, int) override { }
        engine::PointerMode pointerMode() const override { return engine::PointerMode::Absolute; }
        void setLockLights(bool, bool) override { }
    };

    EmptySource m_source;
    EmptySink m_sink;
};

} // namespace

std::unique_ptr<DisplaySession> openDisplay(const engine::DisplayEndpoint &endpoint)
{
    using Kind = engine::DisplayEndpoint::Kind;
    if (endpoint.kind == Kind::Spice)
        return std::make_unique<SpiceDisplaySession>(endpoint.spice);
    if (endpoint.kind == Kind::InProcess && endpoint.hub != nullptr)
        return std::make_unique<InProcessSession>(endpoint);
    if (endpoint.kind == Kind::InProcess)
        return std::make_unique<MappedSession>(endpoint);
    return std::make_unique<ClosedSession>(DisplaySession::tr("This machine has no display."));
}

} // namespace display
