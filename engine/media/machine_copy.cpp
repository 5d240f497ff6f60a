// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/media/machine_copy.h"

#include "engine/machine/backing_file.h"
#include "engine/machine/mac_address.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_move.h"
#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QPointer>

#include <algorithm>
#include <optional>

namespace engine {

namespace {

constexpr qint64 SpareBytes = 16 * 1024 * 1024;
constexpr int MaxChain = 64;

Error addContext(Error error, const MachineEntry &source)
{
    return std::move(error).context(
        QStringLiteral("Cannot copy the machine '%1'").arg(source.displayName()).toStdString());
}

// Bytes of the image with all it is based on.
qint64 chainBytes(QString path)
{
    qint64 bytes = 0;
    for (int i = 0; i < MaxChain && !path.isEmpty(); ++i) {
        bytes += allocatedBytes(QFileInfo(path).canonicalFilePath());
        path = qcow2BackingFile(path);
    }
    return bytes;
}

// An image in one file can be copied byte by byte, with all that is in it.
bool standsAlone(const QString &path, ImageFormat format)
{
    if (format == ImageFormat::Vmdk)
        return false; // may be a description of other files
    return format != ImageFormat::Qcow2
        || (qcow2BackingName(path).isEmpty() && !qcow2HasExternalData(path));
}

// "old.qcow2" and "old-1.qcow2" follow the machine's name; other names stay.
QString copiedName(const QString &file, const QString &oldName, const QString &newName,
                   const QStringList &taken)
{
    const QFileInfo info(file);
    QString base = info.completeBaseName();
    const QString rest = base.sliced(std::min(oldName.size(), base.size()));
    if (!oldName.isEmpty() && base.startsWith(oldName)
        && (rest.isEmpty() || !rest.front().isLetterOrNumber()))
        base = newName + rest;
    const QString suffix = info.suffix().isEmpty() ? QString() : QLatin1Char('.') + info.suffix();
    QString name = QStringLiteral("disks/") + base + suffix;
    for (int i = 2; taken.contains(name); ++i)
        name = QStringLiteral("disks/%1-%2%3").arg(base).arg(i).arg(suffix);
    return name;
}

Result<> planDisk(const MachineEntry &source, const MachineCopyRequest &request,
                  StorageAttachment &attachment, MachineCopyPlan &plan)
{
    const QString path = resolvedPath(attachment, source.folder);
    const QFileInfo info(path);
    if (attachment.kind != MediumKind::HardDisk || attachment.isReadOnly) {
        // It means the same file from the copy's folder.
        if (!attachment.path.isEmpty())
            attachment.path = path;
        return {};
    }
    if (info.exists() && !info.isFile() && !info.isDir()) {
        attachment.path = path;
        plan.notes.append(QStringLiteral("\"%1\" is a device of this computer, which cannot be "
                                         "copied: both machines will use it, so never run them at "
                                         "the same time.")
                              .arg(path));
        return {};
    }
    const ImageFormat format = TRY(probeImageFormat(path));
    QStringList taken;
    for (const MachineCopyPlan::Disk &disk : std::as_const(plan.disks)) {
        if (disk.source == path) { // attached twice
            attachment.path = disk.target;
            return {};
        }
        taken.append(disk.target);
    }
    MachineCopyPlan::Disk disk;
    disk.source = path;
    disk.target =
        copiedName(info.fileName(), request.keepsDiskNames ? QString() : source.definition.name,
                   request.name, taken);
    disk.isOutside = !path.startsWith(source.folder + QLatin1Char('/'));
    disk.bytes = chainBytes(path);
    if (!standsAlone(path, format)) {
        disk.format = imageFormatName(format);
        plan.notes.append(QStringLiteral("\"%1\" is spread over several files; its copy will be "
                                         "one file that stands alone.")
                              .arg(path));
    }
    if (disk.isOutside) {
        plan.notes.append(QStringLiteral("\"%1\" is not in the machine's folder; its copy will be "
                                         "in the new machine's.")
                              .arg(path));
    }
    attachment.path = disk.target;
    if (!disk.format.isEmpty())
        attachment.format = disk.format;
    plan.bytes += disk.bytes;
    plan.disks.append(disk);
    return {};
}

// Files that belong to the machine beside its disks.
QStringList ownItems(const QString &folder)
{
    return QDir(folder).entryList({QStringLiteral("nvram"), QStringLiteral("tpm")},
                                  QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot);
}

class Copier final
{
public:
    Copier(MachineCopyPlan plan, QString sourceFolder, TaskProgress &progress)
        : m_plan(std::move(plan))
        , m_sourceFolder(std::move(sourceFolder))
        , m_progress(progress)
    { }

    Result<MachineEntry> run()
    {
        m_progress.setTotal(m_plan.bytes);
        PartFolder part = TRY(makePartFolder(QFileInfo(m_plan.folder).absolutePath()));
        Result<MachineEntry> made = fill(part.path);
        if (!made)
            QDir(part.path).removeRecursively();
        return made;
    }

private:
    Result<MachineEntry> fill(const QString &part)
    {
        for (const char *name : {"/disks", "/Logs"}) {
            if (!QDir().mkdir(part + QLatin1String(name))) {
                return makeError(ErrorKind::Io,
                                 QStringLiteral("Cannot make a folder in \"%1\"").arg(part));
            }
        }
        for (const MachineCopyPlan::Disk &disk : std::as_const(m_plan.disks))
            TRY(copyDisk(disk, part + QLatin1Char('/') + disk.target));
        for (const QString &name : ownItems(m_sourceFolder)) {
            const QString from = m_sourceFolder + QLatin1Char('/') + name;
            const QString to = part + QLatin1Char('/') + name;
            if (!QFileInfo(from).isDir()) {
                TRY(copyFile(from, to, m_progress.meter()));
                continue;
            }
            if (!QDir().mkdir(to)) {
                return makeError(ErrorKind::Io,
                                 QStringLiteral("Cannot make the folder \"%1\"").arg(to));
            }
            TRY(copyFolder(from, to, {}, m_progress.meter()));
        }
        if (m_progress.isCancelled())
            return Error(ErrorKind::Cancelled, "Cancelled");
        MachineEntry copy = m_plan.copy;
        const QString file = QLatin1Char('/') + copy.definition.name + QStringLiteral(".vitrine");
        copy.folder = part;
        copy.definitionPath = part + file;
        TRY(writeMachine(copy));
        // While it grew it was nobody else's business.
        QFile::setPermissions(part, QFile::permissions(m_sourceFolder));
        if (const int reason = renameExclusively(part, m_plan.folder); reason != 0) {
            return makeError(ErrorKind::Busy,
                             QStringLiteral("\"%1\" exists already").arg(m_plan.folder),
                             QStringLiteral("Choose another name"));
        }
        copy.folder = m_plan.folder;
        copy.definitionPath = m_plan.folder + file;
        return copy;
    }

    Result<> copyDisk(const MachineCopyPlan::Disk &disk, const QString &target)
    {
        if (disk.format.isEmpty())
            return copyFile(disk.source, target, m_progress.meter());
        Result<> result;
        qint64 done = 0;
        const auto job = std::unique_ptr<ImageJob>(
            ImageJob::convert(disk.source, {.path = target, .format = imageFormatOf(disk.format)},
                              [&result](Result<> converted) { result = std::move(converted); }));
        QObject::connect(job.get(), &ImageJob::progressed, job.get(), [&](int percent) {
            const qint64 now = disk.bytes * percent / 100;
            if (!m_progress.advance(now - done))
                job->cancel();
            done = now;
        });
        job->waitForFinished();
        return result;
    }

    static ImageFormat imageFormatOf(const QString &word)
    {
        for (const ImageFormat format : {ImageFormat::Raw, ImageFormat::Qcow2, ImageFormat::Vdi,
                                         ImageFormat::Vmdk, ImageFormat::Vhd, ImageFormat::Vhdx}) {
            if (imageFormatName(format) == word)
                return format;
        }
        return ImageFormat::Unknown;
    }

    MachineCopyPlan m_plan;
    QString m_sourceFolder;
    TaskProgress &m_progress;
};

} // namespace

Result<MachineCopyPlan> planMachineCopy(const MachineStore &store, const MachineEntry &source,
                                        const MachineCopyRequest &request)
{
    if (!source.isAccessible())
        return addContext(*source.error, source);
    if (std::optional<Error> problem = store.nameProblem(request.name))
        return addContext(std::move(*problem), source);
    const QString base = QDir::cleanPath(
        QFileInfo(request.baseFolder.isEmpty() ? store.machineFolder() : request.baseFolder)
            .absoluteFilePath());
    for (const MachineEntry &other : store.machines()) {
        if (!request.uuid.isNull() && other.isAccessible()
            && other.definition.uuid == request.uuid) {
            return addContext(makeError(ErrorKind::Busy,
                                        QStringLiteral("The machine '%1' has the UUID {%2} already")
                                            .arg(other.displayName(),
                                                 request.uuid.toString(QUuid::WithoutBraces))),
                              source);
        }
    }
    MachineCopyPlan plan;
    plan.folder = base + QLatin1Char('/') + request.name;
    if (QFileInfo::exists(plan.folder)) {
        return addContext(makeError(ErrorKind::Busy,
                                    QStringLiteral("\"%1\" exists already").arg(plan.folder),
                                    QStringLiteral("Choose another name or folder")),
                          source);
    }
    if ((base + QLatin1Char('/')).startsWith(source.folder + QLatin1Char('/'))) {
        return addContext(
            makeError(ErrorKind::Invalid,
                      QStringLiteral("\"%1\" is inside the machine's own folder").arg(base),
                      QStringLiteral("Choose another folder")),
            source);
    }
    MachineDefinition &copy = plan.copy.definition;
    copy = source.definition;
    copy.uuid = request.uuid.isNull() ? QUuid::createUuid() : request.uuid;
    copy.name = request.name;
    copy.groups = request.groups.value_or(copy.groups);
    // Two of the same that start by themselves is what nobody meant.
    copy.isAutostartOn = false;
    for (NetworkAdapter &adapter : copy.adapters) {
        const bool isKept = request.macAddresses == MacAddresses::Keep
            || (request.macAddresses == MacAddresses::KeepOfNat
                && adapter.mode == NetworkMode::Nat);
        if (!isKept && !adapter.macAddress.isEmpty())
            adapter.macAddress = randomMacAddress();
    }
    for (StorageController &controller : copy.controllers) {
        for (StorageAttachment &attachment : controller.attachments) {
            if (Result<> planned = planDisk(source, request, attachment, plan); !planned)
                return addContext(std::move(planned).error(), source);
        }
    }
    if (source.definition.isAutostartOn)
        plan.notes.append(QStringLiteral("The copy will not start by itself with the session."));
    for (const QString &name : ownItems(source.folder))
        plan.bytes += allocatedBytes(source.folder + QLatin1Char('/') + name);
    const qint64 available = availableBytes(base);
    if (available >= 0 && available < plan.bytes + SpareBytes) {
        return addContext(
            makeError(ErrorKind::NoSpace,
                      QStringLiteral("\"%1\" has %2 MB free, but the copy takes %3 MB")
                          .arg(base)
                          .arg(available / (1024 * 1024))
                          .arg(plan.bytes / (1024 * 1024) + 1),
                      QStringLiteral("Free some space there, or choose another folder")),
            source);
    }
    return plan;
}

Result<MachineTask *> copyMachine(MachineStore &store, const MachineEntry &source,
                                  const MachineCopyRequest &request, MachineTask::Finished finished,
                                  QObject *parent)
{
    store.refresh();
    MachineCopyPlan plan = TRY(planMachineCopy(store, source, request));
    Result<MachineLock> lock = MachineLock::acquire(source.folder);
    if (!lock)
        return addContext(std::move(lock).error(), source);
    const auto held = std::make_shared<MachineLock>(std::move(*lock));
    return new MachineTask(
        [plan = std::move(plan), source, held](TaskProgress &progress) -> Result<MachineEntry> {
            Result<MachineEntry> made = Copier(plan, source.folder, progress).run();
            if (!made)
                return addContext(std::move(made).error(), source);
            return made;
        },
        [store = QPointer(&store),
         finished = std::move(finished)](const Result<MachineEntry> &made) {
            if (!made || !store) {
                finished(made);
                return;
            }
            finished(store->registerMachine(made->folder));
        },
        parent ? parent : &store);
}

} // namespace engine
