// SPDX-License-Identifier: GPL-3.0-or-later
// What an SDL window shows: the guest's frame as a texture that takes what was damaged, and words
// over it. Main thread only.
#pragma once

#include "display/frame_painter.h"
#include "engine/base/result.h"
#include "engine/host/frame_source.h"

#include <QtCore/QSize>
#include <QtGui/QImage>
#include <QtGui/QRegion>

#include <memory>

struct SDL_Renderer;
struct SDL_Texture;
struct SDL_Window;

namespace display {

class SdlPicture final
{
public:
    static engine::Result<std::unique_ptr<SdlPicture>> open(SDL_Window &window);
    ~SdlPicture();
    SdlPicture(const SdlPicture &) = delete;
    SdlPicture &operator=(const SdlPicture &) = delete;

    QSize deviceSize() const; // of the window's area, in device pixels

    // `damage` in guest pixels; taken as all of it when size or format are others than before.
    void update(const engine::Frame &frame, const QRegion &damage);
    // The graphics driver has forgotten the textures: the next update() is of all.
    void forget();

    struct Words
    {
        QImage image; // null: none
        QPoint place; // device pixels
    };
    // `place`: device pixels. Dimmed: a paused guest.
    void draw(const FrameGeometry &place, bool isDimmed, const QList<Words> &words);

private:
    struct DropTexture
    {
        void operator()(SDL_Texture *texture) const;
    };
    using Texture = std::unique_ptr<SDL_Texture, DropTexture>;
    explicit SdlPicture(SDL_Renderer &renderer);

    SDL_Renderer &m_renderer;
    Texture m_texture;
    QSize m_size; // of the texture
    engine::PixelFormat m_format = engine::PixelFormat::None;
};

} // namespace display
