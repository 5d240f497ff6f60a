// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a fuzz target once for every file of a folder, once with each cut in half, which no seed was
// made for, and with two thousand changed ones: a short fuzzing without libFuzzer, the same each
// time.
#include "tests/fuzz/replay/mutation.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <system_error>

#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace {

constexpr int Changed = 2000; // for all files together
constexpr int MostChanges = 4; // of one

// Which input it is, for whoever looks at an abort.
std::string current;

void tellInput(int)
{
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, current.data(), current.size());
}

} // namespace

int main(int count, char **words)
{
    if (count != 2) {
        std::fprintf(stderr, "usage: %s FOLDER\n", words[0]);
        return 2;
    }
    std::map<std::string, tests::Bytes> seeds; // in an order that is everywhere the same
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator(words[1], error)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        seeds.emplace(entry.path().filename(), tests::Bytes(text.begin(), text.end()));
    }
    if (seeds.empty() || error) {
        std::fprintf(stderr, "no seeds in %s\n", words[1]);
        return 1;
    }
    const char *wanted = std::getenv("VITRINE_REPLAY_CHANGES");
    const int changed = wanted ? std::atoi(wanted) : Changed;
    tests::Mutation mutation(std::uint32_t(seeds.size()));
    std::signal(SIGABRT, tellInput);
    int inputs = 0;
    for (const auto &[name, bytes] : seeds) {
        current = "That was " + name + " or its first half\n";
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size() / 2);
        inputs += 2;
    }
    auto seed = seeds.begin();
    for (int i = 0; i < changed; ++i) {
        tests::Bytes input = seed->second;
        auto other = std::next(seed) == seeds.end() ? seeds.begin() : std::next(seed);
        for (int change = 0; change <= i % MostChanges; ++change)
            mutation.change(input, other->second);
        current = "That was " + seed->first + ", change " + std::to_string(i) + "\n";
        LLVMFuzzerTestOneInput(input.data(), input.size());
        ++inputs;
        seed = other;
    }
    std::printf("%zu files, %d inputs\n", seeds.size(), inputs);
    return 0;
}
