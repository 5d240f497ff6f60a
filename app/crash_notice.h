// SPDX-License-Identifier: GPL-3.0-or-later
// A crash of the machine's process leaves its signal and the stack in the machine's log; without it
// the log would end in the middle, and nobody could tell a crash from a kill.
#pragma once

namespace app {

// SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT of any thread write to a copy of `descriptor` and
// then do what they did before, so that a core is dumped and the parent sees the signal. Once a
// process; a later call only changes the descriptor. A sanitizer's own handlers are left in place.
void noteCrashesIn(int descriptor);

} // namespace app
