// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/desktop_check.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace engine;

class TestDesktopCheck : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

private slots:
    void init()
    {
        qunsetenv("DISPLAY");
        qunsetenv("WAYLAND_DISPLAY");
        qunsetenv("QT_QPA_PLATFORM");
        qputenv("XDG_RUNTIME_DIR", m_folder.path().toLocal8Bit());
    }

    void nothingIsSaidToBeNothing()
    {
        const Result<> checked = display::checkDesktop();
        QVERIFY_ERROR(checked, ErrorKind::Unsupported);
        QVERIFY(checked.error().text().find("neither WAYLAND_DISPLAY nor DISPLAY")
                != std::string::npos);
        QVERIFY(checked.error().remedy().find("--type headless") != std::string::npos);
    }

    void whatDoesNotAnswerIsNamed()
    {
        qputenv("WAYLAND_DISPLAY", "wayland-nobody");
        QVERIFY(display::checkDesktop().error().text().find("compositor \"wayland-nobody\"")
                != std::string::npos);
        qputenv("DISPLAY", ":47110");
        QVERIFY(display::checkDesktop().error().text().find("X server \":47110\"")
                != std::string::npos);
    }

    void aCompositorIsADesktop_data()
    {
        QTest::addColumn<bool>("isPath");
        QTest::newRow("by name") << false;
        QTest::newRow("by path") << true;
    }
    void aCompositorIsADesktop()
    {
        QFETCH(bool, isPath);
        const QByteArray path = m_folder.filePath("wayland-7").toLocal8Bit();
        ::unlink(path.constData());
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        QVERIFY(std::size_t(path.size()) < sizeof address.sun_path);
        std::copy(path.begin(), path.end(), address.sun_path);
        const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        QCOMPARE(::bind(listener, reinterpret_cast<const sockaddr *>(&address), sizeof address), 0);
        QCOMPARE(::listen(listener, 1), 0);
        qputenv("WAYLAND_DISPLAY", isPath ? path : QByteArray("wayland-7"));
        QVERIFY_OK(display::checkDesktop());
        ::close(listener);
    }

    void whoNeedsNoDesktopIsNotAsked()
    {
        qputenv("QT_QPA_PLATFORM", "offscreen");
        QVERIFY_OK(display::checkDesktop());
        qputenv("QT_QPA_PLATFORM", "wayland;xcb");
        QVERIFY(!display::checkDesktop());
    }
};

QTEST_GUILESS_MAIN(TestDesktopCheck)
#include "tst_desktop_check.moc"
