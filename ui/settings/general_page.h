// SPDX-License-Identifier: GPL-3.0-or-later
// Settings ▸ General: what the machine is called and belongs to.
#pragma once

#include "ui/settings/settings_page.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;

namespace ui {

class GeneralPage final : public SettingsPage
{
    Q_OBJECT
public:
    GeneralPage(SettingsContext &context, QWidget *parent);

    void load(const engine::MachineDefinition &definition) override;
    void save(engine::MachineDefinition &definition) const override;

private:
    void fillSystems(const QString &osId);

    QLineEdit *m_name;
    QComboBox *m_system;
    QLineEdit *m_groups;
    QPlainTextEdit *m_description;
    QLabel *m_folder;
    QCheckBox *m_autostart;
    QSpinBox *m_delay;
};

} // namespace ui
