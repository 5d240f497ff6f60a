// SPDX-License-Identifier: GPL-3.0-or-later
// The window modules, loaded into vitrine-vm only when a window is asked for, with everything of Qt
// Widgets and SPICE: lib/vitrine/vitrine-window.so, and vitrine-sdl.so for --type sdl.
#pragma once

#include "app/vm_arguments.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QString>

namespace app {

using WindowModuleRun = int (*)(int argc, char **argv, const VmArguments &arguments);
inline constexpr const char *WindowModuleSymbol = "vitrineWindowModuleRun";

// Before there is an application object, hence from /proc/self/exe and not from Qt.
inline QString windowModulePath(const char *programName, StartType type)
{
    const QString module = type == StartType::Sdl ? QStringLiteral("vitrine-sdl.so")
                                                  : QStringLiteral("vitrine-window.so");
    QString self = QFile::symLinkTarget(QStringLiteral("/proc/self/exe"));
    if (self.isEmpty())
        self = QFile::decodeName(programName);
    return QFileInfo(self).path() + QStringLiteral("/../lib/vitrine/") + module;
}

} // namespace app
