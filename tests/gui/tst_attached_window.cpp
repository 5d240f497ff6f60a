// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's window in another process, on the machine's own memory: everything but the process.
#include "display/frame_view.h"
#include "engine/drivers/display_hub.h"
#include "tests/support/recording_input.h"
#include "tests/support/running_machine.h"
#include "tests/support/shared_screen.h"
#include "ui/console_window.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QApplication>

using namespace engine;

namespace {

struct Machine
{
    Machine()
    {
        for (int y = 0; y < screen.height; ++y) {
            for (int x = 0; x < screen.width; ++x)
                screen.draw(x, y, 0xff336699);
        }
        hub.setTargets(&screen, &input);
        running.open("headless", false);
        running.driver().endpoint = {
            .kind = DisplayEndpoint::Kind::InProcess, .spice = {}, .hub = &hub};
        running.session().start();
    }
    ~Machine()
    {
        running.close();
        hub.setTargets(nullptr, nullptr);
    }

    fakes::SharedScreen screen;
    RecordingInputSink input;
    DisplayHub hub;
    fakes::RunningMachine running;
};

struct Window
{
    explicit Window(Machine &machine)
    {
        client.connectTo(machine.running.socketPath());
        console = std::make_unique<ui::ConsoleWindow>(
            client, ui::ConsoleWindow::Place::WindowProcess, display::openDisplay);
        console->present();
    }

    display::FrameView &view() const
    {
        return *console->findChild<display::FrameView *>("guestScreen");
    }
    QRgb middle() const
    {
        const QImage image = view().grab().toImage();
        return image.pixel(image.width() / 2, image.height() / 2) | 0xff000000;
    }

    ControlClient client;
    std::unique_ptr<ui::ConsoleWindow> console;
};

} // namespace

class TestAttachedWindow final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theGuestsPixelsAreShownAndKeysReachIt()
    {
        Machine machine;
        Window window(machine);
        QTRY_COMPARE(window.middle(), 0xff336699u);
        for (int y = 0; y < 48; ++y) {
            for (int x = 0; x < 64; ++x)
                machine.screen.draw(x, y, 0xff00aa55);
        }
        machine.screen.listener->frameDamaged({0, 0, 64, 48});
        QTRY_COMPARE(window.middle(), 0xff00aa55u);
        machine.input.take();
        constexpr unsigned EvdevA = 30;
        for (const QEvent::Type type : {QEvent::KeyPress, QEvent::KeyRelease}) {
            QKeyEvent event(type, Qt::Key_A, Qt::NoModifier, EvdevA + 8, 0, 0);
            QApplication::sendEvent(&window.view(), &event);
        }
        QTRY_COMPARE(machine.input.log, (QStringList{"+1e", "-1e"}));
    }

    void twoWindowsShowIt()
    {
        Machine machine;
        Window first(machine);
        Window second(machine);
        QTRY_COMPARE(first.middle(), 0xff336699u);
        QTRY_COMPARE(second.middle(), 0xff336699u);
        second.console->hide();
        QTRY_VERIFY(machine.screen.isVisible);
        first.console->hide();
        QTRY_VERIFY(!machine.screen.isVisible);
    }
};

QTEST_MAIN(TestAttachedWindow)
#include "tst_attached_window.moc"
