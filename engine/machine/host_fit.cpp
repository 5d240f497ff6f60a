// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/host_fit.h"

#include "engine/base/fd.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtCore/QMap>

#include <algorithm>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/un.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr qint64 MiB = 1024 * 1024;
constexpr qint64 GiB = 1024 * MiB;
// QEMU itself and our own process, beside the guest's memory.
constexpr qint64 ProcessBytes = 200 * MiB;
// What is left to everybody else before the computer counts as full.
constexpr qint64 ReserveBytes = 256 * MiB;
constexpr qint64 MemoryStep = 256 * MiB;
constexpr int MaxDepth = 4;

// A file on FAT has a 32-bit size (Microsoft, FAT: General Overview of On-Disk Format 1.03).
constexpr auto FatMagic = 0x4d44; // MSDOS_SUPER_MAGIC, statfs(2)
constexpr qint64 LargestFatFile = 4 * GiB - 1;

using Severity = FitSentence::Severity;
using Topic = FitSentence::Topic;

// The process that listens on a socket; 0 when nobody does.
pid_t ownerOf(const QString &socketPath)
{
    const QByteArray name = QFile::encodeName(socketPath);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() >= qsizetype(sizeof address.sun_path))
        return 0;
    std::memcpy(address.sun_path, name.constData(), std::size_t(name.size()));
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // sockaddr_un is made to be passed as sockaddr.
    if (!socket.isOpen()
        || ::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
            != 0)
        return 0;
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

QByteArray readProc(pid_t process, const QString &name)
{
    QFile file(QStringLiteral("/proc/%1/%2").arg(process).arg(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Of a process and what it started: proc(5), statm and children.
qint64 residentBytes(pid_t process, int depth = 0)
{
    const QList<QByteArray> pages = readProc(process, QStringLiteral("statm")).split(' ');
    qint64 bytes = pages.value(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
    if (depth == MaxDepth)
        return bytes;
    const QByteArray children = readProc(process, QStringLiteral("task/%1/children").arg(process));
    for (const QByteArray &child : children.simplified().split(' ')) {
        if (const int id = child.toInt(); id > 0)
            bytes += residentBytes(id, depth + 1);
    }
    return bytes;
}

QString nearestExisting(const QString &path)
{
    QString existing = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    while (!QFileInfo::exists(existing) && !QDir(existing).isRoot())
        existing = QFileInfo(existing).absolutePath();
    return existing;
}

QString mountPointOf(const QString &path)
{
    struct stat here = {};
    if (::stat(QFile::encodeName(path).constData(), &here) != 0)
        return path;
    QString at = QFileInfo(path).canonicalFilePath();
    while (!QDir(at).isRoot()) {
        const QString above = QFileInfo(at).path();
        struct stat facts = {};
        if (::stat(QFile::encodeName(above).constData(), &facts) != 0
            || facts.st_dev != here.st_dev)
            break;
        at = above;
    }
    return at;
}

// What running machines were promised and have not taken yet.
qint64 promisedBytes(const HostFacts &host)
{
    qint64 bytes = 0;
    for (const RunningMachine &machine : host.running) {
        if (machine.residentBytes >= 0)
            bytes += std::max(qint64(0), machine.memoryBytes - machine.residentBytes);
    }
    return bytes;
}

QString runningText(const HostFacts &host, qint64 promised)
{
    qint64 held = 0;
    for (const RunningMachine &machine : host.running)
        held += machine.memoryBytes;
    if (host.running.isEmpty())
        return {};
    QString text = QStringLiteral(" and running machines hold %1").arg(binarySize(held));
    if (promised >= MemoryStep)
        text += QStringLiteral(", of which they have yet to take %1").arg(binarySize(promised));
    return text;
}

QString memoryRemedy(qint64 mostBytes, const HostFacts &host)
{
    QStringList ways;
    if (mostBytes >= MemoryStep)
        ways.append(QStringLiteral("choose at most %1")
                        .arg(binarySize(mostBytes / MemoryStep * MemoryStep)));
    const auto largest =
        std::max_element(host.running.begin(), host.running.end(),
                         [](const RunningMachine &left, const RunningMachine &right) {
                             return left.memoryBytes < right.memoryBytes;
                         });
    if (largest != host.running.end())
        ways.append(QStringLiteral("power off \"%1\" (%2)")
                        .arg(largest->name, binarySize(largest->memoryBytes)));
    else
        ways.append(QStringLiteral("close other programs"));
    return ways.join(QStringLiteral(" or "));
}

FitSentence processorFit(int cpus, const HostFacts &host)
{
    if (cpus > host.cpus)
        return {Severity::Warning, Topic::Processors,
                QStringLiteral("%1 processors for this machine, and this computer has %2: they "
                               "will wait for one another")
                    .arg(cpus)
                    .arg(host.cpus)};
    if (cpus == host.cpus && cpus > 1)
        return {Severity::Warning, Topic::Processors,
                QStringLiteral("All %1 processors of this computer: everything else may feel slow "
                               "while the machine works")
                    .arg(cpus)};
    return {Severity::Good, Topic::Processors,
            QStringLiteral("%1 of this computer's %2 processors").arg(cpus).arg(host.cpus)};
}

FitSentence speed(const FitRequest &request)
{
    if (request.isAccelerated)
        return {Severity::Good, Topic::Speed, QStringLiteral("Hardware acceleration works")};
    QString text = QStringLiteral("The machine will be about 10 times slower, because hardware "
                                  "acceleration does not work");
    for (const QString &more : {request.accelerationReason, request.accelerationRemedy}) {
        if (!more.isEmpty())
            text += QStringLiteral(". ") + more;
    }
    return {Severity::Warning, Topic::Speed, text};
}

// All disks of one file system together.
struct Demand
{
    FolderFacts facts;
    qint64 atOnce = 0;
    qint64 growth = 0;
    int count = 0;
    int growing = 0;
};

QString diskText(const Demand &demand)
{
    if (demand.growing == 0)
        return demand.count == 1 ? QStringLiteral("The disk takes %1 at once")
                                 : QStringLiteral("The disks take %1 at once");
    return demand.count == 1 ? QStringLiteral("The disk can grow to %1")
                             : QStringLiteral("The disks can grow to %1 together");
}

FitSentence diskFit(const Demand &demand)
{
    const qint64 free = demand.facts.freeBytes;
    const QString place =
        QStringLiteral("%1 free on %2")
            .arg(binarySize(free), QDir::toNativeSeparators(demand.facts.mountPoint));
    if (demand.atOnce > free)
        return {Severity::Problem, Topic::Disk,
                QStringLiteral("Making the %1 takes %2 at once, with %3: choose another folder, a "
                               "smaller size or one that grows")
                    .arg(demand.count == 1 ? QStringLiteral("disk") : QStringLiteral("disks"),
                         binarySize(demand.atOnce), place)};
    const QString text = diskText(demand).arg(binarySize(demand.atOnce + demand.growth))
        + QStringLiteral(", with ") + place;
    if (demand.atOnce + demand.growth > free)
        return {Severity::Warning, Topic::Disk,
                text + QStringLiteral(": the machine will be paused when the file system is full")};
    return {Severity::Good, Topic::Disk, text + QStringLiteral(": fits")};
}

QList<FitSentence> diskFits(const QList<FitDisk> &disks, const FolderLook &look)
{
    QList<FitSentence> sentences;
    QMap<QString, Demand> demands;
    for (const FitDisk &disk : disks) {
        const FolderFacts facts = look(disk.folder);
        if (facts.largestFileBytes >= 0 && disk.virtualBytes > facts.largestFileBytes) {
            const bool isProblem = disk.bytesAtOnce > facts.largestFileBytes;
            sentences.append(
                {isProblem ? Severity::Problem : Severity::Warning, Topic::Disk,
                 QStringLiteral("A file on %1 can be at most %2, and the disk %3 %4: choose a "
                                "folder on another file system")
                     .arg(QDir::toNativeSeparators(facts.mountPoint),
                          binarySize(facts.largestFileBytes),
                          isProblem ? QStringLiteral("is") : QStringLiteral("can grow to"),
                          binarySize(disk.virtualBytes))});
        }
        if (facts.freeBytes < 0)
            continue;
        Demand &demand = demands[facts.mountPoint];
        demand.facts = facts;
        demand.atOnce += disk.bytesAtOnce;
        const qint64 growth = std::max(qint64(0), disk.virtualBytes - disk.bytesAtOnce);
        demand.growth += growth;
        ++demand.count;
        demand.growing += growth > 0 ? 1 : 0;
    }
    for (const Demand &demand : std::as_const(demands))
        sentences.append(diskFit(demand));
    return sentences;
}

} // namespace

HostFacts HostFacts::current()
{
    HostFacts facts;
    facts.cpus = std::max(1, int(::sysconf(_SC_NPROCESSORS_ONLN)));
    QFile file(QStringLiteral("/proc/meminfo"));
    if (!file.open(QIODevice::ReadOnly))
        return facts;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const QList<QByteArray> words = line.simplified().split(' ');
        if (words.size() < 2)
            continue;
        const qint64 bytes = words.at(1).toLongLong() * 1024;
        if (words.front() == "MemTotal:")
            facts.memoryBytes = bytes;
        else if (words.front() == "MemAvailable:")
            facts.freeMemoryBytes = bytes;
        else if (words.front() == "SwapFree:")
            facts.freeSwapBytes = bytes;
    }
    return facts;
}

HostFacts HostFacts::current(const QList<MachineEntry> &machines)
{
    HostFacts facts = current();
    for (const MachineEntry &machine : machines) {
        if (!machine.isAccessible() || !MachineLock::isHeld(machine.folder)
            || readState(machine.folder).state != PersistentState::Running)
            continue;
        const pid_t process = ownerOf(paths::controlSocket(machine.definition.uuid));
        facts.running.append({.name = machine.displayName(),
                              .memoryBytes = machine.definition.memoryMiB * MiB,
                              .residentBytes = process > 0 ? residentBytes(process) : -1});
    }
    return facts;
}

FolderFacts FolderFacts::of(const QString &folder)
{
    const QString existing = nearestExisting(folder);
    FolderFacts facts{.mountPoint = mountPointOf(existing)};
    struct statfs status = {};
    if (::statfs(QFile::encodeName(existing).constData(), &status) != 0)
        return facts;
    facts.freeBytes = qint64(status.f_bavail) * qint64(status.f_frsize);
    if (status.f_type == FatMagic)
        facts.largestFileBytes = LargestFatFile;
    return facts;
}

FitSentence predictMemoryFit(int memoryMiB, const HostFacts &host)
{
    const qint64 wanted = memoryMiB * MiB;
    const qint64 promised = promisedBytes(host);
    const qint64 free = std::max(qint64(0), host.freeMemoryBytes - promised - ReserveBytes);
    const QString start =
        QStringLiteral("%1 of memory for this machine; this computer has %2 free now%3: ")
            .arg(binarySize(wanted), binarySize(host.freeMemoryBytes), runningText(host, promised));
    if (wanted + ProcessBytes <= free)
        return {Severity::Good, Topic::Memory, start + QStringLiteral("fits")};
    const QString remedy = memoryRemedy(free - ProcessBytes, host);
    if (wanted + ProcessBytes <= free + host.freeSwapBytes)
        return {Severity::Warning, Topic::Memory,
                start
                    + QStringLiteral("this computer will swap and become slow. To avoid that, %1")
                          .arg(remedy)};
    return {Severity::Problem, Topic::Memory,
            start + QStringLiteral("does not fit. Before you start it, %1").arg(remedy)};
}

QList<FitSentence> predictFit(const FitRequest &request, const HostFacts &host,
                              const FolderLook &look)
{
    QList<FitSentence> sentences;
    if (host.memoryBytes > 0)
        sentences.append(predictMemoryFit(request.memoryMiB, host));
    sentences.append(processorFit(request.cpus, host));
    sentences += diskFits(request.disks, look);
    if (request.isAccelerationKnown)
        sentences.append(speed(request));
    return sentences;
}

QString binarySize(qint64 bytes)
{
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat);
}

} // namespace engine
