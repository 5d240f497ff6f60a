// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.1: queues 5.8.2, configuration 5.8.5, events 5.8.6.1.
#include "engine/devices/virtio/virtio_input.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace engine::virtio {

namespace {

constexpr std::uint16_t DeviceType = 18;
constexpr std::uint32_t ClassCode = 0x098000; // other input controller

constexpr unsigned EventQueue = 0;

// struct virtio_input_config
enum Config : std::size_t { Select = 0, SubSelect = 1, Size = 2, Payload = 8, ConfigBytes = 136 };
enum Selected : std::uint8_t {
    IdName = 0x01,
    IdSerial = 0x02,
    IdDevice = 0x03,
    EventBits = 0x11,
    AxisInfo = 0x12,
};

constexpr std::string_view Name = "Vitrine Tablet";
// Bus, vendor, product, version: as QEMU's tablet, which guests' rules know.
constexpr std::array<std::uint16_t, 4> DeviceIds = {0x06, 0x0627, 0x0003, 0x0002};

// linux/input-event-codes.h
enum EventType : std::uint16_t { Syn = 0, Key = 1, Relative = 2, Absolute = 3 };
constexpr std::uint16_t AxisX = 0;
constexpr std::uint16_t AxisY = 1;
constexpr std::uint16_t SidewaysWheel = 6;
constexpr std::uint16_t Wheel = 8;
struct ButtonCode
{
    PointerButton button;
    std::uint16_t code;
};
constexpr std::array<ButtonCode, 5> ButtonCodes = {{
    {PointerButton::Left, 0x110},
    {PointerButton::Right, 0x111},
    {PointerButton::Middle, 0x112},
    {PointerButton::Side, 0x113},
    {PointerButton::Extra, 0x114},
}};

constexpr std::size_t EventBytes = 8;
constexpr int MaxNotches = 120; // in one report

void setBit(std::span<std::uint8_t> bits, std::size_t bit)
{
    bits[bit / 8] |= std::uint8_t(1 << (bit % 8));
}

// Of the payload: how many bytes of it mean something.
std::size_t fillPayload(std::span<std::uint8_t> payload, std::uint8_t select,
                        std::uint8_t subSelect)
{
    if (select == IdName && subSelect == 0) {
        std::copy(Name.begin(), Name.end(), payload.begin());
        return Name.size();
    }
    if (select == IdDevice && subSelect == 0) {
        for (std::size_t i = 0; i < DeviceIds.size(); ++i)
            storeLe(&payload[2 * i], DeviceIds[i]);
        return 2 * DeviceIds.size();
    }
    if (select == EventBits && subSelect == Key) {
        for (const ButtonCode &each : ButtonCodes)
            setBit(payload, each.code);
        return ButtonCodes.back().code / 8 + 1;
    }
    if (select == EventBits && subSelect == Relative) {
        setBit(payload, SidewaysWheel);
        setBit(payload, Wheel);
        return Wheel / 8 + 1;
    }
    if (select == EventBits && subSelect == Absolute) {
        setBit(payload, AxisX);
        setBit(payload, AxisY);
        return 1;
    }
    if (select == AxisInfo && (subSelect == AxisX || subSelect == AxisY)) {
        storeLe(&payload[4], std::uint32_t(AbsolutePointer::Maximum)); // from 0 on; no fuzz
        return 20;
    }
    return 0;
}

} // namespace

VirtioInput::VirtioInput(std::string name, PollLoop *loop)
    : VirtioPci(std::move(name),
                {.deviceType = DeviceType,
                 .classCode = ClassCode,
                 .queueSizes = {QueueSize, QueueSize},
                 .configBytes = ConfigBytes},
                loop)
{ }

VirtioInput::~VirtioInput()
{
    leaveLoop();
}

bool VirtioInput::isReady() const
{
    const std::lock_guard guard(lock());
    return isDriverReady();
}

void VirtioInput::setReadyListener(std::function<void()> readyChanged)
{
    const std::lock_guard guard(lock());
    m_readyChanged = std::move(readyChanged);
}

void VirtioInput::tellReady()
{
    if (m_wasReady == isDriverReady())
        return;
    m_wasReady = !m_wasReady;
    if (m_readyChanged)
        m_readyChanged();
}

void VirtioInput::resetVirtio()
{
    m_waiting.clear();
    m_sent = {};
    std::ranges::fill(deviceConfig(), std::uint8_t(0));
    tellReady();
}

void VirtioInput::writeDeviceConfig(std::uint64_t offset, unsigned size, std::uint64_t value)
{
    storePart(deviceConfig().first(Size), offset, size, value);
    showConfig();
}

void VirtioInput::showConfig()
{
    const std::span<std::uint8_t> config = deviceConfig();
    std::ranges::fill(config.subspan(Size), std::uint8_t(0));
    config[Size] =
        std::uint8_t(fillPayload(config.subspan(Payload), config[Select], config[SubSelect]));
}

// The report that a change goes into. It begins as what the guest will know by then.
VirtioInput::Report &VirtioInput::nextReport(bool isMove)
{
    Report before = m_waiting.empty() ? m_sent : m_waiting.back();
    const bool isFull = m_waiting.size() >= MaxWaiting;
    if (isMove && !m_waiting.empty() && !isFull) {
        // A movement takes the place of the one before, when that was nothing else.
        const Report &earlier = m_waiting.size() > 1 ? m_waiting[m_waiting.size() - 2] : m_sent;
        if (before.buttons == earlier.buttons && before.right == 0 && before.up == 0)
            return m_waiting.back();
    }
    if (isFull)
        return m_waiting.back();
    before.right = 0;
    before.up = 0;
    m_waiting.push_back(before);
    return m_waiting.back();
}

void VirtioInput::moveTo(std::uint16_t x, std::uint16_t y)
{
    const std::lock_guard guard(lock());
    if (!isDriverReady())
        return;
    Report &report = nextReport(true);
    report.x = std::min(x, Maximum);
    report.y = std::min(y, Maximum);
    sendWaiting();
}

void VirtioInput::setButton(PointerButton button, KeyMotion motion)
{
    const std::lock_guard guard(lock());
    const auto found = std::ranges::find(ButtonCodes, button, &ButtonCode::button);
    if (!isDriverReady() || found == ButtonCodes.end())
        return;
    const auto bit = std::uint8_t(1 << (found - ButtonCodes.begin()));
    Report &report = nextReport(false);
    report.buttons =
        std::uint8_t(motion == KeyMotion::Press ? report.buttons | bit : report.buttons & ~bit);
    sendWaiting();
}

void VirtioInput::turnWheel(int right, int up)
{
    const std::lock_guard guard(lock());
    if (!isDriverReady())
        return;
    const auto sum = [](int before, int more) {
        return std::clamp(before + std::clamp(more, -MaxNotches, MaxNotches), -MaxNotches,
                          MaxNotches);
    };
    Report &report = nextReport(false);
    report.right = sum(report.right, right);
    report.up = sum(report.up, up);
    sendWaiting();
}

std::vector<VirtioInput::Event> VirtioInput::eventsOf(const Report &report) const
{
    std::vector<Event> events;
    if (report.x != m_sent.x)
        events.push_back({Absolute, AxisX, report.x});
    if (report.y != m_sent.y)
        events.push_back({Absolute, AxisY, report.y});
    for (std::size_t i = 0; i < ButtonCodes.size(); ++i)
        if (((report.buttons ^ m_sent.buttons) >> i & 1) != 0)
            events.push_back({Key, ButtonCodes[i].code, std::uint32_t(report.buttons >> i & 1)});
    if (report.right != 0)
        events.push_back({Relative, SidewaysWheel, std::uint32_t(report.right)});
    if (report.up != 0)
        events.push_back({Relative, Wheel, std::uint32_t(report.up)});
    if (!events.empty())
        events.push_back({Syn, 0, 0});
    return events;
}

// All or none of them: a report without its end would wait in the guest.
bool VirtioInput::send(const std::vector<Event> &events)
{
    Virtqueue &ring = queue(EventQueue);
    std::vector<Chain> chains;
    for (std::size_t i = 0; i < events.size(); ++i) {
        std::optional<Chain> chain = ring.pop();
        if (!chain) {
            for (std::size_t back = 0; back < chains.size(); ++back)
                ring.unpop();
            return false;
        }
        chains.push_back(std::move(*chain));
    }
    for (std::size_t i = 0; i < events.size(); ++i) {
        std::array<std::uint8_t, EventBytes> raw;
        storeLe(&raw[0], events[i].type);
        storeLe(&raw[2], events[i].code);
        storeLe(&raw[4], events[i].value);
        ring.put(chains[i].head, copyTo(chains[i].writable, 0, raw));
    }
    ring.publish();
    return true;
}

void VirtioInput::sendWaiting()
{
    Virtqueue &ring = queue(EventQueue);
    while (!m_waiting.empty() && isLive() && ring.isEnabled()) {
        const std::vector<Event> events = eventsOf(m_waiting.front());
        // A ring that is too small for a report never takes it.
        if (!events.empty() && events.size() <= ring.size() && !send(events)) {
            ring.setNotified(true); // of the buffers that are missing
            if (!send(events))
                break;
        }
        m_sent = m_waiting.front();
        m_waiting.pop_front();
    }
    finish(EventQueue);
    tellReady();
}

bool VirtioInput::processQueue(unsigned index)
{
    if (index == EventQueue) {
        sendWaiting();
        return true;
    }
    // The driver's words about lights and force feedback: a tablet has none.
    Virtqueue &ring = queue(index);
    bool isDone = false;
    for (unsigned i = 0; i < ring.size() && !isDone; ++i) {
        if (const std::optional<Chain> chain = ring.pop())
            ring.push(chain->head, 0);
        else
            isDone = true;
    }
    finish(index);
    tellReady();
    return isDone;
}

void VirtioInput::serializeVirtio(StateArchive &archive, std::uint32_t)
{
    archive.value(deviceConfig()[Select]);
    archive.value(deviceConfig()[SubSelect]);
    archive.value(m_sent.x);
    archive.value(m_sent.y);
    archive.value(m_sent.buttons);
    if (!archive.isLoading())
        return;
    showConfig();
    m_waiting.clear();
    m_sent.buttons &= (1u << ButtonCodes.size()) - 1;
    // Nobody's finger is on a button any more.
    if (m_sent.buttons != 0 && !archive.hasFailed())
        nextReport(false).buttons = 0;
    tellReady();
}

} // namespace engine::virtio
