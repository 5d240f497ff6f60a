// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/helper_child.h"

#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace engine {

std::function<void()> asHelper(int deathSignal, std::vector<int> kept)
{
    // Between fork and exec: system calls only.
    return [deathSignal, kept = std::move(kept), parent = ::getpid()] {
        ::setsid();
        ::prctl(PR_SET_PDEATHSIG, deathSignal);
        // The parent may have died before the line above.
        if (::getppid() != parent)
            ::_exit(1);
        for (const int descriptor : kept)
            ::fcntl(descriptor, F_SETFD, 0);
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
    };
}

} // namespace engine
