// SPDX-License-Identifier: GPL-3.0-or-later
// A USB stick or disk: Universal Serial Bus Mass Storage Class, Bulk-Only Transport, revision 1.0,
// with the commands of SCSI that systems send to one (SPC-3, SBC-3). Its contents are an image. It
// is of USB 3: to a SuperSpeed device Linux sends up to 1 MiB at once, to others 120 KiB
// (drivers/usb/storage/scsiglue.c), and what costs a guest is the number of commands.
//
// Threads: as usb_model.h; the image's answers come on the io thread. An image that fails is a
// medium error to the guest.
#pragma once

#include "engine/block/block_device.h"
#include "engine/devices/usb/usb_model.h"

namespace engine {

class UsbStorage final : public UsbModel, public std::enable_shared_from_this<UsbStorage>
{
public:
    enum class Kind : std::uint8_t {
        Stick, // removable
        Disk,
        SolidStateDisk,
    };
    struct Settings
    {
        std::string serial; // ends with twelve hexadecimal digits (4.1.1)
        Kind kind = Kind::Stick;
        UsbLinkSpeed speed = UsbLinkSpeed::Super; // or High: of its port
    };

    UsbStorage(std::shared_ptr<BlockDevice> image, Settings settings, Later later);

    bool isIdle() const override;

private:
    static constexpr std::uint8_t InEndpoint = 0x81;
    static constexpr std::uint8_t OutEndpoint = 0x02;
    static constexpr std::uint64_t BlockBytes = 512;
    // Of the image at once; a transfer that is longer takes several turns.
    static constexpr std::size_t PieceBytes = 1u << 20;

    enum class Phase : std::uint8_t { Command, ToHost, FromHost, Status };
    struct Sense
    {
        std::uint8_t key = 0;
        std::uint8_t code = 0;
        std::uint8_t qualifier = 0;
    };

    // usb_storage.cpp: the transport
    static Endpoint bulkEndpoint(std::uint8_t address, UsbLinkSpeed speed);
    bool request(const UsbSetup &setup, std::vector<std::uint8_t> &data) override;
    void transfersWait() override;
    void resetModel() override;
    void serializeModel(StateArchive &archive) override;
    void takeCommand(const UsbTransfer &transfer);
    void sendData();
    void takeData();
    void sendStatus();
    void endData();
    void submit(BlockOperation operation, std::uint64_t offset, std::size_t length);
    void imageAnswered(std::uint64_t generation, const Result<> &result);
    using UsbModel::submit;

    // usb_storage_commands.cpp
    void execute(std::span<const std::uint8_t> command);
    void answer(std::vector<std::uint8_t> data, std::uint64_t allocated);
    void refuse(Sense sense);
    void transferBlocks(bool isWrite, std::uint64_t lba, std::uint64_t blocks);
    std::vector<std::uint8_t> inquiry(std::span<const std::uint8_t> command);
    std::vector<std::uint8_t> vitalData(std::uint8_t page) const;
    std::vector<std::uint8_t> modeSense(std::uint8_t page, bool isLong) const;
    std::uint64_t blockCount() const { return m_image->sizeBytes() / BlockBytes; }

    const std::shared_ptr<BlockDevice> m_image;
    const std::string m_serial;
    const Kind m_kind;

    Phase m_phase = Phase::Command;
    // Of the command, from its wrapper.
    std::uint32_t m_tag = 0;
    std::uint32_t m_wanted = 0; // bytes that the host means to move
    bool m_isToHost = false;
    // Its outcome.
    std::uint8_t m_status = 0; // 0: passed, 1: failed, 2: phase error
    std::uint32_t m_residue = 0;
    Sense m_sense;

    // Bytes in between: read and not sent, or come and not written.
    std::vector<std::uint8_t> m_buffer;
    std::size_t m_bufferStart = 0; // of what is not sent
    std::uint64_t m_offset = 0; // in the image, of what is read or written next
    std::uint64_t m_left = 0; // bytes of the image that are to be read or written still
    std::size_t m_filled = 0; // of the first waiting transfer to the host, if it is still this one
    const UsbTransfer *m_filling = nullptr;
    // A request to the image is under way; with the generation that it is of.
    bool m_isBusy = false;
    BlockOperation m_operation = BlockOperation::Read;
    std::uint64_t m_generation = 0;
};

} // namespace engine
