// SPDX-License-Identifier: GPL-3.0-or-later
// What a vhost-user back end hears: QEMU docs/interop/vhost-user.rst, header and payloads "Message
// Specification", numbers "Front-end message types". Numbers are in the host's byte order.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <array>
#include <cstdint>
#include <string>

namespace engine::vhost_user {

constexpr std::size_t MaxRegions = 8; // and descriptors in one message
constexpr std::uint64_t NoDescriptor = 0x100; // of a ring, in SET_VRING_KICK and the like

// Feature bits: VIRTIO 1.2, 6; the last but one is vhost-user's own.
constexpr std::uint64_t IndirectDescriptors = std::uint64_t(1) << 28;
constexpr std::uint64_t EventIndex = std::uint64_t(1) << 29;
constexpr std::uint64_t ProtocolFeatures = std::uint64_t(1) << 30;
constexpr std::uint64_t Version1 = std::uint64_t(1) << 32;

enum Request : std::uint32_t {
    GetFeatures = 1,
    SetFeatures = 2,
    SetOwner = 3,
    ResetOwner = 4,
    SetMemTable = 5,
    SetVringNum = 8,
    SetVringAddr = 9,
    SetVringBase = 10,
    GetVringBase = 11,
    SetVringKick = 12,
    SetVringCall = 13,
    SetVringErr = 14,
    GetProtocolFeatures = 15,
    SetProtocolFeatures = 16,
    GetQueueNum = 17,
    SetVringEnable = 18,
    SetDeviceStateFd = 42,
    CheckDeviceState = 43,
};

struct Header
{
    std::uint32_t request;
    std::uint32_t flags;
    std::uint32_t size;
};
constexpr std::uint32_t Version = 1;
constexpr std::uint32_t IsReply = 4;
constexpr std::uint32_t NeedsReply = 8;

struct VringState
{
    std::uint32_t index;
    std::uint32_t number;
};
struct VringAddress
{
    std::uint32_t index;
    std::uint32_t flags;
    std::uint64_t descriptors; // in the front end's address space, as the next two
    std::uint64_t used;
    std::uint64_t available;
    std::uint64_t log;
};
struct MemoryRegion
{
    std::uint64_t guestAddress;
    std::uint64_t size;
    std::uint64_t userAddress; // in the front end's address space
    std::uint64_t offset; // in the descriptor
};
// "Device state transfer parameters"
struct StateTransfer
{
    static constexpr std::uint32_t Save = 0;
    static constexpr std::uint32_t Load = 1;
    std::uint32_t direction;
    std::uint32_t phase; // 0: all rings stand still
};
constexpr std::uint64_t NoDescriptorBack = 0x100; // in the answer to SetDeviceStateFd
struct MemoryTable
{
    std::uint32_t count;
    std::uint32_t padding;
    MemoryRegion regions[MaxRegions];
};

union Payload {
    std::uint64_t number;
    VringState state;
    VringAddress address;
    MemoryTable memory;
    StateTransfer transfer;
};

struct Message
{
    Header header{};
    Payload payload{};
    std::array<Fd, MaxRegions> descriptors;
};

inline Error failure(const std::string &what)
{
    return Error(ErrorKind::Io, "The shared folder's connection to its machine: " + what);
}

} // namespace engine::vhost_user
