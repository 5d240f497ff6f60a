// SPDX-License-Identifier: GPL-3.0-or-later
// Offers a MachineSession on its control socket (control_protocol.h).
//
// Main thread only.
#pragma once

#include "engine/control/machine_session.h"

#include <QtCore/QObject>

#include <functional>
#include <memory>

namespace engine {

class ControlServer final : public QObject
{
    Q_OBJECT
public:
    static Result<std::unique_ptr<ControlServer>> listen(MachineSession &session,
                                                         const QString &socketPath);
    ~ControlServer() override;

    // Set where this process can show a window itself; called for window.show.
    void setShowWindow(std::function<void()> showWindow);

    // Starts a program that attaches as a window that records and shows nothing, for a film of a
    // screen that no window has. Unset: only windows make films. `isForEachRun`: also when the
    // definition wants one of each run; where a window is about to come it makes that one.
    using StartFilmMaker = std::function<Result<>()>;
    void setFilmMaker(StartFilmMaker start, bool isForEachRun);

private:
    struct Private;
    explicit ControlServer(std::unique_ptr<Private> state);
    std::unique_ptr<Private> m_private;
};

} // namespace engine
