// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of a new machine. What the user touched stays when a better suggestion comes; what is
// wrong is said under the field.
#pragma once

#include "engine/catalog/machine_maker.h"

#include <QtCore/QHash>
#include <QtWidgets/QWidget>

class QButtonGroup;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;
class QSlider;
class QSpinBox;

namespace wizards {

class PlanForm final : public QWidget
{
    Q_OBJECT
public:
    explicit PlanForm(const engine::HostFacts &host, QWidget *parent = nullptr);

    void setSystems(const QList<engine::OsInfo> &systems);
    // A new suggestion: fields that the user changed keep the user's values.
    void suggest(const engine::NewMachinePlan &plan);
    // As suggested and changed.
    engine::NewMachinePlan plan() const;
    // Another medium: its system, firmware and, for a disk image, disk count again. A name and
    // sizes that the user chose stay.
    void followMedium(bool isDisk);
    // What the labels at the left need, for a row above the form.
    int labelWidth() const;

    // What is wrong with plan(), each under its field.
    void showProblems(const QList<engine::PlanProblem> &problems);
    void setFolder(const QString &folder);
    void focusName();

signals:
    void changed();
    void systemChosen(const QString &osId); // by the user

private:
    enum class Field { Name, System, Memory, Cpus, Disk, DiskSize, Firmware };

    QWidget *memoryRow();
    QWidget *cpuRow();
    QWidget *diskRows();
    void touch(Field field);
    void updateHints();
    static void showHint(QLabel &label, const QString &text, bool isWarning);
    void updateDiskRows();
    void chooseDisk();
    void selectSystem(const QString &osId);
    void addProblemRow(engine::PlanField field, const char *name);

    engine::HostFacts m_host;
    engine::NewMachinePlan m_suggested;
    QList<Field> m_touched;
    bool m_isFilling = false;
    QString m_baseFolder;

    QFormLayout *m_form;
    QLineEdit *m_name;
    QComboBox *m_system;
    QSlider *m_memorySlider;
    QSpinBox *m_memory;
    QLabel *m_memoryHint;
    QSlider *m_cpuSlider;
    QSpinBox *m_cpus;
    QLabel *m_cpuHint;
    QRadioButton *m_newDisk;
    QRadioButton *m_existingDisk;
    QRadioButton *m_noDisk;
    QSpinBox *m_diskSize;
    QLineEdit *m_diskPath;
    QPushButton *m_diskBrowse;
    QComboBox *m_firmware;
    QLabel *m_folder;
    QHash<engine::PlanField, QLabel *> m_problems;
};

} // namespace wizards
