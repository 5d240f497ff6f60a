// SPDX-License-Identifier: GPL-3.0-or-later
// A real QEMU that shows a still screen to SPICE clients on TCP, at 127.0.0.1: its guest never
// runs.
#pragma once

#include "engine/drivers/spice_address.h"
#include "engine/drivers/spice_server.h"

#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <optional>

class SpiceServer
{
public:
    struct Setup
    {
        QString password = {};
        bool isTlsOn = false;
        int port = 0; // 0: any that is free
    };

    ~SpiceServer() { kill(); }

    static QString missing()
    {
        if (QStandardPaths::findExecutable(QStringLiteral("qemu-system-x86_64")).isEmpty())
            return QStringLiteral("qemu-system-x86_64 is not installed (package qemu-system-x86)");
        if (!engine::checkSpiceCertificateTool())
            return QStringLiteral("openssl is not installed");
        return {};
    }

    bool start(const Setup &setup)
    {
        engine::RemoteDisplay display{.isEnabled = true};
        if (setup.port != 0)
            display.ports = QString::number(setup.port);
        const auto port = engine::freeSpicePort(display);
        if (!port)
            return false;
        address = {.host = QStringLiteral("127.0.0.1")};
        (setup.isTlsOn ? address.tlsPort : address.port) = *port;
        QString place = QStringLiteral("addr=127.0.0.1,%1=%2,image-compression=off")
                            .arg(setup.isTlsOn ? "tls-port" : "port")
                            .arg(*port);
        if (setup.isTlsOn) {
            if (!certify())
                return false;
            place += QStringLiteral(",x509-dir=") + tlsFolder();
        }
        QStringList words;
        if (setup.password.isEmpty()) {
            place += QStringLiteral(",disable-ticketing=on");
        } else {
            const QString file = m_folder.filePath(QStringLiteral("password"));
            if (!engine::writeSpicePassword(file, setup.password))
                return false;
            words << QStringLiteral("-object") << QStringLiteral("secret,id=word,file=") + file;
            place += QStringLiteral(",password-secret=word");
        }
        words << QStringLiteral("-nodefaults") << QStringLiteral("-S") << QStringLiteral("-accel")
              << QStringLiteral("tcg") << QStringLiteral("-m") << QStringLiteral("64")
              << QStringLiteral("-device") << QStringLiteral("VGA") << QStringLiteral("-display")
              << QStringLiteral("none") << QStringLiteral("-spice") << place;
        m_qemu.start(QStringLiteral("qemu-system-x86_64"), words);
        return m_qemu.waitForStarted()
            && QTest::qWaitFor([this, port] { return answers(*port); }, 20'000);
    }

    void kill()
    {
        if (m_qemu.state() == QProcess::NotRunning)
            return;
        m_qemu.kill();
        m_qemu.waitForFinished();
    }

    QString certificate() const { return engine::spiceCaFile(tlsFolder()); }
    QString error() { return QString::fromLocal8Bit(m_qemu.readAllStandardError()); }

    engine::SpiceAddress address; // without the password

private:
    QString tlsFolder() const { return m_folder.filePath(QStringLiteral("tls")); }

    bool certify()
    {
        QObject owner;
        std::optional<bool> isGood;
        engine::prepareSpiceCertificate(
            tlsFolder(), QStringLiteral("127.0.0.1"), &owner,
            [&isGood](engine::Result<> made) { isGood = made.has_value(); });
        return QTest::qWaitFor([&isGood] { return isGood.has_value(); }, 60'000) && *isGood;
    }

    static bool answers(int port)
    {
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), quint16(port));
        return socket.waitForConnected(200);
    }

    QTemporaryDir m_folder;
    QProcess m_qemu;
};
