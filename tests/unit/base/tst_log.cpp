// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/fd.h"
#include "engine/base/log.h"

#include <QtTest/QTest>

#include <vector>

#include <fcntl.h>

using namespace engine;

class TestLog final : public QObject
{
    Q_OBJECT
private slots:
    void cleanup()
    {
        setLogSink({});
        setLogLevel(LogLevel::Info);
    }

    void recordIsOneLineInUtc()
    {
        const LogRecord record{
            std::chrono::system_clock::time_point(std::chrono::milliseconds(1042)),
            LogLevel::Warning, "qemu", "text"};
        QCOMPARE(formatLogRecord(record),
                 std::string("1970-01-01T00:00:01.042Z warning qemu: text"));
    }

    void linesBecomeRecordsWithoutControlCharacters()
    {
        std::vector<LogRecord> records;
        setLogSink([&](const LogRecord &record) { records.push_back(record); });
        log(LogLevel::Error, "qemu", "one\x1b[31m\n\ntwo\r\nthree\tfour");
        QCOMPARE(records.size(), std::size_t(3));
        QCOMPARE(records[0].text, std::string("one?[31m"));
        QCOMPARE(records[1].text, std::string("two?"));
        QCOMPARE(records[2].text, std::string("three four"));
        QCOMPARE(records[2].category, std::string("qemu"));
    }

    void lessUrgentRecordsAreDropped()
    {
        int count = 0;
        setLogSink([&](const LogRecord &) { ++count; });
        log(LogLevel::Debug, "x", "hidden");
        QCOMPARE(count, 0);
        setLogLevel(LogLevel::Debug);
        log(LogLevel::Debug, "x", "shown");
        QCOMPARE(count, 1);
    }

    void descriptorHasOneOwner()
    {
        int number = -1;
        {
            Fd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
            QVERIFY(first.isOpen());
            number = first.get();
            Fd second(std::move(first));
            QCOMPARE(second.get(), number);
            QVERIFY(::fcntl(number, F_GETFD) >= 0);
        }
        QCOMPARE(::fcntl(number, F_GETFD), -1);
    }
};

QTEST_GUILESS_MAIN(TestLog)
#include "tst_log.moc"
