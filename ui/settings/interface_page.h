// SPDX-License-Identifier: GPL-3.0-or-later
// Settings ▸ User interface: how the machine's window looks and closes (window_look.h).
#pragma once

#include "ui/settings/settings_page.h"

class QCheckBox;
class QComboBox;

namespace ui {

class InterfacePage final : public SettingsPage
{
    Q_OBJECT
public:
    InterfacePage(SettingsContext &context, QWidget *parent);

    void load(const engine::MachineDefinition &definition) override;
    void save(engine::MachineDefinition &definition) const override;

private:
    QCheckBox *m_menuBar;
    QCheckBox *m_statusBar;
    QComboBox *m_miniToolBar;
    QComboBox *m_miniPlace;
    QComboBox *m_scale;
    QComboBox *m_closing;
};

} // namespace ui
