// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/frame_tee.h"

namespace display {

FrameTee::FrameTee(engine::FrameSource &source)
    : m_source(source)
{ }

FrameTee::~FrameTee()
{
    m_source.setListener(nullptr);
}

// After it returns the old listener is not called, which the source's own setListener() sees to.
void FrameTee::setListener(engine::FrameListener *listener)
{
    m_source.setListener(nullptr);
    m_listener = listener;
    update();
}

void FrameTee::setWatched(bool isWatched)
{
    if (m_isWatched == isWatched)
        return;
    m_isWatched = isWatched;
    update();
    m_source.setVisible(m_isVisible || m_isWatched);
}

void FrameTee::update()
{
    m_source.setListener(m_listener.load() != nullptr || m_isWatched ? this : nullptr);
}

void FrameTee::setVisible(bool visible)
{
    m_isVisible = visible;
    m_source.setVisible(m_isVisible || m_isWatched);
}

void FrameTee::frameDamaged(engine::FrameRect damage)
{
    ++m_changes;
    if (engine::FrameListener *const listener = m_listener)
        listener->frameDamaged(damage);
}

void FrameTee::frameResized()
{
    ++m_changes;
    if (engine::FrameListener *const listener = m_listener)
        listener->frameResized();
}

void FrameTee::cursorChanged()
{
    if (engine::FrameListener *const listener = m_listener)
        listener->cursorChanged();
}

} // namespace display
