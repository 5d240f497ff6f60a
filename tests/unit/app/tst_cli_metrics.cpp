// SPDX-License-Identifier: GPL-3.0-or-later
// metrics: names, patterns, values, and a measurement of a fake machine through its socket.
#include "app/cli/command_line.h"
#include "app/cli/metrics_source.h"
#include "tests/support/running_machine.h"
#include "tests/support/test_main.h"

#include <QtCore/QEventLoop>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QThread>
#include <QtCore/QTimer>

using namespace app;

namespace {

struct Said
{
    int exitCode = -1;
    QString out;
    QString err;
};

Said say(const QStringList &words)
{
    Said said;
    Output output([&](const QByteArray &bytes) { said.out += QString::fromUtf8(bytes); },
                  [&](const QByteArray &bytes) { said.err += QString::fromUtf8(bytes); });
    // The command waits for the machine, which lives in this thread.
    const std::unique_ptr<QThread> thread(QThread::create([&] {
        said.exitCode = runCommandLine(QStringList{QStringLiteral("vitrinectl")} + words, output);
    }));
    QEventLoop loop;
    QObject::connect(thread.get(), &QThread::finished, &loop, &QEventLoop::quit);
    thread->start();
    loop.exec();
    thread->wait();
    return said;
}

// On the list that commands read, which know nothing of the fixture's folder.
void list(const fakes::RunningMachine &machine)
{
    engine::MachineStore store(machine.filePath("config/vitrine"), machine.filePath("elsewhere"));
    QVERIFY_OK(store.registerMachine(machine.entry().folder));
}

} // namespace

class TestCliMetrics : public QObject
{
    Q_OBJECT
private slots:
    void patternsMatch()
    {
        QVERIFY(matchesMetric("CPU/Load/User", "*"));
        QVERIFY(matchesMetric("CPU/Load/User", "CPU"));
        QVERIFY(matchesMetric("CPU/Load/User", "RAM,cpu/load"));
        QVERIFY(matchesMetric("CPU/Load/User", "CPU/*"));
        QVERIFY(matchesMetric("CPU/Load/User", "*/User"));
        QVERIFY(!matchesMetric("CPU/Load/User", "CP"));
        QVERIFY(!matchesMetric("CPU/Load/User", "RAM/*"));
        QVERIFY(!matchesMetric("CPU/Load/User", "CPU.Load"));
    }

    void valuesAreWrittenAsVBoxManageWritesThem()
    {
        const Metric percent{"CPU/Load", "%", 0, ""};
        const Metric memory{"RAM/Usage/Used", "kB", 0, ""};
        QCOMPARE(metricText({"host", &percent, 12.345, {}}), QString("12.35%"));
        QCOMPARE(metricText({"host", &memory, 2048, {}}), QString("2048 kB"));
        QCOMPARE(metricText({"host", &memory, {}, "not counted"}), QString("(not counted)"));
    }

    void runningMachineIsMeasured()
    {
        fakes::RunningMachine running;
        QVERIFY_OK(engine::MachineStore().setMachineFolder(running.filePath("machines")));
        running.open();
        list(running);
        quint64 ticks = 0;
        QTimer timer;
        connect(&timer, &QTimer::timeout, this, [&] {
            engine::ActivityCounters now;
            now.cpuNanoseconds = ++ticks * 10000000; // of 20 ms: half a processor
            now.memoryBytes = 3 * 1024 * 1024;
            now.exits = ticks;
            now.areExitsCounted = true;
            now.guestMemoryBytes = 1000 * 1024;
            now.guestAvailableBytes = 400 * 1024;
            now.balloonBytes = 24 * 1024;
            running.driver().count(now);
        });
        timer.start(20);
        const Said said = say({"metrics", "query", "Sample", "--json"});
        QVERIFY2(said.exitCode == 0, qPrintable(said.err));
        QHash<QString, QJsonObject> values;
        for (const QJsonValue &value : QJsonDocument::fromJson(said.out.toUtf8()).array())
            values.insert(value["metric"].toString(), value.toObject());
        const double load = values["CPU/Load"]["value"].toDouble();
        QVERIFY2(load > 5 && load < 60, qPrintable(QString::number(load)));
        QCOMPARE(values["RAM/Usage/Used"]["value"].toDouble(), 3072.0);
        QVERIFY(values["CPU/Exits"]["value"].toDouble() > 1);
        QVERIFY(values["Net/Rate/Rx"].contains("notCounted"));
        QCOMPARE(values["Guest/RAM/Usage/Total"]["value"].toDouble(), 1000.0);
        QCOMPARE(values["Guest/RAM/Usage/Free"]["value"].toDouble(), 400.0);
        QCOMPARE(values["Guest/RAM/Usage/Balloon"]["value"].toDouble(), 24.0);

        const Said listed = say({"metrics", "list", "*", "CPU"});
        QCOMPARE(listed.exitCode, 0);
        QVERIFY(listed.out.startsWith("Object          Metric"));
        QVERIFY(listed.out.contains("host            CPU/Load/User"));
        QVERIFY(listed.out.contains("Sample          CPU/Load "));
        QVERIFY(!listed.out.contains("RAM"));
        const Said collected =
            say({"metrics", "collect", "--times", "1", "Sample", "RAM/Usage/Used"});
        QCOMPARE(collected.exitCode, 0);
        QVERIFY(collected.out.contains("3072 kB"));
    }

    void machineThatDoesNotRunIsRefused()
    {
        fakes::RunningMachine machine;
        list(machine);
        QCOMPARE(say({"metrics", "query", "Sample"}).exitCode, 1);
        QCOMPARE(say({"metrics", "query", "nobody"}).exitCode, 1);
        QCOMPARE(say({"metrics", "dance"}).exitCode, 2);
        QCOMPARE(say({"metrics", "setup", "--period", "x"}).exitCode, 2);
        QCOMPARE(say({"metrics", "setup", "--period", "2", "--samples", "5"}).exitCode, 0);
        const Said host = say({"metrics", "query", "host", "CPU/Load/Idle"});
        QCOMPARE(host.exitCode, 0);
        QVERIFY(host.out.contains("%"));
    }
};

QTEST_GUILESS_MAIN(TestCliMetrics)
#include "tst_cli_metrics.moc"
