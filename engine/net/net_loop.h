// SPDX-License-Identifier: GPL-3.0-or-later
// The thread that carries all frames of one process is a poll loop: libslirp wants to name its
// descriptors anew before each sleep (slirp_pollfds_fill), so every source does.
#pragma once

#include "engine/base/poll_loop.h"

namespace engine::net {

using NetLoop = PollLoop;
using Clock = PollClock;
using engine::PollSet;
using engine::PollSource;

} // namespace engine::net
