// SPDX-License-Identifier: GPL-3.0-or-later
// The window module (lib/vitrine/vitrine-window.so): everything of Qt Widgets and SPICE, loaded
// into vitrine-vm only when a window is asked for.
#pragma once

#include "app/vm_arguments.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QString>

namespace app {

using WindowModuleRun = int (*)(int argc, char **argv, const VmArguments &arguments);
inline constexpr const char *WindowModuleSymbol = "vitrineWindowModuleRun";

// Before there is an application object, hence from /proc/self/exe and not from Qt.
inline QString windowModulePath(const char *programName)
{
    QString self = QFile::symLinkTarget(QStringLiteral("/proc/self/exe"));
    if (self.isEmpty())
        self = QFile::decodeName(programName);
    return QFileInfo(self).path() + QStringLiteral("/../lib/vitrine/vitrine-window.so");
}

} // namespace app
