// SPDX-License-Identifier: GPL-3.0-or-later
// Which names a machine may have: each becomes the name of a folder and of files in it.
#pragma once

#include <QtCore/QString>

namespace engine {

// Empty when the name is fine, else a sentence that says why not.
QString machineNameProblem(const QString &name);

} // namespace engine
