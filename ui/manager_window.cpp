// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/manager_window.h"

#include "engine/machine/user_paths.h"
#include "ui/details_pane.h"
#include "ui/dropped_file.h"
#include "ui/empty_state.h"
#include "ui/icons.h"
#include "ui/machine_list_model.h"
#include "ui/machine_list_view.h"
#include "ui/machine_monitor.h"
#include "ui/manager_actions.h"
#include "ui/search_field.h"
#include "ui/shortcuts.h"

#include <QtCore/QFileInfo>
#include <QtCore/QItemSelectionModel>
#include <QtCore/QMimeData>
#include <QtGui/QDragEnterEvent>
#include <QtGui/QScreen>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
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
    , m_monitor(new MachineMonitor(runtimeFolder, this))
    , m_model(new MachineListModel(store, *m_monitor, this))
    , m_filter(new MachineFilterModel(this))
    , m_actions(new ManagerActions(this))
    , m_runtimeFolder(runtimeFolder)
{
    setObjectName(QStringLiteral("managerWindow"));
    setWindowTitle(tr("Vitrine"));
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);
    m_filter->setSourceModel(m_model);

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

    if (m_filter->rowCount() > 0)
        m_list->setCurrentIndex(m_filter->index(0, 0));
    updateEmptyState();
    updateDetails(); // at once: no action may be tried before it is known to make sense
}

ManagerWindow::~ManagerWindow() = default;

void ManagerWindow::buildCentral()
{
    m_search = new QLineEdit(this);
    m_search->setObjectName(QStringLiteral("search"));
    m_search->setPlaceholderText(tr("Search by name or system"));
    m_search->setAccessibleName(tr("Search machines"));
    makeSearchField(*m_search);

    m_list = new MachineListView(this);
    m_list->setObjectName(QStringLiteral("machines"));
    m_list->setAccessibleName(tr("Machines"));
    m_list->setEmptyText(tr("No machine matches the search"));
    m_list->setModel(m_filter);

    auto *left = new QWidget(this);
    auto *leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(6, 6, 0, 0);
    leftLayout->addWidget(m_search);
    leftLayout->addWidget(m_list, 1);

    m_details = new DetailsPane(this);
    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(left);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({320, 620});
    left->setMinimumWidth(220);
    m_details->setMinimumWidth(380);

    m_empty = new EmptyState(this);
    m_pages = new QStackedWidget(this);
    m_pages->setObjectName(QStringLiteral("pages"));
    m_pages->addWidget(m_empty);
    m_pages->addWidget(splitter);
    setCentralWidget(m_pages);

    connect(m_empty, &EmptyState::isoWanted, this, &ManagerWindow::chooseIso);
    connect(m_empty, &EmptyState::folderWanted, this, &ManagerWindow::chooseFolder);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_filter->setSearch(text);
        if (!m_list->currentIndex().isValid() && m_filter->rowCount() > 0)
            m_list->setCurrentIndex(m_filter->index(0, 0));
        m_list->scrollTo(m_list->currentIndex());
    });
    connect(m_search, &QLineEdit::returnPressed, m_list, qOverload<>(&QWidget::setFocus));
    connect(m_list, &MachineListView::rowChosen, this, [this] {
        if (m_actions->start->isEnabled())
            startOrShow();
    });
    connect(m_list, &QWidget::customContextMenuRequested, this, [this](const QPoint &place) {
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        if (m_list->indexAt(place).isValid()) {
            m_actions->fillContextMenu(menu);
        } else {
            menu->addAction(m_actions->newMachine);
            menu->addAction(m_actions->add);
        }
        menu->popup(m_list->viewport()->mapToGlobal(place));
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &ManagerWindow::selectionChanged);
    for (QAbstractItemModel *model : {static_cast<QAbstractItemModel *>(m_filter)}) {
        connect(model, &QAbstractItemModel::rowsInserted, this, &ManagerWindow::updateEmptyState);
        connect(model, &QAbstractItemModel::rowsRemoved, this, &ManagerWindow::updateEmptyState);
    }
    connect(m_model, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                const int row = current().row();
                if (row < first.row() || row > last.row())
                    return;
                if (roles == QList<int>{MachineListModel::ThumbnailRole})
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
    connect(m_actions->start, &QAction::triggered, this, &ManagerWindow::startOrShow);
    connect(m_actions->startNormal, &QAction::triggered, this,
            [this] { start(QStringLiteral("gui")); });
    connect(m_actions->startHeadless, &QAction::triggered, this,
            [this] { start(QStringLiteral("headless")); });
    connect(m_actions->startDetachable, &QAction::triggered, this,
            [this] { start(QStringLiteral("separate")); });
    connect(m_actions->pause, &QAction::triggered, this, [this](bool isPaused) {
        command(isPaused ? QStringLiteral("machine.pause") : QStringLiteral("machine.resume"),
                isPaused ? tr("The machine \"%1\" could not be paused")
                         : tr("The machine \"%1\" could not go on"));
    });
    connect(m_actions->reset, &QAction::triggered, this, [this] {
        command(QStringLiteral("machine.reset"), tr("The machine \"%1\" could not be reset"));
    });
    connect(m_actions->shutDown, &QAction::triggered, this, [this] {
        command(QStringLiteral("machine.powerButton"),
                tr("The power button of \"%1\" could not be pressed"));
    });
    connect(m_actions->powerOff, &QAction::triggered, this, &ManagerWindow::confirmPowerOff);
    connect(m_actions->saveState, &QAction::triggered, this, [this] {
        command(QStringLiteral("machine.saveState"),
                tr("The state of the machine \"%1\" could not be saved"));
    });
    connect(m_actions->discardState, &QAction::triggered, this, &ManagerWindow::confirmDiscard);
    connect(m_actions->startDisposable, &QAction::triggered, this, &ManagerWindow::startDisposable);
    connect(m_actions->settings, &QAction::triggered, this, [this] { openSettings(); });
    connect(m_details, &DetailsPane::sectionChosen, this, &ManagerWindow::openSettings);
    connect(m_actions->remove, &QAction::triggered, this, &ManagerWindow::removeMachine);
    connect(m_actions->showLog, &QAction::triggered, this, &ManagerWindow::showLog);
    connect(m_actions->showFolder, &QAction::triggered, this, &ManagerWindow::showFolder);
    connect(m_actions->search, &QAction::triggered, this, [this] {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->selectAll();
    });
    connect(m_actions->preferences, &QAction::triggered, this,
            &ManagerWindow::preferencesRequested);
    connect(m_actions->about, &QAction::triggered, this, &ManagerWindow::showAbout);
    connect(m_actions->quit, &QAction::triggered, this, &QWidget::close);
}

QModelIndex ManagerWindow::current() const
{
    return m_filter->mapToSource(m_list->currentIndex());
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
    const QModelIndex index = current();
    const engine::MachineEntry *entry = m_model->entry(index);
    ManagerActions::Selection selection;
    selection.hasMachine = entry != nullptr;
    if (!entry) {
        m_details->clear();
        m_actions->follow(selection);
        return;
    }
    selection.state = m_model->state(index);
    selection.status = m_model->status(index);
    selection.hasLog = QFileInfo::exists(engine::paths::logFile(entry->folder));
    m_actions->follow(selection);
    m_details->showMachine(*entry, selection.state, selection.status);
    m_details->showPicture(index.data(MachineListModel::ThumbnailRole).value<QImage>(),
                           selection.state);
}

void ManagerWindow::updateEmptyState()
{
    const bool isEmpty = m_model->rowCount() == 0;
    m_pages->setCurrentIndex(isEmpty ? 0 : 1);
    m_actions->search->setEnabled(!isEmpty);
    if (!m_list->currentIndex().isValid() && m_filter->rowCount() > 0)
        m_list->setCurrentIndex(m_filter->index(0, 0));
    selectionChanged();
}

void ManagerWindow::selectMachine(const QString &folder)
{
    m_model->update();
    QModelIndex row = m_filter->mapFromSource(m_model->indexOf(folder));
    if (!row.isValid() && !m_search->text().isEmpty()) {
        m_search->clear();
        row = m_filter->mapFromSource(m_model->indexOf(folder));
    }
    if (!row.isValid())
        return;
    m_list->setCurrentIndex(row);
    m_list->scrollTo(row);
    m_list->setFocus();
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
        m_list->setFocus();
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
