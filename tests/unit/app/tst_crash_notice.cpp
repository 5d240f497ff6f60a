// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/crash_notice.h"

#include <QtCore/QTemporaryFile>
#include <QtTest/QTest>

#include <csignal>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

class TestCrashNotice : public QObject
{
    Q_OBJECT

private slots:
    void aCrashNamesItsSignalAndItsStack_data();
    void aCrashNamesItsSignalAndItsStack();
};

void TestCrashNotice::aCrashNamesItsSignalAndItsStack_data()
{
    QTest::addColumn<int>("signal");
    QTest::addColumn<QByteArray>("name");

    QTest::newRow("a wild pointer") << SIGSEGV << QByteArray("SIGSEGV");
    QTest::newRow("a file that shrank") << SIGBUS << QByteArray("SIGBUS");
    QTest::newRow("a failed check") << SIGABRT << QByteArray("SIGABRT");
}

void TestCrashNotice::aCrashNamesItsSignalAndItsStack()
{
    QFETCH(const int, signal);
    QFETCH(const QByteArray, name);

    QTemporaryFile log;
    QVERIFY(log.open());
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit noCore = {.rlim_cur = 0, .rlim_max = 0};
        ::setrlimit(RLIMIT_CORE, &noCore);
        // Qt Test's and a sanitizer's handlers are not ours.
        std::signal(signal, SIG_DFL);
        app::noteCrashesIn(log.handle());
        ::raise(signal);
        ::_exit(0);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFSIGNALED(status));
    QCOMPARE(WTERMSIG(status), signal);
    log.seek(0);
    const QByteArray text = log.readAll();
    QVERIFY2(text.contains("crashed with " + name), text.constData());
    QVERIFY2(text.contains("tst_crash_notice"), text.constData());
}

QTEST_GUILESS_MAIN(TestCrashNotice)
#include "tst_crash_notice.moc"
