// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/media_guess.h"

#include <QtCore/QRegularExpression>

namespace engine {

namespace {

// The first capture is the version as osinfo writes it. Systems without data of their own stand
// behind what they are made from.
struct Pattern
{
    const char *expression;
    const char *distro;
};

constexpr Pattern Patterns[] = {
    {"^Debian (\\d+)[. ]", "debian"},
    {"^Debian ", "debian"},
    {"^d-live (\\d+)\\.", "debian"},
    {"^(?:Ubuntu|Kubuntu|Xubuntu|Lubuntu|Edubuntu)\\S* (\\d+\\.\\d+)", "ubuntu"},
    {"^(?:Ubuntu|Kubuntu|Xubuntu|Lubuntu)", "ubuntu"},
    {"^(?:Linux Mint|Pop_OS|Zorin|elementary|KDE neon)", "ubuntu"},
    {"^(?:Kali|Devuan|MX-|LMDE|Parrot|Tails|PureOS|Raspberry)", "debian"},
    {"^Fedora-\\S*?-(\\d\\d)(?:$|[-_ ])", "fedora"},
    {"^Fedora", "fedora"},
    {"^openSUSE-Leap-(\\d+\\.\\d+)", "opensuse"},
    {"^openSUSE", "opensuse"},
    {"^RHEL-(\\d+[.-]\\d+)", "rhel"},
    {"^RHEL", "rhel"},
    {"^CentOS-Stream-(\\d+)", "centos"},
    {"^CentOS", "centos"},
    {"^AlmaLinux-(\\d+)", "almalinux"},
    {"^AlmaLinux", "almalinux"},
    {"^Rocky-(\\d+)", "rocky"},
    {"^Rocky", "rocky"},
    {"^(?:OL-|Oracle Linux)", "ol"},
    {"^SLE-15", "sle"},
    {"^ARCH_\\d{6}", "archlinux"},
    {"^(?:EOS_|MANJARO|CachyOS|COS_)", "archlinux"},
    {"^alpine-\\S* (\\d+\\.\\d+)", "alpinelinux"},
    {"^alpine-", "alpinelinux"},
    {"^nixos-", "nixos"},
    {"^Mageia-(\\d+)", "mageia"},
    {"^(?:Gentoo|ENTOO)", "gentoo"},
    {"^VOID_LIVE", "voidlinux"},
    {"^FreeBSD_|^\\d\\d_\\d_RELEASE", "freebsd"},
    {"^OpenBSD", "openbsd"},
    {"^NetBSD", "netbsd"},
    {"^(?:CCCOMA|CCSA|CENA|CES|CPBA|CPRA|CW_|SSS_|J_CC|J_CP|ESD-ISO)", "win"},
};

QString architectureIn(const QString &volumeId)
{
    static const QRegularExpression Bits64(
        QStringLiteral("(?<![a-z0-9])(amd64|x86[_-]64|x64|64bit)(?![a-z0-9])|_X64|X64FRE"),
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression Arm(QStringLiteral("arm64|aarch64|A64FRE"),
                                        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression Bits32(
        QStringLiteral("(?<![a-z0-9])i[3-6]86(?![a-z0-9])|X86FRE"),
        QRegularExpression::CaseInsensitiveOption);
    if (Arm.match(volumeId).hasMatch())
        return QStringLiteral("aarch64");
    if (Bits64.match(volumeId).hasMatch())
        return QStringLiteral("x86_64");
    if (Bits32.match(volumeId).hasMatch())
        return QStringLiteral("i686");
    return {};
}

} // namespace

MediaGuess guessFromVolumeId(const QString &volumeId)
{
    MediaGuess guess;
    guess.architecture = architectureIn(volumeId);
    static const QRegularExpression Live(QStringLiteral("(?<![a-z])(live|desktop)(?![a-z])"),
                                         QRegularExpression::CaseInsensitiveOption);
    guess.isLive = Live.match(volumeId).hasMatch();
    for (const Pattern &pattern : Patterns) {
        const QRegularExpression expression(QString::fromLatin1(pattern.expression),
                                            QRegularExpression::CaseInsensitiveOption);
        const QRegularExpressionMatch match = expression.match(volumeId);
        if (!match.hasMatch())
            continue;
        guess.distro = QString::fromLatin1(pattern.distro);
        guess.version = match.captured(1).replace(QLatin1Char('-'), QLatin1Char('.'));
        break;
    }
    return guess;
}

} // namespace engine
