// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/film/film_picture.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace display {

namespace {

using engine::Frame;
using engine::PixelFormat;

struct Box
{
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

Box fit(const Frame &frame, int width, int height)
{
    Box box{0, 0, frame.width, frame.height};
    if (frame.width > width || frame.height > height) {
        const auto scaled = [](int side, int to, int from) {
            return std::max(1, int(std::int64_t(side) * to / from));
        };
        // The tighter side decides.
        if (std::int64_t(frame.width) * height > std::int64_t(frame.height) * width)
            box = {0, 0, width, std::min(height, scaled(frame.height, width, frame.width))};
        else
            box = {0, 0, std::min(width, scaled(frame.width, height, frame.height)), height};
    }
    box.x = (width - box.width) / 2;
    box.y = (height - box.height) / 2;
    return box;
}

struct Colors
{
    int red;
    int green;
    int blue;
};

Colors colorsOf(std::uint32_t pixel)
{
    return {int(pixel >> 16 & 0xff), int(pixel >> 8 & 0xff), int(pixel & 0xff)};
}

// The mean of the pixels that come together in one.
std::uint32_t meanOf(const Frame &frame, int left, int top, int right, int bottom)
{
    std::uint32_t red = 0;
    std::uint32_t green = 0;
    std::uint32_t blue = 0;
    for (int y = top; y < bottom; ++y) {
        for (int x = left; x < right; ++x) {
            const Colors one = colorsOf(pixelOf(frame, x, y));
            red += std::uint32_t(one.red);
            green += std::uint32_t(one.green);
            blue += std::uint32_t(one.blue);
        }
    }
    const auto count = std::uint32_t((right - left) * (bottom - top));
    return (red / count) << 16 | (green / count) << 8 | blue / count;
}

std::uint8_t luma(Colors c)
{
    return std::uint8_t(((66 * c.red + 129 * c.green + 25 * c.blue + 128) >> 8) + 16);
}
std::uint8_t blueness(Colors c)
{
    return std::uint8_t(((-38 * c.red - 74 * c.green + 112 * c.blue + 128) >> 8) + 128);
}
std::uint8_t redness(Colors c)
{
    return std::uint8_t(((112 * c.red - 94 * c.green - 18 * c.blue + 128) >> 8) + 128);
}

} // namespace

std::uint32_t pixelOf(const Frame &frame, int x, int y)
{
    const std::uint8_t *const row = frame.pixels + std::ptrdiff_t(y) * frame.strideBytes;
    if (frame.format == PixelFormat::Xrgb32) {
        std::uint32_t pixel = 0;
        std::memcpy(&pixel, row + std::ptrdiff_t(x) * 4, sizeof pixel);
        return pixel & 0xffffff;
    }
    std::uint16_t pixel = 0;
    std::memcpy(&pixel, row + std::ptrdiff_t(x) * 2, sizeof pixel);
    const auto widen5 = [](unsigned value) { return (value << 3 | value >> 2) & 0xff; };
    const auto widen6 = [](unsigned value) { return (value << 2 | value >> 4) & 0xff; };
    if (frame.format == PixelFormat::Rgb16_565)
        return widen5(pixel >> 11U & 31U) << 16 | widen6(pixel >> 5U & 63U) << 8
            | widen5(pixel & 31U);
    if (frame.format == PixelFormat::Rgb16_555)
        return widen5(pixel >> 10U & 31U) << 16 | widen5(pixel >> 5U & 31U) << 8
            | widen5(pixel & 31U);
    return 0;
}

void FilmPicture::draw(const Frame &frame, const FilmPlanes &target)
{
    const int width = target.width;
    const int height = target.height;
    m_pixels.assign(std::size_t(width) * std::size_t(height), 0);
    const Box box = frame.isEmpty() ? Box() : fit(frame, width, height);
    const bool isAsItIs = box.width == frame.width && box.height == frame.height;
    for (int y = 0; y < box.height; ++y) {
        std::uint32_t *const row =
            m_pixels.data() + std::size_t(y + box.y) * std::size_t(width) + std::size_t(box.x);
        if (isAsItIs && frame.format == PixelFormat::Xrgb32) {
            std::memcpy(row, frame.pixels + std::ptrdiff_t(y) * frame.strideBytes,
                        std::size_t(box.width) * sizeof *row);
            continue;
        }
        const auto at = [](int i, int from, int to) { return int(std::int64_t(i) * from / to); };
        const int top = at(y, frame.height, box.height);
        const int bottom = std::max(top + 1, at(y + 1, frame.height, box.height));
        for (int x = 0; x < box.width; ++x) {
            const int left = at(x, frame.width, box.width);
            const int right = std::max(left + 1, at(x + 1, frame.width, box.width));
            row[x] = meanOf(frame, left, top, right, bottom);
        }
    }
    for (int y = 0; y < height; ++y) {
        const std::uint32_t *const from = m_pixels.data() + std::size_t(y) * std::size_t(width);
        std::uint8_t *const to = target.luma.pixels + std::ptrdiff_t(y) * target.luma.stride;
        for (int x = 0; x < width; ++x)
            to[x] = luma(colorsOf(from[x]));
    }
    for (int y = 0; y < (height + 1) / 2; ++y) {
        const int below = std::min(2 * y + 1, height - 1);
        const std::uint32_t *const upper =
            m_pixels.data() + std::size_t(2 * y) * std::size_t(width);
        const std::uint32_t *const lower =
            m_pixels.data() + std::size_t(below) * std::size_t(width);
        std::uint8_t *const blue =
            target.blueness.pixels + std::ptrdiff_t(y) * target.blueness.stride;
        std::uint8_t *const red = target.redness.pixels + std::ptrdiff_t(y) * target.redness.stride;
        for (int x = 0; x < (width + 1) / 2; ++x) {
            const int right = std::min(2 * x + 1, width - 1);
            Colors sum{0, 0, 0};
            for (const std::uint32_t pixel :
                 {upper[2 * x], upper[right], lower[2 * x], lower[right]}) {
                const Colors one = colorsOf(pixel);
                sum = {sum.red + one.red, sum.green + one.green, sum.blue + one.blue};
            }
            const Colors mean{sum.red / 4, sum.green / 4, sum.blue / 4};
            blue[x] = blueness(mean);
            red[x] = redness(mean);
        }
    }
}

} // namespace display
