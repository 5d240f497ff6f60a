// SPDX-License-Identifier: GPL-3.0-or-later
// The proxy for what Vitrine itself downloads. Guests have their own.
#pragma once

#include "ui/preferences_page.h"

class QLineEdit;
class QRadioButton;
class QSpinBox;

namespace ui {

class PreferencesNetworkPage final : public PreferencesPage
{
    Q_OBJECT
public:
    explicit PreferencesNetworkPage(QWidget *parent = nullptr);

    void show(const Preferences &preferences) override;
    void store(Preferences &preferences) const override;
    QString problem() const override;

private:
    void update();

    QRadioButton *m_none;
    QRadioButton *m_system;
    QRadioButton *m_manual;
    QLineEdit *m_host;
    QSpinBox *m_port;
};

} // namespace ui
