// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody who uses the built vitrinectl and its VBoxManage link, in folders of their own.
#pragma once

#include <QtCore/QDebug>
#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <memory>

namespace tests {

class VitrinectlUser
{
public:
    struct Answer
    {
        int exitCode = -1;
        QString out;
        QString err;
    };

protected:
    static constexpr char RescueIso[] = "/usr/lib/grub-rescue/grub-rescue-cdrom.iso";

    // Before and after each test function.
    bool begin()
    {
        m_folder = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/vtctl-XXXXXX"));
        if (!m_folder->isValid())
            return false;
        for (const char *name : {"home", "config", "cache", "run"})
            if (!QDir().mkpath(path(QLatin1String(name))))
                return false;
        QFile::setPermissions(path("run"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        m_environment = QProcessEnvironment::systemEnvironment();
        m_environment.insert(QStringLiteral("HOME"), path("home"));
        m_environment.insert(QStringLiteral("XDG_CONFIG_HOME"), path("config"));
        m_environment.insert(QStringLiteral("XDG_CACHE_HOME"), path("cache"));
        m_environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), path("run"));
        m_environment.insert(QStringLiteral("LANG"), QStringLiteral("C"));
        return true;
    }
    void end()
    {
        if (QTest::currentTestFailed())
            showLogs();
        for (const QString &machine : std::as_const(m_running))
            vbox({"controlvm", machine, "poweroff"});
        m_running.clear();
        m_folder.reset();
    }

    Answer ctl(const QStringList &words) { return run("bin/vitrinectl", words); }
    Answer vbox(const QStringList &words) { return run("libexec/VBoxManage", words); }
    // Of showvminfo.
    QString key(const QString &machine, const QString &name)
    {
        const Answer answer = vbox({"showvminfo", machine, "--machinereadable"});
        const QRegularExpression line(
            QStringLiteral("^%1=\"?(.*?)\"?$").arg(QRegularExpression::escape(name)),
            QRegularExpression::MultilineOption);
        return line.match(answer.out).captured(1);
    }
    QString path(const QString &name) const { return m_folder->filePath(name); }

    std::unique_ptr<QTemporaryDir> m_folder;
    QProcessEnvironment m_environment;
    QStringList m_running; // to be powered off, whatever happens

private:
    void showLogs() const
    {
        QDirIterator logs(m_folder->path(), {"*.log"}, QDir::Files, QDirIterator::Subdirectories);
        while (logs.hasNext()) {
            QFile log(logs.next());
            if (log.open(QIODevice::ReadOnly))
                qWarning().noquote() << log.fileName() + ":\n" + QString::fromUtf8(log.readAll());
        }
    }
    Answer run(const QString &program, const QStringList &words)
    {
        QProcess process;
        process.setProcessEnvironment(m_environment);
        process.setWorkingDirectory(m_folder->path());
        process.start(qEnvironmentVariable("VITRINE_BUILD_DIR") + QLatin1Char('/') + program,
                      words);
        if (!process.waitForFinished(90000))
            return {
                -1, {}, QStringLiteral("%1 did not end: %2").arg(program, process.errorString())};
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                QString::fromUtf8(process.readAllStandardOutput()),
                QString::fromUtf8(process.readAllStandardError())};
    }
};

} // namespace tests

#define VERIFY_GOOD(answer)                                                                        \
    do {                                                                                           \
        const Answer answer_ = (answer);                                                           \
        QVERIFY2(                                                                                  \
            answer_.exitCode == 0,                                                                 \
            qPrintable(QStringLiteral("exit %1: %2").arg(answer_.exitCode).arg(answer_.err)));     \
    } while (false)
