// SPDX-License-Identifier: GPL-3.0-or-later
// Machine folder, what closing a machine's window does, language.
#pragma once

#include "engine/machine/machine_store.h"
#include "ui/preferences_page.h"

class QCheckBox;
class QComboBox;
class QLineEdit;

namespace ui {

class PreferencesGeneralPage final : public PreferencesPage
{
    Q_OBJECT
public:
    explicit PreferencesGeneralPage(engine::MachineStore &store, QWidget *parent = nullptr);

    void show(const Preferences &preferences) override;
    void store(Preferences &preferences) const override;
    QString problem() const override;

    // The folder is the store's; called before the preferences are written.
    engine::Result<> applyFolder();
    void focusFolder();

private:
    void chooseFolder();
    QString folder() const;

    engine::MachineStore &m_store;
    QLineEdit *m_folder;
    QComboBox *m_closeChoice;
    QComboBox *m_sessionEnd;
    QComboBox *m_language;
    QCheckBox *m_trayIcon;
};

} // namespace ui
