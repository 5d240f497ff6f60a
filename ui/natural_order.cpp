// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/natural_order.h"

namespace ui {

QString naturalKey(const QString &name)
{
    const QString folded = name.toCaseFolded();
    QString key;
    key.reserve(folded.size() + 8);
    for (qsizetype i = 0; i < folded.size();) {
        if (!folded.at(i).isDigit()) {
            key += folded.at(i++);
            continue;
        }
        qsizetype begin = i;
        while (i < folded.size() && folded.at(i).isDigit())
            ++i;
        while (begin < i - 1 && folded.at(begin).digitValue() == 0)
            ++begin;
        // A number's length comes before its digits: shorter is smaller.
        key += QLatin1Char('0');
        key += QChar(char16_t(qMin<qsizetype>(i - begin, 0xd000)));
        key += QStringView(folded).mid(begin, i - begin);
    }
    return key;
}

} // namespace ui
