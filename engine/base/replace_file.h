// SPDX-License-Identifier: GPL-3.0-or-later
// Writing a small file so that whatever happens either the old or the new content is there.
// Any thread; waits for the disk.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <span>
#include <string>

namespace engine {

// Written beside ("<path>.new"), synced, renamed. A file that is there keeps its permissions; a new
// one is for its owner only. A symbolic link is followed.
Result<> replaceFile(const std::string &path, std::span<const std::uint8_t> content);

} // namespace engine
