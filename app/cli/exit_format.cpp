// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/exit_format.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QStringList>

#include <algorithm>

namespace app {

using engine::AccessCount;
using engine::ExitStatistics;

namespace {

template <class Key>
void addAccesses(QList<Counter> &counters, const char *kind, int digits,
                 const std::map<Key, AccessCount> &accesses)
{
    std::vector<std::pair<Key, AccessCount>> rows(accesses.begin(), accesses.end());
    std::stable_sort(rows.begin(), rows.end(), [](const auto &left, const auto &right) {
        return left.second.reads + left.second.writes > right.second.reads + right.second.writes;
    });
    for (const auto &[key, count] : rows) {
        const QString place = QStringLiteral("/Exits/%1/0x%2/")
                                  .arg(QLatin1String(kind))
                                  .arg(quint64(key), digits, 16, QLatin1Char('0'));
        const QString what = QLatin1String(kind) == QLatin1String("Port")
            ? QStringLiteral("of the I/O port")
            : QStringLiteral("of the 4096 bytes at this address");
        if (count.reads != 0)
            counters.append(
                {place + QStringLiteral("Reads"), count.reads, QStringLiteral("Reads ") + what});
        if (count.writes != 0)
            counters.append(
                {place + QStringLiteral("Writes"), count.writes, QStringLiteral("Writes ") + what});
    }
}

} // namespace

QList<Counter> countersOf(const ExitStatistics &statistics)
{
    QList<Counter> counters{
        {QStringLiteral("/Exits/Total"), statistics.total,
         QStringLiteral("Times the processors left the guest for this program")},
        {QStringLiteral("/Exits/Coalesced"), statistics.coalescedWrites,
         QStringLiteral("Writes that were gathered and cost no exit of their own")},
        {QStringLiteral("/Exits/Unclaimed"), statistics.unclaimed,
         QStringLiteral("Accesses to ports and addresses where nothing is")}};
    std::vector<std::pair<std::string, std::uint64_t>> reasons(statistics.byReason.begin(),
                                                               statistics.byReason.end());
    std::stable_sort(reasons.begin(), reasons.end(), [](const auto &left, const auto &right) {
        return left.second > right.second;
    });
    for (const auto &[reason, count] : reasons) {
        if (count != 0)
            counters.append({QStringLiteral("/Exits/Reason/") + QString::fromStdString(reason),
                             count, QStringLiteral("Exits of this kind, as KVM names it")});
    }
    addAccesses(counters, "Port", 4, statistics.ports);
    addAccesses(counters, "Address", 16, statistics.addresses);
    return counters;
}

QList<Counter> matching(const QList<Counter> &counters, const QString &patterns)
{
    if (patterns.isEmpty())
        return counters;
    QList<QRegularExpression> expressions;
    for (const QString &pattern : patterns.split(QLatin1Char('|'), Qt::SkipEmptyParts)) {
        // Unlike in a shell, * goes over slashes.
        QString expression = QRegularExpression::escape(pattern);
        expression.replace(QLatin1String("\\*"), QLatin1String(".*"))
            .replace(QLatin1String("\\?"), QLatin1String("."));
        expressions.append(QRegularExpression(QRegularExpression::anchoredPattern(expression)));
    }
    QList<Counter> found;
    for (const Counter &counter : counters) {
        if (std::any_of(expressions.cbegin(), expressions.cend(),
                        [&counter](const QRegularExpression &expression) {
                            return expression.match(counter.name).hasMatch();
                        }))
            found.append(counter);
    }
    return found;
}

QString countersText(const QList<Counter> &counters, CounterDetail detail)
{
    qsizetype width = 0;
    for (const Counter &counter : counters)
        width = std::max(width, counter.name.size());
    QString text;
    for (const Counter &counter : counters) {
        text += counter.name.leftJustified(width) + QStringLiteral("  ")
            + QString::number(counter.value).rightJustified(12);
        if (detail == CounterDetail::Described)
            text += QStringLiteral("  ") + counter.description;
        text += QLatin1Char('\n');
    }
    return text;
}

QString countersXml(const QList<Counter> &counters, CounterDetail detail)
{
    QString text = QStringLiteral("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
                                  "<Statistics>\n");
    for (const Counter &counter : counters) {
        text += QStringLiteral("<Counter c=\"%1\" unit=\"occurrences\" name=\"%2\"")
                    .arg(counter.value)
                    .arg(counter.name.toHtmlEscaped());
        if (detail == CounterDetail::Described)
            text += QStringLiteral(" desc=\"%1\"").arg(counter.description.toHtmlEscaped());
        text += QStringLiteral("/>\n");
    }
    return text + QStringLiteral("</Statistics>\n");
}

} // namespace app
