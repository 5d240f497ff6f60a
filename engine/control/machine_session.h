// SPDX-License-Identifier: GPL-3.0-or-later
// A machine while it runs: definition, lock, state file, driver. vitrine-vm owns one; the control
// server offers it to the world. Media changes made here are written to the definition, so that
// they are still there at the next start.
//
// Main thread only.
#pragma once

#include "engine/control/control_protocol.h"
#include "engine/control/typist.h"
#include "engine/machine/machine_store.h"

#include <QtCore/QObject>

#include <memory>
#include <optional>

namespace engine {

class MachineSession final : public QObject
{
    Q_OBJECT
public:
    // Takes the lock; Busy when the machine runs already. The driver is the caller's choice
    // (open_driver.h, or a fake one in tests).
    static Result<std::unique_ptr<MachineSession>> open(const MachineEntry &entry,
                                                        const QString &startType,
                                                        std::unique_ptr<Driver> driver);
    ~MachineSession() override;

    void start();

    // `layout`: of the X keyboard database; empty: US as VirtualBox has it. `rate`: strokes a
    // second, 0: the usual one.
    struct TypingRequest
    {
        QString text;
        QString layout = {};
        int rate = 0;
    };
    void typeText(const TypingRequest &request, Driver::Reply reply);
    void cancelTyping(); // answered with Cancelled
    const Typist &typist() const { return *m_typist; }

    const MachineEntry &entry() const { return m_entry; }
    Driver &driver() { return *m_driver; }
    MachineStatus status() const;

    void changeMedium(const StorageSlot &slot, const QString &path, bool force,
                      Driver::Reply reply);
    void setLinkConnected(int adapter, bool connected, Driver::Reply reply);
    // A present adapter as it should be; what may differ: machine_networks.h. Kept in the
    // definition once the guest has it.
    void changeAdapter(int adapter, const NetworkAdapter &wanted, Driver::Reply reply);
    void typeText(const QString &text, Driver::Reply reply);
    void setHasWindow(bool hasWindow);

signals:
    void typingProgressed();
    void statusChanged();
    void failed(const engine::Error &error);
    // The machine is off and its state written; the process may end.
    void ended();

private:
    MachineSession(MachineEntry entry, QString startType, std::unique_ptr<Driver> driver,
                   MachineLock lock);
    void driverStateChanged(Driver::State state);
    void finish(PersistentState state);
    void fixImageFormats();
    void rememberMedium(const StorageSlot &slot, const QString &path);

    MachineEntry m_entry;
    QString m_startType;
    std::optional<MachineLock> m_lock; // none once the machine has ended
    std::unique_ptr<Driver> m_driver;
    std::optional<RunProblem> m_problem; // until the machine runs again
    bool m_hasWindow = false;
    bool m_hasFailed = false;
    bool m_hasEnded = false;
    std::unique_ptr<Typist> m_typist; // uses the driver
};

} // namespace engine
