// SPDX-License-Identifier: GPL-3.0-or-later
// RawImage against `qemu-img bench` on the same file with the same requests, in turns. Prints JSON:
// requests per second of both (medians) and the ratio, which should be 1.0 at least. QEMU's figure
// is that of its faster engine, threads or io_uring.
//
//   block_bench [--folder FOLDER] [--mebibytes N] [--runs N] [--output FILE]
#include "engine/base/poll_loop.h"
#include "engine/block/raw_image.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <future>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

using namespace engine;

namespace {

struct Options
{
    std::string folder = "/tmp";
    std::uint64_t mebibytes = 512;
    int runs = 5;
    std::string output;
};

struct Load
{
    const char *name;
    bool isWrite;
    unsigned depth;
    std::uint64_t bytes; // of a request
    std::uint64_t step; // from one request to the next: no multiple of the size, so all is touched
    std::uint64_t count;
};

constexpr std::uint64_t Scattered = 4096 * 7919; // far apart: no read-ahead helps
constexpr Load Loads[] = {
    {"4 KiB random reads, one at a time", false, 1, 4096, Scattered, 100'000},
    {"4 KiB random reads, 32 at a time", false, 32, 4096, Scattered, 200'000},
    {"4 KiB random writes, one at a time", true, 1, 4096, Scattered, 50'000},
    {"4 KiB random writes, 32 at a time", true, 32, 4096, Scattered, 100'000},
    {"1 MiB sequential reads, 4 at a time", false, 4, 1 << 20, 1 << 20, 2'000},
};

constexpr std::uint64_t HugePage = 2 << 20;

struct Free
{
    void operator()(std::uint8_t *memory) const { std::free(memory); }
};

// Keeps `depth` requests going until all are answered; each answer sends the next, as a guest that
// is woken by its disk does.
class Run
{
public:
    Run(BlockDevice &device, const Load &load)
        : m_device(device)
        , m_load(load)
        , m_memory(static_cast<std::uint8_t *>(
              std::aligned_alloc(HugePage, std::max(load.depth * load.bytes, HugePage))))
    {
        std::memset(m_memory.get(), 0x5a, load.depth * load.bytes);
    }

    double perSecond(PollLoop &loop)
    {
        const auto begin = std::chrono::steady_clock::now();
        loop.post([this] {
            for (unsigned i = 0; i < m_load.depth; ++i)
                next(i);
        });
        const bool isGood = m_end.get_future().get();
        check(isGood, "a request of the bench failed");
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
        return double(m_load.count) / seconds.count();
    }

private:
    void next(unsigned buffer)
    {
        if (m_sent == m_load.count)
            return;
        ++m_sent;
        BlockRequest request{.operation =
                                 m_load.isWrite ? BlockOperation::Write : BlockOperation::Read,
                             .offset = m_offset,
                             .length = m_load.bytes,
                             .buffers = {{m_memory.get() + buffer * m_load.bytes, m_load.bytes}}};
        m_offset = (m_offset + m_load.step) % m_device.sizeBytes();
        if (m_offset + m_load.bytes > m_device.sizeBytes())
            m_offset = 0;
        request.completed = [this, buffer](Result<> result) {
            m_isGood = m_isGood && result;
            if (++m_answered == m_load.count)
                m_end.set_value(m_isGood);
            else
                next(buffer);
        };
        m_device.submit(std::move(request));
    }

    BlockDevice &m_device;
    const Load &m_load;
    std::unique_ptr<std::uint8_t, Free> m_memory; // aligned as a guest's is
    std::uint64_t m_offset = 0;
    std::uint64_t m_sent = 0;
    std::uint64_t m_answered = 0;
    bool m_isGood = true;
    std::promise<bool> m_end;
};

// Zero when it cannot be run.
double qemuPerSecond(const std::string &file, const Load &load, const char *engine)
{
    std::ostringstream command;
    command << "qemu-img bench -f raw -t writeback -i " << engine << " -c " << load.count << " -d "
            << load.depth << " -s " << load.bytes << " -S " << load.step
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

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

bool writeFile(const std::string &path, std::uint64_t mebibytes)
{
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    const std::vector<char> block(1 << 20, 0x33);
    for (std::uint64_t i = 0; i < mebibytes && file; ++i)
        file.write(block.data(), std::streamsize(block.size()));
    file.close();
    return file.good();
}

bool parse(int count, char **words, Options &options)
{
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string_view word = words[i];
        if (word == "--folder")
            options.folder = words[i + 1];
        else if (word == "--mebibytes")
            options.mebibytes = std::strtoull(words[i + 1], nullptr, 10);
        else if (word == "--runs")
            options.runs = std::atoi(words[i + 1]);
        else if (word == "--output")
            options.output = words[i + 1];
        else
            return false;
    }
    return count % 2 == 1 && options.runs > 0 && options.mebibytes >= 64;
}

int measure(const Options &options, const std::string &file)
{
    auto loop = PollLoop::start("io");
    if (!loop) {
        std::cerr << loop.error().text() << "\n";
        return 1;
    }
    std::ostringstream json;
    json << "[";
    bool isFirst = true;
    for (const Load &load : Loads) {
        std::vector<double> ours;
        std::vector<double> threads;
        std::vector<double> uring;
        for (int i = 0; i < options.runs; ++i) {
            {
                auto image = RawImage::open({.path = file}, **loop);
                if (!image) {
                    std::cerr << image.error().text() << "\n";
                    return 1;
                }
                ours.push_back(Run(**image, load).perSecond(**loop));
            }
            threads.push_back(qemuPerSecond(file, load, "threads"));
            uring.push_back(qemuPerSecond(file, load, "io_uring"));
        }
        const double theirs = std::max(median(threads), median(uring));
        if (theirs == 0) {
            std::cerr << "qemu-img bench does not run: install the package qemu-utils\n";
            return 1;
        }
        json << (isFirst ? "\n" : ",\n") << "  {\"name\": \"" << load.name
             << "\", \"unit\": \"requests/s\", \"ours\": " << std::uint64_t(median(ours))
             << ", \"theirs\": " << std::uint64_t(theirs)
             << ", \"theirs_threads\": " << std::uint64_t(median(threads))
             << ", \"theirs_io_uring\": " << std::uint64_t(median(uring))
             << ", \"ratio\": " << median(ours) / theirs << ", \"wanted\": \">= 1.0\"}";
        isFirst = false;
    }
    json << "\n]\n";
    std::cout << json.str();
    if (!options.output.empty())
        std::ofstream(options.output) << json.str();
    return 0;
}

} // namespace

int main(int count, char **words)
{
    Options options;
    if (!parse(count, words, options)) {
        std::cerr << "block_bench [--folder FOLDER] [--mebibytes N] [--runs N] [--output FILE]\n";
        return 2;
    }
    const std::string file = options.folder + "/vitrine-block-bench.img";
    if (!writeFile(file, options.mebibytes)) {
        std::cerr << "\"" << file << "\" cannot be written\n";
        return 1;
    }
    const int code = measure(options, file);
    ::unlink(file.c_str());
    return code;
}
