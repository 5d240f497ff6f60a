// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/headless_confinement.h"

#include "engine/base/log.h"
#include "engine/base/write_confinement.h"
#include "engine/drivers/kvm_saved_folders.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/saved_state.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <algorithm>

namespace engine {

namespace {

// Why this machine's process needs to write anywhere, or to gain rights; empty when it does not.
std::string reasonForFreedom(const MachineDefinition &definition)
{
    if (definition.isDisposable)
        return "its folder goes away with it";
    if (std::any_of(
            definition.adapters.cbegin(), definition.adapters.cend(),
            [](const NetworkAdapter &adapter) { return adapter.mode == NetworkMode::Bridged; }))
        return "a bridged network card needs a helper with rights of its own";
    for (const StorageController &controller : definition.controllers)
        for (const StorageAttachment &attachment : controller.attachments)
            if (attachment.kind == MediumKind::Floppy)
                return "a floppy of any folder may be inserted";
    return {};
}

std::string encoded(const QString &path)
{
    return QFile::encodeName(path).toStdString();
}

WritablePlaces placesOf(const MachineEntry &entry)
{
    WritablePlaces places;
    // /dev: /dev/kvm, /dev/null, shared memory. The kernel's own rights hold there as ever.
    for (const QString &folder : {entry.folder, paths::runtimeFolder(), paths::cacheFolder(),
                                  QDir::tempPath(), QStringLiteral("/dev")})
        places.folders.push_back(encoded(folder));
    for (const StorageController &controller : entry.definition.controllers)
        for (const StorageAttachment &attachment : controller.attachments)
            if (attachment.kind == MediumKind::HardDisk && !attachment.isReadOnly)
                places.files.push_back(encoded(resolvedPath(attachment, entry.folder)));
    for (const SharedFolder &folder : entry.definition.sharedFolders)
        if (!folder.isReadOnly)
            places.folders.push_back(encoded(folder.path));
    // And those that a saved guest was given for its run.
    for (const KvmFolderPlace &each :
         foldersToGoOnWith(savedStateFolder(entry.folder), entry.definition))
        if (!each.isUnwanted && !each.folder.isReadOnly)
            places.folders.push_back(encoded(each.folder.path));
    if (!entry.definition.recording.file.isEmpty()) // a film may be begun at any time
        places.folders.push_back(encoded(
            QFileInfo(QDir(entry.folder).absoluteFilePath(entry.definition.recording.file))
                .absolutePath()));
    for (const SerialPort &port : entry.definition.serialPorts)
        if (port.isEnabled && !port.path.isEmpty())
            // The file or socket itself is made at start.
            places.folders.push_back(
                encoded(QFileInfo(QDir(entry.folder).absoluteFilePath(port.path)).absolutePath()));
    return places;
}

} // namespace

void confineHeadlessMachine(const MachineEntry &entry)
{
    if (const std::string reason = reasonForFreedom(entry.definition); !reason.empty()) {
        log(LogLevel::Info, "session", "writing is not confined: " + reason);
        return;
    }
    // Only what is there can be named. What is wrong with it the start says in its own words.
    (void)paths::makePrivateFolder(paths::runtimeFolder());
    const Result<bool> isConfined = confineWrites(placesOf(entry));
    if (!isConfined)
        log(LogLevel::Warning, "session", "writing is not confined: " + isConfined.error().text());
    else
        log(LogLevel::Info, "session",
            *isConfined ? "this process writes to the machine's own places only (Landlock)"
                        : "writing is not confined: this computer's kernel has no Landlock");
}

} // namespace engine
