// SPDX-License-Identifier: GPL-3.0-or-later
// Which data on guest systems is used, and newer data: from the network, from a file, and back.
// This page acts at once; OK and Cancel of the dialog have nothing to do with it.
#pragma once

#include "engine/machine/os_data_update.h"
#include "ui/preferences_page.h"

#include <memory>

class QProgressBar;
class QPushButton;

namespace ui {

class OsDataPage final : public PreferencesPage
{
    Q_OBJECT
public:
    explicit OsDataPage(QWidget *parent = nullptr);
    ~OsDataPage() override;

    void show(const Preferences &preferences) override;
    void store(Preferences &) const override { }
    // What the network page shows now counts.
    void setProxySource(std::function<engine::ProxyChoice()> proxy) { m_proxy = std::move(proxy); }
    void setIndex(const QUrl &index) { m_index = index; }

private:
    void begin();
    void check();
    void chooseFile();
    void undo();
    void end(const QString &words);
    void showFacts();

    QLabel *m_facts;
    QLabel *m_outcome;
    QProgressBar *m_progress;
    QPushButton *m_check;
    QPushButton *m_file;
    QPushButton *m_undo;
    QPushButton *m_cancel;
    std::function<engine::ProxyChoice()> m_proxy;
    QUrl m_index = engine::OsDataUpdate::usualIndex();
    std::unique_ptr<engine::OsDataUpdate> m_update;
};

} // namespace ui
