// SPDX-License-Identifier: GPL-3.0-or-later
// Settings ▸ Serial: the COM ports and what is at their other end.
#pragma once

#include "ui/settings/settings_page.h"

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;
class QTabWidget;

namespace ui {

class SerialPage final : public SettingsPage
{
    Q_OBJECT
public:
    SerialPage(SettingsContext &context, QWidget *parent);

    void load(const engine::MachineDefinition &definition) override;
    void save(engine::MachineDefinition &definition) const override;

private:
    struct Port
    {
        QCheckBox *enabled;
        QComboBox *mode;
        QLineEdit *path;
        QPushButton *browse;
    };
    QWidget *makePort(int index);
    void update(int index);
    void choosePath(int index);

    QTabWidget *m_tabs;
    QList<Port> m_ports;
};

} // namespace ui
