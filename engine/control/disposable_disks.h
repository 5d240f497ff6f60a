// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a disposable run: `<machine folder>/disposable/` holds a qcow2 overlay for every
// hard disk that the guest may write to, and copies of what else a run changes (nvram). They go
// when this object does; what a killed run left is removed at the next start. The folder is on the
// machine's own file system: what a guest writes has to fit somewhere, and memory is not the place.
//
// Main thread only; the overlays are made by qemu-img beside the event loop.
#pragma once

#include "engine/machine/machine_store.h"

#include <QtCore/QObject>

#include <functional>
#include <memory>

class QProcess;

namespace engine {

class DisposableDisks final : public QObject
{
    Q_OBJECT
public:
    explicit DisposableDisks(MachineEntry entry);
    ~DisposableDisks() override;

    static QString folderOf(const QString &machineFolder);
    static void removeLeftovers(const QString &machineFolder);

    // Answers once, unless this object goes first.
    void make(std::function<void(Result<>)> made);
    // The machine's, with the overlays in place of its disks.
    const MachineDefinition &definition() const { return m_definition; }

private:
    Result<> prepare();
    void makeNext();
    void answer(Result<> result);

    struct Overlay
    {
        QString path;
        QString base;
        QString baseFormat;
    };

    MachineEntry m_entry;
    MachineDefinition m_definition;
    QList<Overlay> m_missing;
    std::function<void(Result<>)> m_made;
    QProcess *m_process = nullptr;
};

} // namespace engine
