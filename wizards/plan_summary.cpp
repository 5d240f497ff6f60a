// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/plan_summary.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>

namespace wizards {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(PlanSummary)
};

QString gigabytes(qint64 bytes)
{
    constexpr double Gibibyte = 1024.0 * 1024 * 1024;
    return Words::tr("%1 GB").arg(QLocale().toString(double(bytes) / Gibibyte, 'g', 4));
}

QString diskText(const engine::PlannedDisk &disk)
{
    switch (disk.source) {
    case engine::DiskSource::New:
        return Words::tr("new disk of %1").arg(gigabytes(disk.sizeBytes));
    case engine::DiskSource::Existing:
        return Words::tr("%1, used where it is").arg(QDir::toNativeSeparators(disk.path));
    case engine::DiskSource::Copy:
        return Words::tr("copy of %1").arg(QDir::toNativeSeparators(disk.path));
    }
    return {};
}

QString firmwareText(const engine::NewMachinePlan &plan)
{
    QString text = plan.firmware == engine::Firmware::Uefi ? Words::tr("UEFI") : Words::tr("BIOS");
    if (plan.isSecureBootOn)
        text = Words::tr("UEFI with Secure Boot");
    if (plan.tpm == engine::TpmModel::Tpm20)
        text += Words::tr(", TPM 2.0");
    else if (plan.tpm == engine::TpmModel::Tpm12)
        text += Words::tr(", TPM 1.2");
    return text;
}

QString networkText(engine::NetworkMode mode)
{
    switch (mode) {
    case engine::NetworkMode::None:
        return Words::tr("no card");
    case engine::NetworkMode::NotAttached:
        return Words::tr("a card without a network");
    default:
        return Words::tr("NAT");
    }
}

} // namespace

QString briefSummary(const engine::NewMachinePlan &plan)
{
    QStringList parts{Words::tr("%1 of memory").arg(gigabytes(qint64(plan.memoryMiB) << 20)),
                      plan.cpus == 1 ? Words::tr("1 processor")
                                     : Words::tr("%1 processors").arg(plan.cpus)};
    if (plan.disks.isEmpty())
        parts.append(plan.isDisposable ? Words::tr("no disk, goes away at power-off")
                                       : Words::tr("no disk"));
    for (const engine::PlannedDisk &disk : plan.disks)
        parts.append(diskText(disk));
    parts.append(firmwareText(plan));
    //: A list of what a machine will have
    return Words::tr("The machine gets %1.").arg(parts.join(Words::tr(", ")));
}

QString fullSummary(const engine::NewMachinePlan &plan, const QString &system,
                    const QString &machineFolder)
{
    QString rows;
    const auto row = [&rows](const QString &label, const QString &value) {
        rows += QStringLiteral("<tr><td style='padding-right: 12px'><b>%1</b></td><td>%2</td></tr>")
                    .arg(label.toHtmlEscaped(), value.toHtmlEscaped());
    };
    row(Words::tr("Name"), plan.name);
    row(Words::tr("System"), system);
    row(Words::tr("Folder"),
        QDir::toNativeSeparators(
            QDir(plan.folder.isEmpty() ? machineFolder : plan.folder).filePath(plan.name)));
    QStringList media;
    if (plan.isNetworkBoot)
        media.append(Words::tr("the network"));
    if (!plan.isoPath.isEmpty())
        media.append(QFileInfo(plan.isoPath).fileName());
    row(Words::tr("Installed from"),
        media.isEmpty() ? Words::tr("nothing") : media.join(Words::tr(", ")));
    row(Words::tr("Memory"), gigabytes(qint64(plan.memoryMiB) << 20));
    row(Words::tr("Processors"), QString::number(plan.cpus));
    row(Words::tr("Firmware"), firmwareText(plan));
    if (plan.disks.isEmpty())
        row(Words::tr("Disk"),
            plan.isDisposable ? Words::tr("none; the machine goes away at power-off")
                              : Words::tr("none"));
    for (const engine::PlannedDisk &disk : plan.disks)
        row(Words::tr("Disk"), diskText(disk));
    row(Words::tr("Network"), networkText(plan.network));
    return QStringLiteral("<table>%1</table>").arg(rows);
}

} // namespace wizards
