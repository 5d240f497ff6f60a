// SPDX-License-Identifier: GPL-3.0-or-later
// A driver of a virtio GPU, as a guest has one: requests by name, and what is answered.
#pragma once

#include "engine/devices/virtio/virtio_gpu.h"
#include "tests/support/virtio_driver.h"

#include <initializer_list>
#include <map>
#include <vector>

namespace tests {

using engine::virtio::gpu::Answer;
using engine::virtio::gpu::Command;

class GpuBytes final
{
public:
    explicit GpuBytes(Command command, std::uint32_t flags = 0, std::uint64_t fence = 0)
    {
        add32(std::uint32_t(command)).add32(flags).add64(fence).add64(0);
    }
    GpuBytes &add32(std::uint32_t value)
    {
        for (int i = 0; i < 4; ++i)
            bytes.push_back(std::uint8_t(value >> (8 * i)));
        return *this;
    }
    GpuBytes &add64(std::uint64_t value)
    {
        return add32(std::uint32_t(value)).add32(std::uint32_t(value >> 32));
    }
    GpuBytes &rect(std::uint32_t x, std::uint32_t y, std::uint32_t width, std::uint32_t height)
    {
        return add32(x).add32(y).add32(width).add32(height);
    }

    std::vector<std::uint8_t> bytes;
};

struct RecordingGpuWatcher final : engine::virtio::GpuWatcher
{
    bool isWatched(unsigned) const override { return isLooking; }
    void pictureReplaced(unsigned head) override { ++replaced[head]; }
    void pictureDamaged(unsigned head, engine::FrameRect part) override
    {
        damage[head].push_back(part);
    }
    void cursorChanged(unsigned head) override { ++cursors[head]; }

    bool isLooking = true;
    std::map<unsigned, int> replaced;
    std::map<unsigned, std::vector<engine::FrameRect>> damage;
    std::map<unsigned, int> cursors;
};

struct GpuGuest
{
    static constexpr unsigned Heads = 2;
    static constexpr unsigned Control = 0;
    static constexpr unsigned Cursor = 1;
    static constexpr std::uint32_t Native = 2; // B8G8R8X8
    static constexpr std::uint32_t WithAlpha = 1; // B8G8R8A8
    static constexpr std::uint64_t Features = VirtioDriver::Version1 | 2;
    static constexpr std::size_t VideoBytes = 1u << 20;

    explicit GpuGuest(std::size_t ramBytes = 8u << 20)
        : board(ramBytes)
    { }

    std::vector<std::uint8_t> ask(const GpuBytes &request, unsigned queue = Control,
                                  std::uint32_t room = 1056)
    {
        const std::uint64_t answer = driver.allocate(room);
        std::memset(board.ram.at(answer), 0xee, room);
        driver.offer(queue,
                     {{driver.put(request.bytes), std::uint32_t(request.bytes.size()), false},
                      {answer, room, true}});
        driver.notify(queue);
        const auto used = driver.takeUsed(queue);
        return used ? driver.get(answer, used->written) : std::vector<std::uint8_t>();
    }
    Answer said(const GpuBytes &request, unsigned queue = Control)
    {
        const std::vector<std::uint8_t> answer = ask(request, queue);
        return answer.size() < 24 ? Answer(0) : Answer(engine::loadLe<std::uint32_t>(&answer[0]));
    }

    Answer create(std::uint32_t id, std::uint32_t width, std::uint32_t height,
                  std::uint32_t format = Native)
    {
        return said(
            GpuBytes(Command::ResourceCreate2d).add32(id).add32(format).add32(width).add32(height));
    }
    Answer attach(std::uint32_t id, const std::vector<engine::virtio::GpuBacking::Entry> &entries)
    {
        GpuBytes request(Command::ResourceAttachBacking);
        request.add32(id).add32(std::uint32_t(entries.size()));
        for (const auto &entry : entries)
            request.add64(entry.address).add32(entry.length).add32(0);
        return said(request);
    }
    Answer detach(std::uint32_t id)
    {
        return said(GpuBytes(Command::ResourceDetachBacking).add32(id).add32(0));
    }
    Answer unref(std::uint32_t id)
    {
        return said(GpuBytes(Command::ResourceUnref).add32(id).add32(0));
    }
    Answer transfer(std::uint32_t id, engine::FrameRect part, std::uint64_t offset)
    {
        return said(with(Command::TransferToHost2d, part).add64(offset).add32(id).add32(0));
    }
    Answer scanout(std::uint32_t head, std::uint32_t id, engine::FrameRect part)
    {
        return said(with(Command::SetScanout, part).add32(head).add32(id));
    }
    Answer flush(std::uint32_t id, engine::FrameRect part)
    {
        return said(with(Command::ResourceFlush, part).add32(id).add32(0));
    }
    Answer cursor(Command command, std::uint32_t head, int x, int y, std::uint32_t id = 0,
                  std::uint32_t hotX = 0, std::uint32_t hotY = 0)
    {
        return said(GpuBytes(command)
                        .add32(head)
                        .add32(std::uint32_t(x))
                        .add32(std::uint32_t(y))
                        .add32(0)
                        .add32(id)
                        .add32(hotX)
                        .add32(hotY)
                        .add32(0),
                    Cursor);
    }
    static GpuBytes with(Command command, engine::FrameRect part)
    {
        GpuBytes request(command);
        request.rect(std::uint32_t(part.x), std::uint32_t(part.y), std::uint32_t(part.width),
                     std::uint32_t(part.height));
        return request;
    }

    // A resource with pages of its own, each pixel another value; where they are.
    std::uint64_t fill(std::uint32_t id, std::uint32_t width, std::uint32_t height,
                       std::uint32_t format = Native)
    {
        const std::uint32_t bytes = 4 * width * height;
        const std::uint64_t at = driver.allocate(bytes, 4096);
        for (std::uint32_t i = 0; i < width * height; ++i)
            engine::storeLe(board.ram.at(at + 4 * i), pixelOf(i));
        create(id, width, height, format);
        attach(id, {{at, bytes}});
        transfer(id, {0, 0, int(width), int(height)}, 0);
        return at;
    }
    static std::uint32_t pixelOf(std::uint32_t number) { return number * 0x010203u + 0x11; }
    std::uint32_t shown(unsigned head, int x, int y)
    {
        const engine::Frame frame = gpu.frame(head);
        return engine::loadLe<std::uint32_t>(frame.pixels + y * frame.strideBytes + 4 * x)
            & 0xffffff;
    }

    VirtioBoard board;
    ManualClock clock;
    RecordingGpuWatcher watcher;
    engine::virtio::VirtioGpu gpu{"virtio-gpu", Heads, *engine::VideoMemory::create(VideoBytes),
                                  clock, nullptr};
    VirtioDriver driver{gpu, board};
};

} // namespace tests
