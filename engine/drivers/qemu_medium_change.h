// SPDX-License-Identifier: GPL-3.0-or-later
// One change of what is in an optical or floppy drive of a running QEMU. The new medium is opened
// before the old one is touched, so that a file that cannot be used leaves the drive as it was.
// Main thread; lives until it has finished.
#pragma once

#include "engine/drivers/qmp_client.h"

#include <QtCore/QJsonObject>
#include <QtCore/QTimer>

namespace engine {

struct MediumChangeRequest
{
    QString device; // QEMU's id of the drive
    QString title; // for messages: "IDE, port 1, device 0"
    QString oldNode; // empty: the drive is empty
    QJsonObject newNode; // blockdev-add's arguments; empty: eject
    bool isForced = false;
    std::chrono::milliseconds trayTimeout{3000};
};

class QemuMediumChange final : public QObject
{
    Q_OBJECT
public:
    using Finished = std::function<void(Result<>)>;

    QemuMediumChange(QmpClient &qmp, MediumChangeRequest request, Finished finished,
                     QObject *parent = nullptr);

    void start();
    void trayMoved(bool isOpen);
    // The machine is gone: answers now and does nothing more.
    void cancel(const Error &error);

private:
    void openTray();
    void swapMedium();
    void insertNew();
    void closeTray(Result<> result);
    void removeNode(const QString &node, std::function<void()> then);
    void run(const QString &command, const QJsonObject &arguments,
             std::function<void(Result<>)> then);
    void finish(Result<> result);

    QmpClient &m_qmp;
    MediumChangeRequest m_request;
    Finished m_finished;
    QTimer m_trayTimer;
    bool m_isWaitingForTray = false;
};

} // namespace engine
