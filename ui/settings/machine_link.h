// SPDX-License-Identifier: GPL-3.0-or-later
// A machine as the settings dialog has to know it: what is in its file now, whether it runs, and
// the connection to it while it does. Follows both as they change.
//
// Main thread only.
#pragma once

#include "engine/control/control_client.h"
#include "engine/machine/machine_store.h"
#include "ui/settings/settings_context.h"

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QObject>
#include <QtCore/QTimer>

namespace ui {

class MachineLink final : public QObject
{
    Q_OBJECT
public:
    // An empty socket: the user's (user_paths.h).
    MachineLink(const engine::MachineEntry &entry, const QString &socketPath,
                QObject *parent = nullptr);

    engine::Result<engine::MachineEntry> read() const;
    SettingsRules rules() const;
    engine::MachineCondition condition() const { return m_condition; }
    // Runs, but its process has not said yet what it can do.
    bool isWaiting() const;
    engine::ControlClient &client() { return m_client; }

    // Renamed by us.
    void follow(const engine::MachineEntry &entry);

signals:
    void rulesChanged();
    void fileChanged(); // perhaps only touched

private:
    void look();
    void watch();

    engine::MachineEntry m_entry;
    const QString m_socketPath;
    engine::ControlClient m_client;
    engine::MachineCondition m_condition = engine::MachineCondition::Off;
    QFileSystemWatcher m_watcher;
    QTimer m_soon;
    QTimer m_retry;
};

} // namespace ui
