// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/board.h"

#include "engine/base/page_buffer.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint64_t ShadowEnd = 0x100000;
constexpr std::size_t MaxShadowBytes = 128 * 1024;
constexpr std::size_t MaxFirmwareBytes = 8 << 20;

class PcBoard final : public Board
{
public:
    explicit PcBoard(BoardServices services)
        : m_services(std::move(services))
    { }

    Result<> build()
    {
        TRY(addFirmware());
        return {};
    }

    const std::vector<Device *> &devices() const override { return m_devices; }

    void resetMemory() override
    {
        // Below 1 MiB the firmware runs from a copy in RAM, which it changes.
        const std::span<std::uint8_t> image = m_firmware.bytes();
        const std::size_t size = std::min(image.size(), MaxShadowBytes);
        [[maybe_unused]] const bool isRam =
            m_services.ram.memory().write(ShadowEnd - size, image.last(size));
    }

    void pressPowerButton() override { }
    Result<> changeMedium(unsigned, std::shared_ptr<BlockDevice>, bool) override { return {}; }
    net::FrameSink &cardSink(unsigned) override { std::abort(); }
    void connectCard(unsigned, net::NetAdapter *) override { }
    void setLinkUp(unsigned, bool) override { }
    FrameSource &screen() override { std::abort(); }
    InputSink &input() override { std::abort(); }

private:
    // The image ends at 4 GiB, where the processor starts.
    Result<> addFirmware()
    {
        const std::vector<std::uint8_t> &image = m_services.config.firmware.image;
        if (image.empty() || image.size() % 4096 != 0 || image.size() > MaxFirmwareBytes)
            return Error(ErrorKind::Invalid,
                         "The firmware's image has an impossible size: "
                             + std::to_string(image.size()) + " bytes");
        m_firmware = TRY(PageBuffer::allocate(image.size()));
        std::copy(image.begin(), image.end(), m_firmware.bytes().begin());
        return m_services.kvm.addRom(FourGiB - image.size(), m_firmware.bytes());
    }

    BoardServices m_services;
    PageBuffer m_firmware;
    std::vector<Device *> m_devices;
};

} // namespace

Result<std::unique_ptr<Board>> Board::create(BoardServices services)
{
    auto board = std::make_unique<PcBoard>(std::move(services));
    TRY(board->build());
    return std::unique_ptr<Board>(std::move(board));
}

} // namespace engine
