// SPDX-License-Identifier: GPL-3.0-or-later
// Shared folders against a QEMU and a vitrine-share that the test plays.
#include "engine/drivers/qemu_shares.h"
#include "engine/drivers/qmp_client.h"
#include "tests/support/fake_qmp_server.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>

#include <signal.h>

using namespace engine;
using namespace std::chrono_literals;

namespace {

constexpr int Patience = 20000;

// Says that the folder is mounted when there is a file "mounted" in it, and waits to be ended.
const char Server[] = R"(#!/bin/sh
while [ $# -gt 1 ]; do
    [ "$1" = --folder ] && folder=$2
    shift
done
echo $$ > "$folder/.pid.new" && mv "$folder/.pid.new" "$folder/pid"
[ -e "$folder/mounted" ] && echo mounted
exec tail -f /dev/null
)";

struct Fixture
{
    explicit Fixture(QemuSharesOptions options = {})
        : client(qmp.takeClientEnd())
    {
        QFile script(path("server"));
        check(script.open(QIODevice::WriteOnly), "no script");
        script.write(Server);
        script.setPermissions(script.permissions() | QFile::ExeOwner);
        script.close();
        options.program = path("server");
        shares = std::make_unique<QemuShares>(folder.path(), options);
        definition.sharedFolders = {};
        shares->setDefinition(definition);
        qmp.greet();
        check(QTest::qWaitFor([this] { return client.isReady(); }, Patience), "no QMP");
        shares->setClient(&client);
        QObject::connect(shares.get(), &QemuShares::noticed,
                         [this](const QString &text) { notices.append(text); });
    }
    ~Fixture() { shares->setClient(nullptr); }

    QString path(const QString &name) const { return folder.filePath(name); }
    SharedFolder makeFolder(const QString &name) const
    {
        check(QDir(folder.path()).mkpath(name), "no folder");
        return {.name = name, .path = path(name)};
    }
    Driver::Reply reply()
    {
        answer.clear();
        return [this](const Result<> &result) {
            answer = result ? QStringLiteral("ok") : QString::fromStdString(result.error().text());
        };
    }
    // The next request, which has to be this one; its arguments.
    QJsonObject expect(const char *command)
    {
        if (!QTest::qWaitFor([this] { return !qmp.requests.isEmpty(); }, Patience))
            return {};
        last = qmp.requests.takeFirst();
        if (last["execute"] != QLatin1String(command)) {
            qWarning("%s came instead of %s", qPrintable(last["execute"].toString()), command);
            return {};
        }
        return last["arguments"].toObject();
    }
    void succeed() { answerLast("\"return\":{}"); }
    void fail() { answerLast("\"error\":{\"class\":\"GenericError\",\"desc\":\"no room\"}"); }
    void answerLast(const QByteArray &what)
    {
        qmp.send("{" + what + ",\"id\":" + QByteArray::number(last["id"].toInt()) + "}\n");
    }
    // Its device's id; it is there when this returns.
    QString plug(const SharedFolder &shared)
    {
        shares->attach(shared, reply());
        const QString id = finishPlugging();
        check(QTest::qWaitFor([this] { return answer == QLatin1String("ok"); }, Patience),
              "not plugged");
        return id;
    }
    QString finishPlugging()
    {
        expect("chardev-add");
        succeed();
        const QString id = expect("device_add")["id"].toString();
        succeed();
        return id;
    }
    qint64 serverOf(const QString &name) const
    {
        QFile file(path(name + "/pid"));
        return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().toLongLong() : 0;
    }

    QTemporaryDir folder{QDir::tempPath() + "/shares-XXXXXX"};
    FakeQmpServer qmp;
    QmpClient client;
    MachineDefinition definition;
    std::unique_ptr<QemuShares> shares;
    QString answer;
    QStringList notices;
    QJsonObject last;
};

} // namespace

class TestQemuShares : public QObject
{
    Q_OBJECT
private slots:
    void aFolderComesAndGoes();
    void aMissingFolderIsRefused();
    void atTheStartAMissingFolderIsLeftOut();
    void aCardThatDoesNotFitLeavesNothing();
    void aMachineHasSoManyPlaces();
    void aGuestThatDoesNotReactLosesTheFolder();
    void allAreTakenAwayOrNone();
    void whatWasTakenAwayComesBack();
    void aMountedFolderKeepsAMachineFromBeingSaved();
    void aServerThatEndsIsSaidAndStartedAnew();
    void aServerThatEndsAtOnceIsNot();
    void theEndAnswersWhoWaits();
};

void TestQemuShares::aFolderComesAndGoes()
{
    Fixture fixture;
    const SharedFolder music = fixture.makeFolder("music");
    fixture.shares->attach(music, fixture.reply());
    const QJsonObject end = fixture.expect("chardev-add");
    const QString socket = end["backend"]["data"]["addr"]["data"]["path"].toString();
    QVERIFY(QFile::exists(socket));
    QCOMPARE(end["backend"]["data"]["server"], QJsonValue(false));
    fixture.succeed();
    const QJsonObject card = fixture.expect("device_add");
    QCOMPARE(card["driver"].toString(), "vhost-user-fs-pci");
    QCOMPARE(card["chardev"], end["id"]);
    QCOMPARE(card["bus"].toString(), "share-port0");
    QCOMPARE(card["tag"].toString(), "music");
    fixture.succeed();
    QTRY_COMPARE(fixture.answer, "ok");
    QCOMPARE(fixture.shares->uses().size(), 1);
    QCOMPARE(fixture.shares->uses().first().folder, music);
    QVERIFY(fixture.shares->hasCards());

    fixture.shares->attach(music, fixture.reply());
    QVERIFY(fixture.answer.contains("already"));

    fixture.shares->detach("music", fixture.reply());
    QCOMPARE(fixture.expect("device_del")["id"], card["id"]);
    fixture.succeed();
    QVERIFY(fixture.shares->uses().isEmpty());
    QVERIFY(fixture.answer.isEmpty()); // the guest has it still
    QVERIFY(!fixture.shares->deviceDeleted("nic0"));
    QVERIFY(fixture.shares->deviceDeleted(card["id"].toString()));
    QTRY_COMPARE(fixture.answer, "ok");
    QCOMPARE(fixture.expect("chardev-remove")["id"], end["id"]);
    fixture.fail(); // not free yet
    QCOMPARE(fixture.expect("chardev-remove")["id"], end["id"]);
    fixture.succeed();
    QTRY_VERIFY(!QFile::exists(socket));
    QVERIFY(!fixture.shares->hasCards());
}

void TestQemuShares::aMissingFolderIsRefused()
{
    Fixture fixture;
    fixture.shares->attach({.name = "x", .path = fixture.path("nowhere")}, fixture.reply());
    QTRY_VERIFY(fixture.answer.contains("there is no folder"));
    QVERIFY(fixture.shares->uses().isEmpty());
    QVERIFY(fixture.qmp.requests.isEmpty());
}

void TestQemuShares::atTheStartAMissingFolderIsLeftOut()
{
    Fixture fixture;
    fixture.definition.sharedFolders = {{.name = "gone", .path = fixture.path("nowhere")},
                                        fixture.makeFolder("here")};
    fixture.shares->setDefinition(fixture.definition);
    const QList<ShareLaunch> launches = fixture.shares->serveAtStart();
    QCOMPARE(launches.size(), 1);
    QCOMPARE(launches.first().tag, "here");
    QVERIFY(QFile::exists(launches.first().socket));
    const QList<FolderUse> uses = fixture.shares->uses();
    QCOMPARE(uses.size(), 2);
    QVERIFY(uses.at(0).trouble.contains("there is no folder"));
    QVERIFY(uses.at(1).trouble.isEmpty());
    QVERIFY(fixture.shares->whyNotSaved().isEmpty());
    // Made meanwhile, it can be added.
    fixture.makeFolder("nowhere");
    fixture.plug(fixture.definition.sharedFolders.first());
    QTRY_COMPARE(fixture.answer, "ok");
    QCOMPARE(fixture.shares->uses().size(), 2);
}

void TestQemuShares::aCardThatDoesNotFitLeavesNothing()
{
    Fixture fixture;
    fixture.shares->attach(fixture.makeFolder("music"), fixture.reply());
    fixture.expect("chardev-add");
    fixture.succeed();
    fixture.expect("device_add");
    fixture.fail();
    QTRY_VERIFY(fixture.answer.contains("\"music\""));
    QVERIFY(fixture.answer.contains("no room"));
    QVERIFY(!fixture.expect("chardev-remove").isEmpty());
    QVERIFY(fixture.shares->uses().isEmpty());
}

void TestQemuShares::aMachineHasSoManyPlaces()
{
    Fixture fixture;
    for (int i = 0; i < MachineDefinition::MaxSharedFolders; ++i) {
        fixture.plug(fixture.makeFolder(QString::number(i)));
        QTRY_COMPARE(fixture.answer, "ok");
    }
    fixture.shares->attach(fixture.makeFolder("more"), fixture.reply());
    QTRY_VERIFY(fixture.answer.contains("at most 8"));
}

void TestQemuShares::aGuestThatDoesNotReactLosesTheFolder()
{
    Fixture fixture({.patience = 1ms});
    fixture.plug(fixture.makeFolder("music"));
    QTRY_VERIFY(fixture.serverOf("music") > 0);
    fixture.shares->detach("music", fixture.reply());
    fixture.expect("device_del");
    fixture.succeed();
    QTRY_COMPARE(fixture.answer, "ok");
    QVERIFY(fixture.notices.value(0).contains("did not react"));
    QVERIFY(::kill(pid_t(fixture.serverOf("music")), 0) != 0); // it can be reached no more
    QVERIFY(fixture.shares->uses().isEmpty());
    QVERIFY(fixture.shares->whyNotSaved().contains("music"));
    // Its place is not free, its name is.
    fixture.shares->attach(fixture.makeFolder("music"), fixture.reply());
    fixture.expect("chardev-add");
    fixture.succeed();
    QCOMPARE(fixture.expect("device_add")["bus"].toString(), "share-port1");
}

void TestQemuShares::allAreTakenAwayOrNone()
{
    Fixture fixture({.patience = 50ms});
    const QString first = fixture.plug(fixture.makeFolder("one"));
    const QString second = fixture.plug(fixture.makeFolder("two"));
    QTRY_COMPARE(fixture.answer, "ok");
    fixture.shares->takeAway(fixture.reply());
    QCOMPARE(fixture.expect("device_del")["id"].toString(), first);
    fixture.succeed();
    QCOMPARE(fixture.expect("device_del")["id"].toString(), second);
    fixture.succeed();
    fixture.shares->deviceDeleted(first);
    QTRY_VERIFY(fixture.answer.contains("does not let go"));
    fixture.expect("chardev-remove");
    fixture.succeed();
    const QString again = fixture.finishPlugging();
    QVERIFY(again != first);
    QTRY_COMPARE(fixture.shares->uses().size(), 2);
    // The guest thinks better of it, late: it gets that one back, too.
    fixture.shares->deviceDeleted(second);
    fixture.expect("chardev-remove");
    fixture.succeed();
    QVERIFY(!fixture.finishPlugging().isEmpty());
}

void TestQemuShares::whatWasTakenAwayComesBack()
{
    Fixture fixture;
    const QString first = fixture.plug(fixture.makeFolder("one"));
    QTRY_COMPARE(fixture.answer, "ok");
    fixture.shares->takeAway(fixture.reply());
    fixture.expect("device_del");
    fixture.succeed();
    fixture.shares->deviceDeleted(first);
    QTRY_COMPARE(fixture.answer, "ok");
    QVERIFY(!fixture.shares->hasCards());
    QCOMPARE(fixture.shares->uses().size(), 1); // it is the machine's all the same
    fixture.expect("chardev-remove");
    fixture.succeed();
    fixture.shares->bringBack();
    QVERIFY(!fixture.finishPlugging().isEmpty());
    QTRY_VERIFY(fixture.shares->hasCards());
}

void TestQemuShares::aMountedFolderKeepsAMachineFromBeingSaved()
{
    Fixture fixture;
    const SharedFolder music = fixture.makeFolder("music");
    QVERIFY(QFile(music.path + "/mounted").open(QIODevice::WriteOnly));
    QSignalSpy changed(fixture.shares.get(), &QemuShares::changed);
    fixture.plug(music);
    QTRY_VERIFY(fixture.shares->uses().value(0).isMounted);
    QVERIFY(!changed.isEmpty());
    QVERIFY(fixture.shares->whyNotSaved().contains("\"music\" mounted"));
    fixture.shares->guestWasReset();
    QVERIFY(fixture.shares->whyNotSaved().isEmpty());
}

void TestQemuShares::aServerThatEndsIsSaidAndStartedAnew()
{
    Fixture fixture({.shortestLife = 0s});
    const QString first = fixture.plug(fixture.makeFolder("music"));
    QTRY_VERIFY(fixture.serverOf("music") > 0);
    ::kill(pid_t(fixture.serverOf("music")), SIGKILL);
    QCOMPARE(fixture.expect("device_del")["id"].toString(), first);
    fixture.succeed();
    QVERIFY2(fixture.notices.value(0).contains("signal 9"), qPrintable(fixture.notices.value(0)));
    QVERIFY(fixture.notices.value(0).contains("The machine goes on"));
    QVERIFY(fixture.shares->uses().value(0).trouble.contains("signal 9"));
    QVERIFY(fixture.shares->whyNotSaved().contains("music"));
    fixture.shares->deviceDeleted(first);
    fixture.expect("chardev-remove");
    fixture.succeed();
    fixture.finishPlugging();
    QTRY_VERIFY(fixture.notices.value(1).contains("there again"));
    QVERIFY(fixture.shares->uses().value(0).trouble.isEmpty());
}

void TestQemuShares::aServerThatEndsAtOnceIsNot()
{
    Fixture fixture({.shortestLife = 3600s});
    const QString first = fixture.plug(fixture.makeFolder("music"));
    QTRY_VERIFY(fixture.serverOf("music") > 0);
    ::kill(pid_t(fixture.serverOf("music")), SIGKILL);
    fixture.expect("device_del");
    fixture.succeed();
    fixture.shares->deviceDeleted(first);
    fixture.expect("chardev-remove");
    fixture.succeed();
    QTRY_VERIFY(!fixture.shares->hasCards());
    QVERIFY(fixture.shares->uses().value(0).trouble.contains("signal 9"));
    QVERIFY(fixture.qmp.requests.isEmpty());
    // Somebody who wants it all the same gets it.
    fixture.plug(fixture.makeFolder("music"));
    QTRY_COMPARE(fixture.answer, "ok");
}

void TestQemuShares::theEndAnswersWhoWaits()
{
    Fixture fixture;
    fixture.plug(fixture.makeFolder("music"));
    QTRY_VERIFY(fixture.serverOf("music") > 0);
    fixture.shares->detach("music", fixture.reply());
    fixture.expect("device_del");
    const pid_t server = pid_t(fixture.serverOf("music"));
    fixture.shares->setClient(nullptr);
    QTRY_COMPARE(fixture.answer, "ok");
    QVERIFY(::kill(server, 0) != 0);
    fixture.succeed(); // too late for anybody
}

QTEST_GUILESS_MAIN(TestQemuShares)
#include "tst_qemu_shares.moc"
