// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/frame_notes.h"

#include <chrono>
#include <utility>

namespace display {

namespace {

// Beyond this, repainting what lies between is cheaper than the bookkeeping.
constexpr int MostRects = 32;

constexpr auto QuietTime = std::chrono::milliseconds(1);
// Half a refresh of a 60 Hz screen.
constexpr qint64 LongestWaitMs = 8;

} // namespace

FrameNotes::FrameNotes()
{
    m_quiet.setSingleShot(true);
    m_quiet.setTimerType(Qt::PreciseTimer);
    m_quiet.setInterval(QuietTime);
    connect(&m_quiet, &QTimer::timeout, this, &FrameNotes::lookWhetherQuiet);
}

FrameNotes::Notes FrameNotes::take()
{
    m_quiet.stop();
    const std::lock_guard lock(m_mutex);
    m_isPosted = false;
    return std::exchange(m_notes, {});
}

void FrameNotes::post(std::unique_lock<std::mutex> lock)
{
    ++m_count;
    const bool wasPosted = std::exchange(m_isPosted, true);
    lock.unlock();
    if (!wasPosted)
        QMetaObject::invokeMethod(this, &FrameNotes::begin, Qt::QueuedConnection);
}

void FrameNotes::begin()
{
    if (!m_waitsForQuiet) {
        emit arrived();
        return;
    }
    m_sinceFirst.start();
    {
        const std::lock_guard lock(m_mutex);
        m_seenCount = m_count;
    }
    m_quiet.start();
}

void FrameNotes::lookWhetherQuiet()
{
    quint64 count = 0;
    {
        const std::lock_guard lock(m_mutex);
        count = m_count;
    }
    const bool isQuiet = std::exchange(m_seenCount, count) == count;
    if (isQuiet || m_sinceFirst.elapsed() >= LongestWaitMs)
        emit arrived();
    else
        m_quiet.start();
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
