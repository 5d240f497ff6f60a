// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's RAM on the host, and where the guest sees it: below the PCI hole and, what does not
// fit there, from 4 GiB on.
//
// The memory is private and anonymous, because only such memory gets huge pages everywhere, unless
// other processes serve devices of the machine: then it is a memory file that they can map. Its
// host addresses equal the guest's modulo 2 MiB, without which KVM cannot map it in huge pages.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/bus/guest_memory.h"
#include "engine/vmm/vm_config.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace engine {

constexpr std::uint64_t FourGiB = std::uint64_t(1) << 32;

struct MemoryLayout
{
    std::uint64_t lowBytes = 0; // from address 0
    std::uint64_t highBytes = 0; // from 4 GiB
    std::uint64_t highEnd() const { return FourGiB + highBytes; }
};

// i440fx: at most 3 GiB below the hole. Q35: 2 GiB when more than 2.75 GiB are asked for, so that
// PCIEXBAR's 256 MiB at 0xb0000000 and the huge pages stay aligned.
MemoryLayout memoryLayout(VmBoard board, std::uint64_t bytes);

// Writes what is not zero of these bytes; what is not written reads as zeros.
Result<> saveSparse(int file, std::uint64_t fileOffset, std::span<const std::uint8_t> bytes,
                    const std::function<bool(std::uint64_t done)> &goOn = {});

enum class RamKind : std::uint8_t { Private, Shared };

class GuestRam final
{
public:
    static Result<std::unique_ptr<GuestRam>> allocate(const MemoryLayout &layout,
                                                      RamKind kind = RamKind::Private);
    ~GuestRam();

    const MemoryLayout &layout() const { return m_layout; }
    std::span<std::uint8_t> low() const { return {m_low, std::size_t(m_layout.lowBytes)}; }
    std::span<std::uint8_t> high() const { return {m_high, std::size_t(m_layout.highBytes)}; }
    // For DMA: without the VGA window.
    GuestMemory &memory() { return *m_memory; }

    void clear(); // zeros, and the host's memory given back
    // Writes what is not zero at `fileOffset`, sparse; asks `goOn` with percent now and then.
    Result<> save(int file, std::uint64_t fileOffset, const std::function<bool(int)> &goOn) const;
    // Private memory: pages come from the file when they are touched first; the file's offset is
    // page-aligned. Shared memory is read.
    Result<> mapFrom(int file, std::uint64_t fileOffset);
    std::uint64_t fileBytes() const { return m_layout.lowBytes + m_layout.highBytes; }

private:
    GuestRam() = default;
    Result<> saveShared(int file, std::uint64_t fileOffset,
                        const std::function<bool(std::uint64_t done)> &goOn) const;
    Result<> readFrom(int file, std::uint64_t fileOffset);

    MemoryLayout m_layout;
    Fd m_sharedFile; // none when it is private
    std::uint8_t *m_reservation = nullptr;
    std::size_t m_reservedBytes = 0;
    std::uint8_t *m_low = nullptr;
    std::uint8_t *m_high = nullptr;
    std::unique_ptr<GuestMemory> m_memory;
};

} // namespace engine
