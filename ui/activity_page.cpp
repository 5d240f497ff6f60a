// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity_page.h"

#include "ui/activity_charts.h"
#include "ui/icons.h"

#include <QtCore/QSortFilterProxyModel>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QTreeView>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace ui {

ActivityModel::ActivityModel(MachineListModel &machines, MachineMonitor &monitor, QObject *parent)
    : QAbstractTableModel(parent)
    , m_machines(machines)
    , m_monitor(monitor)
{
    m_clock.start();
    connect(&monitor, &MachineMonitor::statusChanged, this, &ActivityModel::follow);
    connect(&monitor, &MachineMonitor::machineGone, this, &ActivityModel::follow);
    connect(&monitor, &MachineMonitor::activityChanged, this,
            [this](const QUuid &uuid, const engine::ActivityCounters &counters) {
                const QModelIndex index = indexOf(uuid);
                if (!index.isValid()
                    || !m_rows[index.row()].history.add(counters, m_clock.elapsed()))
                    return;
                emit dataChanged(index, index.siblingAtColumn(ColumnCount - 1));
                emit sampled(uuid);
            });
    follow();
}

void ActivityModel::setWanted(bool wanted)
{
    m_isWanted = wanted;
    m_monitor.setActivityWanted(wanted);
    // A line over the time when nobody looked would be made up.
    if (wanted) {
        for (Row &row : m_rows)
            row.history.clear();
    }
}

// The machines whose process answers, as rows.
void ActivityModel::follow()
{
    QList<QPair<QUuid, QString>> live;
    for (int row = 0; row < m_machines.rowCount(); ++row) {
        const QModelIndex index = m_machines.index(row);
        if (m_machines.status(index))
            live.append({m_machines.entry(index)->definition.uuid, index.data().toString()});
    }
    for (int row = int(m_rows.size()) - 1; row >= 0; --row) {
        const bool isThere = std::any_of(live.begin(), live.end(), [&](const auto &machine) {
            return machine.first == m_rows.at(row).uuid;
        });
        if (isThere)
            continue;
        beginRemoveRows({}, row, row);
        m_rows.removeAt(row);
        endRemoveRows();
    }
    for (const auto &[uuid, name] : std::as_const(live)) {
        const QModelIndex known = indexOf(uuid);
        if (known.isValid()) {
            if (m_rows.at(known.row()).name != name) {
                m_rows[known.row()].name = name;
                emit dataChanged(known, known);
            }
            continue;
        }
        beginInsertRows({}, int(m_rows.size()), int(m_rows.size()));
        m_rows.append({uuid, name, {}});
        endInsertRows();
    }
}

QUuid ActivityModel::machine(const QModelIndex &index) const
{
    return index.isValid() ? m_rows.at(index.row()).uuid : QUuid();
}

QModelIndex ActivityModel::indexOf(const QUuid &machine) const
{
    for (int row = 0; row < m_rows.size(); ++row) {
        if (m_rows.at(row).uuid == machine)
            return index(row, 0);
    }
    return {};
}

const ActivityHistory *ActivityModel::history(const QUuid &machine) const
{
    const QModelIndex index = indexOf(machine);
    return index.isValid() ? &m_rows.at(index.row()).history : nullptr;
}

int ActivityModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int ActivityModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant ActivityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case Name:
        return tr("Machine");
    case Cpu:
        return tr("Processor");
    case Memory:
        return tr("Memory");
    case DiskRead:
        return tr("Disk Read");
    case DiskWritten:
        return tr("Disk Written");
    case Received:
        return tr("Received");
    case Sent:
        return tr("Sent");
    case Exits:
        return tr("Exits");
    case ColumnCount:
        break;
    }
    return {};
}

QVariant ActivityModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows.size())
        return {};
    const Row &row = m_rows.at(index.row());
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::DecorationRole && index.column() == Name)
        return icon(QStringLiteral("state-running"));
    if (role != Qt::DisplayRole && role != SortRole && role != Qt::ToolTipRole)
        return {};
    const bool isText = role != SortRole;
    if (index.column() == Name)
        return row.name;
    const ActivitySample *now = row.history.latest();
    const QString unknown = QStringLiteral("\u2013");
    if (!now)
        return isText ? QVariant(unknown) : QVariant(-1.0);
    const bool inBytes = row.history.isNetworkInBytes();
    const auto network = [&](double value) -> QVariant {
        if (!isText)
            return value;
        if (!row.history.isNetworkCounted())
            return role == Qt::ToolTipRole ? tr("Not counted") : unknown;
        return inBytes ? bytesPerSecondText(value) : packetsPerSecondText(value);
    };
    switch (Column(index.column())) {
    case Cpu:
        return isText ? QVariant(percentText(now->cpuPercent)) : QVariant(now->cpuPercent);
    case Memory:
        return isText ? QVariant(bytesText(now->memoryBytes)) : QVariant(now->memoryBytes);
    case DiskRead:
        return isText ? QVariant(bytesPerSecondText(now->diskReadPerSecond))
                      : QVariant(now->diskReadPerSecond);
    case DiskWritten:
        return isText ? QVariant(bytesPerSecondText(now->diskWrittenPerSecond))
                      : QVariant(now->diskWrittenPerSecond);
    case Received:
        return network(now->networkReceivedPerSecond);
    case Sent:
        return network(now->networkSentPerSecond);
    case Exits:
        if (!isText)
            return now->exitsPerSecond;
        if (!row.history.areExitsCounted())
            return role == Qt::ToolTipRole ? tr("Not counted") : unknown;
        return countPerSecondText(now->exitsPerSecond);
    case Name:
    case ColumnCount:
        break;
    }
    return {};
}

ActivityPage::ActivityPage(MachineListModel &machines, MachineMonitor &monitor, QWidget *parent)
    : QWidget(parent)
    , m_machines(machines)
    , m_monitor(monitor)
    , m_model(new ActivityModel(machines, monitor, this))
    , m_table(new QTreeView(this))
    , m_title(new QLabel(this))
    , m_charts(new ActivityCharts(this))
    , m_nothing(new QLabel(tr("No machine is running"), this))
    , m_pages(new QStackedWidget(this))
{
    setObjectName(QStringLiteral("activityPage"));
    auto *sorted = new QSortFilterProxyModel(this);
    sorted->setSourceModel(m_model);
    sorted->setSortRole(ActivityModel::SortRole);
    sorted->setSortCaseSensitivity(Qt::CaseInsensitive);
    sorted->setDynamicSortFilter(true);
    m_table->setObjectName(QStringLiteral("activityTable"));
    m_table->setAccessibleName(tr("Running machines"));
    m_table->setModel(sorted);
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setAllColumnsShowFocus(true);
    m_table->setAlternatingRowColors(true);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(ActivityModel::Name, Qt::AscendingOrder);
    m_table->header()->setStretchLastSection(false);
    m_table->header()->setSectionResizeMode(ActivityModel::Name, QHeaderView::Stretch);
    const int letter = fontMetrics().averageCharWidth();
    for (int column = 1; column < ActivityModel::ColumnCount; ++column)
        m_table->header()->resizeSection(column, letter * 14);

    m_title->setObjectName(QStringLiteral("activityTitle"));
    m_title->setTextFormat(Qt::PlainText);
    QFont bold = m_title->font();
    bold.setWeight(QFont::DemiBold);
    m_title->setFont(bold);
    auto *lower = new QWidget(this);
    auto *lowerLayout = new QVBoxLayout(lower);
    lowerLayout->setContentsMargins(0, 0, 0, 0);
    lowerLayout->addWidget(m_title);
    lowerLayout->addWidget(m_charts, 1);

    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_table);
    splitter->addWidget(lower);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 2);
    m_nothing->setAlignment(Qt::AlignCenter);
    m_pages->addWidget(m_nothing);
    m_pages->addWidget(splitter);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addWidget(m_pages);

    connect(m_model, &QAbstractItemModel::rowsInserted, this, &ActivityPage::updateEmpty);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &ActivityPage::updateEmpty);
    connect(m_model, &ActivityModel::sampled, this, &ActivityPage::updateCharts);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &ActivityPage::updateCharts);
    connect(m_table, &QTreeView::activated, this, [this, sorted](const QModelIndex &index) {
        const QUuid uuid = m_model->machine(sorted->mapToSource(index));
        for (int row = 0; row < m_machines.rowCount(); ++row) {
            const engine::MachineEntry *entry = m_machines.entry(m_machines.index(row));
            if (entry->isAccessible() && entry->definition.uuid == uuid)
                return emit machineChosen(entry->folder);
        }
    });
    updateEmpty();
}

void ActivityPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_model->setWanted(true);
    updateCharts();
}

void ActivityPage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_model->setWanted(false);
}

void ActivityPage::updateEmpty()
{
    m_pages->setCurrentIndex(m_model->rowCount() > 0 ? 1 : 0);
    if (!m_table->currentIndex().isValid() && m_model->rowCount() > 0)
        m_table->setCurrentIndex(m_table->model()->index(0, 0));
    updateCharts();
}

void ActivityPage::updateCharts()
{
    const auto *sorted = qobject_cast<const QSortFilterProxyModel *>(m_table->model());
    const QUuid uuid = m_model->machine(sorted->mapToSource(m_table->currentIndex()));
    const engine::MachineStatus *status = m_monitor.status(uuid);
    int cpus = 1;
    int memoryMiB = 0;
    QString name;
    for (int row = 0; row < m_machines.rowCount() && !uuid.isNull(); ++row) {
        const engine::MachineEntry *entry = m_machines.entry(m_machines.index(row));
        if (!entry->isAccessible() || entry->definition.uuid != uuid)
            continue;
        cpus = entry->definition.cpus;
        memoryMiB = entry->definition.memoryMiB;
        name = entry->displayName();
    }
    m_title->setText(name);
    m_charts->show(m_model->history(uuid),
                   status ? status->acceleration.kind : engine::Acceleration::Kind::Unknown, cpus,
                   memoryMiB);
}

} // namespace ui
