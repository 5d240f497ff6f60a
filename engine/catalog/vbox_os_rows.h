// SPDX-License-Identifier: GPL-3.0-or-later
// The table behind vboxOsTypes(). Private to engine/catalog.
#pragma once

#include <span>

namespace engine {

enum class VBoxCpu { Pc32, Pc64, Arm64 };

struct VBoxOsRow
{
    const char *id;
    const char *description;
    const char *family;
    VBoxCpu cpu;
    const char *osId; // osinfo's short id; empty for none
};

std::span<const VBoxOsRow> vboxOsRows();

} // namespace engine
