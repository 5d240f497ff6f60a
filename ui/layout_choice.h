// SPDX-License-Identifier: GPL-3.0-or-later
// The keyboard layout that a machine's guest has: a box with all layouts of the keyboard database,
// and the user's choice kept per machine in the preferences. Without a choice it is the host's.
#pragma once

#include <QtCore/QString>
#include <QtCore/QUuid>
#include <QtWidgets/QComboBox>

namespace ui {

QString guestLayoutOf(const QUuid &machine);
void rememberGuestLayout(const QUuid &machine, const QString &layout);

class LayoutChoice final : public QComboBox
{
    Q_OBJECT
public:
    explicit LayoutChoice(const QUuid &machine, QWidget *parent = nullptr);

    QString layoutId() const { return currentData().toString(); }
    void setLayoutId(const QString &id);

signals:
    void layoutChanged(const QString &id);
};

} // namespace ui
