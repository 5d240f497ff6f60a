// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/kvm_display.h"

#include <utility>

namespace engine {

void KvmScreen::setTarget(FrameSource *target)
{
    if (m_target != nullptr) {
        m_target->setListener(nullptr);
        // What is only lent is gone with its owner.
        m_lastFrame = m_target->frame();
        if (!m_lastFrame.keepAlive)
            m_lastFrame = {};
    }
    m_target = target;
    if (m_target == nullptr)
        return;
    m_lastFrame = {};
    m_target->setVisible(m_isVisible);
    m_target->setListener(m_listener);
    if (m_listener != nullptr)
        m_listener->frameResized();
}

Frame KvmScreen::frame() const
{
    return m_target != nullptr ? m_target->frame() : m_lastFrame;
}

CursorImage KvmScreen::cursor() const
{
    return m_target != nullptr ? m_target->cursor() : CursorImage();
}

void KvmScreen::setListener(FrameListener *listener)
{
    m_listener = listener;
    if (m_target != nullptr)
        m_target->setListener(listener);
}

void KvmScreen::setVisible(bool visible)
{
    m_isVisible = visible;
    if (m_target != nullptr)
        m_target->setVisible(visible);
}

void KvmInput::setTarget(InputSink *target)
{
    if (m_target != nullptr)
        m_target->setChangeListener({});
    m_target = target;
    if (m_target == nullptr)
        return;
    m_target->setChangeListener(m_changed);
    if (m_changed)
        m_changed();
}

void KvmInput::setChangeListener(std::function<void()> changed)
{
    m_changed = std::move(changed);
    if (m_target != nullptr)
        m_target->setChangeListener(m_changed);
}

std::optional<LockLights> KvmInput::lockLights() const
{
    return m_target != nullptr ? m_target->lockLights() : std::nullopt;
}

void KvmInput::key(ScanCode code, KeyMotion motion)
{
    if (m_target != nullptr)
        m_target->key(code, motion);
}

void KvmInput::button(PointerButton button, KeyMotion motion)
{
    if (m_target != nullptr)
        m_target->button(button, motion);
}

void KvmInput::position(int x, int y)
{
    if (m_target != nullptr)
        m_target->position(x, y);
}

void KvmInput::motion(int dx, int dy)
{
    if (m_target != nullptr)
        m_target->motion(dx, dy);
}

PointerMode KvmInput::pointerMode() const
{
    return m_target != nullptr ? m_target->pointerMode() : PointerMode::Absolute;
}

void KvmInput::setLockLights(bool capsLock, bool numLock)
{
    if (m_target != nullptr)
        m_target->setLockLights(capsLock, numLock);
}

} // namespace engine
