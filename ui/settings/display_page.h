// SPDX-License-Identifier: GPL-3.0-or-later
// Settings ▸ Display: the graphics adapter, and the screen for SPICE clients.
#pragma once

#include "ui/settings/settings_page.h"

class QCheckBox;
class QComboBox;
class QLineEdit;
class QSpinBox;

namespace ui {

class AmountField;

class DisplayPage final : public SettingsPage
{
    Q_OBJECT
public:
    DisplayPage(SettingsContext &context, QWidget *parent);

    void load(const engine::MachineDefinition &definition) override;
    void save(engine::MachineDefinition &definition) const override;

private:
    QWidget *makeScreen();
    QWidget *makeRemoteDisplay();
    void updateCard();
    void updateRemoteDisplay();

    QComboBox *m_video;
    AmountField *m_memory;
    QSpinBox *m_monitors;
    QCheckBox *m_isRemote;
    QLineEdit *m_address;
    QLineEdit *m_ports;
    QLineEdit *m_password;
    QCheckBox *m_tls;
    engine::MachineDefinition m_loaded; // what other pages show decides what is supported
};

} // namespace ui
