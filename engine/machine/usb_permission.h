// SPDX-License-Identifier: GPL-3.0-or-later
// The udev rule by which whoever sits at this computer may open its USB devices ("uaccess" of
// logind's seats). It comes with Vitrine and is the administrator's to install; what is asked of
// them is said here, for menus, error boxes and commands alike.
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace engine {

struct UsbRule
{
    QString name; // the file's: "70-vitrine-usb.rules"
    QString installed; // where udev finds it; empty: it is missing
    QString command; // for a shell: installs the one that comes with Vitrine

    bool isInstalled() const { return !installed.isEmpty(); }
};

// Where udev looks for rules (udev(7), "Rules files"), or the folder that VITRINE_UDEV_RULES names.
QStringList udevRuleFolders();

// As it is now.
UsbRule usbRule(const QStringList &folders = udevRuleFolders());

// What to do about a device that may not be opened.
QString usbPermissionRemedy(const UsbRule &rule);

} // namespace engine
