// SPDX-License-Identifier: GPL-3.0-or-later
// The machines that run now. Watches the runtime folder, where each running machine has a folder
// with its control socket, and holds a connection to every one; their events say the rest, so
// nothing is polled but the small pictures, and those only while somebody looks.
//
// Main thread only; pictures are read and scaled on the thread pool.
#pragma once

#include "engine/control/control_client.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QTimer>
#include <QtCore/QUuid>
#include <QtGui/QImage>

class QFileSystemWatcher;

namespace ui {

class MachineMonitor final : public QObject
{
    Q_OBJECT
public:
    // An empty folder: the user's (user_paths.h).
    explicit MachineMonitor(const QString &runtimeFolder = {}, QObject *parent = nullptr);
    ~MachineMonitor() override;

    QList<QUuid> machines() const; // those that have a status()
    // nullptr while there is no such connection, or it has not said anything yet.
    const engine::MachineStatus *status(const QUuid &uuid) const;
    engine::ControlClient *client(const QUuid &uuid) const;
    QImage thumbnail(const QUuid &uuid) const; // null when there is none

    void setThumbnailsWanted(bool wanted);
    void setActivityWanted(bool wanted); // of every machine
    static constexpr QSize ThumbnailSize = QSize(640, 400); // at most

signals:
    void statusChanged(const QUuid &uuid);
    void machineGone(const QUuid &uuid);
    void machineFailed(const QUuid &uuid, const engine::Error &error);
    void thumbnailChanged(const QUuid &uuid);
    void activityChanged(const QUuid &uuid, const engine::ActivityCounters &counters);

private:
    struct Live
    {
        engine::ControlClient *client = nullptr;
        QTimer *retry = nullptr;
        int attempts = 0;
        bool hasStatus = false;
        bool isThumbnailUnderWay = false;
        QImage thumbnail;
    };

    void scan();
    void open(const QUuid &uuid);
    void lost(const QUuid &uuid);
    void askForThumbnails();
    void thumbnailWritten(const QUuid &uuid, const QString &path);
    QString folderOf(const QUuid &uuid) const;
    QString socketOf(const QUuid &uuid) const;

    QString m_runtimeFolder;
    QFileSystemWatcher *m_watcher;
    QTimer m_scanSoon;
    QTimer m_thumbnailTimer;
    QHash<QUuid, Live> m_live;
    bool m_isActivityWanted = false;
};

} // namespace ui
