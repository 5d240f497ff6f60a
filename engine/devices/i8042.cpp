// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/i8042.h"

#include "engine/devices/scan_code_set.h"

namespace engine {

namespace {

constexpr std::uint64_t DataPort = 0;
constexpr std::uint64_t CommandPort = 4;

// TR, "Status register".
constexpr std::uint8_t OutputFull = 0x01;
constexpr std::uint8_t SystemFlag = 0x04; // the same bit in the command byte
constexpr std::uint8_t LastWasCommand = 0x08;
constexpr std::uint8_t NotLocked = 0x10;
constexpr std::uint8_t OutputIsMouses = 0x20;

// TR, "Controller command byte".
constexpr std::uint8_t KeyboardInterrupt = 0x01;
constexpr std::uint8_t MouseInterrupt = 0x02;
constexpr std::uint8_t KeyboardDisabled = 0x10;
constexpr std::uint8_t MouseDisabled = 0x20;
constexpr std::uint8_t Translate = 0x40;

// TR, "Controller commands".
enum Command : std::uint8_t {
    ReadRam = 0x20, // to 0x3f: the address is in the command
    WriteRam = 0x60, // to 0x7f
    TestPassword = 0xa4,
    DisableMouse = 0xa7,
    EnableMouse = 0xa8,
    TestMousePort = 0xa9,
    SelfTest = 0xaa,
    TestKeyboardPort = 0xab,
    DisableKeyboard = 0xad,
    EnableKeyboard = 0xae,
    ReadInputPort = 0xc0,
    ReadOutputPort = 0xd0,
    WriteOutputPort = 0xd1,
    WriteKeyboardOutput = 0xd2, // as if the keyboard had sent it
    WriteMouseOutput = 0xd3,
    WriteToMouse = 0xd4,
    DisableA20 = 0xdd,
    EnableA20 = 0xdf,
    ReadTestInputs = 0xe0,
    PulseOutputPort = 0xf0, // to 0xff: low where the command has a 0
};

constexpr std::uint8_t NotReset = 0x01; // output port
constexpr std::uint8_t A20Gate = 0x02;
constexpr std::uint8_t KeyboardFull = 0x10;
constexpr std::uint8_t MouseFull = 0x20;

constexpr std::uint8_t SelfTestPassed = 0x55;
constexpr std::uint8_t NoPassword = 0xf1;
constexpr std::uint8_t PortIsGood = 0;
constexpr std::uint8_t InputPort = 0x80; // no keylock

} // namespace

I8042::I8042(IrqLine &keyboardIrq, IrqLine &mouseIrq, Wires wires)
    : IsaDevice("i8042")
    , m_keyboardIrq(keyboardIrq)
    , m_mouseIrq(mouseIrq)
    , m_wires(std::move(wires))
{
    const std::lock_guard guard(lock());
    reset();
}

void I8042::reset()
{
    m_ram = {};
    commandByte() = KeyboardInterrupt | MouseInterrupt;
    m_source = Source::None;
    m_output = 0;
    m_pendingCommand = 0;
    m_wasCommand = true;
    m_isBreakPending = false;
    m_keyboard.reset();
    m_mouse.reset();
    setOutputPort(NotReset | A20Gate);
    updateIrqs();
}

std::uint8_t I8042::readPort(unsigned, std::uint64_t offset)
{
    if (offset == DataPort)
        return readData();
    return offset == CommandPort ? status() : 0xff;
}

void I8042::writePort(unsigned, std::uint64_t offset, std::uint8_t value)
{
    if (offset == DataPort) {
        m_wasCommand = false;
        receiveData(value);
    } else if (offset == CommandPort) {
        m_wasCommand = true;
        m_pendingCommand = 0;
        receiveCommand(value);
    } else {
        return;
    }
    offerNext();
}

std::uint8_t I8042::status() const
{
    const bool isMouses = m_source == Source::Mouse || m_source == Source::AnswerAsMouse;
    return std::uint8_t((m_source == Source::None ? 0 : OutputFull) | (commandByte() & SystemFlag)
                        | (m_wasCommand ? LastWasCommand : 0) | NotLocked
                        | (isMouses ? OutputIsMouses : 0));
}

// What was read last stays readable until the next byte comes: some read it twice.
std::uint8_t I8042::readData()
{
    if (m_source == Source::Keyboard) {
        if (!m_keyboard.queue().isAnswerNext())
            m_isBreakPending = false;
        m_keyboard.queue().take();
    } else if (m_source == Source::Mouse) {
        m_mouse.queue().take();
    }
    const std::uint8_t value = m_output;
    m_source = Source::None;
    updateIrqs(); // low in between, so that the next byte makes an edge
    offerNext();
    return value;
}

void I8042::receiveCommand(std::uint8_t command)
{
    if (command >= ReadRam && command < ReadRam + RamBytes)
        return answer(m_ram[command - ReadRam]);
    if (command >= PulseOutputPort) {
        if (!(command & NotReset) && m_wires.resetPulsed)
            m_wires.resetPulsed();
        return;
    }
    switch (command) {
    case TestPassword:
        return answer(NoPassword);
    case DisableMouse:
        commandByte() |= MouseDisabled;
        return;
    case EnableMouse:
        commandByte() &= std::uint8_t(~MouseDisabled);
        return;
    case TestMousePort:
    case TestKeyboardPort:
        return answer(PortIsGood);
    case SelfTest:
        commandByte() |= SystemFlag;
        return answer(SelfTestPassed);
    case DisableKeyboard:
        commandByte() |= KeyboardDisabled;
        return;
    case EnableKeyboard:
        commandByte() &= std::uint8_t(~KeyboardDisabled);
        return;
    case ReadInputPort:
        return answer(InputPort);
    case ReadOutputPort:
        return answer(outputPort());
    case DisableA20:
        return setOutputPort(NotReset);
    case EnableA20:
        return setOutputPort(NotReset | A20Gate);
    case ReadTestInputs: // the two clock lines
        return answer(std::uint8_t((commandByte() & KeyboardDisabled ? 0 : 1)
                                   | (commandByte() & MouseDisabled ? 0 : 2)));
    case WriteOutputPort:
    case WriteKeyboardOutput:
    case WriteMouseOutput:
    case WriteToMouse:
        m_pendingCommand = command;
        return;
    default:
        if (command >= WriteRam && command < WriteRam + RamBytes)
            m_pendingCommand = command;
        return;
    }
}

void I8042::receiveData(std::uint8_t value)
{
    const std::uint8_t command = m_pendingCommand;
    m_pendingCommand = 0;
    switch (command) {
    case 0: // talking to a device opens its port
        commandByte() &= std::uint8_t(~KeyboardDisabled);
        m_keyboard.receive(value);
        if (!m_keyboard.queue().hasEvents())
            m_isBreakPending = false;
        if (m_source == Source::Keyboard)
            m_source = Source::None; // the answer goes first
        return;
    case WriteToMouse:
        commandByte() &= std::uint8_t(~MouseDisabled);
        m_mouse.receive(value);
        if (m_source == Source::Mouse)
            m_source = Source::None;
        return;
    case WriteOutputPort:
        return setOutputPort(value);
    case WriteKeyboardOutput:
        return answer(value);
    case WriteMouseOutput:
        return answer(value, Source::AnswerAsMouse);
    default:
        m_ram[command - WriteRam] = value;
        return;
    }
}

// A device's byte that nobody has read yet is still in the device's queue and comes later.
void I8042::answer(std::uint8_t value, Source source)
{
    m_source = Source::None;
    updateIrqs();
    m_output = value;
    m_source = source;
}

std::uint8_t I8042::outputPort() const
{
    const bool isMouses = m_source == Source::Mouse || m_source == Source::AnswerAsMouse;
    const std::uint8_t full = isMouses ? MouseFull : KeyboardFull;
    return std::uint8_t(0xc0 | NotReset | (m_isA20On ? A20Gate : 0)
                        | (m_source == Source::None ? 0 : full));
}

void I8042::setOutputPort(std::uint8_t value)
{
    const bool isOn = (value & A20Gate) != 0;
    if (isOn != m_isA20On) {
        m_isA20On = isOn;
        if (m_wires.a20Changed)
            m_wires.a20Changed(isOn);
    }
    if (!(value & NotReset) && m_wires.resetPulsed)
        m_wires.resetPulsed();
}

// Puts the next byte in the output buffer when that is empty, and says so.
void I8042::offerNext()
{
    if (m_source == Source::None && !(commandByte() & KeyboardDisabled))
        offerKeyboard();
    if (m_source == Source::None && !(commandByte() & MouseDisabled)) {
        m_mouse.prepare();
        if (!m_mouse.queue().isEmpty()) {
            m_output = m_mouse.queue().front();
            m_source = Source::Mouse;
        }
    }
    updateIrqs();
}

void I8042::offerKeyboard()
{
    Ps2Queue &queue = m_keyboard.queue();
    while (!queue.isEmpty()) {
        std::uint8_t byte = queue.front();
        const bool isCode = !queue.isAnswerNext();
        if (commandByte() & Translate) {
            if (isCode && byte == ScanCodeBreakPrefix) { // becomes bit 7 of what follows
                m_isBreakPending = true;
                queue.take();
                continue;
            }
            byte = std::uint8_t(setOneOfSetTwo(byte) | (isCode && m_isBreakPending ? 0x80 : 0));
        }
        m_output = byte;
        m_source = Source::Keyboard;
        return;
    }
}

void I8042::updateIrqs()
{
    const bool isMouses = m_source == Source::Mouse || m_source == Source::AnswerAsMouse;
    const bool isKeyboards = m_source == Source::Keyboard || m_source == Source::Answer;
    m_keyboardIrq.set(isKeyboards && (commandByte() & KeyboardInterrupt)
                      && !(commandByte() & KeyboardDisabled));
    m_mouseIrq.set(isMouses && (commandByte() & MouseInterrupt));
}

void I8042::pressKey(ScanCode code, KeyMotion motion)
{
    m_keyboard.press(code, motion);
    offerNext();
}

void I8042::moveMouse(const MouseMotion &motion)
{
    m_mouse.move(motion);
    offerNext();
}

void I8042::serialize(StateArchive &archive, std::uint32_t)
{
    bool isA20On = m_isA20On;
    archive.value(m_ram);
    archive.value(m_source);
    archive.value(m_output);
    archive.value(m_pendingCommand);
    archive.value(m_wasCommand);
    archive.value(isA20On);
    archive.value(m_isBreakPending);
    m_keyboard.serialize(archive);
    m_mouse.serialize(archive);
    if (archive.isSaving())
        return;
    const bool waitsForRam = m_pendingCommand >= WriteRam && m_pendingCommand < WriteRam + RamBytes;
    const bool waitsForOther = m_pendingCommand == WriteOutputPort
        || (m_pendingCommand >= WriteKeyboardOutput && m_pendingCommand <= WriteToMouse);
    if (!archive.hasFailed()
        && (m_source > Source::Mouse || (m_pendingCommand != 0 && !waitsForRam && !waitsForOther)
            || (m_source == Source::Keyboard && m_keyboard.queue().isEmpty())
            || (m_source == Source::Mouse && m_mouse.queue().isEmpty())))
        archive.fail("the keyboard controller is in no state");
    if (archive.hasFailed())
        return reset();
    setOutputPort(std::uint8_t(NotReset | (isA20On ? A20Gate : 0)));
    updateIrqs();
}

} // namespace engine
