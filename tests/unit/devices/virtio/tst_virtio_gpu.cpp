// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vga_edid.h"
#include "tests/support/device_conformance.h"
#include "tests/support/gpu_guest.h"
#include "tests/support/test_main.h"

#include <numeric>

using namespace engine;
using tests::Answer;
using tests::Command;
using tests::GpuBytes;
using tests::GpuGuest;
using virtio::VirtioGpu;

namespace {

struct Rig : GpuGuest
{
    Rig() { gpu.setGpuWatcher(&watcher); }
    ~Rig() { gpu.setGpuWatcher(nullptr); }

    bool start() { return driver.start(Features); }
    // Its first monitor shows a resource's part.
    void show(std::uint32_t id, std::uint32_t width, std::uint32_t height)
    {
        fill(id, width, height);
        scanout(0, id, {0, 0, int(width), int(height)});
        flush(id, {0, 0, int(width), int(height)});
    }

    Device &device() { return gpu; }
    std::vector<tests::Region> regions() const
    {
        return {{VirtioGpu::TransportBar, VirtioGpu::BarBytes},
                {VgaCore::MemoryBar, VideoBytes},
                {VgaCore::RegisterBar, VgaCore::RegisterBytes},
                {VgaCore::LegacyPorts, 0x30},
                {VgaCore::DispiPorts, 4}};
    }
    void disturb()
    {
        driver.plugIn();
        start();
        show(7, 20, 10);
        fill(8, 64, 64, WithAlpha);
        cursor(Command::UpdateCursor, 0, 3, 4, 8, 5, 6);
        const std::lock_guard lock(gpu.lock());
        gpu.write(VgaCore::LegacyPorts, 0x12, 1, 0x67);
    }
};

std::uint32_t number(const std::vector<std::uint8_t> &bytes, std::size_t at)
{
    return at + 4 <= bytes.size() ? loadLe<std::uint32_t>(&bytes[at]) : 0xdeadbeef;
}

bool isRect(const FrameRect &rect, int x, int y, int width, int height)
{
    return rect.x == x && rect.y == y && rect.width == width && rect.height == height;
}

} // namespace

class TestVirtioGpu : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void driversFindItAsTheyKnowIt()
    {
        Rig rig;
        QCOMPARE(rig.driver.config(0, 4), 0x10501af4u);
        QCOMPARE(rig.driver.config(8, 4) >> 8, 0x030000u);
        QCOMPARE(rig.driver.bar(), VirtioGpu::TransportBar);
        QCOMPARE(rig.driver.offeredFeatures() & 0xffffff, std::uint64_t(2));
        QVERIFY(rig.start());
        QCOMPARE(rig.driver.deviceConfig(8, 4), std::uint64_t(2));
        QCOMPARE(rig.driver.deviceConfig(12, 4), std::uint64_t(0));
    }

    void monitorsAreSideBySide()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.gpu.wantSize(0, 1000, 700);
        const auto answer = rig.ask(GpuBytes(Command::GetDisplayInfo));
        QCOMPARE(answer.size(), std::size_t(408));
        QCOMPARE(number(answer, 0), 0x1101u);
        QCOMPARE(number(answer, 24 + 8), 1000u);
        QCOMPARE(number(answer, 24 + 12), 700u);
        QCOMPARE(number(answer, 24 + 16), 1u);
        QCOMPARE(number(answer, 48), 1000u); // right of the first
        QCOMPARE(number(answer, 48 + 8), 1280u);
        QCOMPARE(number(answer, 48 + 16), 1u);
        QCOMPARE(number(answer, 72 + 16), 0u); // there is no third
    }

    void aMonitorSaysItsSize()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.gpu.wantSize(1, 1001, 601);
        const auto answer = rig.ask(GpuBytes(Command::GetEdid).add32(1).add32(0));
        QCOMPARE(number(answer, 0), 0x1104u);
        QCOMPARE(number(answer, 24), 128u);
        QCOMPARE(answer.size(), std::size_t(1056));
        const std::uint8_t *edid = &answer[32];
        QCOMPARE(std::accumulate(edid, edid + 128, 0u) & 0xff, 0u);
        QCOMPARE(edid[54 + 2] | (edid[54 + 4] >> 4) << 8, 1000);
        QCOMPARE(edid[54 + 5] | (edid[54 + 7] >> 4) << 8, 600);
        QCOMPARE(rig.said(GpuBytes(Command::GetEdid).add32(2).add32(0)), Answer::InvalidScanout);
    }

    void aNewSizeIsAnEvent()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.driver.isr();
        rig.gpu.wantSize(0, 1280, 800); // as it is
        QCOMPARE(rig.driver.isr() & 2, 0);
        rig.gpu.wantSize(0, 800, 600);
        QCOMPARE(rig.driver.isr() & 2, 2);
        QCOMPARE(rig.driver.deviceConfig(0, 4), std::uint64_t(1));
        rig.driver.deviceConfig(4, 4, 1);
        QCOMPARE(rig.driver.deviceConfig(0, 4), std::uint64_t(0));
        rig.gpu.wantSize(1, 0, 0);
        QCOMPARE(number(rig.ask(GpuBytes(Command::GetDisplayInfo)), 48 + 16), 0u);
        QCOMPARE(rig.driver.deviceConfig(0, 4), std::uint64_t(1));
        rig.gpu.wantSize(0, 0xffffffff, 0xffffffff);
        const auto answer = rig.ask(GpuBytes(Command::GetDisplayInfo));
        QCOMPARE(number(answer, 24 + 8), 4088u);
        QCOMPARE(number(answer, 24 + 12), 4094u);
    }

    void aFlushedPictureIsShown()
    {
        Rig rig;
        QVERIFY(rig.start());
        QVERIFY(rig.gpu.frame(0).isEmpty());
        // Pages in any order.
        const std::uint64_t at = rig.driver.allocate(3 * 4096, 4096);
        QCOMPARE(rig.create(1, 64, 32), Answer::NoData);
        QCOMPARE(rig.attach(1, {{at + 4096, 4096}, {at, 2048}, {at + 8192, 4096}}), Answer::NoData);
        for (std::uint32_t i = 0; i < 64 * 32; ++i) {
            const std::uint64_t place = i < 1024 ? at + 4096 + 4 * i
                : i < 1536                       ? at + 4 * (i - 1024)
                                                 : at + 8192 + 4 * (i - 1536);
            storeLe(rig.board.ram.at(place), GpuGuest::pixelOf(i));
        }
        QCOMPARE(rig.transfer(1, {0, 0, 64, 32}, 0), Answer::NoData);
        QVERIFY(!rig.gpu.isTaken());
        QCOMPARE(rig.scanout(0, 1, {0, 0, 64, 32}), Answer::NoData);
        QVERIFY(rig.gpu.isTaken());
        QCOMPARE(rig.watcher.replaced[0], 1);
        QCOMPARE(rig.flush(1, {0, 0, 64, 32}), Answer::NoData);
        const Frame frame = rig.gpu.frame(0);
        QCOMPARE(frame.width, 64);
        QCOMPARE(frame.height, 32);
        QVERIFY(frame.keepAlive);
        for (int y = 0; y < 32; ++y)
            for (int x = 0; x < 64; ++x)
                QCOMPARE(rig.shown(0, x, y),
                         GpuGuest::pixelOf(std::uint32_t(64 * y + x)) & 0xffffff);
    }

    void onlyWhatIsFlushedIsTold()
    {
        Rig rig;
        QVERIFY(rig.start());
        const std::uint64_t at = rig.fill(1, 64, 32);
        QCOMPARE(rig.scanout(0, 1, {16, 8, 32, 16}), Answer::NoData);
        QCOMPARE(rig.flush(1, {0, 0, 64, 32}), Answer::NoData);
        QCOMPARE(rig.shown(0, 0, 0), GpuGuest::pixelOf(8 * 64 + 16) & 0xffffff);
        rig.watcher.damage.clear();
        // A part in the middle, whose first pixel is at its place in the backing.
        const std::uint32_t first = 10 * 64 + 20;
        storeLe(rig.board.ram.at(at + 4 * first), 0x00abcdefu);
        QCOMPARE(rig.transfer(1, {20, 10, 3, 2}, 4 * first), Answer::NoData);
        QVERIFY(rig.watcher.damage.empty());
        QCOMPARE(rig.flush(1, {20, 10, 3, 2}), Answer::NoData);
        QCOMPARE(rig.watcher.damage[0].size(), std::size_t(1));
        QVERIFY(isRect(rig.watcher.damage[0][0], 4, 2, 3, 2));
        QCOMPARE(rig.shown(0, 4, 2), 0xabcdefu);
        // Beside what is shown.
        QCOMPARE(rig.flush(1, {0, 0, 4, 4}), Answer::NoData);
        QCOMPARE(rig.watcher.damage[0].size(), std::size_t(1));
    }

    void aFlipToAnotherPictureIsOneDamage()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.show(1, 32, 32);
        rig.fill(2, 32, 32);
        const std::shared_ptr<void> memory = rig.gpu.frame(0).keepAlive;
        rig.watcher.damage.clear();
        rig.watcher.replaced.clear();
        QCOMPARE(rig.scanout(0, 2, {0, 0, 32, 32}), Answer::NoData);
        QCOMPARE(rig.flush(2, {1, 1, 2, 2}), Answer::NoData);
        QVERIFY(rig.watcher.replaced.empty());
        QVERIFY(rig.gpu.frame(0).keepAlive == memory);
        QCOMPARE(rig.watcher.damage[0].size(), std::size_t(1));
        QVERIFY(isRect(rig.watcher.damage[0][0], 0, 0, 32, 32));
        // The other is not shown any more.
        QCOMPARE(rig.flush(1, {0, 0, 32, 32}), Answer::NoData);
        QCOMPARE(rig.watcher.damage[0].size(), std::size_t(1));
    }

    void bytesHaveTheirPlaces_data()
    {
        QTest::addColumn<quint32>("format");
        QTest::addColumn<quint32>("stored");
        QTest::newRow("B8G8R8A8") << 1u << 0x44112233u;
        QTest::newRow("B8G8R8X8") << 2u << 0x44112233u;
        QTest::newRow("A8R8G8B8") << 3u << 0x33221144u;
        QTest::newRow("X8R8G8B8") << 4u << 0x33221144u;
        QTest::newRow("R8G8B8A8") << 67u << 0x44332211u;
        QTest::newRow("X8B8G8R8") << 68u << 0x11223344u;
        QTest::newRow("A8B8G8R8") << 121u << 0x11223344u;
        QTest::newRow("R8G8B8X8") << 134u << 0x44332211u;
    }
    void bytesHaveTheirPlaces()
    {
        QFETCH(quint32, format);
        QFETCH(quint32, stored);
        Rig rig;
        QVERIFY(rig.start());
        const std::uint64_t at = rig.fill(1, 16, 16, format);
        storeLe(rig.board.ram.at(at), stored);
        rig.transfer(1, {0, 0, 16, 16}, 0);
        rig.scanout(0, 1, {0, 0, 16, 16});
        rig.flush(1, {0, 0, 16, 16});
        QCOMPARE(rig.shown(0, 0, 0), 0x112233u);
    }

    void whatCannotBeIsRefused()
    {
        Rig rig;
        QVERIFY(rig.start());
        const std::uint64_t at = rig.fill(1, 64, 32);
        constexpr std::uint32_t Most = 16384;
        QCOMPARE(rig.create(0, 8, 8), Answer::InvalidResource);
        QCOMPARE(rig.create(1, 8, 8), Answer::InvalidResource);
        QCOMPARE(rig.create(2, 8, 8, 5), Answer::InvalidParameter);
        QCOMPARE(rig.create(2, 0, 8), Answer::InvalidParameter);
        QCOMPARE(rig.create(2, Most + 1, 1), Answer::InvalidParameter);
        QCOMPARE(rig.create(2, 0x10000, 0x10000), Answer::InvalidParameter);
        QCOMPARE(rig.create(2, Most, Most), Answer::OutOfMemory);
        QCOMPARE(rig.attach(1, {{at, 4096}}), Answer::Unspecified); // twice
        QCOMPARE(rig.attach(9, {{at, 4096}}), Answer::InvalidResource);
        QCOMPARE(rig.create(2, 8, 8), Answer::NoData);
        QCOMPARE(rig.attach(2, {{0xfffffff0, 4096}}), Answer::Unspecified); // no memory
        QCOMPARE(rig.attach(2, {{~std::uint64_t(0), 0xffffffff}}), Answer::Unspecified);
        QCOMPARE(rig.said(GpuBytes(Command::ResourceAttachBacking).add32(2).add32(0xffffffff)),
                 Answer::Unspecified);
        QCOMPARE(rig.said(GpuBytes(Command::ResourceAttachBacking).add32(2).add32(3).add64(at)),
                 Answer::Unspecified); // fewer than it says
        QCOMPARE(rig.transfer(2, {0, 0, 8, 8}, 0), Answer::InvalidParameter); // from nothing
        QCOMPARE(rig.transfer(1, {60, 0, 8, 8}, 0), Answer::InvalidParameter);
        QCOMPARE(rig.transfer(1, {0, 0, 0, 8}, 0), Answer::InvalidParameter);
        QCOMPARE(rig.transfer(1, {0, 0, 64, 32}, 4), Answer::InvalidParameter);
        QCOMPARE(rig.transfer(1, {0, 0, 1, 1}, ~std::uint64_t(0)), Answer::InvalidParameter);
        QCOMPARE(rig.transfer(1, {-1, 0, 2, 1}, 0), Answer::InvalidParameter);
        QCOMPARE(rig.flush(1, {0, 0, 64, 33}), Answer::InvalidParameter);
        QCOMPARE(rig.flush(9, {0, 0, 1, 1}), Answer::InvalidResource);
        QCOMPARE(rig.scanout(2, 1, {0, 0, 64, 32}), Answer::InvalidScanout);
        QCOMPARE(rig.scanout(0, 9, {0, 0, 64, 32}), Answer::InvalidResource);
        QCOMPARE(rig.scanout(0, 1, {1, 0, 64, 32}), Answer::InvalidParameter);
        QCOMPARE(rig.scanout(0, 1, {0, 0, 0, 0}), Answer::InvalidParameter);
        QCOMPARE(rig.unref(9), Answer::InvalidResource);
        QCOMPARE(rig.detach(9), Answer::InvalidResource);
        QCOMPARE(rig.said(GpuBytes(Command::GetCapsetInfo).add32(0).add32(0)), Answer::Unspecified);
        QCOMPARE(rig.said(GpuBytes(Command(0x0200))), Answer::Unspecified);
        QCOMPARE(rig.said(GpuBytes(Command::UpdateCursor)), Answer::Unspecified);
        GpuBytes brief(Command::GetDisplayInfo);
        brief.bytes.resize(20);
        QCOMPARE(rig.said(brief), Answer::Unspecified);
        QVERIFY(!rig.gpu.isTaken());
        QCOMPARE(rig.driver.status(), std::uint8_t(15)); // nothing of it needs a reset
    }

    void memoryIsBounded()
    {
        Rig rig;
        QVERIFY(rig.start());
        std::uint32_t id = 1;
        for (; rig.create(id, 4096, 4096) == Answer::NoData; ++id) { }
        QCOMPARE(rig.gpu.facts().resourceBytes, VirtioGpu::MaxResourceBytes);
        // As large a picture as can be shown; a larger one can not.
        QCOMPARE(rig.scanout(0, 1, {0, 0, 4096, 4096}), Answer::NoData);
        while (--id > 0)
            QCOMPARE(rig.unref(id), Answer::NoData);
        QCOMPARE(rig.create(1, 8192, 4096), Answer::NoData);
        QCOMPARE(rig.scanout(0, 1, {0, 0, 8192, 4096}), Answer::OutOfMemory);
        QCOMPARE(rig.unref(1), Answer::NoData);
        for (id = 1; rig.create(id, 1, 1) == Answer::NoData; ++id) { }
        QCOMPARE(rig.gpu.facts().resources, VirtioGpu::MaxResources);
        // A few pages, said again and again.
        const std::vector<virtio::GpuBacking::Entry> many(VirtioGpu::MaxBackingEntries, {4096, 16});
        for (id = 1; rig.attach(id, many) == Answer::NoData; ++id) { }
        QCOMPARE(rig.gpu.facts().backingEntries, VirtioGpu::MaxAllBackingEntries);
        QCOMPARE(rig.detach(1), Answer::NoData);
        QCOMPARE(rig.attach(id, many), Answer::NoData);
        rig.driver.setStatus(0);
        QCOMPARE(rig.gpu.facts().resources, std::size_t(0));
        QCOMPARE(rig.gpu.facts().resourceBytes, std::uint64_t(0));
        QCOMPARE(rig.gpu.facts().backingEntries, std::size_t(0));
    }

    void aMonitorWithoutAPictureIsDark()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.show(1, 32, 16);
        QVERIFY(rig.shown(0, 5, 5) != 0);
        rig.watcher.damage.clear();
        QCOMPARE(rig.scanout(0, 0, {}), Answer::NoData);
        QVERIFY(isRect(rig.watcher.damage[0].at(0), 0, 0, 32, 16));
        QCOMPARE(rig.shown(0, 5, 5), 0u);
        QCOMPARE(rig.gpu.frame(0).width, 32);
        rig.scanout(0, 1, {0, 0, 32, 16});
        rig.flush(1, {0, 0, 32, 16});
        QVERIFY(rig.shown(0, 5, 5) != 0);
        // Likewise when what it shows goes.
        QCOMPARE(rig.unref(1), Answer::NoData);
        QCOMPARE(rig.shown(0, 5, 5), 0u);
        QVERIFY(rig.gpu.isTaken());
    }

    void nothingIsDrawnForNobody()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.show(1, 32, 16);
        const Frame before = rig.gpu.frame(0);
        rig.watcher.isLooking = false;
        rig.watcher.damage.clear();
        const std::uint64_t at = rig.fill(2, 32, 16);
        storeLe(rig.board.ram.at(at), 0x00123456u);
        rig.transfer(2, {0, 0, 32, 16}, 0);
        rig.scanout(0, 2, {0, 0, 32, 16});
        rig.flush(2, {0, 0, 32, 16});
        QVERIFY(rig.watcher.damage.empty());
        QCOMPARE(loadLe<std::uint32_t>(before.pixels) & 0xffffff, GpuGuest::pixelOf(0) & 0xffffff);
        QCOMPARE(rig.shown(0, 0, 0), 0x123456u); // asked for
    }

    void theCursorIsBesideThePicture()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.show(1, 100, 100);
        rig.fill(2, 64, 64, GpuGuest::WithAlpha);
        QVERIFY(!rig.gpu.cursor(0).isVisible);
        rig.watcher.cursors.clear();
        QCOMPARE(rig.cursor(Command::UpdateCursor, 0, 10, 20, 2, 5, 200), Answer::NoData);
        QCOMPARE(rig.watcher.cursors[0], 1);
        const CursorImage cursor = rig.gpu.cursor(0);
        QVERIFY(cursor.isVisible);
        QCOMPARE(cursor.width, 64);
        QCOMPARE(cursor.hotSpotX, 5);
        QCOMPARE(cursor.hotSpotY, 63); // within it
        QCOMPARE(cursor.pixels[70], GpuGuest::pixelOf(70));
        // A movement is no new image.
        QCOMPARE(rig.cursor(Command::MoveCursor, 0, 11, 20), Answer::NoData);
        QCOMPARE(rig.watcher.cursors[0], 1);
        QVERIFY(rig.gpu.cursor(0).isVisible);
        QCOMPARE(rig.cursor(Command::UpdateCursor, 0, 0, 0, 1), Answer::NoData); // another size
        QVERIFY(!rig.gpu.cursor(0).isVisible);
        QCOMPARE(rig.cursor(Command::UpdateCursor, 2, 0, 0, 2), Answer::Unspecified);
        QCOMPARE(rig.cursor(Command::GetDisplayInfo, 0, 0, 0), Answer::Unspecified);
    }

    void theCursorIsInThePictureOfAMouse()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.show(1, 100, 100);
        const std::uint64_t at = rig.fill(2, 64, 64, GpuGuest::WithAlpha);
        std::memset(rig.board.ram.at(at), 0, 64 * 64 * 4);
        storeLe(rig.board.ram.at(at), 0xff00ff00u);
        storeLe(rig.board.ram.at(at + 4), 0x80400000u); // half, premultiplied
        rig.transfer(2, {0, 0, 64, 64}, 0);
        rig.gpu.setCursorDrawn(true);
        QVERIFY(!rig.gpu.cursor(0).isVisible);
        rig.watcher.damage.clear();
        rig.cursor(Command::UpdateCursor, 0, 30, 40, 2);
        QCOMPARE(rig.shown(0, 30, 40), 0x00ff00u);
        const std::uint32_t below = GpuGuest::pixelOf(40 * 100 + 31);
        QCOMPARE(rig.shown(0, 31, 40) & 0xff, ((below & 0xff) * 127 + 127) / 255);
        QCOMPARE(rig.shown(0, 32, 40), GpuGuest::pixelOf(40 * 100 + 32) & 0xffffff);
        QVERIFY(isRect(rig.watcher.damage[0].at(0), 30, 40, 64, 60));
        // Partly beyond the edge; where it was is as before.
        rig.cursor(Command::MoveCursor, 0, -1, 40);
        QCOMPARE(rig.shown(0, 30, 40), GpuGuest::pixelOf(40 * 100 + 30) & 0xffffff);
        const std::uint32_t edge = GpuGuest::pixelOf(40 * 100);
        QCOMPARE(rig.shown(0, 0, 40) & 0xff, ((edge & 0xff) * 127 + 127) / 255);
        // Drawing below it leaves it there.
        rig.cursor(Command::MoveCursor, 0, 50, 50);
        rig.flush(1, {0, 0, 100, 100});
        QCOMPARE(rig.shown(0, 50, 50), 0x00ff00u);
        rig.cursor(Command::MoveCursor, 0, -2147483647, 2147483647);
        rig.gpu.setCursorDrawn(false);
        QCOMPARE(rig.shown(0, 50, 50), GpuGuest::pixelOf(50 * 100 + 50) & 0xffffff);
        QVERIFY(rig.gpu.cursor(0).isVisible);
    }

    void aFenceComesBack()
    {
        Rig rig;
        QVERIFY(rig.start());
        auto answer = rig.ask(GpuBytes(Command::GetDisplayInfo, 1, 0x123456789abc));
        QCOMPARE(number(answer, 4), 1u);
        QCOMPARE(number(answer, 8), 0x56789abcu);
        QCOMPARE(number(answer, 12), 0x1234u);
        answer = rig.ask(GpuBytes(Command::GetDisplayInfo, 0, 0x123456789abc));
        QCOMPARE(number(answer, 4), 0u);
        QCOMPARE(number(answer, 8), 0u);
        // An answer that has no room is cut.
        QCOMPARE(rig.ask(GpuBytes(Command::GetDisplayInfo), 0, 30).size(), std::size_t(30));
    }

    void aResetGivesTheScreenBack()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.show(1, 32, 16);
        rig.watcher.replaced.clear();
        rig.driver.setStatus(0);
        QVERIFY(!rig.gpu.isTaken());
        QCOMPARE(rig.watcher.replaced[0], 1);
        QVERIFY(rig.gpu.frame(0).isEmpty());
        QVERIFY(rig.start());
        QCOMPARE(rig.flush(1, {0, 0, 1, 1}), Answer::InvalidResource);
    }

    void aSavedPictureGoesOn()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.gpu.wantSize(0, 640, 480);
        rig.show(1, 32, 16);
        rig.fill(2, 64, 64, GpuGuest::WithAlpha);
        rig.cursor(Command::UpdateCursor, 0, 10, 20, 2, 5, 6);
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.gpu);

        Rig other;
        // The guest's pages are memory's own business.
        std::memcpy(other.board.ram.at(0), rig.board.ram.at(0), rig.board.ram.size());
        QVERIFY(tests::loadBytes(other.gpu, saved));
        QVERIFY(other.gpu.isTaken());
        QCOMPARE(other.watcher.replaced[0], 1);
        QCOMPARE(other.gpu.frame(0).width, 32);
        for (int x = 0; x < 32; ++x)
            QCOMPARE(other.shown(0, x, 3), rig.shown(0, x, 3));
        QCOMPARE(other.gpu.cursor(0).hotSpotX, 5);
        QCOMPARE(other.gpu.cursor(0).pixels, rig.gpu.cursor(0).pixels);
        QCOMPARE(other.gpu.facts().resources, std::size_t(2));
        QCOMPARE(other.gpu.facts().backingEntries, std::size_t(2));
        QCOMPARE(tests::savedBytes(other.gpu), saved);
        // Drawn into the picture it is so again.
        rig.gpu.setCursorDrawn(true);
        Rig drawn;
        QVERIFY(tests::loadBytes(drawn.gpu, tests::savedBytes(rig.gpu)));
        QVERIFY(!drawn.gpu.cursor(0).isVisible);
        QCOMPARE(drawn.shown(0, 10, 14), rig.shown(0, 10, 14));
    }

    void monitorsAreSavedAsTheyAre()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.show(1, 32, 16);
        rig.fill(2, 20, 10);
        rig.scanout(1, 2, {0, 0, 20, 10});
        rig.flush(2, {0, 0, 20, 10});
        rig.gpu.setPluggedIn(1, false);
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.gpu);

        Rig other;
        std::memcpy(other.board.ram.at(0), rig.board.ram.at(0), rig.board.ram.size());
        QVERIFY(tests::loadBytes(other.gpu, saved));
        QCOMPARE(other.watcher.replaced[1], 1);
        QCOMPARE(other.gpu.frame(1).width, 20);
        QCOMPARE(other.shown(1, 7, 3), rig.shown(1, 7, 3));
        QVERIFY(other.gpu.isPluggedIn(0));
        QVERIFY(!other.gpu.isPluggedIn(1));
        QCOMPARE(other.gpu.placeOf(1).x, 32);
        other.gpu.setPluggedIn(1, true); // what it was before is not in a state
        QCOMPARE(other.gpu.head(1).wish.width, 1280u);
    }

    void aStateWithOtherMonitorsIsRefused()
    {
        Rig rig;
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.gpu);
        tests::ManualClock clock;
        VirtioGpu one("virtio-gpu", 1, *VideoMemory::create(GpuGuest::VideoBytes), clock, nullptr);
        tests::resetDevice(one);
        QVERIFY(!tests::loadBytes(one, saved));
    }

    void theVgaIsBelow()
    {
        Rig rig;
        const std::lock_guard lock(rig.gpu.lock());
        rig.gpu.write(VgaCore::DispiPorts, 0, 2, VgaDispi::Width);
        rig.gpu.write(VgaCore::DispiPorts, 2, 2, 640);
        rig.gpu.write(VgaCore::DispiPorts, 0, 2, VgaDispi::Height);
        rig.gpu.write(VgaCore::DispiPorts, 2, 2, 400);
        rig.gpu.write(VgaCore::DispiPorts, 0, 2, VgaDispi::Depth);
        rig.gpu.write(VgaCore::DispiPorts, 2, 2, 32);
        rig.gpu.write(VgaCore::RegisterBar, 0x508, 2, 0x41); // enabled, by memory
        QCOMPARE(rig.gpu.picture().width, 640u);
        QCOMPARE(rig.gpu.picture().kind, VgaPicture::Kind::Packed);
        rig.gpu.write(VgaCore::MemoryBar, 0, 4, 0x00abcdef);
        QCOMPARE(loadLe<std::uint32_t>(rig.gpu.memory()->bytes().data()), 0x00abcdefu);
    }
};

QTEST_GUILESS_MAIN(TestVirtioGpu)
#include "tst_virtio_gpu.moc"
