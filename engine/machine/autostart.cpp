// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/autostart.h"

#include "engine/machine/atomic_file.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <cerrno>

#include <pwd.h>
#include <unistd.h>

namespace engine {

namespace {

const QLatin1String Prefix("vitrine-");
const QLatin1String Suffix(".service");
// A start answers when the guest runs, and a slow computer takes its time.
constexpr int StartSeconds = 300;
constexpr int StopSeconds = 600;

// systemd.unit(5), "Specifiers": a percent sign is doubled.
QString unitText(const QString &text)
{
    QString plain;
    for (const QChar character : text)
        plain += character.isPrint() ? character : QLatin1Char(' ');
    return plain.replace(QLatin1Char('%'), QLatin1String("%%"));
}

// systemd.service(5), "Command lines": quotes, backslashes and dollars mean something.
QString unitWord(const QString &word)
{
    QString text = unitText(word);
    text.replace(QLatin1Char('\\'), QLatin1String("\\\\"));
    text.replace(QLatin1Char('"'), QLatin1String("\\\""));
    text.replace(QLatin1Char('$'), QLatin1String("$$"));
    return QLatin1Char('"') + text + QLatin1Char('"');
}

QString unitPath(const QUuid &uuid, const QString &unitFolder)
{
    return unitFolder + QLatin1Char('/') + autostartUnitName(uuid);
}

QString linkPath(const QUuid &uuid, const QString &unitFolder)
{
    return unitFolder + QStringLiteral("/default.target.wants/") + autostartUnitName(uuid);
}

QString userName()
{
    const struct passwd *user = ::getpwuid(::geteuid());
    return user ? QString::fromLocal8Bit(user->pw_name) : QString();
}

Result<> remove(const QString &path)
{
    if (::unlink(QFile::encodeName(path).constData()) == 0 || errno == ENOENT || errno == ENOTDIR)
        return {};
    return fileError("remove", path, errno);
}

} // namespace

QString autostartUnitFolder(const QString &configFolder)
{
    return QFileInfo(configFolder).absolutePath() + QStringLiteral("/systemd/user");
}

QString autostartUnitName(const QUuid &uuid)
{
    return Prefix + uuid.toString(QUuid::WithoutBraces) + Suffix;
}

QByteArray autostartUnit(const MachineDefinition &definition, const QString &program)
{
    const QString uuid = definition.uuid.toString(QUuid::WithoutBraces);
    const int delay = definition.autostartDelaySeconds;
    QString text;
    text += QStringLiteral("# Written by Vitrine, and removed with the machine's Autostart setting."
                           "\n[Unit]\n");
    text += QStringLiteral("Description=Virtual machine %1\n").arg(unitText(definition.name));
    text += QStringLiteral("Documentation=man:vitrinectl(1)\n\n[Service]\nType=oneshot\n"
                           "RemainAfterExit=yes\n");
    // Only where the user's own folder is not the usual one: a session's services do not see what
    // a shell's startup file sets.
    const QString config = qEnvironmentVariable("XDG_CONFIG_HOME");
    if (!config.isEmpty() && config != QDir::homePath() + QStringLiteral("/.config"))
        text += QStringLiteral("Environment=%1\n")
                    .arg(unitWord(QStringLiteral("XDG_CONFIG_HOME=") + config)
                             .replace(QLatin1String("$$"), QLatin1String("$")));
    if (delay > 0)
        text += QStringLiteral("ExecStartPre=/bin/sleep %1\n").arg(delay);
    text +=
        QStringLiteral("ExecStart=%1 startvm %2 --type headless\n").arg(unitWord(program), uuid);
    // A machine that has ended by itself is no failure.
    text += QStringLiteral("ExecStop=-%1 controlvm %2 savestate\n").arg(unitWord(program), uuid);
    text += QStringLiteral("TimeoutStartSec=%1\nTimeoutStopSec=%2\n\n[Install]\n"
                           "WantedBy=default.target\n")
                .arg(delay + StartSeconds)
                .arg(StopSeconds);
    return text.toUtf8();
}

Result<> writeAutostart(const MachineDefinition &definition, const QString &unitFolder)
{
    if (!definition.isAutostartOn)
        return removeAutostart(definition.uuid, unitFolder);
    const std::string what = QStringLiteral("Cannot make the machine '%1' start with the session")
                                 .arg(definition.name)
                                 .toStdString();
    const QByteArray text =
        autostartUnit(definition, paths::programPath(QStringLiteral("vitrinectl")));
    const QString unit = unitPath(definition.uuid, unitFolder);
    const QString link = linkPath(definition.uuid, unitFolder);
    const Result<QByteArray> present = readSmallFile(unit);
    const QString wanted = QStringLiteral("../") + autostartUnitName(definition.uuid);
    const bool isLinked = QFileInfo(link).isSymLink()
        && QFileInfo(QFile::symLinkTarget(link)).absoluteFilePath() == unit;
    if (present && *present == text && isLinked)
        return {};
    if (!QDir().mkpath(QFileInfo(link).path()))
        return fileError("make the folder", QFileInfo(link).path(), EACCES).context(what);
    if (Result<> written = writeFileAtomically(unit, text); !written)
        return std::move(written).error().context(what);
    if (isLinked)
        return {};
    // The link last: a unit that nothing wants starts nothing.
    const QString fresh = link + QStringLiteral(".new");
    ::unlink(QFile::encodeName(fresh).constData());
    if (::symlink(QFile::encodeName(wanted).constData(), QFile::encodeName(fresh).constData()) != 0)
        return fileError("make the link", link, errno).context(what);
    if (::rename(QFile::encodeName(fresh).constData(), QFile::encodeName(link).constData()) != 0) {
        Error error = fileError("make the link", link, errno);
        ::unlink(QFile::encodeName(fresh).constData());
        return std::move(error).context(what);
    }
    return {};
}

Result<> removeAutostart(const QUuid &uuid, const QString &unitFolder)
{
    TRY(remove(linkPath(uuid, unitFolder)));
    TRY(remove(unitPath(uuid, unitFolder)));
    return {};
}

bool hasAutostart(const QUuid &uuid, const QString &unitFolder)
{
    return QFileInfo::exists(linkPath(uuid, unitFolder))
        && QFileInfo::exists(unitPath(uuid, unitFolder));
}

QList<QUuid> autostartUnits(const QString &unitFolder)
{
    QList<QUuid> units;
    const QStringList names =
        QDir(unitFolder).entryList({Prefix + QStringLiteral("*") + Suffix}, QDir::Files);
    for (const QString &name : names) {
        const QUuid uuid = QUuid::fromString(
            name.sliced(Prefix.size(), name.size() - Prefix.size() - Suffix.size()));
        if (!uuid.isNull())
            units.append(uuid);
    }
    return units;
}

std::optional<Error> autostartProblem()
{
    // sd_booted(3)
    if (QFileInfo(QStringLiteral("/run/systemd/system")).isDir())
        return std::nullopt;
    return makeError(
        ErrorKind::Unsupported,
        QStringLiteral("This computer's session is not run by systemd, which starts machines by "
                       "themselves"),
        QStringLiteral("Let your desktop's autostart run \"vitrinectl startvm NAME --type "
                       "headless\""));
}

bool isLingering()
{
    const QString name = userName();
    return !name.isEmpty() && QFileInfo::exists(QStringLiteral("/var/lib/systemd/linger/") + name);
}

QString lingerCommand()
{
    return QStringLiteral("loginctl enable-linger %1").arg(userName()).trimmed();
}

} // namespace engine
