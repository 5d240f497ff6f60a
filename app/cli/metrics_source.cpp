// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/metrics_source.h"

#include "app/cli/session.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtCore/QTimer>

#include <chrono>
#include <cmath>

namespace app {

using namespace engine;
using namespace std::chrono_literals;

namespace {

constexpr Metric HostMetrics[] = {
    {"CPU/Load/User", "%", 100, "Percentage of processor time spent by programs"},
    {"CPU/Load/Kernel", "%", 100, "Percentage of processor time spent by the kernel"},
    {"CPU/Load/Idle", "%", 100, "Percentage of processor time spent idling"},
    {"RAM/Usage/Total", "kB", 0, "Memory of this computer"},
    {"RAM/Usage/Used", "kB", 0, "Memory in use"},
    {"RAM/Usage/Free", "kB", 0, "Memory that programs can still have"},
};
enum HostIndex { HostUser, HostKernel, HostIdle, HostTotal, HostUsed, HostFree };

constexpr Metric MachineMetrics[] = {
    {"CPU/Load", "%", 0, "Processor time of all that runs the machine; 100% is one processor"},
    {"RAM/Usage/Used", "kB", 0, "Memory of this computer that the machine holds"},
    {"Disk/Rate/Read", "B/s", 0, "Read from disks and optical media"},
    {"Disk/Rate/Written", "B/s", 0, "Written to disks"},
    {"Net/Rate/Rx", "B/s", 0, "Received by the machine"},
    {"Net/Rate/Tx", "B/s", 0, "Sent by the machine"},
    {"CPU/Exits", "1/s", 0, "Exits of the guest's processors to the host"},
    {"Guest/RAM/Usage/Total", "kB", 0, "Memory as the guest counts it"},
    {"Guest/RAM/Usage/Free", "kB", 0, "Memory that programs in the guest can still have"},
    {"Guest/RAM/Usage/Balloon", "kB", 0, "Memory that the guest does without"},
};
enum MachineIndex {
    Load,
    Memory,
    Read,
    Written,
    Received,
    Sent,
    Exits,
    GuestTotal,
    GuestFree,
    GuestBalloon
};

qint64 memoryField(const QByteArray &text, const char *field)
{
    const qsizetype at = text.indexOf(field);
    if (at < 0)
        return 0;
    const qsizetype begin = at + qsizetype(qstrlen(field));
    return text.mid(begin, text.indexOf('\n', begin) - begin)
        .trimmed()
        .split(' ')
        .first()
        .toLongLong();
}

QByteArray readAll(const char *path)
{
    QFile file(QString::fromLatin1(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

std::span<const Metric> hostMetrics()
{
    return HostMetrics;
}

std::span<const Metric> machineMetrics()
{
    return MachineMetrics;
}

bool matchesMetric(const QString &name, const QString &patterns)
{
    for (const QString &pattern : patterns.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        // A name alone means what is below it as well: "CPU" is CPU/Load and CPU/Exits.
        const QString expression = QRegularExpression::escape(pattern.trimmed())
                                       .replace(QStringLiteral("\\*"), QStringLiteral(".*"));
        const QRegularExpression wanted(QStringLiteral("\\A%1(/.*)?\\z").arg(expression),
                                        QRegularExpression::CaseInsensitiveOption);
        if (wanted.match(name).hasMatch())
            return true;
    }
    return false;
}

QString metricText(const MetricValue &value)
{
    if (!value.value)
        return QStringLiteral("(%1)").arg(value.whyNot);
    const QString unit = QString::fromLatin1(value.metric->unit);
    if (unit == QLatin1String("%"))
        return QStringLiteral("%1%").arg(*value.value, 0, 'f', 2);
    return QStringLiteral("%1 %2").arg(qint64(std::llround(*value.value))).arg(unit);
}

struct MetricsSource::Machine
{
    MachineEntry entry;
    ControlClient client;
    std::optional<ActivityCounters> latest;
    Acceleration::Kind acceleration = Acceleration::Kind::Unknown;
};

MetricsSource::MetricsSource() = default;
MetricsSource::~MetricsSource() = default;

Result<std::unique_ptr<MetricsSource>> MetricsSource::open(Session &session, const QString &object)
{
    std::unique_ptr<MetricsSource> source(new MetricsSource);
    source->m_hasHost = object == QLatin1String("*") || object == QLatin1String("host");
    if (object == QLatin1String("host"))
        return source;
    QList<MachineEntry> entries;
    if (object == QLatin1String("*")) {
        for (const MachineEntry &entry : session.store().machines()) {
            if (entry.isAccessible() && MachineLock::isHeld(entry.folder))
                entries.append(entry);
        }
    } else {
        entries.append(TRY(session.machine(object)));
    }
    for (const MachineEntry &entry : std::as_const(entries)) {
        auto machine = std::make_unique<Machine>();
        machine->entry = entry;
        const Result<> connected =
            machine->client.connectAndWait(paths::controlSocket(entry.definition.uuid), 3s);
        if (!connected) {
            if (object == QLatin1String("*"))
                continue; // it ends just now
            return makeError(
                ErrorKind::Invalid,
                QStringLiteral("Machine '%1' is not currently running").arg(entry.definition.name),
                QStringLiteral("Start it: only running machines are measured"));
        }
        machine->acceleration = machine->client.status().acceleration.kind;
        Machine *raw = machine.get();
        QObject::connect(&machine->client, &ControlClient::activityChanged, &machine->client,
                         [raw](const ActivityCounters &counters) { raw->latest = counters; });
        machine->client.setActivityWanted(true);
        source->m_machines.push_back(std::move(machine));
    }
    return source;
}

QStringList MetricsSource::machines() const
{
    QStringList names;
    for (const auto &machine : m_machines)
        names.append(machine->entry.definition.name);
    return names;
}

MetricsSource::HostTimes MetricsSource::readHost()
{
    // "cpu  user nice system idle iowait irq softirq steal ..."
    const QList<QByteArray> fields =
        readAll("/proc/stat").split('\n').value(0).simplified().split(' ');
    HostTimes times;
    for (qsizetype i = 1; i < qMin<qsizetype>(fields.size(), 9); ++i) {
        const double ticks = fields[i].toDouble();
        times.total += ticks;
        if (i == 1 || i == 2)
            times.user += ticks;
        else if (i == 3 || i == 6 || i == 7)
            times.kernel += ticks;
    }
    return times;
}

QList<MetricValue> MetricsSource::measure(int milliseconds)
{
    // What has ended is measured no more.
    std::erase_if(m_machines, [](const auto &machine) { return !machine->client.isConnected(); });
    QEventLoop loop;
    const auto wait = [&loop](int ms, const std::function<bool()> &isDone) {
        const QDeadlineTimer deadline(ms);
        QTimer ticks;
        QObject::connect(&ticks, &QTimer::timeout, &loop, [&] {
            if (isDone() || deadline.hasExpired())
                loop.quit();
        });
        ticks.start(20);
        loop.exec();
    };
    // The first numbers come a moment after they were asked for.
    wait(3000, [this] {
        for (const auto &machine : m_machines) {
            if (!machine->latest && machine->client.isConnected())
                return false;
        }
        return true;
    });
    std::vector<ActivityCounters> before;
    for (const auto &machine : m_machines)
        before.push_back(machine->latest.value_or(ActivityCounters()));
    const HostTimes hostBefore = readHost();
    const auto begin = std::chrono::steady_clock::now();
    wait(milliseconds, [] { return false; });
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

    QList<MetricValue> values;
    if (m_hasHost) {
        const HostTimes now = readHost();
        const double total = qMax(1.0, now.total - hostBefore.total);
        const double user = (now.user - hostBefore.user) / total * 100;
        const double kernel = (now.kernel - hostBefore.kernel) / total * 100;
        const QByteArray memory = readAll("/proc/meminfo");
        const double all = double(memoryField(memory, "MemTotal:"));
        const double free = double(memoryField(memory, "MemAvailable:"));
        const double numbers[] = {user, kernel, 100 - user - kernel, all, all - free, free};
        for (std::size_t i = 0; i < std::size(HostMetrics); ++i)
            values.append({QStringLiteral("host"), &HostMetrics[i], numbers[i], {}});
    }
    for (std::size_t i = 0; i < m_machines.size(); ++i) {
        const Machine &machine = *m_machines[i];
        const QString name = machine.entry.definition.name;
        const ActivityCounters &old = before[i];
        const bool isThere = machine.latest.has_value() && machine.client.isConnected();
        const ActivityCounters now = machine.latest.value_or(ActivityCounters());
        const auto rate = [seconds](quint64 newer, quint64 older) {
            return newer > older ? double(newer - older) / seconds : 0.0;
        };
        const bool isNetworkInBytes =
            now.isNetworkCounted || now.networkReceivedBytes + now.networkSentBytes > 0;
        const auto put = [&](MachineIndex index, double value, const QString &whyNot = {}) {
            MetricValue one{name, &MachineMetrics[index], {}, whyNot};
            if (!isThere)
                one.whyNot = QStringLiteral("the machine gave no numbers");
            else if (whyNot.isEmpty())
                one.value = value;
            values.append(one);
        };
        put(Load, rate(now.cpuNanoseconds, old.cpuNanoseconds) / 1e9 * 100);
        put(Memory, double(now.memoryBytes) / 1024);
        put(Read,
            rate(now.diskReadBytes + now.opticalReadBytes,
                 old.diskReadBytes + old.opticalReadBytes));
        put(Written, rate(now.diskWrittenBytes, old.diskWrittenBytes));
        const QString whyNoNetwork =
            isNetworkInBytes ? QString() : QStringLiteral("no bytes are counted");
        put(Received, rate(now.networkReceivedBytes, old.networkReceivedBytes), whyNoNetwork);
        put(Sent, rate(now.networkSentBytes, old.networkSentBytes), whyNoNetwork);
        const QString whyNoExits = now.areExitsCounted ? QString()
            : machine.acceleration == Acceleration::Kind::Emulated
            ? QStringLiteral("not counted in software emulation")
            : QStringLiteral("not counted by this QEMU");
        put(Exits, rate(now.exits, old.exits), whyNoExits);
        const QString whyNoGuest = now.guestMemoryBytes > 0
            ? QString()
            : QStringLiteral("the guest has no driver that tells");
        put(GuestTotal, double(now.guestMemoryBytes) / 1024, whyNoGuest);
        put(GuestFree, double(now.guestAvailableBytes) / 1024, whyNoGuest);
        put(GuestBalloon, double(now.balloonBytes) / 1024, whyNoGuest);
    }
    return values;
}

} // namespace app
