// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/exit_json.h"

#include <QtCore/QString>

#include <limits>

namespace engine {

namespace {

const QLatin1String Total("total");
const QLatin1String Coalesced("coalescedWrites");
const QLatin1String Unclaimed("unclaimed");
const QLatin1String Reasons("reasons");
const QLatin1String Ports("ports");
const QLatin1String Addresses("addresses");
const QLatin1String Reads("reads");
const QLatin1String Writes("writes");

template <class Key>
QJsonObject accessesToJson(const std::map<Key, AccessCount> &accesses)
{
    QJsonObject json;
    for (const auto &[key, count] : accesses)
        json.insert(QStringLiteral("0x") + QString::number(quint64(key), 16),
                    QJsonObject{{Reads, qint64(count.reads)}, {Writes, qint64(count.writes)}});
    return json;
}

std::uint64_t countFrom(const QJsonValue &value)
{
    const qint64 count = value.toInteger();
    return count > 0 ? std::uint64_t(count) : 0;
}

template <class Key>
std::map<Key, AccessCount> accessesFromJson(const QJsonObject &json)
{
    std::map<Key, AccessCount> accesses;
    for (auto it = json.begin(); it != json.end(); ++it) {
        bool isNumber = false;
        const quint64 key = it.key().toULongLong(&isNumber, 16);
        if (isNumber && key <= std::numeric_limits<Key>::max())
            accesses[Key(key)] = {countFrom(it.value()[Reads]), countFrom(it.value()[Writes])};
    }
    return accesses;
}

} // namespace

QJsonObject toJson(const ExitStatistics &statistics)
{
    QJsonObject reasons;
    for (const auto &[reason, count] : statistics.byReason)
        reasons.insert(QString::fromStdString(reason), qint64(count));
    return {{Total, qint64(statistics.total)},
            {Coalesced, qint64(statistics.coalescedWrites)},
            {Unclaimed, qint64(statistics.unclaimed)},
            {Reasons, reasons},
            {Ports, accessesToJson(statistics.ports)},
            {Addresses, accessesToJson(statistics.addresses)}};
}

ExitStatistics exitStatisticsFromJson(const QJsonObject &json)
{
    ExitStatistics statistics;
    statistics.total = countFrom(json[Total]);
    statistics.coalescedWrites = countFrom(json[Coalesced]);
    statistics.unclaimed = countFrom(json[Unclaimed]);
    const QJsonObject reasons = json[Reasons].toObject();
    for (auto it = reasons.begin(); it != reasons.end(); ++it)
        statistics.byReason[it.key().toStdString()] = countFrom(it.value());
    statistics.ports = accessesFromJson<std::uint16_t>(json[Ports].toObject());
    statistics.addresses = accessesFromJson<std::uint64_t>(json[Addresses].toObject());
    return statistics;
}

} // namespace engine
