// SPDX-License-Identifier: GPL-3.0-or-later
// A qemu-storage-daemon with one image; it listens as soon as start() is back.
#pragma once

#include "engine/block/nbd_image.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QString>
#include <QtTest/QTest>

#include <chrono>
#include <csignal>

namespace tests {

class ImageDaemon
{
public:
    ImageDaemon(const QString &folder, QString format, QString file)
        : m_socket(folder + "/nbd")
        , m_format(std::move(format))
        , m_file(std::move(file))
    { }
    ~ImageDaemon() { kill(); }
    ImageDaemon(const ImageDaemon &) = delete;
    ImageDaemon &operator=(const ImageDaemon &) = delete;

    bool start(bool isWritable = true)
    {
        QFile::remove(m_socket);
        const QString pidFile = m_socket + ".pid";
        QFile::remove(pidFile);
        m_process.start(QStandardPaths::findExecutable("qemu-storage-daemon"),
                        {"--blockdev", "driver=file,node-name=file,filename=" + m_file,
                         "--blockdev",
                         "driver=" + m_format + ",node-name=disk,file=file,discard=unmap",
                         "--nbd-server", "addr.type=unix,addr.path=" + m_socket, "--export",
                         QString("type=nbd,id=disk,node-name=disk,name=disk,writable=%1")
                             .arg(isWritable ? "on" : "off"),
                         "--pidfile", pidFile});
        // The file with its number comes when all options are done.
        return m_process.waitForStarted() && QTest::qWaitFor([&] {
                   return QFile::exists(pidFile) || m_process.state() == QProcess::NotRunning;
               })
            && m_process.state() == QProcess::Running;
    }
    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    // It stays, and answers nothing.
    void freeze() { ::kill(pid_t(m_process.processId()), SIGSTOP); }

    engine::NbdImageOptions options() const
    {
        return {.socketPath = m_socket.toStdString(),
                .exportName = "disk",
                .label = "disk of the test",
                .patience = std::chrono::seconds(10)};
    }

private:
    QString m_socket;
    QString m_format;
    QString m_file;
    QProcess m_process;
};

} // namespace tests
