// SPDX-License-Identifier: GPL-3.0-or-later
// The registers of a VGA behind ports 3B0h to 3DFh: general, sequencer, CRT controller, graphics
// controller, attribute controller and the DAC with its palette. IBM, "Personal System/2 Hardware
// Interface Technical Reference, Video Subsystem" (1992), "VGA Function"; cited below as PS/2.
//
// Values only: what they mean for memory is in vga_memory.h, for the picture in vga_picture.h.
#pragma once

#include "engine/base/guest_clock.h"
#include "engine/bus/state_archive.h"

#include <array>
#include <cstdint>

namespace engine {

// Indexes, as PS/2 numbers them.
enum VgaSequencer : unsigned { SrReset, SrClocking, SrMapMask, SrFontSelect, SrMemoryMode };

enum VgaCrtc : unsigned {
    CrHorizontalEnd = 0x01,
    CrOverflow = 0x07,
    CrPresetRow = 0x08,
    CrMaximumScanLine = 0x09,
    CrCursorStart = 0x0a,
    CrCursorEnd = 0x0b,
    CrStartHigh = 0x0c,
    CrStartLow = 0x0d,
    CrCursorHigh = 0x0e,
    CrCursorLow = 0x0f,
    CrRetraceEnd = 0x11,
    CrVerticalEnd = 0x12,
    CrOffset = 0x13,
    CrUnderline = 0x14,
    CrMode = 0x17,
    CrLineCompare = 0x18,
};

enum VgaGraphics : unsigned {
    GrSetReset,
    GrEnableSetReset,
    GrColorCompare,
    GrRotate,
    GrReadMap,
    GrMode,
    GrMiscellaneous,
    GrColorCare,
    GrBitMask,
};

enum VgaAttribute : unsigned {
    ArMode = 0x10,
    ArOverscan = 0x11,
    ArPlaneEnable = 0x12,
    ArPanning = 0x13,
    ArColorSelect = 0x14,
};

class VgaRegisters final
{
public:
    void reset();

    // Ports 3B0h to 3DFh. Of the two sets of CRT controller ports the other one is not there
    // (miscellaneous output, bit 0). `now` says where the beam is.
    std::uint8_t readPort(std::uint16_t port, GuestTime now);
    // Says whether a register changed that the picture or the memory depends on.
    bool writePort(std::uint16_t port, std::uint8_t value);

    std::uint8_t sequencer(VgaSequencer index) const { return m_sequencer[index]; }
    std::uint8_t crtc(VgaCrtc index) const { return m_crtc[index]; }
    std::uint8_t graphics(VgaGraphics index) const { return m_graphics[index]; }
    std::uint8_t attribute(unsigned index) const { return m_attribute[index]; }
    std::uint8_t miscellaneous() const { return m_miscellaneous; }
    // The attribute controller has its palette, and the sequencer lets the pixels through.
    bool isScreenOn() const;
    // What the DAC makes of a color index: 0xffRRGGBB.
    std::uint32_t color(std::uint8_t index) const;
    // The DAC takes 8 bits of each color instead of 6; true: that is news.
    bool setWideDac(bool isWide);

    void serialize(StateArchive &archive);

private:
    std::uint8_t readStatus(GuestTime now);
    bool writeAttribute(std::uint8_t value);
    bool writeCrtc(std::uint8_t value);
    bool writeDac(std::uint8_t value);
    std::uint8_t readDac();

    std::array<std::uint8_t, 8> m_sequencer = {};
    std::array<std::uint8_t, 0x19> m_crtc = {};
    std::array<std::uint8_t, 9> m_graphics = {};
    std::array<std::uint8_t, 0x15> m_attribute = {};
    std::array<std::uint8_t, 3 * 256> m_palette = {};
    std::uint8_t m_miscellaneous = 0;
    std::uint8_t m_feature = 0;
    std::uint8_t m_enable = 0; // 3C3h, kept without effect: PCI enables the card
    std::uint8_t m_sequencerIndex = 0;
    std::uint8_t m_crtcIndex = 0;
    std::uint8_t m_graphicsIndex = 0;
    std::uint8_t m_attributeIndex = 0; // with the palette address source, bit 5
    bool m_isAttributeData = false; // the flip-flop at 3C0h
    std::uint8_t m_pelMask = 0;
    std::uint8_t m_dacWriteIndex = 0;
    std::uint8_t m_dacReadIndex = 0;
    std::uint8_t m_dacColor = 0; // 0 to 2: red, green, blue
    bool m_isDacReading = false;
    std::array<std::uint8_t, 2> m_dacGathered = {}; // red and green, until blue comes
    bool m_isDacWide = false;
};

} // namespace engine
