// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/guest_lights.h"

namespace display {

namespace {

constexpr engine::ScanCode CapsLock = 0x3a;
constexpr engine::ScanCode NumLock = 0x45;

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
