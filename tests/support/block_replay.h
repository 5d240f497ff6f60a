// SPDX-License-Identifier: GPL-3.0-or-later
// Random requests to a block device, many at a time, compared with a model in memory. And requests
// that a test waits for.
#pragma once

#include "engine/base/bytes.h"
#include "engine/block/block_device.h"

#include <QtCore/QtGlobal>

#include <algorithm>
#include <cstring>
#include <future>
#include <memory>
#include <random>
#include <vector>

namespace tests {

inline engine::Result<> performNow(engine::BlockDevice &device, engine::BlockRequest request)
{
    auto answer = std::make_shared<std::promise<engine::Result<>>>();
    auto future = answer->get_future();
    request.completed = [answer](engine::Result<> result) { answer->set_value(std::move(result)); };
    device.submit(std::move(request));
    return future.get();
}

inline engine::Result<> readNow(engine::BlockDevice &device, std::uint64_t offset,
                                std::span<std::uint8_t> data)
{
    return performNow(
        device, {.offset = offset, .length = data.size(), .buffers = {{data.data(), data.size()}}});
}

inline engine::Result<> writeNow(engine::BlockDevice &device, std::uint64_t offset,
                                 std::vector<std::uint8_t> data)
{
    return performNow(device,
                      {.operation = engine::BlockOperation::Write,
                       .offset = offset,
                       .length = data.size(),
                       .buffers = {{data.data(), data.size()}}});
}

// Rounds of up to 16 requests that do not overlap, in pieces of any size, then a look at all of it.
// The device is full of zeros at first; sizes are multiples of 512.
inline bool replayAgrees(engine::BlockDevice &device, unsigned seed, int operations)
{
    using engine::BlockOperation;
    struct Pending
    {
        BlockOperation operation = BlockOperation::Read;
        std::uint64_t offset = 0;
        std::vector<std::uint8_t> data;
        std::future<engine::Result<>> answer;
    };
    std::mt19937 random(seed);
    const auto below = [&](std::uint64_t limit) {
        return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(random);
    };
    std::vector<std::uint8_t> model(std::size_t(device.sizeBytes()));
    std::vector<bool> isKnown(model.size() / 512, true);
    const std::uint64_t sectors = device.sizeBytes() / 512;
    const auto fits = [&](const Pending &pending) {
        for (std::size_t i = 0; i < pending.data.size(); i += 512) {
            const std::size_t place = std::size_t(pending.offset) + i;
            if (isKnown[place / 512] && std::memcmp(&pending.data[i], &model[place], 512) != 0) {
                qWarning("the sector at byte %zu differs", place);
                return false;
            }
        }
        return true;
    };
    for (int done = 0; done < operations;) {
        std::vector<Pending> round(1 + below(16));
        const std::uint64_t share = sectors / round.size();
        for (std::size_t i = 0; i < round.size(); ++i, ++done) {
            Pending &pending = round[i];
            const std::uint64_t kind = below(20);
            pending.operation = kind < 9 ? BlockOperation::Read
                : kind < 16              ? BlockOperation::Write
                : kind < 18              ? BlockOperation::WriteZeroes
                : kind < 19              ? BlockOperation::Discard
                                         : BlockOperation::Flush;
            const std::uint64_t count =
                1 + below(below(8) == 0 ? share : std::min<std::uint64_t>(share, 64));
            const std::uint64_t first = i * share + below(share - count + 1);
            pending.offset = first * 512;
            engine::BlockRequest request{.operation = pending.operation};
            if (pending.operation != BlockOperation::Flush) {
                request.offset = pending.offset;
                request.length = count * 512;
            }
            const bool hasData = kind < 16;
            if (hasData)
                pending.data.resize(std::size_t(count * 512));
            if (pending.operation == BlockOperation::Write)
                for (std::size_t sector = 0; sector < pending.data.size(); sector += 512) {
                    const auto number = random();
                    std::memset(&pending.data[sector], int(number & 0xff), 512);
                    engine::storeLe(&pending.data[sector], std::uint32_t(number));
                }
            for (std::size_t at = 0; at < pending.data.size();) {
                const std::size_t size =
                    std::min<std::size_t>(pending.data.size() - at, 1 + below(9000));
                request.buffers.push_back({&pending.data[at], size});
                at += size;
            }
            auto answer = std::make_shared<std::promise<engine::Result<>>>();
            pending.answer = answer->get_future();
            request.completed = [answer](engine::Result<> result) {
                answer->set_value(std::move(result));
            };
            const std::uint64_t length = request.length;
            device.submit(std::move(request));
            // The model changes at once: nothing else of this round touches the same place.
            std::uint8_t *const place = model.data() + pending.offset;
            if (pending.operation == BlockOperation::Write)
                std::memcpy(place, pending.data.data(), pending.data.size());
            else if (pending.operation == BlockOperation::WriteZeroes)
                std::memset(place, 0, std::size_t(length));
            if (pending.operation != BlockOperation::Read)
                for (std::uint64_t sector = first; sector < first + length / 512; ++sector)
                    isKnown[sector] = pending.operation != BlockOperation::Discard;
        }
        for (Pending &pending : round) {
            const engine::Result<> result = pending.answer.get();
            if (!result) {
                qWarning("a request failed: %s", result.error().text().c_str());
                return false;
            }
            if (pending.operation == BlockOperation::Read && !fits(pending))
                return false;
        }
    }
    Pending all{.data = std::vector<std::uint8_t>(model.size())};
    const engine::Result<> result = readNow(device, 0, all.data);
    return result.has_value() && fits(all);
}

} // namespace tests
