// SPDX-License-Identifier: GPL-3.0-or-later
// Full screen's monitor and tool bar, and how large new machine windows are.
#pragma once

#include "ui/preferences_page.h"

class QCheckBox;
class QComboBox;

namespace ui {

class PreferencesScreensPage final : public PreferencesPage
{
    Q_OBJECT
public:
    explicit PreferencesScreensPage(QWidget *parent = nullptr);

    void show(const Preferences &preferences) override;
    void store(Preferences &preferences) const override;

private:
    QComboBox *m_monitor;
    QCheckBox *m_miniToolBar;
    QComboBox *m_scaling;
};

} // namespace ui
