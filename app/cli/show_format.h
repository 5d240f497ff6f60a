// SPDX-License-Identifier: GPL-3.0-or-later
// A machine as text: `--machinereadable` in the order of keys that programs rely on, the form for
// people, and JSON. Pure: values in, text out.
#pragma once

#include "app/cli/session.h"

#include <QtCore/QJsonObject>

namespace app {

// All that is shown of one machine.
struct MachineView
{
    engine::MachineEntry entry;
    LiveState live;
    // What would run it here if it were started now: "kvm", or "qemu (It has no sound)"; empty when
    // nobody asked.
    QString wouldRunBy = {};

    // As they are now: a running machine's own answer, else the definition's.
    const QList<engine::StorageController> &controllers() const;
    const QList<engine::NetworkAdapter> &adapters() const;
    QString acceleration() const; // "KVM", ...; empty while it does not run
};

QString machineReadable(const MachineView &view);
QString humanReadable(const MachineView &view);
QJsonObject machineJson(const MachineView &view);

// "name" {uuid}, as `list vms` says it; no uuid stands for an inaccessible machine.
QString listLine(const engine::MachineEntry &entry);
QJsonObject listJson(const engine::MachineEntry &entry, const QString &state);

// "2026-11-21T10:00:00.000000000": VirtualBox's, in UTC.
QString stampWord(const QDateTime &when);
QString uuidWord(const QUuid &uuid);

} // namespace app
