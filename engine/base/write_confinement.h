// SPDX-License-Identifier: GPL-3.0-or-later
// A process that writes only where it says beforehand (landlock(7)): what a guest that took the
// process over could otherwise do to its user's files. Reading, sockets, open descriptors and what
// is started by other programs stay as they are.
#pragma once

#include "engine/base/result.h"

#include <string>
#include <vector>

namespace engine {

struct WritablePlaces
{
    std::vector<std::string> folders; // all below may be written, made, renamed and removed
    std::vector<std::string> files; // these may be written; block devices, too
};

// For the calling thread, what it starts from now on (threads, programs) and for good: call it
// before there are threads. Programs lose their setuid rights with it (no_new_privs). A place that
// is not there is left out. False where the kernel has no Landlock, or a version before moving
// files between folders could be allowed (Linux 5.19).
Result<bool> confineWrites(const WritablePlaces &places);

// Whether confineWrites() lets this process write below the folder (a real path, no links in it);
// always true where it was not called.
bool mayWriteBelow(const std::string &folder);

} // namespace engine
