// SPDX-License-Identifier: GPL-3.0-or-later
// What running machines use: rates from totals, charts with their summaries, the manager's page.
#include "tests/support/running_machine.h"
#include "ui/activity_chart.h"
#include "ui/activity_charts.h"
#include "ui/activity_history.h"
#include "ui/activity_page.h"
#include "ui/manager_window.h"
#include "ui/session_information.h"

#include <QtCore/QAbstractItemModel>
#include <QtGui/QAction>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QTreeView>

namespace {

engine::ActivityCounters counters(quint64 seconds)
{
    engine::ActivityCounters now;
    now.cpuNanoseconds = seconds * 500000000; // half a processor
    now.memoryBytes = 256 * 1024 * 1024;
    now.diskReadBytes = seconds * 1024 * 1024;
    now.diskWrittenBytes = seconds * 2048;
    now.networkReceivedBytes = seconds * 4096 + 1;
    now.networkSentBytes = seconds * 10;
    return now;
}

} // namespace

class TestActivity : public QObject
{
    Q_OBJECT
private slots:
    void totalsBecomeRates();
    void guestsMemoryIsShownWhereItTells();
    void anotherRunBeginsAnew();
    void packetsAreShownWhereBytesAreNotCounted();
    void scaleIsRound();
    void chartSaysWhatItShows();
    void chartIsReadableInDarkPalettes();
    void pageFollowsRunningMachines();
    void sessionInformationHasCharts();
};

void TestActivity::totalsBecomeRates()
{
    ui::ActivityHistory history;
    QVERIFY(!history.add(counters(10), 0)); // a total alone is no rate
    QVERIFY(!history.latest());
    QVERIFY(!history.add(counters(10), 250)); // not every event is a sample
    QVERIFY(history.add(counters(12), 2000));
    const ui::ActivitySample *now = history.latest();
    QVERIFY(now);
    QCOMPARE(now->cpuPercent, 50.0);
    QCOMPARE(now->diskReadPerSecond, 1024.0 * 1024);
    QCOMPARE(now->diskWrittenPerSecond, 2048.0);
    QCOMPARE(now->networkReceivedPerSecond, 4096.0);
    QCOMPARE(now->memoryBytes, 256.0 * 1024 * 1024);
    QVERIFY(!history.areExitsCounted());
    for (int i = 0; i < 400; ++i)
        history.add(counters(13 + quint64(i)), 3000 + i * 1000);
    QCOMPARE(int(history.samples().size()), ui::ActivityHistory::MaxSamples);
}

void TestActivity::guestsMemoryIsShownWhereItTells()
{
    ui::ActivityCharts charts;
    auto *const chart = charts.findChild<ui::ActivityChart *>(QStringLiteral("chart.memory"));
    QVERIFY(chart);
    ui::ActivityHistory history;
    history.add(counters(10), 0);
    QVERIFY(history.add(counters(11), 1000));
    charts.show(&history, engine::Acceleration::Kind::Hardware, 1, 1024);
    QCOMPARE(chart->summary(), QStringLiteral("now 256.0 MB, at most 256.0 MB"));
    engine::ActivityCounters now = counters(12);
    now.guestMemoryBytes = 900 * 1024 * 1024;
    now.guestAvailableBytes = 800 * 1024 * 1024;
    QVERIFY(history.add(now, 2000));
    charts.show(&history, engine::Acceleration::Kind::Hardware, 1, 1024);
    QCOMPARE(chart->summary(),
             QStringLiteral("held: now 256.0 MB, at most 256.0 MB; used in the guest: now 100.0 MB, "
                            "at most 100.0 MB"));
    QVERIFY(history.add(counters(13), 3000)); // its driver is gone
    charts.show(&history, engine::Acceleration::Kind::Hardware, 1, 1024);
    QCOMPARE(chart->summary(), QStringLiteral("now 256.0 MB, at most 256.0 MB"));
}

void TestActivity::anotherRunBeginsAnew()
{
    ui::ActivityHistory history;
    history.add(counters(10), 0);
    QVERIFY(history.add(counters(11), 1000));
    QVERIFY(!history.add(counters(1), 2000));
    QVERIFY(history.samples().isEmpty());
    QVERIFY(history.add(counters(2), 3000));
    QCOMPARE(history.latest()->cpuPercent, 50.0);
}

void TestActivity::packetsAreShownWhereBytesAreNotCounted()
{
    ui::ActivityHistory history;
    engine::ActivityCounters now;
    now.isNetworkCounted = true;
    history.add(now, 0);
    now.networkReceivedPackets = 30;
    QVERIFY(history.add(now, 1000));
    QVERIFY(history.isNetworkCounted());
    QVERIFY(!history.isNetworkInBytes());
    QCOMPARE(history.latest()->networkReceivedPerSecond, 30.0);
}

void TestActivity::scaleIsRound()
{
    QCOMPARE(ui::niceMaximum(0), 1.0);
    QCOMPARE(ui::niceMaximum(1), 1.0);
    QCOMPARE(ui::niceMaximum(11), 20.0);
    QCOMPARE(ui::niceMaximum(20), 20.0);
    QCOMPARE(ui::niceMaximum(21), 50.0);
    QCOMPARE(ui::niceMaximum(5100), 10000.0);
}

void TestActivity::chartSaysWhatItShows()
{
    ui::ActivityChart chart(QStringLiteral("Disks"),
                            {QStringLiteral("read"), QStringLiteral("written")},
                            [](double value) { return QString::number(value); });
    QCOMPARE(chart.accessibleName(), QStringLiteral("Disks"));
    QCOMPARE(chart.accessibleDescription(), QStringLiteral("nothing measured yet"));
    chart.setValues({{1, 7, 3}, {0, 0, 2}});
    QCOMPARE(chart.accessibleDescription(),
             QStringLiteral("read: now 3, at most 7; written: now 2, at most 2"));
    QCOMPARE(chart.maximum(), 10.0);
    chart.setLeastMaximum(100);
    QCOMPARE(chart.maximum(), 100.0);
    chart.setMessage(QStringLiteral("Not counted"));
    QCOMPARE(chart.accessibleDescription(), QStringLiteral("Not counted"));
}

void TestActivity::chartIsReadableInDarkPalettes()
{
    const auto line = [](const QColor &base, const QColor &text) {
        ui::ActivityChart chart(QStringLiteral("x"), {QStringLiteral("x")},
                                [](double value) { return QString::number(value); });
        QPalette palette;
        palette.setColor(QPalette::Base, base);
        palette.setColor(QPalette::Text, text);
        chart.setPalette(palette);
        chart.resize(300, 160);
        chart.setValues({QList<double>(200, 0.5)}); // a level line across the middle
        const QImage image = chart.grab().toImage();
        // The row of the line differs most from the ground.
        int strongest = 0;
        for (int y = 40; y < 150; ++y) {
            const QColor pixel = image.pixelColor(200, y);
            strongest = qMax(strongest, qAbs(pixel.lightness() - base.lightness()));
        }
        return strongest;
    };
    QVERIFY(line(Qt::white, Qt::black) > 90);
    QVERIFY(line(QColor(0x20, 0x20, 0x20), Qt::white) > 90);
}

void TestActivity::pageFollowsRunningMachines()
{
    fakes::RunningMachine running;
    running.open();
    engine::MachineStore store(running.filePath(QStringLiteral("config/vitrine")),
                               running.filePath(QStringLiteral("machines")));
    ui::ManagerWindow window(store);
    window.show();
    auto *view = window.findChild<QAction *>(QStringLiteral("viewActivity"));
    view->trigger();
    auto *table = window.findChild<QTreeView *>(QStringLiteral("activityTable"));
    QVERIFY(table);
    QTRY_COMPARE(table->model()->rowCount(), 1);
    QCOMPARE(table->model()->index(0, 0).data().toString(), QStringLiteral("Sample"));
    QTRY_VERIFY(running.driver().isActivityWanted);
    const auto cell = [table](int column) {
        return table->model()->index(0, column).data().toString();
    };
    QCOMPARE(cell(ui::ActivityModel::Cpu), QString(QChar(0x2013)));
    // As a driver would: every quarter of a second.
    quint64 quarters = 0;
    QTimer ticks;
    connect(&ticks, &QTimer::timeout, this, [&] {
        engine::ActivityCounters now = counters(0);
        now.cpuNanoseconds = ++quarters * 125000000;
        now.diskReadBytes = quarters * 262144;
        running.driver().count(now);
    });
    ticks.start(250);
    QTRY_VERIFY(cell(ui::ActivityModel::Cpu).endsWith(QStringLiteral("%")));
    QVERIFY(cell(ui::ActivityModel::DiskRead).contains(QStringLiteral("/s")));
    QCOMPARE(cell(ui::ActivityModel::Exits), QString(QChar(0x2013)));
    auto *chart = window.findChild<ui::ActivityChart *>(QStringLiteral("chart.cpu"));
    QTRY_VERIFY(chart->summary().contains(QStringLiteral("%")));
    auto *exits = window.findChild<ui::ActivityChart *>(QStringLiteral("chart.exits"));
    QVERIFY(exits->summary().contains(QStringLiteral("Not counted")));
    ticks.stop();

    // Nobody looks: nothing is measured.
    view->trigger();
    QTRY_VERIFY(!running.driver().isActivityWanted);
    view->trigger();
    QTRY_VERIFY(running.driver().isActivityWanted);
    running.close();
    QTRY_COMPARE(table->model()->rowCount(), 0);
}

void TestActivity::sessionInformationHasCharts()
{
    QWidget parent;
    auto *dialog = new ui::SessionInformation(&parent);
    dialog->showActivity();
    auto *tabs = dialog->findChild<QTabWidget *>(QStringLiteral("sessionTabs"));
    QVERIFY(tabs);
    QCOMPARE(tabs->currentIndex(), 1);
    quint64 seconds = 0;
    QTimer ticks;
    connect(&ticks, &QTimer::timeout, dialog, [&] { dialog->setActivity(counters(++seconds)); });
    ticks.start(300);
    auto *chart = dialog->findChild<ui::ActivityChart *>(QStringLiteral("chart.memory"));
    QTRY_VERIFY(chart->summary().contains(QStringLiteral("256")));
}

QTEST_MAIN(TestActivity)
#include "tst_activity.moc"
