// SPDX-License-Identifier: GPL-3.0-or-later
// What a SPICE client's microphone hears, for a machine's sound_protocol.h socket (spice-audio.h).
// Of several clients the library takes the one that came last.
//
// On the server's thread only.
#pragma once

#include <spice.h>

namespace engine::spice {

class Microphone final
{
public:
    explicit Microphone(SpiceServer *server);
    ~Microphone(); // before the server
    Microphone(const Microphone &) = delete;
    Microphone &operator=(const Microphone &) = delete;

    // The guest listens, at so many frames a second, or does not.
    void start(unsigned rate);
    void stop();
    bool isOn() const { return m_isOn; }
    // What came since the last time. Where no client records that is nothing.
    void passOn(int socket);

private:
    SpiceRecordInstance m_record = {};
    bool m_isOn = false;
};

} // namespace engine::spice
