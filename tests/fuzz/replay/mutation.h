// SPDX-License-Identifier: GPL-3.0-or-later
// Changes to an input as fuzzers make them, the same ones each time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace tests {

using Bytes = std::vector<std::uint8_t>;

class Mutation final
{
public:
    explicit Mutation(std::uint32_t seed)
        : m_random(seed)
    { }

    // One of: a bit, a byte, a number at the edge of its range, a piece left out, said twice, put
    // in, or taken from the other input.
    void change(Bytes &input, const Bytes &other)
    {
        if (input.empty())
            input.assign(1 + below(16), std::uint8_t(below(256)));
        const std::size_t at = below(input.size());
        const std::size_t length =
            1 + below(std::min<std::size_t>(input.size() - at, LongestPiece));
        const auto begin = input.begin() + std::ptrdiff_t(at);
        const auto end = begin + std::ptrdiff_t(length);
        switch (below(7)) {
        case 0:
            input[at] = std::uint8_t(input[at] ^ 1u << below(8));
            break;
        case 1:
            input[at] = std::uint8_t(below(256));
            break;
        case 2: {
            static constexpr std::uint8_t Edges[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
            std::fill(begin, begin + std::ptrdiff_t(std::min<std::size_t>(length, 8)),
                      Edges[below(std::size(Edges))]);
            break;
        }
        case 3:
            input.erase(begin, end);
            break;
        case 4: {
            const Bytes piece(begin, end);
            input.insert(end, piece.begin(), piece.end());
            break;
        }
        case 5:
            input.insert(begin, 1 + below(8), std::uint8_t(below(256)));
            break;
        default:
            if (!other.empty()) {
                const std::size_t from = below(other.size());
                const std::size_t taken =
                    1 + below(std::min<std::size_t>(other.size() - from, LongestPiece));
                const auto first = other.begin() + std::ptrdiff_t(from);
                input.insert(begin, first, first + std::ptrdiff_t(taken));
            }
            break;
        }
        if (input.size() > LongestInput)
            input.resize(LongestInput);
    }

private:
    static constexpr std::size_t LongestPiece = 64;
    static constexpr std::size_t LongestInput = 64 * 1024;

    // The standard's distributions differ between libraries, its engines do not.
    std::size_t below(std::size_t limit) { return m_random() % limit; }

    std::mt19937 m_random;
};

} // namespace tests
