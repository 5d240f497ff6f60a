// SPDX-License-Identifier: GPL-3.0-or-later
// One page of the preferences: shows what was read, says what is wrong with what was entered, and
// puts what was chosen into the preferences that are about to be written.
#pragma once

#include "ui/preferences.h"

#include <QtWidgets/QWidget>

class QFormLayout;
class QLabel;

namespace ui {

class PreferencesPage : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;

    virtual void show(const Preferences &preferences) = 0;
    virtual void store(Preferences &preferences) const = 0;
    // Why it cannot be stored; empty when it can.
    virtual QString problem() const { return {}; }

    using QWidget::show;

signals:
    void changed(); // problem() may be another

protected:
    // A row whose label belongs to the field, for the keyboard and for screen readers.
    static QLabel *addRow(QFormLayout &form, const QString &text, QWidget *field,
                          QWidget *row = nullptr);
    static QLabel *makeHint(const QString &text, QWidget *parent);
};

} // namespace ui
