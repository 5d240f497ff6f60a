// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/process_meter.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryDir>

#include <unistd.h>

using namespace engine;

namespace {

// A /proc of our making.
class FakeProc
{
public:
    void add(int pid, int ticks, int anonymousKiB, const QByteArray &children = {})
    {
        const QString folder = m_folder.filePath(QString::number(pid));
        QDir().mkpath(folder + QStringLiteral("/task/%1").arg(pid));
        write(folder + QStringLiteral("/stat"),
              QByteArray::number(pid) + " (a) b (c) S 1 2 3 4 5 6 7 8 9 10 "
                  + QByteArray::number(ticks) + " 0 0 0 20 0 1 0 0 0 0\n");
        write(folder + QStringLiteral("/status"),
              "Name:\ta\nRssAnon:\t  " + QByteArray::number(anonymousKiB)
                  + " kB\nRssFile:\t  9999 kB\nRssShmem:\t  10 kB\n");
        write(folder + QStringLiteral("/task/%1/children").arg(pid), children);
    }
    void remove(int pid) { QDir(m_folder.filePath(QString::number(pid))).removeRecursively(); }
    QString path() const { return m_folder.path(); }

private:
    static void write(const QString &path, const QByteArray &bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    QTemporaryDir m_folder;
};

} // namespace

class TestProcessMeter final : public QObject
{
    Q_OBJECT
private slots:
    void sumsTheWholeFamily()
    {
        FakeProc proc;
        proc.add(1, 100, 1000, "2 3 ");
        proc.add(2, 50, 200, "4");
        proc.add(3, 0, 0);
        proc.add(4, 7, 1);
        proc.add(5, 1000, 1000); // nobody's child
        ProcessMeter meter(proc.path(), 1);
        meter.update();
        const auto nanoseconds = [](int ticks) {
            return std::uint64_t(ticks) * (1000000000 / std::uint64_t(::sysconf(_SC_CLK_TCK)));
        };
        QCOMPARE(meter.cpuNanoseconds(), nanoseconds(157));
        QCOMPARE(meter.memoryBytes(), std::uint64_t(1000 + 200 + 1 + 4 * 10) * 1024);

        // A helper that ends keeps its share; one that takes its number begins at nothing.
        proc.add(1, 110, 1000, "2 3 ");
        proc.add(2, 50, 200);
        proc.remove(4);
        meter.update();
        QCOMPARE(meter.cpuNanoseconds(), nanoseconds(167));
        proc.add(2, 50, 200, "4");
        proc.add(4, 3, 1);
        meter.update();
        QCOMPARE(meter.cpuNanoseconds(), nanoseconds(170));
    }

    void measuresThisProcess()
    {
        ProcessMeter meter;
        meter.update();
        const auto beforeFilling = qint64(meter.memoryBytes());
        const QByteArray filled(8 << 20, 'x');
        meter.update();
        QVERIFY(qint64(meter.memoryBytes()) - beforeFilling > 7 << 20);
        QCOMPARE(filled.back(), 'x'); // it is still there
        // Work that the clock's ticks can see.
        volatile double sum = 0;
        const std::uint64_t before = meter.cpuNanoseconds();
        while (meter.cpuNanoseconds() == before) {
            for (int i = 0; i < 1000000; ++i)
                sum = sum + i;
            meter.update();
        }
        QVERIFY(meter.cpuNanoseconds() > before);
    }

    void exitsAreSummed()
    {
        const auto stats = [](const char *json) {
            return QJsonValue(QJsonDocument::fromJson(json).array());
        };
        // As qapi/stats.json shows an answer.
        QCOMPARE(exitsOfProcessors(stats(R"([
            {"provider": "kvm", "qom-path": "/machine/unattached/device[0]",
             "stats": [{"name": "exits", "value": 4294967396}]},
            {"provider": "kvm", "qom-path": "/machine/unattached/device[1]",
             "stats": [{"name": "other", "value": 1}, {"name": "exits", "value": 4}]}])"))
                     .value_or(0),
                 std::uint64_t(4294967400));
        // What is no number of times is none.
        QCOMPARE(exitsOfProcessors(stats(R"([{"stats": [
            {"name": "exits", "value": -5}, {"name": "exits", "value": 1e300},
            {"name": "exits", "value": 18446744073709551615}, {"name": "exits", "value": 0.5},
            {"name": "exits", "value": "many"}, {"name": "exits"},
            {"name": "exits", "value": 7}]}])"))
                     .value_or(0),
                 std::uint64_t(7));
        QVERIFY(!exitsOfProcessors(stats("[]")).has_value());
        QVERIFY(!exitsOfProcessors(QJsonValue()).has_value());
    }
};

QTEST_GUILESS_MAIN(TestProcessMeter)
#include "tst_process_meter.moc"
