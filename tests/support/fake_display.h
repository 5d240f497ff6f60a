// SPDX-License-Identifier: GPL-3.0-or-later
// A screen that a test draws on.
#pragma once

#include "engine/host/frame_source.h"
#include "tests/support/recording_input.h"

#include <QtCore/QRect>
#include <QtGui/QImage>

#include <utility>

class FakeFrameSource final : public engine::FrameSource
{
public:
    void show(const QImage &image)
    {
        m_image = std::make_shared<QImage>(image.convertToFormat(QImage::Format_RGB32));
        if (m_listener)
            m_listener->frameResized();
    }
    void clear()
    {
        m_image = nullptr;
        if (m_listener)
            m_listener->frameResized();
    }
    void paintSilently(const QRect &rect, QRgb color) // nobody is told
    {
        for (int y = rect.top(); y <= rect.bottom(); ++y) {
            for (int x = rect.left(); x <= rect.right(); ++x)
                m_image->setPixel(x, y, color);
        }
    }
    void fill(const QRect &rect, QRgb color)
    {
        paintSilently(rect, color);
        if (m_listener)
            m_listener->frameDamaged({rect.x(), rect.y(), rect.width(), rect.height()});
    }
    void setCursor(engine::CursorImage cursor)
    {
        m_cursor = std::move(cursor);
        if (m_listener)
            m_listener->cursorChanged();
    }
    bool isVisible() const { return m_isVisible; }
    bool hasListener() const { return m_listener != nullptr; }

    engine::Frame frame() const override
    {
        engine::Frame frame;
        if (!m_image)
            return frame;
        frame.pixels = m_image->constBits();
        frame.width = m_image->width();
        frame.height = m_image->height();
        frame.strideBytes = m_image->bytesPerLine();
        frame.format = engine::PixelFormat::Xrgb32;
        frame.keepAlive = m_image;
        return frame;
    }
    engine::CursorImage cursor() const override { return m_cursor; }
    void setListener(engine::FrameListener *listener) override { m_listener = listener; }
    void setVisible(bool visible) override { m_isVisible = visible; }

private:
    std::shared_ptr<QImage> m_image;
    engine::CursorImage m_cursor;
    engine::FrameListener *m_listener = nullptr;
    bool m_isVisible = false;
};
