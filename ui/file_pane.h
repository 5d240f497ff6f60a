// SPDX-License-Identifier: GPL-3.0-or-later
// One half of the file manager: a folder of this computer or of the guest, where one can go, and
// what is selected there. Copying is the window's business.
#pragma once

#include "ui/file_source.h"

#include <QtWidgets/QWidget>

class QLabel;
class QLineEdit;
class QToolButton;
class QTreeView;

namespace ui {

class FileListModel;

class FilePane final : public QWidget
{
    Q_OBJECT
public:
    // `name` begins the object names of what is in it: "host".
    FilePane(const QString &name, const QString &title, FileSource *source, QWidget *parent);

    QString folder() const { return m_folder; }
    bool isUsable() const { return m_isListed; } // the folder could be listed
    QList<engine::GuestEntry> selected() const;
    bool has(const QString &name) const;
    QString pathOf(const QString &name) const;
    QTreeView *view() const { return m_view; }

public slots:
    void goHome();
    void goTo(const QString &folder);
    void goUp();
    void refresh();
    void makeFolder(); // asks for its name
    void rename(); // of one entry; asks
    void remove(); // asks
    // Nothing can be done here, and why.
    void block(const QString &why);

signals:
    void changed(); // the folder, or the selection
    void failed(const QString &asked, const engine::Error &error);

private:
    void listed(const QString &folder, const QString &select,
                engine::Result<QList<engine::GuestEntry>> entries);
    void load(const QString &folder, const QString &select = {});
    void open(const QModelIndex &index);
    void removeNext(QStringList paths);
    void updateSummary();
    void openMenu(const QPoint &place);
    QString problemOfName(const QString &name) const;

    FileSource *m_source;
    FileListModel *m_model;
    QLineEdit *m_path;
    QToolButton *m_up;
    QTreeView *m_view;
    QLabel *m_summary;
    QList<QAction *> m_actions;
    QString m_folder;
    int m_request = 0; // the newest; older answers are not for us any more
    bool m_isListed = false;
};

} // namespace ui
