// SPDX-License-Identifier: GPL-3.0-or-later
// When a file's times say all there is to say of its changes. They do not at once: two changes
// within a tick of the clock leave the same time, and what a program writes to memory that it has
// mapped changes the time only when the page was clean, which it is again after the kernel has
// written it back (Linux, Documentation/admin-guide/sysctl/vm.rst: dirty_expire_centisecs and
// dirty_writeback_centisecs).
#pragma once

#include <chrono>
#include <optional>

namespace engine::share {

// After this long without a change to a file's times, each change changes them. Nothing: never, as
// with a file system in memory or of another computer.
std::optional<std::chrono::seconds> settlingTime(int folder);

} // namespace engine::share
