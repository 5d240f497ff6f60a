// SPDX-License-Identifier: GPL-3.0-or-later
// The list of machines as the file system has it, and the folder of a new one. Definitions whose
// file did not change since the last run are not read again.
#pragma once

#include "engine/machine/known_machines.h"
#include "engine/machine/machine_store.h"

#include <QtCore/QHash>

#include <tuple>

namespace engine {

class MachineOutlines;

class MachineScan final
{
public:
    // With `outlines` an entry's definition is only its name and UUID.
    explicit MachineScan(MachineOutlines *outlines = nullptr)
        : m_outlines(outlines)
    { }
    void run(const QString &machineFolder, const KnownMachines &known);
    // A machine that was just written: the caller knows its uuid to be new.
    void insert(const MachineEntry &entry);
    const QList<MachineEntry> &entries() const { return m_entries; }

private:
    // What a rename over the file, or a write into it, changes.
    using Stamp = std::tuple<quint64, quint64, qint64, qint64, qint64>;
    struct Read
    {
        Stamp stamp;
        MachineEntry entry;
    };

    void add(const QString &folder, bool isKnown);
    void refuseTwins();

    MachineOutlines *m_outlines;
    QHash<QString, Read> m_cache; // by definition path
    QHash<QString, Read> m_seen;
    QList<MachineEntry> m_entries;
};

// The folder itself with disks/ and Logs/. One that exists is Busy, unless it is empty.
Result<> makeMachineFolder(const QString &folder);
// Gives a prepared folder its name; one that exists is Busy, unless it is empty.
Result<> renameNewFolder(const QString &from, const QString &to);
// Takes back what makeMachineFolder() and writeMachine() made.
void removeNewMachineFolder(const MachineEntry &entry);

} // namespace engine
