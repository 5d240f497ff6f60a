// SPDX-License-Identifier: GPL-3.0-or-later
// What every verb has at hand: the store, the words to speak in, and how to find, observe and
// change a machine. One per process; main thread only.
#pragma once

#include "app/cli/arguments.h"
#include "app/cli/outcome.h"
#include "app/cli/output.h"
#include "engine/control/control_client.h"
#include "engine/machine/machine_store.h"

#include <functional>
#include <memory>

namespace app {

using engine::Result;

// What a machine does right now.
struct LiveState
{
    QString word; // "poweroff", "running", "paused", "starting", "stopping", "aborted", ...
    QDateTime changed;
    std::optional<engine::MachineStatus> status; // while its process answers

    bool isOff() const;
};

class Session final
{
public:
    Session(Output &output, Dialect dialect, QString program);
    ~Session();

    Output &output() { return m_output; }
    Dialect dialect() const { return m_dialect; }
    bool isVirtualBox() const { return m_dialect == Dialect::VirtualBox; }
    const QString &program() const { return m_program; }
    bool isJson() const { return m_isJson; }
    void setJson(bool isJson) { m_isJson = isJson; }
    void warn(const QString &text);

    engine::MachineStore &store();

    // An accessible machine by name, uuid, folder or definition file.
    Result<engine::MachineEntry> machine(const QString &nameOrUuid);
    // Also one whose definition cannot be read: `error` is set then.
    Result<engine::MachineEntry> listedMachine(const QString &nameOrUuid);
    static LiveState observe(const engine::MachineEntry &entry);
    // A connection to the machine's process; NotFound-like failures say in which state it is.
    Outcome connect(const engine::MachineEntry &entry, engine::ControlClient &client) const;

    // Finds the machine, lets `change` edit its definition and writes it when it changed; while it
    // runs, its process does. Fails with the state's name when something changed that cannot
    // then.
    Outcome changeMachine(const QString &nameOrUuid,
                          const std::function<Outcome(engine::MachineEntry &)> &change);
    Outcome requireOff(const engine::MachineEntry &entry) const;
    // Waits a little while somebody else holds the machine for a moment.
    Result<engine::MachineEntry> saveMachine(const engine::MachineEntry &entry);

private:
    Outcome changeRunningMachine(const engine::MachineDefinition &before,
                                 const engine::MachineEntry &changed, const LiveState &state);

    Output &m_output;
    Dialect m_dialect;
    QString m_program;
    bool m_isJson = false;
    std::unique_ptr<engine::MachineStore> m_store;
};

// True when the machine's lock is free, or became so in time.
bool waitUntilReleased(const QString &machineFolder, std::chrono::milliseconds patience);

} // namespace app
