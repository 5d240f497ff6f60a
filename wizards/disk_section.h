// SPDX-License-Identifier: GPL-3.0-or-later
// The disks of a new machine: a list, and the fields of the one that is selected in it.
#pragma once

#include "engine/catalog/machine_maker.h"

#include <QtWidgets/QWidget>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace wizards {

class SentenceList;

class DiskSection final : public QWidget
{
    Q_OBJECT
public:
    explicit DiskSection(QWidget *parent = nullptr);

    void setDisks(const QList<engine::PlannedDisk> &disks);
    const QList<engine::PlannedDisk> &disks() const { return m_disks; }
    // Only without disks: the machine goes away at power-off.
    bool isDisposable() const;
    // What few people change is hidden otherwise; the values stay.
    void setAllShown(bool isAll);
    // Of the selected disk.
    void setRemarks(const QList<engine::FitSentence> &remarks);
    int selected() const; // -1 without disks
    void select(int disk);

signals:
    void changed(); // by the user
    void selectionChanged();

private:
    QWidget *buildEditor();
    QWidget *pathRow(QLineEdit *&line, const char *name, const QString &title, bool isFolder);
    void addNew();
    void addExisting();
    void remove();
    void updateList();
    void fillEditor();
    void readEditor();
    void choose(QLineEdit &line, bool isFolder);
    void setRowShown(QWidget *field, bool isShown);

    QList<engine::PlannedDisk> m_disks;
    bool m_isFilling = false;
    bool m_isAllShown = false;

    QListWidget *m_list;
    QPushButton *m_remove;
    QCheckBox *m_disposable;
    QWidget *m_editor;
    QFormLayout *m_form;
    QComboBox *m_kind;
    QSpinBox *m_size;
    QLineEdit *m_path;
    QWidget *m_pathRow;
    QComboBox *m_format;
    QCheckBox *m_allocated;
    QLineEdit *m_folder;
    QWidget *m_folderRow;
    QCheckBox *m_discard;
    QCheckBox *m_solidState;
    SentenceList *m_remarks;
};

} // namespace wizards
