// SPDX-License-Identifier: GPL-3.0-or-later
// The guest tools' install.sh, run by this computer's shell in a guest that is a folder, with
// package managers and mount replaced by what writes down how they were called.
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>

namespace {

// A guest's file system, and the disc with the script.
class Guest
{
public:
    Guest()
    {
        // What the script uses of any system, and nothing else of this one.
        for (const char *tool : {"sh", "cat", "cp", "chmod", "dirname", "grep", "ls", "mkdir",
                                 "mktemp", "rm", "rmdir", "sed", "tail"}) {
            const QString real = QStandardPaths::findExecutable(tool);
            QDir().mkpath(path("bin"));
            QFile::link(real, path(QString("bin/") + tool));
        }
        program("id", "echo ${FAKE_UID:-0}");
        program("mount",
                "echo \"mount $*\" >>\"$TOOLS_ROOT/calls\"; case $* in *missing*) exit 32;; esac");
        file("disc/install.sh", sources("install.sh"));
        file("etc/fstab", "UUID=1 / ext4 defaults 0 1\n");
        QDir().mkpath(path("tmp"));
    }

    QString path(const QString &name) const { return m_folder.filePath(name); }
    void file(const QString &name, const QByteArray &bytes) const
    {
        QDir().mkpath(QFileInfo(path(name)).path());
        QFile out(path(name));
        engine::check(out.open(QIODevice::WriteOnly), "the guest's file cannot be made");
        out.write(bytes);
    }
    void program(const QString &name, const QByteArray &script) const
    {
        file("bin/" + name, "#!/bin/sh\n" + script + '\n');
        QFile(path("bin/" + name)).setPermissions(QFile::ReadOwner | QFile::ExeOwner);
    }
    // Writes down its calls and ends so.
    void manager(const QString &name, int exitCode = 0) const
    {
        program(name,
                "echo \"" + name.toUtf8() + " $*\" >>\"$TOOLS_ROOT/calls\"\nexit "
                    + QByteArray::number(exitCode));
    }
    void isRelease(const QByteArray &id, const QByteArray &version) const
    {
        file("etc/os-release",
             "NAME=\"Some System\"\nID=" + id + "\nVERSION_ID=\"" + version + "\"\n");
    }
    void hasDesktop() const { file("usr/share/xsessions/some.desktop", ""); }
    void hasPackagesOnDisc() const
    {
        file("disc/packages/release", "debian 12 amd64\n");
        file("disc/packages/qemu-guest-agent_1%3a7.2+dfsg-7_amd64.deb", "a");
        file("disc/packages/spice-vdagent_0.22_amd64.deb", "b");
        program("dpkg", "echo amd64");
    }

    int run(const QStringList &arguments = {})
    {
        QProcess process;
        QProcessEnvironment environment;
        environment.insert("PATH", path("bin"));
        environment.insert("TOOLS_ROOT", m_folder.path());
        environment.insert("TMPDIR", path("tmp"));
        if (!isRoot)
            environment.insert("FAKE_UID", "1000");
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start("/bin/sh", QStringList{path("disc/install.sh")} + arguments);
        process.waitForFinished();
        output = QString::fromUtf8(process.readAll());
        return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    }
    QString read(const QString &name) const
    {
        QFile in(path(name));
        return in.open(QIODevice::ReadOnly) ? QString::fromUtf8(in.readAll()) : QString();
    }
    // What was called, without the folder that is another each time.
    QStringList calls() const
    {
        QString text = read("calls");
        text.replace(QRegularExpression("\\S*/tmp/tmp\\.\\w+/"), "WORK/");
        text.replace(m_folder.path(), "ROOT");
        return text.split('\n', Qt::SkipEmptyParts);
    }

    QString output;
    bool isRoot = true;

private:
    static QByteArray sources(const QString &name)
    {
        QFile in(qEnvironmentVariable("VITRINE_SOURCE_DIR") + "/resources/guest-tools/" + name);
        engine::check(in.open(QIODevice::ReadOnly), "the script is not there");
        return in.readAll();
    }
    QTemporaryDir m_folder;
};

} // namespace

class TestGuestToolsScript final : public QObject
{
    Q_OBJECT
private slots:
    void onlyRootMay()
    {
        Guest guest;
        guest.manager("apt-get");
        guest.isRoot = false;
        QCOMPARE(guest.run(), 1);
        QVERIFY2(guest.output.contains("sudo sh"), qPrintable(guest.output));
        QCOMPARE(guest.calls(), QStringList());
    }

    void eachDistributionHasItsWay_data()
    {
        QTest::addColumn<QString>("manager");
        QTest::addColumn<QStringList>("calls");
        const QString both = "qemu-guest-agent spice-vdagent";
        QTest::newRow("Debian") << "apt-get"
                                << QStringList{"apt-get update",
                                               "apt-get install -y --no-install-recommends "
                                                   + both};
        QTest::newRow("Fedora") << "dnf" << QStringList{"dnf -y install " + both};
        QTest::newRow("openSUSE") << "zypper"
                                  << QStringList{"zypper --non-interactive install --no-recommends "
                                                 + both};
        QTest::newRow("Arch") << "pacman" << QStringList{"pacman -S --needed --noconfirm " + both};
    }
    void eachDistributionHasItsWay()
    {
        QFETCH(QString, manager);
        Guest guest;
        guest.isRelease("some", "1");
        guest.hasDesktop();
        guest.hasPackagesOnDisc(); // of another distribution
        guest.manager(manager);
        QCOMPARE(guest.run(), 0);
        QTEST(guest.calls(), "calls");
    }

    void anUnknownDistributionIsToldWhatItNeeds()
    {
        Guest guest;
        QCOMPARE(guest.run(), 1);
        QVERIFY2(guest.output.contains("install these by hand: qemu-guest-agent"),
                 qPrintable(guest.output));
    }

    void withoutADesktopItsAgentIsLeftOut()
    {
        Guest guest;
        guest.manager("dnf");
        QCOMPARE(guest.run(), 0);
        QCOMPARE(guest.calls(), QStringList{"dnf -y install qemu-guest-agent"});
        QVERIFY(guest.output.contains("no desktop"));
        QFile::remove(guest.path("calls"));
        QCOMPARE(guest.run({"--all"}), 0);
        QCOMPARE(guest.calls(), QStringList{"dnf -y install qemu-guest-agent spice-vdagent"});
    }

    void whatIsInstalledIsNotInstalledAgain()
    {
        Guest guest;
        guest.hasDesktop();
        guest.manager("dnf");
        guest.program("qemu-ga", "");
        QCOMPARE(guest.run(), 0);
        QCOMPARE(guest.calls(), QStringList{"dnf -y install spice-vdagent"});
        guest.program("spice-vdagent", "");
        QFile::remove(guest.path("calls"));
        QCOMPARE(guest.run(), 0);
        QCOMPARE(guest.calls(), QStringList());
        QVERIFY(guest.output.contains("already"));
    }

    void theDiscsPackagesAreForTheirReleaseOnly_data()
    {
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<bool>("isFromDisc");
        QTest::newRow("the same") << QByteArray("debian") << QByteArray("12") << true;
        QTest::newRow("a later one") << QByteArray("debian") << QByteArray("13") << false;
        QTest::newRow("another one") << QByteArray("ubuntu") << QByteArray("12") << false;
    }
    void theDiscsPackagesAreForTheirReleaseOnly()
    {
        QFETCH(QByteArray, id);
        QFETCH(QByteArray, version);
        QFETCH(bool, isFromDisc);
        Guest guest;
        guest.isRelease(id, version);
        guest.hasDesktop();
        guest.hasPackagesOnDisc();
        guest.manager("apt-get");
        QCOMPARE(guest.run(), 0);
        QCOMPARE(guest.calls().first(),
                 isFromDisc ? "apt-get install -y --no-install-recommends "
                              "WORK/qemu-guest-agent.deb WORK/spice-vdagent.deb"
                            : "apt-get update");
        QCOMPARE(guest.calls().size(), isFromDisc ? 1 : 2);
    }

    void whatTheDiscCannotDoTheNetworkMay()
    {
        Guest guest;
        guest.isRelease("debian", "12");
        guest.hasPackagesOnDisc();
        guest.program("apt-get",
                      "echo \"apt-get $*\" >>\"$TOOLS_ROOT/calls\"\n"
                      "case $* in *.deb*) exit 100;; esac");
        QCOMPARE(guest.run(), 0);
        QCOMPARE(
            guest.calls(),
            (QStringList{"apt-get install -y --no-install-recommends WORK/qemu-guest-agent.deb",
                         "apt-get update",
                         "apt-get install -y --no-install-recommends qemu-guest-agent"}));
    }

    void aFailureIsSaid()
    {
        Guest guest;
        guest.manager("dnf", 1);
        QCOMPARE(guest.run({"--packages-only", "music"}), 1);
        QVERIFY(guest.output.contains("could not be installed: qemu-guest-agent"));
        QCOMPARE(guest.calls().size(), 1); // nothing is mounted
    }

    void whatTheMachineHasIsStarted()
    {
        Guest guest;
        guest.manager("dnf");
        guest.manager("systemctl");
        QDir().mkpath(guest.path("run/systemd/system"));
        guest.file("dev/virtio-ports/org.qemu.guest_agent.0", "");
        QCOMPARE(guest.run(), 0);
        QVERIFY(guest.calls().contains("systemctl enable qemu-guest-agent"));
        QVERIFY(guest.calls().contains("systemctl start qemu-guest-agent"));
        QVERIFY(!guest.calls().contains("systemctl start spice-vdagentd"));
    }

    void foldersAreMountedNowAndAtEveryStart()
    {
        Guest guest;
        QCOMPARE(guest.run({"--folders-only", "music", "my things"}), 0);
        QCOMPARE(guest.calls(),
                 (QStringList{"mount -t virtiofs music ROOT/mnt/music",
                              "mount -t virtiofs my things ROOT/mnt/my things"}));
        const QString fstab = "UUID=1 / ext4 defaults 0 1\n"
                              "music /mnt/music virtiofs defaults,nofail 0 0\n"
                              "my\\040things /mnt/my\\040things virtiofs defaults,nofail 0 0\n";
        QCOMPARE(guest.read("etc/fstab"), fstab);
        QVERIFY(QFileInfo(guest.path("mnt/my things")).isDir());
        // Once more: nothing changes.
        guest.file("proc/mounts",
                   "music /mnt/music virtiofs rw 0 0\n"
                   "my\\040things /mnt/my\\040things virtiofs rw 0 0\n");
        QFile::remove(guest.path("calls"));
        QCOMPARE(guest.run({"--folders-only", "music", "my things"}), 0);
        QCOMPARE(guest.calls(), QStringList());
        QCOMPARE(guest.read("etc/fstab"), fstab);
    }

    void theKernelTellsTheNames()
    {
        Guest guest;
        guest.file("sys/fs/virtiofs/2/tag", "music\n");
        guest.file("sys/fs/virtiofs/3/tag", "papers\n");
        QCOMPARE(guest.run({"--folders-only"}), 0);
        QCOMPARE(guest.calls(),
                 (QStringList{"mount -t virtiofs music ROOT/mnt/music",
                              "mount -t virtiofs papers ROOT/mnt/papers"}));
    }

    void anOldKernelsUserIsAsked()
    {
        Guest guest;
        guest.file("sys/bus/virtio/devices/virtio3/modalias", "virtio:d0000001Av00001AF4\n");
        QCOMPARE(guest.run({"--folders-only"}), 0);
        QVERIFY2(guest.output.contains("name them:"), qPrintable(guest.output));
        guest.file("sys/bus/virtio/devices/virtio3/modalias", "virtio:d00000001v00001AF4\n");
        QCOMPARE(guest.run({"--folders-only"}), 0);
        QVERIFY(!guest.output.contains("name them:"));
    }

    void aFolderThatIsNotThereLeavesNothingBehind_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"missing", "..", ".", "a/b", ""})
            QTest::newRow(name) << QString(name);
    }
    void aFolderThatIsNotThereLeavesNothingBehind()
    {
        QFETCH(QString, name);
        Guest guest;
        QCOMPARE(guest.run({"--folders-only", name, "music"}), name.isEmpty() ? 0 : 1);
        QCOMPARE(guest.read("etc/fstab"),
                 "UUID=1 / ext4 defaults 0 1\nmusic /mnt/music virtiofs defaults,nofail 0 0\n");
        QCOMPARE(QDir(guest.path("mnt")).entryList(QDir::Dirs | QDir::NoDotAndDotDot),
                 QStringList{"music"});
    }

    void unknownOptionsAreRefused()
    {
        Guest guest;
        QCOMPARE(guest.run({"--what"}), 2);
        QVERIFY(guest.output.contains("Usage:"));
        QCOMPARE(guest.run({"--help"}), 0);
        QVERIFY(guest.output.contains("SHARED-FOLDER"));
        QCOMPARE(guest.calls(), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestGuestToolsScript)
#include "tst_guest_tools_script.moc"
