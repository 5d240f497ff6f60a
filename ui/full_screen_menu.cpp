// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/full_screen_menu.h"

#include <QtCore/QPointer>
#include <QtGui/QActionGroup>
#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>

namespace ui {

namespace {

// An ampersand in a monitor's name is no mnemonic.
QString plain(QString text)
{
    return text.replace(u'&', QStringLiteral("&&"));
}

} // namespace

FullScreenMenu::FullScreenMenu(QWidget *parent)
    : QMenu(tr("Full Screen &on"), parent)
    , m_group(new QActionGroup(this))
{
    setObjectName(QStringLiteral("fullScreenMenu"));
    setToolTipsVisible(true);
    menuAction()->setToolTip(tr("Choose the screen that the guest fills; it is remembered for this "
                                "machine"));
    connect(qGuiApp, &QGuiApplication::screenAdded, this, &FullScreenMenu::rebuild);
    connect(qGuiApp, &QGuiApplication::screenRemoved, this, &FullScreenMenu::rebuild,
            Qt::QueuedConnection); // it is still in the list
    // A screen may have got another size meanwhile.
    connect(this, &QMenu::aboutToShow, this, &FullScreenMenu::rebuild);
    rebuild();
}

QAction *FullScreenMenu::addChoice(const QString &name, const QString &text, bool isChosen)
{
    auto *action = new QAction(text, m_group);
    action->setObjectName(name);
    action->setCheckable(true);
    action->setChecked(isChosen);
    addAction(action);
    return action;
}

void FullScreenMenu::rebuild()
{
    // Later: one of them may be on its way through the event loop.
    const QList<QAction *> old = m_group->actions();
    for (QAction *action : old) {
        m_group->removeAction(action);
        removeAction(action);
        action->deleteLater();
    }
    clear();
    const QScreen *chosen = findScreen(m_chosen);
    QAction *any = addChoice(QStringLiteral("screenOfTheWindow"),
                             tr("The Screen the &Window is on"), m_chosen.isEmpty());
    connect(any, &QAction::triggered, this, [this] { emit screenChosen({}, nullptr); });
    addSeparator();
    const QList<QScreen *> screens = QGuiApplication::screens();
    for (qsizetype i = 0; i < screens.size(); ++i) {
        QScreen *screen = screens[i];
        QAction *action = addChoice(QStringLiteral("screen%1").arg(i + 1),
                                    u'&' + plain(screenLabel(*screen)), screen == chosen);
        connect(action, &QAction::triggered, this, [this, target = QPointer<QScreen>(screen)] {
            if (target != nullptr)
                emit screenChosen(identityOf(*target), target);
        });
    }
    if (!m_chosen.isEmpty() && chosen == nullptr) {
        const QString name = m_chosen.model.isEmpty() ? m_chosen.connector : m_chosen.model;
        QAction *missing = addChoice(QStringLiteral("missingScreen"),
                                     tr("%1 (not connected)").arg(plain(name)), true);
        missing->setEnabled(false);
        missing->setToolTip(tr("Until it is connected again, the guest fills the screen that the "
                               "window is on."));
    }
}

void FullScreenMenu::setChosen(const ScreenIdentity &identity)
{
    m_chosen = identity;
    rebuild();
}

} // namespace ui
