// SPDX-License-Identifier: GPL-3.0-or-later
// Between the formats a guest's agent has words for and those of this desktop's clipboard. Pure.
//
// The agent's protocol has no HTML: formatted text goes over as its plain text.
#pragma once

#include "display/guest_link.h"

#include <QtCore/QStringList>

class QMimeData;

namespace ui {

enum class LineEnds { Lf, CrLf }; // of the guest's text

// What a guest may have of this; the best first.
QList<display::ClipFormat> formatsIn(const QMimeData &data);
// For the guest; empty when there is nothing.
QByteArray clipData(const QMimeData &data, display::ClipFormat format, LineEnds guest);

QStringList mimeTypesOf(display::ClipFormat format); // the usual one first
// A guest's text for this desktop, which has LF, and no zero at its end.
QByteArray textFromGuest(QByteArray text, LineEnds guest);

} // namespace ui
