// SPDX-License-Identifier: GPL-3.0-or-later
// A window's end of a machine's serial port: a connection of its own to the control socket
// ("serial.open", control_protocol.h). Main thread only.
#pragma once

#include "engine/machine/json_lines.h"

#include <QtCore/QObject>
#include <QtNetwork/QLocalSocket>

namespace engine {

// A question in what was sent before the window was there is not to be answered now.
enum class SerialText { Remembered, New };

class SerialClient final : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype MaxTyped = 64 * 1024; // that waits; more is lost

    SerialClient(QString controlSocket, int port); // 0 is COM1
    ~SerialClient() override { blockSignals(true); }

    void type(const QByteArray &bytes);

signals:
    void received(const QByteArray &bytes, engine::SerialText text); // as the guest sent them
    void closed(const QString &reason); // empty: the machine is gone

private:
    void take();

    const int m_port;
    QLocalSocket m_socket;
    bool m_isOpen = false;
    qint64 m_remembered = 0; // still to come of that
};

} // namespace engine
