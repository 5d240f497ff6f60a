// SPDX-License-Identifier: GPL-3.0-or-later
// Shared folders over a Vm that has no guest; the servers are a script.
#include "engine/drivers/kvm_shares.h"
#include "tests/support/fake_vm.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <algorithm>
#include <csignal>

using namespace engine;
using namespace std::chrono_literals;

namespace {

// Says that the folder is mounted when there is a file "mounted" in it, and waits to be ended.
const char Server[] = R"(#!/bin/sh
while [ $# -gt 1 ]; do
    [ "$1" = --folder ] && folder=$2
    shift
done
[ -e "$folder/mounted" ] && echo mounted
echo $$ > "$folder/.pid.new" && mv "$folder/.pid.new" "$folder/pid"
exec tail -f /dev/null
)";

class Quiet final : public VmEvents
{
public:
    void stopped(VmStop, const std::string &, const std::string &) override { }
    void problemRaised(const VmProblem &) override { }
    void wasReset() override { }
    void mediumEjected(unsigned) override { }
};

struct Fixture
{
    explicit Fixture(std::chrono::milliseconds shortestLife = 0ms)
    {
        QFile script(folder.filePath("server"));
        check(script.open(QIODevice::WriteOnly), "no script");
        script.write(Server);
        script.setPermissions(script.permissions() | QFile::ExeOwner);
        script.close();
        options = {
            .program = folder.filePath("server"), .shortestLife = shortestLife, .patience = 1h};
    }
    ~Fixture()
    {
        if (shares)
            shares->setVm(nullptr);
    }
    SharedFolder add(const QString &name, bool isMounted = false)
    {
        check(QDir(folder.path()).mkpath(name), "no folder");
        if (isMounted)
            check(QFile(folder.filePath(name + "/mounted")).open(QIODevice::WriteOnly), "no file");
        folders.append({.name = name, .path = folder.filePath(name)});
        return folders.last();
    }
    void start()
    {
        QList<KvmFolderPlace> places;
        for (const SharedFolder &each : folders)
            places.append({.place = unsigned(places.size()), .folder = each});
        shares = std::make_unique<KvmShares>(folder.path(), places, options);
        QObject::connect(shares.get(), &KvmShares::noticed,
                         [this](const QString &text) { notices.append(text); });
        VmConfig config;
        config.sharedFolders = shares->cards();
        config.folderEvents = shares->events();
        vm = std::make_unique<fakes::FakeVm>(machine, std::move(config), events);
        shares->setVm(vm.get());
        shares->setRunning(true);
    }
    int timesSeen(const std::string &call) const
    {
        const std::vector<std::string> calls = machine.seen();
        return int(std::count(calls.begin(), calls.end(), call));
    }
    // What came of the next command.
    KvmShares::Reply reply()
    {
        answer.clear();
        return [this](const Result<> &result) {
            answer = result ? QString("ok") : QString::fromStdString(result.error().text());
        };
    }
    void release(unsigned place) { machine.config.folderEvents.released(place); }
    qint64 serverOf(const QString &name) const
    {
        QFile file(folder.filePath(name + "/pid"));
        return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().toLongLong() : 0;
    }
    // Once it runs.
    void kill(const QString &name)
    {
        check(QTest::qWaitFor([&] { return serverOf(name) != 0; }, 20000), "no server");
        const qint64 process = serverOf(name);
        QFile::remove(folder.filePath(name + "/pid"));
        ::kill(pid_t(process), SIGKILL);
    }

    QTemporaryDir folder{QDir::tempPath() + "/kvm-shares-XXXXXX"};
    KvmSharesOptions options;
    QList<SharedFolder> folders;
    fakes::FakeMachine machine;
    Quiet events;
    std::unique_ptr<fakes::FakeVm> vm;
    std::unique_ptr<KvmShares> shares;
    QStringList notices;
    QString answer;
};

} // namespace

class TestKvmShares : public QObject
{
    Q_OBJECT
private slots:
    void everyFolderHasACardAndAServer()
    {
        Fixture f;
        f.add("music");
        f.add("films");
        f.start();
        QCOMPARE(f.machine.config.sharedFolders.size(), std::size_t(2));
        QCOMPARE(f.machine.config.sharedFolders[1].tag, std::string("films"));
        QCOMPARE(f.machine.config.sharedFolders[1].place, 1u);
        QVERIFY(f.machine.has("folder 0"));
        QVERIFY(f.machine.has("folder 1"));
        QTRY_VERIFY(f.serverOf("music") != 0 && f.serverOf("films") != 0);
        QCOMPARE(f.shares->uses().size(), 2);
        QVERIFY(f.shares->uses().first().trouble.isEmpty());
    }

    void aMissingFolderIsTroubleOfItsOwn()
    {
        Fixture f;
        f.folders.append({.name = "gone", .path = f.folder.filePath("nowhere")});
        f.add("music");
        f.start();
        QVERIFY(f.shares->uses().at(0).trouble.contains("is missing"));
        QVERIFY(f.shares->uses().at(1).trouble.isEmpty());
        QVERIFY(!f.machine.has("folder 0"));
        QVERIFY(f.machine.has("folder 1"));
    }

    void aResetGuestHasNothingMounted()
    {
        Fixture f;
        f.add("music", true);
        f.start();
        QTRY_VERIFY(f.shares->uses().first().isMounted);
        f.shares->guestWasReset();
        QVERIFY(!f.shares->uses().first().isMounted);
    }

    void aServerThatEndsIsReplaced()
    {
        Fixture f;
        f.add("music", true);
        f.start();
        QTRY_VERIFY(f.shares->uses().first().isMounted);
        QFile::remove(f.folder.filePath("music/mounted"));
        f.kill("music");
        QTRY_COMPARE(f.notices.size(), 1);
        QVERIFY2(f.notices.first().contains("another one has taken its place"),
                 qPrintable(f.notices.first()));
        QVERIFY(f.machine.has("no folder 0"));
        QTRY_VERIFY(f.serverOf("music") != 0);
        QVERIFY(!f.shares->uses().first().isMounted);
        QVERIFY(f.shares->uses().first().trouble.isEmpty());
    }

    void aServerThatEndsAtOnceIsNot()
    {
        Fixture f(1h);
        f.add("music");
        f.start();
        f.kill("music");
        QTRY_COMPARE(f.notices.size(), 1);
        QVERIFY(f.notices.first().contains("out of the guest's reach"));
        QVERIFY(f.shares->uses().first().trouble.contains("signal 9"));
        QVERIFY(f.machine.has("no folder 0"));
    }

    void aFolderComesAndGoesAgain()
    {
        Fixture f;
        f.add("music");
        f.start();
        const SharedFolder films = f.add("films");
        f.shares->attach(films, f.reply());
        QTRY_COMPARE(f.answer, QString("ok"));
        // Its server first, then the card: the guest looks at once.
        const std::vector<std::string> calls = f.machine.seen();
        const auto at = [&calls](const char *call) {
            return std::find(calls.begin(), calls.end(), call);
        };
        QVERIFY(at("folder 1") < at("plug films in 1") && at("plug films in 1") != calls.end());
        QCOMPARE(f.shares->uses().size(), 2);
        QCOMPARE(f.shares->places().at(1).folder, films);
        f.shares->attach(films, f.reply());
        QTRY_VERIFY(f.answer.contains("already"));

        f.answer.clear();
        f.shares->detach("music", f.reply());
        QVERIFY(f.machine.has("unplug 0"));
        QCOMPARE(f.shares->uses().size(), 1); // nobody hears of it any more
        QCOMPARE(f.shares->places().size(), 2); // but the guest has it
        QVERIFY(f.shares->places().first().isUnwanted);
        QTest::qWait(20);
        QVERIFY(f.answer.isEmpty());
        f.release(0);
        QTRY_COMPARE(f.answer, QString("ok"));
        QVERIFY(f.machine.has("no folder 0"));
        QCOMPARE(f.shares->places().size(), 1);
        // Its place is free.
        f.shares->attach(f.add("games"), f.reply());
        QTRY_COMPARE(f.answer, QString("ok"));
        QVERIFY(f.machine.has("plug games in 0"));
        QVERIFY(f.notices.isEmpty());
        f.shares->detach("nothing", f.reply());
        QTRY_COMPARE(f.answer, QString("ok"));
    }

    void aGuestThatDoesNotReactLosesItAllTheSame()
    {
        Fixture f;
        f.options.patience = 50ms;
        f.add("music");
        f.start();
        QTRY_VERIFY(f.serverOf("music") != 0);
        const pid_t server = pid_t(f.serverOf("music"));
        f.shares->detach("music", f.reply());
        QTRY_COMPARE(f.answer, QString("ok"));
        QCOMPARE(f.notices.size(), 1);
        QVERIFY(f.notices.first().contains("did not react"));
        QVERIFY(f.machine.has("no folder 0"));
        QTRY_VERIFY(::kill(server, 0) != 0);
        // The guest has the card, so another folder gets another place.
        f.shares->attach(f.add("films"), f.reply());
        QTRY_COMPARE(f.answer, QString("ok"));
        QVERIFY(f.machine.has("plug films in 1"));
        f.release(0); // late
        QTRY_COMPARE(f.shares->places().size(), 1);
        QCOMPARE(f.notices.size(), 1);
    }

    void thereAreSoManyPlaces()
    {
        Fixture f;
        for (unsigned i = 0; i < VmSharedFolder::MaxPlaces; ++i)
            f.add(QString("folder%1").arg(i));
        f.start();
        f.shares->attach(f.add("more"), f.reply());
        QTRY_VERIFY(f.answer.contains("at most 8 shared folders"));
        f.shares->attach({.name = "gone", .path = f.folder.filePath("nowhere")}, f.reply());
        QTRY_VERIFY(f.answer.contains("at most 8"));
    }

    void aMissingFolderIsNotPlugged()
    {
        Fixture f;
        f.start();
        f.shares->attach({.name = "gone", .path = f.folder.filePath("nowhere")}, f.reply());
        QTRY_VERIFY(f.answer.contains("could not be given"));
        QVERIFY(f.answer.contains("is missing"));
        QVERIFY(f.shares->uses().isEmpty());
        QVERIFY(!f.machine.has("plug gone in 0"));
    }

    void aCardThatTheGuestThrowsOutIsTrouble()
    {
        Fixture f;
        const SharedFolder music = f.add("music", true);
        f.start();
        QTRY_VERIFY(f.shares->uses().first().isMounted);
        f.release(0);
        QTRY_VERIFY(f.shares->uses().first().trouble.contains("removed its card"));
        QVERIFY(!f.shares->uses().first().isMounted);
        QVERIFY(f.shares->places().isEmpty());
        f.shares->attach(music, f.reply());
        QTRY_COMPARE(f.answer, QString("ok"));
        QCOMPARE(f.shares->uses().size(), 1);
        QVERIFY(f.shares->uses().first().trouble.isEmpty());
    }

    void theEndAnswersWhoWaits()
    {
        Fixture f;
        f.add("music");
        f.start();
        f.shares->detach("music", f.reply());
        f.shares->setVm(nullptr);
        QTRY_COMPARE(f.answer, QString("ok"));
        f.shares->attach(f.folders.first(), f.reply());
        QTRY_VERIFY(f.answer.contains("has ended"));
    }

    void aServerThatTheVmGivesUpIsEnded()
    {
        Fixture f(1h);
        f.add("music");
        f.start();
        QTRY_VERIFY(f.serverOf("music") != 0);
        f.vm->disconnectFolder(0); // as it does before it says so
        f.machine.config.folderEvents.serverLost(0, Error(ErrorKind::Io, "it does not answer"));
        QTRY_COMPARE(f.notices.size(), 1);
        QVERIFY(!f.shares->uses().first().trouble.isEmpty());
    }

    // A server's end is told twice, and the Vm's word may come when there is another one.
    void whatIsSaidOfTheServerBeforeHurtsNoOther()
    {
        Fixture f;
        f.add("music");
        f.start();
        f.kill("music");
        QTRY_VERIFY(f.serverOf("music") != 0);
        const pid_t second = pid_t(f.serverOf("music"));
        f.machine.config.folderEvents.serverLost(0, Error(ErrorKind::Io, "it closed"));
        QTest::qWait(50);
        QCOMPARE(::kill(second, 0), 0);
        QCOMPARE(f.timesSeen("folder 0"), 2);
        QVERIFY(f.shares->uses().first().trouble.isEmpty());
    }

    // The guest would refuse the second.
    void aNameIsOneCardsOnly()
    {
        Fixture f;
        const SharedFolder music = f.add("music");
        f.start();
        f.shares->detach("music", {});
        f.shares->attach(music, f.reply());
        QTRY_VERIFY2(f.answer.contains("has not let go"), qPrintable(f.answer));
        QVERIFY(!f.machine.has("plug music in 1"));
        f.release(0);
        QTRY_VERIFY(f.shares->places().isEmpty());
        f.shares->attach(music, f.reply());
        QTRY_COMPARE(f.answer, QString("ok"));
        QVERIFY(f.machine.has("plug music in 0"));
    }

    // One that was starting has lost the event.
    void aGuestIsReminded()
    {
        Fixture f;
        f.options.reminder = 10ms;
        f.add("music");
        f.start();
        QTest::qWait(30);
        QVERIFY(!f.machine.has("unplug 0"));
        f.shares->detach("music", f.reply());
        QTRY_VERIFY(f.timesSeen("unplug 0") > 2);
        f.shares->setRunning(false);
        const int before = f.timesSeen("unplug 0");
        QTest::qWait(50);
        QCOMPARE(f.timesSeen("unplug 0"), before);
        f.shares->setRunning(true);
        QVERIFY(f.timesSeen("unplug 0") > before);
        f.release(0);
        QTRY_COMPARE(f.answer, QString("ok"));
        const int atTheEnd = f.timesSeen("unplug 0");
        QTest::qWait(50);
        QCOMPARE(f.timesSeen("unplug 0"), atTheEnd);
    }

    void aGuestThatStandsStillHasTime()
    {
        Fixture f;
        f.options.patience = 20ms;
        f.add("music");
        f.add("films");
        f.start();
        f.shares->setRunning(false);
        f.shares->detach("music", f.reply());
        QTest::qWait(100);
        QVERIFY(f.answer.isEmpty());
        QVERIFY(!f.machine.has("no folder 0"));
        // It is saved: what has to go is gone before, and no other.
        f.shares->endUnwanted();
        QVERIFY(f.machine.has("no folder 0"));
        QVERIFY(!f.machine.has("no folder 1"));
        QVERIFY(f.notices.isEmpty());
        f.shares->setRunning(true);
        QTRY_COMPARE(f.answer, QString("ok"));
        QCOMPARE(f.notices.size(), 1);
    }

    void whoAsksTwiceWaitsAsLong()
    {
        Fixture f;
        f.add("music");
        f.start();
        f.shares->detach("music", {});
        f.shares->detach("music", f.reply());
        QTest::qWait(20);
        QVERIFY(f.answer.isEmpty());
        f.release(0);
        QTRY_COMPARE(f.answer, QString("ok"));
        QCOMPARE(f.timesSeen("unplug 0"), 1);
    }

    void aFolderThatCannotComeBackIsStillTrouble()
    {
        Fixture f;
        SharedFolder music = f.add("music");
        f.start();
        f.release(0);
        QTRY_VERIFY(!f.shares->uses().first().trouble.isEmpty());
        music.path = f.folder.filePath("nowhere");
        f.shares->attach(music, f.reply());
        QTRY_VERIFY(f.answer.contains("is missing"));
        QCOMPARE(f.shares->uses().size(), 1);
        QVERIFY(f.shares->uses().first().trouble.contains("removed its card"));
    }
};

QTEST_GUILESS_MAIN(TestKvmShares)
#include "tst_kvm_shares.moc"
