// SPDX-License-Identifier: GPL-3.0-or-later
// What a thread that handles a guest's data may ask of the kernel (seccomp(2)). Filters are per
// thread and for good; threads of one process share their memory, so this limits what code that was
// taken over can do directly, not what it can make other threads do.
//
// A call that is not allowed fails with EPERM rather than ending the program: a C library that
// makes one call more than today's must not cost anybody a machine.
#pragma once

#include <cstdint>

namespace engine {

// Sanitizers open files and read their own memory through the kernel on whatever thread finds
// something, so under them nothing is confined.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool AreThreadsConfined = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool AreThreadsConfined = false;
#else
inline constexpr bool AreThreadsConfined = true;
#endif
#else
inline constexpr bool AreThreadsConfined = true;
#endif

enum class ThreadRole : std::uint8_t {
    Vcpu, // runs the guest, wakes others, hands disks their requests
    Block, // reads and writes files that are open
    Share, // finds, makes and changes files, but not how open ones wait; its threads' threads, too.
           // Lock it up by Landlock as well
    Network, // makes connections; starts no program, changes no rights
};

// Of the calling thread, from now on. Where the kernel has no seccomp it says so once in the log.
void confineThread(ThreadRole role);

} // namespace engine
