// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/board_usb.h"

#include <chrono>
#include <thread>
#include <utility>

namespace engine {

namespace {

constexpr std::chrono::milliseconds UsbQuietPoll(1);

} // namespace

BoardUsb::~BoardUsb()
{
    while (!m_plugged.empty())
        if (const Result<> unplugged = unplug(m_plugged.begin()->first); !unplugged)
            break;
}

UsbModel::Later BoardUsb::later()
{
    return [&io = m_io](std::function<void()> function) { io.post(std::move(function)); };
}

void BoardUsb::use(Xhci &controller)
{
    m_controller = &controller;
    m_gamepad = std::make_shared<UsbGamepad>(later());
}

Result<AbsolutePointer *> BoardUsb::plugTablet()
{
    m_tablet = std::make_shared<UsbTablet>(later());
    TRY(plug(m_tablet));
    return static_cast<AbsolutePointer *>(m_tablet.get());
}

Result<> BoardUsb::plugKeyboard()
{
    m_keyboard = std::make_shared<UsbKeyboard>(later());
    TRY(plug(m_keyboard));
    return {};
}

Result<unsigned> BoardUsb::plugGamepad(unsigned from)
{
    if (m_gamepad)
        m_gamepad->resetDevice(); // as one that had no power
    return plug(m_gamepad, from);
}

Result<unsigned> BoardUsb::plug(std::shared_ptr<UsbBackend> device, unsigned from)
{
    if (!m_controller)
        return Error(ErrorKind::Unsupported, "The machine has no USB controller")
            .withRemedy("Power the machine off and give it USB 3.0 (xHCI)");
    const std::optional<unsigned> connector = m_controller->plug(device, from);
    if (!connector)
        return Error(ErrorKind::Busy, "All the machine's USB ports are in use")
            .withRemedy("Detach another device first");
    m_plugged[*connector] = std::move(device);
    return *connector;
}

Result<unsigned> BoardUsb::plugStick(std::shared_ptr<BlockDevice> image, const std::string &serial)
{
    return plug(std::make_shared<UsbStorage>(std::move(image),
                                             UsbStorage::Settings{.serial = serial}, later()));
}

Result<unsigned> BoardUsb::plugDisk(std::shared_ptr<BlockDevice> image, const VmDrive &drive)
{
    if (!image)
        return Error(ErrorKind::Invalid, "The disk \"" + drive.label + "\" has no image");
    m_hasDisks = true;
    const UsbStorage::Kind kind =
        drive.isSolidState ? UsbStorage::Kind::SolidStateDisk : UsbStorage::Kind::Disk;
    return plug(std::make_shared<UsbStorage>(
        std::move(image), UsbStorage::Settings{.serial = drive.serial, .kind = kind}, later()));
}

Result<> BoardUsb::unplug(unsigned connector)
{
    const auto found = m_plugged.find(connector);
    if (found == m_plugged.end())
        return Error(ErrorKind::NotFound, "No device is plugged in there");
    // Kept until its image has answered: it must not go on the io thread.
    const std::shared_ptr<UsbBackend> device = std::move(found->second);
    m_plugged.erase(found);
    m_controller->unplug(connector);
    while (!device->isIdle())
        std::this_thread::sleep_for(UsbQuietPoll);
    m_io.run([] {}); // the last answer has been heard
    return {};
}

} // namespace engine
