// SPDX-License-Identifier: GPL-3.0-or-later
// The shared folders of a machine: a list, buttons to add and remove, and what there is to choose
// of the chosen one.
#pragma once

#include "engine/machine/machine_definition.h"

#include <QtWidgets/QWidget>

class QCheckBox;
class QLineEdit;
class QListWidget;
class QPushButton;
class QToolButton;

namespace ui {

class SharedFolders final : public QWidget
{
    Q_OBJECT
public:
    explicit SharedFolders(QWidget *parent);

    void setFolders(const QList<engine::SharedFolder> &folders);
    const QList<engine::SharedFolder> &folders() const { return m_folders; }
    QWidget *list() const;

signals:
    void edited();

private:
    void chooseFolder(bool isNew);
    void addFolder(const QString &path);
    void removeCurrent();
    void showList(int current);
    void showCurrent();
    void takeCurrent();
    void describe(int row);

    QList<engine::SharedFolder> m_folders;
    QListWidget *m_list;
    QToolButton *m_add;
    QToolButton *m_remove;
    QLineEdit *m_name;
    QLineEdit *m_path;
    QPushButton *m_choose;
    QCheckBox *m_isReadOnly;
    QCheckBox *m_isAutomounted;
    QLineEdit *m_mountPoint;
    QLineEdit *m_command;
    QPushButton *m_copy;
    bool m_isLoading = false;
};

} // namespace ui
