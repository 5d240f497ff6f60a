// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/usb_permission.h"

#include "engine/machine/user_paths.h"

#include <QtCore/QFileInfo>

namespace engine {

namespace {

// One word of a shell, whatever is in it.
QString quoted(QString word)
{
    return u'\'' + word.replace(u'\'', QStringLiteral("'\\''")) + u'\'';
}

} // namespace

QStringList udevRuleFolders()
{
    const QString chosen = qEnvironmentVariable("VITRINE_UDEV_RULES");
    if (!chosen.isEmpty())
        return {chosen};
    return {QStringLiteral("/etc/udev/rules.d"), QStringLiteral("/run/udev/rules.d"),
            QStringLiteral("/usr/local/lib/udev/rules.d"), QStringLiteral("/usr/lib/udev/rules.d"),
            QStringLiteral("/lib/udev/rules.d")};
}

UsbRule usbRule(const QStringList &folders)
{
    UsbRule rule{.name = QStringLiteral("70-vitrine-usb.rules"), .installed = {}, .command = {}};
    for (const QString &folder : folders) {
        const QString file = folder + u'/' + rule.name;
        if (QFileInfo::exists(file)) {
            rule.installed = file;
            break;
        }
    }
    rule.command = QStringLiteral("sudo cp %1 /etc/udev/rules.d/ && sudo udevadm control --reload "
                                  "&& sudo udevadm trigger --subsystem-match=usb")
                       .arg(quoted(paths::dataFolder() + QStringLiteral("/udev/") + rule.name));
    return rule;
}

QString usbPermissionRemedy(const UsbRule &rule)
{
    if (rule.isInstalled())
        return QStringLiteral("The udev rule %1 allows it to whoever sits at this computer: "
                              "unplug the device and plug it in again, and make sure that you "
                              "are logged in here and not from afar")
            .arg(rule.installed);
    return QStringLiteral("The udev rule %1 is missing, which lets whoever sits at this computer "
                          "use its USB devices. Install the one that comes with Vitrine: %2")
        .arg(rule.name, rule.command);
}

} // namespace engine
