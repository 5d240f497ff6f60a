// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/mac_address.h"

#include <QtCore/QRandomGenerator>

namespace engine {

QString randomMacAddress(const QString &prefix)
{
    const quint32 bits = QRandomGenerator::system()->generate();
    return QStringLiteral("%1:%2:%3:%4")
        .arg(prefix)
        .arg(bits & 0xff, 2, 16, QLatin1Char('0'))
        .arg(bits >> 8 & 0xff, 2, 16, QLatin1Char('0'))
        .arg(bits >> 16 & 0xff, 2, 16, QLatin1Char('0'));
}

} // namespace engine
