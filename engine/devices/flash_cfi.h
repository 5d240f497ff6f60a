// SPDX-License-Identifier: GPL-3.0-or-later
// The flash chip with the UEFI variables: the Intel command set ("Common Flash Interface", Intel
// AP-646; 28F640J3 datasheet 290667, table 4) on an 8-bit bus, as far as OVMF uses it
// (OvmfPkg/QemuFlashFvbServicesRuntimeDxe/QemuFlash.c), with QEMU's liberties
// (hw/block/pflash_cfi01.c), on which OVMF relies: clearing the status clears the ready bit too,
// and programming can set bits.
//
// While it shows its contents (array mode) the guest reads it as memory, without an exit; in any
// other mode it is unmapped and reads arrive here. Changes are written back to a file a short time
// after the last of them, when the machine stops, and at the end; atomically, as a whole. A write
// that fails is reported once and tried again with the next change and when the machine goes on.
#pragma once

#include "engine/base/guest_clock.h"
#include "engine/base/page_buffer.h"
#include "engine/base/result.h"
#include "engine/bus/device.h"
#include "engine/bus/memory_mapper.h"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace engine {

class FlashCfi final : public Device
{
public:
    static constexpr std::size_t BlockBytes = 4096; // what one erasure clears
    static constexpr std::size_t MaxBytes = 16 << 20;
    // After the last change, and after the first of a long series.
    static constexpr std::chrono::milliseconds WriteDelay = std::chrono::milliseconds(500);
    static constexpr std::chrono::milliseconds MaxWriteDelay = std::chrono::seconds(5);

    struct Settings
    {
        std::uint64_t guestAddress = 0; // of the first byte
        std::string path; // where changes go; empty: they end with the machine
        // On the io thread, or whichever pauses or destroys; with the device's lock held. Only
        // takes a note.
        std::function<void(const Error &)> writeFailed;
    };

    // The contents are a multiple of BlockBytes. One region of that size, at the guest's address.
    static Result<std::unique_ptr<FlashCfi>> create(std::span<const std::uint8_t> contents,
                                                    Settings settings, MemoryMapper &mapper,
                                                    GuestClock &clock);
    ~FlashCfi() override;

    // What has changed goes to the file now. Lock held.
    void writeBack();
    std::span<const std::uint8_t> contents() const { return m_contents; }
    const std::string &path() const { return m_settings.path; }

    void reset() override; // the contents stay
    std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size) override;
    void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serialize(StateArchive &archive, std::uint32_t version) override;
    void setRunning(bool isRunning) override;

private:
    enum class Mode : std::uint8_t {
        Array,
        Status,
        Program, // the next write is the byte
        Erase, // the next write confirms
    };

    FlashCfi(PageBuffer pages, std::size_t size, Settings settings, MemoryMapper &mapper,
             GuestClock &clock);
    void setMode(Mode mode);
    void cycle(std::uint64_t offset, std::uint8_t value);
    void command(std::uint8_t code);
    void changed();

    const Settings m_settings;
    GuestClock &m_clock;
    PageBuffer m_pages;
    std::span<std::uint8_t> m_contents;
    std::unique_ptr<MappedMemory> m_window;
    std::unique_ptr<Timer> m_timer;
    Mode m_mode = Mode::Array;
    std::uint8_t m_status = 0;
    bool m_isMapped = false;
    bool m_isChanged = false;
    GuestTime m_firstChange = {};
    bool m_hasFailed = false; // and was reported
};

} // namespace engine
