// SPDX-License-Identifier: GPL-3.0-or-later
// Settings ▸ Network: a tab for each of the eight adapters.
#pragma once

#include "ui/settings/settings_page.h"

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;
class QTabWidget;
class QToolButton;

namespace ui {

class ForwardTable;

class NetworkPage final : public SettingsPage
{
    Q_OBJECT
public:
    NetworkPage(SettingsContext &context, QWidget *parent);

    void load(const engine::MachineDefinition &definition) override;
    void save(engine::MachineDefinition &definition) const override;
    void applyRules(const SettingsRules &rules) override;
    QList<engine::DefinitionProblem> showProblems(
        const QList<engine::DefinitionProblem> &problems) override;

private:
    struct Adapter
    {
        QCheckBox *enabled = nullptr;
        QComboBox *mode = nullptr;
        QComboBox *internalNetwork = nullptr;
        QComboBox *hostInterface = nullptr;
        QComboBox *model = nullptr;
        QLineEdit *mac = nullptr;
        QToolButton *randomMac = nullptr;
        QCheckBox *cable = nullptr;
        QSpinBox *limit = nullptr;
        QLineEdit *natNetwork = nullptr;
        QComboBox *egress = nullptr;
        QPlainTextEdit *destinations = nullptr;
        ForwardTable *forwards = nullptr;
    };

    QWidget *makeAdapter(int index);
    void makeNatFields(int index, Adapter &adapter, QWidget *tab, QFormLayout &form);
    void update(int index);
    void updateSupport();
    engine::NetworkAdapter adapterFrom(int index, const engine::NetworkAdapter &base) const;
    void setRowShown(const QString &path, bool isShown);

    QTabWidget *m_tabs;
    QList<Adapter> m_adapters;
};

} // namespace ui
