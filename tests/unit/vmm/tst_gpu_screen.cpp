// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/gpu_screen.h"
#include "tests/support/gpu_guest.h"
#include "tests/support/test_main.h"

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
    GpuScreen screen{vga, guest.gpu};
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
        rig.screen.setCursorDrawn(true);
        QVERIFY(!rig.screen.cursor().isVisible);
        QCOMPARE(listener.damage.size(), std::size_t(1));
        rig.screen.setListener(nullptr);
    }
};

QTEST_GUILESS_MAIN(TestGpuScreen)
#include "tst_gpu_screen.moc"
