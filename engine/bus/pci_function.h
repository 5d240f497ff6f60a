// SPDX-License-Identifier: GPL-3.0-or-later
// One function of a PCI device: configuration space, BARs, MSI, MSI-X and the INTx pin (PCI Local
// Bus Specification 3.0, chapter 6). What a particular device adds, it adds in the derived class.
//
// Registers behave by a mask of the bits that software can write; the derived class sets values and
// masks in its constructor (config(), configMask()), defines its BARs and capabilities, and answers
// readRegion() and writeRegion() for its memory and I/O BARs. Locking as in device.h; the host
// bridge holds this function's lock around configRead() and configWrite().
#pragma once

#include "engine/base/bytes.h"
#include "engine/bus/bus.h"
#include "engine/bus/device.h"
#include "engine/bus/guest_memory.h"
#include "engine/bus/irq_line.h"
#include "engine/bus/memory_mapper.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine {

// What a function is connected to; given by the board before the first access.
struct PciConnections
{
    Bus *memory = nullptr; // where memory BARs appear
    Bus *ports = nullptr;
    GuestMemory *ram = nullptr; // DMA
    IrqLine *interruptPin = nullptr;
    MsiSink *msi = nullptr;
    MemoryMapper *mapper = nullptr; // may be null: BARs backed by memory are not shown then
    DoorbellMapper *doorbells = nullptr; // may be null
    MsiEvents *msiEvents = nullptr; // may be null
};

struct PciIdentity
{
    std::uint16_t vendorId = 0xffff;
    std::uint16_t deviceId = 0xffff;
    std::uint32_t classCode = 0; // base class, subclass, programming interface: 0x010601
    std::uint8_t revision = 0;
    std::uint16_t subsystemVendorId = 0x1af4; // as QEMU's, which guests' drivers know
    std::uint16_t subsystemId = 0x1100;
    bool isMultiFunction = false;
    std::uint8_t interruptPin = 0; // 1: INTA#; 0: none
};

enum class BarKind : std::uint8_t { Io, Memory32, Memory64 };

class PciFunction : public Device
{
public:
    static constexpr std::size_t ConfigBytes = 256;
    static constexpr unsigned BarCount = 6;

    PciFunction(std::string name, const PciIdentity &identity);

    void connect(const PciConnections &connections) { m_connections = connections; }

    // 1, 2 or 4 bytes within a dword. Offsets from 256 on (extended space) answer zeros.
    std::uint32_t configRead(std::uint32_t offset, unsigned size);
    void configWrite(std::uint32_t offset, unsigned size, std::uint32_t value);

    std::uint16_t vendorId() const { return loadLe<std::uint16_t>(&m_config[0]); }
    std::uint16_t deviceId() const { return loadLe<std::uint16_t>(&m_config[2]); }
    std::uint8_t interruptPin() const { return m_config[0x3d]; }

    void reset() final;
    std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size) final;
    void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value) final;
    void serialize(StateArchive &archive, std::uint32_t version) final;

protected:
    // A BAR whose accesses go to readRegion/writeRegion with region = `bar`. `size` is a power of
    // two, at least 4 (I/O) or 4096 (memory).
    void defineBar(unsigned bar, BarKind kind, std::uint64_t size, bool isPrefetchable = false);
    // The BAR shows host memory where the mapper can; accesses that arrive all the same go to
    // readRegion/writeRegion. Once, before or after connect(), at the latest in the first reset().
    void backBar(unsigned bar, std::string windowName, std::span<std::uint8_t> host);
    MappedMemory *barWindow(unsigned bar) { return m_bars[bar].window.get(); }
    std::uint64_t barAddress(unsigned bar) const; // as programmed
    bool isBarMapped(unsigned bar) const { return m_bars[bar].mappedAt != Unmapped; }

    // Appends a capability of `size` bytes, the two of its header included; its offset is the
    // answer. The bytes after the header are zero and read-only until the caller says otherwise.
    std::uint8_t addCapability(std::uint8_t id, std::size_t size);
    // Where the next capability goes at the earliest: registers of the chip's own are before.
    void placeCapabilitiesFrom(std::uint8_t offset) { m_freeConfig = offset; }
    // 32 vectors at most, a power of two; 64-bit addresses, no masking.
    void addMsi(unsigned vectors = 1);
    // Table at `tableOffset` and pending bits at `pendingOffset` of this memory BAR.
    void addMsix(unsigned vectors, unsigned bar, std::uint32_t tableOffset,
                 std::uint32_t pendingOffset);

    // The INTx pin, honouring the command register's Interrupt Disable. Not to be used while
    // isMsiEnabled() or isMsixEnabled().
    void setInterrupt(bool isAsserted);
    bool isMsiEnabled() const;
    bool isMsixEnabled() const;
    void sendMsi(unsigned vector); // of MSI
    void sendMsix(unsigned vector); // keeps it pending while masked
    // What sendMsix() would send now; nothing while that is masked or not allowed.
    std::optional<MsiMessage> msixMessage(unsigned vector) const;
    bool isBusMaster() const { return (command() & 4) != 0; }
    std::uint16_t command() const { return loadLe<std::uint16_t>(&m_config[4]); }

    std::span<std::uint8_t, ConfigBytes> config() { return m_config; }
    std::span<std::uint8_t, ConfigBytes> configMask() { return m_mask; } // 1: software writes it
    const PciConnections &connections() const { return m_connections; }

    // For the derived class. The defaults do nothing, or answer all ones.
    virtual void resetFunction() { }
    virtual std::uint64_t readRegion(unsigned bar, std::uint64_t offset, unsigned size);
    virtual void writeRegion(unsigned bar, std::uint64_t offset, unsigned size,
                             std::uint64_t value);
    virtual void serializeFunction(StateArchive &archive, std::uint32_t version) = 0;
    // Bytes with a life of their own: asked before a read, told after a write (of any bytes that
    // `offset` and `size` touch; masked values are in config() already).
    virtual void aboutToReadConfig(std::uint32_t offset, unsigned size);
    virtual void configWritten(std::uint32_t offset, unsigned size);
    // What msixMessage() says may have changed.
    virtual void msixChanged();
    // A BAR appeared at, moved to or went from (false) an address.
    virtual void barMapped(unsigned bar, bool isMapped);

private:
    static constexpr std::uint64_t Unmapped = ~std::uint64_t(0);
    static constexpr unsigned MaxMsixVectors = 64;

    struct Bar
    {
        BarKind kind = BarKind::Memory32;
        std::uint64_t size = 0; // 0: there is none
        std::uint64_t mappedAt = Unmapped;
        std::string windowName;
        std::span<std::uint8_t> host;
        std::unique_ptr<MappedMemory> window;
    };

    struct MsixEntry
    {
        std::array<std::uint32_t, 4> words = {0, 0, 0, 1}; // address low, high, data, control
        bool isPending = false;
    };

    void updateMappings();
    void unmapBar(unsigned bar);
    void mapBar(unsigned bar, std::uint64_t address);
    void updatePin();
    bool isMsixTable(unsigned region, std::uint64_t offset) const;
    bool isMsixPending(unsigned region, std::uint64_t offset) const;
    std::uint64_t readMsixTable(std::uint64_t offset, unsigned size) const;
    void writeMsixTable(std::uint64_t offset, unsigned size, std::uint64_t value);
    void sendPendingMsix();

    std::array<std::uint8_t, ConfigBytes> m_config = {};
    std::array<std::uint8_t, ConfigBytes> m_mask = {};
    std::array<std::uint8_t, ConfigBytes> m_resetConfig = {}; // as the constructors left it
    bool m_hasResetConfig = false;
    std::array<Bar, BarCount> m_bars;
    std::uint8_t m_lastCapability = 0; // offset of the last one's header; 0: none yet
    std::uint8_t m_freeConfig = 0x40;
    std::uint8_t m_msiCapability = 0;
    std::uint8_t m_msixCapability = 0;
    unsigned m_msixBar = BarCount;
    std::uint32_t m_msixTable = 0;
    std::uint32_t m_msixPending = 0;
    std::vector<MsixEntry> m_msix;
    bool m_isInterruptAsserted = false;
    PciConnections m_connections;
};

} // namespace engine
