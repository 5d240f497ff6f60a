// SPDX-License-Identifier: GPL-3.0-or-later
// OK: new disks are made, then the definition is written, once; by the machine's process while it
// runs. When one of that fails, the disks go away again and nothing has changed.
//
// Main thread only.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_store.h"
#include "engine/media/disk_image.h"

#include <QtCore/QObject>
#include <QtCore/QPointer>

namespace ui {

class MachineLink;

class SettingsCommit final : public QObject
{
    Q_OBJECT
public:
    SettingsCommit(engine::MachineStore &store, MachineLink &link, QObject *parent);
    ~SettingsCommit() override; // gives up, too

    // `base` is what the file has to hold still. Disks that `wanted` does not use are not made.
    void start(const engine::MachineDefinition &base, const engine::MachineDefinition &wanted,
               const QList<engine::CreateImageRequest> &disks);
    bool isRunning() const { return m_isRunning; }
    void cancel(); // failed(Cancelled) follows, unless the definition is being written already

signals:
    void progressed(const QString &what, int percent);
    void done(const engine::MachineEntry &entry);
    void failed(const engine::Error &error);

private:
    void makeNextDisk();
    void write();
    void writeThroughProcess(const engine::MachineEntry &entry);
    void succeed(const engine::MachineEntry &entry);
    void fail(const engine::Error &error);
    void removeNewDisks();

    engine::MachineStore &m_store;
    MachineLink &m_link;
    engine::MachineDefinition m_base;
    engine::MachineDefinition m_wanted;
    QList<engine::CreateImageRequest> m_toMake;
    QStringList m_made; // files
    QStringList m_madeFolders;
    QPointer<engine::ImageJob> m_job;
    bool m_isRunning = false;
};

} // namespace ui
