// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile guest, its user and the other end of its serial port can do to the chips at fixed
// ports: clock, keyboard controller with keyboard and mouse, serial port. And a damaged saved
// state.
#include "engine/devices/i8042.h"
#include "engine/devices/rtc_mc146818.h"
#include "engine/devices/uart_16550.h"
#include "tests/support/board_fakes.h"
#include "tests/support/saved_device.h"

#include <array>

using namespace engine;

namespace {

class Cable final : public CharBackend
{
public:
    void attach(PollLoop *) override { }
    void write(std::span<const std::uint8_t> bytes) override { sent += bytes.size(); }
    void setReceiver(Receiver receiver) override { m_receiver = std::move(receiver); }
    void resumeReceiving() override { isResumed = true; }
    void come(std::span<const std::uint8_t> bytes)
    {
        check(m_receiver(bytes) <= bytes.size(), "the port took more than there was");
    }
    std::size_t sent = 0;
    bool isResumed = false;

private:
    Receiver m_receiver;
};

// A reader of the input: zeros when it is used up.
struct Input
{
    const std::uint8_t *at;
    const std::uint8_t *end;
    bool isEmpty() const { return at == end; }
    std::uint32_t take(unsigned bytes)
    {
        std::uint32_t value = 0;
        for (unsigned i = 0; i < bytes && at != end; ++i)
            value |= std::uint32_t(*at++) << (8 * i);
        return value;
    }
};

struct Machine
{
    Machine()
    {
        clock.setWallTime(std::chrono::hours(24 * 365 * 50));
        ports.add({.base = 0x60, .size = 1, .device = &controller});
        ports.add({.base = 0x64, .size = 1, .device = &controller, .offset = 4});
        ports.add({.base = 0x70, .size = 2, .device = &rtc});
        ports.add({.base = 0x3f8, .size = 8, .device = &uart});
    }

    tests::ManualClock clock;
    std::array<tests::RecordingIrq, 4> irqs;
    std::shared_ptr<Cable> cable = std::make_shared<Cable>();
    I8042 controller{irqs[0], irqs[1], {}};
    RtcMc146818 rtc{irqs[2], clock, {.memoryBelow4GiB = 1 << 30, .vcpus = 2}};
    Uart16550 uart{"com1", irqs[3], cable};
    std::array<Device *, 3> devices = {&controller, &rtc, &uart};
    Bus ports;
};

// Nothing a guest or its user does makes a chip bigger than this.
constexpr std::size_t MaxState = 4096;

void saveAndLoad(Device &device)
{
    const std::vector<std::uint8_t> saved = tests::savedBytes(device);
    check(saved.size() < MaxState, "a chip grows");
    check(tests::loadBytes(device, saved), "a chip does not know its own state");
    check(tests::savedBytes(device) == saved, "a chip comes back as another");
}

void damage(Device &device, Input &input)
{
    std::vector<std::uint8_t> saved = tests::savedBytes(device);
    for (std::uint32_t i = 0, count = input.take(1) % 8; i < count; ++i)
        saved[input.take(2) % saved.size()] = std::uint8_t(input.take(1));
    tests::resetDevice(device);
    if (!tests::loadBytes(device, std::move(saved)))
        tests::resetDevice(device);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    constexpr std::array<std::uint16_t, 12> Ports = {0x60,  0x64,  0x70,  0x71,  0x3f8, 0x3f9,
                                                     0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x3fe, 0x3ff};
    Machine machine;
    Input input{data, data + size};
    while (!input.isEmpty()) {
        const std::uint32_t operation = input.take(1);
        const std::uint16_t port = Ports[(operation >> 4) % Ports.size()];
        Device &device = *machine.devices[(operation >> 4) % machine.devices.size()];
        switch (operation & 0x0f) {
        case 0:
        case 1:
        case 2:
        case 3:
            machine.ports.write(port, 1, input.take(1));
            break;
        case 4:
        case 5:
            machine.ports.read(port, 1);
            break;
        case 6:
            machine.ports.write(port, 4, input.take(4));
            break;
        case 7:
            machine.ports.read(port, 8);
            break;
        case 8:
            machine.clock.advance(std::chrono::microseconds(input.take(3)));
            break;
        case 9:
            machine.clock.setWallTime(std::chrono::seconds(std::int64_t(input.take(4)) - 1000));
            break;
        case 10: {
            const std::lock_guard lock(machine.controller.lock());
            machine.controller.pressKey(ScanCode(input.take(2)), KeyMotion(operation >> 7));
            break;
        }
        case 11: {
            const std::lock_guard lock(machine.controller.lock());
            const auto way = [&] { return std::int32_t(input.take(2)) - 0x8000; };
            MouseMotion motion;
            motion.right = way() * ((operation & 0x80) != 0 ? 65536 : 1);
            motion.down = way();
            motion.wheelDown = way();
            motion.buttons = std::uint8_t(input.take(1));
            machine.controller.moveMouse(motion);
            break;
        }
        case 12: {
            const std::vector<std::uint8_t> bytes(operation >> 4, std::uint8_t(input.take(1)));
            machine.cable->come(bytes);
            break;
        }
        case 13:
            saveAndLoad(device);
            break;
        case 14:
            damage(device, input);
            break;
        default:
            tests::resetDevice(device);
            break;
        }
    }
    for (Device *device : machine.devices)
        saveAndLoad(*device);
    return 0;
}
