// SPDX-License-Identifier: GPL-3.0-or-later
// VirtualBox's guest types, as `VBoxManage list ostypes` names them, each with the osinfo system
// that is the same or nearest; and the way back by rules, because osinfo's list is the longer one.
#include "engine/catalog/os_catalog.h"
#include "engine/catalog/vbox_os_rows.h"

#include <QtCore/QRegularExpression>

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

QList<VBoxOsType> typesWhere(bool isArm)
{
    QList<VBoxOsType> types;
    for (const VBoxOsRow &row : vboxOsRows()) {
        if ((row.cpu == VBoxCpu::Arm64) != isArm)
            continue;
        const QString family = QString::fromLatin1(row.family);
        types.append({QString::fromLatin1(row.id), QString::fromLatin1(row.description), family,
                      familyDescription(family), row.cpu != VBoxCpu::Pc32,
                      QString::fromLatin1(row.osId), isArm});
    }
    return types;
}

const VBoxOsType *find(const QList<VBoxOsType> &types, const QString &id)
{
    for (const VBoxOsType &type : types) {
        if (type.id.compare(id, Qt::CaseInsensitive) == 0)
            return &type;
    }
    return nullptr;
}

// The first rule that leads to a type wins. "%1" is the expression's capture, and the type comes
// without the ending of its architecture.
struct Rule
{
    const char *expression;
    const char *type;
};

constexpr Rule Rules[] = {
    {"^debian3\\.1$", "Debian31"},
    {"^debian(\\d+)$", "Debian%1"},
    {"^(?:debian|kali|lmde|pureos|eos|endless|ucs)", "Debian"},
    {"^ubuntu(\\d+)\\.04$", "Ubuntu%1_LTS"},
    {"^ubuntu(\\d+)\\.", "Ubuntu%1"},
    {"^(?:ubuntu|linuxmint|zorin|popos|elementary|trisquel)", "Ubuntu"},
    {"^(?:rhel-atomic-|rhel|centos-stream|centos|almalinux|rocky|scientificlinux|circle-?|"
     "miraclelinux-?|asianux-?)(\\d+)",
     "RedHat%1"},
    {"^(?:rhel|centos|almalinux|rocky|scientificlinux|circle|miraclelinux|asianux)", "RedHat"},
    {"^rhl[1-6]\\.", "Linux22"},
    {"^rhl", "Linux24"},
    {"^oe?l(\\d+)", "Oracle%1"},
    {"^oe?l\\d", "Oracle"},
    {"^opensuse(?:15|16|42)", "OpenSUSE_Leap"},
    {"^opensuse-?(?:tumbleweed|microos|factory)", "OpenSUSE_Tumbleweed"},
    {"^opensuse", "OpenSUSE"},
    {"^(?:sle|caasp)", "SUSE_LE"},
    {"^(?:fedora|silverblue|coreos)", "Fedora"},
    {"^(?:archlinux|manjaro|endeavouros|cachyos|hyperbola)", "ArchLinux"},
    {"^gentoo", "Gentoo"},
    {"^(?:mandriva|mandrake|mbs|mes)", "Mandriva"},
    {"^mageia", "Mageia"},
    {"^(?:freebsd|dragonflybsd)", "FreeBSD"},
    {"^openbsd", "OpenBSD"},
    {"^netbsd", "NetBSD"},
    {"^solaris11", "Solaris11"},
    {"^solaris", "Solaris"},
    {"^opensolaris", "OpenSolaris"},
    {"^macosx10\\.(\\d+)$", "MacOS10%1"},
    {"^macosx", "MacOS"},
    {"^win2k$", "Windows2000"},
    {"^win2k(\\d)(?:r2)?$", "Windows200%1"},
    {"^win2k(\\d\\d)(?:r2)?$", "Windows20%1"},
    {"^win[123]\\.", "Windows31"},
    {"^win8\\.1$", "Windows81"},
    {"^winme$", "WindowsMe"},
    {"^winxp$", "WindowsXP"},
    {"^winvista$", "WindowsVista"},
    {"^win(\\d+)$", "Windows%1"},
    {"^winnt3", "WindowsNT3x"},
    {"^winnt4", "WindowsNT4"},
    {"^(?:win|reactos)", "WindowsNT"},
    {"^(?:msdos|freedos)", "DOS"},
    {"^netware", "Netware"},
    {"^guix-hurd", "Other"},
    {"^(?:linux|generic|alpinelinux|nixos|voidlinux|slackware|freenix|cirros|alt|guix|clearlinux|"
     "gnome|android)",
     "Linux26"},
};

const VBoxOsType *typeOf(const QString &base, const QString &architecture)
{
    if (architecture == QLatin1String("aarch64")) {
        if (const VBoxOsType *arm = find(vboxArmOsTypes(), base + QStringLiteral("_arm64")))
            return arm;
    }
    const VBoxOsType *narrow = find(vboxOsTypes(), base);
    const VBoxOsType *wide = find(vboxOsTypes(), base + QStringLiteral("_64"));
    if (architecture == QLatin1String("i686") && narrow)
        return narrow;
    return wide ? wide : narrow;
}

} // namespace

const QList<VBoxOsType> &vboxOsTypes()
{
    static const QList<VBoxOsType> Types = typesWhere(false);
    return Types;
}

const QList<VBoxOsType> &vboxArmOsTypes()
{
    static const QList<VBoxOsType> Types = typesWhere(true);
    return Types;
}

const VBoxOsType *findVBoxOsType(const QString &idOrDescription)
{
    if (const VBoxOsType *type = find(vboxOsTypes(), idOrDescription))
        return type;
    for (const VBoxOsType &type : vboxOsTypes()) {
        if (type.description.compare(idOrDescription, Qt::CaseInsensitive) == 0)
            return &type;
    }
    return nullptr;
}

const VBoxOsType &vboxOsTypeFor(const QString &osId, const QString &architecture)
{
    for (const Rule &rule : Rules) {
        const auto match = QRegularExpression(QString::fromLatin1(rule.expression)).match(osId);
        if (!match.hasMatch())
            continue;
        const QString base =
            QString::fromLatin1(rule.type).replace(QLatin1String("%1"), match.captured(1));
        if (const VBoxOsType *type = typeOf(base, architecture))
            return *type;
    }
    return *typeOf(QStringLiteral("Other"), architecture);
}

} // namespace engine
