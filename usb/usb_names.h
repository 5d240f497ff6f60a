// SPDX-License-Identifier: GPL-3.0-or-later
// Names for devices that have none of their own, from the list at linux-usb.org ("usb.ids"; its
// form is explained at its head). The list is read once and only when a name is asked for.
// Main thread only.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace usb {

class UsbNames final
{
public:
    explicit UsbNames(QStringList files)
        : m_files(std::move(files))
    { }

    // Empty when nobody knows.
    QString vendor(quint16 vendorId);
    QString product(quint16 vendorId, quint16 productId);

private:
    void read();

    QStringList m_files;
    bool m_isRead = false;
    QHash<quint16, QByteArray> m_vendors;
    QHash<quint32, QByteArray> m_products; // vendor id << 16 | product id
};

} // namespace usb
