// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of a new machine, in sections that a dialog places as it likes. What the user touched
// stays when a better suggestion comes; what is wrong is said under the field.
#pragma once

#include "engine/catalog/machine_maker.h"

#include <QtCore/QHash>
#include <QtCore/QObject>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSlider;
class QSpinBox;
class QWidget;

namespace wizards {

class DiskSection;

class PlanForm final : public QObject
{
    Q_OBJECT
public:
    // `parent` owns the sections until they are placed somewhere else.
    PlanForm(const engine::HostFacts &host, QWidget *parent);

    QWidget *names() const { return m_names; } // name, system, place
    QWidget *hardware() const { return m_hardware; }
    QWidget *network() const { return m_networkSection; }
    QWidget *disks() const { return m_diskBox; }
    DiskSection &diskSection() const { return *m_disks; }
    void setEnabled(bool isEnabled);
    void setAllShown(bool isAll);

    void setSystems(const QList<engine::OsInfo> &systems);
    // A new suggestion: fields that the user changed keep the user's values.
    void suggest(const engine::NewMachinePlan &plan);
    // As suggested and changed.
    engine::NewMachinePlan plan() const;
    // Another medium: its system, firmware and, for a disk image, disks again. A name and sizes
    // that the user chose stay.
    void followMedium(bool isDisk);

    // What is wrong with plan(), each under its field.
    void showProblems(const QList<engine::PlanProblem> &problems);
    // Where machines are made unless the user says otherwise.
    void setFolder(const QString &folder);

signals:
    void changed();
    void systemChosen(const QString &osId); // by the user

private:
    enum class Field { Name, System, Memory, Cpus, Disks, Firmware, SecureBoot, Tpm, Network };

    void buildNames();
    void buildHardware();
    void buildNetwork();
    void buildDisks(QWidget *parent);
    QWidget *memoryRow(QWidget *parent);
    QWidget *cpuRow(QWidget *parent);
    void touch(Field field);
    void updateHints();
    void selectSystem(const QString &osId);
    QLabel *addProblem(engine::PlanField field, const char *name, QWidget *parent);
    void chooseFolder();

    engine::HostFacts m_host;
    engine::NewMachinePlan m_suggested;
    QList<Field> m_touched;
    bool m_isFilling = false;
    QString m_baseFolder;

    QWidget *m_names;
    QWidget *m_hardware;
    QWidget *m_networkSection;
    QWidget *m_diskBox;
    QLineEdit *m_name;
    QComboBox *m_system;
    QLineEdit *m_folder;
    QWidget *m_folderRow;
    QLabel *m_place;
    QSlider *m_memorySlider;
    QSpinBox *m_memory;
    QLabel *m_memoryHint;
    QSlider *m_cpuSlider;
    QSpinBox *m_cpus;
    QLabel *m_cpuHint;
    QComboBox *m_firmware;
    QCheckBox *m_secureBoot;
    QComboBox *m_tpm;
    QComboBox *m_network;
    DiskSection *m_disks;
    QHash<engine::PlanField, QLabel *> m_problems;
};

} // namespace wizards
