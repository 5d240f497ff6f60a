// SPDX-License-Identifier: GPL-3.0-or-later
// The loads that disks are measured with, on a BlockDevice of ours and by `qemu-img bench`.
#pragma once

#include "engine/base/poll_loop.h"
#include "engine/block/block_device.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <future>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct Load
{
    const char *name;
    bool isWrite;
    unsigned depth;
    std::uint64_t bytes; // of a request
    std::uint64_t step; // from one request to the next: no multiple of the size, so all is touched
    std::uint64_t count;
};

inline constexpr std::uint64_t Scattered = 4096 * 7919; // far apart: no read-ahead helps
inline constexpr Load Loads[] = {
    {"4 KiB random reads, one at a time", false, 1, 4096, Scattered, 100'000},
    {"4 KiB random reads, 32 at a time", false, 32, 4096, Scattered, 200'000},
    {"4 KiB random writes, one at a time", true, 1, 4096, Scattered, 50'000},
    {"4 KiB random writes, 32 at a time", true, 32, 4096, Scattered, 100'000},
    {"1 MiB sequential reads, 4 at a time", false, 4, 1 << 20, 1 << 20, 2'000},
};

inline constexpr std::uint64_t HugePage = 2 << 20;

struct Free
{
    void operator()(std::uint8_t *memory) const { std::free(memory); }
};

// Keeps `depth` requests going until all are answered; each answer sends the next, as a guest that
// is woken by its disk does.
class Run
{
public:
    // In `memory`, of depth times bytes; without any in some of its own.
    Run(engine::BlockDevice &device, const Load &load, std::uint8_t *memory = nullptr)
        : m_device(device)
        , m_load(load)
        , m_owned(memory ? nullptr
                         : static_cast<std::uint8_t *>(std::aligned_alloc(
                             HugePage, std::max(load.depth * load.bytes, HugePage))))
        , m_memory(memory ? memory : m_owned.get())
    {
        std::memset(m_memory, 0x5a, load.depth * load.bytes);
    }

    double perSecond(engine::PollLoop &loop)
    {
        const auto begin = std::chrono::steady_clock::now();
        loop.post([this] {
            for (unsigned i = 0; i < m_load.depth; ++i)
                next(i);
        });
        const bool isGood = m_end.get_future().get();
        engine::check(isGood, "a request of the bench failed");
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
        return double(m_load.count) / seconds.count();
    }

private:
    void next(unsigned buffer)
    {
        if (m_sent == m_load.count)
            return;
        ++m_sent;
        engine::BlockRequest request{.operation = m_load.isWrite ? engine::BlockOperation::Write
                                                                 : engine::BlockOperation::Read,
                                     .offset = m_offset,
                                     .length = m_load.bytes,
                                     .buffers = {{m_memory + buffer * m_load.bytes, m_load.bytes}}};
        m_offset = (m_offset + m_load.step) % m_device.sizeBytes();
        if (m_offset + m_load.bytes > m_device.sizeBytes())
            m_offset = 0;
        request.completed = [this, buffer](engine::Result<> result) {
            m_isGood = m_isGood && result;
            if (++m_answered == m_load.count)
                m_end.set_value(m_isGood);
            else
                next(buffer);
        };
        m_device.submit(std::move(request));
    }

    engine::BlockDevice &m_device;
    const Load &m_load;
    std::unique_ptr<std::uint8_t, Free> m_owned; // aligned as a guest's is
    std::uint8_t *m_memory;
    std::uint64_t m_offset = 0;
    std::uint64_t m_sent = 0;
    std::uint64_t m_answered = 0;
    bool m_isGood = true;
    std::promise<bool> m_end;
};

// Zero when it cannot be run.
inline double qemuPerSecond(const std::string &file, const Load &load, const char *engine,
                            const char *format = "raw")
{
    std::ostringstream command;
    command << "qemu-img bench -f " << format << " -t writeback -i " << engine << " -c "
            << load.count << " -d " << load.depth << " -s " << load.bytes << " -S " << load.step
            << (load.isWrite ? " -w " : " ") << file << " 2>&1";
    std::FILE *const pipe = ::popen(command.str().c_str(), "r");
    if (!pipe)
        return 0;
    std::string said;
    for (int character = std::fgetc(pipe); character != EOF; character = std::fgetc(pipe))
        said += char(character);
    const std::string_view mark = "Run completed in ";
    const std::size_t at = said.find(mark);
    if (::pclose(pipe) != 0 || at == std::string::npos)
        return 0;
    const double seconds = std::strtod(said.c_str() + at + mark.size(), nullptr);
    return seconds > 0 ? double(load.count) / seconds : 0;
}

inline double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace bench
