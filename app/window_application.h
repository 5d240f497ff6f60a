// SPDX-License-Identifier: GPL-3.0-or-later
// What the window modules have in common: their QApplication, and what a desktop session that ends
// does to the machine in this process.
#pragma once

#include "app/vm_process.h"

class QApplication;

namespace app {

// Before the QApplication. False: there is no desktop, which was reported.
bool hasDesktop(const VmArguments &arguments);
void prepareApplication(QApplication &application);

// For MachineFrontEnd::watchSession.
void watchDesktopSession(const MachineFrontEnd::EndMachine &end);

} // namespace app
