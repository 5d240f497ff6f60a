// SPDX-License-Identifier: GPL-3.0-or-later
// What the driver asks for (VIRTIO 1.2, 5.7.6). Each request is copied once, checked and used; what
// is not possible is answered with an error and changes nothing.
#include "engine/devices/vga_edid.h"
#include "engine/devices/virtio/virtio_gpu.h"

#include <algorithm>
#include <utility>

namespace engine::virtio {

using gpu::Answer;
using gpu::Command;

namespace {

constexpr GpuHead::Wish UnpluggedMonitor = {1024, 768}; // what its EDID would say

std::uint32_t word(std::span<const std::uint8_t> request, std::size_t at)
{
    return loadLe<std::uint32_t>(&request[at]);
}

// None: it lies beyond all resources.
std::optional<FrameRect> rect(std::span<const std::uint8_t> request, std::size_t at)
{
    constexpr std::uint32_t Most = GpuResource::MaxSide;
    const std::uint32_t x = word(request, at);
    const std::uint32_t y = word(request, at + 4);
    const std::uint32_t width = word(request, at + 8);
    const std::uint32_t height = word(request, at + 12);
    if (x > Most || y > Most || width > Most || height > Most)
        return std::nullopt;
    return FrameRect{int(x), int(y), int(width), int(height)};
}

} // namespace

VirtioGpu::Reply VirtioGpu::answer(const Chain &chain)
{
    Request request = {};
    Reply reply(gpu::HeaderBytes);
    Answer answer = Answer::Unspecified;
    if (copyFrom(chain.readable, 0, request) >= gpu::HeaderBytes)
        answer = execute(Command(word(request, gpu::TypeAt)), request, chain, reply);
    storeLe(&reply[gpu::TypeAt], std::uint32_t(answer));
    // All is done by now, so every fence is reached (5.7.6.7).
    if ((word(request, gpu::FlagsAt) & gpu::FlagFence) != 0) {
        storeLe(&reply[gpu::FlagsAt], gpu::FlagFence);
        std::copy(request.begin() + gpu::FenceAt, request.begin() + gpu::RingAt,
                  reply.begin() + gpu::FenceAt);
    }
    return reply;
}

Answer VirtioGpu::execute(Command command, const Request &request, const Chain &chain, Reply &reply)
{
    switch (command) {
    case Command::GetDisplayInfo:
        describeDisplays(reply);
        return Answer::DisplayInfo;
    case Command::GetEdid:
        return describeMonitor(request, reply);
    case Command::ResourceCreate2d:
        return createResource(request);
    case Command::ResourceUnref:
        return removeResource(request);
    case Command::ResourceAttachBacking:
        return attachBacking(request, chain);
    case Command::ResourceDetachBacking:
        return detachBacking(request);
    case Command::SetScanout:
        return setScanout(request);
    case Command::TransferToHost2d:
        return transfer(request);
    case Command::ResourceFlush:
        return flush(request);
    case Command::GetCapsetInfo: // of 3D, which is not offered
    case Command::GetCapset:
    case Command::UpdateCursor: // of the other queue
    case Command::MoveCursor:
        break;
    }
    return Answer::Unspecified;
}

// One beside the other, as they are plugged in.
void VirtioGpu::describeDisplays(Reply &reply) const
{
    reply.resize(gpu::DisplayInfoBytes);
    std::uint32_t x = 0;
    for (std::size_t i = 0; i < m_heads.size(); ++i) {
        const GpuHead::Wish &wish = m_heads[i].wish;
        if (wish.width == 0)
            continue;
        std::uint8_t *slot = &reply[gpu::HeaderBytes + i * gpu::DisplaySlotBytes];
        storeLe(slot, x);
        storeLe(slot + 8, wish.width);
        storeLe(slot + 12, wish.height);
        storeLe(slot + gpu::DisplayEnabledAt, std::uint32_t(1));
        x += wish.width;
    }
}

Answer VirtioGpu::describeMonitor(const Request &request, Reply &reply) const
{
    const std::uint32_t number = word(request, gpu::EdidScanout);
    if (number >= m_heads.size())
        return Answer::InvalidScanout;
    const GpuHead::Wish &wish = m_heads[number].wish;
    const GpuHead::Wish shown = wish.width != 0 ? wish : UnpluggedMonitor;
    const std::array<std::uint8_t, EdidBytes> edid =
        makeEdid(shown.width, shown.height, number + 1);
    reply.resize(gpu::EdidAnswerBytes);
    storeLe(&reply[gpu::EdidSizeAt], std::uint32_t(edid.size()));
    std::copy(edid.begin(), edid.end(), reply.begin() + gpu::EdidDataAt);
    return Answer::Edid;
}

Answer VirtioGpu::createResource(const Request &request)
{
    const std::uint32_t id = word(request, gpu::CreateResource);
    const std::uint32_t formatWord = word(request, gpu::CreateFormat);
    const std::uint32_t width = word(request, gpu::CreateWidth);
    const std::uint32_t height = word(request, gpu::CreateHeight);
    if (id == 0 || m_resources.contains(id))
        return Answer::InvalidResource;
    const std::optional<GpuFormat> format = GpuFormat::of(formatWord);
    if (!format || width == 0 || height == 0 || width > GpuResource::MaxSide
        || height > GpuResource::MaxSide)
        return Answer::InvalidParameter;
    const std::uint64_t bytes = GpuResource::bytesOf(width, height);
    if (m_resources.size() >= MaxResources || bytes > MaxResourceBytes - m_resourceBytes)
        return Answer::OutOfMemory;
    std::optional<GpuResource> made = GpuResource::make(formatWord, *format, width, height);
    if (!made)
        return Answer::OutOfMemory;
    m_resources.emplace(id, *std::move(made));
    m_resourceBytes += bytes;
    return Answer::NoData;
}

Answer VirtioGpu::removeResource(const Request &request)
{
    const std::uint32_t id = word(request, gpu::UnrefResource);
    GpuResource *const gone = resource(id);
    if (!gone)
        return Answer::InvalidResource;
    for (unsigned i = 0; i < m_heads.size(); ++i)
        if (m_heads[i].resource() == id)
            darken(i);
    m_backingEntries -= gone->backing().entries().size();
    m_resourceBytes -= GpuResource::bytesOf(gone->width(), gone->height());
    m_resources.erase(id);
    return Answer::NoData;
}

Answer VirtioGpu::attachBacking(const Request &request, const Chain &chain)
{
    GpuResource *const filled = resource(word(request, gpu::AttachResource));
    if (!filled)
        return Answer::InvalidResource;
    const std::uint32_t count = word(request, gpu::AttachCount);
    if (!filled->backing().entries().empty() || count > MaxBackingEntries
        || chain.readableBytes < gpu::AttachBytes + std::uint64_t(count) * gpu::EntryBytes)
        return Answer::Unspecified;
    if (count > MaxAllBackingEntries - m_backingEntries)
        return Answer::OutOfMemory;
    std::vector<std::uint8_t> raw(count * gpu::EntryBytes);
    copyFrom(chain.readable, gpu::AttachBytes, raw);
    std::vector<GpuBacking::Entry> entries(count);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::uint8_t *const entry = &raw[i * gpu::EntryBytes];
        entries[i] = {loadLe<std::uint64_t>(entry + gpu::EntryAddress),
                      loadLe<std::uint32_t>(entry + gpu::EntryLength)};
    }
    if (!filled->backing().attach(*connections().ram, std::move(entries)))
        return Answer::Unspecified;
    m_backingEntries += count;
    return Answer::NoData;
}

Answer VirtioGpu::detachBacking(const Request &request)
{
    GpuResource *const kept = resource(word(request, gpu::UnrefResource));
    if (!kept)
        return Answer::InvalidResource;
    m_backingEntries -= kept->backing().entries().size();
    kept->backing().detach();
    return Answer::NoData;
}

Answer VirtioGpu::setScanout(const Request &request)
{
    const std::uint32_t number = word(request, gpu::ScanoutNumber);
    if (number >= m_heads.size())
        return Answer::InvalidScanout;
    const std::uint32_t id = word(request, gpu::ScanoutResource);
    if (id == 0) {
        darken(number);
        return Answer::NoData;
    }
    const GpuResource *const shown = resource(id);
    if (!shown)
        return Answer::InvalidResource;
    const std::optional<FrameRect> place = rect(request, gpu::ScanoutRect);
    if (!place || !shown->contains(*place))
        return Answer::InvalidParameter;
    bool isReplaced = false;
    if (!m_heads[number].show(id, *place, isReplaced))
        return Answer::OutOfMemory;
    // The VGA goes with the first, whichever monitor that is for.
    const bool wasTaken = std::exchange(m_isTaken, true);
    for (unsigned i = 0; i < m_heads.size(); ++i)
        if (!wasTaken || (i == number && isReplaced))
            tellReplaced(i);
    return Answer::NoData;
}

Answer VirtioGpu::transfer(const Request &request)
{
    GpuResource *const filled = resource(word(request, gpu::TransferResource));
    if (!filled)
        return Answer::InvalidResource;
    const std::optional<FrameRect> part = rect(request, gpu::TransferRect);
    const auto offset = loadLe<std::uint64_t>(&request[gpu::TransferOffset]);
    if (!part || !filled->contains(*part) || !filled->transfer(*part, offset))
        return Answer::InvalidParameter;
    m_copiedBytes += GpuResource::bytesOf(std::uint32_t(part->width), std::uint32_t(part->height));
    return Answer::NoData;
}

Answer VirtioGpu::flush(const Request &request)
{
    const std::uint32_t id = word(request, gpu::FlushResource);
    const GpuResource *const flushed = resource(id);
    if (!flushed)
        return Answer::InvalidResource;
    const std::optional<FrameRect> part = rect(request, gpu::FlushRect);
    if (!part || !flushed->contains(*part))
        return Answer::InvalidParameter;
    for (unsigned i = 0; i < m_heads.size(); ++i) {
        if (m_heads[i].resource() != id)
            continue;
        FrameRect shown = commonPart(*part, m_heads[i].place());
        shown.x -= m_heads[i].place().x;
        shown.y -= m_heads[i].place().y;
        redraw(i, shown);
        m_copiedBytes +=
            GpuResource::bytesOf(std::uint32_t(shown.width), std::uint32_t(shown.height));
    }
    return Answer::NoData;
}

// Both commands have one layout; a movement leaves the image as it is (5.7.6.10).
VirtioGpu::Reply VirtioGpu::handleCursor(const Chain &chain)
{
    Request request = {};
    Reply reply(gpu::HeaderBytes);
    storeLe(&reply[gpu::TypeAt], std::uint32_t(Answer::Unspecified));
    const std::size_t size = copyFrom(chain.readable, 0, request);
    const auto command = Command(word(request, gpu::TypeAt));
    const bool isUpdate = command == Command::UpdateCursor;
    const std::uint32_t number = word(request, gpu::CursorScanout);
    if (size < gpu::CursorBytes || (!isUpdate && command != Command::MoveCursor)
        || number >= m_heads.size())
        return reply;
    GpuHead &head = m_heads[number];
    const FrameRect before = head.cursorPart();
    // Signed: a cursor may lie partly beyond the left or the upper edge.
    const int x = int(word(request, gpu::CursorX));
    const int y = int(word(request, gpu::CursorY));
    if (isUpdate) {
        CursorImage image{.isVisible = false};
        if (const GpuResource *const from = resource(word(request, gpu::CursorResource)); from
            && from->width() == std::uint32_t(gpu::CursorSide)
            && from->height() == std::uint32_t(gpu::CursorSide)) {
            constexpr std::uint32_t Last = gpu::CursorSide - 1;
            image.width = image.height = gpu::CursorSide;
            image.hotSpotX = int(std::min(word(request, gpu::CursorHotX), Last));
            image.hotSpotY = int(std::min(word(request, gpu::CursorHotY), Last));
            image.pixels.resize(std::size_t(gpu::CursorSide) * gpu::CursorSide);
            for (std::uint32_t line = 0; line <= Last; ++line)
                from->copyLine(0, line,
                               std::span(image.pixels)
                                   .subspan(std::size_t(line) * gpu::CursorSide, gpu::CursorSide));
            image.isVisible = true;
        }
        head.setCursor(std::move(image));
        if (m_watcher)
            m_watcher->cursorChanged(number);
    }
    head.moveCursor(x, y);
    redraw(number, before);
    redraw(number, head.cursorPart());
    storeLe(&reply[gpu::TypeAt], std::uint32_t(Answer::NoData));
    return reply;
}

} // namespace engine::virtio
