// SPDX-License-Identifier: GPL-3.0-or-later
// Devices ▸ Serial Ports…, on a machine whose engine's end is played by the test.
#include "engine/drivers/serial_socket.h"
#include "tests/support/console_fixture.h"
#include "ui/serial_window.h"
#include "ui/terminal_view.h"

#include <QtGui/QScreen>
#include <QtNetwork/QLocalSocket>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QTabWidget>

using namespace engine;
using namespace ui;

namespace {

MachineDefinition withPorts(const QList<SerialPort> &ports)
{
    MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
    definition.serialPorts = ports;
    return definition;
}

QAction *serialAction(const fakes::ConsoleFixture &fixture)
{
    return fixture.window->findChild<QAction *>("serialPorts");
}

SerialWindow *serialWindow(const fakes::ConsoleFixture &fixture)
{
    return fixture.window->findChild<SerialWindow *>();
}

QString firstLine(const TerminalView *view)
{
    return view->screen().page().text(0);
}

} // namespace

class TestSerialWindow final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void itIsGreyWithTheReason_data()
    {
        QTest::addColumn<QList<SerialPort>>("ports");
        QTest::newRow("none") << QList<SerialPort>{};
        QTest::newRow("switched off") << QList<SerialPort>{{}};
        QTest::newRow("a file's") << QList<SerialPort>{
            {.isEnabled = true, .mode = SerialMode::File, .path = "log"}};
    }
    void itIsGreyWithTheReason()
    {
        QFETCH(QList<SerialPort>, ports);
        fakes::ConsoleFixture fixture(withPorts(ports));
        fixture.openAndShow();
        QTRY_VERIFY(serialAction(fixture)->toolTip().contains("Switch one on"));
        QVERIFY(!serialAction(fixture)->isEnabled());
    }

    void aTerminalForEachPort()
    {
        fakes::ConsoleFixture fixture(withPorts({{.isEnabled = true}, {}, {.isEnabled = true}}));
        fixture.openAndShow();
        QTRY_VERIFY(serialAction(fixture)->isEnabled());
        QLocalSocket guest;
        const QString folder = paths::runFolder(fixture.machine.entry().definition.uuid);
        guest.connectToServer(serialSocketPath(folder, 2));
        QVERIFY(guest.waitForConnected(5000));
        guest.write("login: ");

        serialAction(fixture)->trigger();
        SerialWindow *const window = serialWindow(fixture);
        QVERIFY(window != nullptr);
        QVERIFY(QTest::qWaitForWindowExposed(window));
        auto *const tabs = window->findChild<QTabWidget *>();
        QCOMPARE(tabs->count(), 2);
        QCOMPARE(tabs->tabText(0), "COM1");
        QCOMPARE(tabs->tabText(1), "COM3");
        auto *const view = window->findChild<TerminalView *>("serialTerminal3");
        QTRY_COMPARE(firstLine(view), "login:");
        tabs->setCurrentIndex(1);
        QTest::keyClicks(view, "root");
        QTest::keyClick(view, Qt::Key_Escape); // the guest's, and no end of the window
        QTRY_COMPARE(guest.bytesAvailable(), qint64(5));
        QCOMPARE(guest.readAll(), QByteArray("root\x1b"));
        QVERIFY(window->isVisible());
        // All of the terminal is to be seen, where the screen is large enough.
        QVERIFY(view->horizontalScrollBar()->maximum() == 0
                || window->width() >= window->screen()->availableSize().width());
        QVERIFY(view->verticalScrollBar()->maximum() == 0
                || window->height() >= window->screen()->availableSize().height());
    }

    void onlyOneWindow()
    {
        fakes::ConsoleFixture fixture(withPorts({{.isEnabled = true}}));
        fixture.openAndShow();
        QTRY_VERIFY(serialAction(fixture)->isEnabled());
        serialAction(fixture)->trigger();
        serialAction(fixture)->trigger();
        QCOMPARE(fixture.window->findChildren<SerialWindow *>().size(), 1);
        serialWindow(fixture)->close();
        QTRY_VERIFY(serialWindow(fixture) == nullptr);
        serialAction(fixture)->trigger();
        QVERIFY(serialWindow(fixture) != nullptr);
    }

    void whatTheGuestSaidStaysWhenTheMachineHasGone()
    {
        fakes::ConsoleFixture fixture(withPorts({{.isEnabled = true}}));
        fixture.openAndShow();
        QTRY_VERIFY(serialAction(fixture)->isEnabled());
        SerialWindow window(*fixture.client, nullptr);
        window.setAttribute(Qt::WA_DeleteOnClose, false);
        window.show();
        auto *const note = window.findChild<QLabel *>("serialNote");
        QVERIFY(note->isHidden());
        QLocalSocket guest;
        const QString folder = paths::runFolder(fixture.machine.entry().definition.uuid);
        guest.connectToServer(serialSocketPath(folder, 0));
        guest.write("Goodbye");
        auto *const view = window.findChild<TerminalView *>();
        QTRY_COMPARE(firstLine(view), "Goodbye");
        fixture.window.reset();
        fixture.machine.close();
        QTRY_VERIFY(!note->isHidden());
        QVERIFY2(note->text().contains("has ended"), qPrintable(note->text()));
        QCOMPARE(firstLine(view), "Goodbye");
    }
};

QTEST_MAIN(TestSerialWindow)
#include "tst_serial_window.moc"
