// SPDX-License-Identifier: GPL-3.0-or-later
// Which lock lights a guest has on, as far as one can know. A guest tells only when it sets them,
// and some never do (the BIOS, GRUB): then the lock keys that were pressed count. No connection
// here; main thread only.
#pragma once

#include "display/lock_lights.h"
#include "engine/host/input_sink.h"

#include <QtCore/QList>

#include <optional>

namespace display {

class GuestLights final
{
public:
    // What the server says. It repeats itself after each lock key, also for a guest that sets no
    // lights, so only a change is news of the guest's.
    void tell(const LockLights &told);
    bool isKnown() const { return m_told.has_value(); }
    void keyReleased(engine::ScanCode code);

    // The keys to tap for the guest to have these.
    QList<engine::ScanCode> keysFor(const LockLights &wanted) const;

private:
    std::optional<LockLights> m_told;
    LockLights m_lights;
};

} // namespace display
