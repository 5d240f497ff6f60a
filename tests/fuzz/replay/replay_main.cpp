// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a fuzz target once for every file of a folder, and once with each cut in half, which no seed
// was made for.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

int main(int count, char **words)
{
    if (count != 2) {
        std::fprintf(stderr, "usage: %s FOLDER\n", words[0]);
        return 2;
    }
    int files = 0;
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator(words[1], error)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::vector<char> text{std::istreambuf_iterator<char>(file), {}};
        const std::vector<std::uint8_t> bytes(text.begin(), text.end());
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size() / 2);
        ++files;
    }
    std::printf("%d files\n", files);
    return files > 0 && !error ? 0 : 1;
}
