// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections_window.h"

#include "engine/control/network_json.h"
#include "engine/machine/qt_text.h"
#include "ui/connection_model.h"

#include <QtCore/QPointer>
#include <QtCore/QSortFilterProxyModel>
#include <QtGui/QAction>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QShortcut>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTreeView>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <chrono>

namespace ui {

namespace {

constexpr auto RefreshInterval = std::chrono::seconds(1);

// Every word of the filter in some column, and the check box.
class ConnectionFilter final : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    void setWords(const QString &text)
    {
        m_words = text.split(u' ', Qt::SkipEmptyParts);
        invalidateFilter();
    }
    void setOnlyRefused(bool isOnlyRefused)
    {
        m_isOnlyRefused = isOnlyRefused;
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override
    {
        if (m_isOnlyRefused
            && !sourceModel()
                    ->index(row, ConnectionModel::State, parent)
                    .data(Qt::DecorationRole)
                    .isValid())
            return false;
        QString text;
        for (int column = 0; column < ConnectionModel::Columns; ++column)
            text += sourceModel()->index(row, column, parent).data().toString() + u'\n';
        return std::all_of(m_words.cbegin(), m_words.cend(), [&](const QString &word) {
            return text.contains(word, Qt::CaseInsensitive);
        });
    }

private:
    QStringList m_words;
    bool m_isOnlyRefused = false;
};

} // namespace

ConnectionsWindow::ConnectionsWindow(engine::ControlClient &client, QWidget *parent)
    : QDialog(parent)
    , m_client(client)
    , m_model(new ConnectionModel(this))
    , m_filter(nullptr)
    , m_filterEdit(new QLineEdit(this))
    , m_onlyRefused(new QCheckBox(tr("Only &refused ones"), this))
    , m_view(new QTreeView(this))
    , m_summary(new QLabel(this))
{
    setObjectName(QStringLiteral("connectionsWindow"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("%1 - Network Connections").arg(client.status().name));

    auto *filter = new ConnectionFilter(this);
    m_filter = filter;
    m_filter->setSourceModel(m_model);
    m_filter->setSortRole(Qt::UserRole);
    m_filter->setDynamicSortFilter(true);

    m_filterEdit->setObjectName(QStringLiteral("connectionFilter"));
    m_filterEdit->setAccessibleName(tr("Filter connections"));
    m_filterEdit->setPlaceholderText(tr("Filter: a name, an address, a port, a state"));
    m_filterEdit->setClearButtonEnabled(true);
    connect(m_filterEdit, &QLineEdit::textChanged, this, [this, filter](const QString &text) {
        filter->setWords(text);
        updateSummary();
    });
    m_onlyRefused->setObjectName(QStringLiteral("onlyRefused"));
    connect(m_onlyRefused, &QCheckBox::toggled, this, [this, filter](bool isChecked) {
        filter->setOnlyRefused(isChecked);
        updateSummary();
    });
    connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, m_filterEdit,
            [this] { m_filterEdit->setFocus(Qt::ShortcutFocusReason); });

    m_view->setObjectName(QStringLiteral("connectionList"));
    m_view->setAccessibleName(tr("Network connections"));
    m_view->setModel(m_filter);
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setAllColumnsShowFocus(true);
    m_view->setAlternatingRowColors(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(ConnectionModel::Since, Qt::DescendingOrder);
    const int width = fontMetrics().averageCharWidth();
    constexpr int WidthsInCharacters[ConnectionModel::Columns] = {9, 9, 22, 22, 24, 28, 11, 11, 14};
    for (int column = 0; column < ConnectionModel::Columns; ++column)
        m_view->setColumnWidth(column, WidthsInCharacters[column] * width);
    auto *copy = new QAction(tr("&Copy"), m_view);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &ConnectionsWindow::copySelection);
    m_view->addAction(copy);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);

    m_summary->setObjectName(QStringLiteral("connectionSummary"));
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setWordWrap(true);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    // Enter in the filter is no wish to close.
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);

    auto *top = new QHBoxLayout;
    top->addWidget(m_filterEdit, 1);
    top->addWidget(m_onlyRefused);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(top);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_summary);
    layout->addWidget(buttons);
    resize(qMin(1100, width * 155), 420);
    m_filterEdit->setFocus();

    connect(&m_timer, &QTimer::timeout, this, &ConnectionsWindow::refresh);
    m_timer.start(RefreshInterval);
    refresh();
    updateSummary();
}

void ConnectionsWindow::refresh()
{
    if (m_isAsking)
        return;
    m_isAsking = true;
    const QPointer<ConnectionsWindow> guard(this);
    m_client.call(QStringLiteral("network.connections"), {},
                  [guard](const engine::Result<QJsonObject> &answer) {
                      if (guard != nullptr)
                          guard->take(answer);
                  });
}

void ConnectionsWindow::take(const engine::Result<QJsonObject> &answer)
{
    m_isAsking = false;
    if (!answer) {
        m_timer.stop();
        m_summary->setText(
            tr("The machine does not tell any more: %1").arg(engine::errorText(answer.error())));
        return;
    }
    m_hasAnswer = true;
    m_model->setConnections(engine::connectionsFromJson(*answer));
    updateSummary();
}

void ConnectionsWindow::updateSummary()
{
    if (!m_hasAnswer) {
        m_summary->setText(tr("Asking the machine…"));
        return;
    }
    const int all = m_model->rowCount();
    const int shown = m_filter->rowCount();
    QString text = all == 0 ? tr("The guest is talking to nobody.")
        : shown == all      ? tr("%n connection(s).", nullptr, all)
                            : tr("%1 of %n connection(s) shown.", nullptr, all).arg(shown);
    if (const int refused = m_model->refusedCount(); refused > 0)
        text += u' ' + tr("%n refused by the adapter's rules.", nullptr, refused);
    m_summary->setText(text);
}

void ConnectionsWindow::copySelection()
{
    QStringList lines;
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    for (const QModelIndex &row : rows) {
        QStringList columns;
        for (int column = 0; column < ConnectionModel::Columns; ++column)
            columns.append(row.siblingAtColumn(column).data().toString());
        lines.append(columns.join(u'\t'));
    }
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

} // namespace ui
