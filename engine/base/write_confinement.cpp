// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/write_confinement.h"

#include "engine/base/fd.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace engine {

namespace {

// ABI 3, which the oldest supported headers do not name (Documentation/userspace-api/landlock.rst).
constexpr std::uint64_t TruncateAccess = 1u << 14;
constexpr long AbiWithRefer = 2;
constexpr long AbiWithTruncate = 3;

std::uint64_t fileAccess(long abi)
{
    return LANDLOCK_ACCESS_FS_WRITE_FILE | (abi >= AbiWithTruncate ? TruncateAccess : 0);
}

std::uint64_t folderAccess(long abi)
{
    return fileAccess(abi) | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE
        | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG
        | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO
        | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER;
}

// Empty as long as nothing is confined.
std::vector<std::string> writableFolders;
bool areWritesConfined = false;

Error failure(const std::string &what)
{
    return Error(ErrorKind::Io, what + ": " + std::strerror(errno));
}

Result<> allow(int ruleset, const std::string &path, std::uint64_t access)
{
    const Fd place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!place.isOpen()) {
        if (errno == ENOENT || errno == ENOTDIR || errno == EACCES)
            return {}; // nobody writes there
        return failure("Cannot look at \"" + path + "\"");
    }
    landlock_path_beneath_attr rule{};
    rule.allowed_access = access;
    rule.parent_fd = place.get();
    if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        return failure("Cannot allow writing to \"" + path + "\"");
    return {};
}

} // namespace

Result<bool> confineWrites(const WritablePlaces &places)
{
    const long abi =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < AbiWithRefer)
        return false;
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = folderAccess(abi);
    const Fd ruleset(
        int(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
    if (!ruleset.isOpen())
        return failure("Cannot make a Landlock ruleset");
    for (const std::string &folder : places.folders)
        TRY(allow(ruleset.get(), folder, folderAccess(abi)));
    for (const std::string &file : places.files)
        TRY(allow(ruleset.get(), file, fileAccess(abi)));
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failure("Cannot give up gaining rights");
    if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
        return failure("Cannot put the Landlock ruleset into force");
    areWritesConfined = true;
    for (const std::string &folder : places.folders) {
        std::error_code unknown;
        const std::filesystem::path real = std::filesystem::canonical(folder, unknown);
        if (!unknown)
            writableFolders.push_back(real.string());
    }
    return true;
}

bool mayWriteBelow(const std::string &folder)
{
    return !areWritesConfined
        || std::any_of(writableFolders.begin(), writableFolders.end(),
                       [&folder](const std::string &allowed) {
                           return allowed == "/" || folder == allowed
                               || folder.starts_with(allowed + "/");
                       });
}

} // namespace engine
