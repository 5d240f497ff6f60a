// SPDX-License-Identifier: GPL-3.0-or-later
// The window's side of a machine's screen in another process (display_protocol.h): a FrameSource
// over the machine's own video memory, mapped for reading, and an InputSink.
//
// Nothing the machine's process says is believed unchecked: a picture that does not lie in memory
// that cannot shrink ends the connection.
//
// Main thread only.
#pragma once

#include "engine/base/result.h"
#include "engine/drivers/display_stream.h"
#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"

#include <QtCore/QString>

#include <functional>
#include <memory>
#include <optional>

namespace engine {

class DisplayClient final : public QObject, private FrameSource, private InputSink
{
    Q_OBJECT
public:
    explicit DisplayClient(QObject *parent = nullptr);
    ~DisplayClient() override;

    // opened() or closed() follows.
    void connectTo(const QString &controlSocket, int monitor = 0);
    // The same over a connection that already carries the screen's messages.
    void take(Fd connection);

    // Before either: who gets the agent's stream, each time this window has the agent anew
    // (display_hub.h).
    using AgentTaker = std::function<void(Fd stream)>;
    void setAgentTaker(AgentTaker taker) { m_takeAgent = std::move(taker); }

    FrameSource &screen() { return *this; }
    InputSink &input() { return *this; }

signals:
    void opened(); // the first picture is there, or the news that there is none
    void inputChanged(); // pointer mode or lights
    void closed(const QString &reason); // empty: the machine's screen is gone

private:
    struct Memory;

    Frame frame() const override { return m_frame; }
    CursorImage cursor() const override { return m_cursor; }
    void setListener(FrameListener *listener) override { m_listener = listener; }
    bool tellsWholePictures() const override { return true; }
    void setVisible(bool visible) override;
    bool takesSize() const override { return m_takesSize; }
    void setSizeWatcher(std::function<void()> watcher) override
    {
        m_sizeWatcher = std::move(watcher);
    }
    void wantSize(int width, int height) override;

    std::optional<LockLights> lockLights() const override { return m_lights; }
    void key(ScanCode code, KeyMotion motion) override;
    void button(PointerButton button, KeyMotion motion) override;
    void position(int x, int y) override;
    void motion(int dx, int dy) override;
    PointerMode pointerMode() const override { return m_mode; }
    void setLockLights(bool capsLock, bool numLock) override;

    void begin(Fd socket);
    void introduce();
    void receive(const QJsonObject &message);
    void receiveUpdate(const QJsonObject &update);
    Result<> takePicture(const QJsonObject &picture);
    Result<std::shared_ptr<Memory>> mapMemory();
    void takeCursor(const QJsonObject &cursor);
    void takeInput(const QJsonObject &input);
    void tellOf(const QJsonObject &update, const Frame &before);
    void send(const char *method, const QJsonObject &params = {});
    void end(const QString &reason);

    AgentTaker m_takeAgent;
    std::unique_ptr<DisplayStream> m_stream;
    bool m_isOpen = false; // opened() was emitted
    bool m_isVisible = true;
    std::shared_ptr<Memory> m_memory;
    Frame m_frame;
    CursorImage m_cursor;
    FrameListener *m_listener = nullptr;
    bool m_takesSize = false;
    std::function<void()> m_sizeWatcher;
    PointerMode m_mode = PointerMode::Absolute;
    std::optional<LockLights> m_lights;
};

} // namespace engine
