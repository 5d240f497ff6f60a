// SPDX-License-Identifier: GPL-3.0-or-later
// The one set of actions behind the manager's tool bar, menus, context menu and keyboard. Whether
// one is available follows the selected machine; a greyed one says why in its tip.
#pragma once

#include "engine/control/control_protocol.h"
#include "ui/machine_state.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QStringList>
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
    QAction *rename; // of a machine or a group
    QAction *copy;
    QAction *moveTo;
    QAction *remove;
    QAction *newGroup;
    QAction *ungroup;
    QAction *sortGroup;
    QAction *moveUp;
    QAction *moveDown;
    QAction *showLog;
    QAction *showFolder;
    QAction *fileManager; // of a running guest's files
    QAction *report;
    QAction *viewList; // these two exclude each other
    QAction *viewColumns;
    QAction *viewActivity; // checkable
    QAction *search;
    QAction *usbDevices;
    QAction *connectSpice;
    QAction *preferences;
    QAction *about;
    QAction *quit;

    void fillMenuBar(QMenuBar *menuBar) const;
    void fillToolBar(QToolBar *toolBar) const;
    void fillContextMenu(QMenu *menu) const;
    void fillGroupMenu(QMenu *menu) const; // of a group's line
    QMenu *groupMenu() const { return m_groupMenu; } // "Move to Group", filled when it opens

    struct Selection
    {
        bool hasMachine = false;
        MachineState state = MachineState::PoweredOff;
        const engine::MachineStatus *status = nullptr; // when its process answers
        bool hasLog = false;
    };
    void follow(const Selection &selection);
    // Several machines: what one of them can do can be asked for; what needs one is greyed.
    void follow(const QList<Selection> &selections);
    struct Grouping
    {
        bool isGroup = false; // the current row
        bool isInGroup = false;
        bool hasUnreadable = false;
        bool isTable = false; // which knows neither groups nor an order
        bool isOrdered = false; // by hand
    };
    // After one of the above.
    void followGrouping(const Grouping &grouping, int machines);

private:
    QAction *make(const char *name, const QString &iconName, const QString &text,
                  const QString &tip, const QKeySequence &keys = {});
    void allow(QAction *action, const QString &whyNot);

    QWidget *m_window;
    QMenu *m_startMenu;
    QMenu *m_groupMenu;
    // While several machines are asked about: what each of them said.
    bool m_isGathering = false;
    QHash<QAction *, QStringList> m_gathered;
};

} // namespace ui
