// SPDX-License-Identifier: GPL-3.0-or-later
// Settings ▸ Display: the graphics adapter.
#pragma once

#include "ui/settings/settings_page.h"

class QComboBox;

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
    QComboBox *m_video;
    AmountField *m_memory;
};

} // namespace ui
