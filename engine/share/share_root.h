// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of this computer that a guest sees, and may not leave.
//
// Nothing is reached by a path: every object is an O_PATH descriptor that was opened by one name in
// a folder's descriptor (openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_MAGICLINKS and no link
// followed), or reopened by its own entry in /proc/self/fd. A folder that somebody moves out of the
// share while the guest has it is noticed, and refused.
//
// Any thread.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <mutex>
#include <string>

#include <sys/stat.h>

namespace engine::share {

// Of an open descriptor, for calls that take no O_PATH descriptor: chmod, setxattr, link, open.
class DescriptorPath final
{
public:
    explicit DescriptorPath(int descriptor);
    const char *text() const { return m_text; }

private:
    char m_text[32];
};

class ShareRoot final
{
public:
    // NotFound, Denied, or Unsupported where the kernel has no openat2 (before Linux 5.6).
    static Result<ShareRoot> open(const std::string &path);
    ShareRoot(ShareRoot &&other) noexcept;

    int descriptor() const { return m_root.get(); }

    // The entry itself, also when it is a link, as an O_PATH descriptor. Not open: errno is in
    // `error`.
    static Fd find(int folder, const char *name, int &error);
    // A new file; never one that is there.
    static Fd create(int folder, const char *name, int flags, mode_t mode, int &error);
    // What an O_PATH descriptor names, opened. The caller knows that it is a file or a folder.
    static Fd reopen(int descriptor, int flags, int &error);

    // 0 when the object is in the folder still; ESTALE when not, ENAMETOOLONG when that cannot be
    // told.
    int checkInside(int descriptor) const;

private:
    explicit ShareRoot(Fd root)
        : m_root(std::move(root))
    { }
    bool isUpwards(int descriptor) const;

    Fd m_root;
    mutable std::mutex m_mutex; // for the next
    mutable std::string m_path; // where the folder was when it was last asked for
};

} // namespace engine::share
