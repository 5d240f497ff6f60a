// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/zoom_menu.h"

#include "ui/console_actions.h"

#include <QtGui/QActionGroup>

namespace ui {

using display::ScaleMode;

ZoomMenu::ZoomMenu(ConsoleActions &actions, QWidget *parent)
    : QMenu(tr("&Zoom"), parent)
    , m_group(new QActionGroup(this))
{
    setObjectName(QStringLiteral("zoomMenu"));
    setToolTipsVisible(true);
    addAction(actions.action(Command::ZoomIn));
    addAction(actions.action(Command::ZoomOut));
    addAction(actions.action(Command::ZoomActual));
    addSeparator();
    const QList<int> steps = zoomSteps();
    for (const int percent : steps) {
        addChoice(QStringLiteral("zoom%1").arg(percent), tr("%1 %").arg(percent),
                  percent % 100 == 0
                      ? tr("Each of the guest's pixels covers %1 × %1 of your screen's")
                            .arg(percent / 100)
                      : QString(),
                  {.mode = ScaleMode::Zoom, .percent = percent});
    }
    addSeparator();
    addChoice(QStringLiteral("zoomFit"), tr("&Fit Window"),
              tr("As large as the window has room for"), {.mode = ScaleMode::Fit});
    addChoice(QStringLiteral("zoomFitWhole"), tr("Fit Window in &Whole Pixels"),
              tr("As large as the window has room for with every pixel of the guest the same "
                 "square of your screen's: never blurred"),
              {.mode = ScaleMode::FitWhole});
    setScale({});
}

void ZoomMenu::addChoice(const QString &name, const QString &text, const QString &explanation,
                         const ScreenScale &scale)
{
    auto *action = new QAction(text, m_group);
    action->setObjectName(name);
    action->setCheckable(true);
    action->setToolTip(explanation);
    action->setStatusTip(explanation);
    action->setData(QVariant::fromValue(scale));
    addAction(action);
    connect(action, &QAction::triggered, this, [this, scale] {
        ScreenScale chosen = scale;
        if (chosen.isFitted())
            chosen.percent = m_scale.percent;
        emit scaleChosen(chosen);
    });
}

void ZoomMenu::setScale(const ScreenScale &scale)
{
    m_scale = scale;
    const QList<QAction *> choices = m_group->actions();
    for (QAction *action : choices) {
        const auto choice = action->data().value<ScreenScale>();
        action->setChecked(choice.mode == scale.mode
                           && (scale.isFitted() || choice.percent == scale.percent));
    }
}

} // namespace ui
