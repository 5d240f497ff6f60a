// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/share/folder_fence.h"

#include "engine/base/fd.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace engine::share {

namespace {

constexpr long OldestVersion = 2; // with LANDLOCK_ACCESS_FS_REFER
constexpr std::uint64_t Truncate = 1U << 14; // LANDLOCK_ACCESS_FS_TRUNCATE, since version 3

constexpr std::uint64_t Reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t Writing = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR
    | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG
    | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM
    | LANDLOCK_ACCESS_FS_REFER;
constexpr std::uint64_t Never =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK;

} // namespace

Result<bool> fenceFolder(int folder, bool isReadOnly)
{
    const long version =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < OldestVersion)
        return false;
    const std::uint64_t truncate = version >= 3 ? Truncate : 0;
    landlock_ruleset_attr rules{};
    rules.handled_access_fs = Reading | Writing | Never | truncate;
    const Fd set(int(::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0)));
    landlock_path_beneath_attr beneath{};
    beneath.allowed_access = isReadOnly ? Reading : Reading | Writing | truncate;
    beneath.parent_fd = folder;
    if (!set.isOpen()
        || ::syscall(SYS_landlock_add_rule, set.get(), LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0
        || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
        || ::syscall(SYS_landlock_restrict_self, set.get(), 0) != 0)
        return Error(ErrorKind::Io,
                     std::string("Cannot confine the sharing of a folder to it: ")
                         + std::strerror(errno));
    return true;
}

} // namespace engine::share
