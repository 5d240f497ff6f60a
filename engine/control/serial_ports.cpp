// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/serial_ports.h"

#include "engine/drivers/serial_socket.h"

#include <string>

namespace engine {

SerialPorts::SerialPorts(const MachineDefinition &definition)
{
    for (int i = 0; i < int(definition.serialPorts.size()); ++i) {
        if (isForWindows(definition.serialPorts[i]))
            m_ports[i] = std::make_unique<SerialFeed>();
    }
}

Result<> SerialPorts::listen(const QString &runFolder)
{
    for (const auto &[number, port] : m_ports) {
        Result<> listening = port->listen(serialSocketPath(runFolder, number));
        if (!listening)
            return std::move(listening).error().context(
                "The serial port COM" + std::to_string(number + 1)
                + " cannot be connected to the machine's window");
    }
    return {};
}

void SerialPorts::close()
{
    for (const auto &[number, port] : m_ports)
        port->close();
}

SerialFeed *SerialPorts::port(int number) const
{
    const auto found = m_ports.find(number);
    return found == m_ports.end() ? nullptr : found->second.get();
}

} // namespace engine
