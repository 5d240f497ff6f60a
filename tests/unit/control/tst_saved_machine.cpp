// SPDX-License-Identifier: GPL-3.0-or-later
// Saved and resumed for real: a session with the qemu driver, software emulation, and a guest that
// notices when a word of its memory or a sector of its disk is not what it was.
// VITRINE_SAVE_ROUNDS: how often (ctest's long run: 50).
#include "engine/base/log.h"
#include "engine/control/machine_session.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/qemu_host.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/saved_state.h"
#include "tests/support/checksum_guest.h"
#include "tests/support/test_main.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDir>
#include <QtCore/QProcess>
#include <QtCore/QStorageInfo>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>

#include <optional>

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

using namespace engine;
using namespace std::chrono_literals;

namespace {

constexpr int Patience = 30000;

bool makeImage(const QString &path, const QString &format)
{
    return QProcess::execute("qemu-img", {"create", "-q", "-f", format, path, "16M"}) == 0;
}

QByteArray contents(const QString &path)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha1);
    return file.open(QIODevice::ReadOnly) && hash.addData(&file) ? hash.result() : QByteArray();
}

// A machine with a boot disk and a data disk, and its process's life without the process.
struct Fixture
{
    explicit Fixture(const QString &format = "qcow2", ControllerKind kind = ControllerKind::Virtio)
    {
        qputenv("XDG_RUNTIME_DIR", folder.filePath("r").toLocal8Bit());
        qputenv("XDG_CONFIG_HOME", folder.filePath("config").toLocal8Bit());
        QDir().mkpath(folder.filePath("r"));
        MachineDefinition definition;
        definition.name = "Checksum";
        definition.memoryMiB = 32;
        definition.video = VideoModel::Vga;
        definition.usb = UsbController::None;
        definition.pointing = PointingDevice::Ps2Mouse;
        definition.bootOrder = {BootDevice::HardDisk};
        MachineStore store(folder.filePath("config/vitrine"), folder.filePath("machines"));
        auto created = store.create(definition);
        check(created.has_value(), "the machine could not be made");
        entry = *created;
        check(checksum_guest::makeBootDisk(bootDisk()), "the boot disk could not be made");
        dataDisk = entry.folder + "/disks/data." + format;
        check(makeImage(dataDisk, format), "the data disk could not be made");
        entry.definition.controllers = {
            {.name = "Boot",
             .kind = ControllerKind::Sata,
             .attachments = {{.kind = MediumKind::HardDisk, .path = "disks/boot.raw"}}},
            {.name = "Data",
             .kind = kind,
             .attachments = {{.kind = MediumKind::HardDisk, .path = dataDisk}}}};
        if (kind == ControllerKind::Sata) {
            StorageAttachment disk = entry.definition.controllers[1].attachments[0];
            disk.port = 1;
            entry.definition.controllers.removeLast();
            entry.definition.controllers[0].attachments.append(disk);
        }
        check(writeMachine(entry).has_value(), "the machine could not be written");
    }
    ~Fixture() { close(); }

    QString bootDisk() const { return entry.folder + "/disks/boot.raw"; }

    void open(MachineSession::Run run = MachineSession::Run::Kept)
    {
        close();
        error.reset();
        states.clear();
        hasEnded = false;
        const auto onDisk = readMachine(entry.folder);
        check(onDisk.has_value(), "the machine could not be read");
        entry = *onDisk;
        auto made = std::make_unique<QemuDriver>(options);
        driver = made.get();
        auto opened = MachineSession::open(entry, "headless", std::move(made));
        check(opened.has_value(), "the session could not be opened");
        session = std::move(*opened);
        QObject::connect(session.get(), &MachineSession::failed,
                         [this](const Error &value) { error = value; });
        QObject::connect(session.get(), &MachineSession::ended, [this] { hasEnded = true; });
        QObject::connect(driver, &Driver::problemRaised,
                         [this](const RunProblem &value) { problem = value; });
        QObject::connect(driver, &Driver::stateChanged,
                         [this](Driver::State state) { states.append(stateName(state)); });
        session->start(run);
    }
    void close()
    {
        session.reset();
        driver = nullptr;
    }
    Driver::Reply reply()
    {
        answer.clear();
        return [this](const Result<> &result) {
            answer = result ? "ok" : QString::fromStdString(result.error().text());
        };
    }
    checksum_guest::Status guest() const { return checksum_guest::statusOn(bootDisk()); }
    // The guest got on since, and nothing of it was lost.
    bool getsOn(std::uint32_t from, std::uint32_t passes = 5)
    {
        return QTest::qWaitFor([&] { return guest().error || guest().pass >= from + passes; },
                               Patience)
            && isSound();
    }
    bool isSound() const
    {
        const checksum_guest::Status status = guest();
        if (status.error == 0 && status.sum == checksum_guest::expectedSum(status.pass))
            return true;
        qWarning("pass %u, sum %08x instead of %08x, error %u", status.pass, status.sum,
                 checksum_guest::expectedSum(status.pass), status.error);
        return false;
    }
    QString errorLine() const { return error ? QString::fromStdString(error->text()) : QString(); }
    PersistentState recorded() const { return readState(entry.folder).state; }
    QStringList folderEntries() const
    {
        return QDir(entry.folder).entryList({"saved*", "disposable"}, QDir::AllEntries);
    }

    QTemporaryDir folder{"/tmp/vt-XXXXXX"}; // short: sockets are below it
    MachineEntry entry;
    QString dataDisk;
    QemuDriverOptions options;
    QemuDriver *driver = nullptr;
    std::unique_ptr<MachineSession> session;
    std::optional<Error> error;
    std::optional<RunProblem> problem;
    QStringList states;
    QString answer;
    bool hasEnded = false;
};

// Seen by this process and its children only.
struct TinyFileSystem
{
    TinyFileSystem()
    {
        isMounted = ::geteuid() == 0 && ::unshare(CLONE_NEWNS) == 0
            && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
            && ::mount("tmpfs", folder.path().toLocal8Bit().constData(), "tmpfs", 0, "size=24m")
                == 0;
        filler.setFileName(folder.filePath("filler"));
    }
    ~TinyFileSystem()
    {
        if (isMounted)
            ::umount2(folder.path().toLocal8Bit().constData(), MNT_DETACH);
    }
    bool fillUpTo(qint64 free)
    {
        const qint64 size = QStorageInfo(folder.path()).bytesAvailable() - free;
        return filler.open(QIODevice::WriteOnly) && filler.write(QByteArray(int(size), 'x')) == size
            && filler.flush();
    }

    QTemporaryDir folder;
    QFile filler;
    bool isMounted = false;
};

#define QTRY_STATE(fixture, wanted)                                                                \
    QTRY_VERIFY2_WITH_TIMEOUT((fixture).driver->state() == Driver::State::wanted,                  \
                              qPrintable((fixture).errorLine()), Patience)
#define QTRY_ANSWER(fixture, wanted)                                                               \
    do {                                                                                           \
        QTRY_VERIFY_WITH_TIMEOUT(!(fixture).answer.isEmpty(), Patience);                           \
        QCOMPARE((fixture).answer, QString(wanted));                                               \
    } while (false)
#define SAVE(fixture)                                                                              \
    do {                                                                                           \
        (fixture).session->saveState((fixture).reply());                                           \
        QTRY_ANSWER(fixture, "ok");                                                                \
        QTRY_VERIFY((fixture).hasEnded);                                                           \
    } while (false)

} // namespace

class TestSavedMachine final : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        qputenv("VITRINE_ACCELERATION", "none");
        if (!findQemu())
            QSKIP("QEMU is not installed (package qemu-system-x86)");
    }

    void everyFormatIsSavedAndResumed_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<int>("controller");
        QTest::addRow("raw on SATA") << "raw" << int(ControllerKind::Sata);
        QTest::addRow("qcow2 on virtio") << "qcow2" << int(ControllerKind::Virtio);
        QTest::addRow("vdi on SATA") << "vdi" << int(ControllerKind::Sata);
        QTest::addRow("vmdk on IDE") << "vmdk" << int(ControllerKind::Ide);
        QTest::addRow("vhd on virtio") << "vpc" << int(ControllerKind::Virtio);
        QTest::addRow("vhdx on virtio") << "vhdx" << int(ControllerKind::Virtio);
    }

    void everyFormatIsSavedAndResumed()
    {
        QFETCH(QString, format);
        QFETCH(int, controller);
        const int wanted = qEnvironmentVariableIntValue("VITRINE_SAVE_ROUNDS");
        const int rounds = wanted > 0 ? wanted : format == "vdi" ? 3 : 1;
        Fixture f(format, ControllerKind(controller));
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(0));
        for (int round = 0; round < rounds; ++round) {
            SAVE(f);
            QVERIFY(f.states.contains("saving") && f.states.last() == "saved");
            QCOMPARE(f.recorded(), PersistentState::Saved);
            QCOMPARE(f.folderEntries(), QStringList{"saved"});
            QVERIFY(QFile::exists(savedPicturePath(f.entry.folder)));
            const checksum_guest::Status before = f.guest();
            f.open();
            QCOMPARE(f.driver->state(), Driver::State::Restoring);
            QTRY_STATE(f, Running);
            QVERIFY2(!f.error, qPrintable(f.errorLine()));
            QVERIFY(f.getsOn(before.pass));
            QCOMPARE(f.folderEntries(), QStringList());
        }
        const qint64 daemon = f.driver->storageDaemonId();
        QCOMPARE(daemon > 0, format != "raw" && format != "qcow2");
        f.driver->powerOff(f.reply());
        QTRY_ANSWER(f, "ok");
        QCOMPARE(f.recorded(), PersistentState::PoweredOff);
        QVERIFY(daemon == 0 || ::kill(pid_t(daemon), 0) == -1);
    }

    void aPausedMachineIsSavedToo()
    {
        Fixture f;
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(0, 3));
        f.driver->pause(f.reply());
        QTRY_ANSWER(f, "ok");
        SAVE(f);
        const checksum_guest::Status before = f.guest();
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(before.pass));
    }

    void savingIsCalledOff()
    {
        Fixture f("vdi");
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(0, 3));
        f.session->saveState(f.reply());
        QCOMPARE(f.driver->state(), Driver::State::Saving);
        QString canceled;
        f.session->cancelSave([&](const Result<> &result) { canceled = result ? "ok" : "no"; });
        QTRY_COMPARE(canceled, QString("ok"));
        QVERIFY2(f.answer.contains("called off"), qPrintable(f.answer));
        QCOMPARE(f.driver->state(), Driver::State::Running);
        QCOMPARE(f.folderEntries(), QStringList());
        QVERIFY(f.getsOn(f.guest().pass));
        // And once more to the end.
        SAVE(f);
        const checksum_guest::Status before = f.guest();
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(before.pass));
    }

    void aWriteOfQemusThatFailsLetsTheMachineGoOn()
    {
        Fixture f("vmdk");
        // Preloaded into QEMU only: its third write to the state fails for want of space.
        qputenv("LD_PRELOAD", qgetenv("VITRINE_BUILD_DIR") + QByteArray("/tests/libfailpoint.so"));
        qputenv("FAILPOINT_FOLDER", (f.entry.folder + "/saved.new/memory").toLocal8Bit());
        qputenv("FAILPOINT_AT", "3");
        qputenv("FAILPOINT_MODE", "nospace");
        f.open();
        const bool isRunning =
            QTest::qWaitFor([&f] { return f.driver->state() == Driver::State::Running; }, Patience);
        for (const char *name :
             {"LD_PRELOAD", "FAILPOINT_FOLDER", "FAILPOINT_AT", "FAILPOINT_MODE"})
            qunsetenv(name);
        QVERIFY2(isRunning, qPrintable(f.errorLine()));
        QVERIFY(f.getsOn(0, 3));
        f.session->saveState(f.reply());
        QTRY_VERIFY_WITH_TIMEOUT(!f.answer.isEmpty(), Patience);
        QVERIFY2(f.answer.contains("was not saved; the machine goes on"), qPrintable(f.answer));
        QCOMPARE(f.driver->state(), Driver::State::Running);
        QCOMPARE(f.folderEntries(), QStringList());
        QVERIFY(f.getsOn(f.guest().pass));
    }

    void whatWasChangedMeanwhileIsRefused()
    {
        Fixture f;
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(0, 3));
        SAVE(f);
        f.close();

        // Hardware cannot be changed, words can.
        MachineStore store(f.folder.filePath("config/vitrine"), f.folder.filePath("machines"));
        MachineEntry changed = f.entry;
        changed.definition.memoryMiB = 64;
        const auto refused = store.save(changed);
        QVERIFY_ERROR(refused, ErrorKind::Busy);
        QVERIFY2(QString::fromStdString(refused.error().text())
                     .contains("memory (32 MiB when it was saved, 64 MiB now)"),
                 refused.error().text().c_str());
        changed = f.entry;
        changed.definition.description = "words";
        QVERIFY_OK(store.save(changed));

        // By hand they can.
        changed.definition.memoryMiB = 64;
        QVERIFY_OK(writeMachine(changed));
        f.open();
        QVERIFY2(f.errorLine().contains("memory"), qPrintable(f.errorLine()));
        QVERIFY(f.hasEnded);
        QCOMPARE(f.recorded(), PersistentState::Saved);
        f.close();
        changed.definition.memoryMiB = 32;
        QVERIFY_OK(writeMachine(changed));

        // A disk that somebody wrote to.
        QCOMPARE(QProcess::execute("qemu-io", {"-f", "qcow2", "-c", "write -q 1M 4k", f.dataDisk}),
                 0);
        f.open();
        QVERIFY2(f.errorLine().contains("data.qcow2"), qPrintable(f.errorLine()));
        QVERIFY(QString::fromStdString(f.error->remedy()).contains("iscard"));
        QCOMPARE(f.recorded(), PersistentState::Saved);
        f.close();

        QVERIFY_OK(store.discardSavedState(f.entry));
        QCOMPARE(f.recorded(), PersistentState::PoweredOff);
        QCOMPARE(f.folderEntries(), QStringList());
        QVERIFY_ERROR(store.discardSavedState(f.entry), ErrorKind::Invalid);
        f.open();
        QCOMPARE(f.driver->state(), Driver::State::Starting);
        QTRY_STATE(f, Running);
    }

    void aStateThatCannotBeLoadedStays()
    {
        Fixture f("vhdx");
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(0, 3));
        SAVE(f);
        const checksum_guest::Status before = f.guest();
        const QString memory = savedStateFolder(f.entry.folder) + "/memory";
        QVERIFY(QFile::copy(memory, f.folder.filePath("whole")));
        QFile file(memory);
        QVERIFY(file.resize(file.size() / 2));
        f.open();
        QTRY_VERIFY_WITH_TIMEOUT(f.hasEnded, Patience);
        QVERIFY2(f.errorLine().contains("The saved state of \"Checksum\" could not be loaded"),
                 qPrintable(f.errorLine()));
        QCOMPARE(f.states.last(), QString("saved"));
        QCOMPARE(f.recorded(), PersistentState::Saved);
        // Nothing was touched: with the file mended the machine goes on.
        QVERIFY(QFile::remove(memory) && QFile::rename(f.folder.filePath("whole"), memory));
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(before.pass));
    }

    void aMachineThatIsPoweredOffWhileItIsRestoredIsStillSaved()
    {
        Fixture f;
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(0, 3));
        SAVE(f);
        f.open();
        QCOMPARE(f.driver->state(), Driver::State::Restoring);
        f.driver->powerOff(f.reply());
        QTRY_ANSWER(f, "ok");
        QTRY_COMPARE(f.recorded(), PersistentState::Saved);
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(f.guest().pass, 5));
    }

    void whatCannotBeSavedSaysWhy()
    {
        Fixture f("raw", ControllerKind::Nvme);
        f.open();
        QTRY_STATE(f, Running);
        f.session->saveState(f.reply());
        QVERIFY2(f.answer.contains("NVMe controller (\"Data\")"), qPrintable(f.answer));
        QCOMPARE(f.driver->state(), Driver::State::Running);
    }

    void aLostStorageDaemonIsReplaced()
    {
        Fixture f("vdi");
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(0));
        const qint64 first = f.driver->storageDaemonId();
        QCOMPARE(::kill(pid_t(first), SIGKILL), 0);
        QTRY_VERIFY(f.driver->storageDaemonId() > 0 && f.driver->storageDaemonId() != first);
        QVERIFY(f.getsOn(f.guest().pass));
        QCOMPARE(f.driver->state(), Driver::State::Running);
        SAVE(f);
        const checksum_guest::Status before = f.guest();
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(before.pass));
    }

    void aFullDiskBehindTheStorageDaemonPausesAndRetryGoesOn_data()
    {
        QTest::addColumn<QString>("format");
        for (const char *format : {"vdi", "vmdk", "vpc", "vhdx"})
            QTest::addRow("%s", format) << format;
    }

    void aFullDiskBehindTheStorageDaemonPausesAndRetryGoesOn()
    {
        QFETCH(QString, format);
        TinyFileSystem tiny;
        if (!tiny.isMounted)
            QSKIP("a file system to fill can be mounted by root only");
        Fixture f(format);
        const QString disk = tiny.folder.filePath("data." + format);
        QVERIFY(makeImage(disk, format));
        QVERIFY(tiny.fillUpTo(256 << 10));
        f.entry.definition.controllers[1].attachments[0].path = disk;
        QVERIFY_OK(writeMachine(f.entry));
        f.open();
        QTRY_STATE(f, Running);
        QTRY_VERIFY_WITH_TIMEOUT(f.problem.has_value(), Patience);
        QCOMPARE(int(f.problem->kind), int(RunProblem::Kind::DiskFull));
        QVERIFY2(f.problem->text.contains(disk), qPrintable(f.problem->text));
        QCOMPARE(f.driver->state(), Driver::State::Paused);
        const std::uint32_t before = f.guest().pass;
        QVERIFY(tiny.filler.remove());
        f.driver->resume(f.reply());
        QTRY_ANSWER(f, "ok");
        // So far that all is read back that was written around the stop, also by a new daemon.
        QVERIFY(f.getsOn(before, 10));
        QCOMPARE(::kill(pid_t(f.driver->storageDaemonId()), SIGKILL), 0);
        QVERIFY(f.getsOn(f.guest().pass, 10));
        f.driver->powerOff(f.reply());
        QTRY_ANSWER(f, "ok");
        if (format != "vpc") // which has no check
            QCOMPARE(QProcess::execute("qemu-img", {"check", "-q", "-f", format, disk}), 0);
    }

    void theComputersSleepIsNoticed()
    {
        Fixture f;
        std::chrono::nanoseconds asleep = 1h;
        f.options.heartbeatInterval = 50ms;
        f.options.timeAsleep = [&asleep] { return asleep; };
        int corrections = 0;
        setLogSink([&corrections](const LogRecord &record) {
            corrections += record.text == "the guest's clock is set";
        });
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(0, 3));
        QCOMPARE(corrections, 0); // what was before the start is not the guest's
        asleep += 5min;
        QTRY_COMPARE_WITH_TIMEOUT(corrections, 1, Patience);
        QVERIFY(f.getsOn(f.guest().pass, 3));
        QCOMPARE(corrections, 1);
        setLogSink({});
    }

    void aDisposableRunLeavesNothing()
    {
        Fixture f("vdi");
        f.open();
        QTRY_STATE(f, Running);
        QVERIFY(f.getsOn(0, 3));
        f.driver->powerOff(f.reply());
        QTRY_ANSWER(f, "ok");
        const QByteArray boot = contents(f.bootDisk());
        const QByteArray data = contents(f.dataDisk);
        QDir().mkpath(f.entry.folder + "/disposable/of-a-killed-run");
        f.open(MachineSession::Run::Disposable);
        QTRY_STATE(f, Running);
        QVERIFY(f.session->status().isDisposableRun);
        QVERIFY(!QFile::exists(f.entry.folder + "/disposable/of-a-killed-run"));
        const QString overlay = f.entry.folder + "/disposable/0.qcow2";
        const qint64 size = QFileInfo(overlay).size();
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(overlay).size() > size, Patience);
        f.session->saveState(f.reply());
        QVERIFY2(f.answer.contains("disposable"), qPrintable(f.answer));
        f.driver->powerOff(f.reply());
        QTRY_ANSWER(f, "ok");
        QCOMPARE(f.folderEntries(), QStringList());
        QCOMPARE(contents(f.bootDisk()), boot);
        QCOMPARE(contents(f.dataDisk), data);
        QCOMPARE(f.recorded(), PersistentState::PoweredOff);
    }
};

QTEST_GUILESS_MAIN(TestSavedMachine)

#include "tst_saved_machine.moc"
