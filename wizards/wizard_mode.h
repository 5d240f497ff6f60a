// SPDX-License-Identifier: GPL-3.0-or-later
// Which mode of the wizard the user had last: `wizard.json` in the configuration folder.
#pragma once

#include <QtCore/QString>

namespace wizards {

bool readExpertMode(const QString &configFolder);
// Not worth a message when it cannot be written.
void writeExpertMode(const QString &configFolder, bool isExpert);

} // namespace wizards
