// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at existing disk images on a thread of its own and remembers what it saw, until a file
// changes. Main thread only.
#pragma once

#include "engine/media/disk_probe.h"

#include <QtCore/QDateTime>
#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QThreadPool>

#include <memory>

namespace wizards {

class DiskProber final : public QObject
{
    Q_OBJECT
public:
    using Outcome = std::shared_ptr<const engine::Result<engine::DiskFacts>>;

    explicit DiskProber(QObject *parent = nullptr);
    ~DiskProber() override;

    // Null while it is being looked at; probed() follows then.
    Outcome look(const QString &path);

signals:
    void probed(const QString &path);

private:
    struct Seen
    {
        QDateTime changed;
        Outcome outcome;
    };
    QHash<QString, Seen> m_seen;
    QThreadPool m_thread;
};

} // namespace wizards
