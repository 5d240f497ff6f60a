// SPDX-License-Identifier: GPL-3.0-or-later
// Words over a guest's picture as an image: white on translucent black, so that they are read over
// anything. Needs a QGuiApplication for its fonts.
#pragma once

#include <QtCore/QString>
#include <QtGui/QImage>

namespace display {

// `room`: device pixels there are; longer texts are broken into lines. Null for an empty text.
// `enlarged`: in percent of the desktop's font.
QImage wordsImage(const QString &text, const QSize &room, qreal devicePixelRatio, int enlarged);

} // namespace display
