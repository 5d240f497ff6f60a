// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a definition, before anybody tries to start it. Pure: looks at values, and at
// files only through `fileExists`.
#pragma once

#include "engine/machine/machine_definition.h"

#include <functional>

namespace engine {

struct DefinitionProblem
{
    enum class Severity { Warning, Error };
    Severity severity = Severity::Error;
    QString field; // "memoryMiB", "controllers/SATA/0/0": for the UI to show it in place
    QString text;  // a sentence for the user
};

struct CheckContext
{
    QString machineFolder;
    std::function<bool(const QString &path)> fileExists; // empty: files are not looked at
};

QList<DefinitionProblem> checkDefinition(const MachineDefinition &definition,
                                         const CheckContext &context = {});

// Absolute path of an attachment; empty for an empty drive.
QString resolvedPath(const StorageAttachment &attachment, const QString &machineFolder);

} // namespace engine
