// SPDX-License-Identifier: GPL-3.0-or-later
// A PulseAudio with one silent output, "null", for one test; $PULSE_SERVER names it meanwhile.
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

namespace tests {

class PulseServer final
{
public:
    static bool isInstalled()
    {
        for (const char *program : {"pulseaudio", "pactl", "parec"})
            if (QStandardPaths::findExecutable(QLatin1String(program)).isEmpty())
                return false;
        return true;
    }
    // False when it does not come up.
    bool start()
    {
        const QString socket = m_folder.filePath("native");
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"})
            environment.insert(QLatin1String(name), m_folder.path());
        m_server.setProcessEnvironment(environment);
        m_server.start("pulseaudio",
                       {"-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-L",
                        "module-null-sink sink_name=null rate=48000", "-L",
                        "module-native-protocol-unix auth-anonymous=1 socket=" + socket});
        qputenv("PULSE_SERVER", ("unix:" + socket).toLocal8Bit());
        return QTest::qWaitFor([&] { return isAnswering(); }, 15000);
    }
    ~PulseServer()
    {
        stop();
        qunsetenv("PULSE_SERVER");
    }
    void stop()
    {
        m_server.terminate();
        if (!m_server.waitForFinished(5000)) {
            m_server.kill();
            m_server.waitForFinished();
        }
    }

private:
    static bool isAnswering()
    {
        QProcess pactl;
        pactl.start("pactl", {"info"});
        pactl.waitForFinished();
        return pactl.exitStatus() == QProcess::NormalExit && pactl.exitCode() == 0;
    }

    QTemporaryDir m_folder;
    QProcess m_server;
};

} // namespace tests
