// SPDX-License-Identifier: GPL-3.0-or-later
// What is plugged into the board's USB controller. Threads: built on the control thread, which also
// plugs and unplugs and may wait.
#pragma once

#include "engine/devices/usb/usb_hid.h"
#include "engine/devices/usb/usb_storage.h"
#include "engine/devices/usb/xhci.h"
#include "engine/vmm/vm_config.h"

#include <map>

namespace engine {

class BoardUsb final
{
public:
    explicit BoardUsb(PollLoop &io)
        : m_io(io)
    { }
    // Everything is unplugged; images are free. Their requests have to end by themselves.
    ~BoardUsb();
    BoardUsb(const BoardUsb &) = delete;
    BoardUsb &operator=(const BoardUsb &) = delete;

    void use(Xhci &controller);
    Result<AbsolutePointer *> plugTablet();
    Result<> plugKeyboard();
    UsbKeyboard *keyboard() const { return m_keyboard.get(); }
    // Made with the controller; nullptr: there is none.
    UsbGamepad *gamepad() const { return m_gamepad.get(); }
    // Into a connector from this one on.
    Result<unsigned> plugGamepad(unsigned from);

    Result<unsigned> plug(std::shared_ptr<UsbBackend> device, unsigned from = 0);
    Result<unsigned> plugDisk(std::shared_ptr<BlockDevice> image, const VmDrive &drive);
    bool hasDisks() const { return m_hasDisks; }
    Result<unsigned> plugStick(std::shared_ptr<BlockDevice> image, const std::string &serial);
    Result<> unplug(unsigned connector);

private:
    UsbModel::Later later();

    PollLoop &m_io;
    Xhci *m_controller = nullptr;
    std::shared_ptr<UsbTablet> m_tablet;
    std::shared_ptr<UsbKeyboard> m_keyboard;
    std::shared_ptr<UsbGamepad> m_gamepad; // mostly not plugged in
    std::map<unsigned, std::shared_ptr<UsbBackend>> m_plugged; // by connector
    bool m_hasDisks = false;
};

} // namespace engine
