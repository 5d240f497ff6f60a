// SPDX-License-Identifier: GPL-3.0-or-later
// What an empty list means, written into it.
#pragma once

#include <QtCore/QString>

class QAbstractItemView;

namespace ui {

// While the view has no row. The model stays the view's.
void showWhenEmpty(QAbstractItemView &view, const QString &text);

} // namespace ui
