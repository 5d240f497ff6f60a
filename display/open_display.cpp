// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/open_display.h"

#include "display/spice_session.h"

namespace display {

namespace {

class InProcessSession final : public DisplaySession
{
public:
    InProcessSession(engine::FrameSource &source, engine::InputSink &sink)
        : m_source(source)
        , m_sink(sink)
    {
        // Queued: who opens the display connects to the signal afterwards.
        QMetaObject::invokeMethod(
            this, [this] { emit opened(); }, Qt::QueuedConnection);
        m_sink.setChangeListener([this] {
            QMetaObject::invokeMethod(
                this, [this] { emit pointerModeChanged(); }, Qt::QueuedConnection);
        });
    }
    ~InProcessSession() override { m_sink.setChangeListener({}); }

    engine::FrameSource &frameSource() override { return m_source; }
    engine::InputSink &inputSink() override { return m_sink; }

private:
    engine::FrameSource &m_source;
    engine::InputSink &m_sink;
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
        return std::make_unique<SpiceDisplaySession>(endpoint.spiceSocket);
    if (endpoint.kind == Kind::InProcess && endpoint.frameSource && endpoint.inputSink)
        return std::make_unique<InProcessSession>(*endpoint.frameSource, *endpoint.inputSink);
    if (endpoint.kind == Kind::InProcess)
        return std::make_unique<ClosedSession>(
            DisplaySession::tr("the built-in engine shows its screen only in the window of the "
                               "process that runs the machine; start it with a window"));
    return std::make_unique<ClosedSession>(DisplaySession::tr("This machine has no display."));
}

} // namespace display
