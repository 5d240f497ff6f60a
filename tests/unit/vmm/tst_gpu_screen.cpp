// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/gpu_monitors.h"
#include "tests/support/gpu_guest.h"
#include "tests/support/test_main.h"

#include <QtCore/QRect>

#include <deque>

using namespace engine;
using tests::Command;
using tests::GpuGuest;

namespace {

struct Listener final : FrameListener
{
    void frameDamaged(FrameRect rect) override { damage.push_back(rect); }
    void frameResized() override { ++resized; }
    void cursorChanged() override { ++cursors; }

    std::vector<FrameRect> damage;
    int resized = 0;
    int cursors = 0;
};

struct Rig
{
    Rig()
    {
        screen.setSizeWatcher([this] { ++sizeNews; });
    }
    ~Rig() { screen.setSizeWatcher({}); }

    void runPosted()
    {
        while (!posted.empty()) {
            const std::function<void()> function = std::move(posted.front());
            posted.pop_front();
            function();
        }
    }
    // What a boot loader does.
    void setVgaMode(std::uint16_t width, std::uint16_t height)
    {
        const std::lock_guard lock(guest.gpu.lock());
        const std::pair<std::uint16_t, std::uint16_t> registers[] = {{VgaDispi::Width, width},
                                                                     {VgaDispi::Height, height},
                                                                     {VgaDispi::Depth, 32},
                                                                     {VgaDispi::Enable, 0x41}};
        for (const auto &[index, value] : registers) {
            guest.gpu.write(VgaCore::DispiPorts, 0, 2, index);
            guest.gpu.write(VgaCore::DispiPorts, 2, 2, value);
        }
    }
    void show(std::uint32_t width, std::uint32_t height)
    {
        guest.fill(1, width, height);
        guest.scanout(0, 1, {0, 0, int(width), int(height)});
        guest.flush(1, {0, 0, int(width), int(height)});
    }

    GpuGuest guest;
    std::deque<std::function<void()>> posted;
    Screen vga{guest.gpu, guest.clock,
               [this](std::function<void()> function) { posted.push_back(std::move(function)); }};
    GpuMonitors monitors{vga, guest.gpu};
    GpuScreen &screen = monitors.screen(0);
    int sizeNews = 0;
};

} // namespace

class TestGpuScreen : public QObject
{
    Q_OBJECT

private slots:
    void theDriversPictureTakesTheVgasPlace()
    {
        Rig rig;
        Listener listener;
        rig.screen.setListener(&listener);
        rig.setVgaMode(640, 400);
        rig.runPosted();
        QCOMPARE(rig.screen.frame().width, 640);
        QVERIFY(rig.guest.gpu.isDirtyLogged());
        QVERIFY(!rig.screen.takesSize());
        QVERIFY(rig.guest.driver.start(GpuGuest::Features));
        QCOMPARE(rig.screen.frame().width, 640);

        listener = {};
        rig.show(320, 200);
        QCOMPARE(rig.screen.frame().width, 320);
        QCOMPARE(rig.screen.size().height, 200);
        QCOMPARE(listener.resized, 1);
        QCOMPARE(listener.damage.size(), std::size_t(1));
        QVERIFY(rig.screen.takesSize());
        QCOMPARE(rig.sizeNews, 1);
        rig.runPosted();
        QVERIFY(!rig.guest.gpu.isDirtyLogged()); // the VGA costs nothing meanwhile

        listener = {};
        rig.guest.driver.setStatus(0);
        rig.runPosted();
        QCOMPARE(rig.screen.frame().width, 640);
        QVERIFY(listener.resized >= 1);
        QVERIFY(!rig.screen.takesSize());
        QCOMPARE(rig.sizeNews, 2);
        QVERIFY(rig.guest.gpu.isDirtyLogged());
        rig.screen.setListener(nullptr);
    }

    void aHiddenWindowIsToldOfEverythingLater()
    {
        Rig rig;
        Listener listener;
        rig.screen.setListener(&listener);
        QVERIFY(rig.guest.driver.start(GpuGuest::Features));
        rig.show(320, 200);
        rig.screen.setVisible(false);
        listener = {};
        rig.guest.flush(1, {0, 0, 10, 10});
        QVERIFY(listener.damage.empty());
        rig.screen.setVisible(true);
        QCOMPARE(listener.resized, 1);
        rig.screen.setListener(nullptr);
        rig.guest.flush(1, {0, 0, 10, 10}); // to nobody
        QCOMPARE(listener.damage.size(), std::size_t(0));
    }

    void whatAWindowWantsReachesTheDriver()
    {
        Rig rig;
        rig.screen.wantSize(800, 600); // no driver listens
        QVERIFY(rig.guest.driver.start(GpuGuest::Features));
        QCOMPARE(rig.guest.driver.deviceConfig(0, 4), std::uint64_t(0));
        rig.show(320, 200);
        rig.screen.wantSize(800, 600);
        QCOMPARE(rig.guest.driver.deviceConfig(0, 4), std::uint64_t(1));
    }

    void theCursorIsTheViewsOrInThePicture()
    {
        Rig rig;
        Listener listener;
        rig.screen.setListener(&listener);
        QVERIFY(rig.guest.driver.start(GpuGuest::Features));
        QVERIFY(!rig.screen.cursor().isVisible);
        rig.show(320, 200);
        rig.guest.fill(2, 64, 64, GpuGuest::WithAlpha);
        listener = {};
        rig.guest.cursor(Command::UpdateCursor, 0, 20, 20, 2);
        QCOMPARE(listener.cursors, 1);
        QVERIFY(rig.screen.cursor().isVisible);
        QVERIFY(listener.damage.empty());
        rig.monitors.setCursorDrawn(true);
        QVERIFY(!rig.screen.cursor().isVisible);
        QCOMPARE(listener.damage.size(), std::size_t(1));
        rig.screen.setListener(nullptr);
    }

    void everyMonitorShowsItsOwn()
    {
        Rig rig;
        QCOMPARE(rig.monitors.count(), 2u);
        GpuScreen &second = rig.monitors.screen(1);
        Listener first;
        Listener other;
        rig.screen.setListener(&first);
        second.setListener(&other);
        rig.setVgaMode(640, 400);
        rig.runPosted();
        QCOMPARE(rig.screen.frame().width, 640);
        QVERIFY(second.frame().isEmpty()); // a VGA has one monitor
        QVERIFY(!second.cursor().isVisible);
        QVERIFY(rig.guest.driver.start(GpuGuest::Features));
        rig.show(320, 200);
        QVERIFY(second.takesSize());
        QVERIFY(second.frame().isEmpty()); // nothing was shown there yet

        rig.guest.fill(2, 100, 50);
        first = {};
        other = {};
        rig.guest.scanout(1, 2, {0, 0, 100, 50});
        rig.guest.flush(2, {0, 0, 100, 50});
        QCOMPARE(other.resized, 1);
        QCOMPARE(other.damage.size(), std::size_t(1));
        QCOMPARE(second.frame().width, 100);
        QCOMPARE(first.resized, 0);
        QVERIFY(first.damage.empty());
        QCOMPARE(rig.screen.frame().width, 320);
        QVERIFY(second.frame().memoryFile >= 0);
        QVERIFY(second.frame().memoryFile != rig.screen.frame().memoryFile);

        rig.guest.fill(3, 64, 64, GpuGuest::WithAlpha);
        first = {};
        other = {};
        rig.guest.cursor(Command::UpdateCursor, 1, 20, 20, 3);
        QCOMPARE(other.cursors, 1);
        QCOMPARE(first.cursors, 0);
        QVERIFY(second.cursor().isVisible);
        QVERIFY(!rig.screen.cursor().isVisible);

        rig.guest.driver.setStatus(0); // the driver goes
        QVERIFY(second.frame().isEmpty());
        QCOMPARE(rig.screen.frame().width, 640);
        rig.screen.setListener(nullptr);
        second.setListener(nullptr);
    }

    void theTabletsAreaIsTheGuestsDesktop()
    {
        Rig rig;
        rig.setVgaMode(640, 400);
        QCOMPARE(rig.monitors.placeOf(0).areaWidth, 640);
        QCOMPARE(rig.monitors.placeOf(1).areaWidth, 0);
        QVERIFY(rig.guest.driver.start(GpuGuest::Features));
        // As Wayland's compositors have it: a picture for each monitor.
        rig.show(320, 200);
        rig.guest.fill(2, 100, 250);
        rig.guest.scanout(1, 2, {0, 0, 100, 250});
        MachineInput::MonitorPlace place = rig.monitors.placeOf(1);
        QCOMPARE(QRect(place.x, place.y, place.areaWidth, place.areaHeight),
                 QRect(320, 0, 420, 250));
        place = rig.monitors.placeOf(0);
        QCOMPARE(QRect(place.x, place.y, place.areaWidth, place.areaHeight), QRect(0, 0, 420, 250));
        // As X has it: one picture, of which each monitor shows a part, here one above the other.
        rig.guest.fill(3, 200, 300);
        rig.guest.scanout(0, 3, {0, 150, 200, 150});
        rig.guest.scanout(1, 3, {20, 0, 100, 150});
        place = rig.monitors.placeOf(0);
        QCOMPARE(QRect(place.x, place.y, place.areaWidth, place.areaHeight),
                 QRect(0, 150, 200, 300));
        place = rig.monitors.placeOf(1);
        QCOMPARE(QRect(place.x, place.y, place.areaWidth, place.areaHeight),
                 QRect(20, 0, 200, 300));
        rig.guest.scanout(1, 0, {});
        QCOMPARE(rig.monitors.placeOf(1).areaWidth, 0); // dark
    }

    void anUnpluggedMonitorTakesNoSize()
    {
        Rig rig;
        GpuScreen &second = rig.monitors.screen(1);
        QVERIFY(rig.guest.driver.start(GpuGuest::Features));
        rig.show(320, 200);
        const auto reported = [&rig] {
            const std::vector<std::uint8_t> answer =
                rig.guest.ask(tests::GpuBytes(Command::GetDisplayInfo));
            const std::uint8_t *const slot = &answer.at(24 + 24);
            return QSize(int(loadLe<std::uint32_t>(slot + 8)),
                         int(loadLe<std::uint32_t>(slot + 12)));
        };
        QVERIFY(second.isPluggedIn());
        second.wantSize(800, 600);
        QCOMPARE(reported(), QSize(800, 600));
        second.setPluggedIn(false);
        QVERIFY(!second.isPluggedIn());
        QCOMPARE(reported(), QSize(0, 0));
        second.wantSize(1000, 700); // of a window that is about to go
        QCOMPARE(reported(), QSize(0, 0));
        rig.guest.driver.setStatus(0);
        QVERIFY(!second.isPluggedIn()); // whatever the guest does
        QVERIFY(rig.guest.driver.start(GpuGuest::Features));
        rig.show(320, 200);
        second.setPluggedIn(true);
        QCOMPARE(reported(), QSize(800, 600));
    }
};

QTEST_GUILESS_MAIN(TestGpuScreen)
#include "tst_gpu_screen.moc"
