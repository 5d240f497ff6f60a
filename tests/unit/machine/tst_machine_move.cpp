// SPDX-License-Identifier: GPL-3.0-or-later
// Renaming, moving and copying machines: what becomes of them, what is refused, and that a kill or
// a full disk at any moment leaves one whole machine.
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_store.h"
#include "engine/machine/machine_task.h"
#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"
#include "engine/media/machine_copy.h"
#include "tests/support/failing_calls.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <sys/wait.h>
#include <unistd.h>

using namespace engine;
using fakes::FailingCalls;

namespace {

const QByteArray DiskBytes = QByteArray(300000, 'd') + "end";

void writeFile(const QString &path, const QByteArray &bytes)
{
    QVERIFY(QDir().mkpath(QFileInfo(path).absolutePath()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QStringList hiddenNames(const QString &folder)
{
    return QDir(folder).entryList({QStringLiteral(".vitrine-part*")}, QDir::Dirs | QDir::Hidden);
}

} // namespace

class TestMachineMove final : public QObject
{
    Q_OBJECT

private:
    QString config() const { return m_folder->path() + QStringLiteral("/config"); }
    QString base() const { return m_folder->path() + QStringLiteral("/machines"); }
    QString far() const { return m_folder->path() + QStringLiteral("/far"); }

    // A machine with a disk by absolute path, as storageattach writes it, and all else it may have.
    MachineEntry make(MachineStore &store, const QString &name)
    {
        MachineDefinition definition;
        definition.name = name;
        definition.adapters = {
            {.mode = NetworkMode::Nat, .macAddress = QStringLiteral("52:54:00:00:00:01")}};
        auto made = store.create(definition);
        check(made.has_value(), "the machine could not be made");
        const QString disk = made->folder + QStringLiteral("/disks/%1.raw").arg(name);
        writeFile(disk, DiskBytes);
        writeFile(made->folder + QStringLiteral("/nvram"), "variables");
        writeFile(made->folder + QStringLiteral("/tpm/state"), "keys");
        writeFile(made->folder + QStringLiteral("/Logs/vitrine.log"), "words");
        StorageController controller{.name = QStringLiteral("SATA")};
        controller.attachments.append({.kind = MediumKind::HardDisk, .path = disk});
        made->definition.controllers = {controller};
        const auto saved = store.save(*made);
        check(saved.has_value(), "the machine could not be saved");
        return *saved;
    }

    // Everything of the machine is where its definition says.
    static bool isWhole(const MachineEntry &entry)
    {
        if (!entry.isAccessible() || entry.definition.controllers.isEmpty())
            return false;
        const auto &disk = entry.definition.controllers[0].attachments[0];
        return readFile(resolvedPath(disk, entry.folder)) == DiskBytes
            && readFile(entry.folder + QStringLiteral("/nvram")) == "variables"
            && readFile(entry.folder + QStringLiteral("/tpm/state")) == "keys";
    }

    // In a child that may be killed; true when it lived to the end.
    static bool livesThrough(const std::function<void()> &work)
    {
        const pid_t child = ::fork();
        if (child == 0) {
            work();
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status);
    }

    static Result<MachineEntry> moveAndWait(MachineStore &store, const MachineEntry &entry,
                                            const QString &folder)
    {
        Result<MachineEntry> result = Error(ErrorKind::Io, "nothing was heard");
        auto task = store.move(
            entry, folder,
            [&result](const Result<MachineEntry> &moved, const QString &) { result = moved; });
        if (!task)
            return task.error();
        (*task)->waitForFinished();
        delete *task;
        return result;
    }

    static Result<MachineEntry> copyAndWait(MachineStore &store, const MachineEntry &entry,
                                            const MachineCopyRequest &request)
    {
        Result<MachineEntry> result = Error(ErrorKind::Io, "nothing was heard");
        auto task = copyMachine(store, entry, request,
                                [&result](const Result<MachineEntry> &made) { result = made; });
        if (!task)
            return task.error();
        (*task)->waitForFinished();
        delete *task;
        return result;
    }

private slots:
    void init()
    {
        FailingCalls::reset();
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }
    void cleanup() { FailingCalls::reset(); }

    void movesOutOfTheMachineFolderAndBack()
    {
        MachineStore store(config(), base());
        const MachineEntry entry = make(store, QStringLiteral("a"));
        QSignalSpy changed(&store, &MachineStore::changed);
        const auto moved = moveAndWait(store, entry, far());
        QVERIFY_OK(moved);
        QCOMPARE(moved->folder, far() + QStringLiteral("/a"));
        QVERIFY(isWhole(*moved));
        QVERIFY(!QFileInfo::exists(entry.folder));
        QVERIFY(!changed.isEmpty());
        QCOMPARE(store.machines().size(), 1);
        QVERIFY(isWhole(store.machines()[0]));
        // Another program sees it, and it can be used at once.
        MachineStore other(config(), base());
        QCOMPARE(other.machines().size(), 1);
        QVERIFY_OK(MachineLock::acquire(moved->folder));
        const auto back = moveAndWait(store, *moved, base());
        QVERIFY_OK(back);
        QVERIFY(isWhole(*back));
        QCOMPARE(MachineStore(config(), base()).machines().size(), 1);
        // Nothing is left in the list that would be looked for.
        QVERIFY(!readFile(config() + QStringLiteral("/machines.json")).contains("far"));
    }

    void movesBetweenFileSystems()
    {
        MachineStore store(config(), base());
        const MachineEntry entry = make(store, QStringLiteral("a"));
        QVERIFY(
            QFile::link(QStringLiteral("a.raw"), entry.folder + QStringLiteral("/disks/b.raw")));
        FailingCalls::hasTwoFileSystems = true;
        const auto moved = moveAndWait(store, entry, far());
        QVERIFY_OK(moved);
        QVERIFY(isWhole(*moved));
        QVERIFY(!QFileInfo::exists(entry.folder));
        QVERIFY(QFileInfo(moved->folder + QStringLiteral("/disks/b.raw")).isSymLink());
        QCOMPARE(readFile(moved->folder + QStringLiteral("/disks/b.raw")), DiskBytes);
        QCOMPARE(hiddenNames(far()), QStringList());
    }

    void holesStayHoles()
    {
        MachineStore store(config(), base());
        const MachineEntry entry = make(store, QStringLiteral("a"));
        const QString disk = entry.folder + QStringLiteral("/disks/holes.raw");
        {
            QFile file(disk);
            QVERIFY(file.open(QIODevice::WriteOnly));
            QVERIFY(file.resize(64 * 1024 * 1024));
            QVERIFY(file.seek(32 * 1024 * 1024));
            QCOMPARE(file.write("middle"), 6);
        }
        FailingCalls::hasTwoFileSystems = true;
        const auto moved = moveAndWait(store, entry, far());
        QVERIFY_OK(moved);
        const QString copy = moved->folder + QStringLiteral("/disks/holes.raw");
        QCOMPARE(QFileInfo(copy).size(), 64 * 1024 * 1024);
        QVERIFY(allocatedBytes(copy) < 1024 * 1024);
        QFile file(copy);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.seek(32 * 1024 * 1024));
        QCOMPARE(file.read(6), QByteArray("middle"));
    }

    void refusesToMove()
    {
        MachineStore store(config(), base());
        const MachineEntry entry = make(store, QStringLiteral("a"));
        QVERIFY_ERROR(moveAndWait(store, entry, base()), ErrorKind::Invalid);
        QVERIFY_ERROR(moveAndWait(store, entry, entry.folder + QStringLiteral("/disks")),
                      ErrorKind::Invalid);
        QVERIFY(QDir().mkpath(far() + QStringLiteral("/a")));
        QVERIFY_ERROR(moveAndWait(store, entry, far()), ErrorKind::Busy);
        {
            const auto lock = MachineLock::acquire(entry.folder); // as if it ran
            QVERIFY_OK(lock);
            QVERIFY_ERROR(moveAndWait(store, entry, m_folder->path()), ErrorKind::Busy);
        }
        // A disk in its folder that another machine uses.
        MachineEntry other = make(store, QStringLiteral("b"));
        other.definition.controllers[0].attachments[0].path =
            entry.folder + QStringLiteral("/disks/a.raw");
        QVERIFY_OK(store.save(other));
        const auto shared = moveAndWait(store, entry, m_folder->path());
        QVERIFY_ERROR(shared, ErrorKind::Busy);
        QVERIFY(shared.error().text().find("Another machine uses") != std::string::npos);
        QVERIFY(isWhole(store.machines()[0]));
    }

    void unwritableFoldersAreDenied()
    {
        if (::geteuid() == 0)
            QSKIP("root may write everywhere");
        MachineStore store(config(), base());
        const MachineEntry entry = make(store, QStringLiteral("a"));
        QVERIFY(QDir().mkpath(far()));
        QFile::setPermissions(far(), QFile::ReadOwner | QFile::ExeOwner);
        QVERIFY_ERROR(moveAndWait(store, entry, far()), ErrorKind::Denied);
        QFile::setPermissions(far(), QFile::ReadOwner | QFile::ExeOwner | QFile::WriteOwner);
        QVERIFY(isWhole(store.machines()[0]));
    }

    void killedMoverLeavesOneWholeMachine_data()
    {
        QTest::addColumn<bool>("twoFileSystems");
        QTest::addColumn<bool>("renames");
        QTest::newRow("renamed") << false << true;
        QTest::newRow("one file system") << false << false;
        QTest::newRow("two file systems") << true << false;
    }

    void killedMoverLeavesOneWholeMachine()
    {
        QFETCH(bool, twoFileSystems);
        QFETCH(bool, renames);
        int kills = 0;
        for (long at = 1;; ++at) {
            FailingCalls::reset();
            m_folder = std::make_unique<QTemporaryDir>();
            MachineEntry entry;
            {
                MachineStore store(config(), base());
                entry = make(store, QStringLiteral("a"));
            }
            const bool isDone = livesThrough([&] {
                FailingCalls::changes = 0;
                FailingCalls::hasTwoFileSystems = twoFileSystems;
                FailingCalls::killAt = at;
                MachineStore store(config(), base());
                if (renames) [[maybe_unused]]
                    const auto done = store.rename(entry, QStringLiteral("z"));
                else [[maybe_unused]]
                    const auto done = moveAndWait(store, entry, far());
            });
            const auto expectOne = [&](const char *when) {
                const MachineStore store(config(), base());
                QVERIFY2(store.machines().size() == 1,
                         qPrintable(QStringLiteral("%1 machines at change %2, %3")
                                        .arg(store.machines().size())
                                        .arg(at)
                                        .arg(QLatin1String(when))));
                const MachineEntry found = store.machines().front();
                QVERIFY2(found.definition.uuid == entry.definition.uuid && isWhole(found),
                         qPrintable(QStringLiteral("change %1, %2: %3")
                                        .arg(at)
                                        .arg(QLatin1String(when), found.folder)));
                QVERIFY_OK(MachineLock::acquire(found.folder));
            };
            expectOne("after the kill");
            MachineStore manager(config(), base());
            manager.watch(); // cleans up
            expectOne("cleaned up");
            QCOMPARE(hiddenNames(base()) + hiddenNames(far()), QStringList());
            QVERIFY(QFileInfo::exists(base() + QStringLiteral("/a"))
                        + QFileInfo::exists(far() + QStringLiteral("/a"))
                        + QFileInfo::exists(base() + QStringLiteral("/z"))
                    == 1);
            QVERIFY(!readFile(config() + QStringLiteral("/machines.json")).contains("moves"));
            // And it can go on from there.
            const MachineEntry left = MachineStore(config(), base()).machines().front();
            QVERIFY_OK(moveAndWait(manager, left, m_folder->path() + QStringLiteral("/third")));
            if (isDone)
                break;
            ++kills;
        }
        QVERIFY2(kills > 8, qPrintable(QString::number(kills)));
    }

    void fullDiskLeavesTheMachineWhereItWas()
    {
        int failures = 0;
        for (long from = 1;; ++from) {
            FailingCalls::reset();
            m_folder = std::make_unique<QTemporaryDir>();
            MachineStore store(config(), base());
            const MachineEntry entry = make(store, QStringLiteral("a"));
            FailingCalls::changes = 0;
            FailingCalls::hasTwoFileSystems = true;
            FailingCalls::fullFrom = from;
            const auto moved = moveAndWait(store, entry, far());
            FailingCalls::fullFrom = 0;
            const MachineStore after(config(), base());
            QCOMPARE(after.machines().size(), 1);
            QVERIFY2(isWhole(after.machines()[0]), qPrintable(QString::number(from)));
            if (moved)
                break;
            ++failures;
            QVERIFY(moved.error().kind() == ErrorKind::NoSpace
                    || moved.error().kind() == ErrorKind::Denied
                    || moved.error().kind() == ErrorKind::Io);
            QCOMPARE(hiddenNames(far()), QStringList());
        }
        QVERIFY2(failures > 4, qPrintable(QString::number(failures)));
    }

    void cancelledMoveIsUndone()
    {
        MachineStore store(config(), base());
        const MachineEntry entry = make(store, QStringLiteral("a"));
        FailingCalls::hasTwoFileSystems = true;
        Result<MachineEntry> result = Error(ErrorKind::Io, "nothing was heard");
        auto task =
            store.move(entry, far(), [&result](const Result<MachineEntry> &moved, const QString &) {
                result = moved;
            });
        QVERIFY_OK(task);
        (*task)->cancel();
        QTRY_VERIFY(result || result.error().kind() != ErrorKind::Io);
        // It may have been done before it heard.
        QCOMPARE(store.machines().size(), 1);
        QVERIFY(isWhole(store.machines()[0]));
        QCOMPARE(hiddenNames(far()), QStringList());
        if (!result)
            QCOMPARE(store.machines()[0].folder, entry.folder);
    }

    void copiesAreWholeAndTheirOwn()
    {
        MachineStore store(config(), base());
        MachineEntry entry = make(store, QStringLiteral("a"));
        const QString outside = far() + QStringLiteral("/shared.raw");
        const QString fixed = far() + QStringLiteral("/base.raw");
        writeFile(outside, "outside");
        writeFile(fixed, "fixed");
        auto &attachments = entry.definition.controllers[0].attachments;
        attachments.append({.kind = MediumKind::HardDisk, .port = 1, .path = outside});
        attachments.append(
            {.kind = MediumKind::HardDisk, .port = 2, .path = fixed, .isReadOnly = true});
        attachments.append(
            {.kind = MediumKind::Optical, .port = 3, .path = QStringLiteral("a.iso")});
        entry.definition.isAutostartOn = true;
        entry = *store.save(entry);

        const MachineCopyRequest request{.name = QStringLiteral("copy of a")};
        const auto plan = planMachineCopy(store, entry, request);
        QVERIFY_OK(plan);
        QVERIFY(plan->notes.join(QString()).contains(outside));
        QVERIFY(!plan->notes.join(QString()).contains(fixed));

        const auto copy = copyAndWait(store, entry, request);
        QVERIFY_OK(copy);
        QVERIFY(isWhole(*copy));
        QVERIFY(copy->definition.uuid != entry.definition.uuid);
        QCOMPARE(copy->definition.name, QStringLiteral("copy of a"));
        QVERIFY(!copy->definition.isAutostartOn);
        QVERIFY(copy->definition.adapters[0].macAddress != entry.definition.adapters[0].macAddress);
        const auto &copied = copy->definition.controllers[0].attachments;
        QCOMPARE(copied[0].path, QStringLiteral("disks/copy of a.raw"));
        QCOMPARE(copied[1].path, QStringLiteral("disks/shared.raw"));
        QCOMPARE(readFile(copy->folder + QStringLiteral("/disks/shared.raw")),
                 QByteArray("outside"));
        QCOMPARE(copied[2].path, fixed);
        QCOMPARE(copied[3].path, entry.folder + QStringLiteral("/a.iso"));
        QVERIFY(!QFileInfo::exists(copy->folder + QStringLiteral("/Logs/vitrine.log")));
        QCOMPARE(store.machines().size(), 2);

        // Deleting one leaves the other alone.
        QVERIFY_OK(store.deleteMachine(*copy));
        QVERIFY(isWhole(store.machines()[0]));

        const auto same = copyAndWait(
            store, entry,
            {.name = QStringLiteral("b"), .baseFolder = far(), .macAddresses = MacAddresses::Keep});
        QVERIFY_OK(same);
        QCOMPARE(same->definition.adapters[0].macAddress, entry.definition.adapters[0].macAddress);
        QCOMPARE(same->folder, far() + QStringLiteral("/b"));
        QCOMPARE(MachineStore(config(), base()).machines().size(), 2);
    }

    void copyOfAChainStandsAlone()
    {
        if (QStandardPaths::findExecutable(QStringLiteral("qemu-img")).isEmpty())
            QSKIP("qemu-img is not installed");
        MachineStore store(config(), base());
        MachineEntry entry = make(store, QStringLiteral("a"));
        const QString bottom = far() + QStringLiteral("/bottom.qcow2");
        const QString top = entry.folder + QStringLiteral("/disks/top.qcow2");
        QVERIFY(QDir().mkpath(far()));
        const auto run = [](const QStringList &arguments) {
            return QProcess::execute(QStringLiteral("qemu-img"), arguments) == 0;
        };
        QVERIFY(run({"create", "-q", "-f", "qcow2", bottom, "8M"}));
        QVERIFY(run({"create", "-q", "-f", "qcow2", "-b", bottom, "-F", "qcow2", top}));
        entry.definition.controllers[0].attachments.append(
            {.kind = MediumKind::HardDisk, .port = 1, .path = top});
        entry = *store.save(entry);
        const auto copy = copyAndWait(store, entry, {.name = QStringLiteral("c")});
        QVERIFY_OK(copy);
        const auto info = imageInfo(copy->folder + QStringLiteral("/disks/top.qcow2"));
        QVERIFY_OK(info);
        QVERIFY(info->backingPath.isEmpty());
        QCOMPARE(info->virtualSizeBytes, 8 * 1024 * 1024);

        // Its base is named by where it is now: moving the folder would lose nothing, but a base
        // inside the folder would.
        QVERIFY_OK(moveAndWait(store, entry, m_folder->path() + QStringLiteral("/third")));
        const QString tied = copy->folder + QStringLiteral("/disks/tied.qcow2");
        QVERIFY(run({"create", "-q", "-f", "qcow2", "-b",
                     copy->folder + QStringLiteral("/disks/top.qcow2"), "-F", "qcow2", tied}));
        MachineEntry second = *copy;
        second.definition.controllers[0].attachments[1].path = tied;
        second = *store.save(second);
        QVERIFY_ERROR(moveAndWait(store, second, m_folder->path() + QStringLiteral("/third")),
                      ErrorKind::Unsupported);
    }

    void refusesToCopy()
    {
        MachineStore store(config(), base());
        MachineEntry entry = make(store, QStringLiteral("a"));
        QVERIFY_ERROR(copyAndWait(store, entry, {.name = QStringLiteral("A")}), ErrorKind::Busy);
        QVERIFY_ERROR(copyAndWait(store, entry, {.name = QStringLiteral("x/y")}),
                      ErrorKind::Invalid);
        {
            const auto lock = MachineLock::acquire(entry.folder);
            QVERIFY_OK(lock);
            const auto refused = copyAndWait(store, entry, {.name = QStringLiteral("b")});
            QVERIFY_ERROR(refused, ErrorKind::Busy);
            QVERIFY(refused.error().text().find("Cannot copy the machine 'a'") == 0);
        }
        QVERIFY(QFile::remove(entry.folder + QStringLiteral("/disks/a.raw")));
        QVERIFY_ERROR(copyAndWait(store, entry, {.name = QStringLiteral("b")}),
                      ErrorKind::NotFound);
        QCOMPARE(store.machines().size(), 1);
        QCOMPARE(hiddenNames(base()), QStringList());
    }

    void killedCopierLeavesTheOriginalAndNoHalfCopy()
    {
        int kills = 0;
        for (long at = 1;; ++at) {
            FailingCalls::reset();
            m_folder = std::make_unique<QTemporaryDir>();
            MachineEntry entry;
            {
                MachineStore store(config(), base());
                entry = make(store, QStringLiteral("a"));
            }
            const bool isDone = livesThrough([&] {
                FailingCalls::changes = 0;
                FailingCalls::killAt = at;
                MachineStore store(config(), base());
                [[maybe_unused]] const auto done =
                    copyAndWait(store, entry, {.name = QStringLiteral("copy")});
            });
            MachineStore manager(config(), base());
            manager.watch();
            QCOMPARE(hiddenNames(base()), QStringList());
            const QList<MachineEntry> machines = manager.machines();
            QVERIFY(machines.size() == 1 || machines.size() == 2);
            for (const MachineEntry &machine : machines)
                QVERIFY2(isWhole(machine), qPrintable(QString::number(at)));
            QVERIFY(machines.front().definition == entry.definition);
            if (isDone) {
                QCOMPARE(machines.size(), 2);
                break;
            }
            ++kills;
        }
        QVERIFY2(kills > 8, qPrintable(QString::number(kills)));
    }

    void renamingChecksTheNameOnly()
    {
        MachineStore store(config(), base());
        const MachineEntry entry = make(store, QStringLiteral("a"));
        make(store, QStringLiteral("b"));
        QVERIFY(!store.nameProblem(QStringLiteral("A"), entry.folder));
        QVERIFY(store.nameProblem(QStringLiteral("B"), entry.folder).has_value());
        QVERIFY(store.nameProblem(QStringLiteral("a")).has_value());
        const auto renamed = store.rename(entry, QStringLiteral("A"));
        QVERIFY_OK(renamed);
        QCOMPARE(renamed->folder, base() + QStringLiteral("/A"));
        QVERIFY(isWhole(*renamed));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestMachineMove)
#include "tst_machine_move.moc"
