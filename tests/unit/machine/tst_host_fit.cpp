// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/host_fit.h"
#include "engine/machine/machine_files.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>

using namespace engine;

namespace {

constexpr qint64 GiB = 1024LL * 1024 * 1024;

using Severity = FitSentence::Severity;
using Topic = FitSentence::Topic;

HostFacts host()
{
    return {.cpus = 4, .memoryBytes = 16 * GiB, .freeMemoryBytes = 8 * GiB};
}

// Two file systems: /small has 20 GiB, /stick is FAT.
FolderFacts look(const QString &folder)
{
    if (folder.startsWith(QStringLiteral("/stick")))
        return {.mountPoint = QStringLiteral("/stick"),
                .freeBytes = 30 * GiB,
                .largestFileBytes = 4 * GiB - 1};
    return {.mountPoint = QStringLiteral("/small"), .freeBytes = 20 * GiB};
}

QList<FitSentence> disks(const QList<FitDisk> &disks)
{
    QList<FitSentence> sentences;
    for (const FitSentence &sentence : predictFit({.memoryMiB = 1024, .disks = disks}, {}, look))
        if (sentence.topic == Topic::Disk)
            sentences.append(sentence);
    return sentences;
}

FitDisk disk(qint64 bytes, qint64 atOnce = 0, const char *folder = "/small/machines")
{
    return {.folder = QString::fromLatin1(folder), .virtualBytes = bytes, .bytesAtOnce = atOnce};
}

} // namespace

#define COMPARE_FIT(sentence, expectedSeverity, part)                                              \
    do {                                                                                           \
        const FitSentence fit_ = (sentence);                                                       \
        QCOMPARE(int(fit_.severity), int(expectedSeverity));                                       \
        QVERIFY2(fit_.text.contains(QStringLiteral(part)), qPrintable(fit_.text));                 \
    } while (false)

class TestHostFit final : public QObject
{
    Q_OBJECT
private slots:
    void memoryFitsSwapsOrDoesNot()
    {
        COMPARE_FIT(predictMemoryFit(2048, host()), Severity::Good, "fits");
        QVERIFY(predictMemoryFit(2048, host())
                    .text.contains(QStringLiteral(
                        "2.0 GiB of memory for this machine; this computer has 8.0 GiB free")));
        HostFacts swapping = host();
        swapping.freeSwapBytes = 4 * GiB;
        COMPARE_FIT(predictMemoryFit(8192, swapping), Severity::Warning, "will swap");
        COMPARE_FIT(predictMemoryFit(8192, swapping), Severity::Warning, "choose at most 7.5 GiB");
        COMPARE_FIT(predictMemoryFit(12288, swapping), Severity::Problem, "does not fit");
        COMPARE_FIT(predictMemoryFit(8192, host()), Severity::Problem, "close other programs");
    }

    void runningMachinesCountWithWhatTheyWereGiven()
    {
        HostFacts busy = host();
        busy.running = {
            {.name = QStringLiteral("small"), .memoryBytes = GiB},
            {.name = QStringLiteral("big"), .memoryBytes = 6 * GiB, .residentBytes = 2 * GiB}};
        // 8 GiB are free, of which "big" will take 4 more.
        COMPARE_FIT(predictMemoryFit(2048, busy), Severity::Good,
                    "running machines hold 7.0 GiB, of which they have yet to take 4.0 GiB: fits");
        COMPARE_FIT(predictMemoryFit(4096, busy), Severity::Problem,
                    "choose at most 3.5 GiB or power off \"big\" (6.0 GiB)");
        busy.running[1].residentBytes = 6 * GiB;
        COMPARE_FIT(predictMemoryFit(4096, busy), Severity::Good, "fits");
    }

    void nothingIsSuggestedThatIsTooLittle()
    {
        HostFacts full = host();
        full.freeMemoryBytes = GiB / 2;
        const FitSentence fit = predictMemoryFit(1024, full);
        QCOMPARE(int(fit.severity), int(Severity::Problem));
        QVERIFY2(!fit.text.contains(QStringLiteral("at most")), qPrintable(fit.text));
    }

    void growingDisksPauseTheMachineInTheEnd()
    {
        COMPARE_FIT(disks({disk(10 * GiB)}).value(0), Severity::Good, "can grow to 10.0 GiB");
        COMPARE_FIT(disks({disk(64 * GiB)}).value(0), Severity::Warning,
                    "The disk can grow to 64.0 GiB, with 20.0 GiB free on /small: the machine will "
                    "be paused");
        // Together they are too much.
        const auto both = disks({disk(15 * GiB), disk(15 * GiB)});
        QCOMPARE(both.size(), 1);
        COMPARE_FIT(both.front(), Severity::Warning, "grow to 30.0 GiB together");
        // Each on its own file system.
        QCOMPARE(disks({disk(2 * GiB), disk(2 * GiB, 0, "/stick")}).size(), 2);
    }

    void whatIsTakenAtOnceMustFit()
    {
        COMPARE_FIT(disks({disk(10 * GiB, 10 * GiB)}).value(0), Severity::Good, "takes 10.0 GiB");
        COMPARE_FIT(disks({disk(25 * GiB, 25 * GiB)}).value(0), Severity::Problem,
                    "takes 25.0 GiB at once, with 20.0 GiB free on /small");
        COMPARE_FIT(disks({disk(15 * GiB, 15 * GiB), disk(10 * GiB, 6 * GiB)}).value(0),
                    Severity::Problem, "takes 21.0 GiB at once");
    }

    void fatHoldsNoLargeFiles()
    {
        auto growing = disks({disk(8 * GiB, 0, "/stick/vm")});
        QCOMPARE(growing.size(), 2);
        COMPARE_FIT(growing.front(), Severity::Warning, "at most 4.0 GiB");
        auto fixed = disks({disk(8 * GiB, 8 * GiB, "/stick/vm")});
        COMPARE_FIT(fixed.front(), Severity::Problem, "at most 4.0 GiB");
        QCOMPARE(disks({disk(2 * GiB, 0, "/stick/vm")}).size(), 1);
    }

    void speedIsToldWhenItIsKnown()
    {
        const auto speed = [](FitRequest request) {
            for (const FitSentence &sentence : predictFit(request, host(), look))
                if (sentence.topic == Topic::Speed)
                    return sentence;
            return FitSentence{.text = QStringLiteral("nothing")};
        };
        QCOMPARE(speed({.memoryMiB = 1}).text, QStringLiteral("nothing"));
        COMPARE_FIT(speed({.isAccelerationKnown = true, .isAccelerated = true}), Severity::Good,
                    "works");
        const FitRequest slow{.isAccelerationKnown = true,
                              .accelerationReason = QStringLiteral("you may not use it"),
                              .accelerationRemedy = QStringLiteral("Join the group kvm")};
        COMPARE_FIT(speed(slow), Severity::Warning,
                    "about 10 times slower, because hardware acceleration does not work. you may "
                    "not use it. Join the group kvm");
    }

    void processorsAreCompared()
    {
        const auto processors = [](int cpus) {
            return predictFit({.memoryMiB = 512, .cpus = cpus}, host(), look).value(1);
        };
        QCOMPARE(int(processors(2).severity), int(Severity::Good));
        COMPARE_FIT(processors(4), Severity::Warning, "All 4 processors");
        COMPARE_FIT(processors(8), Severity::Warning, "this computer has 4");
    }

    void thisComputerIsRead()
    {
        const HostFacts facts = HostFacts::current();
        QVERIFY(facts.cpus >= 1);
        QVERIFY(facts.memoryBytes > 0);
        QVERIFY(facts.freeMemoryBytes > 0 && facts.freeMemoryBytes <= facts.memoryBytes);
        const FolderFacts folder = FolderFacts::of(QDir::tempPath() + QStringLiteral("/no/such"));
        QVERIFY(folder.freeBytes >= 0);
        QVERIFY(QDir(folder.mountPoint).exists());
        QVERIFY(QDir::tempPath().startsWith(folder.mountPoint));
    }

    void onlyMachinesThatRunAreCounted()
    {
        QTemporaryDir folder;
        MachineStore store(folder.filePath(QStringLiteral("config")),
                           folder.filePath(QStringLiteral("machines")));
        MachineDefinition definition;
        definition.memoryMiB = 777;
        for (const char *name : {"running", "off"}) {
            definition.name = QString::fromLatin1(name);
            definition.uuid = {};
            QVERIFY_OK(store.create(definition));
        }
        const auto running = store.find(QStringLiteral("running"));
        QVERIFY_OK(running);
        const auto lock = MachineLock::acquire(running->folder);
        QVERIFY_OK(lock);
        QVERIFY_OK(writeState(running->folder, PersistentState::Running));
        const HostFacts facts = HostFacts::current(store.machines());
        QCOMPARE(facts.running.size(), 1);
        QCOMPARE(facts.running.front().name, QStringLiteral("running"));
        QCOMPARE(facts.running.front().memoryBytes, 777LL * 1024 * 1024);
    }
};

QTEST_GUILESS_MAIN(TestHostFit)
#include "tst_host_fit.moc"
