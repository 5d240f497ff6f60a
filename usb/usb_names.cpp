// SPDX-License-Identifier: GPL-3.0-or-later
#include "usb/usb_names.h"

#include <QtCore/QFile>

namespace usb {

namespace {

constexpr qint64 LargestList = 16 * 1024 * 1024;

} // namespace

QString UsbNames::vendor(quint16 vendorId)
{
    read();
    return QString::fromUtf8(m_vendors.value(vendorId));
}

QString UsbNames::product(quint16 vendorId, quint16 productId)
{
    read();
    return QString::fromUtf8(m_products.value(quint32(vendorId) << 16 | productId));
}

// "046d  Logitech, Inc.", and below each with a tab before it "c077  Mouse". After the vendors come
// lists of other things ("C 00  (Defined at Interface level)"), which begin with a letter and a
// blank.
void UsbNames::read()
{
    if (std::exchange(m_isRead, true))
        return;
    for (const QString &path : std::as_const(m_files)) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray text = file.read(LargestList);
        int vendorId = -1;
        qsizetype start = 0;
        while (start < text.size()) {
            qsizetype end = text.indexOf('\n', start);
            if (end < 0)
                end = text.size();
            const QByteArrayView line = QByteArrayView(text).sliced(start, end - start);
            start = end + 1;
            if (line.isEmpty() || line.front() == '#')
                continue;
            const bool isProduct = line.front() == '\t';
            const QByteArrayView entry = isProduct ? line.sliced(1) : line;
            bool isNumber = false;
            const quint16 id =
                entry.first(qMin<qsizetype>(4, entry.size())).toUShort(&isNumber, 16);
            if (!isNumber || entry.size() < 6 || entry[4] != ' ') {
                if (!isProduct)
                    vendorId = -1; // another list begins
                continue;
            }
            const QByteArray name = entry.sliced(5).trimmed().toByteArray();
            if (!isProduct) {
                vendorId = id;
                m_vendors.insert(id, name);
            } else if (vendorId >= 0) {
                m_products.insert(quint32(vendorId) << 16 | id, name);
            }
        }
        return;
    }
}

} // namespace usb
