// SPDX-License-Identifier: GPL-3.0-or-later
// Killed, or out of space, at every single change of definition, list and saved state: the machine
// is as before or as after, always readable, never lost. The work is done by this program once more
// ("--do WORK FOLDER"), with tests/support/failpoint.c preloaded.
#include "engine/control/machine_session.h"
#include "engine/machine/saved_state.h"
#include "tests/support/fake_driver.h"
#include "tests/support/test_main.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>

#include <csignal>
#include <cstdio>
#include <optional>

using namespace engine;

namespace {

// Saves as a driver would: a file with the memory, synced.
class SavingDriver final : public Driver
{
public:
    void start(const MachineDefinition &, const MachinePlace &) override { enter(State::Running); }
    void saveState(const QString &folder, Reply reply) override
    {
        enter(State::Saving);
        QFile memory(folder + "/memory");
        const bool isWritten = memory.open(QIODevice::WriteOnly)
            && memory.write(QByteArray(100000, 'm')) == 100000 && memory.flush();
        if (!isWritten) {
            enter(State::Running);
            reply(Error(ErrorKind::NoSpace, "the memory was not written"));
            return;
        }
        reply({});
    }
    void abandonSave(Reply reply) override
    {
        enter(State::Running);
        reply({});
    }
    void powerOff(Reply reply) override
    {
        enter(m_state == State::Saving ? State::Saved : State::Off);
        reply({});
    }
    State state() const override { return m_state; }
    Support supports(Feature) const override { return {true, {}}; }

    void pause(Reply) override { }
    void resume(Reply) override { }
    void reset(Reply) override { }
    void pressPowerButton(Reply) override { }
    void correctClock() override { }
    void changeMedium(const StorageSlot &, const QString &, bool, Reply) override { }
    void setLinkConnected(int, bool, Reply) override { }
    void sendScanCodes(const QByteArray &, Reply) override { }
    void screenshot(const QString &, const QString &, int, Reply) override { }
    DisplayEndpoint display() const override { return {}; }
    Acceleration acceleration() const override { return {}; }
    QString name() const override { return "saving"; }
    ActivityCounters activity() const override { return {}; }
    bool hasAbsolutePointer() const override { return true; }
    void setActivityWanted(bool) override { }

private:
    void enter(State state)
    {
        m_state = state;
        Q_EMIT stateChanged(state);
    }
    State m_state = State::Off;
};

struct Places
{
    explicit Places(const QString &root)
        : config(root + "/config")
        , machines(root + "/machines")
        , machine(root + "/machines/Sample")
    { }
    QString config;
    QString machines;
    QString machine;
};

// Exit codes of the worker.
enum Outcome { Done = 0, Failed = 1, WentOn = 2, Broken = 3 };

int doWork(const QString &work, const QString &root)
{
    const Places places(root);
    qputenv("XDG_RUNTIME_DIR", (root + "/run").toLocal8Bit());
    MachineStore store(places.config, places.machines);
    const Result<MachineEntry> entry = readMachine(places.machine);
    if (!entry)
        return Broken;
    if (work == "define") {
        MachineEntry changed = *entry;
        changed.definition.description = "after";
        return store.save(changed) ? Done : Failed;
    }
    if (work == "list")
        return store.unregisterMachine(places.machine) ? Done : Failed;
    if (work == "discard")
        return store.discardSavedState(*entry) ? Done : Failed;
    // save
    auto driver = std::make_unique<SavingDriver>();
    SavingDriver *const raw = driver.get();
    auto session = MachineSession::open(*entry, "headless", std::move(driver));
    if (!session)
        return Failed;
    (*session)->start();
    if (raw->state() != Driver::State::Running)
        return Failed; // not even started
    bool isSaved = false;
    (*session)->saveState([&](const Result<> &result) { isSaved = bool(result); });
    if (isSaved)
        return raw->state() == Driver::State::Saved ? Done : Broken;
    return raw->state() == Driver::State::Running ? WentOn : Broken;
}

} // namespace

class TestFailpoints final : public QObject
{
    Q_OBJECT
private slots:
    void everyChangeMayBeTheLast_data()
    {
        QTest::addColumn<QString>("work");
        QTest::addColumn<QString>("mode");
        for (const char *work : {"define", "list", "save", "discard"})
            for (const char *mode : {"kill", "nospace"})
                QTest::addRow("%s, %s", work, mode) << work << mode;
    }

    void everyChangeMayBeTheLast()
    {
        QFETCH(QString, work);
        QFETCH(QString, mode);
        constexpr int Most = 400;
        int at = 1;
        for (; at < Most; ++at) {
            QTemporaryDir root;
            const Places places(root.path());
            prepare(places, work == "discard");
            if (QTest::currentTestFailed())
                return;
            const QString reached = root.filePath("reached");
            QProcess worker;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert(
                "LD_PRELOAD", qEnvironmentVariable("VITRINE_BUILD_DIR") + "/tests/libfailpoint.so");
            environment.insert("FAILPOINT_FOLDER", work == "list" ? places.config : places.machine);
            environment.insert("FAILPOINT_AT", QString::number(at));
            environment.insert("FAILPOINT_MODE", mode);
            environment.insert("FAILPOINT_REACHED", reached);
            // The sanitizer wants to be the first library; here the second one is as good.
            environment.insert("ASAN_OPTIONS",
                               environment.value("ASAN_OPTIONS") + ":verify_asan_link_order=0");
            worker.setProcessEnvironment(environment);
            worker.setProcessChannelMode(QProcess::MergedChannels);
            worker.start(QCoreApplication::applicationFilePath(), {"--do", work, root.path()});
            QVERIFY(worker.waitForFinished(30000));
            const bool isReached = QFile::exists(reached);
            const bool isKilled = worker.exitStatus() == QProcess::CrashExit;
            QCOMPARE(isKilled, isReached && mode == "kill");
            const int outcome = isKilled ? -1 : worker.exitCode();
            QVERIFY2(outcome != Broken, worker.readAll().constData());
            look(places, work, outcome);
            if (QTest::currentTestFailed()) {
                qWarning("at change %d, outcome %d: %s", at, outcome, worker.readAll().constData());
                return;
            }
            if (!isReached) {
                QCOMPARE(outcome, int(Done));
                break;
            }
        }
        QVERIFY2(at > 3 && at < Most, qPrintable(QString::number(at)));
    }

private:
    static void prepare(const Places &places, bool isSaved)
    {
        MachineStore store(places.config, places.machines);
        MachineDefinition definition;
        definition.name = "Sample";
        definition.description = "before";
        auto entry = store.create(definition);
        QVERIFY_OK(entry);
        QFile disk(entry->folder + "/disks/a.raw");
        QVERIFY(disk.open(QIODevice::WriteOnly) && disk.resize(4096));
        entry->definition.controllers = {
            {.name = "SATA",
             .attachments = {
                 {.kind = MediumKind::HardDisk, .path = "disks/a.raw", .format = "raw"}}}};
        QVERIFY_OK(store.save(*entry));
        if (!isSaved)
            return;
        const auto folder = beginSavedState(entry->folder);
        QVERIFY_OK(folder);
        QFile memory(*folder + "/memory");
        QVERIFY(memory.open(QIODevice::WriteOnly) && memory.write("m") == 1);
        memory.close();
        QVERIFY_OK(commitSavedState(*entry, "test"));
        QVERIFY_OK(writeState(entry->folder, PersistentState::Saved));
    }

    static void look(const Places &places, const QString &work, int outcome)
    {
        const auto entry = readMachine(places.machine);
        QVERIFY_OK(entry);
        const QString text = entry->definition.description;
        const PersistentState state = readState(places.machine).state;
        if (work == "define") {
            QVERIFY(text == "before" || text == "after");
            QVERIFY(outcome != Done || text == "after");
            QVERIFY(outcome != Failed || text == "before");
        } else if (work == "list") {
            // Readable in any case, and the machine is in it or hidden.
            MachineStore store(places.config, places.machines);
            const bool isListed = bool(store.find("Sample"));
            QVERIFY(outcome != Done || !isListed);
            QVERIFY(outcome != Failed || isListed);
        } else if (work == "save") {
            if (state == PersistentState::Saved)
                QVERIFY_OK(checkSavedState(*entry));
            else
                QVERIFY(!QFile::exists(savedStateFolder(places.machine)));
            QVERIFY(outcome != Done || state == PersistentState::Saved);
            QVERIFY(outcome != WentOn || state != PersistentState::Saved);
        } else {
            if (state == PersistentState::Saved)
                QVERIFY_OK(checkSavedState(*entry));
            QVERIFY(outcome != Done || state == PersistentState::PoweredOff);
        }
        // It can be started, saved and deleted by the next one.
        removeSavedStateLeftovers(places.machine);
        QVERIFY_OK(MachineLock::acquire(places.machine));
    }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc == 4 && qstrcmp(argv[1], "--do") == 0)
        return doWork(QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3]));
    TestFailpoints test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_failpoints.moc"
