// SPDX-License-Identifier: GPL-3.0-or-later
// The InputSink of a SPICE connection. Before the inputs channel is there, and after it is gone,
// input is dropped. Main thread only.
#pragma once

#include "display/guest_lights.h"
#include "engine/host/input_sink.h"

#include <QtCore/QPoint>

#include <functional>
#include <optional>
#include <utility>

struct _SpiceInputsChannel;

namespace display {

class SpiceInputs final : public engine::InputSink
{
public:
    void setChannel(_SpiceInputsChannel *channel); // not owned; nullptr when it goes
    void setPointerMode(engine::PointerMode mode) { m_mode = mode; }
    // Where the monitor lies in the guest's surface; positions count from there.
    void setOrigin(const QPoint &origin) { m_origin = origin; }

    void key(engine::ScanCode code, engine::KeyMotion motion) override;
    void button(engine::PointerButton button, engine::KeyMotion motion) override;
    void position(int x, int y) override;
    void motion(int dx, int dy) override;
    engine::PointerMode pointerMode() const override { return m_mode; }
    void setLockLights(bool capsLock, bool numLock) override;
    std::optional<engine::LockLights> lockLights() const override;
    // Called with 1 or -1 for a notch to the right or left, of which the protocol knows nothing.
    void setSidewaysWheel(std::function<void(int)> turned) { m_sidewaysWheel = std::move(turned); }
    void guestLightsCame(); // the channel's "inputs-modifiers"; the first says that it is open

private:
    void makeLights(const engine::LockLights &wanted);

    _SpiceInputsChannel *m_channel = nullptr;
    engine::PointerMode m_mode = engine::PointerMode::Relative;
    QPoint m_origin;
    int m_buttonState = 0;
    std::function<void(int)> m_sidewaysWheel;
    GuestLights m_lights;
    std::optional<engine::LockLights> m_earlyLights; // wanted before the channel was open
};

} // namespace display
