// SPDX-License-Identifier: GPL-3.0-or-later
// Which USB device is where: with this computer, or in which running machine. What is plugged in
// is read here, what guests have is what their machines say; both are followed as they change.
//
// Main thread only.
#pragma once

#include "engine/control/usb_host.h"

#include <QtCore/QTimer>
#include <QtCore/QUuid>

#include <memory>

namespace usb {
class MountWatch;
}

namespace ui {

class MachineMonitor;

class UsbBoard final : public QObject
{
    Q_OBJECT
public:
    struct Place
    {
        engine::UsbDevice device;
        QUuid machine; // that has it; null: this computer, or one that says nothing (yet)
        QString holder; // the name of the machine that has it or is about to; empty: this computer

        bool operator==(const Place &) const = default;
    };
    struct Machine
    {
        QUuid uuid;
        QString name;
        QString folder;
        QString whyNot; // it can be given no device; empty: it can

        bool operator==(const Machine &) const = default;
    };

    // `monitor` outlives this. Without a host: this computer's own (usb/host_usb.h).
    explicit UsbBoard(MachineMonitor &monitor, std::unique_ptr<engine::UsbHost> host = {},
                      QObject *parent = nullptr);
    ~UsbBoard() override;

    const QList<Place> &places() const { return m_places; } // by port
    const QList<Machine> &machines() const { return m_machines; } // that run, by name
    const Machine *machine(const QUuid &uuid) const;
    const Place *place(const QString &key) const;
    void refresh();

    MachineMonitor &monitor() const { return m_monitor; }

    // A device as long as it is plugged in: "1-2.3@7".
    static QString keyOf(const engine::UsbDevice &device);

signals:
    void changed();

private:
    MachineMonitor &m_monitor;
    std::unique_ptr<engine::UsbHost> m_host;
    usb::MountWatch *m_mounts;
    QTimer m_soon;
    QList<Place> m_places;
    QList<Machine> m_machines;
};

} // namespace ui
