// SPDX-License-Identifier: GPL-3.0-or-later
// The one set of actions behind the manager's tool bar, menus, context menu and keyboard. Whether
// one is available follows the selected machine; a greyed one says why in its tip.
#pragma once

#include "engine/control/control_protocol.h"
#include "ui/machine_state.h"

#include <QtCore/QObject>
#include <QtGui/QAction>

class QMenu;
class QMenuBar;
class QToolBar;

namespace ui {

class ManagerActions final : public QObject
{
    Q_OBJECT
public:
    // Actions belong to `window`, which gives their shortcuts a place to work.
    explicit ManagerActions(QWidget *window);

    QAction *newMachine;
    QAction *add;
    QAction *start; // "Show" while the machine runs, "Resume" when it is saved
    QAction *startNormal;
    QAction *startHeadless;
    QAction *startDetachable;
    QAction *startDisposable;
    QAction *pause; // checkable
    QAction *reset;
    QAction *shutDown;
    QAction *powerOff;
    QAction *saveState;
    QAction *discardState;
    QAction *settings;
    QAction *remove;
    QAction *showLog;
    QAction *showFolder;
    QAction *search;
    QAction *preferences;
    QAction *about;
    QAction *quit;

    void fillMenuBar(QMenuBar *menuBar) const;
    void fillToolBar(QToolBar *toolBar) const;
    void fillContextMenu(QMenu *menu) const;

    struct Selection
    {
        bool hasMachine = false;
        MachineState state = MachineState::PoweredOff;
        const engine::MachineStatus *status = nullptr; // when its process answers
        bool hasLog = false;
    };
    void follow(const Selection &selection);

private:
    QAction *make(const char *name, const QString &iconName, const QString &text,
                  const QString &tip, const QKeySequence &keys = {});
    void allow(QAction *action, const QString &whyNot);

    QWidget *m_window;
    QMenu *m_startMenu;
};

} // namespace ui
