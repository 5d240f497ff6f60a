// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for ui/icons.cpp where a test does without the bundled pictures.
#include "ui/icons.h"

namespace ui {

QIcon icon(const QString &name)
{
    return QIcon::fromTheme(name);
}

QIcon osIcon(const QString &)
{
    return {};
}

QIcon applicationIcon()
{
    return {};
}

} // namespace ui
