// SPDX-License-Identifier: GPL-3.0-or-later
// Folders that the guest's agent mounts. The agent runs what it is asked to here, where mount and
// umount are the test's.
#include "tests/support/fake_guest.h"
#include "tests/support/running_machine.h"

#include <QtTest/QSignalSpy>

using namespace engine;

class TestFolderMounter final : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { m_path = qgetenv("PATH"); }
    void init();
    void cleanup();
    void whatIsMarkedIsMountedWhenAnAgentComes();
    void afterARebootItIsMountedAgain();
    void whatComesLaterIsMountedAsWell();
    void aFolderIsMountedWhenItIsAskedFor();
    void aGuestThatNeedsAMomentIsAskedAgain();
    void whatTheGuestSaysIsTheError();
    void windowsSaysWhatItNeeds();
    void aMountedFolderIsUnmountedBeforeItGoes();

private:
    void writeTool(const QString &name, const QByteArray &script);
    QByteArray mounts() const
    {
        QFile file(m_tools->filePath("log"));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    Result<> call(const QString &method, const QString &name)
    {
        std::optional<Result<>> answer;
        const auto take = [&](Result<> result) { answer.emplace(std::move(result)); };
        if (method == "mount")
            machine->session().folderMounter().mount(name, take);
        else
            machine->session().folderMounter().unmount(name, take);
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 30000))
            return Error(ErrorKind::Io, "no answer came");
        return std::move(*answer);
    }

    QByteArray m_path;
    std::unique_ptr<QTemporaryDir> m_tools;
    std::unique_ptr<fakes::FakeGuest> guest;
    std::unique_ptr<fakes::RunningMachine> machine;
};

void TestFolderMounter::writeTool(const QString &name, const QByteArray &script)
{
    QFile file(m_tools->filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("#!/bin/sh\n" + script);
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

void TestFolderMounter::init()
{
    m_tools = std::make_unique<QTemporaryDir>();
    const QByteArray log = m_tools->filePath("log").toLocal8Bit();
    writeTool("mount", "echo \"mount $*\" >> " + log + "\n");
    writeTool("umount", "echo \"umount $*\" >> " + log + "\n");
    writeTool("mkdir", "echo \"mkdir $*\" >> " + log + "\n");
    writeTool("sleep", "exit 0\n");
    qputenv("PATH", m_tools->path().toLocal8Bit() + ':' + m_path);
    guest = std::make_unique<fakes::FakeGuest>();
    machine = std::make_unique<fakes::RunningMachine>();
    machine->open("gui", false);
    fakes::FakeDriver &driver = machine->driver();
    driver.agent = std::make_unique<GuestAgent>(guest->agent.opener());
    driver.folders = {
        {{.name = "music", .path = "/tmp", .isReadOnly = true, .isAutomounted = true}, false, {}},
        {{.name = "it's \"two\" words", .path = "/tmp", .mountPoint = "/srv/a b"}, false, {}}};
    machine->session().start();
}

void TestFolderMounter::cleanup()
{
    machine.reset();
    guest.reset();
    qputenv("PATH", m_path);
}

void TestFolderMounter::whatIsMarkedIsMountedWhenAnAgentComes()
{
    QTest::qWait(50);
    QCOMPARE(mounts(), QByteArray()); // nobody is there to do it
    machine->driver().agent->setPortOpen(true);
    const QByteArray once = "mkdir -p -- /mnt/music\n"
                            "mount -t virtiofs -o nosuid,nodev,ro -- music /mnt/music\n";
    QTRY_COMPARE(mounts(), once);
    machine->driver().folders[0].isMounted = true;
    emit machine->driver().foldersChanged();
    QTest::qWait(100);
    QCOMPARE(mounts(), once);
}

void TestFolderMounter::afterARebootItIsMountedAgain()
{
    machine->driver().agent->setPortOpen(true);
    QTRY_COMPARE(mounts().count("mount -t"), 1);
    machine->driver().agent->setPortOpen(false);
    machine->driver().agent->setPortOpen(true);
    QTRY_COMPARE(mounts().count("mount -t"), 2);
}

void TestFolderMounter::whatComesLaterIsMountedAsWell()
{
    machine->driver().agent->setPortOpen(true);
    QTRY_COMPARE(mounts().count("mount -t"), 1);
    machine->driver().attachFolder({.name = "late", .path = "/tmp", .isAutomounted = true},
                                   [](const Result<> &) { });
    QTRY_VERIFY(mounts().contains("mount -t virtiofs -o nosuid,nodev -- late /mnt/late\n"));
    QCOMPARE(mounts().count("music /mnt/music"), 1);
}

void TestFolderMounter::aFolderIsMountedWhenItIsAskedFor()
{
    QCOMPARE(call("mount", "it's \"two\" words").error().kind(), ErrorKind::NotFound); // no agent
    machine->driver().agent->setPortOpen(true);
    QTRY_VERIFY(machine->session().guest().hasAgent());
    const Result<> mounted = call("mount", "it's \"two\" words");
    QVERIFY2(mounted.has_value(), mounted ? "" : mounted.error().message().c_str());
    QVERIFY(mounts().contains(
        "mount -t virtiofs -o nosuid,nodev -- it's \"two\" words /srv/a b\n"));
    QCOMPARE(call("mount", "no such").error().kind(), ErrorKind::NotFound);
}

void TestFolderMounter::aGuestThatNeedsAMomentIsAskedAgain()
{
    const QByteArray count = m_tools->filePath("count").toLocal8Bit();
    writeTool("mount", "echo x >> " + count + "; [ $(wc -l < " + count + ") -ge 3 ]\n");
    machine->driver().agent->setPortOpen(true);
    QTRY_VERIFY(machine->session().guest().hasAgent());
    QVERIFY(call("mount", "it's \"two\" words").has_value());
}

void TestFolderMounter::whatTheGuestSaysIsTheError()
{
    writeTool("mount", "echo 'mount: unknown filesystem type virtiofs' >&2; exit 32\n");
    QSignalSpy noticed(&machine->session().folderMounter(), &FolderMounter::noticed);
    machine->driver().agent->setPortOpen(true);
    QTRY_COMPARE(noticed.size(), 1); // the one that is marked
    const QString text = noticed.first().first().toString();
    QVERIFY2(text.contains("\"music\"") && text.contains("unknown filesystem type"),
             qPrintable(text));
    QVERIFY(QString::fromStdString(call("mount", "music").error().message())
                .contains("unknown filesystem type"));
}

void TestFolderMounter::windowsSaysWhatItNeeds()
{
    guest->osId = "mswindows";
    machine->driver().agent->setPortOpen(true);
    QTRY_VERIFY(machine->session().guest().hasAgent());
    QCOMPARE(call("mount", "music").error().kind(), ErrorKind::Unsupported);
    QCOMPARE(mounts(), QByteArray());
}

void TestFolderMounter::aMountedFolderIsUnmountedBeforeItGoes()
{
    machine->driver().agent->setPortOpen(true);
    QTRY_COMPARE(mounts().count("mount -t"), 1);
    std::optional<Result<>> answer;
    machine->session().addFolder({.name = "late", .path = "/tmp"},
                                 MachineSession::FolderLife::Transient,
                                 [&](Result<> result) { answer.emplace(std::move(result)); });
    QTRY_VERIFY(answer.has_value());
    QVERIFY(answer->has_value());
    machine->driver().folders.last().isMounted = true;
    guest->agent.commands.clear();
    answer.reset();
    machine->session().removeFolder("late", MachineSession::FolderLife::Transient,
                                    [&](Result<> result) { answer.emplace(std::move(result)); });
    QTRY_VERIFY(answer.has_value());
    QVERIFY(answer->has_value());
    QVERIFY(guest->agent.commands.contains("guest-exec"));
    QVERIFY(machine->driver().calls.contains("detachFolder late"));
}

QTEST_GUILESS_MAIN(TestFolderMounter)

#include "tst_folder_mounter.moc"
