// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/guest_keyboard.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace display {

using engine::KeyMotion;
using engine::ScanCode;

void GuestKeyboard::setSink(engine::InputSink *sink)
{
    if (m_sink != sink)
        releaseAll();
    m_sink = sink;
}

void GuestKeyboard::send(ScanCode code, KeyMotion motion)
{
    if (m_sink)
        m_sink->key(code, motion);
}

GuestKeyboard::Outcome GuestKeyboard::press(ScanCode code, bool isRepeat)
{
    if (m_hostKeys.contains(code) && !isRepeat) {
        m_hostKeysDown.insert(code);
        if (m_hostKeysDown.size() == m_hostKeys.size()) {
            completeHostKey();
            return Outcome::Sent;
        }
    }
    if (isRepeat) {
        if (m_held.contains(code))
            send(code, KeyMotion::Press);
        return Outcome::Sent;
    }
    if (m_isHostKeyDown) {
        m_isHostKeyAlone = false;
        m_swallowed.insert(code);
        return Outcome::HostKeyChord;
    }
    if (!m_held.contains(code))
        m_held.append(code);
    send(code, KeyMotion::Press);
    return Outcome::Sent;
}

void GuestKeyboard::completeHostKey()
{
    for (const ScanCode code : std::as_const(m_hostKeys)) {
        if (m_held.removeOne(code))
            send(code, KeyMotion::Release);
    }
    m_isHostKeyDown = true;
    m_isHostKeyAlone = m_held.isEmpty();
}

GuestKeyboard::Outcome GuestKeyboard::release(ScanCode code)
{
    if (m_hostKeysDown.remove(code) && m_isHostKeyDown) {
        m_isHostKeyDown = false;
        return m_isHostKeyAlone ? Outcome::HostKeyAlone : Outcome::Sent;
    }
    if (m_swallowed.remove(code))
        return Outcome::Sent;
    if (m_held.removeOne(code))
        send(code, KeyMotion::Release);
    return Outcome::Sent;
}

void GuestKeyboard::releaseAll()
{
    const QList<ScanCode> held = std::exchange(m_held, {});
    for (auto code = held.rbegin(); code != held.rend(); ++code)
        send(*code, KeyMotion::Release);
    m_swallowed.clear();
    m_hostKeysDown.clear();
    m_isHostKeyDown = false;
}

void GuestKeyboard::sendChord(const QList<ScanCode> &chord)
{
    for (const ScanCode code : chord)
        send(code, KeyMotion::Press);
    for (auto code = chord.rbegin(); code != chord.rend(); ++code) {
        if (!m_held.contains(*code))
            send(*code, KeyMotion::Release);
    }
}

} // namespace display
