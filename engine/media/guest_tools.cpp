// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/media/guest_tools.h"

#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"
#include "engine/media/guest_tools_image.h"
#include "engine/media/iso_writer.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>

#include <algorithm>

namespace engine {

namespace {

const QStringList Agents = {QStringLiteral("qemu-guest-agent"), QStringLiteral("spice-vdagent")};
constexpr std::chrono::seconds DownloadPatience{60};
constexpr qint64 MaxPackage = 16 << 20; // they are some hundred KiB

// Of several versions the one that came last.
QString findPackage(const QStringList &folders, const QString &name, const QString &architecture)
{
    for (const QString &folder : folders) {
        const QFileInfoList found =
            QDir(folder).entryInfoList({QStringLiteral("%1_*_%2.deb").arg(name, architecture)},
                                       QDir::Files | QDir::Readable, QDir::Time);
        const auto usable = std::find_if(found.begin(), found.end(), [](const QFileInfo &file) {
            return file.size() > 0 && file.size() <= MaxPackage;
        });
        if (usable != found.end())
            return usable->filePath();
    }
    return {};
}

Result<QByteArray> contents(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return makeError(ErrorKind::Io,
                         QStringLiteral("Cannot read \"%1\": %2").arg(path, file.errorString()));
    return file.readAll();
}

// apt-get download needs no rights: it reads the lists that are there and fetches into a folder.
Result<> downloadPackages(const QString &folder, const QStringList &packages)
{
    if (!QDir().mkpath(folder))
        return makeError(ErrorKind::Io,
                         QStringLiteral("Cannot create the folder \"%1\"").arg(folder));
    const QString program = QStandardPaths::findExecutable(QStringLiteral("apt-get"));
    if (program.isEmpty())
        return makeError(ErrorKind::Unsupported, QStringLiteral("there is no apt-get"));
    QProcess process;
    process.setWorkingDirectory(folder);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(program,
                  QStringList{QStringLiteral("-q"), QStringLiteral("download")} + packages);
    const bool hasEnded =
        process.waitForFinished(int(std::chrono::milliseconds(DownloadPatience).count()));
    if (hasEnded && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0)
        return {};
    if (!hasEnded) {
        process.kill();
        process.waitForFinished();
        return makeError(ErrorKind::Io, QStringLiteral("apt-get download took too long"));
    }
    const QString said = QString::fromLocal8Bit(process.readAllStandardError()).trimmed();
    return makeError(
        ErrorKind::Io,
        QStringLiteral("apt-get download failed: %1")
            .arg(said.isEmpty() ? process.errorString() : said.section(QLatin1Char('\n'), -1)));
}

} // namespace

PackageRelease hostRelease()
{
    PackageRelease release;
    QFile file(QStringLiteral("/etc/os-release"));
    if (!file.open(QIODevice::ReadOnly))
        return release;
    const QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
    for (const QString &line : lines) {
        QString value = line.section(QLatin1Char('='), 1);
        value.remove(QLatin1Char('"')).remove(QLatin1Char('\''));
        if (line.startsWith(QLatin1String("ID=")))
            release.id = value;
        else if (line.startsWith(QLatin1String("VERSION_ID=")))
            release.version = value;
    }
    QProcess dpkg;
    dpkg.start(QStringLiteral("dpkg"), {QStringLiteral("--print-architecture")});
    if (dpkg.waitForFinished(10'000) && dpkg.exitCode() == 0)
        release.architecture = QString::fromLatin1(dpkg.readAllStandardOutput()).trimmed();
    return release;
}

GuestToolsRequest usualGuestTools()
{
    GuestToolsRequest request;
    request.path = guestToolsImage();
    request.downloadFolder = paths::cacheFolder() + QStringLiteral("/guest-tools");
    request.packageFolders = {QStringLiteral("/var/cache/apt/archives"), request.downloadFolder};
    request.download = downloadPackages;
    return request;
}

Result<GuestTools> makeGuestTools(const GuestToolsRequest &request)
{
    GuestTools tools;
    tools.path = QFileInfo(request.path).absoluteFilePath();
    const QString sources = request.script.isEmpty()
        ? paths::dataFolder() + QStringLiteral("/guest-tools")
        : request.script;
    QList<IsoFile> files = {
        {QStringLiteral("README.txt"), TRY(contents(sources + QStringLiteral("/README.txt")))},
        {QStringLiteral("install.sh"), TRY(contents(sources + QStringLiteral("/install.sh"))),
         true}};

    if (!request.release.isKnown()) {
        tools.note = QStringLiteral("this computer's packages are not Debian's");
    } else {
        const auto find = [&request](const QString &name) {
            return findPackage(request.packageFolders, name, request.release.architecture);
        };
        QStringList missing;
        for (const QString &name : Agents)
            if (find(name).isEmpty())
                missing.append(name);
        if (!missing.isEmpty() && request.download) {
            const Result<> downloaded = request.download(request.downloadFolder, missing);
            if (!downloaded)
                tools.note = errorText(downloaded.error());
        }
        for (const QString &name : Agents) {
            const QString path = find(name);
            if (path.isEmpty()) {
                if (tools.note.isEmpty())
                    tools.note = QStringLiteral("there is no package %1 here").arg(name);
                continue;
            }
            const QByteArray bytes = TRY(contents(path));
            const QString file = QFileInfo(path).fileName();
            files.append({QStringLiteral("packages/") + file, bytes});
            tools.packages.append(file);
        }
        if (!tools.packages.isEmpty())
            files.append(
                {QStringLiteral("packages/release"),
                 QStringLiteral("%1 %2 %3\n")
                     .arg(request.release.id, request.release.version, request.release.architecture)
                     .toUtf8()});
    }
    const QString folder = QFileInfo(tools.path).path();
    if (!QDir().mkpath(folder))
        return makeError(ErrorKind::Io,
                         QStringLiteral("Cannot create the folder \"%1\"").arg(folder));
    TRY(writeIso(tools.path, QStringLiteral("VITRINE_TOOLS"), files));
    return tools;
}

} // namespace engine
