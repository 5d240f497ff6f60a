// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/os_names.h"

#include <QtCore/QCoreApplication>

#include <array>

namespace ui {

namespace {

struct Family
{
    const char *prefix; // of osinfo's short ids
    const char *name;
    const char *tile;
};

// The first that fits wins, so longer prefixes come before their beginnings.
constexpr std::array Families = {
    Family{"debian", "Debian", "debian"},
    Family{"ubuntu", "Ubuntu", "ubuntu"},
    Family{"kubuntu", "Kubuntu", "ubuntu"},
    Family{"xubuntu", "Xubuntu", "ubuntu"},
    Family{"lubuntu", "Lubuntu", "ubuntu"},
    Family{"fedora", "Fedora", "fedora"},
    Family{"silverblue", "Fedora Silverblue", "fedora"},
    Family{"archlinux", "Arch Linux", "arch"},
    Family{"opensuse-", "openSUSE", "suse"},
    Family{"opensuse", "openSUSE", "suse"},
    Family{"sles", "SUSE Linux Enterprise", "suse"},
    Family{"sled", "SUSE Linux Enterprise Desktop", "suse"},
    Family{"slem", "SUSE Linux Enterprise Micro", "suse"},
    Family{"linuxmint", "Linux Mint", "mint"},
    Family{"rhel-", "Red Hat Enterprise Linux", "rhel"},
    Family{"rhel", "Red Hat Enterprise Linux", "rhel"},
    Family{"centos-stream", "CentOS Stream", "centos"},
    Family{"centos", "CentOS", "centos"},
    Family{"almalinux", "AlmaLinux", "alma"},
    Family{"rocky", "Rocky Linux", "rocky"},
    Family{"gentoo", "Gentoo", "gentoo"},
    Family{"nixos", "NixOS", "nixos"},
    Family{"kali", "Kali Linux", "kali"},
    Family{"alpinelinux", "Alpine Linux", "alpine"},
    Family{"alpine", "Alpine Linux", "alpine"},
    Family{"voidlinux", "Void Linux", "void"},
    Family{"popos", "Pop!_OS", "popos"},
    Family{"elementary", "elementary OS", "elementary"},
    Family{"zorin", "Zorin OS", "zorin"},
    Family{"manjaro", "Manjaro", "manjaro"},
    Family{"mageia", "Mageia", "mageia"},
    Family{"mandriva", "Mandriva", "mageia"},
    Family{"linux", "Linux", "linux"},
    Family{"generic", "Linux", "linux"},
    Family{"freebsd", "FreeBSD", "freebsd"},
    Family{"openbsd", "OpenBSD", "bsd"},
    Family{"netbsd", "NetBSD", "bsd"},
    Family{"dragonflybsd", "DragonFly BSD", "bsd"},
    Family{"ghostbsd", "GhostBSD", "freebsd"},
    Family{"freedos", "FreeDOS", "dos"},
    Family{"msdos", "MS-DOS", "dos"},
    Family{"win", "Windows", "windows"},
    Family{"haiku", "Haiku", "haiku"},
    Family{"solaris", "Solaris", "solaris"},
    Family{"opensolaris", "OpenSolaris", "solaris"},
    Family{"macosx", "Mac OS X", "macos"},
    Family{"macos", "macOS", "macos"},
    Family{"android", "Android", "android"},
    Family{"alt", "ALT", "linux"},
    Family{"ol", "Oracle Linux", "linux"},
    Family{"slackware", "Slackware", "linux"},
    Family{"endless", "Endless OS", "linux"},
    Family{"guix", "Guix", "linux"},
    Family{"clearlinux", "Clear Linux", "linux"},
    Family{"pureos", "PureOS", "linux"},
    Family{"trisquel", "Trisquel", "linux"},
};

const Family *familyOf(const QString &osId)
{
    for (const Family &family : Families)
        if (osId.startsWith(QLatin1String(family.prefix)))
            return &family;
    return nullptr;
}

QHash<QString, QString> &exactNames()
{
    static QHash<QString, QString> names;
    return names;
}

} // namespace

QString osName(const QString &osId)
{
    if (osId.isEmpty())
        return QCoreApplication::translate("ui::osName", "Unknown system");
    const auto exact = exactNames().constFind(osId);
    if (exact != exactNames().cend())
        return *exact;
    const Family *family = familyOf(osId);
    if (!family)
        return osId;
    const QString rest = osId.mid(qsizetype(qstrlen(family->prefix)));
    const QString name = QString::fromLatin1(family->name);
    if (rest.isEmpty() || rest == QLatin1String("linux"))
        return name;
    return rest.front().isDigit() || rest.size() <= 3 ? name + u' ' + rest.toUpper() : name;
}

QString osTile(const QString &osId)
{
    const Family *family = familyOf(osId);
    return family ? QString::fromLatin1(family->tile) : QStringLiteral("unknown");
}

void setOsNames(const QHash<QString, QString> &names)
{
    exactNames() = names;
}

QHash<QString, QString> knownOsNames()
{
    return exactNames();
}

} // namespace ui
