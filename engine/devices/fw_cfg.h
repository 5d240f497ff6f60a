// SPDX-License-Identifier: GPL-3.0-or-later
// The firmware configuration device: how the machine tells its firmware about itself. Items have a
// 16-bit key; some are files, listed by name in a directory. Interface: QEMU docs/specs/fw_cfg.rst,
// so that SeaBIOS, OVMF and Linux's qemu_fw_cfg driver know it.
//
// Items are added before the machine starts and are not part of a saved state: the same machine
// builds the same items again, and files are sorted by name so that they get the same keys. Only
// what the guest wrote (writable files) is saved.
//
// Lock order: this device's lock comes before every other chip's, so a computed file may look at
// them (under their locks) while the guest reads it. No chip calls this one.
#pragma once

#include "engine/bus/device.h"
#include "engine/bus/guest_memory.h"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

// Keys of items that are no files (QEMU include/standard-headers/linux/qemu_fw_cfg.h and
// hw/nvram/fw_cfg.c).
enum class FwCfgKey : std::uint16_t {
    Signature = 0x00,
    Id = 0x01,
    Uuid = 0x02,
    RamSize = 0x03,
    NoGraphic = 0x04,
    PresentCpus = 0x05,
    KernelAddress = 0x07,
    KernelSize = 0x08,
    InitrdAddress = 0x0a,
    InitrdSize = 0x0b,
    BootMenu = 0x0e,
    MaxCpus = 0x0f,
    KernelEntry = 0x10,
    KernelData = 0x11,
    InitrdData = 0x12,
    CommandLineAddress = 0x13,
    CommandLineSize = 0x14,
    CommandLineData = 0x15,
    SetupAddress = 0x16,
    SetupSize = 0x17,
    SetupData = 0x18,
    FileDirectory = 0x19,
    Irq0Override = 0x8002,
};

class FwCfg final : public Device
{
public:
    // Region 0 covers select, data and DMA.
    static constexpr std::uint16_t BasePort = 0x510;
    static constexpr std::uint64_t PortCount = 12;
    static constexpr std::size_t MaxFileNameBytes = 55;
    static constexpr std::uint16_t FirstFileKey = 0x20;

    enum class Access : std::uint8_t { ReadOnly, Writable };

    explicit FwCfg(GuestMemory &memory);

    // Before the machine starts. Each key and each name once.
    void add(FwCfgKey key, std::vector<std::uint8_t> content);
    void add16(FwCfgKey key, std::uint16_t value); // little-endian, as all numbers
    void add32(FwCfgKey key, std::uint32_t value);
    void addFile(std::string name, std::vector<std::uint8_t> content,
                 Access access = Access::ReadOnly);
    // A file whose content depends on what the firmware did to the machine before it reads it: made
    // anew after each selection. Always of this size.
    void addComputedFile(std::string name, std::size_t size,
                         std::function<std::vector<std::uint8_t>()> compute);

    // For tests and for who wants to see what the guest wrote; empty when there is no such file.
    std::span<const std::uint8_t> file(std::string_view name);

    void reset() override;
    std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size) override;
    void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serialize(StateArchive &archive, std::uint32_t version) override;

private:
    struct Item
    {
        std::vector<std::uint8_t> content;
        bool isWritable = false;
        std::vector<std::uint8_t> initial; // of a writable one
        std::function<std::vector<std::uint8_t>()> compute;
    };

    void addFileItem(std::string name, Item item);
    void buildDirectory();
    void select(std::uint16_t key);
    Item *selected(); // up to date; null: there is no such item
    std::uint8_t readByte();
    void writeDmaAddress(std::uint64_t offset, unsigned size, std::uint64_t value);
    void transfer(std::uint64_t descriptorAddress);
    bool transferData(std::uint32_t control, std::uint32_t length, std::uint64_t address);

    GuestMemory &m_memory;
    std::map<std::uint16_t, Item> m_items;
    std::map<std::string, Item, std::less<>> m_files; // sorted: the first has FirstFileKey
    std::vector<Item *> m_fileItems; // by key
    std::uint16_t m_key = 0;
    std::uint32_t m_offset = 0;
    std::uint64_t m_dmaAddress = 0; // its upper half waits for the lower
    bool m_mustCompute = true; // the selected item, before it is used
};

} // namespace engine
