// SPDX-License-Identifier: GPL-3.0-or-later
// RawImage against `qemu-img bench` on the same file with the same requests, in turns. Prints JSON:
// requests per second of both (medians) and the ratio, which should be 1.0 at least. QEMU's figure
// is that of its faster engine, threads or io_uring.
//
//   block_bench [--folder FOLDER] [--mebibytes N] [--runs N] [--only TEXT] [--output FILE]
//
// --only: the loads whose names have this in them.
#include "engine/base/poll_loop.h"
#include "engine/block/raw_image.h"
#include "tests/bench/block_load.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

using namespace engine;
using namespace bench;

namespace {

struct Options
{
    std::string folder = "/tmp";
    std::uint64_t mebibytes = 512;
    int runs = 5;
    std::string only;
    std::string output;
};

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
        else if (word == "--only")
            options.only = words[i + 1];
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
        if (std::string_view(load.name).find(options.only) == std::string_view::npos)
            continue;
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
        std::cerr << "block_bench [--folder FOLDER] [--mebibytes N] [--runs N] [--only TEXT] "
                     "[--output FILE]\n";
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
