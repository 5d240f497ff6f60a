// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preferences_network_page.h"

#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QVBoxLayout>

namespace ui {

PreferencesNetworkPage::PreferencesNetworkPage(QWidget *parent)
    : PreferencesPage(parent)
    , m_none(new QRadioButton(tr("&No proxy"), this))
    , m_system(new QRadioButton(tr("The proxy of the &desktop session"), this))
    , m_manual(new QRadioButton(tr("&This proxy:"), this))
    , m_host(new QLineEdit(this))
    , m_port(new QSpinBox(this))
{
    m_none->setObjectName(QStringLiteral("proxyNone"));
    m_system->setObjectName(QStringLiteral("proxySystem"));
    m_manual->setObjectName(QStringLiteral("proxyManual"));
    m_host->setObjectName(QStringLiteral("proxyHost"));
    m_host->setAccessibleName(tr("Proxy host"));
    m_host->setPlaceholderText(tr("proxy.example"));
    m_port->setObjectName(QStringLiteral("proxyPort"));
    m_port->setAccessibleName(tr("Proxy port"));
    m_port->setRange(1, 65535);
    m_port->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    for (const QRadioButton *button : {m_none, m_system, m_manual})
        connect(button, &QRadioButton::toggled, this, &PreferencesNetworkPage::update);
    connect(m_host, &QLineEdit::textChanged, this, &PreferencesPage::changed);

    auto *form = new QFormLayout;
    form->setContentsMargins(24, 0, 0, 0);
    addRow(*form, tr("&Host:"), m_host);
    addRow(*form, tr("&Port:"), m_port);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(makeHint(tr("For what Vitrine itself downloads, such as system data. Guests "
                                  "have their own settings."),
                               this));
    layout->addWidget(m_none);
    layout->addWidget(m_system);
    layout->addWidget(m_manual);
    layout->addLayout(form);
    layout->addStretch();
}

void PreferencesNetworkPage::show(const Preferences &preferences)
{
    using engine::ProxyMode;
    m_none->setChecked(preferences.proxy.mode == ProxyMode::None);
    m_system->setChecked(preferences.proxy.mode == ProxyMode::System);
    m_manual->setChecked(preferences.proxy.mode == ProxyMode::Manual);
    m_host->setText(preferences.proxy.host);
    m_port->setValue(preferences.proxy.port);
    update();
}

void PreferencesNetworkPage::store(Preferences &preferences) const
{
    using engine::ProxyMode;
    preferences.proxy = {m_manual->isChecked()     ? ProxyMode::Manual
                             : m_none->isChecked() ? ProxyMode::None
                                                   : ProxyMode::System,
                         m_host->text().trimmed(), m_port->value()};
}

QString PreferencesNetworkPage::problem() const
{
    if (!m_manual->isChecked())
        return {};
    const QString host = m_host->text().trimmed();
    if (host.isEmpty())
        return tr("The proxy needs a host name or an address, such as proxy.example.");
    const auto proxy = engine::proxyFromUrl(host);
    if (!proxy || proxy->host.compare(host, Qt::CaseInsensitive) != 0)
        return tr("“%1” is no host name. Leave out http:// and the port.").arg(host);
    return {};
}

void PreferencesNetworkPage::update()
{
    m_host->setEnabled(m_manual->isChecked());
    m_port->setEnabled(m_manual->isChecked());
    emit changed();
}

} // namespace ui
