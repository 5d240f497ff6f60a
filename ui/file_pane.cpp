// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/file_pane.h"

#include "engine/control/guest_copy.h"
#include "engine/machine/qt_text.h"
#include "ui/confirm_box.h"
#include "ui/error_box.h"
#include "ui/file_list_model.h"
#include "ui/icons.h"
#include "ui/name_dialog.h"

#include <QtCore/QDir>
#include <QtCore/QLocale>
#include <QtCore/QPointer>
#include <QtGui/QAction>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeView>
#include <QtWidgets/QVBoxLayout>

namespace ui {

using engine::GuestEntry;

FilePane::FilePane(const QString &name, const QString &title, FileSource *source, QWidget *parent)
    : QWidget(parent)
    , m_source(source)
    , m_model(new FileListModel(this))
    , m_path(new QLineEdit(this))
    , m_up(new QToolButton(this))
    , m_view(new QTreeView(this))
    , m_summary(new QLabel(this))
{
    setObjectName(name + QStringLiteral("Pane"));
    auto *heading = new QLabel(title, this);
    heading->setTextFormat(Qt::PlainText);
    QFont bold = heading->font();
    bold.setBold(true);
    heading->setFont(bold);

    m_path->setObjectName(name + QStringLiteral("Path"));
    m_path->setAccessibleName(tr("Folder"));
    connect(m_path, &QLineEdit::returnPressed, this, [this] {
        goTo(m_path->text());
        m_view->setFocus();
    });

    m_view->setObjectName(name + QStringLiteral("Files"));
    m_view->setAccessibleName(title);
    m_view->setModel(m_model);
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setAllColumnsShowFocus(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(FileListModel::Name, Qt::AscendingOrder);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    const int width = fontMetrics().averageCharWidth();
    m_view->setColumnWidth(FileListModel::Name, 28 * width);
    m_view->setColumnWidth(FileListModel::Size, 12 * width);
    m_view->setColumnWidth(FileListModel::Modified, 26 * width);
    connect(m_view, &QTreeView::activated, this, &FilePane::open);
    connect(m_view, &QTreeView::customContextMenuRequested, this, &FilePane::openMenu);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        updateSummary();
        emit changed();
    });

    m_summary->setObjectName(name + QStringLiteral("Summary"));
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setWordWrap(true);

    auto *top = new QHBoxLayout;
    const auto add = [&](QToolButton *button, const char *key, const QString &iconName,
                         const QString &text, const QList<QKeySequence> &keys,
                         void (FilePane::*run)()) {
        auto *action = new QAction(icon(iconName), text, this);
        action->setObjectName(name + QLatin1String(key));
        action->setShortcuts(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
        m_actions.append(action);
        if (button == nullptr)
            return;
        button->setDefaultAction(action);
        button->setAutoRaise(true);
        button->setAccessibleName(text);
        top->addWidget(button);
    };
    add(m_up, "Up", QStringLiteral("go-up"), tr("Folder Above"),
        {QKeySequence(Qt::ALT | Qt::Key_Up), QKeySequence(Qt::Key_Backspace)}, &FilePane::goUp);
    top->addWidget(m_path, 1);
    add(new QToolButton(this), "Refresh", QStringLiteral("view-refresh"), tr("Read Again"),
        {QKeySequence(Qt::CTRL | Qt::Key_R)}, &FilePane::refresh);
    add(new QToolButton(this), "NewFolder", QStringLiteral("folder-new"), tr("New Folder…"),
        {QKeySequence(Qt::Key_F7), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N)},
        &FilePane::makeFolder);
    add(new QToolButton(this), "Rename", QStringLiteral("edit-rename"), tr("Rename…"),
        {QKeySequence(Qt::Key_F2)}, &FilePane::rename);
    add(new QToolButton(this), "Delete", QStringLiteral("edit-delete"), tr("Delete…"),
        {QKeySequence(Qt::Key_Delete), QKeySequence(Qt::Key_F8)}, &FilePane::remove);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(heading);
    layout->addLayout(top);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_summary);
    setFocusProxy(m_view);
}

QList<GuestEntry> FilePane::selected() const
{
    QList<GuestEntry> entries;
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    for (const QModelIndex &row : rows)
        entries.append(m_model->entry(row.row()));
    return entries;
}

bool FilePane::has(const QString &name) const
{
    return m_model->rowOf(name) >= 0;
}

QString FilePane::pathOf(const QString &name) const
{
    return engine::guestPath(m_folder, name);
}

void FilePane::goHome()
{
    m_source->askHome([self = QPointer(this)](const engine::Result<QString> &home) {
        if (!self)
            return;
        if (home)
            self->load(*home);
        else
            self->block(sentence(engine::errorText(home.error())) + u' '
                        + sentence(engine::toQString(home.error().remedy())));
    });
}

void FilePane::goTo(const QString &folder)
{
    const QString typed = folder.trimmed();
    load(QDir::cleanPath(typed.startsWith(u'/') ? typed : pathOf(typed)));
}

void FilePane::goUp()
{
    const qsizetype slash = m_folder.lastIndexOf(u'/');
    if (m_folder.size() > 1 && slash >= 0)
        load(slash == 0 ? QStringLiteral("/") : m_folder.left(slash), m_folder.mid(slash + 1));
}

void FilePane::refresh()
{
    if (m_folder.isEmpty()) {
        goHome();
        return;
    }
    const QModelIndex current = m_view->currentIndex();
    load(m_folder, current.isValid() ? m_model->entry(current.row()).name : QString());
}

void FilePane::load(const QString &folder, const QString &select)
{
    const int request = ++m_request;
    m_summary->setText(tr("Reading…"));
    m_source->list(folder,
                   [self = QPointer(this), request, folder,
                    select](engine::Result<QList<GuestEntry>> entries) {
                       if (self && request == self->m_request)
                           self->listed(folder, select, std::move(entries));
                   });
}

void FilePane::listed(const QString &folder, const QString &select,
                      engine::Result<QList<GuestEntry>> entries)
{
    if (!entries) {
        m_path->setText(m_folder);
        if (m_isListed) { // where one was before is still there to be seen
            updateSummary();
            emit failed(tr("The folder could not be opened"), entries.error());
        } else {
            block(sentence(engine::errorText(entries.error())));
        }
        return;
    }
    m_isListed = true;
    m_view->setEnabled(true);
    m_folder = folder;
    m_path->setText(folder);
    m_model->setEntries(std::move(*entries));
    const int row = qMax(0, m_model->rowOf(select));
    if (m_model->rowCount() > 0) {
        // The cursor, without a selection: nothing is meant yet.
        m_view->selectionModel()->setCurrentIndex(m_model->index(row, 0),
                                                  QItemSelectionModel::NoUpdate);
        m_view->scrollTo(m_model->index(row, 0));
        if (!select.isEmpty() && m_model->rowOf(select) >= 0)
            m_view->selectionModel()->select(m_model->index(row, 0),
                                             QItemSelectionModel::ClearAndSelect
                                                 | QItemSelectionModel::Rows);
    }
    updateSummary();
    emit changed();
}

void FilePane::block(const QString &why)
{
    ++m_request;
    m_isListed = false;
    m_model->setEntries({});
    m_view->setEnabled(false);
    m_summary->setText(why);
    emit changed();
}

void FilePane::updateSummary()
{
    if (!m_isListed)
        return;
    qint64 bytes = 0;
    const QList<GuestEntry> entries = selected();
    for (const GuestEntry &entry : entries)
        bytes += entry.isFolder() ? 0 : entry.sizeBytes;
    m_summary->setText(entries.isEmpty() ? tr("%n entries", nullptr, m_model->rowCount())
                                         : tr("%n selected, %1", nullptr, int(entries.size()))
                                               .arg(QLocale().formattedDataSize(bytes)));
}

void FilePane::open(const QModelIndex &index)
{
    const GuestEntry entry = m_model->entry(index.row());
    if (entry.isFolder())
        load(pathOf(entry.name));
}

QString FilePane::problemOfName(const QString &name) const
{
    if (name.isEmpty())
        return tr("A name is needed");
    if (name.contains(u'/') || name == QLatin1String(".") || name == QLatin1String(".."))
        return tr("This cannot be a name");
    if (has(name))
        return tr("The folder has an entry of this name already");
    return {};
}

void FilePane::makeFolder()
{
    if (!m_isListed)
        return;
    auto *dialog = new NameDialog(
        {tr("New Folder"), tr("&Name:"), tr("New folder"), tr("&Make")},
        [this](const QString &name) { return problemOfName(name); }, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &NameDialog::chosen, this, [this](const QString &name) {
        m_source->makeFolder(
            pathOf(name), [self = QPointer(this), name](const engine::Result<> &made) {
                if (!self)
                    return;
                if (!made)
                    emit self->failed(tr("The folder could not be made"), made.error());
                self->load(self->m_folder, name);
            });
    });
    dialog->open();
}

void FilePane::rename()
{
    const QList<GuestEntry> entries = selected();
    if (!m_isListed || entries.size() != 1)
        return;
    const QString before = entries.first().name;
    auto *dialog = new NameDialog(
        {tr("Rename"), tr("&Name:"), before, tr("&Rename")},
        [this, before](const QString &name) {
            return name == before ? tr("This is its name now") : problemOfName(name);
        },
        this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &NameDialog::chosen, this, [this, before](const QString &name) {
        m_source->rename(pathOf(before), pathOf(name),
                         [self = QPointer(this), name](const engine::Result<> &renamed) {
                             if (!self)
                                 return;
                             if (!renamed)
                                 emit self->failed(tr("It could not be renamed"), renamed.error());
                             self->load(self->m_folder, name);
                         });
    });
    dialog->open();
}

void FilePane::remove()
{
    const QList<GuestEntry> entries = selected();
    if (!m_isListed || entries.isEmpty())
        return;
    QStringList paths;
    for (const GuestEntry &entry : entries)
        paths.append(pathOf(entry.name));
    openConfirmation(this,
                     {.name = QStringLiteral("deleteQuestion"),
                      .question = entries.size() == 1
                          ? tr("Delete \"%1\"?").arg(entries.first().name)
                          : tr("Delete %n entries?", nullptr, int(entries.size())),
                      .explanation = m_source->removalText(),
                      .button = tr("&Delete"),
                      .buttonName = QStringLiteral("delete"),
                      .title = tr("Delete"),
                      .role = QMessageBox::DestructiveRole},
                     this, [this, paths] { removeNext(paths); });
}

void FilePane::removeNext(QStringList paths)
{
    if (paths.isEmpty()) {
        refresh();
        return;
    }
    m_summary->setText(tr("Deleting…"));
    const QString path = paths.takeFirst();
    m_source->remove(path, [self = QPointer(this), paths](const engine::Result<> &removed) {
        if (!self)
            return;
        if (removed) {
            self->removeNext(paths);
            return;
        }
        emit self->failed(tr("It could not be deleted"), removed.error());
        self->refresh();
    });
}

void FilePane::openMenu(const QPoint &place)
{
    if (!m_isListed)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (QAction *action : m_actions)
        menu->addAction(action);
    menu->popup(m_view->viewport()->mapToGlobal(place));
}

} // namespace ui
