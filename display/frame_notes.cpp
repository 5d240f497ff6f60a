// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/frame_notes.h"

#include <utility>

namespace display {

namespace {

// Beyond this, repainting what lies between is cheaper than the bookkeeping.
constexpr int MostRects = 32;

} // namespace

FrameNotes::Notes FrameNotes::take()
{
    const std::lock_guard lock(m_mutex);
    m_isPosted = false;
    return std::exchange(m_notes, {});
}

void FrameNotes::post(std::unique_lock<std::mutex> lock)
{
    const bool wasPosted = std::exchange(m_isPosted, true);
    lock.unlock();
    if (!wasPosted)
        QMetaObject::invokeMethod(this, &FrameNotes::arrived, Qt::QueuedConnection);
}

void FrameNotes::frameDamaged(engine::FrameRect damage)
{
    std::unique_lock lock(m_mutex);
    m_notes.damage += QRect(damage.x, damage.y, damage.width, damage.height);
    if (m_notes.damage.rectCount() > MostRects)
        m_notes.damage = m_notes.damage.boundingRect();
    post(std::move(lock));
}

void FrameNotes::frameResized()
{
    std::unique_lock lock(m_mutex);
    m_notes.isResized = true;
    post(std::move(lock));
}

void FrameNotes::cursorChanged()
{
    std::unique_lock lock(m_mutex);
    m_notes.hasNewCursor = true;
    post(std::move(lock));
}

} // namespace display
