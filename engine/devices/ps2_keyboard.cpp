// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/ps2_keyboard.h"

#include "engine/devices/scan_code_set.h"

#include <array>

namespace engine {

namespace {

// TR, "Commands to the keyboard".
enum Command : std::uint8_t {
    SetLights = 0xed,
    Echo = 0xee,
    SelectScanCodeSet = 0xf0,
    ReadId = 0xf2,
    SetTypematicRate = 0xf3,
    Enable = 0xf4,
    DisableWithDefaults = 0xf5,
    SetDefaults = 0xf6,
    AllKeysTypematic = 0xf7, // set 3 only, as the ones up to 0xfd
    AllKeysMakeBreakTypematic = 0xfa,
    KeyTypematic = 0xfb,
    KeyMake = 0xfd,
    Resend = 0xfe,
    Reset = 0xff,
};

constexpr std::uint8_t Acknowledge = 0xfa;
constexpr std::uint8_t SendAgain = 0xfe;
constexpr std::uint8_t SelfTestPassed = 0xaa;
constexpr std::uint8_t FirstCommand = 0xed;

constexpr std::uint8_t ScrollLockLight = 1;
constexpr std::uint8_t NumLockLight = 2;
constexpr std::uint8_t CapsLockLight = 4;

constexpr ScanCode PrintScreen = ScanCodeExtended | 0x37;
constexpr std::uint8_t LeftShift = 0x2a;

// The longest that one key can say is Pause's eight bytes.
constexpr std::size_t OneKey = 8;
// Only for releases: a key that is pressed must not stay so.
constexpr std::size_t Reserve = Ps2Queue::MaxEvents / 2;

struct Modifier
{
    ScanCode code;
    std::uint8_t bit;
};
constexpr std::array<Modifier, 6> Modifiers = {
    {{0x2a, 0x01}, {0x36, 0x02}, {0x1d, 0x04}, {0x11d, 0x08}, {0x38, 0x10}, {0x138, 0x20}}};
constexpr std::uint8_t ShiftOrControlHeld = 0x0f;
constexpr std::uint8_t ControlHeld = 0x0c;
constexpr std::uint8_t AltHeld = 0x30;

} // namespace

void Ps2Keyboard::reset()
{
    m_queue.clear();
    m_awaiting = Awaiting::Command;
    m_modifiers = 0;
    setDefaults();
    m_isScanning = true;
    setLights(0);
}

void Ps2Keyboard::setDefaults()
{
    m_scanCodeSet = 2;
}

void Ps2Keyboard::setLights(std::uint8_t lights)
{
    if (lights == m_lights)
        return;
    m_lights = lights;
    if (m_lightsChanged)
        m_lightsChanged(this->lights());
}

LockLights Ps2Keyboard::lights() const
{
    return {.capsLock = (m_lights & CapsLockLight) != 0,
            .numLock = (m_lights & NumLockLight) != 0,
            .scrollLock = (m_lights & ScrollLockLight) != 0};
}

void Ps2Keyboard::receive(std::uint8_t byte)
{
    // A command ends one that still waits for its parameter.
    if (m_awaiting == Awaiting::Command || byte >= FirstCommand || !receiveParameter(byte))
        receiveCommand(byte);
}

bool Ps2Keyboard::receiveParameter(std::uint8_t byte)
{
    const Awaiting awaited = m_awaiting;
    m_awaiting = Awaiting::Command;
    switch (awaited) {
    case Awaiting::Command:
        return false;
    case Awaiting::Lights:
        m_queue.answer({Acknowledge});
        setLights(byte & (ScrollLockLight | NumLockLight | CapsLockLight));
        return true;
    case Awaiting::ScanCodeSet:
        if (byte == 0) {
            m_queue.answer({Acknowledge, m_scanCodeSet});
        } else if (byte <= 2) {
            m_queue.answer({Acknowledge});
            m_queue.clearEvents(); // they are of the other set
            m_scanCodeSet = byte;
        } else {
            m_queue.answer({SendAgain});
        }
        return true;
    case Awaiting::TypematicRate:
        m_queue.answer({Acknowledge});
        return true;
    case Awaiting::KeyList: // until the next command
        m_queue.answer({Acknowledge});
        m_awaiting = Awaiting::KeyList;
        return true;
    }
    return false;
}

void Ps2Keyboard::receiveCommand(std::uint8_t command)
{
    m_awaiting = Awaiting::Command;
    switch (command) {
    case SetLights:
        m_queue.answer({Acknowledge});
        m_awaiting = Awaiting::Lights;
        return;
    case Echo:
        m_queue.answer({Echo});
        return;
    case SelectScanCodeSet:
        m_queue.answer({Acknowledge});
        m_awaiting = Awaiting::ScanCodeSet;
        return;
    case ReadId:
        m_queue.answer({Acknowledge, 0xab, 0x83});
        return;
    case SetTypematicRate:
        m_queue.answer({Acknowledge});
        m_awaiting = Awaiting::TypematicRate;
        return;
    case Enable:
        m_queue.clearEvents();
        m_queue.answer({Acknowledge});
        m_isScanning = true;
        return;
    case DisableWithDefaults:
    case SetDefaults:
        m_queue.clearEvents();
        m_queue.answer({Acknowledge});
        setDefaults();
        m_isScanning = command == SetDefaults && m_isScanning;
        return;
    case Resend:
        m_queue.answer({m_queue.last()});
        return;
    case Reset:
        reset();
        m_queue.answer({Acknowledge, SelfTestPassed});
        return;
    default:
        if (command >= AllKeysTypematic && command <= KeyMake) {
            m_queue.answer({Acknowledge});
            if (command >= KeyTypematic)
                m_awaiting = Awaiting::KeyList;
            return;
        }
        m_queue.answer({SendAgain});
        return;
    }
}

void Ps2Keyboard::press(ScanCode code, KeyMotion motion)
{
    noteModifier(code, motion);
    if (!m_isScanning || !hasRoomFor(motion))
        return;
    if (code == ScanCodePause) {
        if (motion == KeyMotion::Press)
            sendPause();
    } else if (code == PrintScreen) {
        sendPrintScreen(motion);
    } else {
        sendKey((code & ScanCodeExtended) != 0, std::uint8_t(code & 0x7f), motion);
    }
}

bool Ps2Keyboard::hasRoomFor(KeyMotion motion) const
{
    const std::size_t needed = motion == KeyMotion::Press ? Reserve + OneKey : OneKey;
    return m_queue.eventRoom() >= needed;
}

void Ps2Keyboard::noteModifier(ScanCode code, KeyMotion motion)
{
    for (const Modifier &modifier : Modifiers)
        if (modifier.code == code)
            m_modifiers = motion == KeyMotion::Press ? std::uint8_t(m_modifiers | modifier.bit)
                                                     : std::uint8_t(m_modifiers & ~modifier.bit);
}

// `make` is of set 1.
void Ps2Keyboard::sendKey(bool isExtended, std::uint8_t make, KeyMotion motion)
{
    if (make == 0)
        return;
    const bool isPress = motion == KeyMotion::Press;
    if (isExtended)
        m_queue.addEvent({ScanCodeExtendedPrefix});
    if (m_scanCodeSet == 1) {
        m_queue.addEvent({std::uint8_t(make | (isPress ? 0 : 0x80))});
        return;
    }
    if (!isPress)
        m_queue.addEvent({ScanCodeBreakPrefix});
    m_queue.addEvent({setTwoOfSetOne(make)});
}

// TR: with Alt it is SysRq, with Shift or Ctrl it goes without the shift that is pressed for it.
void Ps2Keyboard::sendPrintScreen(KeyMotion motion)
{
    if (m_modifiers & AltHeld)
        return sendKey(false, 0x54, motion);
    const bool isAlone = (m_modifiers & ShiftOrControlHeld) == 0;
    if (isAlone && motion == KeyMotion::Press)
        sendKey(true, LeftShift, motion);
    sendKey(true, 0x37, motion);
    if (isAlone && motion == KeyMotion::Release)
        sendKey(true, LeftShift, motion);
}

// Says both at once and nothing when released; with Ctrl it is Break.
void Ps2Keyboard::sendPause()
{
    if (m_modifiers & ControlHeld) {
        sendKey(true, 0x46, KeyMotion::Press);
        sendKey(true, 0x46, KeyMotion::Release);
    } else if (m_scanCodeSet == 1) {
        m_queue.addEvent({ScanCodePausePrefix, 0x1d, 0x45, ScanCodePausePrefix, 0x9d, 0xc5});
    } else {
        m_queue.addEvent({ScanCodePausePrefix, 0x14, 0x77, ScanCodePausePrefix, ScanCodeBreakPrefix,
                          0x14, ScanCodeBreakPrefix, 0x77});
    }
}

void Ps2Keyboard::serialize(StateArchive &archive)
{
    std::uint8_t lights = m_lights;
    m_queue.serialize(archive);
    archive.value(m_awaiting);
    archive.value(m_scanCodeSet);
    archive.value(lights);
    archive.value(m_modifiers);
    archive.value(m_isScanning);
    if (archive.isSaving())
        return;
    if (m_awaiting > Awaiting::KeyList || m_scanCodeSet < 1 || m_scanCodeSet > 2 || lights > 7)
        archive.fail("its keyboard is in no state");
    if (!archive.hasFailed())
        setLights(lights);
}

} // namespace engine
