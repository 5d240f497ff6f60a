// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile guest can do to the USB controller and the devices on it: registers, rings,
// contexts, commands and streams, with a tablet, a keyboard, a gamepad, a stick whose disk answers
// when the input says so, and a device with streams that answers as the input says. Of the input
// one value is taken after the other, each in a statement of its own: the order of a call's
// arguments is the compiler's.
#include "engine/devices/usb/usb_hid.h"
#include "engine/devices/usb/usb_storage.h"
#include "tests/support/fuzz_input.h"
#include "tests/support/saved_device.h"
#include "tests/support/usb_rig.h"

using namespace engine;
using namespace engine::xhci;

namespace {

using Guest = tests::StreamGuest;

struct Desk : Guest
{
    std::shared_ptr<tests::FakeDisk> disk = std::make_shared<tests::FakeDisk>(64u << 10);
    std::shared_ptr<UsbTablet> tablet = std::make_shared<UsbTablet>(later());
    std::shared_ptr<UsbKeyboard> keyboard = std::make_shared<UsbKeyboard>(later());
    std::shared_ptr<UsbGamepad> gamepad = std::make_shared<UsbGamepad>(later());
    std::shared_ptr<UsbStorage> stick =
        std::make_shared<UsbStorage>(disk, UsbStorage::Settings{.serial = "FUZZ"}, later());

    std::shared_ptr<tests::FakeUsb> streaming =
        std::make_shared<tests::FakeUsb>(UsbLinkSpeed::Super);
    static constexpr unsigned StreamingPort = PortPairs + 5;

    Desk()
    {
        streaming->streamCount = MaxUsbStreams;
        streaming->depth = 64;
        streaming->name = "streaming";
        xhci.plug(tablet);
        xhci.plug(keyboard);
        xhci.plug(stick);
        xhci.plug(gamepad); // last: the corpus counts the others' ports
        xhci.plug(streaming);
        start();
    }
    void work()
    {
        for (int i = 0; i < 64 && (!posted.empty() || !disk->pending.empty()); ++i) {
            settle();
            disk->complete();
        }
        settle();
    }
    // The place of a TRB in the endpoint's ring; never far from its begin, so that it is met.
    std::uint64_t trbPlace(unsigned endpoint, unsigned index) const
    {
        return (endpoint == 0 ? Commands : ringOf(endpoint)) + 16 * (index % 64);
    }
};

void saveAndLoad(Desk &desk, tests::FuzzInput &input)
{
    std::vector<std::uint8_t> saved = tests::savedBytes(desk.xhci);
    if (const std::size_t place = input.number(2); place < saved.size())
        saved[place] = std::uint8_t(saved[place] ^ input.byte());
    tests::resetDevice(desk.xhci);
    desk.work();
    [[maybe_unused]] const bool isAccepted = tests::loadBytes(desk.xhci, std::move(saved));
    const std::lock_guard lock(desk.xhci.lock());
    desk.xhci.setRunning(false);
    desk.xhci.setRunning(true);
}

// Without an exit, so that the controller looks later, whatever comes in between. The last
// endpoints are none: the registers go somewhere else.
bool ringBell(Desk &desk, unsigned slot, unsigned value)
{
    if (value >= 0xf0) {
        const std::lock_guard lock(desk.xhci.lock());
        desk.xhci.configWrite(0x10, 4, Guest::BarAddress + (value & 3) * 0x4000);
        desk.xhci.configWrite(4, 2, (value & 4) != 0 ? 4 : 6);
        return true;
    }
    for (const Doorbell &bell : desk.doorbells.bells)
        if (bell.address % 0x1000 == 4 * slot && bell.value == value)
            return desk.doorbells.ring(bell.address, 4, value);
    return false;
}

void useStreams(Desk &desk, tests::FuzzInput &input, unsigned what)
{
    tests::FakeUsb &device = *desk.streaming;
    switch (what) {
    case 1: { // the way of a driver
        const unsigned exponent = input.byte() % 6;
        const unsigned bits = input.byte();
        const std::uint64_t array =
            (bits & 1) != 0 ? input.number(3) : std::uint64_t(Guest::StreamArray);
        desk.address(Desk::StreamingPort);
        desk.work();
        desk.configureStreams(exponent, (bits & 2) == 0, array,
                              (bits & 4) != 0 ? bits >> 4 & 7 : unsigned(EndpointBulkIn));
        break;
    }
    case 2: {
        const unsigned stream = input.byte() % 16;
        const auto length = std::uint32_t(input.number(2));
        if (desk.transferPlaceOf(stream) == 0)
            break;
        desk.transferOf(stream, Guest::Data, length);
        if (desk.transferPlaceOf(stream) >= Guest::ringOfStream(stream) + 0x3f0)
            desk.transferPlaceOf(stream) = Guest::ringOfStream(stream);
        break;
    }
    case 3: {
        const auto stream = unsigned(input.number(2));
        if ((stream & 0x8000) == 0 || !desk.ringBell(tests::BulkIn, stream & 15))
            desk.ringStream(stream);
        break;
    }
    case 4: {
        const unsigned stream = input.byte() % 16;
        desk.setContextOfStream(stream, input.number(3));
        break;
    }
    case 5: {
        const auto stream = unsigned(input.number(2));
        desk.setStreamDequeue(stream, input.number(3));
        break;
    }
    case 6: {
        const std::size_t index = input.byte();
        const auto outcome = UsbOutcome(input.byte() % 5);
        const std::size_t length = input.number(2);
        if (index >= device.pending.size())
            break;
        const std::vector<std::uint8_t> data(std::min(length, device.pending[index]->data.size()),
                                             0x5a);
        device.answer(outcome, data, index);
        break;
    }
    case 7:
        desk.xhci.unplug(4);
        device.pending.clear();
        desk.xhci.plug(desk.streaming, 4);
        break;
    default: // a command for the endpoint
        desk.command(0,
                     Guest::typed(TrbEnableSlot + what, Guest::ofSlot(desk.slot, tests::BulkIn)));
        break;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Desk desk;
    tests::FuzzInput input(data, size);
    while (!input.isAtEnd()) {
        const std::uint8_t kind = input.byte();
        const unsigned low = kind >> 4;
        switch (kind & 15) {
        case 0: // any register
        case 1: {
            static constexpr std::array<std::uint64_t, 4> Bases = {OperationalBase, PortBase,
                                                                   RuntimeBase, DoorbellBase};
            const std::uint64_t place = Bases[low % 4] + input.byte() / 4 * 4;
            desk.write(place, std::uint32_t(input.number(4)));
            break;
        }
        case 2:
            desk.read(input.number(2) % (BarBytes - 4) / 4 * 4);
            break;
        case 3: { // any place in memory
            const std::uint64_t place = input.number(2);
            for (const std::uint8_t byte : input.take(1u + low))
                *desk.ram.at(place + (low & 8) * 0x1000) = byte;
            break;
        }
        case 4: { // a TRB, well-formed as far as it goes
            std::uint64_t place = desk.trbPlace(low % 8, input.byte());
            const std::uint64_t parameter = input.number(3);
            const auto status = std::uint32_t(input.number(3));
            const auto control = std::uint32_t(input.number(4));
            desk.putTrb(place, parameter, status, control);
            break;
        }
        case 5: { // a command, for a slot and an endpoint
            const std::uint64_t parameter =
                (input.byte() & 1) != 0 ? std::uint64_t(Guest::Input) : input.number(3);
            const unsigned slot = input.byte() % 4;
            const unsigned endpoint = input.byte() % 8;
            desk.command(parameter,
                         Guest::typed(TrbEnableSlot + low, Guest::ofSlot(slot, endpoint)));
            break;
        }
        case 6: {
            const unsigned value = input.byte();
            if (low < 8 || !ringBell(desk, low % 4, value))
                desk.write(DoorbellBase + 4 * (low % 4), value);
            break;
        }
        case 7: // the way of a driver
            desk.address(low == 15          ? 4 // the gamepad's
                             : low % 3 == 2 ? PortPairs + 3 // the stick is of USB 3
                                            : 1 + low % 3);
            desk.work();
            break;
        case 8:
            desk.configure({{2 + low % 6, 1u + input.byte() % 7}, {3, 6}, {4, 2}});
            desk.work();
            break;
        case 9: { // a request
            const auto type = input.byte();
            const auto request = input.byte();
            const auto value = std::uint16_t(input.number(2));
            const auto index = std::uint16_t(input.byte());
            const auto length = std::uint16_t(input.byte() * (low + 1));
            desk.control(type, request, value, index, length);
            desk.work();
            break;
        }
        case 10: { // a command for the stick
            std::uint8_t *const wrapper = desk.ram.at(Guest::Data);
            std::memset(wrapper, 0, 31);
            storeLe(wrapper, std::uint32_t(0x43425355));
            storeLe(wrapper + 8, std::uint32_t(input.number(3)));
            wrapper[12] = std::uint8_t((low & 1) << 7);
            wrapper[14] = 16;
            std::ranges::copy(input.take(10), wrapper + 15);
            if (desk.transferPlace(4) == 0)
                break;
            desk.transfer(4, Guest::Data, 31);
            desk.ring(4);
            desk.work();
            break;
        }
        case 11: {
            const unsigned endpoint = 3 + low % 2;
            if (desk.transferPlace(endpoint) == 0)
                break;
            const auto length = std::uint32_t(input.number(2));
            const auto bits = std::uint32_t(input.byte());
            desk.transfer(endpoint, Guest::Data + 0x1000, length, bits);
            desk.ring(endpoint);
            break;
        }
        case 12:
            desk.tablet->moveTo(std::uint16_t(input.number(2)), 7);
            desk.keyboard->key(ScanCode(input.number(2) & 0x1ff), KeyMotion(low & 1));
            if ((low & 4) != 0)
                desk.gamepad->move({.leftX = std::int16_t(input.number(2)),
                                    .buttons = std::uint16_t(input.number(2))});
            if ((low & 2) != 0)
                desk.skipEvents();
            break;
        case 13:
            desk.disk->failure.reset();
            if ((low & 1) != 0)
                desk.disk->failure = Error(ErrorKind::Io, "broken");
            desk.work();
            break;
        case 14:
            if ((low & 1) != 0) {
                desk.xhci.unplug(low % 3);
                desk.xhci.plug(low % 3 == 0       ? std::shared_ptr<UsbBackend>(desk.tablet)
                                   : low % 3 == 1 ? std::shared_ptr<UsbBackend>(desk.keyboard)
                                                  : std::shared_ptr<UsbBackend>(desk.stick));
            } else {
                desk.work();
                saveAndLoad(desk, input);
            }
            break;
        default:
            if (low != 0)
                useStreams(desk, input, low);
            desk.work();
            break;
        }
        // Rings lie below 64 KiB of endpoints' numbers; the helpers above go on in them.
        for (unsigned i = 1; i < EndpointCount; ++i)
            if (desk.transferPlace(i) >= desk.ringOf(i) + 0xf00)
                desk.transferPlace(i) = desk.ringOf(i);
    }
    desk.streaming->answerAll();
    for (int i = 0; i < 1000 && !desk.disk->pending.empty(); ++i)
        desk.work();
    if (desk.doorbells.bells.size() > Bells::Max)
        std::abort();
    tests::resetDevice(desk.xhci);
    if (!desk.doorbells.bells.empty())
        std::abort();
    return 0;
}
