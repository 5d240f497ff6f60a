// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of spice-vdagent's protocol, as spice-protocol's spice/vd_agent.h has them. All
// fields are little-endian and packed.
//
// On the port every piece of a message has a chunk header; a message may lie in several chunks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace engine::vdagent {

// What the guest's program looks for: the port's name.
inline constexpr char PortName[] = "com.redhat.spice.0";

// VDIChunkHeader: port, size.
inline constexpr std::size_t ChunkHeaderBytes = 8;
inline constexpr std::size_t MaxChunkBytes = 2048; // VD_AGENT_MAX_DATA_SIZE, without the header
enum ChunkField : std::size_t { ChunkPort = 0, ChunkSize = 4 };
enum ChunkPortNumber : std::uint32_t { ClientPort = 1, ServerPort = 2 };

// VDAgentMessage: protocol, type, opaque (64 bit), size of the data that follows.
inline constexpr std::size_t MessageHeaderBytes = 20;
enum MessageField : std::size_t {
    MessageProtocol = 0,
    MessageType = 4,
    MessageOpaque = 8,
    MessageSize = 16,
};
inline constexpr std::uint32_t Protocol = 1;

enum class Message : std::uint32_t {
    MouseState = 1,
    MonitorsConfig = 2,
    Reply = 3,
    Clipboard = 4,
    DisplayConfig = 5,
    AnnounceCapabilities = 6,
    ClipboardGrab = 7,
    ClipboardRequest = 8,
    ClipboardRelease = 9,
    FileTransferStart = 10,
    FileTransferStatus = 11,
    FileTransferData = 12,
    ClientDisconnected = 13,
    MaxClipboard = 14,
};

// Bits of VDAgentAnnounceCapabilities, in 32-bit words.
enum class Capability : unsigned {
    MouseState = 0,
    MonitorsConfig = 1,
    Reply = 2,
    Clipboard = 3,
    DisplayConfig = 4,
    ClipboardByDemand = 5,
    ClipboardSelection = 6,
    SparseMonitorsConfig = 7,
    GuestLineEndLf = 8,
    GuestLineEndCrLf = 9,
    MaxClipboard = 10,
    AudioVolumeSync = 11,
    MonitorsConfigPosition = 12,
    FileTransferDisabled = 13,
    FileTransferDetailedErrors = 14,
    GraphicsDeviceInfo = 15,
    ClipboardNoReleaseOnRegrab = 16,
    ClipboardGrabSerial = 17,
};

enum class ClipboardType : std::uint32_t {
    None = 0,
    Utf8Text = 1,
    Png = 2,
    Bmp = 3,
    Tiff = 4,
    Jpeg = 5,
    FileList = 6,
};

enum class TransferResult : std::uint32_t {
    CanSendData = 0,
    Canceled = 1,
    Error = 2,
    Success = 3,
    NotEnoughSpace = 4,
    SessionLocked = 5,
    AgentNotConnected = 6,
    Disabled = 7,
};

} // namespace engine::vdagent
