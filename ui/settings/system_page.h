// SPDX-License-Identifier: GPL-3.0-or-later
// Settings ▸ System: board, processors, memory, firmware.
#pragma once

#include "ui/settings/settings_page.h"

class QCheckBox;
class QComboBox;
class QListWidget;
class QToolButton;

namespace ui {

class AmountField;

class SystemPage final : public SettingsPage
{
    Q_OBJECT
public:
    SystemPage(SettingsContext &context, QWidget *parent);

    void load(const engine::MachineDefinition &definition) override;
    void save(engine::MachineDefinition &definition) const override;

private:
    void showMemory();
    void fillBootOrder(const QList<engine::BootDevice> &order);
    QList<engine::BootDevice> bootOrder() const;
    void moveBootDevice(int rows);
    void updateSupport();

    AmountField *m_memory;
    QLabel *m_memoryHint;
    AmountField *m_cpus;
    QComboBox *m_chipset;
    QComboBox *m_firmware;
    QCheckBox *m_secureBoot;
    QComboBox *m_tpm;
    QWidget *m_boot;
    QListWidget *m_bootList;
    QToolButton *m_up;
    QToolButton *m_down;
    QComboBox *m_pointing;
    QComboBox *m_keyboard;
    QCheckBox *m_clock;
    QCheckBox *m_nested;
    QComboBox *m_engine;
};

} // namespace ui
