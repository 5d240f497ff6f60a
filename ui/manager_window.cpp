// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/manager_window.h"

#include "engine/machine/user_paths.h"
#include "ui/activity_page.h"
#include "ui/details_pane.h"
#include "ui/dropped_file.h"
#include "ui/empty_state.h"
#include "ui/icons.h"
#include "ui/machine_browser.h"
#include "ui/machine_facts.h"
#include "ui/machine_list_model.h"
#include "ui/machine_monitor.h"
#include "ui/manager_actions.h"
#include "ui/shortcuts.h"

#include <QtCore/QFileInfo>
#include <QtCore/QMimeData>
#include <QtGui/QDragEnterEvent>
#include <QtGui/QScreen>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QStatusBar>
#include <QtWidgets/QToolBar>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

ManagerWindow::ManagerWindow(engine::MachineStore &store, const QString &runtimeFolder,
                             QWidget *parent)
    : QMainWindow(parent)
    , m_store(store)
    , m_state(store.configFolder())
    , m_monitor(new MachineMonitor(runtimeFolder, this))
    , m_model(new MachineListModel(store, *m_monitor, this))
    , m_actions(new ManagerActions(this))
    , m_runtimeFolder(runtimeFolder)
{
    setObjectName(QStringLiteral("managerWindow"));
    setWindowTitle(tr("Vitrine"));
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);

    m_actions->fillMenuBar(menuBar());
    auto *toolBar = new QToolBar(tr("Machine Tools"), this);
    toolBar->setObjectName(QStringLiteral("toolBar"));
    toolBar->setMovable(false);
    toolBar->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    toolBar->setContextMenuPolicy(Qt::PreventContextMenu);
    m_actions->fillToolBar(toolBar);
    addToolBar(toolBar);

    buildCentral();
    buildStatusBar();
    connectActions();
    new WindowShortcuts(this);
    resize(QSize(940, 620).boundedTo(screen()->availableSize()));

    (m_state.showsColumns ? m_actions->viewColumns : m_actions->viewList)->setChecked(true);
    m_browser->setColumns(m_state.showsColumns);
    m_browser->selectFirst();
    updateEmptyState();
    updateDetails(); // at once: no action may be tried before it is known to make sense
}

ManagerWindow::~ManagerWindow()
{
    if (m_isStateDirty)
        m_state.save();
    // Views tell of their columns up to their end; what they tell it to is gone before children go.
    delete m_pages;
}

void ManagerWindow::buildCentral()
{
    m_browser = new MachineBrowser(*m_model, m_state, this);
    m_details = new DetailsPane(this);
    m_splitter = new QSplitter(Qt::Horizontal, this);
    m_splitter->addWidget(m_browser);
    m_splitter->addWidget(m_details);
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setSizes({320, 620});
    m_browser->setMinimumWidth(220);
    m_details->setMinimumWidth(380);
    if (!m_state.splitter.isEmpty())
        m_splitter->restoreState(m_state.splitter);
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] {
        m_state.splitter = m_splitter->saveState();
        m_isStateDirty = true; // written when the window goes: a drag moves it a hundred times
    });

    m_empty = new EmptyState(this);
    m_pages = new QStackedWidget(this);
    m_pages->setObjectName(QStringLiteral("pages"));
    m_pages->addWidget(m_empty);
    m_pages->addWidget(m_splitter);
    setCentralWidget(m_pages);

    connect(m_empty, &EmptyState::isoWanted, this, &ManagerWindow::chooseIso);
    connect(m_empty, &EmptyState::folderWanted, this, &ManagerWindow::chooseFolder);
    connect(m_browser, &MachineBrowser::rowChosen, this, &ManagerWindow::rowChosen);
    connect(m_browser, &MachineBrowser::dropped, this, &ManagerWindow::drop);
    connect(m_browser, &MachineBrowser::menuRequested, this,
            [this](const QPoint &place, bool isOnRow) {
                auto *menu = new QMenu(this);
                menu->setAttribute(Qt::WA_DeleteOnClose);
                if (!isOnRow) {
                    menu->addAction(m_actions->newMachine);
                    menu->addAction(m_actions->add);
                } else {
                    m_actions->fillContextMenu(menu);
                    menu->addSeparator();
                    m_actions->fillGroupMenu(menu);
                }
                menu->popup(place);
            });
    connect(m_browser, &MachineBrowser::selectionChanged, this, &ManagerWindow::selectionChanged);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_model, signal, this, &ManagerWindow::updateEmptyState);
    connect(m_model, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { noteEnds(first, last); });
    noteEnds(0, m_model->rowCount() - 1);
    connect(m_model, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                const bool isPicture = roles == QList<int>{MachineListModel::ThumbnailRole};
                if (!isPicture)
                    noteEnds(first.row(), last.row());
                const int row = current().row();
                const bool isCurrent = row >= first.row() && row <= last.row();
                if (!isCurrent && !isPicture && m_browser->selectedRows().size() > 1)
                    selectionChanged();
                if (!isCurrent)
                    return;
                if (isPicture)
                    m_details->showPicture(
                        current().data(MachineListModel::ThumbnailRole).value<QImage>(),
                        m_model->state(current()));
                else
                    selectionChanged();
            });
}

void ManagerWindow::buildStatusBar()
{
    m_accelerationButton = new QToolButton(this);
    m_accelerationButton->setObjectName(QStringLiteral("acceleration"));
    m_accelerationButton->setIcon(icon(QStringLiteral("cpu-slow")));
    m_accelerationButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_accelerationButton->setAutoRaise(true);
    m_accelerationButton->setFocusPolicy(Qt::TabFocus);
    m_accelerationButton->hide();
    statusBar()->addPermanentWidget(m_accelerationButton);
    connect(m_accelerationButton, &QToolButton::clicked, this, &ManagerWindow::showAcceleration);
}

void ManagerWindow::connectActions()
{
    connect(m_actions->newMachine, &QAction::triggered, this,
            [this] { emit newMachineRequested({}); });
    connect(m_actions->add, &QAction::triggered, this, &ManagerWindow::chooseDefinition);
    connect(m_actions->connectSpice, &QAction::triggered, this, &ManagerWindow::chooseServer);
    connect(m_actions->start, &QAction::triggered, this, &ManagerWindow::startOrShow);
    connect(m_actions->startNormal, &QAction::triggered, this,
            [this] { start(QStringLiteral("gui")); });
    connect(m_actions->startHeadless, &QAction::triggered, this,
            [this] { start(QStringLiteral("headless")); });
    connect(m_actions->startDetachable, &QAction::triggered, this,
            [this] { start(QStringLiteral("separate")); });
    connect(m_actions->pause, &QAction::triggered, this, &ManagerWindow::pause);
    connect(m_actions->reset, &QAction::triggered, this, [this] {
        command(QStringLiteral("machine.reset"), tr("The machine \"%1\" could not be reset"),
                isLive);
    });
    connect(m_actions->shutDown, &QAction::triggered, this, [this] {
        command(QStringLiteral("machine.powerButton"),
                tr("The power button of \"%1\" could not be pressed"),
                [](MachineState state) { return state == MachineState::Running; });
    });
    connect(m_actions->powerOff, &QAction::triggered, this, &ManagerWindow::confirmPowerOff);
    connect(m_actions->saveState, &QAction::triggered, this, [this] {
        command(QStringLiteral("machine.saveState"),
                tr("The state of the machine \"%1\" could not be saved"), isLive);
    });
    connect(m_actions->discardState, &QAction::triggered, this, &ManagerWindow::confirmDiscard);
    connect(m_actions->startDisposable, &QAction::triggered, this, &ManagerWindow::startDisposable);
    connect(m_actions->settings, &QAction::triggered, this, [this] { openSettings(); });
    connect(m_details, &DetailsPane::sectionChosen, this, &ManagerWindow::openSettings);
    connect(m_actions->remove, &QAction::triggered, this, &ManagerWindow::removeMachine);
    connect(m_actions->showLog, &QAction::triggered, this, &ManagerWindow::showLog);
    connect(m_actions->fileManager, &QAction::triggered, this, &ManagerWindow::showFileManager);
    connect(m_actions->showFolder, &QAction::triggered, this, &ManagerWindow::showFolder);
    connect(m_actions->report, &QAction::triggered, this, &ManagerWindow::showReport);
    connect(m_actions->rename, &QAction::triggered, this, &ManagerWindow::renameCurrent);
    connect(m_actions->copy, &QAction::triggered, this, &ManagerWindow::copyMachine);
    connect(m_actions->moveTo, &QAction::triggered, this, &ManagerWindow::moveMachine);
    connectGroupActions();
    for (QAction *action : {m_actions->viewList, m_actions->viewColumns}) {
        connect(action, &QAction::toggled, this, [this] {
            const bool showsColumns = m_actions->viewColumns->isChecked();
            if (showsColumns != m_state.showsColumns) {
                m_state.showsColumns = showsColumns;
                m_state.save();
            }
            m_browser->setColumns(showsColumns);
            selectionChanged();
        });
    }
    connect(m_actions->viewActivity, &QAction::toggled, this, &ManagerWindow::showPage);
    connect(m_actions->search, &QAction::triggered, this, [this] {
        m_actions->viewActivity->setChecked(false);
        m_browser->focusSearch();
    });
    connect(m_actions->preferences, &QAction::triggered, this,
            &ManagerWindow::preferencesRequested);
    connect(m_actions->about, &QAction::triggered, this, &ManagerWindow::showAbout);
    connect(m_actions->usbDevices, &QAction::triggered, this, &ManagerWindow::showUsbDevices);
    connect(m_actions->quit, &QAction::triggered, this, [this] {
        if (close())
            emit quitRequested();
    });
}

QModelIndex ManagerWindow::current() const
{
    return m_browser->current();
}

const engine::MachineEntry *ManagerWindow::currentEntry() const
{
    return m_model->entry(current());
}

// Many rows may change at once, and a held arrow key runs through a hundred of them: the pane is
// made once for all that happens before the event loop is back.
void ManagerWindow::selectionChanged()
{
    if (m_isUpdateDue)
        return;
    m_isUpdateDue = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isUpdateDue = false;
            updateDetails();
        },
        Qt::QueuedConnection);
}

void ManagerWindow::updateDetails()
{
    QList<ManagerActions::Selection> selections;
    const QList<int> rows = m_browser->selectedRows();
    for (const int row : rows) {
        const QModelIndex index = m_model->index(row);
        ManagerActions::Selection selection;
        selection.hasMachine = true;
        selection.state = m_model->state(index);
        selection.status = m_model->status(index);
        selection.hasLog = rows.size() == 1
            && QFileInfo::exists(engine::paths::logFile(m_model->entry(index)->folder));
        selections.append(selection);
    }
    m_actions->follow(selections);
    updateGrouping();

    const QModelIndex index = current();
    const engine::MachineEntry *entry = m_model->entry(index);
    const QString group = m_browser->currentGroup();
    if (!group.isEmpty()) {
        QList<Fact> machines;
        for (const int row : rows) {
            const QModelIndex machine = m_model->index(row);
            machines.append({machine.data().toString(), stateText(m_model->state(machine))});
        }
        m_details->showGroup(group.mid(1), machines);
    } else if (entry) {
        m_details->showMachine(*entry, m_model->state(index), m_model->status(index));
        m_details->showPicture(index.data(MachineListModel::ThumbnailRole).value<QImage>(),
                               m_model->state(index));
    } else {
        m_details->clear();
    }
}

void ManagerWindow::updateEmptyState()
{
    showPage();
    m_actions->search->setEnabled(m_model->rowCount() > 0);
    selectionChanged();
}

void ManagerWindow::showPage()
{
    const bool wantsActivity = m_actions->viewActivity->isChecked();
    if (wantsActivity && !m_activity) {
        m_activity = new ActivityPage(*m_model, *m_monitor, this);
        m_pages->addWidget(m_activity);
        connect(m_activity, &ActivityPage::machineChosen, this, [this](const QString &folder) {
            m_actions->viewActivity->setChecked(false);
            selectMachine(folder);
        });
    }
    if (m_model->rowCount() == 0)
        m_pages->setCurrentWidget(m_empty);
    else if (wantsActivity)
        m_pages->setCurrentWidget(m_activity);
    else
        m_pages->setCurrentWidget(m_splitter);
}

void ManagerWindow::noteEnds(int first, int last)
{
    for (int row = first; row <= last; ++row) {
        const QModelIndex index = m_model->index(row);
        const QString folder = m_model->entry(index)->folder;
        if (isLive(m_model->state(index)))
            m_live.insert(folder);
        else if (m_live.remove(folder))
            m_ended[folder].start();
    }
}

void ManagerWindow::selectMachine(const QString &folder)
{
    m_model->update();
    m_actions->viewActivity->setChecked(false);
    m_browser->select(folder);
    m_browser->focusList();
}

void ManagerWindow::osNamesChanged()
{
    m_model->osNamesChanged();
}

void ManagerWindow::setAcceleration(const engine::Acceleration &acceleration)
{
    m_acceleration = acceleration;
    const bool isSlow = acceleration.kind == engine::Acceleration::Kind::Emulated;
    m_accelerationButton->setVisible(isSlow);
    if (!isSlow)
        return;
    m_accelerationButton->setText(tr("Software emulation: machines run slowly"));
    m_accelerationButton->setToolTip(acceleration.reason);
    m_accelerationButton->setAccessibleDescription(acceleration.reason);
}

// Pictures cost the machines some work, so they are made only while somebody can see them.
void ManagerWindow::updateThumbnailsWanted()
{
    m_monitor->setThumbnailsWanted(isVisible() && !isMinimized());
}

void ManagerWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    if (m_pages->currentIndex() == 1)
        m_browser->focusList();
    updateThumbnailsWanted();
}

void ManagerWindow::hideEvent(QHideEvent *event)
{
    QMainWindow::hideEvent(event);
    updateThumbnailsWanted();
}

void ManagerWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange)
        updateThumbnailsWanted();
    else if (event->type() == QEvent::PaletteChange)
        selectionChanged(); // pictures in labels do not follow by themselves
}

void ManagerWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (droppedPath(event->mimeData()).isEmpty())
        return;
    event->acceptProposedAction();
    m_empty->setDropOffered(true);
}

void ManagerWindow::dragLeaveEvent(QDragLeaveEvent *)
{
    m_empty->setDropOffered(false);
}

void ManagerWindow::dropEvent(QDropEvent *event)
{
    m_empty->setDropOffered(false);
    const QString path = droppedPath(event->mimeData());
    if (path.isEmpty())
        return;
    event->acceptProposedAction();
    // Not from inside the drop: the program it came from waits for us.
    QMetaObject::invokeMethod(
        this, [this, path] { openPath(path); }, Qt::QueuedConnection);
}

} // namespace ui
