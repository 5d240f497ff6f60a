// SPDX-License-Identifier: GPL-3.0-or-later
// Processor time and memory of this process and everything it started, from /proc (proc(5)).
//
// Main thread only.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QJsonValue>
#include <QtCore/QString>

#include <cstdint>
#include <optional>

namespace engine {

class ProcessMeter final
{
public:
    // Tests pass their own tree and root.
    explicit ProcessMeter(QString proc = QStringLiteral("/proc"), int root = 0);

    void update();

    // Grows only: what a helper that has ended used stays counted.
    std::uint64_t cpuNanoseconds() const { return m_cpuNanoseconds; }
    // What the processes have for themselves, guest memory included: files that are only mapped, as
    // libraries are, belong to nobody.
    std::uint64_t memoryBytes() const { return m_memoryBytes; }

private:
    void measure(int pid, QHash<int, std::uint64_t> &seen);
    QByteArray read(int pid, const char *file) const;

    QString m_proc;
    int m_root;
    QHash<int, std::uint64_t> m_ticks; // by process, as of the last look
    std::uint64_t m_cpuNanoseconds = 0;
    std::uint64_t m_memoryBytes = 0;
};

// The sum of all processors' "exits" in an answer to query-stats; nothing when there are none.
std::optional<std::uint64_t> exitsOfProcessors(const QJsonValue &stats);

} // namespace engine
