// SPDX-License-Identifier: GPL-3.0-or-later
// Mounts the machine's shared folders in its guest, by the guest's agent: those marked for it as
// soon as an agent answers or the guest gets them, the others when somebody asks. For Linux
// guests, whose agent runs as root. Main thread only.
#pragma once

#include "engine/control/guest_link.h"
#include "engine/drivers/driver.h"

namespace engine {

class FolderMounter final : public QObject
{
    Q_OBJECT
public:
    // Both outlive it.
    FolderMounter(Driver &driver, MachineGuest &guest, QObject *parent = nullptr);

    // Fine where the guest has it mounted already, wherever. Errors: the guest's words.
    void mount(const QString &name, Driver::Reply reply);
    // Fine where it is not mounted. Busy: a program of the guest's uses it.
    void unmount(const QString &name, Driver::Reply reply);

signals:
    void noticed(const QString &text); // what was marked and could not be mounted

private:
    void mountMarked();
    void run(const QString &name, const QString &script, const Driver::Reply &reply);

    Driver &m_driver;
    MachineGuest &m_guest;
    GuestLink m_link;
    QStringList m_tried; // of those marked: names, since the agent came or the folder did
};

} // namespace engine
