// SPDX-License-Identifier: GPL-3.0-or-later
// Starts a vitrine-vm that outlives its starter, and learns whether the machine came up: the child
// reports one JSON line on a pipe ({}, {"lack": "sentences"} or error data) once its control socket
// listens and the guest runs, or it failed.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QObject>
#include <QtCore/QStringList>

#include <functional>
#include <memory>

namespace engine {

class VmLauncher final : public QObject
{
    Q_OBJECT
public:
    using Finished = std::function<void(Result<>)>;

    explicit VmLauncher(QObject *parent = nullptr);
    ~VmLauncher() override;

    // `definitionPath` as in MachineEntry; `type`: "gui", "sdl", "headless", "separate" or
    // "attach" (a window process for a machine that runs already). `finished` comes once.
    enum class Run { Kept, Disposable }; // Disposable: nothing of the run is kept
    void start(const QString &definitionPath, const QString &type, Finished finished,
               Run run = Run::Kept);
    bool waitForFinished(); // for the CLI
    // What a machine that was started lacks, in sentences: the window of a "separate" one. Empty:
    // nothing. Once it has finished.
    QString lack() const;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace engine
