// SPDX-License-Identifier: GPL-3.0-or-later
// A machine with several monitors: a window for each, on two screens of this computer.
#include "display/frame_view.h"
#include "engine/drivers/display_hub.h"
#include "engine/machine/qt_text.h"
#include "tests/support/recording_input.h"
#include "tests/support/running_machine.h"
#include "tests/support/shared_screen.h"
#include "ui/console_window.h"
#include "ui/monitor_window.h"

#include <QtGui/QScreen>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMenu>

using namespace engine;

namespace {

constexpr const char *Screens = R"({"screens": [
  {"name": "Left", "x": 0, "y": 0, "width": 1280, "height": 800},
  {"name": "Right", "x": 1280, "y": 0, "width": 1600, "height": 1000}]})";

void paint(fakes::SharedScreen &screen, std::uint32_t pixel)
{
    for (int y = 0; y < screen.height; ++y) {
        for (int x = 0; x < screen.width; ++x)
            screen.draw(x, y, pixel);
    }
}

// Behind a real control socket, so that the second picture comes over a connection of its own.
struct Machine
{
    explicit Machine(int monitors)
    {
        paint(first, 0xff336699);
        paint(second, 0xff996633);
        if (monitors > 1)
            hub.setTargets({&first, &second}, &input);
        else
            hub.setTargets(&first, &input);
        running.open("headless", false);
        running.driver().endpoint = {
            .kind = DisplayEndpoint::Kind::InProcess, .spice = {}, .hub = &hub};
        running.driver().endpoint.monitorCount = monitors;
        if (monitors > 1)
            running.driver().fakeMonitors = QList<bool>(monitors, true);
        running.session().start();
        client.connectTo(running.socketPath());
        console = std::make_unique<ui::ConsoleWindow>(
            client, ui::ConsoleWindow::Place::WindowProcess, display::openDisplay);
        console->present();
    }
    ~Machine()
    {
        console.reset();
        running.close();
        hub.setTargets(nullptr, nullptr);
    }

    // The window of the second monitor; nullptr: none is shown.
    static ui::MonitorWindow *other()
    {
        for (QWidget *const window : QApplication::topLevelWidgets()) {
            auto *const found = qobject_cast<ui::MonitorWindow *>(window);
            if (found != nullptr && found->isVisible())
                return found;
        }
        return nullptr;
    }
    static QRgb middleOf(display::FrameView &view)
    {
        const QImage image = view.grab().toImage();
        return image.pixel(image.width() / 2, image.height() / 2) | 0xff000000;
    }
    bool isShown()
    {
        return QTest::qWaitFor([this] {
            return other() != nullptr && other()->view().guestSize() == QSize(64, 48)
                && middleOf(other()->view()) == 0xff996633 && middleOf(view()) == 0xff336699;
        });
    }
    display::FrameView &view() const
    {
        return *console->findChild<display::FrameView *>("guestScreen");
    }
    QAction *enable() const { return console->findChild<QAction *>("enableVirtualScreen2"); }
    bool called(const QString &call) { return running.driver().calls.contains(call); }

    fakes::SharedScreen first;
    fakes::SharedScreen second;
    RecordingInputSink input;
    DisplayHub hub;
    fakes::RunningMachine running;
    ControlClient client;
    std::unique_ptr<ui::ConsoleWindow> console;
};

} // namespace

class TestMonitorWindows final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyMonitorHasAWindow()
    {
        Machine machine(2);
        QVERIFY(machine.isShown());
        ui::MonitorWindow *const other = Machine::other();
        QVERIFY2(other->windowTitle().contains("Screen 2"), qPrintable(other->windowTitle()));
        // What is drawn on one is drawn in one.
        paint(machine.second, 0xff00aa55);
        machine.second.listener->frameDamaged({0, 0, 64, 48});
        QTRY_COMPARE(Machine::middleOf(other->view()), 0xff00aa55u);
        QCOMPARE(Machine::middleOf(machine.view()), 0xff336699u);
    }

    void thePointerIsWhereItsWindowIs()
    {
        Machine machine(2);
        QVERIFY(machine.isShown());
        display::FrameView &view = Machine::other()->view();
        machine.input.take();
        const QPoint middle = view.rect().center();
        QTest::mouseMove(&view, middle);
        QTest::mouseClick(&view, Qt::LeftButton, {}, middle);
        QTRY_VERIFY(machine.input.log.contains("-left"));
        // The other window may hear of the pointer, too, while it passes.
        const qsizetype press = machine.input.log.indexOf("+left");
        QVERIFY(press > 0);
        const QString place = machine.input.log[press - 1];
        QVERIFY2(place.startsWith("at ") && place.endsWith(" on 1"), qPrintable(place));
    }

    void hostChordsAreTheMachineWindows()
    {
        Machine machine(2);
        QVERIFY(machine.isShown());
        emit Machine::other()->view().hostKeyChord(Qt::Key_F);
        QTRY_VERIFY(machine.console->isFullScreen());
    }

    void aClosedWindowUnplugsItsMonitor()
    {
        Machine machine(2);
        QVERIFY(machine.isShown());
        QVERIFY(machine.enable()->isChecked());
        Machine::other()->close();
        QTRY_COMPARE(Machine::other(), nullptr);
        QVERIFY(machine.called("monitor 1 off 0x0"));
        QVERIFY(machine.console->isVisible());
        QTRY_VERIFY(!machine.enable()->isChecked());
        QTRY_VERIFY(!machine.second.isVisible); // nobody looks
        machine.enable()->trigger();
        QVERIFY(machine.isShown());
        QVERIFY(machine.called("monitor 1 on 0x0"));
        QVERIFY(machine.enable()->isChecked());
    }

    void aWindowThatIsRefusedStays()
    {
        Machine machine(2);
        QVERIFY(machine.isShown());
        machine.running.driver().nextFailure = makeError(ErrorKind::Invalid, "not now");
        Machine::other()->close();
        QTRY_VERIFY(machine.called("monitor 1 off 0x0"));
        QTest::qWait(50);
        QVERIFY(Machine::other() != nullptr);
    }

    void aWindowsSizeIsItsMonitors()
    {
        Machine machine(2);
        machine.first.setResizable(true);
        machine.second.setResizable(true);
        QVERIFY(machine.isShown());
        QTest::qWait(400); // what the windows ask for at first
        machine.second.wanted.clear();
        machine.first.wanted.clear();
        Machine::other()->resize(800, 504);
        QTRY_VERIFY(machine.second.wanted.contains(std::pair(800, 504)));
        QVERIFY(machine.first.wanted.isEmpty());
    }

    void theyComeAndGoWithTheMachineWindow()
    {
        Machine machine(2);
        QVERIFY(machine.isShown());
        machine.console->hide();
        QTRY_COMPARE(Machine::other(), nullptr);
        QTRY_VERIFY(!machine.second.isVisible);
        QVERIFY(!machine.called("monitor 1 off 0x0")); // the guest keeps it
        machine.console->present();
        QVERIFY(machine.isShown());
    }

    void fullScreenFillsEveryScreen()
    {
        const QList<QScreen *> screens = QGuiApplication::screens();
        QCOMPARE(screens.size(), 2);
        Machine machine(2);
        QVERIFY(machine.isShown());
        machine.console->findChild<QAction *>("fullScreen")->trigger();
        QTRY_VERIFY(machine.console->isFullScreen());
        QTRY_VERIFY(Machine::other()->isFullScreen());
        QTRY_COMPARE(machine.console->geometry(), screens[0]->geometry());
        QTRY_COMPARE(Machine::other()->geometry(), screens[1]->geometry());
        machine.console->findChild<QAction *>("fullScreen")->trigger();
        QTRY_VERIFY(!Machine::other()->isFullScreen());
        QVERIFY(!machine.console->isFullScreen());
    }

    void oneMonitorHasOneWindowAndNoMenu()
    {
        Machine machine(1);
        QTRY_COMPARE(Machine::middleOf(machine.view()), 0xff336699u);
        QVERIFY(machine.enable() == nullptr);
        QCOMPARE(Machine::other(), nullptr);
    }
};

int main(int argc, char **argv)
{
    QTemporaryDir folder;
    QFile file(folder.filePath("screens.json"));
    if (!file.open(QIODevice::WriteOnly) || file.write(Screens) < 0)
        return 1;
    file.close();
    qputenv("QT_QPA_PLATFORM", "offscreen:configfile=" + file.fileName().toLocal8Bit());
    QApplication application(argc, argv);
    TestMonitorWindows test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_monitor_windows.moc"
