// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/forward_table.h"

#include "ui/icons.h"

#include <QtGui/QAction>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QTableView>
#include <QtWidgets/QToolButton>

#include <algorithm>

namespace ui {

namespace {

constexpr int VisibleRows = 4;
constexpr int FirstHostPort = 2222;
constexpr int SshPort = 22;

QString protocolText(engine::ForwardProtocol protocol)
{
    return protocol == engine::ForwardProtocol::Udp ? QStringLiteral("UDP") : QStringLiteral("TCP");
}

QString portText(int port)
{
    return port > 0 ? QString::number(port) : QString();
}

int columnOf(const QString &key)
{
    static const QStringList Keys{QStringLiteral("name"),         QStringLiteral("protocol"),
                                  QStringLiteral("hostAddress"),  QStringLiteral("hostPort"),
                                  QStringLiteral("guestAddress"), QStringLiteral("guestPort")};
    return qMax(0, int(Keys.indexOf(key)));
}

// The protocol is chosen from a list, opened at once.
class ProtocolDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &,
                          const QModelIndex &) const override
    {
        auto *box = new QComboBox(parent);
        box->addItems({QStringLiteral("TCP"), QStringLiteral("UDP")});
        return box;
    }
    void setEditorData(QWidget *editor, const QModelIndex &index) const override
    {
        static_cast<QComboBox *>(editor)->setCurrentText(index.data(Qt::EditRole).toString());
    }
    void setModelData(QWidget *editor, QAbstractItemModel *model,
                      const QModelIndex &index) const override
    {
        model->setData(index, static_cast<QComboBox *>(editor)->currentText(), Qt::EditRole);
    }
};

} // namespace

void ForwardModel::setForwards(const QList<engine::PortForward> &forwards)
{
    beginResetModel();
    m_forwards = forwards;
    m_problems.clear();
    endResetModel();
}

void ForwardModel::setProblems(const QList<engine::DefinitionProblem> &problems)
{
    m_problems.clear();
    for (const engine::DefinitionProblem &problem : problems)
        m_problems.insert({problem.field.section(u'/', 0, 0).toInt(),
                           columnOf(problem.field.section(u'/', 1, 1))},
                          problem);
    if (!m_forwards.isEmpty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1),
                         {Qt::DecorationRole, Qt::ToolTipRole});
}

void ForwardModel::insert(int row, const engine::PortForward &forward)
{
    beginInsertRows({}, row, row);
    m_forwards.insert(row, forward);
    m_problems.clear();
    endInsertRows();
    emit edited();
}

void ForwardModel::removeAt(int row)
{
    beginRemoveRows({}, row, row);
    m_forwards.removeAt(row);
    m_problems.clear();
    endRemoveRows();
    emit edited();
}

int ForwardModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_forwards.size());
}

int ForwardModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ForwardModel::data(const QModelIndex &index, int role) const
{
    const engine::PortForward &forward = m_forwards.at(index.row());
    const auto problem = m_problems.constFind({index.row(), index.column()});
    if (role == Qt::DecorationRole && problem != m_problems.cend()) {
        return icon(problem->severity == engine::DefinitionProblem::Severity::Error
                        ? QStringLiteral("dialog-error")
                        : QStringLiteral("dialog-warning"));
    }
    if (role == Qt::ToolTipRole && problem != m_problems.cend())
        return problem->text;
    if (role != Qt::DisplayRole && role != Qt::EditRole)
        return {};
    switch (index.column()) {
    case Name:
        return forward.name;
    case Protocol:
        return protocolText(forward.protocol);
    case HostAddress:
        // What an empty one means is worth seeing.
        return role == Qt::DisplayRole && forward.hostAddress.isEmpty()
            ? QStringLiteral("127.0.0.1")
            : forward.hostAddress;
    case HostPort:
        return portText(forward.hostPort);
    case GuestAddress:
        return forward.guestAddress;
    case GuestPort:
        return portText(forward.guestPort);
    default:
        return {};
    }
}

QVariant ForwardModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const bool isTip = role == Qt::ToolTipRole;
    switch (section) {
    case Name:
        return isTip ? tr("How commands call the rule") : tr("Name");
    case Protocol:
        return tr("Protocol");
    case HostAddress:
        return isTip ? tr("This computer's address; 0.0.0.0 lets others in, too") : tr("Host IP");
    case HostPort:
        return tr("Host port");
    case GuestAddress:
        return isTip ? tr("The guest's address; empty: what it was given") : tr("Guest IP");
    case GuestPort:
        return tr("Guest port");
    default:
        return {};
    }
}

bool ForwardModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::EditRole || !index.isValid())
        return false;
    engine::PortForward &forward = m_forwards[index.row()];
    const engine::PortForward before = forward;
    const QString text = value.toString().trimmed();
    switch (index.column()) {
    case Name:
        forward.name = text;
        break;
    case Protocol:
        forward.protocol = text == QLatin1String("UDP") ? engine::ForwardProtocol::Udp
                                                        : engine::ForwardProtocol::Tcp;
        break;
    case HostAddress:
        forward.hostAddress = text;
        break;
    case HostPort:
        forward.hostPort = text.toInt();
        break;
    case GuestAddress:
        forward.guestAddress = text;
        break;
    case GuestPort:
        forward.guestPort = text.toInt();
        break;
    default:
        return false;
    }
    if (forward == before)
        return true;
    emit dataChanged(index, index);
    emit edited();
    return true;
}

Qt::ItemFlags ForwardModel::flags(const QModelIndex &index) const
{
    return QAbstractTableModel::flags(index) | Qt::ItemIsEditable;
}

ForwardTable::ForwardTable(QWidget *parent)
    : QWidget(parent)
    , m_model(new ForwardModel(this))
    , m_view(new QTableView(this))
    , m_add(new QToolButton(this))
    , m_copy(new QToolButton(this))
    , m_remove(new QToolButton(this))
{
    m_view->setObjectName(QStringLiteral("forwardView"));
    m_view->setAccessibleName(tr("Port forwards"));
    m_view->setModel(m_model);
    m_view->setItemDelegateForColumn(ForwardModel::Protocol, new ProtocolDelegate(m_view));
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEditTriggers(QAbstractItemView::AllEditTriggers);
    m_view->setTabKeyNavigation(false);
    m_view->verticalHeader()->hide();
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    for (const int narrow :
         {int(ForwardModel::Protocol), int(ForwardModel::HostPort), int(ForwardModel::GuestPort)})
        m_view->horizontalHeader()->setSectionResizeMode(narrow, QHeaderView::ResizeToContents);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->setFixedHeight(m_view->horizontalHeader()->sizeHint().height()
                           + VisibleRows * m_view->verticalHeader()->defaultSectionSize() + 4);
    setFocusProxy(m_view);

    auto *buttons = new QVBoxLayout;
    const struct
    {
        QToolButton *button;
        const char *name;
        const char *iconName;
        QString text;
        void (ForwardTable::*run)();
    } rows[] = {
        {m_add, "addForward", "item-add", tr("Add a port forward"), &ForwardTable::add},
        {m_copy, "copyForward", "edit-copy", tr("Copy the selected port forward"),
         &ForwardTable::copy},
        {m_remove, "removeForward", "edit-delete", tr("Delete the selected port forward"),
         &ForwardTable::remove},
    };
    for (const auto &row : rows) {
        row.button->setObjectName(QString::fromLatin1(row.name));
        row.button->setIcon(icon(QString::fromLatin1(row.iconName)));
        row.button->setToolTip(row.text);
        row.button->setAccessibleName(row.text);
        row.button->setFocusPolicy(Qt::StrongFocus);
        buttons->addWidget(row.button);
        connect(row.button, &QToolButton::clicked, this, row.run);
    }
    buttons->addStretch();
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view, 1);
    layout->addLayout(buttons);

    connect(m_model, &ForwardModel::edited, this, &ForwardTable::edited);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &ForwardTable::updateButtons);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &ForwardTable::updateButtons);
    connect(m_model, &QAbstractItemModel::modelReset, this, &ForwardTable::updateButtons);
    updateButtons();
}

void ForwardTable::setForwards(const QList<engine::PortForward> &forwards)
{
    m_model->setForwards(forwards);
}

void ForwardTable::setProblems(const QList<engine::DefinitionProblem> &problems)
{
    m_model->setProblems(problems);
}

QString ForwardTable::freeName(const QString &base) const
{
    const auto isTaken = [this](const QString &name) {
        return std::any_of(forwards().begin(), forwards().end(),
                           [&name](const engine::PortForward &one) { return one.name == name; });
    };
    for (int number = 1;; ++number) {
        const QString name = base.arg(number);
        if (!isTaken(name))
            return name;
    }
}

int ForwardTable::freePort(int from) const
{
    int port = from;
    while (std::any_of(forwards().begin(), forwards().end(),
                       [port](const engine::PortForward &one) { return one.hostPort == port; }))
        ++port;
    return port;
}

void ForwardTable::insert(int row, engine::PortForward forward)
{
    m_model->insert(row, forward);
    m_view->setCurrentIndex(m_model->index(row, ForwardModel::Name));
    m_view->setFocus();
}

void ForwardTable::add()
{
    insert(m_model->rowCount(),
           {.name = freeName(tr("Rule %1")),
            .hostPort = freePort(FirstHostPort),
            .guestPort = SshPort});
}

void ForwardTable::copy()
{
    const int row = m_view->currentIndex().row();
    if (row < 0)
        return;
    engine::PortForward copy = forwards().at(row);
    copy.name = freeName(tr("Rule %1"));
    copy.hostPort = freePort(copy.hostPort);
    insert(row + 1, copy);
}

void ForwardTable::remove()
{
    const int row = m_view->currentIndex().row();
    if (row >= 0)
        m_model->removeAt(row);
}

void ForwardTable::updateButtons()
{
    const bool hasRow = m_view->currentIndex().isValid();
    m_copy->setEnabled(hasRow);
    m_remove->setEnabled(hasRow);
}

} // namespace ui
