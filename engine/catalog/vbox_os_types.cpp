// SPDX-License-Identifier: GPL-3.0-or-later
// VirtualBox's guest types, as `VBoxManage list ostypes` names them, each with the osinfo system
// that is the same or nearest. Where several types lead to one system, the first is its type; where
// a type leads to a system that the installed data does not know, OsCatalog takes the nearest.
#include "engine/catalog/os_catalog.h"
#include "engine/catalog/vbox_os_rows.h"

namespace engine {

namespace {

QString familyDescription(const QString &family)
{
    if (family == QLatin1String("Windows"))
        return QStringLiteral("Microsoft Windows");
    if (family == QLatin1String("OS2"))
        return QStringLiteral("IBM OS/2");
    if (family == QLatin1String("MacOS"))
        return QStringLiteral("Mac OS X");
    return family;
}

// The letters a short id begins with: "debian" of "debian12".
QStringView stemOf(const QString &osId)
{
    qsizetype size = 0;
    while (size < osId.size() && osId.at(size).isLetter())
        ++size;
    return QStringView(osId).left(size);
}

const VBoxOsType *find(const QString &id)
{
    for (const VBoxOsType &type : vboxOsTypes()) {
        if (type.id.compare(id, Qt::CaseInsensitive) == 0)
            return &type;
    }
    return nullptr;
}

struct StemType
{
    const char *stem;
    const char *type;
};

// For systems newer than the table and for those VirtualBox has no type of.
constexpr StemType StemTypes[] = {
    {"debian", "Debian_64"},
    {"ubuntu", "Ubuntu_64"},
    {"fedora", "Fedora_64"},
    {"silverblue", "Fedora_64"},
    {"rhel", "RedHat_64"},
    {"centos", "RedHat_64"},
    {"almalinux", "RedHat_64"},
    {"rocky", "RedHat_64"},
    {"ol", "Oracle_64"},
    {"opensuse", "OpenSUSE_64"},
    {"sle", "SUSE_LE_64"},
    {"sles", "SUSE_LE_64"},
    {"sled", "SUSE_LE_64"},
    {"archlinux", "ArchLinux_64"},
    {"manjaro", "ArchLinux_64"},
    {"gentoo", "Gentoo_64"},
    {"mageia", "Mageia_64"},
    {"mandriva", "Mandriva_64"},
    {"freebsd", "FreeBSD_64"},
    {"openbsd", "OpenBSD_64"},
    {"netbsd", "NetBSD_64"},
    {"dragonflybsd", "FreeBSD_64"},
    {"solaris", "Solaris11_64"},
    {"opensolaris", "OpenSolaris_64"},
    {"macosx", "MacOS_64"},
    {"win", "WindowsNT_64"},
    {"winnt", "WindowsNT"},
    {"msdos", "DOS"},
    {"freedos", "DOS"},
    {"netware", "Netware"},
    {"linux", "Linux26_64"},
    {"generic", "Linux26_64"},
    {"alpinelinux", "Linux26_64"},
    {"nixos", "Linux26_64"},
    {"voidlinux", "Linux26_64"},
    {"slackware", "Linux26_64"},
    {"popos", "Ubuntu_64"},
    {"elementary", "Ubuntu_64"},
    {"trisquel", "Ubuntu_64"},
    {"pureos", "Debian_64"},
    {"scientificlinux", "RedHat_64"},
    {"endless", "Debian_64"},
    {"eos", "Debian_64"},
    {"cirros", "Linux26_64"},
    {"alt", "Linux26_64"},
    {"guix", "Linux26_64"},
};

} // namespace

const QList<VBoxOsType> &vboxOsTypes()
{
    static const QList<VBoxOsType> Types = [] {
        QList<VBoxOsType> types;
        for (const VBoxOsRow &row : vboxOsRows()) {
            const QString family = QString::fromLatin1(row.family);
            types.append({QString::fromLatin1(row.id), QString::fromLatin1(row.description), family,
                          familyDescription(family), row.is64Bit, QString::fromLatin1(row.osId)});
        }
        return types;
    }();
    return Types;
}

const VBoxOsType *findVBoxOsType(const QString &idOrDescription)
{
    if (const VBoxOsType *type = find(idOrDescription))
        return type;
    for (const VBoxOsType &type : vboxOsTypes()) {
        if (type.description.compare(idOrDescription, Qt::CaseInsensitive) == 0)
            return &type;
    }
    return nullptr;
}

const VBoxOsType &vboxOsTypeFor(const QString &osId)
{
    const VBoxOsType *found = nullptr;
    for (const VBoxOsType &type : vboxOsTypes()) {
        if (osId.isEmpty() || type.osId != osId)
            continue;
        if (!found || (type.is64Bit && !found->is64Bit))
            found = &type;
    }
    const QStringView stem = stemOf(osId);
    for (const StemType &type : StemTypes) {
        if (!found && stem == QLatin1String(type.stem))
            found = find(QString::fromLatin1(type.type));
    }
    return found ? *found : *find(QStringLiteral("Other_64"));
}

} // namespace engine
