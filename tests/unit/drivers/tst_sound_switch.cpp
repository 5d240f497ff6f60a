// SPDX-License-Identifier: GPL-3.0-or-later
// Muting another program's streams: the words between us and vitrine-sound, and that program with a
// PulseAudio of its own, where one is installed.
#include "engine/drivers/sound_switch.h"
#include "engine/machine/qt_text.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>

using namespace engine;

namespace {

struct Answer
{
    QStringList texts;

    SoundSwitch::Reply reply()
    {
        return [this](const Result<> &result) {
            texts.append(result ? QStringLiteral("ok") : errorText(result.error()));
        };
    }
};

QString script(const QTemporaryDir &folder, const QByteArray &text)
{
    QFile file(folder.filePath("script"));
    check(file.open(QIODevice::WriteOnly), "cannot write a script");
    file.write("#!/bin/sh\n" + text);
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return file.fileName();
}

// A PulseAudio with one silent output, for one test.
class SoundServer
{
public:
    bool start()
    {
        if (QStandardPaths::findExecutable("pulseaudio").isEmpty()
            || QStandardPaths::findExecutable("pactl").isEmpty())
            return false;
        const QString socket = m_folder.filePath("native");
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"})
            environment.insert(name, m_folder.path());
        m_server.setProcessEnvironment(environment);
        m_server.start("pulseaudio",
                       {"-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-L",
                        "module-null-sink", "-L",
                        "module-native-protocol-unix auth-anonymous=1 socket=" + socket});
        qputenv("PULSE_SERVER", ("unix:" + socket).toLocal8Bit());
        return QTest::qWaitFor([&] { return ask({"info"}).contains("Server Name"); }, 15000);
    }
    ~SoundServer()
    {
        m_server.kill();
        m_server.waitForFinished();
        qunsetenv("PULSE_SERVER");
    }
    void stop()
    {
        m_server.terminate();
        m_server.waitForFinished();
    }
    static QString ask(const QStringList &words)
    {
        QProcess pactl;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("LC_ALL", "C");
        pactl.setProcessEnvironment(environment);
        pactl.start("pactl", words);
        pactl.waitForFinished();
        return QString::fromUtf8(pactl.readAllStandardOutput());
    }
    // "no", "yes"; empty: the process has no such stream.
    static QString mute(const QString &kind, qint64 processId)
    {
        const QStringList streams = ask({"list", kind}).split("\n\n");
        for (const QString &stream : streams) {
            if (!stream.contains(QStringLiteral("application.process.id = \"%1\"").arg(processId)))
                continue;
            const auto found = QRegularExpression("Mute: (\\w+)").match(stream);
            return found.captured(1);
        }
        return {};
    }

private:
    QTemporaryDir m_folder;
    QProcess m_server;
};

} // namespace

class TestSoundSwitch final : public QObject
{
    Q_OBJECT
private slots:
    void wordsAndAnswers()
    {
        const QTemporaryDir folder;
        SoundSwitch sound(script(folder,
                                 "echo ready\nwhile read line; do echo \"$line\" >> "
                                     + folder.filePath("heard").toLocal8Bit()
                                     + "; echo done; done\n"));
        Answer answer;
        sound.set(1, {}, answer.reply());
        QCOMPARE(answer.texts.size(), 1); // it is not there yet
        answer.texts.clear();
        sound.start(answer.reply());
        QTRY_COMPARE(answer.texts, QStringList{"ok"});
        QVERIFY(sound.isUsable());
        sound.set(4711, {.isOutputOn = false, .isInputOn = true}, answer.reply());
        sound.set(4711, {.isOutputOn = true, .isInputOn = false}, answer.reply());
        QTRY_COMPARE(answer.texts, (QStringList{"ok", "ok", "ok"}));
        QFile heard(folder.filePath("heard"));
        QVERIFY(heard.open(QIODevice::ReadOnly));
        QCOMPARE(heard.readAll(), QByteArray("4711 off on\n4711 on off\n"));
    }

    void anEndIsTold()
    {
        const QTemporaryDir folder;
        SoundSwitch sound(script(folder, "echo ready\nread line\necho gone >&2\nexit 1\n"));
        QSignalSpy ended(&sound, &SoundSwitch::ended);
        Answer answer;
        sound.start(answer.reply());
        QTRY_COMPARE(answer.texts.size(), 1);
        sound.set(1, {}, answer.reply());
        QTRY_COMPARE(answer.texts.size(), 2);
        QVERIFY2(answer.texts.last().contains("gone"), qPrintable(answer.texts.last()));
        QCOMPARE(ended.size(), 1);
        QVERIFY(!sound.isUsable());
    }

    void whoIsSilentIsGivenUp()
    {
        const QTemporaryDir folder;
        SoundSwitch sound(script(folder, "exec sleep 1000\n"));
        sound.setPatience(std::chrono::milliseconds(50));
        Answer answer;
        sound.start(answer.reply());
        QTRY_COMPARE(answer.texts.size(), 1);
        QVERIFY(answer.texts.first().contains("did not answer"));
    }

    void aProgramThatIsMissing()
    {
        SoundSwitch sound("/nowhere/vitrine-sound");
        Answer answer;
        sound.start(answer.reply());
        QTRY_COMPARE(answer.texts.size(), 1);
        QVERIFY(answer.texts.first().contains("cannot be run"));
    }

    void streamsAreMuted()
    {
        SoundServer server;
        if (!server.start())
            QSKIP("PulseAudio is not installed (packages pulseaudio, pulseaudio-utils)");
        SoundSwitch sound(VITRINE_SOUND_PROGRAM);
        Answer answer;
        sound.start(answer.reply());
        QTRY_COMPARE_WITH_TIMEOUT(answer.texts, QStringList{"ok"}, 10000);

        QProcess player;
        player.start("pacat", {"--raw", "/dev/zero"});
        QProcess other;
        other.start("pacat", {"--raw", "/dev/zero"});
        QProcess listener;
        listener.setStandardOutputFile(QProcess::nullDevice());
        QVERIFY(player.waitForStarted() && other.waitForStarted());
        const auto output = [](const QProcess &process) {
            return SoundServer::mute("sink-inputs", process.processId());
        };
        QTRY_COMPARE_WITH_TIMEOUT(output(player), QString("no"), 10000);
        QTRY_COMPARE_WITH_TIMEOUT(output(other), QString("no"), 10000);
        sound.set(player.processId(), {.isOutputOn = false}, answer.reply());
        QTRY_COMPARE(answer.texts.size(), 2);
        QCOMPARE(answer.texts.last(), "ok");
        QCOMPARE(output(player), "yes");
        QCOMPARE(output(other), "no"); // somebody else's
        sound.set(player.processId(), {.isOutputOn = true}, answer.reply());
        QTRY_COMPARE(answer.texts.size(), 3);
        QCOMPARE(output(player), "no");
        player.kill();
        player.waitForFinished();

        // A recording one that is switched off before it comes: the shell becomes it.
        listener.start("sh", {"-c", "read go; exec parec --device=@DEFAULT_MONITOR@ --raw"});
        QVERIFY(listener.waitForStarted());
        sound.set(listener.processId(), {.isInputOn = false}, answer.reply());
        QTRY_COMPARE(answer.texts.size(), 4);
        listener.write("go\n");
        QTRY_COMPARE_WITH_TIMEOUT(SoundServer::mute("source-outputs", listener.processId()),
                                  QString("yes"), 10000);
        listener.kill();
        listener.waitForFinished();
        other.kill();
        other.waitForFinished();

        QSignalSpy ended(&sound, &SoundSwitch::ended);
        server.stop();
        QTRY_COMPARE(ended.size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestSoundSwitch)
#include "tst_sound_switch.moc"
