// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/guest_lights.h"

namespace display {

using engine::LockLights;

namespace {

constexpr engine::ScanCode CapsLock = 0x3a;
constexpr engine::ScanCode NumLock = 0x45;
constexpr engine::ScanCode ScrollLock = 0x46;

} // namespace

void GuestLights::tell(const LockLights &told)
{
    if (m_told != told)
        m_lights = told;
    m_told = told;
}

void GuestLights::keyReleased(engine::ScanCode code)
{
    if (code == CapsLock)
        m_lights.capsLock = !m_lights.capsLock;
    else if (code == NumLock)
        m_lights.numLock = !m_lights.numLock;
    else if (code == ScrollLock)
        m_lights.scrollLock = !m_lights.scrollLock;
}

QList<engine::ScanCode> GuestLights::keysFor(const LockLights &wanted) const
{
    QList<engine::ScanCode> keys;
    if (wanted.capsLock != m_lights.capsLock)
        keys.append(CapsLock);
    if (wanted.numLock != m_lights.numLock)
        keys.append(NumLock);
    return keys;
}

} // namespace display
