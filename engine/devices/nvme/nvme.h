// SPDX-License-Identifier: GPL-3.0-or-later
// A solid-state disk behind an NVM Express 1.4 controller: one namespace of 512-byte blocks, 16
// pairs of I/O queues in guest memory, MSI-X or a pin. Commands go to a BlockDevice as they come
// and are completed in whatever order that answers. It identifies itself as QEMU's does.
//
// Threads: as device.h; rings are read where their doorbells are written, and the disk answers on
// the io thread.
#pragma once

#include "engine/block/block_device.h"
#include "engine/bus/pci_function.h"
#include "engine/devices/nvme/nvme_registers.h"

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine::nvme {

class Controller final : public PciFunction
{
public:
    static constexpr unsigned Bar = 0;
    static constexpr std::uint64_t BarBytes = 0x4000;
    static constexpr unsigned QueueCount = 17; // of each kind, the admin one included
    static constexpr unsigned MostEntries = 256; // of an I/O queue
    static constexpr unsigned MostAdminEntries = 4096;
    static constexpr unsigned MostEventRequests = 4;
    static constexpr std::uint64_t MostTransferBytes = 128 * PageBytes;

    // `serial`: at most 20 characters. It outlives its requests.
    Controller(std::string name, std::shared_ptr<BlockDevice> image, std::string serial);

    bool isIdle() const override { return m_inFlight == 0; }
    void setRunning(bool isRunning) override;

private:
    // A submission queue entry, copied out of guest memory (4.2).
    struct Entry
    {
        std::array<std::uint8_t, 64> bytes = {};
        std::uint32_t word(unsigned index) const
        {
            return loadLe<std::uint32_t>(&bytes[4 * index]);
        }
        std::uint8_t opcode() const { return bytes[0]; }
        std::uint16_t id() const { return loadLe<std::uint16_t>(&bytes[2]); }
        std::uint32_t space() const { return word(1); } // the namespace
        std::uint64_t prp(unsigned index) const // 0 or 1
        {
            return loadLe<std::uint64_t>(&bytes[24 + 8 * index]);
        }
    };
    // Which command, for its completion.
    struct Command
    {
        unsigned queue = 0;
        std::uint16_t id = 0;
        unsigned generation = 0; // which reset it is after
    };
    struct SubmissionQueue
    {
        bool exists = false;
        std::uint64_t address = 0;
        std::uint32_t size = 0; // entries
        std::uint32_t head = 0;
        std::uint32_t tail = 0;
        std::uint16_t completions = 0; // which queue
        unsigned inFlight = 0; // commands without a completion
        std::optional<std::uint16_t> deletion; // the admin command that waits for the last of them
    };
    struct CompletionQueue
    {
        bool exists = false;
        std::uint64_t address = 0;
        std::uint32_t size = 0;
        std::uint32_t head = 0;
        std::uint32_t tail = 0;
        bool phase = true;
        bool hasInterrupt = false;
        std::uint16_t vector = 0;
        unsigned owed = 0; // entries that commands under way will take
    };
    using Buffers = std::vector<iovec>;

    // nvme.cpp: life and registers
    void resetFunction() override;
    std::uint64_t readRegion(unsigned bar, std::uint64_t offset, unsigned size) override;
    void writeRegion(unsigned bar, std::uint64_t offset, unsigned size,
                     std::uint64_t value) override;
    void serializeFunction(StateArchive &archive, std::uint32_t version) override;
    void configWritten(std::uint32_t offset, unsigned size) override;
    std::uint32_t readRegister(std::uint64_t offset) const;
    void writeRegister(std::uint64_t offset, std::uint32_t value);
    void writeConfiguration(std::uint32_t value);
    void resetController();
    void startIfAsked();
    void shutDown();
    void fail(const char *reason);

    // nvme_queues.cpp: rings, completions, interrupts
    const GuestMemory *dma() const { return isBusMaster() ? connections().ram : nullptr; }
    bool isLive() const;
    void ringDoorbell(std::uint64_t offset, std::uint32_t value);
    void processAll();
    void process(unsigned queue);
    bool fetch(SubmissionQueue &queue, Entry &entry);
    void complete(const Command &command, std::uint16_t status, std::uint32_t result = 0);
    void post(unsigned queue, std::uint16_t id, std::uint16_t status, std::uint32_t result);
    void interrupt(const CompletionQueue &queue);
    void updatePin();

    // nvme_admin.cpp
    void executeAdmin(const Entry &entry, const Command &command);
    std::uint16_t createSubmissionQueue(const Entry &entry);
    std::uint16_t createCompletionQueue(const Entry &entry);
    std::uint16_t deleteCompletionQueue(const Entry &entry);
    void deleteSubmissionQueue(const Entry &entry, const Command &command);
    std::uint16_t setFeatures(const Entry &entry, std::uint32_t &result);
    std::uint16_t getFeatures(const Entry &entry, std::uint32_t &result) const;
    void resetFeatures();
    static std::uint32_t defaultFeature(std::uint8_t feature);

    // nvme_identify.cpp
    std::uint16_t identify(const Entry &entry);
    std::uint16_t logPage(const Entry &entry);
    std::vector<std::uint8_t> controllerData() const;
    std::vector<std::uint8_t> namespaceData() const;
    std::array<std::uint8_t, 16> uuid() const;

    // nvme_io.cpp: blocks, and what commands name of memory
    void executeIo(const Entry &entry, const Command &command);
    void transfer(const Entry &entry, const Command &command, BlockOperation operation);
    void writeZeroes(const Entry &entry, const Command &command);
    void deallocate(const Entry &entry, const Command &command);
    std::uint16_t rangeStatus(std::uint64_t block, std::uint64_t count, bool isWrite) const;
    void submit(const Command &command, BlockRequest request, bool isFlushedAfterwards);
    void requestDone(const Command &command, BlockOperation operation, bool isGood,
                     bool isFlushedAfterwards);
    bool isStale(const Command &command) const { return command.generation != m_generation; }
    void forgetStale();
    std::uint16_t map(const Entry &entry, std::uint64_t bytes, Buffers &buffers) const;
    std::uint16_t send(const Entry &entry, std::span<const std::uint8_t> data) const;
    std::uint64_t blockCount() const { return m_image->sizeBytes() / BlockBytes; }

    const std::shared_ptr<BlockDevice> m_image;
    const std::string m_serial;

    bool m_isRunning = false;
    unsigned m_generation = 0;
    unsigned m_inFlight = 0; // requests at the image
    unsigned m_stale = 0; // of these, from before the last reset

    std::uint32_t m_configuration = 0;
    bool m_isStarted = false;
    bool m_hasFailed = false;
    bool m_isShutDown = false;
    bool m_isFlushing = false; // for the shutdown
    std::uint32_t m_interruptMask = 0;
    std::uint32_t m_adminSizes = 0;
    std::uint64_t m_adminSubmission = 0;
    std::uint64_t m_adminCompletion = 0;
    std::array<SubmissionQueue, QueueCount> m_submissions;
    std::array<CompletionQueue, QueueCount> m_completions;
    std::array<std::uint32_t, FeatureCount> m_features = {};
    std::vector<std::uint16_t> m_eventRequests; // never answered: there are no events
};

} // namespace engine::nvme
