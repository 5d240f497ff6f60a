// SPDX-License-Identifier: GPL-3.0-or-later
// The screen and the input of a machine of the in-process engine, as long as somebody may look at
// them: longer than the Vm lives. A view is given these; behind them is the Vm's own, or nothing.
// Main thread only.
#pragma once

#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"

namespace engine {

class KvmScreen final : public FrameSource
{
public:
    // nullptr: the last picture stays, and nobody is told of anything any more.
    void setTarget(FrameSource *target);

    Frame frame() const override;
    CursorImage cursor() const override;
    void setListener(FrameListener *listener) override;
    bool tellsWholePictures() const override { return true; } // as the Vm's own does
    void setVisible(bool visible) override;

private:
    FrameSource *m_target = nullptr;
    FrameListener *m_listener = nullptr;
    bool m_isVisible = true;
    Frame m_lastFrame;
};

class KvmInput final : public InputSink
{
public:
    void setTarget(InputSink *target); // nullptr: keys go nowhere

    std::optional<LockLights> lockLights() const override;
    void key(ScanCode code, KeyMotion motion) override;
    void button(PointerButton button, KeyMotion motion) override;
    void position(int x, int y) override;
    void motion(int dx, int dy) override;
    PointerMode pointerMode() const override;
    void setLockLights(bool capsLock, bool numLock) override;
    void setChangeListener(std::function<void()> changed) override;

private:
    InputSink *m_target = nullptr;
    std::function<void()> m_changed;
};

} // namespace engine
