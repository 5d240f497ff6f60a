// SPDX-License-Identifier: GPL-3.0-or-later
// A machine window on a fake driver behind a real control server, with a fake screen.
#pragma once

#include "display/frame_view.h"
#include "tests/support/fake_screen.h"
#include "tests/support/running_machine.h"
#include "ui/console_window.h"

#include <QtGui/QAction>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStatusBar>

namespace fakes {

class ConsoleFixture
{
public:
    explicit ConsoleFixture(
        engine::MachineDefinition definition = RunningMachine::sampleDefinition())
        : machine(std::move(definition))
    { }
    ~ConsoleFixture()
    {
        window.reset();
        client.reset();
        machine.close();
    }

    // The driver may be prepared between open() and show().
    void open()
    {
        machine.open(QStringLiteral("gui"), false);
        machine.driver().endpoint.kind = engine::DisplayEndpoint::Kind::Spice;
        machine.driver().endpoint.spice.socket = QStringLiteral("/nowhere");
    }

    void show(ui::ConsoleWindow::Place place = ui::ConsoleWindow::Place::EngineProcess)
    {
        client = std::make_unique<engine::ControlClient>();
        client->connectTo(machine.socketPath());
        window = std::make_unique<ui::ConsoleWindow>(
            *client, place, [this](const engine::DisplayEndpoint &) {
                auto session = std::make_unique<FakeScreen>(guestSize.width(), guestSize.height(),
                                                            pointerMode);
                ++displaysOpened;
                screen = session.get();
                return session;
            });
        machine.session().start();
        window->present();
    }

    void openAndShow(ui::ConsoleWindow::Place place = ui::ConsoleWindow::Place::EngineProcess)
    {
        open();
        show(place);
    }

    // The status has come and the picture is there.
    bool isReady() const
    {
        return window->windowTitle().contains(QLatin1String("Running")) && screen != nullptr;
    }

    template <class T>
    T *find(const char *name) const
    {
        return window->findChild<T *>(QString::fromLatin1(name));
    }
    QAction *action(const char *name) const { return find<QAction>(name); }
    // By the status bar, or over the picture where it has no room.
    QString said() const
    {
        const QString message = window->statusBar()->currentMessage();
        const auto *hint = find<QLabel>("fullScreenHint");
        return message.isEmpty() && hint->isVisible() ? hint->text() : message;
    }
    bool called(const QString &call) { return machine.driver().calls.contains(call); }
    display::FrameView &view() const { return *find<display::FrameView>("guestScreen"); }
    void chord(int qtKey) const { emit view().hostKeyChord(qtKey); }

    RunningMachine machine;
    std::unique_ptr<engine::ControlClient> client;
    std::unique_ptr<ui::ConsoleWindow> window;
    QPointer<FakeScreen> screen;
    QSize guestSize{800, 600};
    engine::PointerMode pointerMode = engine::PointerMode::Absolute;
    int displaysOpened = 0;
};

} // namespace fakes
