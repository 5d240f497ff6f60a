// SPDX-License-Identifier: GPL-3.0-or-later
// The driver with a real QEMU and GRUB's rescue CD as the guest. Software emulation everywhere, so
// that the test is the same on every host.
#include "engine/drivers/acceleration.h"
#include "engine/drivers/network_connection.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/qemu_host.h"
#include "engine/drivers/swtpm_process.h"
#include "engine/drivers/uefi_variables.h"
#include "engine/machine/user_paths.h"
#include "tests/support/qemu_machine.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtTest/QSignalSpy>

#include <cstdlib>

#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace engine;
using namespace std::chrono_literals;

namespace {

using Fixture = fakes::QemuMachine;
constexpr int Patience = Fixture::Patience;

// A child process of ours by its program's name; 0 when there is none.
int childNamed(const char *name)
{
    for (const QString &entry : QDir("/proc").entryList({"[0-9]*"}, QDir::Dirs)) {
        QFile file("/proc/" + entry + "/stat");
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray line = file.readAll();
        // "pid (name) state parent ..."
        const QList<QByteArray> rest = line.mid(line.lastIndexOf(')') + 2).split(' ');
        if (line.contains(QByteArray("(") + name + ")") && rest.value(0) != "Z"
            && rest.value(1).toInt() == ::getpid())
            return entry.toInt();
    }
    return 0;
}

// A boot sector that writes 32 KiB after 32 KiB to its disk for ever, by INT 13h, function 43h
// (EDD 3.0, 4.3), from the BIOS' own memory, which is not all zeros.
QByteArray diskWritingBootSector()
{
    QByteArray sector = QByteArray::fromHex("31c08ed88ed0bc007c" // ax, ds, ss = 0; sp = 7c00
                                            "be197c" // next: si = packet
                                            "b80043cd13" // write
                                            "66830621" // packet.block +=
                                            "7c40" //   64
                                            "ebf0" // jump next
                                            "10004000000000f04000000000000000"); // the packet
    sector.resize(510, '\0');
    return sector + QByteArray::fromHex("55aa");
}

// A file system of a given size, seen by this process and its children only.
bool mountTiny(const QString &folder, const char *size)
{
    return ::geteuid() == 0 && ::unshare(CLONE_NEWNS) == 0
        && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
        && ::mount("tmpfs", QFile::encodeName(folder).constData(), "tmpfs", 0, size) == 0;
}

} // namespace

class TestQemuDriver final : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (const char *missing = Fixture::missing())
            QSKIP(missing);
    }

    void guestIsSeenTypedIntoPausedResetAndSwitchedOff()
    {
        Fixture f;
        NetworkAdapter adapter;
        adapter.mode = NetworkMode::Nat;
        adapter.macAddress = "52:54:00:12:34:56";
        f.definition.adapters = {adapter};
        f.definition.audio = AudioModel::Hda;
        QSignalSpy resets(&f.driver, &Driver::wasReset);
        f.start();
        QCOMPARE(f.driver.state(), Driver::State::Starting);
        QTRY_STATE(f, Running);
        QVERIFY(f.driver.name().startsWith("qemu "));
        QCOMPARE(int(f.driver.acceleration().kind), int(Acceleration::Kind::Emulated));
        QVERIFY(QFile::exists(f.driver.display().spice.socket));
        const Support gamepad = f.driver.supports(Feature::Gamepad);
        QVERIFY(!gamepad.isAvailable && gamepad.reason.contains("usbattach"));

        const qsizetype before = f.inkOfStillScreen();
        QVERIFY(before > 0);
        f.driver.sendScanCodes(QByteArray::fromHex("1191").repeated(40), f.reply());
        QTRY_ANSWER(f, "ok");
        QVERIFY(QTest::qWaitFor([&] { return std::abs(f.ink() - before) > Fixture::Cursor; },
                                Patience));

        f.driver.pause(f.reply());
        QTRY_ANSWER(f, "ok");
        QCOMPARE(f.driver.state(), Driver::State::Paused);
        f.driver.sendScanCodes("\x1e", f.reply());
        QTRY_ANSWER(f, "The machine is paused");
        f.driver.resume(f.reply());
        QTRY_ANSWER(f, "ok");
        QTRY_STATE(f, Running);
        f.driver.reset(f.reply());
        QTRY_ANSWER(f, "ok");
        QTRY_COMPARE(resets.size(), 1);
        f.driver.setLinkConnected(0, false, f.reply());
        QTRY_ANSWER(f, "ok");
        f.driver.setLinkConnected(3, false, f.reply());
        QTRY_ANSWER(f, "The machine has no network adapter 4");
        QSignalSpy activity(&f.driver, &Driver::activityChanged);
        f.driver.setActivityWanted(true);
        QTRY_VERIFY_WITH_TIMEOUT(f.driver.activity().opticalReadBytes > 0, Patience);

        const auto pid = pid_t(f.driver.processId());
        f.driver.powerOff(f.reply());
        QTRY_ANSWER(f, "ok");
        QCOMPARE(f.driver.state(), Driver::State::Off);
        QVERIFY2(!f.error, qPrintable(f.errorLine()));
        QCOMPARE(::kill(pid, 0), -1);
        QVERIFY(!QFile::exists(f.folder.path() + "/run/spice.sock"));
    }

    void aFullDiskPausesAndRetryGoesOn()
    {
        Fixture f;
        const QString tiny = f.folder.path() + "/tiny";
        QVERIFY(QDir().mkpath(tiny));
        if (!mountTiny(tiny, "size=2m"))
            QSKIP("a file system to fill can be mounted by root only");
        QFile filler(tiny + "/filler");
        QVERIFY(filler.open(QIODevice::WriteOnly));
        QCOMPARE(filler.write(QByteArray(1 << 20, 'x')), 1 << 20);
        filler.close();
        QFile disk(tiny + "/disk.raw");
        QVERIFY(disk.open(QIODevice::WriteOnly));
        QCOMPARE(disk.write(diskWritingBootSector()), 512);
        QVERIFY(disk.resize(64 << 20)); // sparse
        disk.close();
        f.addDisk(disk.fileName(), ControllerKind::Sata);
        f.definition.bootOrder = {BootDevice::HardDisk};
        f.start();
        QTRY_STATE(f, Running);

        QTRY_VERIFY_WITH_TIMEOUT(f.problem.has_value(), Patience);
        QCOMPARE(int(f.problem->kind), int(RunProblem::Kind::DiskFull));
        QVERIFY2(f.problem->text.contains("disk.raw"), qPrintable(f.problem->text));
        QVERIFY(!f.problem->remedy.isEmpty());
        QCOMPARE(f.driver.state(), Driver::State::Paused);

        // The user makes room and says Retry: the write that failed is done now, and more follow
        // until the disk is full again. Nothing was lost or torn.
        const auto allocatedBlocks = [&disk] {
            struct stat facts = {};
            ::stat(QFile::encodeName(disk.fileName()).constData(), &facts);
            return facts.st_blocks;
        };
        const auto before = allocatedBlocks();
        f.problem.reset();
        QVERIFY(filler.remove());
        f.driver.resume(f.reply());
        QTRY_ANSWER(f, "ok");
        QTRY_VERIFY_WITH_TIMEOUT(f.problem.has_value(), Patience);
        QCOMPARE(int(f.problem->kind), int(RunProblem::Kind::DiskFull));
        QVERIFY(allocatedBlocks() > before + 1024); // 512 bytes each
        f.driver.powerOff(f.reply());
        QTRY_STATE(f, Off);
        QVERIFY(disk.open(QIODevice::ReadOnly));
        QCOMPARE(disk.read(512), diskWritingBootSector());
        disk.close();
        QCOMPARE(::umount(QFile::encodeName(tiny).constData()), 0);
    }

    void mediaAreChangedAndAWrongFileChangesNothing()
    {
        Fixture f;
        const QString second = f.folder.path() + "/second.iso";
        QVERIFY(QFile::copy(Fixture::RescueDisc, second));
        f.start();
        QTRY_STATE(f, Running);
        const StorageSlot slot{"SATA", 0, 0};
        f.driver.changeMedium(slot, f.folder.path() + "/none.iso", true, f.reply());
        QTRY_VERIFY_WITH_TIMEOUT(f.answer.startsWith("There is no file"), Patience);
        f.driver.changeMedium(slot, second, true, f.reply());
        QTRY_ANSWER(f, "ok");
        f.driver.changeMedium(slot, {}, true, f.reply());
        QTRY_ANSWER(f, "ok");
        f.driver.changeMedium(slot, Fixture::RescueDisc, false, f.reply());
        QTRY_ANSWER(f, "ok");
        f.driver.changeMedium({"SATA", 1, 0}, second, false, f.reply());
        QTRY_VERIFY_WITH_TIMEOUT(f.answer.startsWith("There is no drive"), Patience);
        QCOMPARE(f.driver.state(), Driver::State::Running);
    }

    void killedQemuIsAborted()
    {
        Fixture f;
        f.start();
        QTRY_STATE(f, Running);
        QCOMPARE(::kill(pid_t(f.driver.processId()), SIGKILL), 0);
        QTRY_STATE(f, Aborted);
        QVERIFY2(f.errorLine().contains("signal 9"), qPrintable(f.errorLine()));
        QVERIFY(f.errorLine().contains("vitrine.log"));
    }

    void silentQemuIsGivenUp()
    {
        QemuDriverOptions options;
        options.heartbeatInterval = 200ms;
        options.heartbeatTimeout = 500ms;
        Fixture f(options);
        f.start();
        QTRY_STATE(f, Running);
        QCOMPARE(::kill(pid_t(f.driver.processId()), SIGSTOP), 0);
        QTRY_STATE(f, Aborted);
        QVERIFY2(f.errorLine().contains("did not answer \"query-status\" within 0.5 s"),
                 qPrintable(f.errorLine()));
    }

    void qemuDiesWithItsParent()
    {
        int pipe[2];
        QCOMPARE(::pipe(pipe), 0);
        const pid_t parent = ::fork();
        if (parent == 0) {
            // A copy of this program, as vitrine-vm would be.
            ::dup2(pipe[1], 100);
            ::execl("/proc/self/exe", "tst_qemu_driver", "--hold", nullptr);
            ::_exit(1);
        }
        ::close(pipe[1]);
        qint64 child = 0;
        QCOMPARE(::read(pipe[0], &child, sizeof child), ssize_t(sizeof child));
        QVERIFY(child > 1);
        QCOMPARE(::kill(pid_t(child), 0), 0);
        ::kill(parent, SIGKILL);
        int status = 0;
        ::waitpid(parent, &status, 0);
        // Its reaper may take a moment: a zombie is dead, too.
        QTRY_VERIFY([&] {
            QFile stat(QString("/proc/%1/stat").arg(child));
            return !stat.open(QIODevice::ReadOnly) || stat.readAll().contains(") Z ");
        }());
        ::close(pipe[0]);
    }

    void theGuestsNetworkIsOursAndChangesWhileItRuns()
    {
        Fixture f;
        qputenv("XDG_RUNTIME_DIR", f.folder.path().toLocal8Bit());
        QVERIFY(paths::makePrivateFolder(paths::runtimeFolder()));
        NetworkAdapter adapter;
        adapter.mode = NetworkMode::Nat;
        adapter.model = NicModel::E1000;
        adapter.macAddress = "52:54:00:12:34:56";
        f.definition.adapters = {adapter};
        f.definition.bootOrder = {BootDevice::Network};
        f.start();
        QTRY_STATE(f, Running);
        f.driver.setActivityWanted(true);
        // The card's boot ROM asks for an address, and is offered one: two frames of 590 bytes.
        QTRY_VERIFY_WITH_TIMEOUT(f.driver.activity().networkReceivedBytes >= 1180, Patience);
        QVERIFY(f.driver.activity().isNetworkCounted);
        QVERIFY(f.driver.activity().networkSentPackets >= 2);

        Fd probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto *const plain = reinterpret_cast<sockaddr *>(&address);
        QCOMPARE(::bind(probe.get(), plain, length), 0);
        QCOMPARE(::getsockname(probe.get(), plain, &length), 0);
        probe = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        adapter.forwards = {{"ssh", ForwardProtocol::Tcp, {}, ntohs(address.sin_port), {}, 22}};
        f.driver.changeAdapter(0, adapter, f.reply());
        QTRY_ANSWER(f, "ok");
        QCOMPARE(::connect(probe.get(), plain, length), 0);
        QTRY_VERIFY_WITH_TIMEOUT(!f.driver.connections().isEmpty(), Patience);
        const NetworkConnection connection = f.driver.connections().first();
        QVERIFY(connection.isIncoming);
        QCOMPARE(connection.guestPort, 22);
        QCOMPARE(connection.guestAddress, QString("10.0.2.15"));

        adapter.mode = NetworkMode::Internal;
        adapter.internalNetwork = "lab";
        f.driver.changeAdapter(0, adapter, f.reply());
        QTRY_ANSWER(f, "ok");
        QVERIFY(QFile::exists(f.folder.path() + "/vitrine/networks/lab"));
        probe = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        QCOMPARE(::connect(probe.get(), plain, length), -1);

        adapter.internalNetwork = "../x";
        f.driver.changeAdapter(0, adapter, f.reply());
        QTRY_VERIFY_WITH_TIMEOUT(!f.answer.isEmpty(), Patience);
        QVERIFY2(f.answer.contains("no name for an internal network"), qPrintable(f.answer));
        QVERIFY(QFile::exists(f.folder.path() + "/vitrine/networks/lab"));
        adapter.model = NicModel::Virtio;
        f.driver.changeAdapter(0, adapter, f.reply());
        QTRY_VERIFY_WITH_TIMEOUT(f.answer.contains("cannot be changed"), Patience);
        f.driver.powerOff(f.reply());
        QTRY_ANSWER(f, "ok");
        QVERIFY(!QFile::exists(f.folder.path() + "/vitrine/networks/lab"));
    }

    void uefiMachineKeepsItsVariables()
    {
        if (!findUefiFirmware({.root = "/"}))
            QSKIP("no UEFI firmware (package ovmf)");
        Fixture f;
        f.definition.firmware = Firmware::Uefi;
        f.definition.memoryMiB = 256;
        f.start();
        QTRY_STATE(f, Running);
        QVERIFY(QFile(f.folder.path() + "/nvram").size() > 0);
        f.driver.powerOff(f.reply());
        QTRY_ANSWER(f, "ok");
    }

    void secureBootAndTpmStart()
    {
        if (!findUefiFirmware({.isSecureBootOn = true, .root = "/"}) || !checkTpmPrograms())
            QSKIP("no firmware for Secure Boot (package ovmf) or no swtpm");
        Fixture f;
        f.definition.firmware = Firmware::Uefi;
        f.definition.isSecureBootOn = true;
        f.definition.tpm = TpmModel::Tpm20;
        f.definition.memoryMiB = 256;
        f.start();
        QTRY_STATE(f, Running);
        QVERIFY(hasPlatformKey(f.folder.path() + "/nvram"));
        QVERIFY(QFile::exists(f.folder.path() + "/tpm/tpm2-00.permall"));
        // Without its TPM the guest is stopped and the reason told.
        const int tpm = childNamed("swtpm");
        QVERIFY(tpm > 0);
        QCOMPARE(::kill(tpm, SIGKILL), 0);
        QTRY_VERIFY_WITH_TIMEOUT(f.problem.has_value(), Patience);
        QVERIFY2(f.problem->text.contains("TPM"), qPrintable(f.problem->text));
        QTRY_STATE(f, Paused);
        f.driver.powerOff(f.reply());
        QTRY_ANSWER(f, "ok");
        QCOMPARE(childNamed("swtpm"), 0);
    }

    void theBalloonIsAskedForAndWindowsHasNone()
    {
        Fixture f;
        f.definition.balloonMiB = 16;
        f.start();
        QTRY_COMPARE_WITH_TIMEOUT(f.driver.state(), Driver::State::Running, Patience);
        QVERIFY(f.driver.supports(Feature::MemoryBalloon).isAvailable);
        f.driver.setBalloon(24, f.reply());
        QTRY_COMPARE(f.answer, "ok");
        f.driver.setActivityWanted(true);
        // GRUB has no driver, so nothing is reported and nothing given.
        QTRY_VERIFY(f.driver.activity().memoryBytes > 0);
        QCOMPARE(f.driver.activity().guestMemoryBytes, quint64(0));
        QCOMPARE(f.driver.activity().balloonBytes, quint64(0));
        f.driver.powerOff(f.reply());
        QTRY_COMPARE_WITH_TIMEOUT(f.driver.state(), Driver::State::Off, Patience);

        Fixture windows;
        windows.definition.osId = "win11";
        windows.start();
        QTRY_COMPARE_WITH_TIMEOUT(windows.driver.state(), Driver::State::Running, Patience);
        windows.driver.setBalloon(8, windows.reply());
        QTRY_VERIFY2(windows.answer.contains("no driver for a memory balloon"),
                     qPrintable(windows.answer));
    }

    void everyKindOfControllerStarts()
    {
        for (const Chipset chipset : {Chipset::I440fx, Chipset::Q35}) {
            Fixture f;
            f.definition.chipset = chipset;
            int number = 0;
            for (const ControllerKind kind :
                 {ControllerKind::Ide, ControllerKind::Virtio, ControllerKind::VirtioScsi,
                  ControllerKind::Nvme, ControllerKind::Usb}) {
                const QString path = QString("%1/%2.img").arg(f.folder.path()).arg(number++);
                QFile file(path);
                QVERIFY(file.open(QIODevice::WriteOnly) && file.resize(1 << 20));
                f.addDisk(path, kind);
                f.definition.controllers.last().name = path;
            }
            StorageController floppies;
            floppies.name = "Floppy";
            floppies.kind = ControllerKind::Floppy;
            floppies.attachments = {StorageAttachment()};
            floppies.attachments[0].kind = MediumKind::Floppy;
            f.definition.controllers.append(floppies);
            for (const NicModel model :
                 {NicModel::Virtio, NicModel::E1000, NicModel::E1000e, NicModel::Rtl8139,
                  NicModel::Pcnet, NicModel::Virtio, NicModel::E1000, NicModel::Virtio}) {
                NetworkAdapter adapter;
                adapter.mode = number++ % 2 ? NetworkMode::Nat : NetworkMode::NotAttached;
                adapter.model = model;
                f.definition.adapters.append(adapter);
            }
            f.definition.audio = AudioModel::Ac97;
            f.definition.video = chipset == Chipset::Q35 ? VideoModel::Virtio : VideoModel::Qxl;
            f.start();
            QTRY_STATE(f, Running);
        }
    }
};

// As the parent in qemuDiesWithItsParent: starts a machine, tells its child's id, and waits.
int holdMachine(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    // Whatever goes wrong with the test, this does not stay.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    Fixture f;
    QObject::connect(&f.driver, &Driver::stateChanged, [&](Driver::State state) {
        const qint64 id = state == Driver::State::Running ? f.driver.processId() : 0;
        if (state == Driver::State::Running || state == Driver::State::Off)
            if (::write(100, &id, sizeof id) < 0)
                ::_exit(1);
    });
    f.start();
    return QCoreApplication::exec();
}

int main(int argc, char **argv)
{
    if (argc > 1 && qstrcmp(argv[1], "--hold") == 0)
        return holdMachine(argc, argv);
    QCoreApplication application(argc, argv);
    TestQemuDriver test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_qemu_driver.moc"
