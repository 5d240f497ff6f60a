// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/existing_disk.h"

#include "engine/machine/backing_file.h"
#include "engine/machine/machine_check.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

#include <algorithm>

namespace engine {

using Severity = FitSentence::Severity;

namespace {

QString formatTitle(ImageFormat format)
{
    switch (format) {
    case ImageFormat::Raw:
        return QStringLiteral("Raw");
    case ImageFormat::Vhd:
        return QStringLiteral("VHD");
    case ImageFormat::Qcow2:
        return QStringLiteral("qcow2");
    default:
        return imageFormatName(format).toUpper();
    }
}

} // namespace

QList<FitSentence> existingDiskRemarks(const DiskFacts &facts, DiskSource source,
                                       const QString &user)
{
    QList<FitSentence> remarks;
    const auto say = [&remarks](Severity severity, const QString &text) {
        remarks.append({severity, FitSentence::Topic::Disk, text});
    };
    const bool isCopy = source == DiskSource::Copy;
    say(Severity::Good,
        QStringLiteral("%1 image of %2, of which %3 are in use")
            .arg(formatTitle(facts.format), binarySize(facts.virtualSizeBytes),
                 binarySize(facts.allocatedBytes)));
    if (!facts.missingBase.isEmpty()) {
        say(Severity::Problem,
            QStringLiteral("It is based on \"%1\", which is missing: put that file back, or choose "
                           "another disk")
                .arg(facts.missingBase));
    } else if (!facts.chain.isEmpty()) {
        const QString bases =
            QStringLiteral("\"%1\"").arg(facts.chain.join(QStringLiteral("\", \"")));
        say(isCopy ? Severity::Good : Severity::Warning,
            isCopy
                ? QStringLiteral("It is based on %1: the copy holds all of that and stands alone")
                      .arg(bases)
                : QStringLiteral("It is based on %1: those files must stay as and where they are")
                      .arg(bases));
    }
    if (facts.isLocked) {
        say(Severity::Problem,
            user.isEmpty()
                ? QStringLiteral("Another program has it open: close that first")
                : QStringLiteral("The machine \"%1\" is using it: power that off first").arg(user));
    } else if (!user.isEmpty()) {
        say(isCopy ? Severity::Good : Severity::Problem,
            isCopy ? QStringLiteral("It belongs to the machine \"%1\", which keeps it").arg(user)
                   : QStringLiteral("It belongs to the machine \"%1\": choose a copy of it")
                         .arg(user));
    }
    if (!facts.isWritable && !isCopy)
        say(Severity::Problem,
            QStringLiteral("You may not write to it, so that no system could start from it: "
                           "choose a copy, or change the file's permissions"));
    return remarks;
}

QString userOfDisk(const QString &path, const MachineStore &store)
{
    constexpr int MaxChain = 200;
    const QString wanted = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    for (const MachineEntry &entry : store.machines()) {
        for (const StorageController &controller : entry.definition.controllers) {
            for (const StorageAttachment &attachment : controller.attachments) {
                if (attachment.kind != MediumKind::HardDisk)
                    continue;
                QString used = resolvedPath(attachment, entry.folder);
                for (int i = 0; i < MaxChain && !used.isEmpty(); ++i) {
                    if (used == wanted)
                        return entry.displayName();
                    used = qcow2BackingFile(used);
                }
            }
        }
    }
    return {};
}

qint64 copySize(const DiskFacts &facts, bool isFullyAllocated)
{
    return isFullyAllocated ? facts.virtualSizeBytes
                            : std::min(facts.virtualSizeBytes, facts.allocatedBytes);
}

} // namespace engine
