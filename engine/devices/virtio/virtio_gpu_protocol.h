// SPDX-License-Identifier: GPL-3.0-or-later
// What a driver and a virtio GPU say to each other (VIRTIO 1.2, 5.7), as offsets into
// little-endian structures. 2D only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace engine::virtio::gpu {

inline constexpr std::uint64_t FeatureEdid = 1 << 1; // 5.7.3
inline constexpr std::uint32_t EventDisplay = 1 << 0; // 5.7.4.1
inline constexpr std::uint32_t FlagFence = 1 << 0; // 5.7.6.7

enum Config : std::size_t { // 5.7.4
    EventsRead = 0,
    EventsClear = 4,
    ScanoutCount = 8,
    CapsetCount = 12,
    ConfigBytes = 16,
};

enum class Command : std::uint32_t { // 5.7.6.7
    GetDisplayInfo = 0x0100,
    ResourceCreate2d,
    ResourceUnref,
    SetScanout,
    ResourceFlush,
    TransferToHost2d,
    ResourceAttachBacking,
    ResourceDetachBacking,
    GetCapsetInfo,
    GetCapset,
    GetEdid,
    UpdateCursor = 0x0300,
    MoveCursor,
};

enum class Answer : std::uint32_t { // 5.7.6.7
    NoData = 0x1100,
    DisplayInfo,
    Edid = 0x1104,
    Unspecified = 0x1200,
    OutOfMemory,
    InvalidScanout,
    InvalidResource,
    InvalidContext,
    InvalidParameter,
};

enum Header : std::size_t {
    TypeAt = 0,
    FlagsAt = 4,
    FenceAt = 8,
    ContextAt = 16,
    RingAt = 20,
    HeaderBytes = 24,
};

// struct virtio_gpu_rect: x, y, width, height.
inline constexpr std::size_t RectBytes = 16;

// Requests (5.7.6.8, 5.7.6.10); all begin with the header.
enum Request : std::size_t {
    // resource_create_2d
    CreateResource = 24,
    CreateFormat = 28,
    CreateWidth = 32,
    CreateHeight = 36,
    CreateBytes = 40,
    // resource_unref, resource_detach_backing
    UnrefResource = 24,
    UnrefBytes = 32,
    // set_scanout
    ScanoutRect = 24,
    ScanoutNumber = 40,
    ScanoutResource = 44,
    ScanoutBytes = 48,
    // resource_flush
    FlushRect = 24,
    FlushResource = 40,
    FlushBytes = 48,
    // transfer_to_host_2d
    TransferRect = 24,
    TransferOffset = 40,
    TransferResource = 48,
    TransferBytes = 56,
    // resource_attach_backing, followed by the entries
    AttachResource = 24,
    AttachCount = 28,
    AttachBytes = 32,
    // get_edid
    EdidScanout = 24,
    EdidRequestBytes = 32,
    // update_cursor, move_cursor
    CursorScanout = 24,
    CursorX = 28,
    CursorY = 32,
    CursorResource = 40,
    CursorHotX = 44,
    CursorHotY = 48,
    CursorBytes = 56,
};

// struct virtio_gpu_mem_entry
enum MemoryEntry : std::size_t { EntryAddress = 0, EntryLength = 8, EntryBytes = 16 };

// resp_display_info: for each of 16 scanouts a rectangle, enabled, flags.
inline constexpr std::size_t DisplaySlots = 16;
inline constexpr std::size_t DisplaySlotBytes = 24;
inline constexpr std::size_t DisplayEnabledAt = 16;
inline constexpr std::size_t DisplayInfoBytes = HeaderBytes + DisplaySlots * DisplaySlotBytes;
// resp_edid: size, padding, 1024 bytes.
inline constexpr std::size_t EdidSizeAt = 24;
inline constexpr std::size_t EdidDataAt = 32;
inline constexpr std::size_t EdidAnswerBytes = 1056;

inline constexpr int CursorSide = 64; // 5.7.6.10: every cursor is as large

} // namespace engine::virtio::gpu
