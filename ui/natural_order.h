// SPDX-License-Identifier: GPL-3.0-or-later
// Names in the order people expect: "web 2" before "web 10", whatever the case.
#pragma once

#include <QtCore/QString>

namespace ui {

// Two names compare as their keys do; made once where many are sorted.
QString naturalKey(const QString &name);

} // namespace ui
