// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/media_matcher.h"

#include "engine/catalog/windows_media.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QSet>
#include <QtCore/QVersionNumber>

namespace engine {

namespace {

// Systems whose media osinfo's data cannot tell apart.
bool isAmbiguousWindows(const QString &id)
{
    static const QSet<QString> Ids{QStringLiteral("win10"),   QStringLiteral("win11"),
                                   QStringLiteral("win2k12"), QStringLiteral("win2k12r2"),
                                   QStringLiteral("win2k16"), QStringLiteral("win2k19"),
                                   QStringLiteral("win2k22"), QStringLiteral("win2k25")};
    return Ids.contains(id);
}

void setNearest(MediaInfo &media, const OsInfo &info, const QString &what)
{
    media.osId = info.id;
    media.match = MediaMatch::Nearest;
    media.isExact = false;
    media.note = QStringLiteral("%1: using the settings of %2").arg(what, info.name);
}

// "Debian 14 is not known yet", "Fedora 12 is not known", ...
QString whyNearest(const MediaGuess &guess, const OsInfo &nearest)
{
    if (guess.isDerived)
        return QStringLiteral("%1 is not known").arg(guess.name);
    if (guess.version.isEmpty())
        return QStringLiteral("Which %1 this is cannot be told").arg(guess.name);
    const bool isNewer =
        QVersionNumber::fromString(guess.version) > QVersionNumber::fromString(nearest.version);
    return QStringLiteral("%1 %2 is not known%3")
        .arg(guess.name, guess.version, isNewer ? QStringLiteral(" yet") : QString());
}

} // namespace

MediaMatcher::MediaMatcher(const QList<OsInfo> &systems, Lookup lookup)
    : m_systems(systems)
    , m_lookup(std::move(lookup))
{ }

void MediaMatcher::setExact(MediaInfo &media, const OsInfo &info)
{
    media.osId = info.id;
    media.label = info.name;
    media.match = MediaMatch::Exact;
    media.isExact = true;
    media.note.clear();
}

// The release that the medium's own name says it is.
std::optional<OsInfo> MediaMatcher::named(const MediaGuess &guess) const
{
    if (guess.isDerived || (guess.version.isEmpty() && !guess.isRolling))
        return std::nullopt;
    for (const OsInfo &info : m_systems) {
        if (info.distro == guess.distro && info.id.startsWith(guess.idPrefix)
            && (guess.isRolling || info.version == guess.version))
            return info;
    }
    return std::nullopt;
}

// The newest release not newer than the wanted one; else the oldest that is newer. Without a
// wanted version the newest. By version, because rolling releases have numbers but no dates.
std::optional<OsInfo> MediaMatcher::nearest(const MediaGuess &guess) const
{
    const auto wanted =
        guess.isDerived ? QVersionNumber() : QVersionNumber::fromString(guess.version);
    std::optional<OsInfo> older;
    std::optional<OsInfo> newer;
    std::optional<OsInfo> unnumbered;
    const auto versionOf = [](const std::optional<OsInfo> &info) {
        return info ? QVersionNumber::fromString(info->version) : QVersionNumber();
    };
    for (const OsInfo &info : m_systems) {
        if (info.distro != guess.distro || !info.id.startsWith(guess.idPrefix))
            continue;
        const auto version = QVersionNumber::fromString(info.version);
        if (version.isNull())
            unnumbered = unnumbered ? unnumbered : info;
        else if (wanted.isNull() || version <= wanted)
            older = !older || version > versionOf(older) ? info : older;
        else
            newer = !newer || version < versionOf(newer) ? info : newer;
    }
    for (const std::optional<OsInfo> &found : {older, newer, unnumbered}) {
        if (found)
            return found;
    }
    return m_lookup(guess.distro + QStringLiteral("-unknown"));
}

std::optional<OsInfo> MediaMatcher::recentLinux() const
{
    std::optional<OsInfo> newest;
    for (const OsInfo &info : m_systems) {
        const bool isGeneric = info.distro.isEmpty() && info.id.startsWith(QLatin1String("linux"));
        if (isGeneric && (!newest || info.released > newest->released))
            newest = info;
    }
    return newest;
}

void MediaMatcher::matchName(const MediaGuess &guess, MediaInfo &media) const
{
    if (!media.isBootable) {
        // A disc named after a system is not one: photos, backups, drivers.
        media.note = QStringLiteral("This disc does not look bootable");
        return;
    }
    if (!guess.distro.isEmpty()) {
        if (const std::optional<OsInfo> exact = named(guess))
            return setExact(media, *exact);
        if (const std::optional<OsInfo> near = nearest(guess))
            return setNearest(media, *near, whyNearest(guess, *near));
    }
    const std::optional<OsInfo> linux = recentLinux();
    if (guess.isLinux && linux) {
        setNearest(media, *linux, QStringLiteral("A Linux that is not known"));
        media.match = MediaMatch::Generic;
        return;
    }
    media.note = media.isBootable ? QStringLiteral("Which system this is cannot be told: choose it")
                                  : QStringLiteral("This disc does not look bootable");
}

bool MediaMatcher::matchWindows(const MediaGuess &guess, const QString &osinfoId,
                                MediaInfo &media) const
{
    const bool isWindows = guess.distro == QLatin1String("win");
    if (!isAmbiguousWindows(osinfoId) && (!isWindows || !osinfoId.isEmpty()))
        return false;
    if (const std::optional<WindowsMedia> windows = readWindowsMedia(media.path)) {
        if (!windows->architecture.isEmpty())
            media.architecture = windows->architecture;
        if (const std::optional<OsInfo> exact = m_lookup(windows->osId)) {
            setExact(media, *exact);
            return true;
        }
    }
    // Windows 11 is not made for 32 bits; earlier ones called their discs otherwise.
    static const QRegularExpression Ten32(QStringLiteral("^(J_)?(CCSN?A|C?CCOMA)_X86FREE?_"));
    const std::optional<OsInfo> ten = m_lookup(QStringLiteral("win10"));
    if (Ten32.match(media.volumeId).hasMatch() && ten) {
        setExact(media, *ten);
        return true;
    }
    const bool isServer =
        osinfoId.startsWith(QLatin1String("win2k")) || guess.idPrefix == QLatin1String("win2k");
    const QString what =
        QStringLiteral("Which %1 this is cannot be told")
            .arg(isServer ? QStringLiteral("Windows Server") : QStringLiteral("Windows"));
    const std::optional<OsInfo> newest =
        m_lookup(isServer ? QStringLiteral("win2k25") : QStringLiteral("win11"));
    if (!newest)
        return false;
    setNearest(media, *newest, what);
    return true;
}

} // namespace engine
