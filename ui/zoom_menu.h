// SPDX-License-Identifier: GPL-3.0-or-later
// View > Zoom: one size of the guest's screen out of several, and steps between them.
#pragma once

#include "ui/screen_scale.h"

#include <QtWidgets/QMenu>

class QActionGroup;

namespace ui {

class ConsoleActions;

class ZoomMenu final : public QMenu
{
    Q_OBJECT
public:
    ZoomMenu(ConsoleActions &actions, QWidget *parent);

    void setScale(const ScreenScale &scale); // which one is marked

signals:
    void scaleChosen(const ui::ScreenScale &scale);

private:
    void addChoice(const QString &name, const QString &text, const QString &explanation,
                   const ScreenScale &scale);

    QActionGroup *m_group;
    ScreenScale m_scale;
};

} // namespace ui

Q_DECLARE_METATYPE(ui::ScreenScale)
