// SPDX-License-Identifier: GPL-3.0-or-later
// What the guest's keyboard holds down, and the host key. No widget. Main thread only.
//
// The host key is never sent. Pressed and released with nothing else in between it is "alone";
// another key pressed while it is held makes a chord, and that key is not sent either, nor is its
// release. Keys that went down before the host key stay the guest's.
//
// The host key may be two keys. Each alone is the guest's like any other; once both are down they
// are the host key, and the one the guest has seen is released there.
#pragma once

#include "engine/host/input_sink.h"

#include <QtCore/QList>
#include <QtCore/QSet>

namespace display {

class GuestKeyboard final
{
public:
    enum class Outcome {
        Sent, // to the guest, or nothing to do
        HostKeyAlone, // the host key was tapped
        HostKeyChord, // this key was pressed with the host key
    };

    void setSink(engine::InputSink *sink);
    void setHostKeys(const QList<engine::ScanCode> &codes) { m_hostKeys = codes; } // not empty
    const QList<engine::ScanCode> &hostKeys() const { return m_hostKeys; }
    bool isHostKeyDown() const { return m_isHostKeyDown; }

    // Repeats of a held key are sent as further presses, as PC keyboards do.
    Outcome press(engine::ScanCode code, bool isRepeat);
    Outcome release(engine::ScanCode code);
    // A click while the host key is down: it is not alone anymore.
    void spoilHostKey() { m_isHostKeyAlone = false; }

    // Everything up, in reverse order: the focus goes elsewhere.
    void releaseAll();
    // Presses in order, releases in reverse. A key the user holds is not released.
    void sendChord(const QList<engine::ScanCode> &chord);

private:
    void send(engine::ScanCode code, engine::KeyMotion motion);
    void completeHostKey();

    engine::InputSink *m_sink = nullptr;
    QList<engine::ScanCode> m_hostKeys = {engine::ScanCodeExtended | 0x1d};
    QSet<engine::ScanCode> m_hostKeysDown; // those of them the user holds
    QList<engine::ScanCode> m_held; // in the guest, in the order they went down
    QSet<engine::ScanCode> m_swallowed; // pressed with the host key, not yet released
    bool m_isHostKeyDown = false;
    bool m_isHostKeyAlone = false;
};

} // namespace display
