// SPDX-License-Identifier: GPL-3.0-or-later
// Icons by their freedesktop name, from the desktop's theme first and else from the set bundled in
// resources/icons, which follows the palette (light or dark).
#pragma once

#include <QtGui/QIcon>

namespace ui {

QIcon icon(const QString &name); // "media-playback-start"
QIcon osIcon(const QString &osId); // by osinfo short id: "debian12"; a generic one when unknown
QIcon applicationIcon();

} // namespace ui
