// SPDX-License-Identifier: GPL-3.0-or-later
// A guest's screen without a guest: one picture of the size the test wants, and a sink that notes
// what it was given.
#pragma once

#include "display/open_display.h"
#include "tests/support/fake_guest_link.h"

#include <QtCore/QStringList>

#include <utility>

namespace fakes {

class FakeScreen final : public display::DisplaySession
{
public:
    explicit FakeScreen(int width, int height, engine::PointerMode mode)
        : source(width, height)
        , sink(mode)
    { }

    class Source final : public engine::FrameSource
    {
    public:
        Source(int firstWidth, int firstHeight) { setSize(firstWidth, firstHeight); }

        // A gradient, so that a picture of it is recognizable.
        void setSize(int newWidth, int newHeight)
        {
            width = newWidth;
            height = newHeight;
            pixels = std::make_shared<std::vector<std::uint32_t>>(std::size_t(width * height));
            for (int y = 0; y < height; ++y) {
                for (int x = 0; x < width; ++x)
                    (*pixels)[std::size_t(y * width + x)] = 0xff000000U
                        | std::uint32_t(40 + 60 * x / width) << 16
                        | std::uint32_t(60 + 80 * y / height) << 8 | 120U;
            }
            if (listener != nullptr) {
                listener->frameResized();
                listener->frameDamaged({0, 0, width, height});
            }
        }
        engine::Frame frame() const override
        {
            return {.pixels = reinterpret_cast<const std::uint8_t *>(pixels->data()),
                    .width = width,
                    .height = height,
                    .strideBytes = width * 4,
                    .format = engine::PixelFormat::Xrgb32,
                    .keepAlive = pixels};
        }
        engine::CursorImage cursor() const override { return {}; }
        void setListener(engine::FrameListener *newListener) override { listener = newListener; }
        void setVisible(bool) override { }

        int width = 0;
        int height = 0;
        std::shared_ptr<std::vector<std::uint32_t>> pixels;
        engine::FrameListener *listener = nullptr;
    };

    class Sink final : public engine::InputSink
    {
    public:
        explicit Sink(engine::PointerMode pointerMode)
            : mode(pointerMode)
        { }
        void key(engine::ScanCode, engine::KeyMotion) override { ++keys; }
        void button(engine::PointerButton, engine::KeyMotion) override { }
        void position(int, int) override { }
        void motion(int, int) override { }
        engine::PointerMode pointerMode() const override { return mode; }
        void setLockLights(bool, bool) override { }

        engine::PointerMode mode;
        int keys = 0;
    };

    engine::FrameSource &frameSource() override { return source; }
    engine::InputSink &inputSink() override { return sink; }

    display::GuestLink *guestLink() override { return &link; }
    void setSound(display::SoundMaker maker) override { sound = std::move(maker); }

    Source source;
    Sink sink;
    FakeGuestLink link;
    display::SoundMaker sound;
};

} // namespace fakes
