// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/unfinished_machine.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <array>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace engine;

namespace {

constexpr auto Everything = QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot;

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    check(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size(), "write");
}

QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

struct Place
{
    QTemporaryDir root;
    QString config = root.filePath(QStringLiteral("config"));
    QString machines = root.filePath(QStringLiteral("machines"));
    QString elsewhere = root.filePath(QStringLiteral("elsewhere"));
    MachineStore store{config, machines};

    Place() { QDir().mkpath(elsewhere); }
    MachineDefinition definition() const
    {
        MachineDefinition definition;
        definition.name = QStringLiteral("new");
        return definition;
    }
    Result<UnfinishedMachine> begin() const
    {
        return UnfinishedMachine::begin(config, machines + QStringLiteral("/new"));
    }
    bool isClean() const
    {
        return QDir(machines).isEmpty(Everything) && QDir(elsewhere).isEmpty(Everything)
            && QDir(config + QStringLiteral("/unfinished")).isEmpty(Everything);
    }
    // A maker that does `steps` and is then killed in the middle of its work.
    template <class Steps>
    void beKilledAfter(Steps steps)
    {
        std::array<int, 2> ready{};
        QCOMPARE(::pipe(ready.data()), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            steps();
            if (::write(ready[1], "x", 1) == 1)
                ::pause();
            ::_exit(1);
        }
        char byte = 0;
        QCOMPARE(::read(ready[0], &byte, 1), ssize_t(1));
        QCOMPARE(::kill(child, SIGKILL), 0);
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        ::close(ready[0]);
        ::close(ready[1]);
    }
};

} // namespace

class TestUnfinishedMachine final : public QObject
{
    Q_OBJECT
private slots:
    void nothingIsListedUntilItIsWhole()
    {
        Place place;
        auto machine = place.begin();
        QVERIFY_OK(machine);
        write(machine->folder() + QStringLiteral("/disks/a"), "a");
        place.store.refresh();
        QVERIFY(place.store.machines().isEmpty());
        const auto entry = place.store.adopt(machine->folder(), place.definition());
        QVERIFY_OK(entry);
        machine->finish();
        QCOMPARE(read(place.machines + QStringLiteral("/new/disks/a")), QByteArray("a"));
        QVERIFY_OK(place.store.find(QStringLiteral("new")));
        QCOMPARE(QDir(place.machines).entryList(Everything), QStringList{QStringLiteral("new")});
        QVERIFY(QDir(place.config + QStringLiteral("/unfinished")).isEmpty(Everything));
    }

    void whoeverGivesUpLeavesNothing()
    {
        Place place;
        {
            auto machine = place.begin();
            QVERIFY_OK(machine);
            const auto folder = machine->folderIn(place.elsewhere);
            QVERIFY_OK(folder);
            write(*folder + QStringLiteral("/disk"), "disk");
            QVERIFY_OK(machine->moveOut(*folder));
            QVERIFY(QFile::exists(place.elsewhere + QStringLiteral("/disk")));
        }
        QVERIFY(place.isClean());
    }

    void filesOfOthersAreNeverReplaced()
    {
        Place place;
        write(place.elsewhere + QStringLiteral("/disk"), "precious");
        {
            auto machine = place.begin();
            QVERIFY_OK(machine);
            const auto folder = machine->folderIn(place.elsewhere);
            QVERIFY_OK(folder);
            write(*folder + QStringLiteral("/disk"), "mine");
            QVERIFY_ERROR(machine->moveOut(*folder), ErrorKind::Busy);
        }
        QCOMPARE(read(place.elsewhere + QStringLiteral("/disk")), QByteArray("precious"));
        QCOMPARE(QDir(place.elsewhere).entryList(Everything), QStringList{QStringLiteral("disk")});
    }

    void aTakenNameFailsAndKeepsWhatIsThere()
    {
        Place place;
        auto machine = place.begin();
        QVERIFY_OK(machine);
        QDir().mkpath(place.machines + QStringLiteral("/new"));
        write(place.machines + QStringLiteral("/new/precious"), "x");
        QVERIFY_ERROR(place.store.adopt(machine->folder(), place.definition()), ErrorKind::Busy);
        QCOMPARE(read(place.machines + QStringLiteral("/new/precious")), QByteArray("x"));
        QVERIFY(QDir(machine->folder()).exists());
    }

    void killedMakersAreCleanedUpAfter()
    {
        Place place;
        place.beKilledAfter([&place] {
            static auto machine = place.begin();
            check(machine.has_value(), "begin");
            write(machine->folder() + QStringLiteral("/disks/large"), "large");
            const auto folder = machine->folderIn(place.elsewhere);
            write(*folder + QStringLiteral("/disk"), "disk");
        });
        QVERIFY(!place.isClean());
        place.store.cleanUpUnfinished();
        QVERIFY(place.isClean());
        QVERIFY(place.store.machines().isEmpty());
    }

    void livingMakersAreLeftAlone()
    {
        Place place;
        auto machine = place.begin();
        QVERIFY_OK(machine);
        QVERIFY(UnfinishedMachine::cleanUp(place.config).isEmpty());
        QVERIFY(QDir(machine->folder()).exists());
    }

    void oneThatWasWholeIsListed()
    {
        // Killed between the last rename and the list of machines.
        Place place;
        MachineStore other(place.config, place.root.filePath(QStringLiteral("other")));
        place.beKilledAfter([&place] {
            static auto machine = place.begin();
            check(machine.has_value(), "begin");
            MachineEntry entry;
            entry.folder = machine->folder();
            entry.definitionPath = machine->folder() + QStringLiteral("/new.vitrine");
            entry.definition = place.definition();
            entry.definition.uuid = QUuid::createUuid();
            check(writeMachine(entry).has_value(), "definition");
            check(QDir().rename(machine->folder(), place.machines + QStringLiteral("/new")),
                  "rename");
        });
        QVERIFY(other.machines().isEmpty());
        other.cleanUpUnfinished();
        QVERIFY_OK(other.find(QStringLiteral("new")));
        QVERIFY(QDir(place.config + QStringLiteral("/unfinished")).isEmpty(Everything));
    }
};

QTEST_GUILESS_MAIN(TestUnfinishedMachine)
#include "tst_unfinished_machine.moc"
