// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's settings: pages on the right, their list and a search on the left. Problems are shown
// at the field as it is typed; OK writes everything at once (settings_commit.h), Cancel nothing.
// While the machine runs, what may change then can be changed and the rest says why not.
//
// Main thread only.
#pragma once

#include "engine/machine/machine_store.h"
#include "ui/settings/definition_checker.h"
#include "ui/settings/machine_link.h"
#include "ui/settings/settings_commit.h"
#include "ui/settings/settings_context.h"

#include <QtWidgets/QDialog>

#include <optional>

class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QProgressBar;
class QStackedWidget;
class QToolButton;

namespace ui {

class MessageBar;
class SettingsPage;

class SettingsDialog final : public QDialog
{
    Q_OBJECT
public:
    // `store` lists the other machines. An empty socket: the user's.
    SettingsDialog(engine::MachineStore &store, const engine::MachineEntry &entry,
                   const QString &socketPath = {}, QWidget *parent = nullptr);
    ~SettingsDialog() override;

    // "general", "system", "display", "storage", "audio", "network", "serial", "usb", "interface".
    void showPage(const QString &id);
    // The page of a field, with the field in sight.
    void goTo(const QString &field);

    void accept() override;
    void reject() override;

signals:
    void saved(const engine::MachineEntry &entry);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void makePages();
    void makeSearch();
    void load(const engine::MachineDefinition &definition);
    engine::MachineDefinition wanted() const;
    void edited();
    void showProblems(const QList<engine::DefinitionProblem> &problems);
    void updateProblems();
    QList<engine::DefinitionProblem> blocking() const;
    void search(const QString &text);
    void goToFirstFound();
    void rulesChanged();
    void fileChanged();
    void offerReload(const engine::MachineDefinition &onDisk);
    void commit();
    void setBusy(bool isBusy);
    void commitFailed(const engine::Error &error);

    engine::MachineStore &m_store;
    SettingsContext m_context;
    MachineLink m_link;
    SettingsCommit m_commit;
    DefinitionChecker m_checker;
    DefinitionChecker m_baseChecker; // for what was wrong before anybody changed anything
    engine::MachineDefinition m_base;
    QList<engine::DefinitionProblem> m_problems;
    QList<engine::DefinitionProblem> m_oldProblems;
    QList<SettingsPage *> m_pages;
    std::optional<SettingsRules> m_rules; // as the pages know them
    bool m_isLoading = false;
    bool m_isAcceptWanted = false;

    QLineEdit *m_search;
    QListWidget *m_list;
    QStackedWidget *m_stack;
    MessageBar *m_messages;
    QToolButton *m_summary;
    QLabel *m_progressText;
    QProgressBar *m_progress;
    QDialogButtonBox *m_buttons;
};

} // namespace ui
