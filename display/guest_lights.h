// SPDX-License-Identifier: GPL-3.0-or-later
// Which lock lights a guest has on, as far as one can know. A guest tells only when it sets them,
// and some never do (the BIOS, GRUB): then the lock keys that were pressed count. No connection
// here; main thread only.
#pragma once

#include "engine/host/input_sink.h"

#include <QtCore/QList>

#include <optional>

namespace display {

class GuestLights final
{
public:
    // What the server says. It repeats itself after each lock key, also for a guest that sets no
    // lights, so only a change is news of the guest's.
    void tell(const engine::LockLights &told);
    bool isKnown() const { return m_told.has_value(); }
    engine::LockLights lights() const { return m_lights; }
    void keyReleased(engine::ScanCode code);

    // The keys to tap for the guest to have these; Scroll Lock stays the guest's own.
    QList<engine::ScanCode> keysFor(const engine::LockLights &wanted) const;

private:
    std::optional<engine::LockLights> m_told;
    engine::LockLights m_lights;
};

} // namespace display
