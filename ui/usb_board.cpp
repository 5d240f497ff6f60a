// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/usb_board.h"

#include "engine/control/usb_claims.h"
#include "ui/console_actions.h"
#include "ui/machine_monitor.h"
#include "ui/natural_order.h"
#include "usb/host_usb.h"
#include "usb/mount_watch.h"

#include <algorithm>
#include <chrono>

namespace ui {

namespace {

// One move is several events: of the machine, the bus and the drivers.
constexpr std::chrono::milliseconds Gathering{40};

} // namespace

UsbBoard::UsbBoard(MachineMonitor &monitor, std::unique_ptr<engine::UsbHost> host, QObject *parent)
    : QObject(parent)
    , m_monitor(monitor)
    , m_host(host ? std::move(host) : std::make_unique<usb::HostUsb>())
    , m_mounts(new usb::MountWatch({}, this))
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(Gathering);
    connect(&m_soon, &QTimer::timeout, this, &UsbBoard::refresh);
    const auto look = [this] {
        if (!m_soon.isActive())
            m_soon.start();
    };
    connect(m_host.get(), &engine::UsbHost::changed, this, look);
    connect(m_mounts, &usb::MountWatch::changed, this, look);
    connect(&m_monitor, &MachineMonitor::statusChanged, this, look);
    connect(&m_monitor, &MachineMonitor::machineGone, this, look);
    m_host->start();
    refresh();
}

UsbBoard::~UsbBoard() = default;

QString UsbBoard::keyOf(const engine::UsbDevice &device)
{
    return QStringLiteral("%1@%2").arg(device.port).arg(device.address);
}

void UsbBoard::refresh()
{
    QList<Machine> machines;
    QHash<QString, QUuid> owners;
    for (const QUuid &uuid : m_monitor.machines()) {
        const engine::MachineStatus &status = *m_monitor.status(uuid);
        machines.append(
            {uuid, status.name, status.folder, whyNot(status, engine::Feature::UsbPassthrough)});
        for (const engine::UsbDevice &device : status.usbDevices)
            owners.insert(keyOf(device), uuid);
    }
    std::sort(machines.begin(), machines.end(), [](const Machine &a, const Machine &b) {
        const QString left = naturalKey(a.name);
        const QString right = naturalKey(b.name);
        return left != right ? left < right : a.uuid < b.uuid;
    });
    QList<Place> places;
    for (const engine::UsbDevice &device : m_host->devices()) {
        const QUuid owner = owners.value(keyOf(device));
        places.append(
            {device, owner,
             owner.isNull() ? engine::usbDeviceHolder(device) : m_monitor.status(owner)->name});
    }
    if (places == m_places && machines == m_machines)
        return;
    m_places = places;
    m_machines = machines;
    emit changed();
}

const UsbBoard::Machine *UsbBoard::machine(const QUuid &uuid) const
{
    const auto found =
        std::find_if(m_machines.cbegin(), m_machines.cend(),
                     [&uuid](const Machine &machine) { return machine.uuid == uuid; });
    return found == m_machines.cend() ? nullptr : &*found;
}

const UsbBoard::Place *UsbBoard::place(const QString &key) const
{
    const auto found = std::find_if(m_places.cbegin(), m_places.cend(), [&key](const Place &place) {
        return keyOf(place.device) == key;
    });
    return found == m_places.cend() ? nullptr : &*found;
}

} // namespace ui
