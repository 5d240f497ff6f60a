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
    // The key of the definition file, with a slash where it has lists: "memoryMiB",
    // "controllers/SATA/0/0", "adapters/0/forwards/1/hostPort". For the UI to show it in place.
    QString field;
    QString text; // a sentence for the user

    bool operator==(const DefinitionProblem &) const = default;
};

// Another machine of this user, which may want the same disk or port.
struct OtherMachine
{
    QString folder;
    MachineDefinition definition;
};

// What is left empty is not looked at.
struct CheckContext
{
    QString machineFolder;
    std::function<bool(const QString &path)> fileExists;
    int hostMemoryMiB = 0;
    int hostCpus = 0;
    QList<OtherMachine> others = {};
};

QList<DefinitionProblem> checkDefinition(const MachineDefinition &definition,
                                         const CheckContext &context = {});

// Absolute path of an attachment; empty for an empty drive.
QString resolvedPath(const StorageAttachment &attachment, const QString &machineFolder);

} // namespace engine
