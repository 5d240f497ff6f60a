// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/report.h"

#include "engine/drivers/acceleration.h"
#include "engine/drivers/qemu_host.h"
#include "engine/machine/atomic_file.h"
#include "engine/machine/autostart.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QLibraryInfo>
#include <QtCore/QLocale>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QSysInfo>

#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace engine {

namespace {

// The end of a log tells what happened.
constexpr qint64 MaxLogBytes = 2 * 1024 * 1024;
constexpr int ProgramPatienceMs = 5000;

QByteArray tail(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return QByteArray("(cannot be read: ") + file.errorString().toUtf8() + ")\n";
    if (file.size() > MaxLogBytes)
        file.seek(file.size() - MaxLogBytes);
    return file.readAll();
}

QString firstLines(const QString &program, const QStringList &arguments, int lines = 1)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C"));
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments, QIODevice::ReadOnly);
    if (!process.waitForFinished(ProgramPatienceMs)) {
        process.kill();
        process.waitForFinished(ProgramPatienceMs);
        return QStringLiteral("(no answer)");
    }
    const QStringList all =
        QString::fromLocal8Bit(process.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    return lines < 0 ? all.join(QLatin1Char('\n')) : all.mid(0, lines).join(QLatin1Char('\n'));
}

QString fileField(const QString &path, const QString &field)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
    for (const QString &line : lines) {
        if (line.startsWith(field))
            return line.mid(field.size()).trimmed().remove(QLatin1Char('"'));
    }
    return {};
}

// Debian's names of what the product is made of and runs with.
QString packageVersions()
{
    const QString dpkg = QStandardPaths::findExecutable(QStringLiteral("dpkg-query"));
    if (dpkg.isEmpty())
        return QStringLiteral("(no dpkg here)");
    const QStringList packages{QStringLiteral("vitrine"),
                               QStringLiteral("qemu-system-x86"),
                               QStringLiteral("qemu-utils"),
                               QStringLiteral("seabios"),
                               QStringLiteral("ovmf"),
                               QStringLiteral("swtpm"),
                               QStringLiteral("libqt6core6"),
                               QStringLiteral("libqt6widgets6"),
                               QStringLiteral("qt6-wayland"),
                               QStringLiteral("libspice-client-glib-2.0-8"),
                               QStringLiteral("libspice-server1"),
                               QStringLiteral("libslirp0"),
                               QStringLiteral("libosinfo-1.0-0"),
                               QStringLiteral("osinfo-db"),
                               QStringLiteral("libarchive13"),
                               QStringLiteral("libc6"),
                               QStringLiteral("linux-image-amd64"),
                               QStringLiteral("systemd")};
    const QString said = firstLines(
        dpkg,
        QStringList{QStringLiteral("-W"), QStringLiteral("-f=${Package} ${Version}\\n")} + packages,
        -1);
    QStringList known;
    for (const QString &line : said.split(QLatin1Char('\n'))) {
        if (!line.startsWith(QLatin1String("dpkg-query:")) && line.contains(QLatin1Char(' ')))
            known.append(QStringLiteral("  ") + line);
    }
    return known.isEmpty() ? QStringLiteral("  (none of them)") : known.join(QLatin1Char('\n'));
}

QString accelerationText(const Acceleration &acceleration)
{
    QString text = acceleration.text;
    for (const QString &more : {acceleration.reason, acceleration.remedy}) {
        if (!more.isEmpty())
            text += QStringLiteral(". ") + more;
    }
    return text;
}

QString hostFacts(const ReportRequest &request)
{
    QString text;
    const auto add = [&text](const char *label, const QString &value) {
        text += QStringLiteral("%1: %2\n").arg(QLatin1String(label), value);
    };
    add("Vitrine", QStringLiteral(VITRINE_VERSION));
    struct utsname system = {};
    ::uname(&system); // without nodename, the computer's own
    add("Kernel",
        QStringLiteral("%1 %2 %3 %4")
            .arg(QLatin1String(system.sysname), QLatin1String(system.release),
                 QLatin1String(system.version), QLatin1String(system.machine)));
    add("System", fileField(QStringLiteral("/etc/os-release"), QStringLiteral("PRETTY_NAME=")));
    add("Processor",
        fileField(QStringLiteral("/proc/cpuinfo"), QStringLiteral("model name"))
            .remove(QLatin1Char(':'))
            .trimmed());
    add("Processors", QString::number(::sysconf(_SC_NPROCESSORS_ONLN)));
    for (const char *field : {"MemTotal:", "MemAvailable:", "SwapTotal:", "SwapFree:"})
        add(field, fileField(QStringLiteral("/proc/meminfo"), QLatin1String(field)));
    text.replace(QStringLiteral("::"), QStringLiteral(":"));
    add("Acceleration of this computer", accelerationText(hostAcceleration()));
    if (request.status)
        add("Acceleration of this run", accelerationText(request.status->acceleration));
    const Result<QString> qemu = findQemu();
    add("QEMU", qemu ? firstLines(*qemu, {QStringLiteral("--version")}) : errorText(qemu.error()));
    add("Qt",
        QString::fromLatin1(qVersion()) + QStringLiteral(", built with ")
            + QStringLiteral(QT_VERSION_STR));
    for (const char *name : {"XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "XDG_SESSION_DESKTOP",
                             "QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "LANG", "LC_ALL"})
        add(name, qEnvironmentVariable(name, QStringLiteral("(not set)")));
    add("Display",
        QStringLiteral("X11 %1, Wayland %2")
            .arg(qEnvironmentVariableIsEmpty("DISPLAY") ? QStringLiteral("no")
                                                        : QStringLiteral("yes"),
                 qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") ? QStringLiteral("no")
                                                                : QStringLiteral("yes")));
    struct statvfs space = {};
    if (::statvfs(QFile::encodeName(request.entry.folder).constData(), &space) == 0)
        add("Free where the machine is",
            QStringLiteral("%1 MiB").arg(quint64(space.f_bavail) * space.f_frsize / 1048576));
    add("Autostart",
        autostartProblem() ? errorText(*autostartProblem()) : QStringLiteral("possible"));
    text += request.desktopFacts;
    text += QStringLiteral("\nPackages:\n") + packageVersions() + QLatin1Char('\n');
    return text;
}

// As the driver wrote it into the log when it started QEMU last.
QByteArray commandLine(const QByteArray &log)
{
    QByteArray last;
    for (const QByteArray &line : log.split('\n')) {
        if (line.contains("qemu-system") && line.contains(" -"))
            last = line;
    }
    const qsizetype at = last.indexOf("qemu: ");
    if (at >= 0)
        last = last.mid(at + 6);
    return last.replace(" -", " \\\n  -");
}

QByteArray machineText(const ReportRequest &request)
{
    const MachineEntry &entry = request.entry;
    const StateRecord record = readState(entry.folder);
    QString text = QStringLiteral("Folder: %1\n").arg(entry.folder);
    if (!entry.isAccessible())
        text += QStringLiteral("Problem: %1\n").arg(errorText(*entry.error));
    if (request.status) {
        text += QStringLiteral("State: %1\nDriver: %2\nStart type: %3\n")
                    .arg(stateName(request.status->state), request.status->driver,
                         request.status->startType);
        if (request.status->problem)
            text += QStringLiteral("Problem: %1\n").arg(request.status->problem->text);
    } else {
        text += QStringLiteral("State: not running, last changed %1\n")
                    .arg(record.changed.isValid() ? record.changed.toString(Qt::ISODate)
                                                  : QStringLiteral("never"));
    }
    text += QStringLiteral("\nProblems of the definition:\n");
    const QList<DefinitionProblem> problems = checkDefinition(
        entry.definition,
        {entry.folder, [](const QString &path) { return QFileInfo::exists(path); }});
    for (const DefinitionProblem &problem : problems)
        text += QStringLiteral("  %1: %2\n").arg(problem.field, problem.text);
    if (problems.isEmpty())
        text += QStringLiteral("  none\n");
    text += QStringLiteral("\nFiles:\n");
    const QDir::Filters all = QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot;
    for (const QString &folder : {QString(), QStringLiteral("/disks"), QStringLiteral("/Logs")}) {
        for (const QFileInfo &item : QDir(entry.folder + folder).entryInfoList(all, QDir::Name)) {
            text += QStringLiteral("  %1  %2  %3%4\n")
                        .arg(item.lastModified().toUTC().toString(Qt::ISODate))
                        .arg(item.isDir() ? 0 : item.size(), 14)
                        .arg(folder.isEmpty() ? QString() : folder.mid(1) + QLatin1Char('/'),
                             item.fileName());
        }
    }
    return text.toUtf8();
}

// That of the remote display.
QByteArray withoutPassword(const QByteArray &definition)
{
    QJsonObject json = QJsonDocument::fromJson(definition).object();
    const QLatin1String place("remoteDisplay");
    const QLatin1String key("password");
    QJsonObject screen = json[place].toObject();
    if (screen[key].toString().isEmpty())
        return definition;
    screen[key] = QStringLiteral("PASSWORD");
    json[place] = screen;
    return QJsonDocument(json).toJson(QJsonDocument::Indented);
}

} // namespace

QList<ReportPart> collectReport(const ReportRequest &request, const Redaction &redaction)
{
    const MachineEntry &entry = request.entry;
    QList<ReportPart> parts;
    parts.append({QStringLiteral("host.txt"),
                  QStringLiteral("This computer: system, processor, memory, versions"),
                  hostFacts(request).toUtf8()});
    parts.append({QStringLiteral("machine.txt"),
                  QStringLiteral("What the machine does, its problems and its files' names"),
                  machineText(request)});
    Result<QByteArray> definition = readSmallFile(entry.definitionPath);
    if (definition)
        *definition = withoutPassword(*definition);
    parts.append({QStringLiteral("definition.json"), QStringLiteral("The machine's settings"),
                  definition ? *definition : QByteArray::fromStdString(definition.error().text())});
    if (const Result<QByteArray> state =
            readSmallFile(entry.folder + QStringLiteral("/state.json")))
        parts.append({QStringLiteral("state.json"),
                      QStringLiteral("When the machine ran last and how it ended"), *state});
    const QString logs = entry.folder + QStringLiteral("/Logs/");
    QByteArray newest;
    for (const QString &name :
         QDir(logs).entryList({QStringLiteral("*.log"), QStringLiteral("*.log.*")}, QDir::Files)) {
        const QByteArray text = tail(logs + name);
        if (name == QLatin1String("vitrine.log"))
            newest = text;
        parts.append({QStringLiteral("Logs/") + name,
                      QStringLiteral("What a run of the machine wrote down"), text});
    }
    if (const QByteArray line = commandLine(newest); !line.isEmpty())
        parts.append({QStringLiteral("qemu-command-line.txt"),
                      QStringLiteral("How QEMU was started"), line + '\n'});
    for (ReportPart &part : parts) {
        part.name = redaction.redacted(part.name);
        part.bytes = redaction.redacted(part.bytes);
    }
    if (!request.screenFile.isEmpty()) {
        QFile screen(request.screenFile);
        if (screen.open(QIODevice::ReadOnly))
            parts.append({QStringLiteral("screen.png"),
                          QStringLiteral("The machine's screen as it is now"), screen.readAll(),
                          false});
    }
    return parts;
}

QString reportFileName(const MachineEntry &entry)
{
    QString name = entry.displayName();
    for (QChar &c : name) {
        if (!c.isLetterOrNumber() && c != QLatin1Char('-') && c != QLatin1Char('_'))
            c = QLatin1Char('-');
    }
    return QStringLiteral("vitrine-report-%1-%2.tar.gz")
        .arg(name, QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd")));
}

} // namespace engine
