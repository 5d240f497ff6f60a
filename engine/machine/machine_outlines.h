// SPDX-License-Identifier: GPL-3.0-or-later
// All machines by name and UUID only, for whoever wants no more: a thousand definitions are not
// parsed when nothing has changed. What was read is remembered in $XDG_CACHE_HOME/vitrine, by the
// file's device, inode, size and time; what changed since, or so shortly before that a second
// change could have gone unseen, is read again. A cache that is missing or damaged only costs time.
//
// Main thread only.
#pragma once

#include "engine/machine/machine_store.h"

#include <QtCore/QHash>

#include <optional>
#include <tuple>

namespace engine {

class MachineOutlines final
{
public:
    // Device, inode, size, seconds and nanoseconds of the last change.
    using Stamp = std::tuple<quint64, quint64, qint64, qint64, qint64>;
    struct Outline
    {
        QUuid uuid;
        QString name;
    };

    explicit MachineOutlines(const QString &cacheFolder);

    std::optional<Outline> find(const QString &definitionPath, const Stamp &stamp) const;
    void insert(const QString &definitionPath, const Stamp &stamp, const Outline &outline);
    void save() const; // when something new was learnt

private:
    struct Known
    {
        Stamp stamp;
        Outline outline;
    };

    QString m_path;
    qint64 m_trustedUntil = 0; // seconds: changes before are told by the stamp alone
    QHash<QString, Known> m_known;
    bool m_hasNews = false;
};

// In the order of MachineStore::machines(); `definition` holds name and UUID, nothing else.
QList<MachineEntry> machineOutlines();
QList<MachineEntry> machineOutlines(const QString &configFolder, const QString &machineFolder,
                                    const QString &cacheFolder);

} // namespace engine
