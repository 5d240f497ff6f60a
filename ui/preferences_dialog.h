// SPDX-License-Identifier: GPL-3.0-or-later
// Choices for all machines, in pages. Nothing is written before OK, but for the page System Data,
// which acts at once; what cannot be written is said in place. What was written is felt at once in
// all windows that are open, because they watch the file.
#pragma once

#include "engine/machine/machine_store.h"
#include "ui/page_dialog.h"
#include "ui/preferences.h"

namespace ui {

class OsDataPage;
class PreferencesGeneralPage;
class PreferencesPage;

class PreferencesDialog final : public PageDialog
{
    Q_OBJECT
public:
    explicit PreferencesDialog(engine::MachineStore &store, QWidget *parent = nullptr);

    void accept() override;
    OsDataPage &osDataPage() const { return *m_osData; }

signals:
    void preferencesChanged();

private:
    void add(const QString &name, const QString &iconName, const QString &title,
             PreferencesPage *page);
    void look();

    QList<std::pair<QString, PreferencesPage *>> m_pages;
    PreferencesGeneralPage *m_general;
    OsDataPage *m_osData;
};

} // namespace ui
