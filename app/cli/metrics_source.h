// SPDX-License-Identifier: GPL-3.0-or-later
// What `metrics` measures: of this computer and of running machines. Rates need two looks; a
// machine's totals come from its process, the computer's from /proc (proc(5)).
#pragma once

#include "engine/control/control_client.h"

#include <QtCore/QList>
#include <QtCore/QString>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace app {

class Session;

struct Metric
{
    const char *name; // "CPU/Load"
    const char *unit; // "%", "kB", "B/s", "1/s"
    double maximum; // 0: none
    const char *description;
};

struct MetricValue
{
    QString object; // "host" or the machine's name
    const Metric *metric = nullptr;
    std::optional<double> value; // nothing: not counted
    QString whyNot;
};

std::span<const Metric> hostMetrics();
std::span<const Metric> machineMetrics();

// "CPU/*", "RAM/Usage/Used", "*"; VirtualBox's own lists are separated by commas.
bool matchesMetric(const QString &name, const QString &patterns);

// "12.00%", "2048 kB": as VBoxManage writes values.
QString metricText(const MetricValue &value);

class MetricsSource final
{
public:
    // `object`: "*", "host" or a machine's name or UUID.
    static engine::Result<std::unique_ptr<MetricsSource>> open(Session &session,
                                                               const QString &object);
    ~MetricsSource();

    // Waits that long between two looks and gives what was used in between.
    QList<MetricValue> measure(int milliseconds);
    QStringList machines() const;
    bool hasHost() const { return m_hasHost; }

private:
    struct Machine;
    struct HostTimes
    {
        double user = 0;
        double kernel = 0;
        double total = 0;
    };
    MetricsSource();
    static HostTimes readHost();

    bool m_hasHost = false;
    std::vector<std::unique_ptr<Machine>> m_machines;
};

} // namespace app
