// SPDX-License-Identifier: GPL-3.0-or-later
// Machines on fake drivers behind real control servers, and a fake host with USB devices that all
// of them and the manager's windows see.
#pragma once

#include "tests/support/fake_usb_host.h"
#include "tests/support/running_machine.h"
#include "ui/machine_monitor.h"
#include "ui/usb_board.h"

namespace fakes {

inline engine::UsbDevice usbStick(const QString &port = QStringLiteral("1-2"), int address = 5)
{
    engine::UsbDevice device;
    device.port = port;
    device.bus = 1;
    device.address = address;
    device.vendorId = 0x0951;
    device.productId = 0x1666;
    device.manufacturer = QStringLiteral("Kingston");
    device.product = QStringLiteral("Stick & more ") + port;
    device.serial = QStringLiteral("serial ") + port;
    device.speed = engine::UsbSpeed::High;
    device.interfaces = {{.classCode = 8, .driver = QStringLiteral("usb-storage")}};
    device.isAccessible = true;
    device.node = QStringLiteral("/dev/bus/usb/001/%1").arg(address, 3, 10, QLatin1Char('0'));
    return device;
}

inline engine::UsbDevice usbKeyboard()
{
    engine::UsbDevice device = usbStick(QStringLiteral("1-3"), 6);
    device.product = QStringLiteral("Keyboard");
    device.interfaces = {{.classCode = 3, .protocol = 1, .driver = QStringLiteral("usbhid")}};
    device.isInput = true;
    return device;
}

class UsbDesk
{
public:
    // Machines of these names; they run when start() was called.
    explicit UsbDesk(const QStringList &names)
    {
        for (const QString &name : names) {
            engine::MachineDefinition definition = RunningMachine::sampleDefinition();
            definition.name = name;
            machines.push_back(std::make_unique<RunningMachine>(definition));
        }
    }
    ~UsbDesk()
    {
        board.reset();
        monitor.reset();
        for (const auto &machine : machines)
            machine->close();
    }

    void start()
    {
        for (const auto &machine : machines) {
            machine->open(QStringLiteral("gui"), false);
            auto host = std::make_unique<FakeUsbHost>();
            host->plugged = plugged;
            hosts.append(host.get());
            machine->session().usb().setHost(std::move(host));
            machine->session().start();
        }
        openBoard();
    }
    void openBoard()
    {
        if (board) { // once more
            hosts.removeLast();
            board.reset();
        }
        monitor = std::make_unique<ui::MachineMonitor>();
        auto host = std::make_unique<FakeUsbHost>();
        host->plugged = plugged;
        hosts.append(host.get());
        board = std::make_unique<ui::UsbBoard>(*monitor, std::move(host));
    }
    void plug(const engine::UsbDevice &device)
    {
        for (FakeUsbHost *host : hosts)
            host->plug(device);
    }
    void pull(const QString &port)
    {
        for (FakeUsbHost *host : hosts)
            host->pull(port);
    }
    bool isReady() const { return board->machines().size() == qsizetype(machines.size()); }
    const ui::UsbBoard::Machine &machine(int index) const { return board->machines().at(index); }

    QList<engine::UsbDevice> plugged; // before start()
    std::vector<std::unique_ptr<RunningMachine>> machines;
    QList<FakeUsbHost *> hosts;
    std::unique_ptr<ui::MachineMonitor> monitor;
    std::unique_ptr<ui::UsbBoard> board;
};

} // namespace fakes
