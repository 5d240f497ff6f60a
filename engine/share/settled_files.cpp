// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/share/settled_files.h"

#include <algorithm>
#include <charconv>
#include <string>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace engine::share {

namespace {

// Not in every linux/magic.h.
constexpr long XfsMagic = 0x58465342; // fs/xfs/libxfs/xfs_format.h

// Those that write pages of their own back to a disk of their own.
bool isOnDisk(long type)
{
    return type == EXT4_SUPER_MAGIC // ext2's and ext3's too
        || type == XfsMagic || type == BTRFS_SUPER_MAGIC || type == F2FS_SUPER_MAGIC;
}

// Hundredths of a second; 0: unknown, or off.
int readSetting(const char *path)
{
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    char text[32];
    const ssize_t size = ::read(file, text, sizeof text);
    ::close(file);
    int value = 0;
    if (size > 0)
        std::from_chars(text, text + size, value);
    return std::max(value, 0);
}

} // namespace

std::optional<std::chrono::seconds> settlingTime(int folder)
{
    struct statfs status
    { };
    if (::fstatfs(folder, &status) != 0 || !isOnDisk(long(status.f_type)))
        return std::nullopt;
    const int expire = readSetting("/proc/sys/vm/dirty_expire_centisecs");
    const int writeback = readSetting("/proc/sys/vm/dirty_writeback_centisecs");
    if (expire == 0 || writeback == 0 || expire > 100'000 || writeback > 100'000)
        return std::nullopt;
    // Twice, as a disk can be busy.
    constexpr std::chrono::seconds Least(60);
    return std::max(Least, std::chrono::seconds(2 * (expire + writeback) / 100));
}

} // namespace engine::share
