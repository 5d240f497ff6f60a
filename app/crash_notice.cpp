// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/crash_notice.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <string_view>

#include <execinfo.h>
#include <fcntl.h>
#include <unistd.h>

namespace app {

namespace {

constexpr std::array CrashSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr int MostFrames = 48;

std::atomic<int> s_descriptor = -1;

std::string_view crashName(int number)
{
    switch (number) {
    case SIGSEGV:
        return "SIGSEGV (invalid memory reference)";
    case SIGBUS:
        return "SIGBUS (memory that cannot be had)";
    case SIGFPE:
        return "SIGFPE (arithmetic error)";
    case SIGILL:
        return "SIGILL (illegal instruction)";
    default:
        return "SIGABRT (abort)";
    }
}

// Only what signal-safety(7) allows, and backtrace(), which is safe once it has been called.
void noteCrash(int number)
{
    const int descriptor = s_descriptor;
    const auto say = [descriptor](std::string_view text) {
        [[maybe_unused]] const ssize_t written = ::write(descriptor, text.data(), text.size());
    };
    say("This process crashed with ");
    say(crashName(number));
    say(". Please report it with these lines:\n");
    std::array<void *, MostFrames> frames;
    ::backtrace_symbols_fd(frames.data(), ::backtrace(frames.data(), MostFrames), descriptor);
    // SA_RESETHAND has put the default back; it acts as soon as this handler returns.
    ::raise(number);
}

// A thread that used up its stack has none left for the handler.
alignas(std::max_align_t) std::array<std::byte, 65536> s_stack;

} // namespace

void noteCrashesIn(int descriptor)
{
    const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    const int old = s_descriptor.exchange(copy);
    if (old >= 0) {
        ::close(old);
        return;
    }
    // The first call loads a library, which a handler may not.
    std::array<void *, 1> frame;
    ::backtrace(frame.data(), 1);
    const stack_t stack = {.ss_sp = s_stack.data(), .ss_flags = 0, .ss_size = s_stack.size()};
    ::sigaltstack(&stack, nullptr);
    for (const int number : CrashSignals) {
        struct sigaction before = {};
        ::sigaction(number, nullptr, &before);
        if (before.sa_handler != SIG_DFL)
            continue;
        struct sigaction action = {};
        action.sa_handler = noteCrash;
        action.sa_flags = static_cast<int>(SA_RESETHAND | SA_ONSTACK);
        ::sigaction(number, &action, nullptr);
    }
}

} // namespace app
