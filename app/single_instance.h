// SPDX-License-Identifier: GPL-3.0-or-later
// One manager a user: a second start hands its arguments to the first and ends. That is what a
// double-click on a machine does while the manager is open.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtNetwork/QLocalServer>

namespace app {

class SingleInstance final : public QObject
{
    Q_OBJECT
public:
    explicit SingleInstance(QObject *parent = nullptr);

    // True when another manager took the arguments over. Otherwise this is the one: received() is
    // emitted for every later start.
    bool handOver(const QStringList &arguments);

signals:
    void received(const QStringList &arguments);

private:
    void read();
    QLocalServer m_server;
};

} // namespace app
