// SPDX-License-Identifier: GPL-3.0-or-later
// What every program that serves one machine has in common: a session of its own, no signal blocked
// (vitrine-vm reads its own from a descriptor), and an end when the machine's process ends.
#pragma once

#include <functional>
#include <vector>

namespace engine {

// For QProcess::setChildProcessModifier(). The thread that starts it has to stay as long as it is
// to live: the kernel sends `deathSignal` when that thread is gone. `kept` are the descriptors that
// it gets, by their numbers here.
std::function<void()> asHelper(int deathSignal, std::vector<int> kept = {});

} // namespace engine
