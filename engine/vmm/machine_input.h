// SPDX-License-Identifier: GPL-3.0-or-later
// What a view's keys and pointer become in a machine of ours: the keyboard controller's keyboard,
// its mouse, and a tablet once a driver in the guest listens to it; and those of its gamepad.
//
// Threads: an InputSink's calls on the view's thread; the devices' locks are taken for an instant.
// Lock order: a device's, then this object's.
#pragma once

#include "engine/devices/i8042.h"
#include "engine/devices/usb/usb_hid.h"
#include "engine/host/absolute_pointer.h"
#include "engine/host/input_sink.h"

#include <functional>
#include <mutex>
#include <set>

namespace engine {

class MachineInput final : public InputSink
{
public:
    // Where a monitor lies in the area that the tablet covers, which is the guest's whole desktop;
    // guest pixels.
    struct MonitorPlace
    {
        int x = 0;
        int y = 0;
        int areaWidth = 0; // 0: there is no picture
        int areaHeight = 0;
    };

    struct Hooks // on the view's thread
    {
        std::function<MonitorPlace(unsigned monitor)> placeOf;
        // Something was sent, so the picture may change soon. May be empty.
        std::function<void()> wasUsed;
    };

    // Each may be null.
    struct Hands
    {
        AbsolutePointer *tablet = nullptr;
        UsbKeyboard *keyboard = nullptr; // keys go there while a guest listens to it
        UsbGamepad *gamepad = nullptr;
    };
    MachineInput(I8042 &controller, const Hands &hands, Hooks hooks);
    ~MachineInput() override; // while no vCPU and no io thread runs

    // What the guest set, and what the lock keys did since to a guest that sets no lights.
    std::optional<LockLights> lockLights() const override;
    void key(ScanCode code, KeyMotion motion) override;
    void button(PointerButton button, KeyMotion motion) override;
    void position(int x, int y) override { positionOn(0, x, y); }
    void positionOn(unsigned monitor, int x, int y) override;
    void motion(int dx, int dy) override;
    PointerMode pointerMode() const override;
    void setLockLights(bool capsLock, bool numLock) override;
    void moveGamepad(const GamepadState &state) override;
    void setChangeListener(std::function<void()> changed) override;

private:
    void tap(ScanCode code);
    void noteLockKey(ScanCode code);
    void turnWheel(PointerButton wheel);
    void moveMouse(int right, int down, int wheelDown);
    void noteUse() const;
    void announceChange();

    I8042 &m_controller;
    AbsolutePointer *const m_tablet;
    UsbKeyboard *const m_keyboard;
    UsbGamepad *const m_gamepad;
    const Hooks m_hooks;

    LockLights m_lights; // under the controller's lock
    // The view's thread's: who was told that a button is down is told that it is up.
    std::uint8_t m_mouseButtons = 0;
    std::uint8_t m_tabletButtons = 0;
    std::set<ScanCode> m_usbKeys; // likewise of keys

    std::mutex m_mutex;
    std::function<void()> m_changed; // under m_mutex
};

} // namespace engine
