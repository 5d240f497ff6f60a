// SPDX-License-Identifier: GPL-3.0-or-later
// What a file or folder given to the manager is for, by its name alone: a window that is hovered
// over has no time to read disks.
#pragma once

#include <QtCore/QString>

class QMimeData;

namespace ui {

enum class DroppedKind { Nothing, Machine, OpticalImage, DiskImage };

DroppedKind droppedKind(const QString &path);
// The first usable local file; empty when there is none.
QString droppedPath(const QMimeData *data);

} // namespace ui
