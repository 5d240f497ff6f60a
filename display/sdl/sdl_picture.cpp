// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/sdl/sdl_picture.h"

#include "engine/base/log.h"

#include <cstddef>
#include <string>

#include <SDL_error.h>
#include <SDL_render.h>

namespace display {

namespace {

Uint32 sdlFormat(engine::PixelFormat format)
{
    switch (format) {
    case engine::PixelFormat::Xrgb32:
        return SDL_PIXELFORMAT_RGB888; // 32 bits with the high byte unused
    case engine::PixelFormat::Rgb16_565:
        return SDL_PIXELFORMAT_RGB565;
    case engine::PixelFormat::Rgb16_555:
        return SDL_PIXELFORMAT_RGB555;
    case engine::PixelFormat::None:
        break;
    }
    return SDL_PIXELFORMAT_UNKNOWN;
}

int bytesPerPixel(engine::PixelFormat format)
{
    return format == engine::PixelFormat::Xrgb32 ? 4 : 2;
}

constexpr Uint8 Dimmed = 128;

} // namespace

void SdlPicture::DropTexture::operator()(SDL_Texture *texture) const
{
    SDL_DestroyTexture(texture);
}

engine::Result<std::unique_ptr<SdlPicture>> SdlPicture::open(SDL_Window &window)
{
    // Without waiting for the screen's refresh: the machine is run by the thread that draws.
    SDL_Renderer *renderer = SDL_CreateRenderer(&window, -1, SDL_RENDERER_ACCELERATED);
    if (renderer == nullptr)
        renderer = SDL_CreateRenderer(&window, -1, SDL_RENDERER_SOFTWARE);
    if (renderer == nullptr)
        return engine::Error(engine::ErrorKind::Io,
                             std::string("SDL cannot draw: ") + SDL_GetError());
    return std::unique_ptr<SdlPicture>(new SdlPicture(*renderer));
}

SdlPicture::SdlPicture(SDL_Renderer &renderer)
    : m_renderer(renderer)
{ }

SdlPicture::~SdlPicture()
{
    m_texture.reset();
    SDL_DestroyRenderer(&m_renderer);
}

QSize SdlPicture::deviceSize() const
{
    int width = 0;
    int height = 0;
    if (SDL_GetRendererOutputSize(&m_renderer, &width, &height) != 0)
        return {};
    return {width, height};
}

void SdlPicture::forget()
{
    m_texture.reset();
    m_size = {};
}

void SdlPicture::update(const engine::Frame &frame, const QRegion &damage)
{
    const Uint32 format = sdlFormat(frame.format);
    if (frame.isEmpty() || format == SDL_PIXELFORMAT_UNKNOWN) {
        forget();
        return;
    }
    const QSize size(frame.width, frame.height);
    const bool isNew = m_size != size || m_format != frame.format;
    if (isNew) {
        m_texture.reset(SDL_CreateTexture(&m_renderer, format, SDL_TEXTUREACCESS_STREAMING,
                                          size.width(), size.height()));
        m_size = size;
        m_format = frame.format;
        if (m_texture == nullptr)
            engine::log(engine::LogLevel::Error, "display",
                        std::string("SDL cannot show the guest's screen: ") + SDL_GetError());
        else
            SDL_SetTextureBlendMode(m_texture.get(), SDL_BLENDMODE_NONE);
    }
    if (m_texture == nullptr)
        return;
    const QRect all(QPoint(0, 0), size);
    const QRegion wanted = isNew ? QRegion(all) : damage.intersected(all);
    for (const QRect &rect : wanted) {
        const SDL_Rect area{rect.x(), rect.y(), rect.width(), rect.height()};
        const std::uint8_t *first = frame.pixels + rect.y() * frame.strideBytes
            + std::ptrdiff_t(rect.x()) * bytesPerPixel(frame.format);
        SDL_UpdateTexture(m_texture.get(), &area, first, int(frame.strideBytes));
    }
}

void SdlPicture::draw(const FrameGeometry &place, bool isDimmed, const QList<Words> &words)
{
    SDL_SetRenderDrawColor(&m_renderer, 0, 0, 0, SDL_ALPHA_OPAQUE);
    SDL_RenderClear(&m_renderer);
    if (m_texture != nullptr && !place.isEmpty()) {
        const QRect device = place.deviceRect();
        const SDL_Rect target{device.x(), device.y(), device.width(), device.height()};
        const Uint8 light = isDimmed ? Dimmed : SDL_ALPHA_OPAQUE;
        SDL_SetTextureColorMod(m_texture.get(), light, light, light);
        SDL_SetTextureScaleMode(m_texture.get(),
                                place.isWholeFactor() ? SDL_ScaleModeNearest : SDL_ScaleModeLinear);
        SDL_RenderCopy(&m_renderer, m_texture.get(), nullptr, &target);
    }
    for (const Words &word : words) {
        const QImage image = word.image.convertToFormat(QImage::Format_ARGB32);
        if (image.isNull())
            continue;
        const Texture texture(SDL_CreateTexture(&m_renderer, SDL_PIXELFORMAT_ARGB8888,
                                                SDL_TEXTUREACCESS_STATIC, image.width(),
                                                image.height()));
        if (texture == nullptr)
            continue;
        SDL_UpdateTexture(texture.get(), nullptr, image.constBits(), int(image.bytesPerLine()));
        SDL_SetTextureBlendMode(texture.get(), SDL_BLENDMODE_BLEND);
        const SDL_Rect target{word.place.x(), word.place.y(), image.width(), image.height()};
        SDL_RenderCopy(&m_renderer, texture.get(), nullptr, &target);
    }
    SDL_RenderPresent(&m_renderer);
}

} // namespace display
