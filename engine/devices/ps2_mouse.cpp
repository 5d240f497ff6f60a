// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/ps2_mouse.h"

#include <algorithm>
#include <cstdlib>

namespace engine {

namespace {

enum Command : std::uint8_t {
    ScaleOneToOne = 0xe6,
    ScaleTwoToOne = 0xe7,
    SetResolution = 0xe8,
    ReadStatus = 0xe9,
    StreamMode = 0xea,
    ReadData = 0xeb,
    EndWrapMode = 0xec,
    WrapMode = 0xee,
    RemoteMode = 0xf0,
    ReadId = 0xf2,
    SetSampleRate = 0xf3,
    Enable = 0xf4,
    Disable = 0xf5,
    SetDefaults = 0xf6,
    Resend = 0xfe,
    Reset = 0xff,
};

constexpr std::uint8_t Acknowledge = 0xfa;
constexpr std::uint8_t SendAgain = 0xfe;
constexpr std::uint8_t SelfTestPassed = 0xaa;

constexpr std::uint8_t WheelId = 3;
constexpr std::uint8_t FiveButtonsId = 4;

constexpr std::uint8_t ThreeButtons = MouseLeft | MouseRight | MouseMiddle;
// Nine bits with sign in a packet; the limits of one that does not say "overflow".
constexpr std::int32_t MaxStep = 255;
// What somebody can move before the guest looks; more is not worth remembering.
constexpr std::int32_t MaxWay = 1 << 16;

// Up to 5 counts by the table, twice as much beyond ("Scaling 2:1").
std::int32_t scaled(std::int32_t way)
{
    constexpr std::array<std::int32_t, 6> Table = {0, 1, 1, 3, 6, 9};
    const std::int32_t size = std::abs(way);
    const std::int32_t more =
        size < std::int32_t(Table.size()) ? Table[std::size_t(size)] : 2 * size;
    return way < 0 ? -more : more;
}

std::int32_t addedUp(std::int32_t a, std::int32_t b)
{
    return std::clamp(a + std::clamp(b, -MaxWay, MaxWay), -MaxWay, MaxWay);
}

} // namespace

void Ps2Mouse::reset()
{
    m_queue.clear();
    m_awaiting = Awaiting::Command;
    m_id = 0;
    m_isWrapping = false;
    m_ratesBefore = {};
    m_buttons = 0;
    m_reportedButtons = 0;
    setDefaults();
}

void Ps2Mouse::setDefaults()
{
    m_resolution = 2;
    m_sampleRate = 100;
    m_isReporting = false;
    m_isRemote = false;
    m_isScaled = false;
    forgetMotions();
}

void Ps2Mouse::forgetMotions()
{
    m_motions.clear();
    m_queue.clearEvents();
    m_reportedButtons = m_buttons;
}

void Ps2Mouse::receive(std::uint8_t byte)
{
    m_queue.clearEvents(); // a command ends the packet that is under way
    if (m_isWrapping && byte != Reset && byte != EndWrapMode) {
        m_queue.answer({byte});
        return;
    }
    const Awaiting awaited = m_awaiting;
    m_awaiting = Awaiting::Command;
    if (awaited == Awaiting::Resolution && byte <= 3) {
        m_resolution = byte;
        m_queue.answer({Acknowledge});
    } else if (awaited == Awaiting::SampleRate && byte > 0 && byte <= 200) {
        m_queue.answer({Acknowledge});
        noteSampleRate(byte);
    } else {
        receiveCommand(byte);
    }
}

// 200, 100, 80 asks for a wheel and 200, 200, 80 for five buttons.
void Ps2Mouse::noteSampleRate(std::uint8_t rate)
{
    if (rate == 80 && m_ratesBefore[1] == 200) {
        if (m_ratesBefore[0] == 100)
            m_id = WheelId;
        else if (m_ratesBefore[0] == 200)
            m_id = FiveButtonsId;
    }
    m_ratesBefore = {rate, m_ratesBefore[0]};
    m_sampleRate = rate;
}

void Ps2Mouse::receiveCommand(std::uint8_t command)
{
    const auto acknowledge = [&] { m_queue.answer({Acknowledge}); };
    switch (command) {
    case ScaleOneToOne:
    case ScaleTwoToOne:
        acknowledge();
        m_isScaled = command == ScaleTwoToOne;
        return;
    case SetResolution:
        acknowledge();
        m_awaiting = Awaiting::Resolution;
        return;
    case ReadStatus:
        acknowledge();
        answerStatus();
        return;
    case StreamMode:
    case RemoteMode:
        acknowledge();
        m_isRemote = command == RemoteMode;
        forgetMotions();
        return;
    case ReadData: {
        acknowledge();
        std::array<std::uint8_t, 4> packet = {};
        takePacket(packet);
        m_queue.answer({packet[0], packet[1], packet[2]});
        if (hasWheel())
            m_queue.answer({packet[3]});
        return;
    }
    case WrapMode:
        acknowledge();
        m_isWrapping = true;
        forgetMotions();
        return;
    case EndWrapMode:
        acknowledge();
        m_isWrapping = false;
        return;
    case ReadId:
        m_queue.answer({Acknowledge, m_id});
        return;
    case SetSampleRate:
        acknowledge();
        m_awaiting = Awaiting::SampleRate;
        return;
    case Enable:
        acknowledge();
        m_isReporting = true;
        forgetMotions();
        return;
    case Disable:
        acknowledge();
        m_isReporting = false;
        forgetMotions();
        return;
    case SetDefaults:
        acknowledge();
        setDefaults();
        return;
    case Resend:
        m_queue.answer({m_queue.last()});
        return;
    case Reset: {
        const std::uint8_t held = m_buttons;
        reset();
        m_buttons = held;
        m_reportedButtons = held;
        m_queue.answer({Acknowledge, SelfTestPassed, 0});
        return;
    }
    default:
        m_queue.answer({SendAgain});
        return;
    }
}

void Ps2Mouse::answerStatus()
{
    m_queue.answer(
        {std::uint8_t((m_isRemote ? 0x40 : 0) | (m_isReporting ? 0x20 : 0) | (m_isScaled ? 0x10 : 0)
                      | (m_buttons & MouseLeft ? 4 : 0) | (m_buttons & MouseMiddle ? 2 : 0)
                      | (m_buttons & MouseRight ? 1 : 0)),
         m_resolution, m_sampleRate});
}

void Ps2Mouse::move(const MouseMotion &motion)
{
    const std::int32_t wheelDown = hasWheel() ? motion.wheelDown : 0;
    const bool isChange =
        motion.right != 0 || motion.down != 0 || wheelDown != 0 || motion.buttons != m_buttons;
    m_buttons = motion.buttons;
    if (!isChange || (!m_isReporting && !m_isRemote) || m_isWrapping)
        return;
    // A new entry for each change of buttons, so that no click is lost; but a guest that does not
    // look for so long gets the sum.
    if (m_motions.empty()
        || (m_motions.back().buttons != motion.buttons && m_motions.size() < MaxMotions)) {
        m_motions.push_back({.right = 0, .down = 0, .wheelDown = 0, .buttons = motion.buttons});
    }
    MouseMotion &sum = m_motions.back();
    sum.right = addedUp(sum.right, motion.right);
    sum.down = addedUp(sum.down, motion.down);
    sum.wheelDown = addedUp(sum.wheelDown, wheelDown);
    sum.buttons = motion.buttons;
}

void Ps2Mouse::prepare()
{
    if (!m_isReporting || m_isRemote || m_isWrapping || m_queue.hasEvents())
        return;
    std::array<std::uint8_t, 4> packet = {};
    while (!takePacket(packet))
        if (m_motions.empty())
            return;
    if (hasWheel())
        m_queue.addEvent({packet[0], packet[1], packet[2], packet[3]});
    else
        m_queue.addEvent({packet[0], packet[1], packet[2]});
}

// False when nothing happened; the packet says so then. A long way takes several.
bool Ps2Mouse::takePacket(std::array<std::uint8_t, 4> &packet)
{
    MouseMotion step = {.buttons = m_motions.empty() ? m_buttons : m_motions.front().buttons};
    bool hasChanged = step.buttons != m_reportedButtons;
    if (!m_motions.empty()) {
        MouseMotion &rest = m_motions.front();
        const std::int32_t wheelLimit = m_id == FiveButtonsId ? 7 : 127;
        step.right = std::clamp(rest.right, -MaxStep, MaxStep);
        step.down = std::clamp(rest.down, -MaxStep, MaxStep);
        step.wheelDown = std::clamp(rest.wheelDown, -wheelLimit, wheelLimit);
        rest.right -= step.right;
        rest.down -= step.down;
        rest.wheelDown -= step.wheelDown;
        if (rest.right == 0 && rest.down == 0 && rest.wheelDown == 0)
            m_motions.pop_front();
        hasChanged = hasChanged || step.right != 0 || step.down != 0 || step.wheelDown != 0;
    }
    m_reportedButtons = step.buttons;
    const bool isDoubled = m_isScaled && !m_isRemote;
    const std::int32_t x =
        std::clamp(isDoubled ? scaled(step.right) : step.right, -MaxStep, MaxStep);
    const std::int32_t y =
        std::clamp(isDoubled ? scaled(-step.down) : -step.down, -MaxStep, MaxStep);
    packet[0] = std::uint8_t((step.buttons & ThreeButtons) | 0x08 | (x < 0 ? 0x10 : 0)
                             | (y < 0 ? 0x20 : 0));
    packet[1] = std::uint8_t(x);
    packet[2] = std::uint8_t(y);
    packet[3] = std::uint8_t(step.wheelDown);
    if (m_id == FiveButtonsId) {
        packet[3] = std::uint8_t((step.wheelDown & 0x0f) | (step.buttons & MouseSide ? 0x10 : 0)
                                 | (step.buttons & MouseExtra ? 0x20 : 0));
    }
    return hasChanged;
}

void Ps2Mouse::serialize(StateArchive &archive)
{
    m_queue.serialize(archive);
    auto motions = std::uint8_t(m_motions.size());
    archive.value(motions);
    if (archive.isLoading()) {
        if (motions > MaxMotions)
            archive.fail("its mouse moved too often");
        if (archive.hasFailed())
            return;
        m_motions.resize(motions);
    }
    for (MouseMotion &motion : m_motions) {
        archive.value(motion.right);
        archive.value(motion.down);
        archive.value(motion.wheelDown);
        archive.value(motion.buttons);
        for (std::int32_t *way : {&motion.right, &motion.down, &motion.wheelDown})
            *way = std::clamp(*way, -MaxWay, MaxWay);
    }
    archive.value(m_buttons);
    archive.value(m_reportedButtons);
    archive.value(m_awaiting);
    archive.value(m_id);
    archive.value(m_resolution);
    archive.value(m_sampleRate);
    archive.value(m_ratesBefore);
    archive.value(m_isReporting);
    archive.value(m_isRemote);
    archive.value(m_isWrapping);
    archive.value(m_isScaled);
    if (archive.isLoading()
        && (m_awaiting > Awaiting::SampleRate
            || (m_id != 0 && m_id != WheelId && m_id != FiveButtonsId) || m_resolution > 3))
        archive.fail("its mouse is in no state");
}

} // namespace engine
