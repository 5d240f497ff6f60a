// SPDX-License-Identifier: GPL-3.0-or-later
// Screenshots of a machine of another process. That process may not write where its user likes
// (engine/control/headless_confinement.h): it leaves the picture in its run folder, and who asked brings it
// where it is wanted. Any thread.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>
#include <QtCore/QUuid>

namespace engine {

// Where machine.screenshot shall write; another path each time.
QString screenshotPlace(const QUuid &machine);

// Moves the picture from its place to the path, replacing what is there at once or not at all.
Result<> deliverScreenshot(const QString &place, const QString &path);

} // namespace engine
