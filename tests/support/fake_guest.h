// SPDX-License-Identifier: GPL-3.0-or-later
// A guest whose agent does what it is asked on this computer: programs run here, files are this
// computer's. So the guest's tools are real ones. The test gives it a folder to play in.
#pragma once

#include "tests/support/fake_agent.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QProcess>

#include <map>

namespace fakes {

class FakeGuest final
{
public:
    FakeAgent agent;
    QString osId = "debian";
    QJsonArray interfaces{QJsonObject{{"name", "lo"}, {"ip-addresses", addresses("127.0.0.1", 8)}},
                          QJsonObject{{"name", "eth0"},
                                      {"hardware-address", "52:54:00:12:34:56"},
                                      {"ip-addresses", addresses("10.0.2.15", 24)}}};
    QStringList forbidden; // commands
    qint64 writesAtMost = 1 << 30; // bytes in one guest-file-write

    FakeGuest()
    {
        agent.answer = [this](const QString &command, const QJsonObject &arguments) {
            return answer(command, arguments);
        };
    }
    qsizetype openFiles() const { return qsizetype(m_files.size()); }

    static QJsonArray addresses(const QString &address, int prefix)
    {
        return {
            QJsonObject{{"ip-address-type", "ipv4"}, {"ip-address", address}, {"prefix", prefix}}};
    }

private:
    QByteArray answer(const QString &command, const QJsonObject &arguments)
    {
        if (forbidden.contains(command))
            return FakeAgent::refused("Command " + command + " has been disabled",
                                      "CommandNotFound");
        if (command == "guest-get-osinfo")
            return FakeAgent::returned(QJsonObject{{"id", osId},
                                                   {"pretty-name", "Debian GNU/Linux 12"},
                                                   {"kernel-release", "6.1.0-18-amd64"}});
        if (command == "guest-info")
            return FakeAgent::returned(QJsonObject{{"version", "7.2.22"}});
        if (command == "guest-get-host-name")
            return FakeAgent::returned(QJsonObject{{"host-name", "guest"}});
        if (command == "guest-get-users")
            return FakeAgent::returned(
                QJsonArray{QJsonObject{{"user", "root"}}, QJsonObject{{"user", "eva"}}});
        if (command == "guest-network-get-interfaces")
            return FakeAgent::returned(interfaces);
        if (command == "guest-exec")
            return execute(arguments);
        if (command == "guest-exec-status")
            return status(arguments);
        if (command.startsWith("guest-file-"))
            return file(command, arguments);
        return FakeAgent::refused("The command " + command + " has not been found",
                                  "CommandNotFound");
    }

    QByteArray execute(const QJsonObject &arguments)
    {
        auto process = std::make_unique<QProcess>();
        QStringList words;
        for (const QJsonValue &word : arguments["arg"].toArray())
            words.append(word.toString());
        process->start(arguments["path"].toString(), words);
        if (!process->waitForStarted())
            return FakeAgent::refused("Failed to execute child process: " + process->errorString());
        process->write(QByteArray::fromBase64(arguments["input-data"].toString().toLatin1()));
        process->closeWriteChannel();
        const qint64 number = process->processId();
        m_processes[number] = std::move(process);
        return FakeAgent::returned(QJsonObject{{"pid", number}});
    }
    QByteArray status(const QJsonObject &arguments)
    {
        const auto found = m_processes.find(arguments["pid"].toInteger());
        if (found == m_processes.end())
            return FakeAgent::refused("Invalid parameter 'pid'");
        QProcess &process = *found->second;
        process.waitForFinished(10);
        if (process.state() != QProcess::NotRunning)
            return FakeAgent::returned(QJsonObject{{"exited", false}});
        QJsonObject result{
            {"exited", true},
            {"out-data", QString::fromLatin1(process.readAllStandardOutput().toBase64())},
            {"err-data", QString::fromLatin1(process.readAllStandardError().toBase64())}};
        if (process.exitStatus() == QProcess::CrashExit)
            result["signal"] = process.exitCode();
        else
            result["exitcode"] = process.exitCode();
        m_processes.erase(found);
        return FakeAgent::returned(result);
    }
    QByteArray file(const QString &command, const QJsonObject &arguments)
    {
        if (command == "guest-file-open") {
            auto opened = std::make_unique<QFile>(arguments["path"].toString());
            const QString mode = arguments["mode"].toString();
            const auto flags = mode == "rb" ? QIODevice::OpenMode(QIODevice::ReadOnly)
                : mode == "wb"              ? QIODevice::WriteOnly | QIODevice::Truncate
                                            : QIODevice::ReadWrite | QIODevice::ExistingOnly;
            if (!opened->open(flags))
                return FakeAgent::refused("failed to open file '" + opened->fileName()
                                          + "': " + opened->errorString());
            m_files[++m_lastFile] = std::move(opened);
            return FakeAgent::returned(m_lastFile);
        }
        const auto found = m_files.find(arguments["handle"].toInteger());
        if (found == m_files.end())
            return FakeAgent::refused("handle has not been found");
        QFile &opened = *found->second;
        if (command == "guest-file-close") {
            m_files.erase(found);
            return FakeAgent::returned(QJsonObject());
        }
        if (command == "guest-file-read") {
            const QByteArray bytes = opened.read(arguments["count"].toInteger());
            return FakeAgent::returned(QJsonObject{{"count", bytes.size()},
                                                   {"buf-b64", QString(bytes.toBase64())},
                                                   {"eof", opened.atEnd()}});
        }
        const QByteArray bytes =
            QByteArray::fromBase64(arguments["buf-b64"].toString().toLatin1()).left(writesAtMost);
        return FakeAgent::returned(QJsonObject{{"count", opened.write(bytes)}, {"eof", false}});
    }

    std::map<qint64, std::unique_ptr<QProcess>> m_processes;
    std::map<qint64, std::unique_ptr<QFile>> m_files;
    qint64 m_lastFile = 1000;
};

} // namespace fakes
