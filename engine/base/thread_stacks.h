// SPDX-License-Identifier: GPL-3.0-or-later
// Stacks of threads that a huge page does not fit into. Where the kernel uses huge pages without
// being asked (transparent_hugepage/enabled: always), the first byte of a stack of 8 MiB, which is
// the usual size, may cost 2 MiB.
#pragma once

#include <cstddef>

#include <pthread.h>

namespace engine {

inline constexpr std::size_t ThreadStackBytes = 1 << 20;

// For threads that this process makes from now on without asking for a size, libraries' included.
inline void useSmallThreadStacks()
{
    pthread_attr_t attributes;
    if (::pthread_attr_init(&attributes) != 0)
        return; // then they are large
    ::pthread_attr_setstacksize(&attributes, ThreadStackBytes);
    ::pthread_setattr_default_np(&attributes);
    ::pthread_attr_destroy(&attributes);
}

} // namespace engine
