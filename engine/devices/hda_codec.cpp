// SPDX-License-Identifier: GPL-3.0-or-later
// High Definition Audio Specification 1.0a: verbs 7.3.3, parameters 7.3.4, configuration default
// 7.3.3.31.
#include "engine/devices/hda_codec.h"

#include <algorithm>
#include <cmath>

namespace engine::hda {

namespace {

// 12-bit verbs; a set verb is the get verb without 0x800.
enum Verb : unsigned {
    GetParameter = 0xf00,
    GetConnection = 0xf01,
    GetConnectionList = 0xf02,
    GetPowerState = 0xf05,
    GetStream = 0xf06,
    GetPinControl = 0xf07,
    GetPinSense = 0xf09,
    GetConfiguration = 0xf1c, // one verb for each byte: to 0xf1f
    GetSubsystem = 0xf20, // to 0xf23
    ResetFunction = 0x7ff,
    SetPowerState = 0x705,
    SetStream = 0x706,
    SetPinControl = 0x707,
    SetConfiguration = 0x71c,
    SetSubsystem = 0x720,
};
// 4-bit verbs.
enum LongVerb : unsigned {
    SetFormat = 0x2,
    SetGainMute = 0x3,
    GetFormat = 0xa,
    GetGainMute = 0xb,
};

enum Parameter : unsigned {
    VendorId = 0x00,
    RevisionId = 0x02,
    SubordinateNodes = 0x04,
    FunctionGroupType = 0x05,
    FunctionGroupCapabilities = 0x08,
    WidgetCapabilities = 0x09,
    PcmSizesRates = 0x0a,
    StreamFormats = 0x0b,
    PinCapabilities = 0x0c,
    InputAmplifier = 0x0d,
    ConnectionListLength = 0x0e,
    PowerStates = 0x0f,
    OutputAmplifier = 0x12,
};

// This program's own codec, among the ids of virtual devices (Red Hat's vendor id).
constexpr std::uint32_t CodecId = 0x1af4'4844;
constexpr std::uint32_t Subsystem = 0x1af4'1100;
constexpr std::uint32_t Revision = 0x0010'0100; // 1.0, revision 1, stepping 0
constexpr std::uint32_t AudioFunctionGroup = 1;
constexpr std::uint32_t Rates = 1u << 4 | 1u << 5 | 1u << 6 | 1u << 8; // 32, 44.1, 48, 96 kHz
constexpr std::uint32_t Sixteen = 1u << 17;
constexpr std::uint32_t PcmFormat = 1;
constexpr std::uint32_t D0AndD3 = 1u << 0 | 1u << 3;

enum : std::uint32_t {
    Stereo = 1u << 0,
    HasInputAmplifier = 1u << 1,
    HasOutputAmplifier = 1u << 2,
    OverridesAmplifier = 1u << 3,
    OverridesFormat = 1u << 4,
    HasConnectionList = 1u << 8,
    OutputConverter = 0u << 20,
    InputConverter = 1u << 20,
    PinComplex = 4u << 20,
};
constexpr std::uint32_t PinIsInput = 1u << 5;
constexpr std::uint32_t PinIsOutput = 1u << 4;
constexpr std::uint8_t PinInputOn = 1 << 5;
constexpr std::uint8_t PinOutputOn = 1 << 6;
constexpr std::uint8_t PinControlMask = 0xe7;

// Jack, rear, line out, 1/8", green, no presence detection, association 1.
constexpr std::uint32_t LineOutConfiguration = 0x0101'4110;
// Jack, rear, microphone, 1/8", pink, no presence detection, association 2.
constexpr std::uint32_t MicrophoneConfiguration = 0x01a1'9120;

constexpr std::uint8_t MutedBit = 0x80;
constexpr unsigned StepSize = 3; // in quarters of a dB, less one
constexpr std::uint32_t AmplifierCapabilities =
    1u << 31 | StepSize << 16 | Codec::GainSteps << 8 | Codec::GainSteps;
constexpr std::int32_t Unity = 65536;

// What the output converter gets, the pin plays; what the other pin hears, the input converter
// gets. Lists are of one entry.
unsigned connectionOf(unsigned node)
{
    switch (node) {
    case Codec::LineOutPin:
        return Codec::LineOutConverter;
    case Codec::MicrophoneConverter:
        return Codec::MicrophonePin;
    default:
        return 0;
    }
}

} // namespace

Codec::Codec()
{
    for (unsigned gain = 0; gain <= GainSteps; ++gain)
        m_factors[gain] =
            std::int32_t(std::lround(Unity * std::pow(10.0, -double(GainSteps - gain) / 20)));
    reset();
}

void Codec::reset()
{
    m_widgets = {};
    for (const Node node : {LineOutConverter, MicrophoneConverter})
        m_widgets[node].gain = {GainSteps, GainSteps};
    m_widgets[LineOutPin].pinControl = PinOutputOn;
    m_widgets[LineOutPin].configuration = LineOutConfiguration;
    m_widgets[MicrophonePin].pinControl = PinInputOn;
    m_widgets[MicrophonePin].configuration = MicrophoneConfiguration;
    m_subsystem = Subsystem;
}

bool Codec::isConverter(unsigned node)
{
    return node == LineOutConverter || node == MicrophoneConverter;
}

bool Codec::isPin(unsigned node)
{
    return node == LineOutPin || node == MicrophonePin;
}

bool Codec::carries(Node converter, Node pin, unsigned stream) const
{
    const std::uint8_t on = pin == LineOutPin ? PinOutputOn : PinInputOn;
    return stream != 0 && m_widgets[converter].stream >> 4 == stream
        && (m_widgets[pin].pinControl & on) != 0 && m_widgets[FunctionGroup].powerState == 0
        && m_widgets[converter].powerState == 0 && m_widgets[pin].powerState == 0;
}

std::uint32_t Codec::execute(std::uint32_t command)
{
    const unsigned node = (command >> 20) & 0xff;
    if (node >= NodeCount)
        return 0;
    const unsigned longVerb = (command >> 16) & 0xf;
    const unsigned payload = command & 0xffff;
    switch (longVerb) {
    case SetFormat:
        if (isConverter(node))
            m_widgets[node].format = std::uint16_t(payload);
        return 0;
    case SetGainMute:
        setGain(node, payload);
        return 0;
    case GetFormat:
        return isConverter(node) ? m_widgets[node].format : 0;
    case GetGainMute:
        return gainOf(node, payload);
    case 0xf:
        return get(node, (command >> 8) & 0xfff, command & 0xff);
    case 0x7:
        set(node, (command >> 8) & 0xfff, command & 0xff);
        return 0;
    default:
        return 0; // coefficients and such: there are none
    }
}

std::uint32_t Codec::get(unsigned node, unsigned verb, unsigned payload) const
{
    const Widget &widget = m_widgets[node];
    if (verb >= GetConfiguration && verb < GetConfiguration + 4)
        return widget.configuration; // all of it, whichever byte is named
    if (verb >= GetSubsystem && verb < GetSubsystem + 4)
        return node == FunctionGroup ? m_subsystem : 0;
    switch (verb) {
    case GetParameter:
        return parameter(node, payload);
    case GetConnectionList:
        return payload == 0 ? connectionOf(node) : 0;
    case GetPowerState: // set and actual
        return node == Root ? 0 : widget.powerState | std::uint32_t(widget.powerState) << 4;
    case GetStream:
        return isConverter(node) ? widget.stream : 0;
    case GetPinControl:
        return widget.pinControl;
    case GetPinSense: // no pin can tell
    case GetConnection: // one input, and that is selected
    default:
        return 0;
    }
}

void Codec::set(unsigned node, unsigned verb, unsigned payload)
{
    Widget &widget = m_widgets[node];
    if (verb >= SetConfiguration && verb < SetConfiguration + 4) {
        const unsigned shift = 8 * (verb - SetConfiguration);
        if (isPin(node))
            widget.configuration =
                (widget.configuration & ~(0xffu << shift)) | std::uint32_t(payload) << shift;
        return;
    }
    if (verb >= SetSubsystem && verb < SetSubsystem + 4) {
        const unsigned shift = 8 * (verb - SetSubsystem);
        if (node == FunctionGroup)
            m_subsystem = (m_subsystem & ~(0xffu << shift)) | std::uint32_t(payload) << shift;
        return;
    }
    switch (verb) {
    case SetPowerState:
        if (node != Root)
            widget.powerState = payload & 3;
        break;
    case SetStream:
        if (isConverter(node))
            widget.stream = std::uint8_t(payload);
        break;
    case SetPinControl:
        if (isPin(node))
            widget.pinControl = payload & PinControlMask;
        break;
    case ResetFunction: {
        // What board makers set stays (7.3.3.33).
        const std::uint32_t subsystem = m_subsystem;
        const std::uint32_t lineOut = m_widgets[LineOutPin].configuration;
        const std::uint32_t microphone = m_widgets[MicrophonePin].configuration;
        reset();
        m_subsystem = subsystem;
        m_widgets[LineOutPin].configuration = lineOut;
        m_widgets[MicrophonePin].configuration = microphone;
        break;
    }
    default:
        break;
    }
}

std::uint32_t Codec::parameter(unsigned node, unsigned number) const
{
    if (node == Root) {
        switch (number) {
        case VendorId:
            return CodecId;
        case RevisionId:
            return Revision;
        case SubordinateNodes:
            return std::uint32_t(FunctionGroup) << 16 | 1;
        default:
            return 0;
        }
    }
    if (node != FunctionGroup)
        return widgetParameter(node, number);
    switch (number) {
    case SubordinateNodes:
        return std::uint32_t(LineOutConverter) << 16 | (NodeCount - LineOutConverter);
    case FunctionGroupType:
        return AudioFunctionGroup;
    case FunctionGroupCapabilities:
        return 0x808; // delays of eight frames each way, no beep generator
    case PcmSizesRates:
        return Sixteen | Rates;
    case StreamFormats:
        return PcmFormat;
    case PowerStates:
        return D0AndD3;
    default:
        return 0;
    }
}

std::uint32_t Codec::widgetParameter(unsigned node, unsigned number) const
{
    const bool isOutput = node == LineOutConverter || node == LineOutPin;
    switch (number) {
    case WidgetCapabilities:
        if (isPin(node))
            return PinComplex | Stereo | (isOutput ? std::uint32_t(HasConnectionList) : 0);
        return Stereo | OverridesAmplifier | OverridesFormat
            | (isOutput ? OutputConverter | HasOutputAmplifier
                        : InputConverter | HasInputAmplifier | HasConnectionList);
    case PcmSizesRates:
        return isConverter(node) ? Sixteen | Rates : 0;
    case StreamFormats:
        return isConverter(node) ? PcmFormat : 0;
    case PinCapabilities:
        return !isPin(node) ? 0 : isOutput ? PinIsOutput : PinIsInput;
    case InputAmplifier:
        return node == MicrophoneConverter ? AmplifierCapabilities : 0;
    case OutputAmplifier:
        return node == LineOutConverter ? AmplifierCapabilities : 0;
    case ConnectionListLength:
        return connectionOf(node) != 0 ? 1 : 0;
    case PowerStates:
        return D0AndD3;
    default:
        return 0;
    }
}

// 7.3.3.7
std::uint32_t Codec::gainOf(unsigned node, unsigned payload) const
{
    const bool asksForOutput = (payload & 0x8000) != 0;
    if (!isConverter(node) || asksForOutput != (node == LineOutConverter))
        return 0;
    return m_widgets[node].gain[(payload & 0x2000) != 0 ? 0 : 1];
}

void Codec::setGain(unsigned node, unsigned payload)
{
    const unsigned ofThisAmplifier = node == LineOutConverter ? 0x8000 : 0x4000;
    if (!isConverter(node) || (payload & ofThisAmplifier) == 0)
        return;
    const unsigned gain = std::min(payload & 0x7f, GainSteps);
    for (const unsigned side : {0u, 1u})
        if ((payload & (0x2000 >> side)) != 0)
            m_widgets[node].gain[side] = std::uint8_t(gain | (payload & MutedBit));
}

void Codec::amplifyOutput(std::span<std::int16_t> samples) const
{
    amplify(m_widgets[LineOutConverter], samples);
}

void Codec::amplifyInput(std::span<std::int16_t> samples) const
{
    amplify(m_widgets[MicrophoneConverter], samples);
}

void Codec::amplify(const Widget &widget, std::span<std::int16_t> samples) const
{
    for (const unsigned side : {0u, 1u}) {
        const bool isMuted = (widget.gain[side] & MutedBit) != 0;
        const std::int32_t factor = isMuted ? 0 : m_factors[widget.gain[side] & 0x7f];
        if (factor == Unity)
            continue;
        for (std::size_t i = side; i < samples.size(); i += 2)
            samples[i] = std::int16_t(samples[i] * factor / Unity);
    }
}

void Codec::serialize(StateArchive &archive)
{
    for (Widget &widget : m_widgets) {
        archive.value(widget.powerState);
        archive.value(widget.format);
        archive.value(widget.stream);
        archive.value(widget.pinControl);
        archive.value(widget.gain);
        archive.value(widget.configuration);
        for (const std::uint8_t gain : widget.gain)
            if ((gain & 0x7f) > GainSteps) {
                archive.fail("an amplifier is set beyond its range");
                widget.gain = {};
            }
    }
    archive.value(m_subsystem);
}

} // namespace engine::hda
