// SPDX-License-Identifier: GPL-3.0-or-later
// View > Full Screen on: the host's screens, of which one may be the machine's own.
#pragma once

#include "ui/host_screens.h"

#include <QtWidgets/QMenu>

class QActionGroup;

namespace ui {

class FullScreenMenu final : public QMenu
{
    Q_OBJECT
public:
    explicit FullScreenMenu(QWidget *parent);

    // Empty: whichever the window is on.
    void setChosen(const ScreenIdentity &identity);

signals:
    // To be remembered, and to be gone to now: nullptr for the screen the window is on.
    void screenChosen(const ui::ScreenIdentity &identity, QScreen *screen);

private:
    void rebuild();
    QAction *addChoice(const QString &name, const QString &text, bool isChosen);

    QActionGroup *m_group;
    ScreenIdentity m_chosen;
};

} // namespace ui
