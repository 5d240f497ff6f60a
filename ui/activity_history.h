// SPDX-License-Identifier: GPL-3.0-or-later
// What a running machine used over the last minutes: rates made of the totals that event.activity
// brings, one sample a second. No widgets, so that the numbers can be tested.
#pragma once

#include "engine/drivers/driver.h"

#include <QtCore/QList>
#include <QtCore/QString>

namespace ui {

struct ActivitySample
{
    qint64 timeMs = 0;
    double cpuPercent = 0; // of one of the host's processors
    double memoryBytes = 0;
    double guestUsedBytes = 0; // as the guest says
    double diskReadPerSecond = 0; // bytes
    double diskWrittenPerSecond = 0;
    double networkReceivedPerSecond = 0; // bytes, or packets where only these are counted
    double networkSentPerSecond = 0;
    double exitsPerSecond = 0;
};

class ActivityHistory final
{
public:
    static constexpr qint64 SampleMs = 1000;
    static constexpr int MaxSamples = 300;

    // True when that made a new sample. Totals that fall begin a new history: another run.
    bool add(const engine::ActivityCounters &counters, qint64 nowMs);
    void clear();

    const QList<ActivitySample> &samples() const { return m_samples; } // oldest first
    const ActivitySample *latest() const;
    bool isNetworkCounted() const;
    bool isNetworkInBytes() const;
    bool isGuestMemoryKnown() const { return m_last.guestMemoryBytes > 0; }
    bool areExitsCounted() const { return m_last.areExitsCounted; }

private:
    QList<ActivitySample> m_samples;
    engine::ActivityCounters m_last;
    qint64 m_lastMs = -1;
};

QString percentText(double percent); // "35 %"
QString bytesText(double bytes); // "1.2 GB"
QString bytesPerSecondText(double bytes); // "1.2 MB/s"
QString countPerSecondText(double count); // "1,200/s"
QString packetsPerSecondText(double count);

} // namespace ui
