// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/manager_actions.h"

#include "ui/icons.h"

#include <QtGui/QActionGroup>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QToolBar>
#include <QtWidgets/QToolButton>

namespace ui {

namespace {

constexpr char TipProperty[] = "availableTip";

} // namespace

ManagerActions::ManagerActions(QWidget *window)
    : QObject(window)
    , m_window(window)
    , m_startMenu(new QMenu(tr("&Start"), window))
    , m_groupMenu(new QMenu(tr("Move to &Group"), window))
{
    newMachine = make("new", QStringLiteral("list-add"), tr("&New..."),
                      tr("Make a new machine from an ISO or a disk image"), QKeySequence::New);
    add = make("add", QStringLiteral("document-open"), tr("&Add..."),
               tr("Add a machine that is on this computer already"),
               QKeySequence(Qt::CTRL | Qt::Key_A));
    connectSpice =
        make("connectSpice", QStringLiteral("window-new"), tr("&Connect to a SPICE Server..."),
             tr("Show the screen of a machine on this or another computer, by its "
                "address"));
    start = make("start", QStringLiteral("media-playback-start"), tr("S&tart"),
                 tr("Start the selected machine"));
    startNormal = make("startNormal", QStringLiteral("media-playback-start"), tr("&Normal Start"),
                       tr("Start the machine in a window"));
    startHeadless = make("startHeadless", QStringLiteral("state-running"), tr("&Headless Start"),
                         tr("Start the machine in the background, without a window"));
    startDetachable =
        make("startDetachable", QStringLiteral("window-new"), tr("&Detachable Start"),
             tr("Start the machine in the background, with a window that can be closed and "
                "opened again"));
    startDisposable =
        make("startDisposable", QStringLiteral("edit-delete"), tr("Start Dis&posable"),
             tr("Start the machine in a window and keep nothing of this run: what the "
                "guest writes goes away when it is powered off"));
    pause = make("pause", QStringLiteral("media-playback-pause"), tr("&Pause"),
                 tr("Stop the machine's clock until Pause is chosen again"),
                 QKeySequence(Qt::CTRL | Qt::Key_P));
    pause->setCheckable(true);
    reset = make("reset", QStringLiteral("view-refresh"), tr("&Reset"),
                 tr("Restart the machine as its reset button would"),
                 QKeySequence(Qt::CTRL | Qt::Key_T));
    shutDown = make("shutDown", QStringLiteral("system-shutdown"), tr("ACPI S&hutdown"),
                    tr("Press the machine's power button: its system shuts down by itself"),
                    QKeySequence(Qt::CTRL | Qt::Key_H));
    powerOff = make("powerOff", QStringLiteral("process-stop"), tr("Power &Off"),
                    tr("Pull the machine's plug"));
    saveState = make("saveState", QStringLiteral("document-save"), tr("Sa&ve State"),
                     tr("Keep what is in the guest's memory and end the machine; it goes on from "
                        "there when it is started again"));
    discardState =
        make("discardState", QStringLiteral("edit-delete"), tr("&Discard Saved State..."),
             tr("Throw away what was in the guest's memory; the machine then starts from "
                "its disks"));
    settings = make("settings", QStringLiteral("preferences-system"), tr("Se&ttings..."),
                    tr("Change what the machine is made of"), QKeySequence(Qt::CTRL | Qt::Key_S));
    settings->setIconText(tr("Settings"));
    rename = make("rename", QStringLiteral("edit-rename"), tr("Re&name..."),
                  tr("Give the machine or group another name"), QKeySequence(Qt::Key_F2));
    copy = make("copy", QStringLiteral("edit-copy"), tr("Cop&y..."),
                tr("Make a full copy of the machine, with its disks"),
                QKeySequence(Qt::CTRL | Qt::Key_O));
    moveTo = make("moveTo", QStringLiteral("folder-move"), tr("Mo&ve..."),
                  tr("Move the machine's folder to another place"));
    newGroup = make("newGroup", QStringLiteral("folder-new"), tr("New &Group..."),
                    tr("Put the selected machines into a new group"),
                    QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_G));
    ungroup = make("ungroup", QString(), tr("&Ungroup"),
                   tr("Take the machines out of their group, into the one around it"),
                   QKeySequence(Qt::CTRL | Qt::Key_U));
    sortGroup = make("sortGroup", QString(), tr("Sort &by Name"),
                     tr("Forget the order that machines and groups were dragged into"));
    moveUp = make("moveUp", QStringLiteral("go-up"), tr("Move U&p"),
                  tr("Move the row before the one above it"), QKeySequence(Qt::ALT | Qt::Key_Up));
    moveDown =
        make("moveDown", QStringLiteral("go-down"), tr("Move Do&wn"),
             tr("Move the row after the one below it"), QKeySequence(Qt::ALT | Qt::Key_Down));
    report = make("report", QStringLiteral("document-report"), tr("Create R&eport..."),
                  tr("Collect what somebody needs to find out what is wrong, without your name and "
                     "paths"));
    viewList = make("viewList", QStringLiteral("view-list"), tr("&List"),
                    tr("Show machines as a list with groups"), QKeySequence(Qt::CTRL | Qt::Key_1));
    viewColumns =
        make("viewColumns", QStringLiteral("view-columns"), tr("&Columns"),
             tr("Show machines as a table that can be sorted"), QKeySequence(Qt::CTRL | Qt::Key_2));
    auto *views = new QActionGroup(this);
    for (QAction *action : {viewList, viewColumns}) {
        action->setCheckable(true);
        views->addAction(action);
    }
    viewList->setChecked(true);
    viewActivity =
        make("viewActivity", QStringLiteral("view-activity"), tr("&Activity"),
             tr("Show what the running machines use"), QKeySequence(Qt::CTRL | Qt::Key_3));
    viewActivity->setCheckable(true);
    remove = make("remove", QStringLiteral("edit-delete"), tr("Re&move..."),
                  tr("Take the machine off the list, or delete its files"),
                  QKeySequence(QKeySequence::Delete));
    showLog =
        make("showLog", QStringLiteral("text-x-log"), tr("Show &Log..."),
             tr("Show what the machine's last run wrote down"), QKeySequence(Qt::CTRL | Qt::Key_L));
    showFolder = make("showFolder", QStringLiteral("folder-open"), tr("Show in &File Manager"),
                      tr("Open the machine's folder in the file manager"));
    fileManager = make("fileManager", QStringLiteral("folder-move"), tr("Guest's F&iles..."),
                       tr("Copy files between this computer and the running guest"));
    search = make("search", QStringLiteral("edit-find"), tr("&Search"),
                  tr("Look for a machine by name or system"), QKeySequence::Find);
    usbDevices =
        make("usbDevices", QStringLiteral("drive-removable-media-usb"), tr("&USB Devices..."),
             tr("Show which USB devices this computer and its guests have, and move them"));
    preferences = make("preferences", QStringLiteral("preferences-system"), tr("&Preferences..."),
                       tr("Choices for all machines"), QKeySequence(Qt::CTRL | Qt::Key_G));
    preferences->setMenuRole(QAction::PreferencesRole);
    about = make("about", QStringLiteral("help-about"), tr("&About Vitrine"),
                 tr("Version and license"));
    about->setMenuRole(QAction::AboutRole);
    quit =
        make("quit", QStringLiteral("application-exit"), tr("&Quit"),
             tr("Close this window; running machines go on"), QKeySequence(Qt::CTRL | Qt::Key_Q));
    quit->setMenuRole(QAction::QuitRole);
    newMachine->setIconText(tr("New"));
    add->setIconText(tr("Add"));
    shutDown->setIconText(tr("Shut Down"));

    m_groupMenu->setObjectName(QStringLiteral("groupMenu"));
    m_groupMenu->setToolTipsVisible(true);
    m_startMenu->setObjectName(QStringLiteral("startMenu"));
    m_startMenu->setIcon(icon(QStringLiteral("media-playback-start")));
    m_startMenu->setToolTipsVisible(true);
    m_startMenu->addAction(startNormal);
    m_startMenu->addAction(startHeadless);
    m_startMenu->addAction(startDetachable);
    m_startMenu->addAction(startDisposable);
}

QAction *ManagerActions::make(const char *name, const QString &iconName, const QString &text,
                              const QString &tip, const QKeySequence &keys)
{
    auto *action = new QAction(icon(iconName), text, m_window);
    action->setObjectName(QString::fromLatin1(name));
    action->setToolTip(tip);
    action->setStatusTip(tip);
    action->setProperty(TipProperty, tip);
    if (!keys.isEmpty())
        action->setShortcut(keys);
    m_window->addAction(action);
    return action;
}

void ManagerActions::fillMenuBar(QMenuBar *menuBar) const
{
    QMenu *file = menuBar->addMenu(tr("&File"));
    file->addAction(usbDevices);
    file->addAction(connectSpice);
    file->addSeparator();
    file->addAction(preferences);
    file->addSeparator();
    file->addAction(quit);

    QMenu *machine = menuBar->addMenu(tr("&Machine"));
    machine->addAction(newMachine);
    machine->addAction(add);
    machine->addSeparator();
    fillContextMenu(machine);
    machine->addSeparator();
    machine->addAction(search);

    QMenu *group = menuBar->addMenu(tr("&Group"));
    fillGroupMenu(group);

    QMenu *view = menuBar->addMenu(tr("&View"));
    view->addAction(viewList);
    view->addAction(viewColumns);
    view->addSeparator();
    view->addAction(viewActivity);

    QMenu *help = menuBar->addMenu(tr("&Help"));
    help->addAction(about);
    for (QMenu *menu : {file, machine, group, view, help})
        menu->setToolTipsVisible(true);
}

void ManagerActions::fillContextMenu(QMenu *menu) const
{
    menu->setToolTipsVisible(true);
    menu->addAction(start);
    menu->addMenu(m_startMenu);
    menu->addAction(settings);
    menu->addAction(pause);
    menu->addAction(reset);
    menu->addAction(saveState);
    menu->addAction(shutDown);
    menu->addAction(powerOff);
    menu->addAction(discardState);
    menu->addSeparator();
    menu->addAction(showLog);
    menu->addAction(showFolder);
    menu->addAction(fileManager);
    menu->addAction(report);
    menu->addSeparator();
    menu->addAction(rename);
    menu->addAction(copy);
    menu->addAction(moveTo);
    menu->addMenu(m_groupMenu);
    menu->addAction(remove);
}

void ManagerActions::fillGroupMenu(QMenu *menu) const
{
    menu->setToolTipsVisible(true);
    menu->addAction(newGroup);
    menu->addMenu(m_groupMenu);
    menu->addAction(ungroup);
    menu->addSeparator();
    menu->addAction(sortGroup);
    menu->addAction(moveUp);
    menu->addAction(moveDown);
}

void ManagerActions::fillToolBar(QToolBar *toolBar) const
{
    toolBar->addAction(newMachine);
    toolBar->addAction(add);
    toolBar->addAction(settings);
    toolBar->addSeparator();
    auto *button = new QToolButton(toolBar);
    button->setObjectName(QStringLiteral("startButton"));
    button->setDefaultAction(start);
    button->setMenu(m_startMenu);
    button->setPopupMode(QToolButton::MenuButtonPopup);
    button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    connect(toolBar, &QToolBar::toolButtonStyleChanged, button, &QToolButton::setToolButtonStyle);
    toolBar->addWidget(button);
    toolBar->addAction(pause);
    toolBar->addAction(reset);
    toolBar->addAction(shutDown);
    toolBar->addAction(powerOff);
}

void ManagerActions::allow(QAction *action, const QString &whyNot)
{
    if (m_isGathering) {
        m_gathered[action].append(whyNot);
        return;
    }
    const QString tip = action->property(TipProperty).toString();
    action->setEnabled(whyNot.isEmpty());
    //: A menu entry's tip and why it is greyed
    action->setToolTip(whyNot.isEmpty() ? tip : tr("%1\nNot now: %2").arg(tip, whyNot));
    action->setStatusTip(whyNot.isEmpty() ? tip : tr("Not now: %1").arg(whyNot));
}

void ManagerActions::follow(const Selection &selection)
{
    const bool live = selection.hasMachine && isLive(selection.state);
    const bool isReadable = selection.state != MachineState::Inaccessible;
    const QString noMachine = selection.hasMachine ? QString() : tr("no machine is selected");
    const bool isGoing = selection.hasMachine && selection.state == MachineState::Removing;
    const QString unreadable = !noMachine.isEmpty() ? noMachine
        : isGoing                                   ? tr("the machine is being removed")
        : isReadable                                ? QString()
                                                    : tr("the machine's file cannot be read");
    const bool canShow = live && !isGoing && selection.state != MachineState::Starting;

    QString whyNoStart = unreadable;
    if (whyNoStart.isEmpty() && selection.state == MachineState::Starting)
        whyNoStart = tr("the machine is starting");
    else if (whyNoStart.isEmpty() && live && !selection.status)
        whyNoStart = tr("the machine runs but does not answer");
    const bool isSaved = selection.hasMachine && selection.state == MachineState::Saved;
    start->setText(canShow ? tr("S&how") : isSaved ? tr("Res&ume") : tr("S&tart"));
    start->setIcon(
        icon(canShow ? QStringLiteral("window-new") : QStringLiteral("media-playback-start")));
    start->setProperty(TipProperty,
                       canShow       ? tr("Show the machine's window")
                           : isSaved ? tr("Let the machine go on where it was saved")
                                     : tr("Start the selected machine"));
    allow(start, whyNoStart);

    QString whyNoOtherStart = unreadable;
    if (whyNoOtherStart.isEmpty() && live)
        whyNoOtherStart = tr("the machine runs already");
    for (QAction *action : {startNormal, startHeadless, startDetachable})
        allow(action, whyNoOtherStart);

    allow(startDisposable,
          whyNoOtherStart.isEmpty() && isSaved
              ? tr("the machine is saved; resume it, or discard its state first")
              : whyNoOtherStart);
    allow(discardState,
          !unreadable.isEmpty() ? unreadable
              : isSaved         ? QString()
                                : tr("the machine has no saved state"));

    const auto whyNot = [&](engine::Feature feature) {
        if (!unreadable.isEmpty())
            return unreadable;
        if (!live)
            return tr("the machine does not run");
        if (!selection.status)
            return selection.state == MachineState::Starting
                ? tr("the machine is starting")
                : tr("the machine runs but does not answer");
        const engine::Support support = selection.status->supports(feature);
        if (!support.isAvailable)
            return support.reason.isEmpty() ? tr("this machine cannot do that") : support.reason;
        return QString();
    };
    const bool isPaused = selection.state == MachineState::Paused;
    pause->setChecked(isPaused);
    allow(pause, whyNot(engine::Feature::Pause));
    allow(reset, whyNot(engine::Feature::Reset));
    QString whyNoSave = whyNot(engine::Feature::SaveState);
    if (whyNoSave.isEmpty() && selection.state != MachineState::Running && !isPaused)
        whyNoSave = tr("the machine is starting or ending");
    allow(saveState, whyNoSave);
    QString whyNoButton = whyNot(engine::Feature::PowerButton);
    if (whyNoButton.isEmpty() && isPaused)
        whyNoButton = tr("a paused machine does not notice its power button");
    allow(shutDown, whyNoButton);

    QString whyNoPower = unreadable;
    if (whyNoPower.isEmpty() && !live)
        whyNoPower = tr("the machine does not run");
    else if (whyNoPower.isEmpty() && !selection.status)
        whyNoPower = tr("the machine does not answer");
    allow(powerOff, whyNoPower);

    allow(remove,
          !noMachine.isEmpty() ? noMachine
              : isGoing        ? unreadable
              : live           ? tr("the machine runs; power it off first")
                               : QString());
    allow(showLog,
          !noMachine.isEmpty()   ? noMachine
              : selection.hasLog ? QString()
                                 : tr("the machine was never started"));
    allow(showFolder, noMachine);
    allow(fileManager, whyNot(engine::Feature::GuestAgent));
    allow(settings, unreadable);
    allow(report, noMachine);
    const QString runs = live && !isGoing ? tr("the machine runs; power it off first") : QString();
    for (QAction *action : {rename, copy, moveTo})
        allow(action, !unreadable.isEmpty() ? unreadable : runs);
}

void ManagerActions::follow(const QList<Selection> &selections)
{
    if (selections.size() <= 1) {
        follow(selections.isEmpty() ? Selection() : selections.first());
        return;
    }
    m_gathered.clear();
    m_isGathering = true;
    bool isOneOff = false;
    bool isOnePaused = false;
    bool isOneRunning = false;
    for (const Selection &selection : selections) {
        follow(selection);
        isOneOff = isOneOff || !isLive(selection.state);
        isOnePaused = isOnePaused || selection.state == MachineState::Paused;
        isOneRunning = isOneRunning || selection.state == MachineState::Running;
    }
    m_isGathering = false;
    start->setText(isOneOff ? tr("S&tart") : tr("S&how"));
    start->setIcon(
        icon(isOneOff ? QStringLiteral("media-playback-start") : QStringLiteral("window-new")));
    start->setProperty(TipProperty,
                       isOneOff ? tr("Start the selected machines that are off")
                                : tr("Show the machines' windows"));
    pause->setChecked(isOnePaused && !isOneRunning);
    const QList<QAction *> forMany{start, startNormal, startHeadless, startDetachable, pause,
                                   reset, shutDown,    saveState,     powerOff};
    for (auto said = m_gathered.cbegin(); said != m_gathered.cend(); ++said) {
        if (!forMany.contains(said.key()))
            allow(said.key(), tr("several machines are selected"));
        else if (said.value().contains(QString()))
            allow(said.key(), {});
        else
            allow(said.key(), said.value().first());
    }
}

void ManagerActions::followGrouping(const Grouping &grouping, int machines)
{
    const QString none = machines == 0 ? tr("no machine is selected") : QString();
    const QString unreadable =
        grouping.hasUnreadable ? tr("the machine's file cannot be read") : none;
    allow(newGroup, unreadable);
    m_groupMenu->setEnabled(unreadable.isEmpty());
    allow(ungroup,
          !unreadable.isEmpty()                        ? unreadable
              : grouping.isInGroup || grouping.isGroup ? QString()
                                                       : tr("the machine is in no group"));
    if (grouping.isGroup)
        allow(rename, {});
    const QString table =
        grouping.isTable ? tr("the table has the order of its columns") : QString();
    allow(sortGroup,
          !table.isEmpty()         ? table
              : grouping.isOrdered ? QString()
                                   : tr("everything is sorted by name"));
    const QString row = machines == 0 && !grouping.isGroup ? tr("nothing is selected") : QString();
    for (QAction *action : {moveUp, moveDown})
        allow(action, table.isEmpty() ? row : table);
}

} // namespace ui
