// SPDX-License-Identifier: GPL-3.0-or-later
// A screen that a test draws on, and a keyboard and mouse that write down what they are told.
#pragma once

#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"

#include <QtCore/QRect>
#include <QtCore/QStringList>
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
    void fill(const QRect &rect, QRgb color)
    {
        for (int y = rect.top(); y <= rect.bottom(); ++y) {
            for (int x = rect.left(); x <= rect.right(); ++x)
                m_image->setPixel(x, y, color);
        }
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

// "+1d" is a press of that scan code, "-1d" its release; "+left", "at 3,4", "by -1,2", "locks 10".
class RecordingInputSink final : public engine::InputSink
{
public:
    engine::PointerMode mode = engine::PointerMode::Absolute;
    QStringList log;

    QStringList take() { return std::exchange(log, {}); }

    void key(engine::ScanCode code, engine::KeyMotion motion) override
    {
        log.append(sign(motion) + QString::number(code, 16));
    }
    void button(engine::PointerButton button, engine::KeyMotion motion) override
    {
        static const char *const names[] = {"left", "middle", "right",     "wheelUp",   "wheelDown",
                                            "side", "extra",  "wheelLeft", "wheelRight"};
        log.append(sign(motion) + QLatin1String(names[int(button)]));
    }
    void position(int x, int y) override { log.append(QStringLiteral("at %1,%2").arg(x).arg(y)); }
    void motion(int dx, int dy) override { log.append(QStringLiteral("by %1,%2").arg(dx).arg(dy)); }
    engine::PointerMode pointerMode() const override { return mode; }
    void setLockLights(bool capsLock, bool numLock) override
    {
        log.append(QStringLiteral("locks %1%2").arg(capsLock).arg(numLock));
    }

private:
    static QString sign(engine::KeyMotion motion)
    {
        return motion == engine::KeyMotion::Press ? QStringLiteral("+") : QStringLiteral("-");
    }
};
