// SPDX-License-Identifier: GPL-3.0-or-later
// A real QEMU with SPICE on a Unix socket in a temporary folder, running GRUB's rescue disc. QEMU
// writes each key and pointer event it gets to a trace, so a test can say what arrived.
#pragma once

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

class SpiceGuest
{
public:
    ~SpiceGuest() { kill(); }

    // Why it cannot run here; empty when it can.
    static QString missing()
    {
        if (QStandardPaths::findExecutable(QStringLiteral("qemu-system-x86_64")).isEmpty())
            return QStringLiteral("qemu-system-x86_64 is not installed (package qemu-system-x86)");
        if (!QFile::exists(rescueDisc()))
            return QStringLiteral("GRUB's rescue disc is not installed (package grub-rescue-pc)");
        return {};
    }
    static QString rescueDisc()
    {
        return QStringLiteral("/usr/lib/grub-rescue/grub-rescue-cdrom.iso");
    }

    QString socketPath() const { return m_folder.filePath(QStringLiteral("spice.sock")); }
    QString error() { return QString::fromLocal8Bit(m_qemu.readAllStandardError()); }
    QProcess &process() { return m_qemu; }

    bool start(const QStringList &more = {})
    {
        QStringList arguments{
            QStringLiteral("-nodefaults"),
            QStringLiteral("-accel"),
            QStringLiteral("tcg"),
            QStringLiteral("-m"),
            QStringLiteral("64"),
            QStringLiteral("-device"),
            QStringLiteral("VGA"),
            QStringLiteral("-boot"),
            QStringLiteral("d"),
            QStringLiteral("-drive"),
            QStringLiteral("if=ide,media=cdrom,readonly=on,file=") + rescueDisc(),
            QStringLiteral("-spice"),
            QStringLiteral("unix=on,disable-ticketing=on,image-compression=off,addr=")
                + socketPath(),
            QStringLiteral("-trace"),
            QStringLiteral("input_event_*"),
            QStringLiteral("-D"),
            m_folder.filePath(QStringLiteral("trace"))};
        if (!more.contains(QStringLiteral("-machine")))
            arguments << QStringLiteral("-machine") << QStringLiteral("pc");
        m_qemu.start(QStringLiteral("qemu-system-x86_64"), arguments + more);
        if (!m_qemu.waitForStarted())
            return false;
        return QTest::qWaitFor([this] { return QFile::exists(socketPath()); }, 20'000);
    }

    void kill()
    {
        if (m_qemu.state() == QProcess::NotRunning)
            return;
        m_qemu.kill();
        m_qemu.waitForFinished();
    }

    QString trace() const
    {
        QFile file(m_folder.filePath(QStringLiteral("trace")));
        return file.open(QIODevice::ReadOnly) ? QString::fromLocal8Bit(file.readAll()) : QString();
    }

private:
    QTemporaryDir m_folder;
    QProcess m_qemu;
};
