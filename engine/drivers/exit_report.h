// SPDX-License-Identifier: GPL-3.0-or-later
// Why the guest's processors left it, for drivers that can tell: a Driver that counts is one of
// these as well. Main thread only.
#pragma once

#include "engine/vmm/exit_statistics.h"

#include <optional>

namespace engine {

class ExitReporter
{
public:
    virtual ~ExitReporter() = default;
    // Since the start or the last reset; nullopt while there is no machine.
    virtual std::optional<ExitStatistics> exitStatistics() const = 0;
    virtual void resetExitStatistics() = 0; // counts from now on
};

// What was added since `before`; rows without a change are left out.
ExitStatistics difference(const ExitStatistics &now, const ExitStatistics &before);

} // namespace engine
