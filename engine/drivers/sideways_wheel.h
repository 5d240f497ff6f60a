// SPDX-License-Identifier: GPL-3.0-or-later
// A mouse wheel's second axis, for drivers whose picture connection cannot carry it: SPICE has no
// button for it. A Driver that can turn it is one of these as well. Main thread only.
#pragma once

#include "engine/drivers/driver.h"

namespace engine {

class SidewaysWheel
{
public:
    virtual ~SidewaysWheel() = default;
    // In notches, to the right when positive. Unsupported where the guest's pointing device has no
    // such wheel.
    virtual void turnSideways(int notches, Driver::Reply reply) = 0;
};

} // namespace engine
