// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/machine_monitor.h"

#include "engine/machine/user_paths.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileSystemWatcher>
#include <QtCore/QPointer>
#include <QtCore/QThreadPool>

#include <chrono>

namespace ui {

using namespace std::chrono_literals;

namespace {

constexpr auto ThumbnailPeriod = 2000ms;
// A socket's name exists a moment before its owner listens.
constexpr auto RetryAfter = 300ms;
constexpr int MaxAttempts = 5;

} // namespace

MachineMonitor::MachineMonitor(const QString &runtimeFolder, QObject *parent)
    : QObject(parent)
    , m_runtimeFolder(runtimeFolder.isEmpty() ? engine::paths::runtimeFolder() : runtimeFolder)
    , m_watcher(new QFileSystemWatcher(this))
{
    m_scanSoon.setSingleShot(true);
    m_scanSoon.setInterval(30ms);
    connect(&m_scanSoon, &QTimer::timeout, this, &MachineMonitor::scan);
    connect(m_watcher, &QFileSystemWatcher::directoryChanged, &m_scanSoon,
            qOverload<>(&QTimer::start));

    m_thumbnailTimer.setInterval(ThumbnailPeriod);
    connect(&m_thumbnailTimer, &QTimer::timeout, this, &MachineMonitor::askForThumbnails);

    // A folder that does not exist cannot be watched. Without it no machine runs, so that failing
    // to make it is told by the machine that fails to start.
    const auto made = engine::paths::makePrivateFolder(m_runtimeFolder);
    if (made)
        m_watcher->addPath(m_runtimeFolder);
    scan();
}

MachineMonitor::~MachineMonitor() = default;

QList<QUuid> MachineMonitor::machines() const
{
    QList<QUuid> machines;
    for (auto live = m_live.cbegin(); live != m_live.cend(); ++live) {
        if (live->hasStatus && live->client->isConnected())
            machines.append(live.key());
    }
    return machines;
}

const engine::MachineStatus *MachineMonitor::status(const QUuid &uuid) const
{
    const auto live = m_live.constFind(uuid);
    if (live == m_live.cend() || !live->hasStatus || !live->client->isConnected())
        return nullptr;
    return &live->client->status();
}

engine::ControlClient *MachineMonitor::client(const QUuid &uuid) const
{
    const auto live = m_live.constFind(uuid);
    return live != m_live.cend() && live->client->isConnected() ? live->client : nullptr;
}

QImage MachineMonitor::thumbnail(const QUuid &uuid) const
{
    return m_live.value(uuid).thumbnail;
}

void MachineMonitor::setThumbnailsWanted(bool wanted)
{
    if (wanted == m_thumbnailTimer.isActive())
        return;
    if (wanted) {
        m_thumbnailTimer.start();
        askForThumbnails();
    } else {
        m_thumbnailTimer.stop();
    }
}

void MachineMonitor::setActivityWanted(bool wanted)
{
    m_isActivityWanted = wanted;
    for (const Live &live : std::as_const(m_live)) {
        if (live.hasStatus)
            live.client->setActivityWanted(wanted);
    }
}

QString MachineMonitor::folderOf(const QUuid &uuid) const
{
    return m_runtimeFolder + u'/' + uuid.toString(QUuid::WithoutBraces);
}

QString MachineMonitor::socketOf(const QUuid &uuid) const
{
    return folderOf(uuid) + QStringLiteral("/control");
}

void MachineMonitor::scan()
{
    const QStringList watched = m_watcher->directories();
    const QStringList names =
        QDir(m_runtimeFolder).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Unsorted);
    for (const QString &name : names) {
        const QUuid uuid = QUuid::fromString(name);
        if (uuid.isNull())
            continue;
        const QString folder = folderOf(uuid);
        if (!watched.contains(folder))
            m_watcher->addPath(folder); // to see its socket come
        if (!m_live.contains(uuid) && QFile::exists(socketOf(uuid)))
            open(uuid);
    }
}

void MachineMonitor::open(const QUuid &uuid)
{
    Live live;
    live.client = new engine::ControlClient(this);
    live.retry = new QTimer(live.client);
    live.retry->setSingleShot(true);
    live.retry->setInterval(RetryAfter);
    engine::ControlClient *client = live.client;
    m_live.insert(uuid, live);

    connect(live.retry, &QTimer::timeout, client,
            [this, uuid, client] { client->connectTo(socketOf(uuid)); });
    connect(client, &engine::ControlClient::statusChanged, this, [this, uuid] {
        const auto found = m_live.find(uuid);
        if (found == m_live.end())
            return;
        const bool isFirst = !found->hasStatus;
        found->hasStatus = true;
        if (isFirst && m_isActivityWanted)
            found->client->setActivityWanted(true);
        emit statusChanged(uuid);
        if (isFirst && m_thumbnailTimer.isActive())
            askForThumbnails();
    });
    connect(client, &engine::ControlClient::activityChanged, this,
            [this, uuid](const engine::ActivityCounters &counters) {
                emit activityChanged(uuid, counters);
            });
    connect(client, &engine::ControlClient::failed, this,
            [this, uuid](const engine::Error &error) { emit machineFailed(uuid, error); });
    connect(client, &engine::ControlClient::disconnected, this, [this, uuid] { lost(uuid); });
    client->connectTo(socketOf(uuid));
}

void MachineMonitor::lost(const QUuid &uuid)
{
    const auto live = m_live.find(uuid);
    if (live == m_live.end())
        return;
    ++live->attempts;
    if (!live->hasStatus && live->attempts < MaxAttempts && QFile::exists(socketOf(uuid))) {
        live->retry->start();
        return;
    }
    const bool wasThere = live->hasStatus;
    live->client->deleteLater(); // we are in its signal
    m_live.erase(live);
    // Also when it went before it said a word: the file had it running all the same.
    emit machineGone(uuid);
    // The same machine may have been started again in the meantime; a socket that nobody answers
    // is left alone until something moves in its folder.
    if (wasThere)
        m_scanSoon.start();
}

void MachineMonitor::askForThumbnails()
{
    for (auto live = m_live.begin(); live != m_live.end(); ++live) {
        if (!live->hasStatus || live->isThumbnailUnderWay || !live->client->isConnected())
            continue;
        const engine::MachineStatus &status = live->client->status();
        const bool isStill =
            status.state == engine::Driver::State::Paused && !live->thumbnail.isNull();
        if ((status.state != engine::Driver::State::Running
             && status.state != engine::Driver::State::Paused)
            || isStill || !status.supports(engine::Feature::Screenshot).isAvailable)
            continue;
        live->isThumbnailUnderWay = true;
        const QUuid uuid = live.key();
        const QString path = folderOf(uuid) + QStringLiteral("/manager-thumbnail.ppm");
        live->client->call(
            QStringLiteral("machine.screenshot"),
            {{QStringLiteral("path"), path}, {QStringLiteral("format"), QStringLiteral("ppm")}},
            [self = QPointer(this), uuid,
             path](engine::Result<QJsonObject> reply) { // may outlive us
                if (!self)
                    return;
                if (reply) {
                    self->thumbnailWritten(uuid, path);
                    return;
                }
                const auto found = self->m_live.find(uuid);
                if (found != self->m_live.end())
                    found->isThumbnailUnderWay = false;
            });
    }
}

void MachineMonitor::thumbnailWritten(const QUuid &uuid, const QString &path)
{
    QThreadPool::globalInstance()->start([self = QPointer(this), uuid, path] {
        const QImage full(path);
        QFile::remove(path);
        const QImage small = full.isNull() ? full
            : full.width() <= ThumbnailSize.width() && full.height() <= ThumbnailSize.height()
            ? full
            : full.scaled(ThumbnailSize, Qt::KeepAspectRatio, Qt::SmoothTransformation);
        // The pointer may only be looked at on its own thread.
        QMetaObject::invokeMethod(qApp, [self, uuid, small] {
            if (!self)
                return;
            const auto live = self->m_live.find(uuid);
            if (live == self->m_live.end())
                return;
            live->isThumbnailUnderWay = false;
            if (small.isNull() || small == live->thumbnail)
                return;
            live->thumbnail = small;
            emit self->thumbnailChanged(uuid);
        });
    });
}

} // namespace ui
