// SPDX-License-Identifier: GPL-3.0-or-later
// Settings ▸ Audio: the sound card, and what goes through it, also into films.
#pragma once

#include "ui/settings/settings_page.h"

class QCheckBox;
class QComboBox;

namespace ui {

class AudioPage final : public SettingsPage
{
    Q_OBJECT
public:
    AudioPage(SettingsContext &context, QWidget *parent);

    void load(const engine::MachineDefinition &definition) override;
    void save(engine::MachineDefinition &definition) const override;

private:
    QComboBox *m_card;
    QCheckBox *m_output;
    QCheckBox *m_input;
    QCheckBox *m_films;

    void offer(); // what a machine without a sound card has no use for
};

} // namespace ui
