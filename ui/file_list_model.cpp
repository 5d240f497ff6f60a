// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/file_list_model.h"

#include "ui/icons.h"
#include "ui/natural_order.h"

#include <QtCore/QLocale>

#include <algorithm>

namespace ui {

using engine::GuestEntry;

QString rightsText(int mode)
{
    constexpr char Letters[] = "rwxrwxrwx";
    QString text;
    for (int bit = 0; bit < 9; ++bit)
        text += QLatin1Char((mode & (0400 >> bit)) != 0 ? Letters[bit] : '-');
    return text;
}

void FileListModel::setEntries(QList<GuestEntry> entries)
{
    beginResetModel();
    m_entries = std::move(entries);
    sortEntries();
    endResetModel();
}

int FileListModel::rowOf(const QString &name) const
{
    for (int row = 0; row < int(m_entries.size()); ++row)
        if (m_entries[row].name == name)
            return row;
    return -1;
}

int FileListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

int FileListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QVariant FileListModel::data(const QModelIndex &index, int role) const
{
    const GuestEntry &entry = m_entries[index.row()];
    if (role == Qt::DecorationRole && index.column() == Name)
        return icon(entry.isFolder() ? QStringLiteral("folder-open")
                                     : QStringLiteral("text-x-generic"));
    if (role == Qt::TextAlignmentRole && index.column() == Size)
        return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && index.column() == Rights)
        return tr("%1, owned by %2, group %3")
            .arg(rightsText(entry.mode), entry.owner, entry.group);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name:
        // One line, whatever the name is.
        return QString(entry.name).replace(u'\n', QChar(0x23ce));
    case Size:
        return entry.isFolder() ? QString() : QLocale().formattedDataSize(entry.sizeBytes);
    case Modified:
        return QLocale().toString(entry.modified, QLocale::ShortFormat);
    case Rights:
        return rightsText(entry.mode);
    default:
        return {};
    }
}

QVariant FileListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case Size:
        return tr("Size");
    case Modified:
        return tr("Modified");
    case Rights:
        return tr("Permissions");
    default:
        return {};
    }
}

void FileListModel::sort(int column, Qt::SortOrder order)
{
    m_column = column;
    m_order = order;
    emit layoutAboutToBeChanged();
    const QModelIndexList before = persistentIndexList();
    QStringList names;
    for (const QModelIndex &index : before)
        names.append(m_entries[index.row()].name);
    sortEntries();
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i)
        after.append(index(rowOf(names[i]), before[i].column()));
    changePersistentIndexList(before, after);
    emit layoutChanged();
}

void FileListModel::sortEntries()
{
    struct Keyed
    {
        QString key;
        GuestEntry entry;
    };
    QList<Keyed> keyed;
    keyed.reserve(m_entries.size());
    for (const GuestEntry &entry : std::as_const(m_entries))
        keyed.append({naturalKey(entry.name), entry});
    const auto isBefore = [this](const Keyed &a, const Keyed &b) {
        switch (m_column) {
        case Size:
            return a.entry.sizeBytes < b.entry.sizeBytes;
        case Modified:
            return a.entry.modified < b.entry.modified;
        case Rights:
            return rightsText(a.entry.mode) < rightsText(b.entry.mode);
        default:
            return a.key < b.key;
        }
    };
    std::stable_sort(keyed.begin(), keyed.end(), [this, &isBefore](const Keyed &a, const Keyed &b) {
        if (a.entry.isFolder() != b.entry.isFolder())
            return a.entry.isFolder(); // first, in either order
        return m_order == Qt::AscendingOrder ? isBefore(a, b) : isBefore(b, a);
    });
    m_entries.clear();
    for (Keyed &one : keyed)
        m_entries.append(std::move(one.entry));
}

} // namespace ui
