// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity_history.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLocale>

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(ui::Activity)
};

bool hasBytes(const engine::ActivityCounters &counters)
{
    return counters.networkReceivedBytes + counters.networkSentBytes > 0;
}

bool hasPackets(const engine::ActivityCounters &counters)
{
    return counters.networkReceivedPackets + counters.networkSentPackets > 0;
}

} // namespace

bool ActivityHistory::add(const engine::ActivityCounters &counters, qint64 nowMs)
{
    const bool isOther = counters.cpuNanoseconds < m_last.cpuNanoseconds
        || counters.diskReadBytes < m_last.diskReadBytes || nowMs < m_lastMs;
    if (m_lastMs < 0 || isOther) {
        clear();
        m_last = counters;
        m_lastMs = nowMs;
        return false;
    }
    const qint64 passed = nowMs - m_lastMs;
    if (passed < SampleMs)
        return false;
    const double seconds = double(passed) / 1000;
    const auto rate = [seconds](quint64 now, quint64 before) {
        return now > before ? double(now - before) / seconds : 0;
    };
    const bool inBytes = hasBytes(counters) || !hasPackets(counters);
    ActivitySample sample;
    sample.timeMs = nowMs;
    sample.cpuPercent = rate(counters.cpuNanoseconds, m_last.cpuNanoseconds) / 1e9 * 100;
    sample.memoryBytes = double(counters.memoryBytes);
    sample.guestUsedBytes = double(counters.guestMemoryBytes - counters.guestAvailableBytes);
    sample.diskReadPerSecond = rate(counters.diskReadBytes + counters.opticalReadBytes,
                                    m_last.diskReadBytes + m_last.opticalReadBytes);
    sample.diskWrittenPerSecond = rate(counters.diskWrittenBytes, m_last.diskWrittenBytes);
    sample.networkReceivedPerSecond = inBytes
        ? rate(counters.networkReceivedBytes, m_last.networkReceivedBytes)
        : rate(counters.networkReceivedPackets, m_last.networkReceivedPackets);
    sample.networkSentPerSecond = inBytes
        ? rate(counters.networkSentBytes, m_last.networkSentBytes)
        : rate(counters.networkSentPackets, m_last.networkSentPackets);
    sample.exitsPerSecond = rate(counters.exits, m_last.exits);
    m_samples.append(sample);
    if (m_samples.size() > MaxSamples)
        m_samples.removeFirst();
    m_last = counters;
    m_lastMs = nowMs;
    return true;
}

void ActivityHistory::clear()
{
    m_samples.clear();
    m_last = {};
    m_lastMs = -1;
}

const ActivitySample *ActivityHistory::latest() const
{
    return m_samples.isEmpty() ? nullptr : &m_samples.last();
}

bool ActivityHistory::isNetworkInBytes() const
{
    return hasBytes(m_last) || !hasPackets(m_last);
}

bool ActivityHistory::isNetworkCounted() const
{
    return m_last.isNetworkCounted || hasBytes(m_last);
}

QString percentText(double percent)
{
    return Words::tr("%1 %").arg(QLocale().toString(percent, 'f', 0));
}

QString bytesText(double bytes)
{
    return QLocale().formattedDataSize(qint64(bytes), bytes < 1024 ? 0 : 1,
                                       QLocale::DataSizeTraditionalFormat);
}

QString bytesPerSecondText(double bytes)
{
    return Words::tr("%1/s").arg(bytesText(bytes));
}

QString countPerSecondText(double count)
{
    return Words::tr("%1/s").arg(QLocale().toString(count, 'f', 0));
}

QString packetsPerSecondText(double count)
{
    return Words::tr("%1 packets/s").arg(QLocale().toString(count, 'f', 0));
}

} // namespace ui
