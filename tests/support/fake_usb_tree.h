// SPDX-License-Identifier: GPL-3.0-or-later
// A folder that looks like /sys, /proc and /dev as far as USB goes.
#pragma once

#include "usb/host_roots.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>

namespace fakes {

struct FakeUsbDevice
{
    QString port;
    int address = 1;
    QByteArray vendor = "1d6b";
    QByteArray product = "0104";
    QByteArray speed = "480";
    QByteArray deviceClass = "00";
    QByteArray manufacturer = {};
    QByteArray name = {};
    QByteArray serial = {};
};

struct FakeUsbInterface
{
    int number = 0;
    QByteArray classCode = "ff";
    QByteArray protocol = "00";
    QString driver = {};
};

class FakeUsbTree final
{
public:
    FakeUsbTree()
    {
        QDir(m_folder.path()).mkpath("sys/bus/usb/devices");
        QDir(m_folder.path()).mkpath("sys/class/block");
        setMounts("");
        setSwaps("");
    }

    usb::HostRoots roots() const
    {
        const QString base = QFileInfo(m_folder.path()).canonicalFilePath();
        return {base + "/sys", base + "/proc", base + "/dev", {base + "/usb.ids"}};
    }

    void addDevice(const FakeUsbDevice &device)
    {
        const QString folder = place(device.port);
        write(folder + "/busnum", device.port.section('-', 0, 0).toUtf8());
        write(folder + "/devnum", QByteArray::number(device.address));
        write(folder + "/idVendor", device.vendor);
        write(folder + "/idProduct", device.product);
        write(folder + "/bcdDevice", "0110");
        write(folder + "/version", " 2.00");
        write(folder + "/speed", device.speed);
        write(folder + "/bDeviceClass", device.deviceClass);
        if (!device.manufacturer.isEmpty())
            write(folder + "/manufacturer", device.manufacturer);
        if (!device.name.isEmpty())
            write(folder + "/product", device.name);
        if (!device.serial.isEmpty())
            write(folder + "/serial", device.serial);
        link(device.port);
        write(node(device.port, device.address), "node");
    }
    void removeDevice(const QString &port)
    {
        QFile::remove(roots().sys + "/bus/usb/devices/" + port);
        QDir(place(port)).removeRecursively();
    }
    void addInterface(const QString &port, const FakeUsbInterface &interface)
    {
        const QString name = QString("%1:1.%2").arg(port).arg(interface.number);
        const QString folder = place(port) + "/" + name;
        write(folder + "/bInterfaceClass", interface.classCode);
        write(folder + "/bInterfaceSubClass", "00");
        write(folder + "/bInterfaceProtocol", interface.protocol);
        QFile::link(folder, roots().sys + "/bus/usb/devices/" + name);
        if (!interface.driver.isEmpty()) {
            const QString driver = roots().sys + "/bus/usb/drivers/" + interface.driver;
            QDir().mkpath(driver);
            QFile::link(driver, folder + "/driver");
        }
    }
    void addInput(const QString &port, const QByteArray &events, const QByteArray &keys)
    {
        const QString folder = QString("%1/%2:1.0/0003:1D6B:0104.0001/input/input9/capabilities")
                                   .arg(place(port), port);
        write(folder + "/ev", events);
        write(folder + "/key", keys);
    }
    void addBlockDevice(const QString &port, const QString &name, const QByteArray &number)
    {
        const QString folder = place(port) + "/" + port + ":1.0/host3/block/" + name;
        write(folder + "/dev", number);
        QFile::link(folder, roots().sys + "/class/block/" + name);
    }
    void addMapped(const QString &name, const QByteArray &number, const QByteArray &title,
                   const QStringList &below)
    {
        const QString folder = roots().sys + "/devices/virtual/block/" + name;
        write(folder + "/dev", number);
        write(folder + "/dm/name", title);
        QFile::link(folder, roots().sys + "/class/block/" + name);
        for (const QString &lower : below) {
            const QString holders = roots().sys + "/class/block/" + lower + "/holders";
            QDir().mkpath(holders);
            QFile::link(folder, holders + "/" + name);
        }
    }
    void addEmptyFolder(const QString &port)
    {
        QDir().mkpath(place(port));
        link(port);
    }
    void setMounts(const QByteArray &text) { write(roots().proc + "/self/mountinfo", text); }
    void setSwaps(const QByteArray &text) { write(roots().proc + "/swaps", text); }
    void writeNames(const QByteArray &text) { write(roots().names.first(), text); }

private:
    QString place(const QString &port) const
    {
        return roots().sys + "/devices/pci0000:00/0000:00:14.0/usb" + port.section('-', 0, 0) + "/"
            + port;
    }
    QString node(const QString &port, int address) const
    {
        return QString("%1/bus/usb/%2/%3")
            .arg(roots().dev)
            .arg(port.section('-', 0, 0).toInt(), 3, 10, QChar('0'))
            .arg(address, 3, 10, QChar('0'));
    }
    void link(const QString &port)
    {
        QFile::link(place(port), roots().sys + "/bus/usb/devices/" + port);
    }
    static void write(const QString &path, const QByteArray &contents)
    {
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(contents) != contents.size())
            qFatal("cannot write %s", qPrintable(path));
    }

    QTemporaryDir m_folder;
};

} // namespace fakes
