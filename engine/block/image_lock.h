// SPDX-License-Identifier: GPL-3.0-or-later
// Who may open an image: many readers, or one writer, of any program that follows QEMU's scheme of
// advisory byte locks (QEMU block/file-posix.c and docs/system/qemu-block-drivers.rst.inc, "Disk
// image file locking"). A lock goes with the open file; nothing is left behind by a crash.
#pragma once

#include "engine/base/result.h"

#include <cstdint>

namespace engine {

enum class ImageUse : std::uint8_t { Read, Write };

// Busy names who has it, as far as /proc tells. A file system without locks is no failure.
Result<> lockImage(int file, ImageUse use);

} // namespace engine
