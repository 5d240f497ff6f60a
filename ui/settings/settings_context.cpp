// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_context.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QThread>

#include <unistd.h>

namespace ui {

namespace {

constexpr qint64 Mebibyte = 1024 * 1024;
constexpr qint64 Kibibyte = 1024;

// What could be had without swapping: proc(5), "MemAvailable" of /proc/meminfo.
int availableMemoryMiB()
{
    QFile file(QStringLiteral("/proc/meminfo"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("MemAvailable:"))
            return int(line.simplified().split(' ').value(1).toLongLong() / Kibibyte);
    }
    return 0;
}

} // namespace

bool SettingsContext::isNewDisk(const QString &absolutePath) const
{
    for (const engine::CreateImageRequest &disk : newDisks) {
        if (QDir::cleanPath(disk.path) == absolutePath)
            return true;
    }
    return false;
}

QString SettingsRules::whyFixed(const QString &field, bool isRemovable) const
{
    return engine::changeOf(field, condition, abilities, isRemovable).reason;
}

SettingsContext makeSettingsContext(engine::MachineStore &store, const engine::MachineEntry &entry)
{
    SettingsContext context{.store = store, .machineFolder = entry.folder};
    const QList<engine::MachineEntry> machines = store.machines();
    for (const engine::MachineEntry &other : machines) {
        if (other.isAccessible() && other.folder != entry.folder)
            context.others.append({other.folder, other.definition});
    }
    const qint64 pages = ::sysconf(_SC_PHYS_PAGES);
    const qint64 pageBytes = ::sysconf(_SC_PAGESIZE);
    if (pages > 0 && pageBytes > 0)
        context.hostMemoryMiB = int(pages * pageBytes / Mebibyte);
    context.freeMemoryMiB = availableMemoryMiB();
    context.hostCpus = QThread::idealThreadCount();
    return context;
}

} // namespace ui
