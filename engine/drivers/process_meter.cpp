// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/process_meter.h"

#include "engine/drivers/json_counter.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>

#include <unistd.h>

namespace engine {

namespace {

constexpr std::uint64_t NanosecondsPerSecond = 1000000000;

// "RssAnon:	    1234 kB" in /proc/PID/status.
std::uint64_t kibibytes(const QByteArray &status, const char *field)
{
    const qsizetype at = status.indexOf(field);
    if (at < 0)
        return 0;
    const qsizetype begin = at + qsizetype(qstrlen(field));
    const qsizetype end = status.indexOf('\n', begin);
    return status.mid(begin, end - begin).trimmed().split(' ').first().toULongLong();
}

} // namespace

ProcessMeter::ProcessMeter(QString proc, int root)
    : m_proc(std::move(proc))
    , m_root(root > 0 ? root : int(::getpid()))
{ }

QByteArray ProcessMeter::read(int pid, const char *file) const
{
    QFile opened(QStringLiteral("%1/%2/%3").arg(m_proc).arg(pid).arg(QLatin1String(file)));
    return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
}

void ProcessMeter::update()
{
    m_memoryBytes = 0;
    QHash<int, std::uint64_t> seen;
    measure(m_root, seen);
    m_ticks = seen;
}

void ProcessMeter::measure(int pid, QHash<int, std::uint64_t> &seen)
{
    const QByteArray stat = read(pid, "stat");
    // The second field is a name in parentheses, which may hold anything.
    const QList<QByteArray> fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
    constexpr int UserTime = 11; // fields 14 and 15 of the whole line
    constexpr int SystemTime = 12;
    if (fields.size() <= SystemTime || seen.contains(pid))
        return;
    const std::uint64_t ticks = fields[UserTime].toULongLong() + fields[SystemTime].toULongLong();
    const std::uint64_t before = m_ticks.value(pid, 0);
    const auto perSecond = std::uint64_t(::sysconf(_SC_CLK_TCK));
    // A process that took an ended one's number begins at less.
    const std::uint64_t used = ticks >= before ? ticks - before : ticks;
    m_cpuNanoseconds += used * (NanosecondsPerSecond / perSecond);
    seen.insert(pid, ticks);
    const QByteArray status = read(pid, "status");
    m_memoryBytes += (kibibytes(status, "RssAnon:") + kibibytes(status, "RssShmem:")) * 1024;

    const QString tasks = QStringLiteral("%1/%2/task").arg(m_proc).arg(pid);
    for (const QString &thread : QDir(tasks).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile children(tasks + QLatin1Char('/') + thread + QStringLiteral("/children"));
        if (!children.open(QIODevice::ReadOnly))
            continue;
        for (const QByteArray &child : children.readAll().split(' ')) {
            if (const int number = child.trimmed().toInt(); number > 0)
                measure(number, seen);
        }
    }
}

std::optional<std::uint64_t> exitsOfProcessors(const QJsonValue &stats)
{
    std::optional<std::uint64_t> sum;
    const QJsonArray processors = stats.toArray();
    for (const QJsonValue &processor : processors) {
        const QJsonArray values = processor[QLatin1String("stats")].toArray();
        for (const QJsonValue &one : values) {
            if (one[QLatin1String("name")].toString() == QLatin1String("exits"))
                sum = sum.value_or(0) + counterFromJson(one[QLatin1String("value")]);
        }
    }
    return sum;
}

} // namespace engine
