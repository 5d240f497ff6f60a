// SPDX-License-Identifier: GPL-3.0-or-later
// The host key, capturing, and a table of which shortcuts reach the guest and which stay here.
#pragma once

#include "ui/preferences_page.h"

class QCheckBox;
class QLabel;
class QTableWidget;

namespace ui {

class KeyRecorder;

class PreferencesInputPage final : public PreferencesPage
{
    Q_OBJECT
public:
    explicit PreferencesInputPage(QWidget *parent = nullptr);

    void show(const Preferences &preferences) override;
    void store(Preferences &preferences) const override;
    QString problem() const override { return m_problem; }

private:
    void setHostKeys(const QList<engine::ScanCode> &codes);
    void recorded(const QList<engine::ScanCode> &codes);
    void fillTable();

    QList<engine::ScanCode> m_hostKeys;
    QString m_problem;
    QLabel *m_hostKey;
    KeyRecorder *m_record;
    QCheckBox *m_autoCapture;
    QCheckBox *m_desktopKeys;
    QTableWidget *m_table;
};

} // namespace ui
