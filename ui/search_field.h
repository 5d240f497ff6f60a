// SPDX-License-Identifier: GPL-3.0-or-later
// A line edit as a search box: magnifying glass, clear button, and names for both, which Qt leaves
// nameless.
#pragma once

class QLineEdit;

namespace ui {

void makeSearchField(QLineEdit &field);

} // namespace ui
