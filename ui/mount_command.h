// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody types in a Linux guest to use a shared folder, and the names that folders get.
// Pure.
#pragma once

#include "engine/machine/machine_definition.h"

namespace ui {

// "sudo mkdir -p /mnt/music && sudo mount -t virtiofs music /mnt/music", quoted for a shell.
QString mountCommand(const engine::SharedFolder &folder);
// A name for the folder that none of those taken has, and that a guest can have for it.
QString shareNameFor(const QString &path, const QStringList &taken);

} // namespace ui
