// SPDX-License-Identifier: GPL-3.0-or-later
// What only the start needed is given back, and everything goes on as before.
#include "engine/base/start_up_pages.h"

#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace {

// KiB in memory of what is mapped from files and not written, of the whole process.
qint64 unwrittenFromFiles()
{
    static const QRegularExpression begin(
        QStringLiteral("^[0-9a-f]+-[0-9a-f]+ r-.p [0-9a-f]+ [0-9a-f:]+ [1-9]"));
    QFile file(QStringLiteral("/proc/self/smaps"));
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    qint64 result = 0;
    bool isOne = false;
    for (const QString &line : QString::fromLatin1(file.readAll()).split(u'\n')) {
        if (line.contains(u'-') && !line.startsWith(u'V'))
            isOne = begin.match(line).hasMatch();
        else if (isOne && line.startsWith(QLatin1String("Rss:")))
            result += line.mid(4).simplified().section(u' ', 0, 0).toLongLong();
    }
    return result;
}

// Needs the unwinder's tables and the exceptions' types, in constants of several libraries.
int thrownAndCaught(int value)
{
    try {
        if (value % 2 == 0)
            throw std::out_of_range(std::to_string(value));
        throw std::runtime_error(std::to_string(value));
    } catch (const std::out_of_range &error) {
        return std::stoi(error.what());
    } catch (const std::exception &error) {
        return -std::stoi(error.what());
    }
}

} // namespace

class TestStartUpPages final : public QObject
{
    Q_OBJECT

private slots:
    void givesBackWhatIsMappedFromFiles();
    void everythingGoesOn();
};

void TestStartUpPages::givesBackWhatIsMappedFromFiles()
{
    const qint64 before = unwrittenFromFiles();
    QVERIFY(before > 0);
    const std::size_t bytes = engine::releaseStartUpPages();
    const qint64 after = unwrittenFromFiles();
    QVERIFY2(after < before / 2, qPrintable(QStringLiteral("%1 -> %2").arg(before).arg(after)));
    QVERIFY(qint64(bytes / 1024) >= before - after);
}

void TestStartUpPages::everythingGoesOn()
{
    std::atomic<bool> isOver = false;
    std::atomic<int> wrong = 0;
    std::thread other([&] {
        for (int i = 0; !isOver; ++i) {
            if (thrownAndCaught(i) != (i % 2 == 0 ? i : -i))
                ++wrong;
        }
    });
    for (int i = 0; i < 100; ++i) {
        engine::releaseStartUpPages();
        QCOMPARE(thrownAndCaught(i), i % 2 == 0 ? i : -i);
    }
    isOver = true;
    other.join();
    QCOMPARE(wrong.load(), 0);
}

QTEST_APPLESS_MAIN(TestStartUpPages)
#include "tst_start_up_pages.moc"
