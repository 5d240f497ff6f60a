// SPDX-License-Identifier: GPL-3.0-or-later
// From what the data says about a system to the sizes and devices of a machine. Pure; what
// libosinfo's data does not say is decided here, by family. Private to engine/catalog.
#pragma once

#include "engine/catalog/os_catalog.h"

#include <QtCore/QSet>

#include <optional>

namespace engine {

// -1: not stated.
struct OsResources
{
    qint64 memoryBytes = -1;
    int cpus = -1;
    qint64 diskBytes = -1;
};

struct OsFacts
{
    OsInfo info;
    OsResources minimum;
    OsResources recommended;
    QSet<QString> devices; // osinfo's names: "virtio1.0-net"
    std::optional<bool> supportsBios;
    std::optional<bool> supportsUefi;
};

// Without facts: a recent Linux.
OsPreset presetFor(const std::optional<OsFacts> &facts);

} // namespace engine
