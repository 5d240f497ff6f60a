// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/saved_state.h"

#include "engine/machine/atomic_file.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_files.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr int Version = 1;
const QLatin1String Format("vitrine-saved-state");
const char *const DiscardRemedy = "Discard the saved state: the machine then starts from its disks "
                                  "as after a power cut";

QString unfinishedFolder(const QString &machineFolder)
{
    return machineFolder + QStringLiteral("/saved.new");
}

QString discardedFolder(const QString &machineFolder)
{
    return machineFolder + QStringLiteral("/saved.old");
}

QString manifestIn(const QString &folder)
{
    return folder + QStringLiteral("/state.json");
}

Error systemError(const QString &what, int reason)
{
    const ErrorKind kind = reason == ENOSPC || reason == EDQUOT  ? ErrorKind::NoSpace
        : reason == EACCES || reason == EPERM || reason == EROFS ? ErrorKind::Denied
                                                                 : ErrorKind::Io;
    return makeError(
        kind, QStringLiteral("%1: %2").arg(what, QString::fromLocal8Bit(std::strerror(reason))),
        kind == ErrorKind::NoSpace ? QStringLiteral("Free some space on that file system")
                                   : QString());
}

// A file that the guest reads or writes, as it was left.
struct FileFacts
{
    QString path; // as normalPath() has it
    bool isRegular = false;
    qint64 size = 0;
    qint64 modified = 0; // nanoseconds
};

QString normalPath(const QString &path, const QString &machineFolder)
{
    const QString prefix = machineFolder + QLatin1Char('/');
    return path.startsWith(prefix) ? path.mid(prefix.size()) : path;
}

Result<FileFacts> factsOf(const QString &path, const QString &machineFolder)
{
    struct stat facts = {};
    if (::stat(QFile::encodeName(path).constData(), &facts) != 0)
        return systemError(QStringLiteral("Cannot look at \"%1\"").arg(path), errno);
    FileFacts file;
    file.path = normalPath(path, machineFolder);
    file.isRegular = S_ISREG(facts.st_mode);
    if (file.isRegular) {
        file.size = facts.st_size;
        file.modified = qint64(facts.st_mtim.tv_sec) * 1000000000 + facts.st_mtim.tv_nsec;
    }
    return file;
}

QStringList filesOf(const MachineEntry &entry)
{
    QStringList files = diskFilesOf(entry);
    for (const StorageController &controller : entry.definition.controllers) {
        for (const StorageAttachment &attachment : controller.attachments) {
            const QString path = resolvedPath(attachment, entry.folder);
            if (attachment.kind != MediumKind::HardDisk && !path.isEmpty())
                files.append(path);
        }
    }
    files.removeDuplicates();
    return files;
}

struct Manifest
{
    MachineDefinition definition;
    QString driver;
    QList<FileFacts> files;
};

QByteArray manifestJson(const MachineEntry &entry, const QString &driverName,
                        const QList<FileFacts> &files)
{
    QJsonArray fileList;
    for (const FileFacts &file : files) {
        // As text: a JSON number has 53 bits.
        fileList.append(QJsonObject{{QStringLiteral("path"), file.path},
                                    {QStringLiteral("regular"), file.isRegular},
                                    {QStringLiteral("size"), QString::number(file.size)},
                                    {QStringLiteral("modified"), QString::number(file.modified)}});
    }
    MachineDefinition kept = entry.definition;
    kept.remoteDisplay.password.clear(); // the guest knows nothing of it
    const QJsonObject definition = QJsonDocument::fromJson(machineToJson(kept)).object();
    return QJsonDocument(QJsonObject{{QStringLiteral("format"), Format},
                                     {QStringLiteral("version"), Version},
                                     {QStringLiteral("saved"),
                                      QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs)},
                                     {QStringLiteral("driver"), driverName},
                                     {QStringLiteral("definition"), definition},
                                     {QStringLiteral("files"), fileList}})
        .toJson();
}

Result<Manifest> readManifest(const QString &savedState)
{
    const QString path = manifestIn(savedState);
    const QByteArray bytes = TRY(readSmallFile(path));
    const QJsonObject json = QJsonDocument::fromJson(bytes).object();
    if (json[QLatin1String("format")].toString() != Format)
        return makeError(ErrorKind::Corrupt,
                         QStringLiteral("\"%1\" does not describe a saved state").arg(path));
    const int version = json[QLatin1String("version")].toInt();
    if (version != Version)
        return makeError(ErrorKind::Unsupported,
                         QStringLiteral("The saved state was written by another version of Vitrine "
                                        "(format %1, this one knows %2)")
                             .arg(version)
                             .arg(Version));
    Manifest manifest;
    manifest.driver = json[QLatin1String("driver")].toString();
    manifest.definition =
        TRY(machineFromJson(QJsonDocument(json[QLatin1String("definition")].toObject()).toJson()));
    const QJsonArray files = json[QLatin1String("files")].toArray();
    for (const QJsonValue &value : files)
        manifest.files.append({value[QLatin1String("path")].toString(),
                               value[QLatin1String("regular")].toBool(),
                               value[QLatin1String("size")].toString().toLongLong(),
                               value[QLatin1String("modified")].toString().toLongLong()});
    return manifest;
}

// Everything in the folder, and the folder.
Result<> syncTree(const QString &folder)
{
    const QStringList names =
        QDir(folder).entryList(QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot);
    for (const QString &name : names) {
        const QString path = folder + QLatin1Char('/') + name;
        const int file = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
        const bool isSynced = file >= 0 && ::fsync(file) == 0;
        const int reason = errno;
        if (file >= 0)
            ::close(file);
        if (!isSynced)
            return systemError(QStringLiteral("Cannot write \"%1\" to the disk").arg(path), reason);
    }
    syncFolder(folder);
    return {};
}

Result<> renameFolder(const QString &from, const QString &to)
{
    if (::rename(QFile::encodeName(from).constData(), QFile::encodeName(to).constData()) != 0)
        return systemError(QStringLiteral("Cannot rename \"%1\" to \"%2\"").arg(from, to), errno);
    return {};
}

} // namespace

QString savedStateFolder(const QString &machineFolder)
{
    return machineFolder + QStringLiteral("/saved");
}

QString savedPicturePath(const QString &machineFolder)
{
    return savedStateFolder(machineFolder) + QStringLiteral("/screen.png");
}

bool hasSavedState(const QString &machineFolder)
{
    struct stat facts = {};
    const QByteArray path = QFile::encodeName(savedStateFolder(machineFolder));
    return ::lstat(path.constData(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

Result<QString> beginSavedState(const QString &machineFolder)
{
    const QString folder = unfinishedFolder(machineFolder);
    QDir(folder).removeRecursively();
    if (::mkdir(QFile::encodeName(folder).constData(), 0700) != 0)
        return systemError(QStringLiteral("Cannot make the folder \"%1\"").arg(folder), errno);
    return folder;
}

QString savedStateDriver(const QString &machineFolder)
{
    const Result<Manifest> manifest = readManifest(savedStateFolder(machineFolder));
    return manifest ? manifest->driver : QString();
}

Result<MachineDefinition> definitionWhenSaved(const QString &savedState)
{
    return TRY(readManifest(savedState)).definition;
}

Result<> commitSavedState(const MachineEntry &entry, const QString &driverName)
{
    const QString folder = unfinishedFolder(entry.folder);
    QList<FileFacts> files;
    for (const QString &path : filesOf(entry))
        files.append(TRY(factsOf(path, entry.folder)));
    TRY(writeFileAtomically(manifestIn(folder), manifestJson(entry, driverName, files)));
    TRY(syncTree(folder));
    // An older one that could not be deleted when it was used up.
    TRY(removeSavedState(entry.folder));
    TRY(renameFolder(folder, savedStateFolder(entry.folder)));
    syncFolder(entry.folder);
    return {};
}

void abandonSavedState(const QString &machineFolder)
{
    QDir(unfinishedFolder(machineFolder)).removeRecursively();
}

Result<> removeSavedState(const QString &machineFolder)
{
    if (!hasSavedState(machineFolder))
        return {};
    const QString away = discardedFolder(machineFolder);
    QDir(away).removeRecursively();
    TRY(renameFolder(savedStateFolder(machineFolder), away));
    syncFolder(machineFolder);
    QDir(away).removeRecursively();
    return {};
}

void removeSavedStateLeftovers(const QString &machineFolder)
{
    abandonSavedState(machineFolder);
    QDir(discardedFolder(machineFolder)).removeRecursively();
}

Result<> checkSavedState(const MachineEntry &entry)
{
    const auto refused = [&entry](Error error) {
        return std::move(error)
            .context(QStringLiteral("The saved state of \"%1\" cannot be used")
                         .arg(entry.definition.name)
                         .toStdString())
            .withRemedy(DiscardRemedy);
    };
    const Result<Manifest> manifest = readManifest(savedStateFolder(entry.folder));
    if (!manifest)
        return refused(Error(manifest.error()));
    const QStringList changes =
        hardwareChanges(manifest->definition, entry.definition, entry.folder);
    if (!changes.isEmpty())
        return refused(makeError(ErrorKind::Invalid,
                                 QStringLiteral("The machine was changed since it was saved: %1")
                                     .arg(changes.join(QStringLiteral(", ")))))
            .withRemedy("Change it back, or discard the saved state");
    for (const FileFacts &was : manifest->files) {
        const QString path = QDir(entry.folder).absoluteFilePath(was.path);
        const Result<FileFacts> now = factsOf(path, entry.folder);
        if (!now)
            return refused(Error(now.error()));
        if (was.isRegular && (was.size != now->size || was.modified != now->modified))
            return refused(makeError(
                ErrorKind::Invalid,
                QStringLiteral("\"%1\" was written to by another program since, at %2; going on "
                               "with what the guest remembers of it would damage its contents")
                    .arg(path,
                         QDateTime::fromMSecsSinceEpoch(now->modified / 1000000)
                             .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")))));
    }
    return {};
}

Result<> checkAgainstSavedState(const MachineEntry &wanted)
{
    if (!hasSavedState(wanted.folder))
        return {};
    const Result<Manifest> manifest = readManifest(savedStateFolder(wanted.folder));
    // One that cannot be read fits nothing; it is refused when it is to be used.
    if (!manifest)
        return {};
    const QStringList changes =
        hardwareChanges(manifest->definition, wanted.definition, wanted.folder);
    if (changes.isEmpty())
        return {};
    return makeError(ErrorKind::Busy,
                     QStringLiteral("The machine '%1' is saved and cannot get other hardware: %2")
                         .arg(wanted.displayName(), changes.join(QStringLiteral(", "))),
                     QStringLiteral("Start it and shut it down, or discard its saved state"));
}

namespace {

// Collects differences in words.
class Comparison final
{
public:
    explicit Comparison(const QString &machineFolder)
        : m_folder(machineFolder)
    { }

    template <class Enum>
    void word(const char *what, Enum was, Enum now)
    {
        text(what, enumName(was), enumName(now));
    }
    void number(const char *what, int was, int now, const char *unit = "")
    {
        text(what, QString::number(was) + QLatin1String(unit),
             QString::number(now) + QLatin1String(unit));
    }
    void toggle(const char *what, bool was, bool now) { text(what, onOff(was), onOff(now)); }
    void text(const QString &what, const QString &was, const QString &now)
    {
        if (was != now)
            changes.append(QStringLiteral("%1 (%2 when it was saved, %3 now)").arg(what, was, now));
    }
    void text(const char *what, const QString &was, const QString &now)
    {
        text(QString::fromLatin1(what), was, now);
    }

    void storage(const QList<StorageController> &was, const QList<StorageController> &now)
    {
        QStringList before;
        QStringList after;
        for (const StorageController &controller : was)
            before.append(describe(controller));
        for (const StorageController &controller : now)
            after.append(describe(controller));
        list("storage controllers", before, after);
        before.clear();
        after.clear();
        for (const StorageController &controller : was)
            before.append(describeMedia(controller));
        for (const StorageController &controller : now)
            after.append(describeMedia(controller));
        list("drives and media", before, after);
    }

    void list(const char *what, const QStringList &was, const QStringList &now)
    {
        if (was == now)
            return;
        QStringList gone = was;
        QStringList added = now;
        for (const QString &entry : now)
            gone.removeOne(entry);
        for (const QString &entry : was)
            added.removeOne(entry);
        const QString none = QStringLiteral("nothing");
        text(what, gone.isEmpty() ? none : gone.join(QStringLiteral(" and ")),
             added.isEmpty() ? none : added.join(QStringLiteral(" and ")));
        if (gone.isEmpty() && added.isEmpty())
            changes.append(QStringLiteral("the order of its %1").arg(QLatin1String(what)));
    }

    QStringList changes;

private:
    static QString onOff(bool isOn) { return isOn ? QStringLiteral("on") : QStringLiteral("off"); }
    static QString describe(const StorageController &controller)
    {
        return QStringLiteral("\"%1\" of kind %2 with %3 ports%4")
            .arg(controller.name, enumName(controller.kind))
            .arg(controller.portCount)
            .arg(controller.isBootable ? QString() : QStringLiteral(", not bootable"));
    }
    QStringList describeMedia(const StorageController &controller) const
    {
        QStringList media;
        for (const StorageAttachment &attachment : controller.attachments) {
            const QString path = normalPath(resolvedPath(attachment, m_folder), m_folder);
            media.append(
                QStringLiteral("%1 %2/%3/%4 with %5%6%7")
                    .arg(enumName(attachment.kind), controller.name)
                    .arg(attachment.port)
                    .arg(attachment.device)
                    .arg(path.isEmpty() ? QStringLiteral("no medium")
                                        : QStringLiteral("\"%1\"").arg(path),
                         attachment.isReadOnly ? QStringLiteral(" (read-only)") : QString(),
                         attachment.isSolidState ? QStringLiteral(" (solid-state)") : QString()));
        }
        return media;
    }

    QString m_folder;
};

QStringList describeAdapters(const MachineDefinition &definition)
{
    QStringList adapters;
    for (qsizetype i = 0; i < definition.adapters.size(); ++i) {
        const NetworkAdapter &adapter = definition.adapters[i];
        if (adapter.mode != NetworkMode::None)
            adapters.append(QStringLiteral("%1: %2 %3")
                                .arg(i + 1)
                                .arg(enumName(adapter.model), adapter.macAddress));
    }
    return adapters;
}

QStringList describeSerialPorts(const MachineDefinition &definition)
{
    QStringList ports;
    for (qsizetype i = 0; i < definition.serialPorts.size(); ++i)
        if (definition.serialPorts[i].isEnabled)
            ports.append(QStringLiteral("COM%1").arg(i + 1));
    return ports;
}

QStringList describeBootOrder(const MachineDefinition &definition)
{
    QStringList order;
    for (const BootDevice device : definition.bootOrder)
        order.append(enumName(device));
    return order;
}

} // namespace

QStringList hardwareChanges(const MachineDefinition &saved, const MachineDefinition &now,
                            const QString &machineFolder)
{
    Comparison compare(machineFolder);
    compare.text("its UUID", saved.uuid.toString(QUuid::WithoutBraces),
                 now.uuid.toString(QUuid::WithoutBraces));
    compare.number("memory", saved.memoryMiB, now.memoryMiB, " MiB");
    compare.number("processors", saved.cpus, now.cpus);
    compare.toggle("nested virtualization", saved.isNestedVirtualizationOn,
                   now.isNestedVirtualizationOn);
    compare.word("firmware", saved.firmware, now.firmware);
    compare.toggle("Secure Boot", saved.isSecureBootOn, now.isSecureBootOn);
    compare.word("TPM", saved.tpm, now.tpm);
    compare.word("chipset", saved.chipset, now.chipset);
    compare.word("clock", saved.clock, now.clock);
    compare.list("boot order", describeBootOrder(saved), describeBootOrder(now));
    compare.word("graphics", saved.video, now.video);
    compare.number("video memory", saved.videoMemoryMiB, now.videoMemoryMiB, " MiB");
    compare.number("monitors", saved.monitors, now.monitors);
    compare.word("sound", saved.audio, now.audio);
    compare.word("pointing device", saved.pointing, now.pointing);
    compare.word("keyboard", saved.keyboard, now.keyboard);
    compare.word("USB controller", saved.usb, now.usb);
    // What a Windows guest is offered by the processor depends on it.
    compare.toggle("Windows as its system", saved.osId.startsWith(QLatin1String("win")),
                   now.osId.startsWith(QLatin1String("win")));
    compare.storage(saved.controllers, now.controllers);
    compare.list("network adapters", describeAdapters(saved), describeAdapters(now));
    compare.list("serial ports", describeSerialPorts(saved), describeSerialPorts(now));
    return compare.changes;
}

} // namespace engine
