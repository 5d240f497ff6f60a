// SPDX-License-Identifier: GPL-3.0-or-later
// A running machine's guest from a client's side, over a real control socket: the agent is played
// by the test, which runs what it is asked to here.
#include "engine/control/guest_copy.h"
#include "engine/control/guest_program.h"
#include "tests/support/fake_guest.h"
#include "tests/support/running_machine.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtCore/QRandomGenerator>
#include <QtTest/QSignalSpy>

#include <unistd.h>

using namespace engine;
using namespace std::chrono_literals;

class TestMachineGuest final : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void theStatusTellsAddresses();
    void propertiesAreAsked();
    void withoutAnAgentThereAreNoProperties();
    void anAgentThatIsForbiddenToTellLeavesItOut();
    void programsRunAndSayHowTheyEnded();
    void longOutputComesInPieces();
    void aProgramThatTakesTooLongIsKilled();
    void aProgramThatDoesNotExistIsAnError();
    void foldersAreListedAsTheyAre();
    void foldersAreMadeMovedAndRemoved();
    void filesGoThereAndBack();
    void shortWritesAreRepeated();
    void foldersGoThereAndBack();
    void aCopyThatFailsLeavesNothing();
    void aCancelledCopyLeavesNothing();
    void aClientThatGoesLeavesNoFileOpen();
    void aPausedMachineIsNotAsked();
    void anEngineWithoutAPortSaysSo();

private:
    // Runs until the answer is there.
    template <class T>
    using Start = std::function<void(std::function<void(Result<T>)>)>;
    template <class T = void>
    static Result<T> wait(const std::type_identity_t<Start<T>> &start)
    {
        std::optional<Result<T>> answer;
        start([&](Result<T> result) { answer.emplace(std::move(result)); });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20000))
            return Error(ErrorKind::Io, "no answer came");
        return std::move(*answer);
    }
    Result<GuestOutcome> run(GuestCommand command)
    {
        GuestProgram program(*link, std::move(command));
        return wait<GuestOutcome>([&](auto reply) { program.run(reply); });
    }
    Result<GuestCopyResult> copy(GuestCopyOrder order)
    {
        GuestCopy copy(*link, std::move(order));
        return wait<GuestCopyResult>([&](auto reply) { copy.start(reply); });
    }
    QString make(const QString &name, const QByteArray &contents)
    {
        const QString path = machine->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        check(file.open(QIODevice::WriteOnly), "a file of the test's cannot be made");
        file.write(contents);
        return path;
    }
    static QByteArray contents(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }

    std::unique_ptr<fakes::FakeGuest> guest;
    std::unique_ptr<fakes::RunningMachine> machine;
    std::unique_ptr<ControlClient> client;
    std::unique_ptr<GuestLink> link;
    std::unique_ptr<GuestFiles> files;
};

void TestMachineGuest::init()
{
    guest = std::make_unique<fakes::FakeGuest>();
    machine = std::make_unique<fakes::RunningMachine>();
    machine->open("gui", false);
    machine->driver().agent = std::make_unique<GuestAgent>(guest->agent.opener());
    machine->session().start();
    machine->driver().agent->setPortOpen(true);
    client = std::make_unique<ControlClient>();
    client->connectTo(machine->socketPath());
    QTRY_COMPARE(client->status().guestAddresses, QStringList{"10.0.2.15"});
    link = std::make_unique<GuestLink>(*client);
    files = std::make_unique<GuestFiles>(*link);
}

void TestMachineGuest::cleanup()
{
    files.reset();
    link.reset();
    client.reset();
    machine.reset();
    guest.reset();
}

void TestMachineGuest::theStatusTellsAddresses()
{
    QVERIFY(client->status().hasGuestAgent);
    machine->driver().agent->setPortOpen(false); // the guest shuts down
    QTRY_VERIFY(!client->status().hasGuestAgent);
    QVERIFY(client->status().guestAddresses.isEmpty());
}

void TestMachineGuest::propertiesAreAsked()
{
    guest->interfaces = {
        QJsonObject{{"name", "eth0"},
                    {"hardware-address", "52:54:00:12:34:56"},
                    {"ip-addresses", fakes::FakeGuest::addresses("10.0.2.99", 24)}}};
    const auto value = [this](const QString &name) {
        const auto answer =
            wait<QJsonObject>([this](auto reply) { client->call("guest.properties", {}, reply); });
        if (!answer)
            return QString::fromStdString(answer.error().text());
        for (const QJsonValue &one : (*answer)["properties"].toArray())
            if (one["name"].toString() == name)
                return one["value"].toString();
        return QString();
    };
    QTRY_COMPARE(value("/VirtualBox/GuestInfo/Net/0/V4/IP"), "10.0.2.99");
    QCOMPARE(value("/VirtualBox/GuestInfo/OS/LoggedInUsersList"), "root,eva");
    QCOMPARE(value("/VirtualBox/GuestInfo/OS/Release"), "6.1.0-18-amd64");
}

void TestMachineGuest::withoutAnAgentThereAreNoProperties()
{
    machine->driver().agent->setPortOpen(false);
    const auto answer =
        wait<QJsonObject>([this](auto reply) { client->call("guest.properties", {}, reply); });
    QVERIFY_OK(answer);
    QVERIFY((*answer)["properties"].toArray().isEmpty());
    const auto outcome = run({.program = "true"});
    QVERIFY_ERROR(outcome, ErrorKind::NotFound);
}

void TestMachineGuest::anAgentThatIsForbiddenToTellLeavesItOut()
{
    guest->forbidden = {"guest-get-users", "guest-get-osinfo"};
    machine->driver().agent->setPortOpen(false);
    machine->driver().agent->setPortOpen(true);
    QTRY_COMPARE(client->status().guestAddresses, QStringList{"10.0.2.15"});
    QCOMPARE(run({.program = "echo", .arguments = {"hello"}})->output, "hello\n");
}

void TestMachineGuest::programsRunAndSayHowTheyEnded()
{
    auto outcome = run({.program = "/bin/sh",
                        .arguments = {"-c", "cat; echo \"$A in $(pwd)\"; echo oh >&2; exit 3"},
                        .environment = {"A=1 2"},
                        .folder = "/",
                        .input = QByteArray("in\0put", 6)});
    QVERIFY_OK(outcome);
    QCOMPARE(outcome->end, GuestOutcome::End::Exited);
    QCOMPARE(outcome->code, 3);
    QCOMPARE(outcome->output, QByteArray("in\0put", 6) + "1 2 in /\n");
    QCOMPARE(outcome->errors, "oh\n");

    outcome = run({.program = "/bin/sh", .arguments = {"-c", "kill -15 $$"}});
    QVERIFY_OK(outcome);
    QCOMPARE(outcome->end, GuestOutcome::End::Killed);
    QCOMPARE(outcome->code, 15);
}

void TestMachineGuest::longOutputComesInPieces()
{
    // Base64 of it is more than one message of the control socket may hold.
    const auto outcome = run({.program = "head", .arguments = {"-c", "3000000", "/dev/zero"}});
    QVERIFY_OK(outcome);
    QCOMPARE(outcome->output, QByteArray(3000000, '\0'));
}

void TestMachineGuest::aProgramThatTakesTooLongIsKilled()
{
    const auto outcome = run({.program = "sleep", .arguments = {"1000"}, .timeout = 50ms});
    QVERIFY_OK(outcome);
    QCOMPARE(outcome->end, GuestOutcome::End::TimedOut);
}

void TestMachineGuest::aProgramThatDoesNotExistIsAnError()
{
    const auto outcome = run({.program = "/nowhere/to be found"});
    QVERIFY_ERROR(outcome, ErrorKind::Io);
    QVERIFY(outcome.error().text().find("/nowhere/to be found") != std::string::npos);
}

void TestMachineGuest::foldersAreListedAsTheyAre()
{
    const QString folder = machine->filePath("there");
    make("there/plain", "12345");
    make("there/-n \"quoted\" $HOME", "x");
    make("there/.hidden", "");
    make("there/two\nlines/file", "");
    QVERIFY(QFile::link("two\nlines", folder + "/to folder"));
    QVERIFY(QFile::link("/nowhere", folder + "/dangling"));
    const auto listed = wait<QList<GuestEntry>>([&](auto reply) { files->list(folder, reply); });
    QVERIFY_OK(listed);
    QMap<QString, GuestEntry> byName;
    for (const GuestEntry &entry : *listed)
        byName.insert(entry.name, entry);
    QCOMPARE(byName.keys(),
             (QStringList{"-n \"quoted\" $HOME", ".hidden", "dangling", "plain", "to folder",
                          "two\nlines"}));
    QCOMPARE(byName["plain"].sizeBytes, 5);
    QCOMPARE(byName["two\nlines"].kind, GuestEntry::Kind::Folder);
    QCOMPARE(byName["to folder"].kind, GuestEntry::Kind::Link);
    QVERIFY(byName["to folder"].isFolder());
    QVERIFY(!byName["dangling"].isFolder());
    const qint64 age = byName["plain"].modified.secsTo(QDateTime::currentDateTime());
    QVERIFY2(age >= 0 && age < 600, qPrintable(QString::number(age)));

    const auto empty =
        wait<QList<GuestEntry>>([&](auto reply) { files->list(folder + "/nothing here", reply); });
    QVERIFY(!empty);
    QVERIFY(empty.error().text().find("nothing here") != std::string::npos);
}

void TestMachineGuest::foldersAreMadeMovedAndRemoved()
{
    using Parents = GuestFiles::Parents;
    const QString folder = machine->filePath("work");
    const auto mkdir = [&](const QString &path, Parents parents, int mode) {
        return wait<>([&](auto reply) { files->makeFolder(path, parents, mode, reply); });
    };
    QVERIFY_OK(mkdir(folder + "/a b/c", Parents::Make, -1));
    QVERIFY(!mkdir(folder + "/x/y", Parents::No, -1));
    QVERIFY_OK(mkdir(folder + "/-p", Parents::No, 0700));
    QVERIFY(QFileInfo(folder + "/-p").isDir());
    make("work/one", "1");
    make("work/two", "2");
    const auto move = [&](const QStringList &from, const QString &to) {
        return wait<>([&](auto reply) { files->move(from, to, reply); });
    };
    QVERIFY_OK(move({folder + "/one", folder + "/two"}, folder + "/a b"));
    QCOMPARE(contents(folder + "/a b/two"), "2");
    make("work/three", "3");
    QVERIFY(!move({folder + "/a b/two"}, folder + "/three")); // nothing is overwritten
    QCOMPARE(contents(folder + "/three"), "3");
    const auto remove = [&](const QString &path, GuestFiles::Depth depth) {
        return wait<>([&](auto reply) { files->remove(path, depth, reply); });
    };
    QVERIFY(!remove(folder + "/a b", GuestFiles::Depth::One));
    QVERIFY(!wait<>([&](auto reply) { files->removeFolder(folder + "/a b", reply); }));
    QVERIFY_OK(remove(folder + "/a b", GuestFiles::Depth::All));
    QVERIFY(!QFileInfo::exists(folder + "/a b"));
    QVERIFY(!remove(folder + "/a b", GuestFiles::Depth::All)); // it is not there
    const auto temporary = wait<QString>(
        [&](auto reply) { files->makeTemporary(folder, "some.XXXXXX", false, reply); });
    QVERIFY_OK(temporary);
    QVERIFY(QFileInfo(*temporary).isFile());
    QVERIFY(temporary->startsWith(folder + "/some."));
}

void TestMachineGuest::filesGoThereAndBack()
{
    QByteArray bytes(1000 * 1000 + 7, Qt::Uninitialized);
    QRandomGenerator(1).generate(bytes.begin(), bytes.end());
    const QString here = make("here/data", bytes);
    QVERIFY(QFile::setPermissions(here, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    const QString there = machine->filePath("there");
    QVERIFY(QDir().mkpath(there));
    using Direction = GuestCopyOrder::Direction;
    auto copied =
        copy({.direction = Direction::ToGuest, .sources = {here}, .target = there + "/copy"});
    QVERIFY_OK(copied);
    QCOMPARE(copied->files, 1);
    QCOMPARE(copied->bytes, bytes.size());
    QCOMPARE(contents(there + "/copy"), bytes);
    QVERIFY(QFileInfo(there + "/copy").isExecutable());
    copied = copy({.direction = Direction::FromGuest,
                   .sources = {there + "/copy"},
                   .target = machine->filePath("here")});
    QVERIFY_OK(copied);
    QCOMPARE(contents(machine->filePath("here/copy")), bytes);
    QVERIFY(QFileInfo(machine->filePath("here/copy")).isExecutable());
    QCOMPARE(guest->openFiles(), 0);

    const QString empty = make("here/empty", {});
    QVERIFY_OK(copy({.direction = Direction::ToGuest, .sources = {empty}, .target = there}));
    QCOMPARE(contents(there + "/empty"), QByteArray());
}

void TestMachineGuest::shortWritesAreRepeated()
{
    guest->writesAtMost = 1000;
    const QByteArray bytes(50001, 'x');
    const QString there = machine->filePath("copy");
    QVERIFY_OK(copy({.direction = GuestCopyOrder::Direction::ToGuest,
                     .sources = {make("data", bytes)},
                     .target = there}));
    QCOMPARE(contents(there), bytes);
}

void TestMachineGuest::foldersGoThereAndBack()
{
    make("tree/one", "1");
    make("tree/deep/deeper/two", "2");
    make("tree/deep/.hidden", "3");
    QVERIFY(QDir().mkpath(machine->filePath("tree/empty")));
    QVERIFY(QFile::link("/", machine->filePath("tree/root")));
    for (const auto direction :
         {GuestCopyOrder::Direction::ToGuest, GuestCopyOrder::Direction::FromGuest}) {
        const QString target =
            machine->filePath(direction == GuestCopyOrder::Direction::ToGuest ? "to" : "from");
        QVERIFY(QDir().mkpath(target));
        const GuestCopyOrder order{
            .direction = direction, .sources = {machine->filePath("tree")}, .target = target};
        const auto copied = copy(order);
        QVERIFY_OK(copied);
        QCOMPARE(copied->files, 3);
        QCOMPARE(contents(target + "/tree/deep/deeper/two"), "2");
        QCOMPARE(contents(target + "/tree/deep/.hidden"), "3");
        QVERIFY(QFileInfo(target + "/tree/empty").isDir());
        // A link out of the folder is not followed, and not made either.
        QCOMPARE(copied->leftOut, QStringList{machine->filePath("tree/root")});
        QVERIFY(!QFileInfo(target + "/tree/root").isSymLink());

        GuestCopyOrder flat = order;
        flat.isRecursive = false;
        QVERIFY_ERROR(copy(flat), ErrorKind::Invalid);
    }
}

void TestMachineGuest::aCopyThatFailsLeavesNothing()
{
    guest->writesAtMost = 0; // its disk is full
    const QString there = machine->filePath("copy");
    const auto copied = copy({.direction = GuestCopyOrder::Direction::ToGuest,
                              .sources = {make("data", "12345")},
                              .target = there});
    QVERIFY_ERROR(copied, ErrorKind::NoSpace);
    QVERIFY(!QFileInfo::exists(there));
    QCOMPARE(guest->openFiles(), 0);

    const auto missing = copy({.direction = GuestCopyOrder::Direction::FromGuest,
                               .sources = {"/nowhere/file"},
                               .target = machine->filePath("back")});
    QVERIFY_ERROR(missing, ErrorKind::NotFound);
    QVERIFY(!QFileInfo::exists(machine->filePath("back")));
}

void TestMachineGuest::aCancelledCopyLeavesNothing()
{
    const QString there = machine->filePath("copy");
    GuestCopy copy(*link,
                   {.direction = GuestCopyOrder::Direction::ToGuest,
                    .sources = {make("data", QByteArray(5000000, 'x'))},
                    .target = there});
    connect(&copy, &GuestCopy::progressed, &copy, [&copy](qint64 done) {
        if (done > 0)
            copy.cancel();
    });
    const auto copied = wait<GuestCopyResult>([&](auto reply) { copy.start(reply); });
    QVERIFY_ERROR(copied, ErrorKind::Cancelled);
    QVERIFY(!QFileInfo::exists(there));
    QCOMPARE(guest->openFiles(), 0);
}

void TestMachineGuest::aClientThatGoesLeavesNoFileOpen()
{
    const QString path = make("data", "12345");
    const auto handle = wait<QJsonValue>([&](auto reply) {
        link->execute("guest-file-open", {{"path", path}, {"mode", "rb"}}, reply);
    });
    QVERIFY_OK(handle);
    QCOMPARE(guest->openFiles(), 1);
    client->disconnectFrom();
    QTRY_COMPARE(guest->openFiles(), 0);
}

void TestMachineGuest::aPausedMachineIsNotAsked()
{
    QVERIFY_OK(wait<QJsonObject>([this](auto reply) { client->call("machine.pause", {}, reply); }));
    const auto outcome = run({.program = "true"});
    QVERIFY_ERROR(outcome, ErrorKind::Invalid);
    QVERIFY(outcome.error().text().find("paused") != std::string::npos);
}

void TestMachineGuest::anEngineWithoutAPortSaysSo()
{
    machine->driver().unsupported.insert(Feature::GuestAgent, "There is no port");
    const auto outcome = run({.program = "true"});
    QVERIFY_ERROR(outcome, ErrorKind::Unsupported);
    QVERIFY(outcome.error().text().find("There is no port") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestMachineGuest)

#include "tst_machine_guest.moc"
