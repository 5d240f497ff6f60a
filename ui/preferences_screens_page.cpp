// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preferences_screens_page.h"

#include "ui/host_screens.h"

#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>

namespace ui {

PreferencesScreensPage::PreferencesScreensPage(QWidget *parent)
    : PreferencesPage(parent)
    , m_monitor(new QComboBox(this))
    , m_miniToolBar(new QCheckBox(tr("Show the mini &tool bar in full screen"), this))
    , m_scaling(new QComboBox(this))
{
    m_monitor->setObjectName(QStringLiteral("monitor"));
    m_monitor->setAccessibleName(tr("Monitor for full screen"));
    m_monitor->addItem(tr("The one the window is on"), QString());
    const QList<QScreen *> screens = QGuiApplication::screens();
    for (const QScreen *screen : screens)
        m_monitor->addItem(screenLabel(*screen), identityOf(*screen).toText());
    m_miniToolBar->setObjectName(QStringLiteral("miniToolBar"));
    m_scaling->setObjectName(QStringLiteral("scaling"));
    m_scaling->setAccessibleName(tr("New machine windows"));
    m_scaling->addItem(tr("Show one guest pixel as one pixel"), false);
    m_scaling->addItem(tr("Stretch the picture to the window (scaled mode)"), true);

    auto *form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    addRow(*form, tr("Monitor for f&ull screen:"), m_monitor);
    form->addRow(QString(), m_miniToolBar);
    addRow(*form, tr("New machine &windows:"), m_scaling);
    form->addRow(QString(),
                 makeHint(tr("A window that was open before comes back as it was left."), this));
}

void PreferencesScreensPage::show(const Preferences &preferences)
{
    QString wanted = preferences.fullScreenMonitor;
    const ScreenIdentity identity = ScreenIdentity::fromText(wanted);
    if (const QScreen *screen = findScreen(identity)) // perhaps at another connector now
        wanted = identityOf(*screen).toText();
    else if (m_monitor->findData(wanted) < 0)
        m_monitor->addItem(tr("%1 (not connected)")
                               .arg(identity.model.isEmpty() ? identity.connector : identity.model),
                           wanted);
    m_monitor->setCurrentIndex(m_monitor->findData(wanted));
    m_miniToolBar->setChecked(preferences.showMiniToolBar);
    m_scaling->setCurrentIndex(preferences.isScaledByDefault ? 1 : 0);
}

void PreferencesScreensPage::store(Preferences &preferences) const
{
    preferences.fullScreenMonitor = m_monitor->currentData().toString();
    preferences.showMiniToolBar = m_miniToolBar->isChecked();
    preferences.isScaledByDefault = m_scaling->currentData().toBool();
}

} // namespace ui
