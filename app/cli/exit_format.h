// SPDX-License-Identifier: GPL-3.0-or-later
// What debugvm prints of exit statistics. Pure.
#pragma once

#include "engine/vmm/exit_statistics.h"

#include <QtCore/QList>
#include <QtCore/QString>

namespace app {

struct Counter
{
    QString name; // "/Exits/Port/0x3f8/Reads"
    quint64 value = 0;
    QString description;
};

// The sums, then reasons, ports and addresses, those with the most first. Zeros are left out, but
// for the sums.
QList<Counter> countersOf(const engine::ExitStatistics &statistics);

// Those whose name one of the patterns fits: * is any text, ? one character, | between patterns. An empty
// text is everything.
QList<Counter> matching(const QList<Counter> &counters, const QString &patterns);

enum class CounterDetail { NamesOnly, Described };

QString countersText(const QList<Counter> &counters, CounterDetail detail);
// As VirtualBox prints them: <Statistics> with one <Counter/> a line.
QString countersXml(const QList<Counter> &counters, CounterDetail detail);

} // namespace app
