// SPDX-License-Identifier: GPL-3.0-or-later
// Words and tiles for guest systems where no catalogue is loaded: "debian12" is "Debian 12" and
// belongs to the tile "debian". The catalogue's own names, once some window has them, win.
//
// Main thread only.
#pragma once

#include <QtCore/QHash>
#include <QtCore/QString>

namespace ui {

// Never empty: an empty id is an unknown system.
QString osName(const QString &osId);
// The end of a file name in resources/icons: "debian" for os-debian.svg.
QString osTile(const QString &osId);
// Exact names by short id, from OsCatalog::systems().
void setOsNames(const QHash<QString, QString> &names);
QHash<QString, QString> knownOsNames();

} // namespace ui
