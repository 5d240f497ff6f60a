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

private:
    struct Private;
    explicit ControlServer(std::unique_ptr<Private> state);
    std::unique_ptr<Private> m_private;
};

} // namespace engine
