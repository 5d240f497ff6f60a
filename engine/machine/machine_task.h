// SPDX-License-Identifier: GPL-3.0-or-later
// A copy or move of a machine under way: it works on a thread of its own and says how far it is.
// Exactly one `finished` follows, on the main thread. It belongs to its parent, or to the caller;
// deleting it early cancels it, waits until everything is as it was, and calls nothing.
//
// Main thread only, but for TaskProgress, which the work uses.
#pragma once

#include "engine/machine/folder_copy.h"
#include "engine/machine/machine_store.h"

#include <QtCore/QObject>

#include <atomic>
#include <functional>
#include <memory>

namespace engine {

class TaskProgress final
{
public:
    void setTotal(qint64 bytes) { m_total = bytes; }
    // False once cancelled.
    bool advance(qint64 bytes)
    {
        m_done += bytes;
        return !m_isCancelled;
    }
    void cancel() { m_isCancelled = true; }
    bool isCancelled() const { return m_isCancelled; }
    int percent() const;
    CopyMeter meter()
    {
        return [this](qint64 bytes) { return advance(bytes); };
    }

private:
    std::atomic<qint64> m_total{0};
    std::atomic<qint64> m_done{0};
    std::atomic<bool> m_isCancelled{false};
};

class MachineTask final : public QObject
{
    Q_OBJECT
public:
    using Work = std::function<Result<MachineEntry>(TaskProgress &)>;
    using Finished = std::function<void(const Result<MachineEntry> &)>;

    // Begins at once; `finished` is never called from inside.
    MachineTask(Work work, Finished finished, QObject *parent = nullptr);
    ~MachineTask() override;

    void cancel();
    void waitForFinished(); // for the CLI; progressed() comes from inside

signals:
    void progressed(int percent);

private:
    void poll();

    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace engine
