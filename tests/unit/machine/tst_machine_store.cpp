// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/machine_outlines.h"
#include "engine/machine/machine_store.h"
#include "engine/machine/qt_text.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFileInfo>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThreadPool>
#include <QtCore/QtEndian>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <csignal>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace engine;

namespace {

void writeFile(const QString &path, const QByteArray &bytes = "data")
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

MachineDefinition named(const QString &name)
{
    MachineDefinition definition;
    definition.name = name;
    return definition;
}

StorageController disks(const QStringList &paths, MediumKind kind = MediumKind::HardDisk)
{
    StorageController controller{.name = QStringLiteral("SATA"), .portCount = 8};
    for (const QString &path : paths) {
        controller.attachments.append(
            {.kind = kind, .port = int(controller.attachments.size()), .path = path});
    }
    return controller;
}

QByteArray qcow2WithBacking(const QByteArray &backing)
{
    QByteArray header(104, '\0');
    header.replace(0, 4, "QFI\xfb");
    qToBigEndian<quint64>(104, header.data() + 8);
    qToBigEndian<quint32>(quint32(backing.size()), header.data() + 16);
    return header + backing;
}

} // namespace

class TestMachineStore final : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void createdMachinesAreFound()
    {
        MachineStore store(config(), base());
        const auto made = store.create(named(QStringLiteral("a b")));
        QVERIFY_OK(made);
        QVERIFY(!made->definition.uuid.isNull());
        QCOMPARE(made->definitionPath, base() + QStringLiteral("/a b/a b.vitrine"));
        QVERIFY(QFileInfo(made->folder + QStringLiteral("/disks")).isDir());
        QVERIFY(QFileInfo(made->folder + QStringLiteral("/Logs")).isDir());

        const MachineStore other(config(), base());
        QCOMPARE(other.machines().size(), 1);
        const QUuid uuid = made->definition.uuid;
        for (const QString &word :
             {QStringLiteral("a b"), uuid.toString(), uuid.toString(QUuid::WithoutBraces),
              uuid.toString(QUuid::WithoutBraces).toUpper(), made->folder, made->definitionPath,
              made->folder + QLatin1Char('/')}) {
            const auto found = other.find(word);
            QVERIFY_OK(found);
            QVERIFY(found->definition == made->definition);
        }
    }

    void missingMachineIsReportedInKnownWords()
    {
        const MachineStore store(config(), base());
        const auto found = store.find(QStringLiteral("X"));
        QVERIFY_ERROR(found, ErrorKind::NotFound);
        QVERIFY(errorText(found.error())
                    .contains(QStringLiteral("Could not find a registered machine named 'X'")));
    }

    void unusableNamesAreRefused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("empty") << QString();
        QTest::newRow("spaces") << QStringLiteral("  ");
        QTest::newRow("slash") << QStringLiteral("a/b");
        QTest::newRow("parent") << QStringLiteral("..");
        QTest::newRow("hidden") << QStringLiteral(".a");
        QTest::newRow("line break") << QStringLiteral("a\nb");
        QTest::newRow("nul") << QString(QChar(u'\0'));
        QTest::newRow("space at end") << QStringLiteral("a ");
        QTest::newRow("long") << QString(221, QLatin1Char('x'));
        QTest::newRow("long in UTF-8") << QString(111, QChar(0xe4));
        QTest::newRow("half a pair") << QString(QChar(0xd800));
    }

    void unusableNamesAreRefused()
    {
        QFETCH(QString, name);
        MachineStore store(config(), base());
        QVERIFY_ERROR(store.create(named(name)), ErrorKind::Invalid);
        QVERIFY(QDir(base()).isEmpty());
    }

    void longestNameWorks()
    {
        MachineStore store(config(), base());
        auto made = store.create(named(QString(220, QLatin1Char('x'))));
        QVERIFY_OK(made);
        made->definition.cpus = 2;
        QVERIFY_OK(store.save(*made));
    }

    void nameAndFolderAreTakenOnce()
    {
        MachineStore store(config(), base());
        QVERIFY_OK(store.create(named(QStringLiteral("one"))));
        QVERIFY_ERROR(store.create(named(QStringLiteral("ONE"))), ErrorKind::Busy);
        writeFile(base() + QStringLiteral("/two/letter.txt"));
        QVERIFY_ERROR(store.create(named(QStringLiteral("two"))), ErrorKind::Busy);
        QCOMPARE(QDir(base() + QStringLiteral("/two")).entryList(QDir::Files).size(), 1);
    }

    void savingKeepsThePreviousVersion()
    {
        MachineStore store(config(), base());
        auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        const QByteArray first = readFile(entry->definitionPath);
        entry->definition.memoryMiB = 99;
        QVERIFY_OK(store.save(*entry));
        QCOMPARE(readFile(entry->definitionPath + QStringLiteral(".prev")), first);
        QCOMPARE(readMachine(entry->folder)->definition.memoryMiB, 99);
        // Nothing temporary stays.
        QCOMPARE(QDir(entry->folder).entryList(QDir::Files).size(), 2);
    }

    void damagedDefinitionIsListedAndNeverOverwritten()
    {
        MachineStore store(config(), base());
        auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        entry->definition.cpus = 2;
        QVERIFY_OK(store.save(*entry));
        const QByteArray half = readFile(entry->definitionPath).left(40);
        writeFile(entry->definitionPath, half);
        store.refresh();
        QCOMPARE(store.machines().size(), 1);
        QVERIFY(!store.machines().front().isAccessible());
        QCOMPARE(store.machines().front().displayName(), QStringLiteral("a"));
        QVERIFY(toQString(store.machines().front().error->remedy())
                    .contains(QStringLiteral(".vitrine.prev")));
        QVERIFY_ERROR(store.find(QStringLiteral("a")), ErrorKind::Corrupt);
        QVERIFY_ERROR(store.save(*entry), ErrorKind::Corrupt);
        QCOMPARE(readFile(entry->definitionPath), half);
    }

    void valuesThatCouldNotBeReadBackAreNotWritten()
    {
        MachineStore store(config(), base());
        auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        entry->definition.cpus = 0;
        QVERIFY_ERROR(store.save(*entry), ErrorKind::Invalid);
        QCOMPARE(readMachine(entry->folder)->definition.cpus, 1);
    }

    void fullDiskLeavesTheOldDefinition()
    {
        MachineStore store(config(), base());
        auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        entry->definition.description = QString(200000, QLatin1Char('x'));
        struct rlimit old = {};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &old), 0);
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        struct rlimit small = old;
        small.rlim_cur = 4096;
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto saved = store.save(*entry);
        ::setrlimit(RLIMIT_FSIZE, &old);
        std::signal(SIGXFSZ, handler);
        QVERIFY_ERROR(saved, ErrorKind::NoSpace);
        QVERIFY(!saved.error().remedy().empty());
        const auto read = readMachine(entry->folder);
        QVERIFY_OK(read);
        QVERIFY(read->definition.description.isEmpty());
        QCOMPARE(QDir(entry->folder).entryList(QDir::Files), {QStringLiteral("a.vitrine")});
    }

    void unwritableFolderIsDenied()
    {
        // Root may write everywhere, so it is somebody else for a moment.
        MachineStore store(config(), base());
        auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        entry->definition.cpus = 2;
        QVERIFY(QFile::setPermissions(m_folder->path(), QFile::Permissions(0x7755)));
        QVERIFY(QFile::setPermissions(entry->folder, QFile::Permissions(0x5555)));
        const bool isRoot = ::geteuid() == 0;
        if (isRoot)
            QCOMPARE(::seteuid(65534), 0);
        const auto written = writeMachine(*entry);
        const auto lock = MachineLock::acquire(entry->folder);
        if (isRoot)
            QCOMPARE(::seteuid(0), 0);
        QVERIFY(QFile::setPermissions(entry->folder, QFile::Permissions(0x7755)));
        QVERIFY_ERROR(written, ErrorKind::Denied);
        QVERIFY_ERROR(lock, ErrorKind::Denied);
    }

    void killedWriterLeavesAReadableDefinition()
    {
        MachineStore store(config(), base());
        auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        for (int round = 0; round < 8; ++round) {
            int ready[2];
            QCOMPARE(::pipe(ready), 0);
            const pid_t child = ::fork();
            if (child == 0) {
                for (int i = 0;; ++i) {
                    entry->definition.description = QString(i * 37 % 5000, QLatin1Char('y'));
                    entry->definition.memoryMiB = 4 + i % 1000;
                    if (!writeMachine(*entry))
                        ::_exit(1);
                    if (i == round && ::write(ready[1], "x", 1) != 1)
                        ::_exit(2);
                }
            }
            QVERIFY(child > 0);
            ::close(ready[1]);
            char byte = 0;
            QCOMPARE(::read(ready[0], &byte, 1), ssize_t(1));
            QCOMPARE(::kill(child, SIGKILL), 0);
            int status = 0;
            QCOMPARE(::waitpid(child, &status, 0), child);
            QVERIFY(WIFSIGNALED(status));
            ::close(ready[0]);
            QVERIFY_OK(readMachine(entry->folder));
        }
        // And what the killed ones left does not outlive the machine.
        QVERIFY_OK(store.deleteMachine(*entry));
        QVERIFY(!QFileInfo::exists(entry->folder));
    }

    void lockHasOneHolderAndDiesWithIt()
    {
        MachineStore store(config(), base());
        const auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        QVERIFY(!MachineLock::isHeld(entry->folder));
        {
            auto lock = MachineLock::acquire(entry->folder);
            QVERIFY_OK(lock);
            const MachineLock moved = std::move(*lock);
            QVERIFY(MachineLock::isHeld(entry->folder));
            QVERIFY_ERROR(MachineLock::acquire(entry->folder), ErrorKind::Busy);
            QVERIFY_ERROR(store.save(*entry), ErrorKind::Busy);
            QVERIFY_ERROR(store.deleteMachine(*entry), ErrorKind::Busy);
        }
        QVERIFY(!MachineLock::isHeld(entry->folder));

        int ready[2];
        QCOMPARE(::pipe(ready), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            const auto lock = MachineLock::acquire(entry->folder);
            if (lock && writeState(entry->folder, PersistentState::Running)
                && ::write(ready[1], "x", 1) == 1)
                ::pause();
            ::_exit(1);
        }
        char byte = 0;
        QCOMPARE(::read(ready[0], &byte, 1), ssize_t(1));
        QCOMPARE(readState(entry->folder).state, PersistentState::Running);
        QCOMPARE(::kill(child, SIGKILL), 0);
        QCOMPARE(::waitpid(child, nullptr, 0), child);
        ::close(ready[0]);
        ::close(ready[1]);
        QVERIFY(!MachineLock::isHeld(entry->folder));
        QCOMPARE(readState(entry->folder).state, PersistentState::Aborted);
        QVERIFY(readState(entry->folder).changed.isValid());
    }

    void neverStartedMachineIsPoweredOff()
    {
        MachineStore store(config(), base());
        const auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        QCOMPARE(readState(entry->folder).state, PersistentState::PoweredOff);
        QVERIFY(!readState(entry->folder).changed.isValid());
    }

    void renamingMovesFolderAndFiles()
    {
        MachineStore store(config(), base());
        auto entry = store.create(named(QStringLiteral("old")));
        QVERIFY_OK(entry);
        const QString disk = entry->folder + QStringLiteral("/disks/d.qcow2");
        writeFile(disk);
        entry->definition.controllers = {disks({disk})};
        QVERIFY_OK(store.save(*entry));
        entry->definition.name = QStringLiteral("new");
        const auto renamed = store.save(*entry);
        QVERIFY_OK(renamed);
        QCOMPARE(renamed->definitionPath, base() + QStringLiteral("/new/new.vitrine"));
        QVERIFY(!QFileInfo::exists(entry->folder));
        const auto read = readMachine(renamed->folder);
        QVERIFY_OK(read);
        QCOMPARE(resolvedPath(read->definition.controllers[0].attachments[0], read->folder),
                 base() + QStringLiteral("/new/disks/d.qcow2"));
        QVERIFY(QFileInfo::exists(renamed->definitionPath + QStringLiteral(".prev")));
        QVERIFY_OK(store.find(QStringLiteral("new")));
        QVERIFY_ERROR(store.find(QStringLiteral("old")), ErrorKind::NotFound);
    }

    void renamingOntoAnotherChangesNothing()
    {
        MachineStore store(config(), base());
        auto entry = store.create(named(QStringLiteral("one")));
        QVERIFY_OK(entry);
        QVERIFY_OK(store.create(named(QStringLiteral("two"))));
        entry->definition.name = QStringLiteral("two");
        QVERIFY_ERROR(store.save(*entry), ErrorKind::Busy);
        writeFile(base() + QStringLiteral("/three/x"));
        entry->definition.name = QStringLiteral("three");
        QVERIFY_ERROR(store.save(*entry), ErrorKind::Busy);
        QVERIFY_OK(store.find(QStringLiteral("one")));
    }

    void machinesElsewhereAreKnownByPath()
    {
        const QString elsewhere = m_folder->path() + QStringLiteral("/elsewhere");
        MachineStore store(config(), base());
        auto entry = store.create(named(QStringLiteral("far")), elsewhere);
        QVERIFY_OK(entry);
        QVERIFY_OK(MachineStore(config(), base()).find(QStringLiteral("far")));
        entry->definition.name = QStringLiteral("farther");
        entry = store.save(*entry);
        QVERIFY_OK(entry);
        QVERIFY_OK(MachineStore(config(), base()).find(QStringLiteral("farther")));
        QVERIFY_OK(store.unregisterMachine(entry->folder));
        QVERIFY_ERROR(store.find(QStringLiteral("farther")), ErrorKind::NotFound);
        QVERIFY_OK(store.registerMachine(entry->definitionPath));
        QVERIFY_OK(store.find(QStringLiteral("farther")));
        QVERIFY(QDir(entry->folder).removeRecursively());
        store.refresh();
        QCOMPARE(store.machines().size(), 1);
        QVERIFY(!store.machines().front().isAccessible());
        QVERIFY_OK(store.unregisterMachine(entry->folder));
        QVERIFY(store.machines().isEmpty());
    }

    void tpmAndVariablesGoWithTheirMachine()
    {
        MachineStore store(config(), base());
        const auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        for (const char *name : {"tpm/tpm2-00.permall", "tpm/.lock", "tpm.new/tpm2-00.permall",
                                 "nvram", "nvram.prev"}) {
            const QString path = entry->folder + QLatin1Char('/') + QLatin1String(name);
            QVERIFY(QDir().mkpath(QFileInfo(path).path()));
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        QVERIFY_OK(store.deleteMachine(*entry));
        QVERIFY(!QFileInfo::exists(entry->folder));
    }

    void unregisteredMachineInTheMachineFolderStaysHidden()
    {
        MachineStore store(config(), base());
        const auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        QVERIFY_OK(store.unregisterMachine(entry->folder));
        QVERIFY(MachineStore(config(), base()).machines().isEmpty());
        QVERIFY_OK(store.registerMachine(entry->folder));
        QCOMPARE(MachineStore(config(), base()).machines().size(), 1);
    }

    void copyWithTheSameUuidIsNotUsed()
    {
        MachineStore store(config(), base());
        auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        writeFile(base() + QStringLiteral("/b/b.vitrine"), readFile(entry->definitionPath));
        store.refresh();
        QCOMPARE(store.machines().size(), 2);
        const auto found = store.find(entry->definition.uuid.toString());
        QVERIFY_OK(found);
        QCOMPARE(found->folder, entry->folder);
        writeFile(m_folder->path() + QStringLiteral("/c/c.vitrine"),
                  readFile(entry->definitionPath));
        QVERIFY_ERROR(store.registerMachine(m_folder->path() + QStringLiteral("/c")),
                      ErrorKind::Busy);
    }

    void listOfMachinesThatCannotBeReadIsNotOverwritten()
    {
        writeFile(config() + QStringLiteral("/machines.json"), "{\"format\":");
        MachineStore store(config(), base());
        QVERIFY_ERROR(store.setMachineFolder(base()), ErrorKind::Corrupt);
        QCOMPARE(readFile(config() + QStringLiteral("/machines.json")), QByteArray("{\"format\":"));
    }

    void machineFolderIsRememberedAndOldMachinesStay()
    {
        MachineStore store(config(), base());
        QVERIFY_OK(store.create(named(QStringLiteral("a"))));
        const QString other = m_folder->path() + QStringLiteral("/other");
        QVERIFY_OK(store.setMachineFolder(other));
        QVERIFY_OK(store.create(named(QStringLiteral("b"))));
        const MachineStore again(config(), base());
        QCOMPARE(again.machineFolder(), other);
        QCOMPARE(again.machines().size(), 2);
        QVERIFY(QFileInfo::exists(other + QStringLiteral("/b/b.vitrine")));
    }

    void deletionTakesOnlyWhatIsTheMachinesOwn()
    {
        MachineStore store(config(), base());
        auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        const QString outside = m_folder->path() + QStringLiteral("/outside/");
        const QString own = entry->folder + QStringLiteral("/disks/own.qcow2");
        for (const QString &path :
             {own, outside + QStringLiteral("own.raw"), outside + QStringLiteral("shared.raw"),
              outside + QStringLiteral("base.raw"), outside + QStringLiteral("a.iso"),
              outside + QStringLiteral("target.raw"), entry->folder + QStringLiteral("/nvram"),
              entry->folder + QStringLiteral("/Logs/vitrine.log.1"),
              entry->folder + QStringLiteral("/snapshots/s/x")})
            writeFile(path);
        QVERIFY(QFile::link(outside + QStringLiteral("target.raw"),
                            outside + QStringLiteral("link.raw")));
        writeFile(outside + QStringLiteral("overlay.qcow2"), qcow2WithBacking("base.raw"));
        entry->definition.controllers = {
            disks({QStringLiteral("disks/own.qcow2"), outside + QStringLiteral("own.raw"),
                   outside + QStringLiteral("../outside/shared.raw"),
                   outside + QStringLiteral("base.raw"), outside + QStringLiteral("link.raw"),
                   outside + QStringLiteral("missing.raw"), QStringLiteral("/dev/null")})};
        StorageController optical = disks({outside + QStringLiteral("a.iso")}, MediumKind::Optical);
        optical.name = QStringLiteral("IDE");
        entry->definition.controllers.append(optical);
        QVERIFY_OK(store.save(*entry));
        QVERIFY_OK(writeState(entry->folder, PersistentState::PoweredOff));
        MachineDefinition other = named(QStringLiteral("b"));
        other.controllers = {disks(
            {outside + QStringLiteral("shared.raw"), outside + QStringLiteral("overlay.qcow2")})};
        QVERIFY_OK(store.create(other));
        QCOMPARE(store.usedMedia(MediumKind::Optical), {outside + QStringLiteral("a.iso")});

        QVERIFY_OK(store.deleteMachine(*entry));
        QVERIFY(!QFileInfo::exists(entry->folder));
        QCOMPARE(QDir(outside).entryList(QDir::Files, QDir::Name),
                 QStringList({QStringLiteral("a.iso"), QStringLiteral("base.raw"),
                              QStringLiteral("link.raw"), QStringLiteral("overlay.qcow2"),
                              QStringLiteral("shared.raw"), QStringLiteral("target.raw")}));
        QVERIFY(QFileInfo::exists(QStringLiteral("/dev/null")));
        QCOMPARE(store.machines().size(), 1);
    }

    void deletionKeepsForeignFiles()
    {
        MachineStore store(config(), base());
        const auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        const QString outside = m_folder->path() + QStringLiteral("/outside");
        writeFile(entry->folder + QStringLiteral("/letter.txt"));
        writeFile(entry->folder + QStringLiteral("/disks/unattached.qcow2"));
        writeFile(outside + QStringLiteral("/x"));
        QVERIFY(QFile::link(outside, entry->folder + QStringLiteral("/snapshots")));
        QVERIFY_OK(store.deleteMachine(*entry));
        QVERIFY(QFileInfo::exists(entry->folder + QStringLiteral("/letter.txt")));
        QVERIFY(QFileInfo::exists(entry->folder + QStringLiteral("/disks/unattached.qcow2")));
        QVERIFY(QFileInfo::exists(outside + QStringLiteral("/x")));
        QVERIFY(!QFileInfo::exists(entry->definitionPath));
        QVERIFY(store.machines().isEmpty());
    }

    void otherProgramsChangesAreSeen()
    {
        MachineStore store(config(), base());
        store.watch();
        QSignalSpy spy(&store, &MachineStore::changed);
        MachineStore other(config(), base());
        auto entry = other.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        QTRY_COMPARE(store.machines().size(), 1);
        entry->definition.memoryMiB = 77;
        QVERIFY_OK(other.save(*entry));
        QTRY_COMPARE(store.machines().value(0).definition.memoryMiB, 77);
        QVERIFY_OK(other.deleteMachine(*entry));
        QTRY_VERIFY(store.machines().isEmpty());
        QVERIFY(spy.size() >= 3);
    }

    void deletesInTheBackground()
    {
        MachineStore store(config(), base());
        const auto entry = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(entry);
        QList<bool> results;
        const auto done = [&results](const Result<> &deleted) {
            results.append(deleted.has_value());
        };
        {
            const auto lock = MachineLock::acquire(entry->folder);
            QVERIFY_OK(lock);
            store.deleteMachineInBackground(*entry, done);
            QVERIFY(results.isEmpty()); // never from inside
            QTRY_COMPARE(results, QList<bool>{false});
            QVERIFY(QFileInfo::exists(entry->definitionPath));
        }
        store.deleteMachineInBackground(*entry, done);
        QTRY_COMPARE(results.size(), 2);
        QVERIFY(results.back());
        QVERIFY(!QFileInfo::exists(entry->folder));
        QVERIFY(store.machines().isEmpty());
    }

    void storeMayGoBeforeTheFilesHaveGone()
    {
        const QString far = m_folder->filePath(QStringLiteral("far"));
        bool isCalled = false;
        {
            MachineStore store(config(), base());
            const auto entry = store.create(named(QStringLiteral("a")), far);
            QVERIFY_OK(entry);
            store.deleteMachineInBackground(*entry,
                                            [&isCalled](const Result<> &) { isCalled = true; });
        }
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
        QVERIFY(!isCalled);
        QVERIFY(!QFileInfo::exists(far + QStringLiteral("/a")));
        QVERIFY(MachineStore(config(), base()).machines().isEmpty());
    }

    void makingDoesNotReadTheOthersAgain()
    {
        MachineStore store(config(), base());
        QVERIFY_OK(store.create(named(QStringLiteral("b"))));
        const auto other = MachineStore(config(), base()).create(named(QStringLiteral("other")));
        QVERIFY_OK(other);
        // Edited in place, which a scan would see and creating need not.
        MachineEntry edited = *other;
        QVERIFY_ERROR(store.create(named(QStringLiteral("OTHER"))), ErrorKind::Busy);
        edited.definition.memoryMiB = 77;
        QVERIFY_OK(writeMachine(edited));
        const qint64 memory = store.machines().value(1).definition.memoryMiB;
        QVERIFY(memory != 77);
        QVERIFY_OK(store.create(named(QStringLiteral("c"))));
        QStringList names;
        for (const MachineEntry &entry : store.machines())
            names.append(entry.displayName());
        QCOMPARE(names.join(QLatin1Char(' ')), QStringLiteral("b c other"));
        QVERIFY_OK(store.find(QStringLiteral("c")));
        store.refresh();
        QCOMPARE(store.machines().size(), 3);
        QCOMPARE(store.machines().value(2).definition.memoryMiB, 77);
    }

    void outlinesAreNeverOutOfDate()
    {
        const QString cache = m_folder->path() + QStringLiteral("/cache");
        const auto names = [&] {
            QStringList list;
            for (const MachineEntry &entry : machineOutlines(config(), base(), cache))
                list.append(entry.isAccessible()
                                ? entry.definition.name + entry.definition.uuid.toString()
                                : QStringLiteral("?"));
            return list;
        };
        const auto truth = [&] {
            QStringList list;
            const MachineStore store(config(), base());
            for (const MachineEntry &entry : store.machines())
                list.append(entry.isAccessible()
                                ? entry.definition.name + entry.definition.uuid.toString()
                                : QStringLiteral("?"));
            return list;
        };
        QVERIFY(names().isEmpty());
        MachineStore store(config(), base());
        auto one = store.create(named(QStringLiteral("one")));
        QVERIFY_OK(one);
        QVERIFY_OK(store.create(named(QStringLiteral("Another"))));
        QCOMPARE(names(), truth()); // read, and remembered
        // Long ago, so that the cache is believed.
        const auto age = [&](const QString &path, int seconds) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadWrite));
            QVERIFY(file.setFileTime(QDateTime::currentDateTime().addSecs(-seconds),
                                     QFileDevice::FileModificationTime));
        };
        for (const MachineEntry &entry : store.machines())
            age(entry.definitionPath, 1000);
        QCOMPARE(names(), truth());
        QCOMPARE(names(), truth());
        // It is the cache that answers: nobody else knows what the file does not say any more.
        const QByteArray before = readFile(one->definitionPath);
        const qint64 time = QFileInfo(one->definitionPath).lastModified().toMSecsSinceEpoch();
        QByteArray other = before;
        other.replace("\"one\"", "\"ONE\"");
        writeFile(one->definitionPath, other);
        QCOMPARE(names(), truth()); // changed in place: another time
        QVERIFY(names().join(QString()).contains(QStringLiteral("ONE")));
        QVERIFY(time > 0);

        one->definition.name = QStringLiteral("renamed");
        one->definitionPath = base() + QStringLiteral("/one/one.vitrine");
        QVERIFY_OK(store.save(*one));
        QCOMPARE(names(), truth());
        writeFile(base() + QStringLiteral("/broken/broken.vitrine"), "not json");
        QCOMPARE(names(), truth());
        QVERIFY(names().contains(QStringLiteral("?")));
        QVERIFY(QDir(base() + QStringLiteral("/Another")).removeRecursively());
        QCOMPARE(names(), truth());
        // A cut or foreign cache is no cache.
        const QString file = cache + QStringLiteral("/machines.outlines");
        const QByteArray whole = readFile(file);
        QVERIFY(whole.contains("renamed"));
        for (const QByteArray &bad :
             {whole.chopped(5), QByteArray(whole).replace("renamed", "RENAMED"), QByteArray("x"),
              QByteArray()}) {
            writeFile(file, bad);
            age(file, -100);
            QCOMPARE(names(), truth());
        }
    }

    void aThousandMachinesAreRead()
    {
        const QByteArray json = machineToJson(named(QStringLiteral("x")));
        for (int i = 0; i < 1000; ++i) {
            MachineDefinition definition = named(QStringLiteral("m%1").arg(i));
            definition.uuid = QUuid::createUuid();
            writeFile(QStringLiteral("%1/m%2/m%2.vitrine").arg(base()).arg(i),
                      machineToJson(definition));
        }
        QElapsedTimer timer;
        timer.start();
        MachineStore store(config(), base());
        const qint64 cold = timer.restart();
        store.refresh();
        const qint64 warm = timer.elapsed();
        timer.start();
        for (int i = 0; i < 10; ++i)
            QVERIFY_OK(store.create(named(QStringLiteral("new %1").arg(i))));
        const qint64 ten = timer.elapsed();
        qInfo("1000 machines: %lld ms cold, %lld ms warm, %lld ms for ten more", cold, warm, ten);
        QCOMPARE(store.machines().size(), 1010);
    }

private:
    QString config() const { return m_folder->path() + QStringLiteral("/config"); }
    QString base() const { return m_folder->path() + QStringLiteral("/machines"); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestMachineStore)
#include "tst_machine_store.moc"
