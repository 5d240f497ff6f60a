// SPDX-License-Identifier: GPL-3.0-or-later
// Which of a keyboard's lock lights are on, of those that host and guest share.
#pragma once

namespace display {

struct LockLights
{
    bool capsLock = false;
    bool numLock = false;

    bool operator==(const LockLights &) const = default;
};

} // namespace display
