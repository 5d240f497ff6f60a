// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio-scsi controller with a disk (target 0) and an optical drive (target 3), and its driver.
#pragma once

#include "engine/devices/virtio/virtio_scsi.h"
#include "tests/support/device_conformance.h"
#include "tests/support/virtio_driver.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tests {

struct ScsiRig
{
    static constexpr std::size_t DiskBytes = 64 * 512;
    static constexpr std::size_t DiscBytes = 20 * 2048;
    static constexpr unsigned Disk = 0;
    static constexpr unsigned Disc = 3;
    static constexpr std::uint8_t Unanswered = 0xee;
    using Bytes = std::vector<std::uint8_t>;

    static std::shared_ptr<FakeDisk> makeImage(std::size_t bytes)
    {
        auto image = std::make_shared<FakeDisk>(bytes);
        for (std::size_t i = 0; i < bytes; ++i)
            image->bytes[i] = std::uint8_t(i / 512 + i);
        return image;
    }

    VirtioBoard board;
    std::shared_ptr<FakeDisk> disk = makeImage(DiskBytes);
    std::shared_ptr<FakeDisk> disc = makeImage(DiscBytes);
    std::vector<unsigned> ejected;
    engine::virtio::VirtioScsi scsi{
        "virtio-scsi-1", [this](unsigned target) { ejected.push_back(target); }, nullptr};
    VirtioDriver driver;

    ScsiRig()
        : driver((attach(), scsi), board)
    { }
    void attach()
    {
        scsi.attachDisk(Disk, disk, {"VT0123", true});
        scsi.attachOptical(Disc, disc, "VT4567");
    }
    bool start() { return driver.start(VirtioDriver::Version1 | 1u << 2); }

    // Conformance
    engine::Device &device() { return scsi; }
    std::vector<Region> regions() const { return {{0, engine::virtio::VirtioScsi::BarBytes}}; }
    void disturb()
    {
        driver.plugIn();
        start();
        driver.deviceConfig(20, 4, 64);
        send(Disc, {0x1e, 0, 0, 0, 1}); // locked
        ask(Disk, {0x28, 0, 0, 0, 0, 1, 0, 0, 1}, {}, 512);
    }
    void settle()
    {
        disk->answerAll();
        disc->answerAll();
    }

    struct Asked
    {
        std::uint64_t answer = 0;
        std::uint64_t data = 0;
        std::uint32_t dataBytes = 0;
        std::uint16_t head = 0;
    };
    struct Answer
    {
        int response = -1;
        int status = -1;
        std::uint32_t residual = 0;
        Bytes sense;
        Bytes data;
        // Key, code, qualifier.
        Bytes senseCode() const
        {
            return sense.size() < 14 ? Bytes() : Bytes{sense[2], sense[12], sense[13]};
        }
    };
    // A command on its way; `in` bytes of room for data.
    Asked ask(unsigned target, const Bytes &command, const Bytes &out = {}, std::uint32_t in = 0,
              unsigned unit = 0, std::uint64_t tag = 1)
    {
        Bytes request(19 + 32);
        request[0] = 1;
        request[1] = std::uint8_t(target);
        request[2] = std::uint8_t(0x40 | unit >> 8);
        request[3] = std::uint8_t(unit);
        engine::storeLe(&request[8], tag);
        std::copy(command.begin(), command.end(), request.begin() + 19);
        std::vector<VirtioBuffer> buffers = {
            {driver.put(request), std::uint32_t(request.size()), false}};
        if (!out.empty())
            buffers.push_back({driver.put(out), std::uint32_t(out.size()), false});
        Asked asked;
        asked.answer = driver.put(Bytes(12 + 96, Unanswered));
        buffers.push_back({asked.answer, 12 + 96, true});
        asked.dataBytes = in;
        if (in != 0) {
            asked.data = driver.put(Bytes(in, Unanswered));
            buffers.push_back({asked.data, in, true});
        }
        asked.head = driver.offer(2, buffers);
        driver.notify(2);
        return asked;
    }
    Answer answerOf(const Asked &asked)
    {
        const Bytes raw = driver.get(asked.answer, 12 + 96);
        Answer answer;
        answer.response = raw[11];
        answer.status = raw[10];
        answer.residual = engine::loadLe<std::uint32_t>(&raw[4]);
        const auto senseBytes = engine::loadLe<std::uint32_t>(&raw[0]);
        if (senseBytes <= 96)
            answer.sense.assign(raw.begin() + 12, raw.begin() + 12 + std::ptrdiff_t(senseBytes));
        answer.data = driver.get(asked.data, asked.dataBytes);
        return answer;
    }
    bool isAnswered(const Asked &asked)
    {
        return driver.get(asked.answer + 11, 1)[0] != Unanswered;
    }
    // The same to its end.
    Answer send(unsigned target, const Bytes &command, const Bytes &out = {}, std::uint32_t in = 0,
                unsigned unit = 0)
    {
        const Asked asked = ask(target, command, out, in, unit);
        settle();
        return answerOf(asked);
    }
    // An order by the control queue; where its response will be.
    std::uint64_t order(std::uint32_t function, unsigned target, std::uint64_t tag = 1)
    {
        Bytes request(24);
        engine::storeLe(&request[4], function);
        request[8] = 1;
        request[9] = std::uint8_t(target);
        request[10] = 0x40;
        engine::storeLe(&request[16], tag);
        const std::uint64_t response = driver.put({Unanswered});
        driver.offer(0, {{driver.put(request), 24, false}, {response, 1, true}});
        driver.notify(0);
        return response;
    }
    std::uint8_t byteAt(std::uint64_t address) { return driver.get(address, 1)[0]; }
};

} // namespace tests
