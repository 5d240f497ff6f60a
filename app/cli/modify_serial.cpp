// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/modify_serial.h"

#include <QtCore/QDir>

namespace app {

using namespace engine;

namespace {

// Where a PC's COM ports are, by the number of the port: address and interrupt.
struct Wiring
{
    int address;
    int interrupt;
};
constexpr Wiring ComPorts[MachineDefinition::MaxSerialPorts] = {
    {0x3f8, 4}, {0x2f8, 3}, {0x3e8, 4}, {0x2e8, 3}};

Result<SerialPort *> portAt(MachineDefinition &definition, const Option &option)
{
    if (option.number < 1 || option.number > MachineDefinition::MaxSerialPorts) {
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("There is no serial port %1: they are numbered from 1 to "
                                        "%2")
                             .arg(option.number)
                             .arg(MachineDefinition::MaxSerialPorts));
    }
    while (definition.serialPorts.size() < option.number)
        definition.serialPorts.append(SerialPort());
    return &definition.serialPorts[option.number - 1];
}

Result<int> numberOf(const QString &word, const QString &what)
{
    bool isNumber = false;
    const int number = word.toInt(&isNumber, 0); // "0x3F8" as well as "1016"
    if (!isNumber)
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("\"%1\" is not a number: %2").arg(word, what));
    return number;
}

} // namespace

int serialPortWords(const QString &first)
{
    return first == QLatin1String("off") ? 1 : 2;
}

int serialModeWords(const QString &first)
{
    for (const char *mode : {"server", "client", "tcpserver", "tcpclient", "file"}) {
        if (first == QLatin1String(mode))
            return 2;
    }
    return 1;
}

Outcome setSerialPort(MachineDefinition &definition, const Option &option)
{
    SerialPort *const port = TRY(portAt(definition, option));
    if (option.value() == QLatin1String("off")) {
        port->isEnabled = false;
        return {};
    }
    const int address = TRY(numberOf(option.values.value(0), QStringLiteral("the I/O address")));
    const int interrupt = TRY(numberOf(option.values.value(1), QStringLiteral("the interrupt")));
    const Wiring wiring = ComPorts[option.number - 1];
    if (address != wiring.address || interrupt != wiring.interrupt) {
        return Outcome::failure(
            ResultCode::NotSupported,
            makeError(
                ErrorKind::Unsupported,
                QStringLiteral("Serial port %1 cannot be at 0x%2 with interrupt %3 in this version")
                    .arg(option.number)
                    .arg(QString::number(address, 16).toUpper())
                    .arg(interrupt),
                QStringLiteral("Give it its usual place: --uart%1 0x%2 %3")
                    .arg(option.number)
                    .arg(QString::number(wiring.address, 16).toUpper())
                    .arg(wiring.interrupt)));
    }
    port->isEnabled = true;
    return {};
}

Outcome setSerialMode(MachineDefinition &definition, const Option &option)
{
    SerialPort *const port = TRY(portAt(definition, option));
    const QString word = option.value();
    if (word == QLatin1String("disconnected")) {
        port->mode = SerialMode::Disconnected;
        port->path.clear();
        return {};
    }
    if (word == QLatin1String("server"))
        port->mode = SerialMode::SocketServer;
    else if (word == QLatin1String("client"))
        port->mode = SerialMode::SocketClient;
    else if (word == QLatin1String("file"))
        port->mode = SerialMode::File;
    else if (word == QLatin1String("tcpserver") || word == QLatin1String("tcpclient")
             || QDir::isAbsolutePath(word))
        return Outcome::failure(
            ResultCode::NotSupported,
            makeError(ErrorKind::Unsupported,
                      QStringLiteral("A serial port cannot be connected to \"%1\" in "
                                     "this version")
                          .arg(option.values.join(u' ')),
                      QStringLiteral("Use server, client or file with a path")));
    else
        return Outcome::syntax(
            QStringLiteral("Unknown mode of a serial port \"%1\": known are disconnected, server, "
                           "client, file")
                .arg(word));
    if (option.values.value(1).isEmpty())
        return Outcome::syntax(QStringLiteral("%1 %2 needs a path").arg(option.display(), word));
    // As a shell's user means it, wherever the machine's folder is.
    port->path = QDir::current().absoluteFilePath(option.values.at(1));
    return {};
}

QString serialPlaceWord(int number)
{
    const Wiring wiring = ComPorts[number - 1];
    return QStringLiteral("0x%1,%2")
        .arg(wiring.address, 4, 16, QLatin1Char('0'))
        .arg(wiring.interrupt);
}

QString serialModeWord(const SerialPort &port)
{
    switch (port.mode) {
    case SerialMode::Disconnected:
        break;
    case SerialMode::File:
        return QStringLiteral("file,") + port.path;
    case SerialMode::SocketServer:
        return QStringLiteral("server,") + port.path;
    case SerialMode::SocketClient:
        return QStringLiteral("client,") + port.path;
    }
    return QStringLiteral("disconnected");
}

} // namespace app
