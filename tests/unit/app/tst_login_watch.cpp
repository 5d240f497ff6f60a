// SPDX-License-Identifier: GPL-3.0-or-later
// Against a logind of our own on a bus of our own.
#include "app/login_watch.h"
#include "tests/support/test_main.h"

#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusUnixFileDescriptor>
#include <QtTest/QSignalSpy>

#include <array>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

// The part of org.freedesktop.login1(5) that is used.
class FakeLogin final : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Manager")
public:
    QStringList asked;
    int lock = -1; // the other end of the lock we gave

    // True when whoever held the lock let it go.
    bool isReleased() const
    {
        pollfd end{lock, POLLIN, 0};
        return ::poll(&end, 1, 0) == 1 && (end.revents & POLLHUP) != 0;
    }

public slots:
    QDBusUnixFileDescriptor Inhibit(const QString &what, const QString &who, const QString &why,
                                    const QString &mode)
    {
        asked = QStringList{what, who, mode};
        Q_UNUSED(why)
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            return {};
        lock = ends[0];
        const QDBusUnixFileDescriptor given(ends[1]); // a copy
        ::close(ends[1]);
        return given;
    }

signals:
    void PrepareForShutdown(bool start);
    void PrepareForSleep(bool start);
};

class TestLoginWatch final : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        const QString program = QStandardPaths::findExecutable("dbus-daemon");
        if (program.isEmpty())
            QSKIP("there is no dbus-daemon (package dbus)");
        m_address = "unix:path=" + m_folder.filePath("bus");
        m_bus.start(program,
                    {"--session", "--nofork", "--nopidfile", "--print-address=1",
                     "--address=" + m_address});
        QVERIFY(m_bus.waitForReadyRead(10000));
        qputenv("DBUS_SYSTEM_BUS_ADDRESS", m_address.toLocal8Bit());
        QDBusConnection bus = QDBusConnection::connectToBus(m_address, "fake");
        QVERIFY(bus.registerObject("/org/freedesktop/login1", &m_login,
                                   QDBusConnection::ExportAllSlots
                                       | QDBusConnection::ExportAllSignals));
        QVERIFY(bus.registerService("org.freedesktop.login1"));
    }

    void cleanupTestCase()
    {
        QDBusConnection::disconnectFromBus("fake");
        m_bus.kill();
        m_bus.waitForFinished();
    }

    void shutdownIsDelayedAndAnnounced()
    {
        auto watch = std::make_unique<app::LoginWatch>();
        QSignalSpy shutdowns(watch.get(), &app::LoginWatch::shutdownBegins);
        QTRY_VERIFY(watch->isDelayingShutdown());
        QCOMPARE(m_login.asked, (QStringList{"shutdown", "Vitrine", "delay"}));
        QVERIFY(!m_login.isReleased());
        emit m_login.PrepareForShutdown(true);
        QTRY_COMPARE(shutdowns.size(), 1);
        watch.reset();
        QTRY_VERIFY(m_login.isReleased());
    }

    void wakingUpIsTold()
    {
        app::LoginWatch watch;
        QSignalSpy awakenings(&watch, &app::LoginWatch::wokeUp);
        QTRY_VERIFY(watch.isDelayingShutdown());
        emit m_login.PrepareForSleep(true);
        emit m_login.PrepareForSleep(false);
        QTRY_COMPARE(awakenings.size(), 1);
    }

    void aBusThatGoesIsNoTrouble()
    {
        app::LoginWatch watch;
        QTRY_VERIFY(watch.isDelayingShutdown());
        QDBusConnection::disconnectFromBus("fake");
        m_bus.kill();
        QVERIFY(m_bus.waitForFinished());
        QCoreApplication::processEvents();
    }

    void withoutABusNothingHappens()
    {
        qputenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus");
        app::LoginWatch watch;
        QVERIFY(!watch.isDelayingShutdown());
    }

private:
    QTemporaryDir m_folder;
    QString m_address;
    QProcess m_bus;
    FakeLogin m_login;
};

QTEST_GUILESS_MAIN(TestLoginWatch)

#include "tst_login_watch.moc"
