// SPDX-License-Identifier: GPL-3.0-or-later
// Settings ▸ USB: the controller, and the devices that go to the guest by themselves.
#pragma once

#include "ui/settings/settings_page.h"

class QComboBox;

namespace ui {

class UsbFilters;

class UsbPage final : public SettingsPage
{
    Q_OBJECT
public:
    UsbPage(SettingsContext &context, QWidget *parent);

    void load(const engine::MachineDefinition &definition) override;
    void save(engine::MachineDefinition &definition) const override;

private:
    QComboBox *m_controller;
    UsbFilters *m_filters;
};

} // namespace ui
