// SPDX-License-Identifier: GPL-3.0-or-later
// The user's own key combinations for the Input menu of machine windows.
#pragma once

#include "ui/preferences_page.h"

class QLineEdit;
class QListWidget;
class QPushButton;

namespace ui {

class KeyRecorder;

class SavedKeysPage final : public PreferencesPage
{
    Q_OBJECT
public:
    explicit SavedKeysPage(QWidget *parent = nullptr);

    void show(const Preferences &preferences) override;
    void store(Preferences &preferences) const override;

private:
    void add(const QList<engine::ScanCode> &codes);
    void fill(int current);
    void selectionChanged();
    int row() const;

    QList<engine::SavedKeys> m_keys;
    QListWidget *m_list;
    QLineEdit *m_label;
    KeyRecorder *m_record;
    QPushButton *m_remove;
};

} // namespace ui
