// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/media_guess.h"

#include <QtCore/QRegularExpression>

namespace engine {

namespace {

enum class Kind { Release, Rolling, Derived };

// The captures are the parts of the version as osinfo writes it.
struct Pattern
{
    const char *expression;
    const char *distro;
    const char *idPrefix;
    const char *name;
    Kind kind = Kind::Release;
};

constexpr Pattern Patterns[] = {
    {"^(?:Debian|d-live) (\\d+)[. ]", "debian", "debian", "Debian"},
    {"^Debian ", "debian", "debian", "Debian"},
    {"^(?:[KXL]|Ed)?ubuntu\\S* (\\d+\\.\\d+)", "ubuntu", "ubuntu", "Ubuntu"},
    {"^(?:[KXL]|Ed)?ubuntu ", "ubuntu", "ubuntu", "Ubuntu"},
    {"^Linux Mint (\\d+(?:\\.\\d+)?)", "linuxmint", "linuxmint", "Linux Mint"},
    {"^LMDE (\\d+)", "linuxmint", "lmde", "LMDE"},
    {"^Pop_OS (\\d+\\.\\d+)", "popos", "popos", "Pop!_OS"},
    {"^Zorin OS (\\d+)", "zorin", "zorin", "Zorin OS"},
    {"^elementary OS(?: (\\d+))?", "elementary", "elementary", "elementary OS"},
    {"^(?:KDE )?neon ", "ubuntu", "ubuntu", "KDE neon", Kind::Derived},
    {"^Kali ", "kali", "kali", "Kali Linux", Kind::Rolling},
    {"^Devuan", "debian", "debian", "Devuan", Kind::Derived},
    {"^MX-", "debian", "debian", "MX Linux", Kind::Derived},
    {"^antiX", "debian", "debian", "antiX", Kind::Derived},
    {"^Parrot", "debian", "debian", "Parrot OS", Kind::Derived},
    {"^TAILS ", "debian", "debian", "Tails", Kind::Derived},
    {"^PVE$", "debian", "debian", "Proxmox VE", Kind::Derived},
    {"^Fedora-(?:SB|Silverblue)-\\S*-(\\d\\d)$", "fedora", "silverblue", "Fedora Silverblue"},
    {"^Fedora-\\S*?-(\\d\\d)(?:$|[-_ ])", "fedora", "fedora", "Fedora"},
    {"^Fedora-", "fedora", "fedora", "Fedora"},
    {"^openSUSE[-_]Leap[-_](\\d+\\.\\d+)", "opensuse", "opensuse", "openSUSE Leap"},
    {"^Install-Leap-(\\d+\\.\\d+)", "opensuse", "opensuse", "openSUSE Leap"},
    {"^openSUSE[-_]Tumbleweed", "opensuse", "opensusetumbleweed", "openSUSE Tumbleweed",
     Kind::Rolling},
    {"^openSUSE", "opensuse", "opensuse", "openSUSE"},
    {"^SLE-(\\d+)-SP(\\d+)", "sle", "sle", "SUSE Linux Enterprise"},
    {"^Install-SUSE-SLE-(\\d+)", "sles", "sles", "SUSE Linux Enterprise Server"},
    {"^RHEL-(\\d+)[.-](\\d+)", "rhel", "rhel", "Red Hat Enterprise Linux"},
    {"^CentOS-Stream-(\\d+)", "centos", "centos-stream", "CentOS Stream"},
    {"^CentOS", "centos", "centos", "CentOS"},
    {"^AlmaLinux-(?:Kitten-)?(\\d+)", "almalinux", "almalinux", "AlmaLinux"},
    {"^Rocky-(\\d+)", "rocky", "rocky", "Rocky Linux"},
    {"^OL-(\\d+)-(\\d+)", "ol", "ol", "Oracle Linux"},
    {"^ARCH_\\d{6}$", "archlinux", "archlinux", "Arch Linux", Kind::Rolling},
    {"^EOS_\\d{6}$", "endeavouros", "endeavouros", "EndeavourOS", Kind::Rolling},
    {"^COS_\\d{6}$", "cachyos", "cachyos", "CachyOS", Kind::Rolling},
    {"^MANJARO", "Manjaro", "manjaro", "Manjaro", Kind::Rolling},
    {"^alpine-\\S+ v?(\\d+\\.\\d+)", "alpinelinux", "alpinelinux", "Alpine Linux"},
    {"^nixos-\\S*?(\\d\\d\\.\\d\\d)", "nixos", "nixos", "NixOS"},
    {"^Mageia-(\\d+)", "mageia", "mageia", "Mageia"},
    {"^Gentoo", "gentoo", "gentoo", "Gentoo", Kind::Rolling},
    {"^VOID_LIVE", "voidlinux", "voidlinux", "Void Linux", Kind::Rolling},
    {"^(\\d+)_(\\d+)_(?:RELEASE|RC\\d|BETA\\d)", "freebsd", "freebsd", "FreeBSD"},
    {"^OpenBSD/\\S+ +(\\d+\\.\\d+)", "openbsd", "openbsd", "OpenBSD"},
    {"^NETBSD_(\\d+)(\\d)$", "netbsd", "netbsd", "NetBSD"},
    {"^haiku-(r\\d+)~(beta\\d+)", "haiku", "haiku", "Haiku"},
    {"^ReactOS", "reactos", "reactos", "ReactOS", Kind::Rolling},
    // "CCCOMA_X64FRE_EN-US_DV9": edition, architecture, language
    {"^[A-Z0-9_]*(?:SSS|SS)_X64(?:FRE|CHK)[A-Z]?(?:_|$)", "win", "win2k", "Windows Server"},
    {"^[A-Z0-9_]+_(?:X64|X86|A64)(?:FRE|CHK)[A-Z]?(?:_|$)", "win", "win", "Windows"},
    {"^ESD-ISO$", "win", "win", "Windows"},
};

QString architectureIn(const QString &volumeId)
{
    static const QRegularExpression Bits64(
        QStringLiteral("(?<![a-z0-9])(amd64|x86[_-]64|x64|64[- ]?bit)(?![a-z0-9])|_X64(?:FRE|CHK)"),
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression Arm(QStringLiteral("arm64|aarch64|A64FRE"),
                                        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression Bits32(
        QStringLiteral("(?<![a-z0-9])(i[3-6]86|32[- ]?bit)(?![a-z0-9])|_X86(?:FRE|CHK)"),
        QRegularExpression::CaseInsensitiveOption);
    if (Arm.match(volumeId).hasMatch())
        return QStringLiteral("aarch64");
    if (Bits64.match(volumeId).hasMatch())
        return QStringLiteral("x86_64");
    if (Bits32.match(volumeId).hasMatch())
        return QStringLiteral("i686");
    return {};
}

// What version the captures are: "9" and "7" of "RHEL-9-7" are 9.7; Haiku runs its words together.
QString versionOf(const QRegularExpressionMatch &match)
{
    const QString first = match.captured(1);
    const QString second = match.captured(2);
    if (second.isEmpty())
        return first;
    const bool areNumbers = second.front().isDigit();
    return first + (areNumbers ? QStringLiteral(".") : QString()) + second;
}

} // namespace

MediaGuess guessFrom(const IsoDescriptor &iso)
{
    const QString &volumeId = iso.volumeId;
    MediaGuess guess;
    guess.architecture = architectureIn(volumeId);
    static const QRegularExpression Live(QStringLiteral("(?<![a-z])(live|desktop)(?![a-z])"),
                                         QRegularExpression::CaseInsensitiveOption);
    guess.isLive = Live.match(volumeId).hasMatch();
    // Not the system id: most tools write "LINUX" there, whatever is on the disc.
    static const QRegularExpression Linux(QStringLiteral("linux|(?<![a-z])live(?![a-z])"),
                                          QRegularExpression::CaseInsensitiveOption);
    guess.isLinux = Linux.match(volumeId).hasMatch() || Linux.match(iso.applicationId).hasMatch()
        || Linux.match(iso.publisherId).hasMatch();
    for (const Pattern &pattern : Patterns) {
        const QRegularExpression expression(QString::fromLatin1(pattern.expression),
                                            QRegularExpression::CaseInsensitiveOption);
        const QRegularExpressionMatch match = expression.match(volumeId);
        if (!match.hasMatch())
            continue;
        guess.distro = QString::fromLatin1(pattern.distro);
        guess.idPrefix = QString::fromLatin1(pattern.idPrefix);
        guess.name = QString::fromLatin1(pattern.name);
        guess.version = versionOf(match);
        guess.isDerived = pattern.kind == Kind::Derived;
        guess.isRolling = pattern.kind == Kind::Rolling;
        break;
    }
    // archiso's default label, which others keep.
    if (guess.distro == QLatin1String("archlinux")
        && !iso.publisherId.contains(QLatin1String("archlinux.org"), Qt::CaseInsensitive)) {
        guess.isRolling = false;
        guess.isDerived = true;
        guess.name = volumeId;
    }
    return guess;
}

} // namespace engine
