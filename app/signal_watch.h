// SPDX-License-Identifier: GPL-3.0-or-later
// SIGTERM, SIGINT and SIGHUP as a Qt signal, so that a logout ends a machine in order.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QSocketNotifier>

namespace app {

class SignalWatch final : public QObject
{
    Q_OBJECT
public:
    // Blocks these signals for the process and reads them from a signalfd; make one, before any
    // thread starts.
    explicit SignalWatch(QObject *parent = nullptr);
    ~SignalWatch() override;

signals:
    void received(int signalNumber);

private:
    int m_descriptor = -1;
    QSocketNotifier *m_notifier = nullptr;
};

} // namespace app
