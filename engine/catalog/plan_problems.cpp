// SPDX-License-Identifier: GPL-3.0-or-later
// What would go wrong with a plan, looked at before anything is made.
#include "engine/catalog/existing_disk.h"
#include "engine/catalog/machine_maker.h"
#include "engine/drivers/qemu_firmware.h"
#include "engine/drivers/swtpm_process.h"
#include "engine/machine/machine_name.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

#include <algorithm>

#include <unistd.h>

namespace engine {

namespace {

constexpr qint64 MiB = 1024 * 1024;
// What an installation needs at the very least, whatever the data says.
constexpr qint64 SmallestFreeBytes = 64 * MiB;
// Two ports with two devices each; one of them is the optical drive.
constexpr int MostIdeDisks = 3;
constexpr int MostDisks = 20;

class PlanCheck final
{
public:
    PlanCheck(const NewMachinePlan &plan, const MachineStore &store)
        : m_plan(plan)
        , m_store(store)
        , m_base(plan.folder.isEmpty() ? store.machineFolder() : plan.folder)
    { }

    QList<PlanProblem> run()
    {
        checkName();
        if (!m_plan.isoPath.isEmpty() && !QFileInfo(m_plan.isoPath).isFile())
            say(PlanField::Medium,
                QStringLiteral("The image \"%1\" is missing").arg(m_plan.isoPath));
        if (m_plan.isNetworkBoot && m_plan.network == NetworkMode::None)
            say(PlanField::Network,
                QStringLiteral("Starting from the network needs a network card"));
        checkSizes();
        checkDisks();
        checkFirmware();
        return m_problems;
    }

private:
    void say(PlanField field, const QString &text, int disk = -1)
    {
        m_problems.append({field, text, disk});
    }

    void say(PlanField field, const Error &error)
    {
        const QString remedy = toQString(error.remedy());
        say(field,
            errorText(error) + (remedy.isEmpty() ? QString() : QStringLiteral(": ") + remedy));
    }

    void checkName()
    {
        if (const QString problem = machineNameProblem(m_plan.name); !problem.isEmpty())
            return say(PlanField::Name, problem);
        const QList<MachineEntry> machines = m_store.machines();
        const QString folder = m_base + QLatin1Char('/') + m_plan.name;
        if (std::any_of(machines.begin(), machines.end(), [this](const MachineEntry &entry) {
                return entry.displayName().compare(m_plan.name, Qt::CaseInsensitive) == 0;
            }))
            say(PlanField::Name,
                QStringLiteral("There is a machine named \"%1\" already").arg(m_plan.name));
        else if (QFileInfo::exists(folder))
            say(PlanField::Name, QStringLiteral("The folder \"%1\" exists already").arg(folder));
        checkFolder(PlanField::Folder, m_base, -1);
    }

    void checkFolder(PlanField field, const QString &folder, int disk)
    {
        QString existing = QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
        while (!QFileInfo::exists(existing) && !QDir(existing).isRoot())
            existing = QFileInfo(existing).absolutePath();
        if (!QFileInfo(existing).isDir())
            say(field, QStringLiteral("\"%1\" is not a folder").arg(existing), disk);
        else if (::access(QFile::encodeName(existing).constData(), W_OK | X_OK) != 0)
            say(field, QStringLiteral("You may not write to \"%1\"").arg(existing), disk);
    }

    void checkSizes()
    {
        const qint64 hostBytes = HostFacts::current().memoryBytes;
        const int least = std::max(m_plan.preset.minimumMemoryMiB, MachineDefinition::MinMemoryMiB);
        if (m_plan.memoryMiB < least) {
            say(PlanField::Memory,
                QStringLiteral("The system needs at least %1 MiB of memory").arg(least));
        } else if (hostBytes > 0 && m_plan.memoryMiB * MiB > hostBytes) {
            say(PlanField::Memory,
                QStringLiteral("This computer has only %1 of memory").arg(binarySize(hostBytes)));
        }
        if (m_plan.cpus < 1 || m_plan.cpus > MachineDefinition::MaxCpus)
            say(PlanField::Cpus,
                QStringLiteral("A machine can have from 1 to %1 CPUs")
                    .arg(MachineDefinition::MaxCpus));
    }

    void checkDisks()
    {
        const int most = m_plan.preset.diskBus == ControllerKind::Ide ? MostIdeDisks : MostDisks;
        if (m_plan.disks.size() > most)
            say(PlanField::Disk,
                QStringLiteral("A machine of this kind can have at most %1 disks").arg(most));
        if (m_plan.isDisposable && !m_plan.disks.isEmpty())
            say(PlanField::Disk,
                QStringLiteral("Only a machine without a disk can be thrown away"));
        QSet<QString> existing;
        for (int i = 0; i < m_plan.disks.size(); ++i) {
            const PlannedDisk &disk = m_plan.disks.at(i);
            if (disk.source == DiskSource::New)
                checkNewDisk(disk, i);
            else
                checkExistingDisk(disk, i);
            if (disk.source != DiskSource::Existing)
                checkPlace(disk, i);
            else if (existing.contains(disk.path))
                say(PlanField::Disk,
                    QStringLiteral("The disk \"%1\" is there twice").arg(disk.path), i);
            existing.insert(disk.source == DiskSource::Existing ? disk.path : QString());
        }
        // All that is taken at once, together.
        for (const FitSentence &sentence : predictFit(fitRequestFor(m_plan, m_store), {})) {
            if (sentence.topic == FitSentence::Topic::Disk
                && sentence.severity == FitSentence::Severity::Problem)
                say(PlanField::Disk, sentence.text);
        }
    }

    void checkNewDisk(const PlannedDisk &disk, int index)
    {
        // Further disks hold what they like.
        const qint64 least = index == 0 ? m_plan.preset.minimumDiskBytes : MiB;
        if (disk.sizeBytes <= 0) {
            say(PlanField::Disk, QStringLiteral("The disk needs a size"), index);
        } else if (disk.sizeBytes < least) {
            say(PlanField::Disk,
                QStringLiteral("The system needs a disk of at least %1").arg(binarySize(least)),
                index);
        }
        if (disk.isFullyAllocated)
            return; // predictFit() tells
        const QString folder = disk.folder.isEmpty() ? m_base : disk.folder;
        const qint64 free = freeBytesFor(folder);
        const qint64 needed = std::max(SmallestFreeBytes, std::min(disk.sizeBytes, least));
        if (free >= 0 && free < needed)
            say(PlanField::Disk,
                QStringLiteral("There is not enough space in \"%1\": %2 is free, %3 is needed")
                    .arg(folder, binarySize(free), binarySize(needed)),
                index);
    }

    void checkPlace(const PlannedDisk &disk, int index)
    {
        if (disk.format == ImageFormat::Unknown)
            say(PlanField::Disk, QStringLiteral("The disk needs a format"), index);
        if (disk.folder.isEmpty())
            return;
        if (!QDir::isAbsolutePath(disk.folder))
            return say(
                PlanField::Disk,
                QStringLiteral("The disk's folder \"%1\" is not a full path").arg(disk.folder),
                index);
        checkFolder(PlanField::Disk, disk.folder, index);
        const QString path = disk.folder + QLatin1Char('/') + diskFileName(m_plan, index);
        if (QFileInfo::exists(path))
            say(PlanField::Disk, QStringLiteral("\"%1\" exists already").arg(path), index);
    }

    void checkExistingDisk(const PlannedDisk &disk, int index)
    {
        if (disk.path.isEmpty())
            return say(PlanField::Disk, QStringLiteral("Choose the disk to use"), index);
        if (!QFileInfo(disk.path).isFile())
            return say(PlanField::Disk, QStringLiteral("\"%1\" is not a disk file").arg(disk.path),
                       index);
        if (disk.source == DiskSource::Existing
            && m_store.usedMedia(MediumKind::HardDisk)
                   .contains(QFileInfo(disk.path).absoluteFilePath()))
            say(PlanField::Disk,
                QStringLiteral("Another machine uses the disk \"%1\": choose a copy of it")
                    .arg(disk.path),
                index);
    }

    void checkFirmware()
    {
        const bool isUefi = m_plan.firmware == Firmware::Uefi;
        if (m_plan.isSecureBootOn && !isUefi) {
            say(PlanField::SecureBoot, QStringLiteral("Secure Boot needs UEFI firmware"));
        } else if (isUefi) {
            if (!findUefiFirmware({.chipset = m_plan.preset.chipset}) && !m_plan.isSecureBootOn)
                say(PlanField::Firmware,
                    QStringLiteral("No UEFI firmware is installed: install the package ovmf, or "
                                   "choose BIOS"));
            if (m_plan.isSecureBootOn) {
                const auto found =
                    findUefiFirmware({.chipset = m_plan.preset.chipset, .isSecureBootOn = true});
                if (!found)
                    say(PlanField::SecureBoot, found.error());
            }
        }
        if (m_plan.tpm != TpmModel::None) {
            if (const Result<> installed = checkTpmPrograms(); !installed)
                say(PlanField::Tpm, installed.error());
        }
    }

    const NewMachinePlan &m_plan;
    const MachineStore &m_store;
    QString m_base;
    QList<PlanProblem> m_problems;
};

} // namespace

QList<PlanProblem> planProblems(const NewMachinePlan &plan, const MachineStore &store)
{
    return PlanCheck(plan, store).run();
}

} // namespace engine
