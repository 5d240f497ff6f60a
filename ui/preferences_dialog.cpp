// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preferences_dialog.h"

#include "engine/machine/qt_text.h"
#include "ui/icons.h"
#include "ui/os_data_page.h"
#include "ui/preferences_general_page.h"
#include "ui/preferences_input_page.h"
#include "ui/preferences_network_page.h"
#include "ui/preferences_screens_page.h"
#include "ui/saved_keys_page.h"
#include "ui/shortcuts_page.h"

namespace ui {

PreferencesDialog::PreferencesDialog(engine::MachineStore &store, QWidget *parent)
    : PageDialog(parent)
    , m_general(new PreferencesGeneralPage(store, this))
    , m_osData(new OsDataPage(this))
{
    setObjectName(QStringLiteral("preferencesDialog"));
    setWindowTitle(tr("Preferences"));
    auto *network = new PreferencesNetworkPage(this);
    add(QStringLiteral("general"), QStringLiteral("preferences-system"), tr("General"), m_general);
    add(QStringLiteral("input"), QStringLiteral("input-keyboard"), tr("Input"),
        new PreferencesInputPage(this));
    add(QStringLiteral("shortcuts"), QStringLiteral("application-menu"), tr("Shortcuts"),
        new ShortcutsPage(this));
    add(QStringLiteral("savedKeys"), QStringLiteral("key-combination"), tr("Key Combinations"),
        new SavedKeysPage(this));
    add(QStringLiteral("screens"), QStringLiteral("video-display"), tr("Screens"),
        new PreferencesScreensPage(this));
    add(QStringLiteral("network"), QStringLiteral("network-wired"), tr("Network"), network);
    add(QStringLiteral("osData"), QStringLiteral("download"), tr("System Data"), m_osData);
    m_osData->setProxySource([network] {
        Preferences preferences;
        network->store(preferences);
        return preferences.proxy;
    });
    const Preferences preferences = Preferences::load();
    for (const auto &[name, page] : std::as_const(m_pages)) {
        page->show(preferences);
        connect(page, &PreferencesPage::changed, this, &PreferencesDialog::look);
    }
}

void PreferencesDialog::add(const QString &name, const QString &iconName, const QString &title,
                            PreferencesPage *page)
{
    page->setObjectName(name + QStringLiteral("Page"));
    m_pages.append({name, page});
    addPage(name, icon(iconName), title, page);
}

// Each page's trouble stands at the page in the list, the first one in words above the buttons.
void PreferencesDialog::look()
{
    QString first;
    for (const auto &[name, page] : std::as_const(m_pages)) {
        const QString problem = page->problem();
        setPageProblem(name, problem);
        if (first.isEmpty())
            first = problem;
    }
    setProblem(first);
}

void PreferencesDialog::accept()
{
    const auto complain = [this](const engine::Error &error) {
        QString text = engine::errorText(error);
        if (!error.remedy().empty())
            text += u'\n' + engine::toQString(error.remedy());
        setProblem(text);
    };
    look();
    for (const auto &[name, page] : std::as_const(m_pages)) {
        if (page->problem().isEmpty())
            continue;
        showPage(name);
        return;
    }
    if (const auto set = m_general->applyFolder(); !set) {
        complain(set.error());
        showPage(QStringLiteral("general"));
        m_general->focusFolder();
        return;
    }
    Preferences changed = Preferences::load(); // another program may have written since
    for (const auto &[name, page] : std::as_const(m_pages))
        page->store(changed);
    if (const auto saved = changed.save(); !saved) {
        complain(saved.error());
        return;
    }
    emit preferencesChanged();
    QDialog::accept();
}

} // namespace ui
