// SPDX-License-Identifier: GPL-3.0-or-later
// A film of a machine's screen, as far as the machine's process has to do with it: the file's name,
// who makes it, and what everybody is told.
#include "engine/control/machine_recording.h"
#include "engine/control/sound_client.h"
#include "engine/machine/qt_text.h"
#include "tests/support/running_machine.h"

#include <QtCore/QDateTime>
#include <QtTest/QSignalSpy>

#include <sys/socket.h>

using namespace engine;
using Phase = RecordingStatus::Phase;

namespace {

struct Answer
{
    std::optional<Result<QString>> result;

    MachineRecording::Reply reply()
    {
        return [this](const Result<QString> &given) { result = given; };
    }
    QString text() const
    {
        return !result ? QStringLiteral("none") : *result ? **result : errorText(result->error());
    }
};

// A window without a picture, which says what a test wants it to say.
struct Window
{
    ControlClient client;
    QList<int> begun;
    QString file;
    RecordingSettings settings;
    QList<int> ended;

    explicit Window(const fakes::RunningMachine &machine, bool records = true)
    {
        QObject::connect(&client, &ControlClient::recordingWanted, &client,
                         [this](int number, const QString &path, const RecordingSettings &wanted) {
                             begun.append(number);
                             file = path;
                             settings = wanted;
                         });
        QObject::connect(&client, &ControlClient::recordingEndWanted, &client,
                         [this](int number) { ended.append(number); });
        client.connectTo(machine.socketPath());
        check(QTest::qWaitFor([this] { return client.isConnected(); }), "no connection");
        client.call("window.attach", {{"records", records}});
        check(QTest::qWaitFor([this] { return client.status().hasWindow; }), "no window");
    }
    void report(int number, Phase phase, const QString &trouble = {})
    {
        client.call(
            "recording.report",
            {{"number", number}, {"phase", recordingPhaseWord(phase)}, {"trouble", trouble}});
    }
};

// The program that makes a film where no window does.
struct FilmMaker
{
    ControlClient client;
    std::optional<bool> isAttached;
    QList<int> begun;
    QList<int> ended;
    QString file;

    explicit FilmMaker(const fakes::RunningMachine &machine)
    {
        QObject::connect(&client, &ControlClient::recordingWanted, &client,
                         [this](int number, const QString &path, const RecordingSettings &) {
                             begun.append(number);
                             file = path;
                         });
        QObject::connect(&client, &ControlClient::recordingEndWanted, &client,
                         [this](int number) { ended.append(number); });
        client.connectTo(machine.socketPath());
        check(QTest::qWaitFor([this] { return client.isConnected(); }), "no connection");
        client.call("window.attach", {{"records", true}, {"blind", true}},
                    [this](const Result<QJsonObject> &result) {
                        isAttached = result && (*result)["attached"].toBool();
                    });
        check(QTest::qWaitFor([this] { return isAttached.has_value(); }), "no answer");
    }
    void report(int number, Phase phase)
    {
        client.call("recording.report", {{"number", number}, {"phase", recordingPhaseWord(phase)}});
    }
};

struct Caller
{
    QString answer;

    ControlClient::Reply reply()
    {
        return [this](const Result<QJsonObject> &result) {
            answer = result ? (*result)["file"].toString() : errorText(result.error());
        };
    }
};

} // namespace

class TestMachineRecording final : public QObject
{
    Q_OBJECT
private slots:
    void aFilmNeverTakesTheNameOfAFile()
    {
        const QTemporaryDir folder;
        const QDateTime now(QDate(2026, 3, 4), QTime(5, 6, 7));
        const auto name = [&](const QString &wanted) -> QString {
            const Result<QString> file = filmFile(wanted, folder.path(), "a/b", now);
            return file ? file->mid(folder.path().size() + 1) : errorText(file.error());
        };
        const auto touch = [&](const QString &file) {
            QFile made(folder.filePath(file));
            check(made.open(QIODevice::WriteOnly), "cannot make a file");
        };
        QCOMPARE(name({}), "a-b 2026-03-04 05-06-07.webm");
        QCOMPARE(name("film"), "film.webm");
        QCOMPARE(name("film.WEBM"), "film.webm");
        touch("film.webm");
        QCOMPARE(name("film.webm"), "film (2).webm");
        touch("film (2).webm");
        QCOMPARE(name("film.webm"), "film (3).webm");
        QVERIFY(QFile::link("/nowhere/at/all", folder.filePath("link.webm")));
        QCOMPARE(name("link.webm"), "link (2).webm");
        const QTemporaryDir other;
        const Result<QString> absolute =
            filmFile(other.filePath("x.webm"), folder.path(), "a", now);
        QVERIFY_OK(absolute);
        QCOMPARE(*absolute, other.filePath("x.webm"));
        QVERIFY(name("none/film.webm").contains("no folder"));
    }

    void itBeginsAndEndsWhenTheWindowSaysSo()
    {
        MachineRecording recording;
        QSignalSpy begin(&recording, &MachineRecording::beginWanted);
        QSignalSpy end(&recording, &MachineRecording::endWanted);
        Answer none;
        recording.stop(none.reply());
        QVERIFY(none.text().contains("not being recorded"));
        Answer begun;
        recording.start({.framesPerSecond = 7}, "/a.webm", begun.reply());
        QCOMPARE(begin.size(), 1);
        QCOMPARE(recording.status().phase, Phase::Starting);
        QCOMPARE(begun.text(), "none");
        recording.report(recording.status().number, Phase::Running, {});
        QCOMPARE(begun.text(), "/a.webm");
        QVERIFY(recording.status().startedMs > 0);
        Answer second;
        recording.start({}, "/b.webm", second.reply());
        QVERIFY(second.text().contains("recorded already"));
        Answer ended;
        Answer endedToo;
        recording.stop(ended.reply());
        recording.stop(endedToo.reply());
        QCOMPARE(end.size(), 1);
        recording.report(recording.status().number - 1, Phase::Failed, "of another one");
        QCOMPARE(ended.text(), "none");
        recording.report(recording.status().number, Phase::Done, {});
        QCOMPARE(ended.text(), "/a.webm");
        QCOMPARE(endedToo.text(), "/a.webm");
        QCOMPARE(recording.status().phase, Phase::Done);
    }

    // The film of a run, which begins with the guest's first picture.
    void whatNobodyWaitsForMayTakeLongToBegin()
    {
        MachineRecording recording(std::chrono::milliseconds(1));
        Answer begun;
        recording.start({}, "/a.webm", begun.reply(), true);
        QTest::qWait(50);
        QCOMPARE(recording.status().phase, Phase::Starting);
        recording.report(1, Phase::Running, {});
        QCOMPARE(begun.text(), "/a.webm");
        recording.stop({});
        QTRY_COMPARE(recording.status().phase, Phase::Failed);
    }

    void whatGoesWrongIsSaid()
    {
        MachineRecording recording(std::chrono::milliseconds(1));
        Answer late;
        recording.start({}, "/a.webm", late.reply());
        QTRY_COMPARE(recording.status().phase, Phase::Failed);
        QVERIFY(late.text().contains("did not begin"));
        Answer full;
        recording.start({}, "/b.webm", full.reply());
        recording.report(2, Phase::Running, {});
        QCOMPARE(full.text(), "/b.webm");
        recording.report(2, Phase::Failed, "The disk is full");
        QCOMPARE(recording.status().trouble, "The disk is full");
        Answer gone;
        recording.start({}, "/c.webm", gone.reply());
        recording.report(3, Phase::Running, {});
        recording.makerGone("The window");
        QCOMPARE(recording.status().phase, Phase::Failed);
        QVERIFY(recording.status().trouble.contains("window"));
    }

    void oneWindowMakesItAndAllAreTold()
    {
        fakes::RunningMachine machine;
        machine.open();
        machine.driver().endpoint.kind = DisplayEndpoint::Kind::InProcess;
        Caller early;
        {
            ControlClient client;
            client.connectTo(machine.socketPath());
            QTRY_VERIFY(client.isConnected());
            client.call("recording.start", {}, early.reply());
            QTRY_VERIFY(early.answer.contains("has none now"));
        }
        Window window(machine);
        ControlClient other;
        other.connectTo(machine.socketPath());
        QTRY_VERIFY(other.isConnected());
        Caller start;
        other.call("recording.start", {{"file", "film"}, {"framesPerSecond", 10}}, start.reply());
        QTRY_COMPARE(window.begun, QList<int>{1});
        QCOMPARE(window.file, machine.entry().folder + "/film.webm");
        QCOMPARE(window.settings.framesPerSecond, 10);
        window.report(1, Phase::Running);
        QTRY_COMPARE(start.answer, window.file);
        QTRY_COMPARE(other.status().recording.phase, Phase::Running);
        QCOMPARE(other.status().recording.file, window.file);
        Caller stop;
        other.call("recording.stop", {}, stop.reply());
        QTRY_COMPARE(window.ended, QList<int>{1});
        window.report(1, Phase::Done);
        QTRY_COMPARE(stop.answer, window.file);
        QTRY_COMPARE(other.status().recording.phase, Phase::Done);

        Caller wrong;
        other.call("recording.start", {{"framesPerSecond", 0}}, wrong.reply());
        QTRY_VERIFY(wrong.answer.contains("framesPerSecond"));
        // A window that goes without a word has left half a film.
        other.call("recording.start", {}, start.reply());
        QTRY_COMPARE(window.begun.size(), 2);
        window.report(2, Phase::Running);
        QTRY_COMPARE(other.status().recording.phase, Phase::Running);
        window.client.disconnectFrom();
        QTRY_COMPARE(other.status().recording.phase, Phase::Failed);
    }

    void theDefinitionBeginsOneByItself()
    {
        MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        definition.recording.isOn = true;
        definition.recording.file = "always.webm";
        fakes::RunningMachine machine(definition);
        machine.open();
        machine.driver().endpoint.kind = DisplayEndpoint::Kind::InProcess;
        const Window window(machine);
        QTRY_COMPARE(window.begun, QList<int>{1});
        QVERIFY(window.file.endsWith("/always.webm"));

        // The window is there before the machine runs.
        fakes::RunningMachine later(definition);
        later.open("gui", false);
        later.driver().endpoint.kind = DisplayEndpoint::Kind::InProcess;
        const Window early(later);
        QVERIFY(early.begun.isEmpty());
        later.session().start();
        QTRY_COMPARE(early.begun, QList<int>{1});
    }

    void whatTheGuestPlaysIsHandedOver()
    {
        fakes::RunningMachine machine;
        machine.open();
        const auto ask = [&machine] {
            std::optional<Result<Fd>> answer;
            const SoundClient client(machine.socketPath(), [&answer](Result<Fd> socket) {
                answer = std::move(socket);
            });
            check(QTest::qWaitFor([&answer] { return answer.has_value(); }), "no answer");
            return std::move(*answer);
        };
        machine.driver().unsupported.insert(Feature::SoundTap, "It has no ears");
        const Result<Fd> none = ask();
        QVERIFY_ERROR(none, ErrorKind::Unsupported);
        QVERIFY(errorText(none.error()).contains("It has no ears"));

        Fd card;
        machine.driver().soundTap = [&card]() -> Result<Fd> {
            int ends[2] = {-1, -1};
            check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "sockets");
            card = Fd(ends[0]);
            return Fd(ends[1]);
        };
        const Result<Fd> sound = ask();
        QVERIFY_OK(sound);
        QCOMPARE(::send(card.get(), "tone", 4, 0), ssize_t(4));
        char heard[8] = {};
        QCOMPARE(::recv(sound->get(), heard, sizeof heard, MSG_DONTWAIT), ssize_t(4));
        QCOMPARE(QByteArray(heard), "tone");

        const QString nowhere = machine.socketPath() + "-not";
        std::optional<Result<Fd>> answer;
        const SoundClient lost(nowhere,
                               [&answer](Result<Fd> socket) { answer = std::move(socket); });
        QVERIFY(!answer); // not before it is made
        QTRY_VERIFY(answer);
        QVERIFY_ERROR(*answer, ErrorKind::Io);
    }

    void aProgramMakesItWhereNoWindowIs()
    {
        fakes::RunningMachine machine;
        machine.open("headless");
        machine.driver().endpoint.kind = DisplayEndpoint::Kind::Spice;
        int started = 0;
        machine.server().setFilmMaker(
            [&started] {
                ++started;
                return Result<>();
            },
            false);
        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        Caller start;
        client.call("recording.start", {}, start.reply());
        QTRY_COMPARE(started, 1);
        FilmMaker maker(machine);
        QVERIFY(*maker.isAttached);
        QTRY_COMPARE(maker.begun, QList<int>{1});
        maker.report(1, Phase::Running);
        QTRY_COMPARE(start.answer, maker.file);
        QVERIFY(!client.status().hasWindow);
        // One that nobody asked for.
        const FilmMaker uninvited(machine);
        QVERIFY(!*uninvited.isAttached);

        // This engine shows its picture in one place: a window takes it, and the film is whole.
        const Window window(machine);
        QTRY_COMPARE(maker.ended, QList<int>{1});
        maker.report(1, Phase::Done);
        QTRY_COMPARE(client.status().recording.phase, Phase::Done);
        client.call("recording.start", {}, start.reply());
        QTRY_COMPARE(window.begun, QList<int>{2});
        QCOMPARE(started, 1);
        QCOMPARE(maker.begun.size(), 1);
    }

    void aProgramThatDoesNotComeOrGoesIsTold()
    {
        fakes::RunningMachine machine;
        machine.open("headless");
        machine.driver().endpoint.kind = DisplayEndpoint::Kind::InProcess;
        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        machine.server().setFilmMaker(
            [] { return Result<>(makeError(ErrorKind::Io, QStringLiteral("no such program"))); },
            false);
        Caller start;
        client.call("recording.start", {}, start.reply());
        QTRY_VERIFY(start.answer.contains("no such program"));
        machine.server().setFilmMaker([] { return Result<>(); }, false);
        client.call("recording.start", {}, start.reply());
        QTRY_COMPARE(client.status().recording.phase, Phase::Starting);
        {
            FilmMaker maker(machine);
            maker.report(2, Phase::Running);
            QTRY_COMPARE(client.status().recording.phase, Phase::Running);
            // Others may look on meanwhile.
            const Window window(machine);
            QVERIFY(maker.ended.isEmpty());
            QCOMPARE(client.status().recording.phase, Phase::Running);
        }
        QTRY_COMPARE(client.status().recording.phase, Phase::Failed);
        QVERIFY(client.status().recording.trouble.contains("program"));
    }

    // While the program that was started for it is still on its way.
    void aWindowThatComesFirstMakesIt()
    {
        fakes::RunningMachine machine;
        machine.open("headless");
        machine.driver().endpoint.kind = DisplayEndpoint::Kind::Spice;
        machine.server().setFilmMaker([] { return Result<>(); }, false);
        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        Caller start;
        client.call("recording.start", {}, start.reply());
        QTRY_COMPARE(client.status().recording.phase, Phase::Starting);
        Window window(machine);
        QTRY_COMPARE(window.begun, QList<int>{1});
        const FilmMaker late(machine);
        QVERIFY(!*late.isAttached);
        window.report(1, Phase::Running);
        QTRY_COMPARE(start.answer, window.file);
    }

    void aRunWithoutAWindowIsFilmedToo()
    {
        MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        definition.recording.isOn = true;
        for (const bool isHeadless : {true, false}) {
            fakes::RunningMachine machine(definition);
            machine.open(isHeadless ? "headless" : "gui", false);
            machine.driver().endpoint.kind = DisplayEndpoint::Kind::InProcess;
            int started = 0;
            machine.server().setFilmMaker(
                [&started] {
                    ++started;
                    return Result<>();
                },
                isHeadless);
            machine.session().start();
            QTest::qWait(0);
            QCOMPARE(started, isHeadless ? 1 : 0);
        }
    }

    void aPlainWindowMakesNone()
    {
        fakes::RunningMachine machine;
        machine.open();
        machine.driver().endpoint.kind = DisplayEndpoint::Kind::InProcess;
        Window window(machine, false);
        Caller start;
        window.client.call("recording.start", {}, start.reply());
        QTRY_VERIFY(start.answer.contains("SDL"));
    }
};

QTEST_GUILESS_MAIN(TestMachineRecording)
#include "tst_machine_recording.moc"
