// SPDX-License-Identifier: GPL-3.0-or-later
// The serial ports of a machine that its windows show: those that are connected to nothing else
// (engine/drivers/serial_socket.h). Main thread only.
#pragma once

#include "engine/base/result.h"
#include "engine/control/serial_feed.h"
#include "engine/machine/machine_definition.h"

#include <map>
#include <memory>

namespace engine {

class SerialPorts final
{
public:
    explicit SerialPorts(const MachineDefinition &definition);

    // Before the driver starts. The folder is there.
    Result<> listen(const QString &runFolder);
    void close(); // their addresses are free
    SerialFeed *port(int number) const; // 0 is COM1; null: not one of the windows'

private:
    std::map<int, std::unique_ptr<SerialFeed>> m_ports;
};

} // namespace engine
