// SPDX-License-Identifier: GPL-3.0-or-later
// Settings ▸ Storage: controllers and drives as a tree, and the attributes of the selected one.
#pragma once

#include "ui/settings/settings_page.h"

#include <functional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QSpinBox;
class QStackedWidget;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace ui {

class ImageFacts;

class StoragePage final : public SettingsPage
{
    Q_OBJECT
public:
    StoragePage(SettingsContext &context, QWidget *parent);

    void load(const engine::MachineDefinition &definition) override;
    void save(engine::MachineDefinition &definition) const override;
    void applyRules(const SettingsRules &rules) override;
    QList<engine::DefinitionProblem> showProblems(
        const QList<engine::DefinitionProblem> &problems) override;
    void goTo(const QString &path) override;
    bool search(const QStringList &words) override;

private:
    // What is selected: a controller, or a drive on it when `drive` is not negative.
    struct Place
    {
        int controller = -1;
        int drive = -1;
    };

    QWidget *makeTools();
    QWidget *makeControllerForm();
    QWidget *makeDriveForm();

    void rebuild(Place selected);
    void updateItem(QTreeWidgetItem *item);
    Place placeOf(const QTreeWidgetItem *item) const;
    QTreeWidgetItem *itemAt(Place place) const;
    engine::StorageController *controller();
    engine::StorageAttachment *drive();
    QString pathOf(Place place) const; // "controllers/SATA/0/0"

    void selectionChanged();
    void showController();
    void showDrive();
    void showDetails();
    void updateTools();
    void updateProblems();
    void fillAddMenu();
    void fillMediumMenu();

    void addController(engine::ControllerKind kind);
    void addDrive(engine::MediumKind kind, const QString &path);
    void addNewDisk();
    void chooseFile(engine::MediumKind kind, const std::function<void(const QString &)> &chosen);
    void removeSelected();
    int controllerFor(engine::MediumKind kind) const; // -1: none has room
    QStringList knownMedia(engine::MediumKind kind) const;
    void changed();

    void controllerEdited();
    void driveEdited();
    void slotChosen();

    QString m_machineName;
    QList<engine::StorageController> m_controllers;
    QList<engine::DefinitionProblem> m_problems;
    Place m_selected;
    bool m_isFilling = false;
    ImageFacts *m_facts;

    QTreeWidget *m_tree = nullptr;
    QToolButton *m_addController = nullptr;
    QToolButton *m_addDrive = nullptr;
    QToolButton *m_remove = nullptr;
    QMenu *m_addMenu = nullptr;
    QStackedWidget *m_forms = nullptr;
    ProblemLine *m_problemLine = nullptr;

    QLineEdit *m_name = nullptr;
    QComboBox *m_kind = nullptr;
    QSpinBox *m_ports = nullptr;
    QCheckBox *m_bootable = nullptr;
    QCheckBox *m_hostCache = nullptr;

    QComboBox *m_slot = nullptr;
    QLineEdit *m_path = nullptr;
    QToolButton *m_choose = nullptr;
    QMenu *m_mediumMenu = nullptr;
    QCheckBox *m_readOnly = nullptr;
    QCheckBox *m_discard = nullptr;
    QCheckBox *m_solidState = nullptr;
    QComboBox *m_diskCache = nullptr;
    QWidget *m_details = nullptr;
    QLabel *m_format = nullptr;
    QLabel *m_size = nullptr;
    QLabel *m_used = nullptr;
    QLabel *m_where = nullptr;

    SettingsField *m_nameField = nullptr;
    SettingsField *m_kindField = nullptr;
    SettingsField *m_portsField = nullptr;
    SettingsField *m_bootableField = nullptr;
    SettingsField *m_hostCacheField = nullptr;
    SettingsField *m_slotField = nullptr;
    SettingsField *m_pathField = nullptr;
    SettingsField *m_readOnlyField = nullptr;
    SettingsField *m_discardField = nullptr;
    SettingsField *m_solidStateField = nullptr;
    SettingsField *m_diskCacheField = nullptr;
};

} // namespace ui
