// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine's extra data says about its window, and the window that obeys.
#include "tests/support/console_fixture.h"
#include "ui/mini_tool_bar.h"
#include "ui/window_look.h"

#include <QtWidgets/QMenuBar>
#include <QtWidgets/QStatusBar>

using ui::WindowLook;

class TestWindowLook final : public QObject
{
    Q_OBJECT
private slots:
    void keysAreVirtualBoxs()
    {
        const WindowLook look = WindowLook::from({{"GUI/MenuBar/Enabled", "false"},
                                                  {"GUI/StatusBar/Enabled", "no"},
                                                  {"GUI/ShowMiniToolBar", "yes"},
                                                  {"GUI/MiniToolBarAlignment", "Bottom"},
                                                  {"GUI/Scale", "on"},
                                                  {"GUI/DefaultCloseAction", "PowerOff"}});
        QCOMPARE(look,
                 (WindowLook{.hasMenuBar = false,
                             .hasStatusBar = false,
                             .hasMiniToolBar = true,
                             .isMiniToolBarAtBottom = true,
                             .isScaled = true,
                             .closeChoice = ui::CloseChoice::PowerOff}));
        QCOMPARE(WindowLook::from({}), WindowLook());
        QCOMPARE(WindowLook::from({{"GUI/MenuBar/Enabled", "perhaps"}}), WindowLook());
    }

    void whatIsUsualLeavesNoKeyAndOthersStay()
    {
        QJsonObject data{{"GUI/MenuBar/Enabled", "false"}, {"GUI/Other", "x"}};
        WindowLook look = WindowLook::from(data);
        look.hasMenuBar = true;
        look.closeChoice = ui::CloseChoice::Shutdown;
        look.writeTo(data);
        QCOMPARE(data, (QJsonObject{{"GUI/Other", "x"}, {"GUI/DefaultCloseAction", "Shutdown"}}));
        look.closeChoice.reset();
        look.writeTo(data);
        QCOMPARE(data, (QJsonObject{{"GUI/Other", "x"}}));
    }

    void aScaleFactorIsAZoom()
    {
        QCOMPARE(WindowLook::from({{"GUI/ScaleFactor", "1.5"}}).zoomPercent, 150);
        QCOMPARE(WindowLook::from({{"GUI/ScaleFactor", "2,1"}}).zoomPercent, 200);
        QCOMPARE(WindowLook::from({{"GUI/ScaleFactor", "99"}}).zoomPercent, 400);
        QVERIFY(!WindowLook::from({{"GUI/ScaleFactor", "large"}}).zoomPercent);
    }

    void wordsThatMeanTheSameStay()
    {
        QJsonObject data{{"GUI/MenuBar/Enabled", "no"}, {"GUI/DefaultCloseAction", "PowerOffRestoringSnapshot"}};
        const QJsonObject before = data;
        WindowLook::from(data).writeTo(data);
        QCOMPARE(data, before);
    }

    void theWindowObeys()
    {
        engine::MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        definition.extraData = {{"GUI/MenuBar/Enabled", "false"},
                                {"GUI/StatusBar/Enabled", "false"},
                                {"GUI/ShowMiniToolBar", "no"},
                                {"GUI/Scale", "on"},
                                {"GUI/DefaultCloseAction", "Detach"}};
        fakes::ConsoleFixture console(definition);
        console.openAndShow();
        QTRY_VERIFY(console.isReady());
        QVERIFY(!console.window->menuBar()->isVisible());
        QVERIFY(!console.window->statusBar()->isVisible());
        QVERIFY(!console.action("showMiniToolBar")->isChecked());
        QVERIFY(console.action("scaledMode")->isChecked());
        QSignalSpy gone(console.window.get(), &ui::ConsoleWindow::sentToBackground);
        console.window->close();
        QCOMPARE(gone.size(), 1);
        QCOMPARE(console.machine.driver().state(), engine::Driver::State::Running);
    }

    void theWindowFollowsAtOnce()
    {
        fakes::ConsoleFixture console;
        console.openAndShow();
        QTRY_VERIFY(console.isReady());
        QVERIFY(console.window->statusBar()->isVisible());
        engine::MachineDefinition changed = console.machine.session().entry().definition;
        changed.extraData = {{"GUI/StatusBar/Enabled", "false"}};
        console.machine.session().changeDefinition(changed, std::nullopt, [](engine::Result<>) {});
        QTRY_VERIFY(!console.window->statusBar()->isVisible());
        QVERIFY(console.window->menuBar()->isVisible());
    }

    void theMachineRemembersWhatTheViewMenuSwitched()
    {
        fakes::ConsoleFixture console;
        console.openAndShow();
        QTRY_VERIFY(console.isReady());
        console.action("showStatusBar")->trigger();
        QVERIFY(!console.window->statusBar()->isVisible());
        const auto onDisk = [&] {
            const auto read = engine::readMachine(console.machine.entry().definitionPath);
            return read ? read->definition.extraData : QJsonObject();
        };
        QTRY_COMPARE(onDisk(), (QJsonObject{{"GUI/StatusBar/Enabled", "false"}}));
        console.action("showStatusBar")->trigger();
        QTRY_COMPARE(onDisk(), QJsonObject());
    }

    void theMiniToolBarComesFromTheBottom()
    {
        engine::MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        definition.extraData = {{"GUI/MiniToolBarAlignment", "bottom"}};
        fakes::ConsoleFixture console(definition);
        console.openAndShow();
        QTRY_VERIFY(console.isReady());
        auto *bar = console.find<ui::MiniToolBar>("miniToolBar");
        bar->setActive(true);
        QTRY_COMPARE(bar->geometry().bottom(), bar->parentWidget()->height() - 1);
        QVERIFY(bar->geometry().top() > bar->parentWidget()->height() / 2);
    }
};

QTEST_MAIN(TestWindowLook)
#include "tst_window_look.moc"
