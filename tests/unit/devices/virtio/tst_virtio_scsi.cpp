// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/device_conformance.h"
#include "tests/support/scsi_guest.h"
#include "tests/support/test_main.h"

using namespace engine;
using tests::ScsiRig;
using Bytes = ScsiRig::Bytes;

namespace {

constexpr int Ok = 0;
constexpr int Overrun = 1;
constexpr int Aborted = 2;
constexpr int BadTarget = 3;
constexpr int WasReset = 4;
constexpr std::uint8_t Succeeded = 10;
constexpr std::uint8_t Rejected = 11;
constexpr int Good = 0;
constexpr int CheckCondition = 2;

Bytes read10(std::uint8_t block, std::uint8_t count)
{
    return {0x28, 0, 0, 0, 0, block, 0, 0, count};
}
Bytes write10(std::uint8_t block, std::uint8_t count)
{
    return {0x2a, 0, 0, 0, 0, block, 0, 0, count};
}
Bytes unmapList(const std::vector<std::pair<std::uint64_t, std::uint32_t>> &ranges)
{
    Bytes list(8 + 16 * ranges.size());
    storeBe(&list[0], std::uint16_t(list.size() - 2));
    storeBe(&list[2], std::uint16_t(list.size() - 8));
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        storeBe(&list[8 + 16 * i], ranges[i].first);
        storeBe(&list[16 + 16 * i], ranges[i].second);
    }
    return list;
}
Bytes slice(const Bytes &bytes, std::size_t begin, std::size_t count)
{
    return {bytes.begin() + std::ptrdiff_t(begin), bytes.begin() + std::ptrdiff_t(begin + count)};
}

} // namespace

class TestVirtioScsi : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<ScsiRig>(); }));
    }

    void itIsWhatDriversKnow()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        QCOMPARE(rig.driver.config(0, 4), 0x10481af4u);
        QCOMPARE(rig.driver.deviceConfig(0, 4), std::uint64_t(1)); // queues
        QCOMPARE(rig.driver.deviceConfig(16, 4), std::uint64_t(16)); // an event
        QCOMPARE(rig.driver.deviceConfig(20, 4), std::uint64_t(96));
        QCOMPARE(rig.driver.deviceConfig(24, 4), std::uint64_t(32));
        QCOMPARE(rig.driver.deviceConfig(30, 2), std::uint64_t(63)); // targets
        QCOMPARE(rig.driver.deviceConfig(32, 4), std::uint64_t(0)); // units
    }

    void unitsTellWhatTheyAre()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        const auto disk = rig.send(ScsiRig::Disk, {0x12, 0, 0, 0, 36}, {}, 36);
        QCOMPARE(disk.response, Ok);
        QCOMPARE(disk.status, Good);
        QCOMPARE(int(disk.data[0]), 0);
        QCOMPARE(slice(disk.data, 8, 8), Bytes({'V', 'I', 'T', 'R', 'I', 'N', 'E', ' '}));
        const auto disc = rig.send(ScsiRig::Disc, {0x12, 0, 0, 0, 96}, {}, 96);
        QCOMPARE(int(disc.data[0]), 5);
        QCOMPARE(int(disc.data[1]), 0x80); // removable
        QCOMPARE(disc.residual, 60u);
        const auto serial = rig.send(ScsiRig::Disk, {0x12, 1, 0x80, 0, 36}, {}, 36);
        QCOMPARE(slice(serial.data, 4, 6), Bytes({'V', 'T', '0', '1', '2', '3'}));
        const auto pages = rig.send(ScsiRig::Disk, {0x12, 1, 0, 0, 36}, {}, 36);
        QCOMPARE(slice(pages.data, 3, 7), Bytes({6, 0, 0x80, 0x83, 0xb0, 0xb1, 0xb2}));
        const auto rotation = rig.send(ScsiRig::Disk, {0x12, 1, 0xb1, 0, 64}, {}, 64);
        QCOMPARE(slice(rotation.data, 4, 2), Bytes({0, 1})); // none
        const auto unknown = rig.send(ScsiRig::Disk, {0x12, 1, 0x99, 0, 64}, {}, 64);
        QCOMPARE(unknown.status, CheckCondition);
        QCOMPARE(unknown.senseCode(), Bytes({5, 0x24, 0}));
        QCOMPARE(unknown.residual, 64u);
    }

    void theDisksSizeIsTold()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        QCOMPARE(rig.send(ScsiRig::Disk, {0x25}, {}, 8).data, Bytes({0, 0, 0, 63, 0, 0, 2, 0}));
        Bytes command(16);
        command[0] = 0x9e;
        command[1] = 0x10;
        command[13] = 32;
        const auto capacity = rig.send(ScsiRig::Disk, command, {}, 32);
        QCOMPARE(slice(capacity.data, 0, 12), Bytes({0, 0, 0, 0, 0, 0, 0, 63, 0, 0, 2, 0}));
        QCOMPARE(int(capacity.data[14]), 0x80); // it gives blocks back
        QCOMPARE(rig.send(ScsiRig::Disc, {0x25}, {}, 8).data, Bytes({0, 0, 0, 19, 0, 0, 8, 0}));
        QCOMPARE(rig.send(ScsiRig::Disk, {0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 16}, {}, 16).data,
                 Bytes({0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
        const auto mode = rig.send(ScsiRig::Disk, {0x1a, 0, 8, 0, 24}, {}, 24);
        QCOMPARE(int(mode.data[4]), 8);
        QCOMPARE(int(mode.data[6]), 4); // writes are cached
        QCOMPARE(rig.send(ScsiRig::Disk, {0x00}).status, Good);
    }

    void blocksAreReadAndWritten()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        const auto asked = rig.ask(ScsiRig::Disk, read10(5, 3), {}, 1536);
        QVERIFY(!rig.isAnswered(asked));
        QVERIFY(!rig.scsi.isIdle());
        rig.settle();
        QVERIFY(rig.scsi.isIdle());
        QCOMPARE(rig.answerOf(asked).data, slice(rig.disk->bytes, 5 * 512, 1536));
        QCOMPARE(rig.answerOf(asked).residual, 0u);
        QCOMPARE(rig.driver.takeUsed(2)->written, 12u + 96 + 1536);

        const Bytes data(1024, 0xab);
        Bytes write16(16);
        write16[0] = 0x8a;
        write16[9] = 62;
        write16[13] = 2;
        for (const Bytes &command : {write10(3, 2), write16}) {
            const auto written = rig.send(ScsiRig::Disk, command, data);
            QCOMPARE(written.status, Good);
            QCOMPARE(written.residual, 0u);
        }
        QCOMPARE(slice(rig.disk->bytes, 3 * 512, 1024), data);
        QCOMPARE(slice(rig.disk->bytes, 62 * 512, 1024), data);
        QCOMPARE(rig.send(ScsiRig::Disk, {0x35}).status, Good);
        QCOMPARE(rig.disk->flushes, 1);
        QCOMPARE(rig.send(ScsiRig::Disc, read10(2, 1), {}, 2048).data,
                 slice(rig.disc->bytes, 4096, 2048));
    }

    void whatCannotBeIsRefused_data()
    {
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<QByteArray>("sense");
        const auto row = [](const char *name, const Bytes &command, const Bytes &sense) {
            const auto text = [](const Bytes &bytes) {
                return QByteArray(reinterpret_cast<const char *>(bytes.data()),
                                  qsizetype(bytes.size()));
            };
            QTest::newRow(name) << text(command) << text(sense);
        };
        row("beyond the end", read10(63, 2), {5, 0x21, 0});
        row("far beyond", {0x28, 0, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff}, {5, 0x21, 0});
        row("unknown", {0xf0}, {5, 0x20, 0});
        row("a page that is not there", {0x1a, 0, 0x11, 0, 24}, {5, 0x24, 0});
        row("verifying by comparison", {0x2f, 2, 0, 0, 0, 1, 0, 0, 1}, {5, 0x24, 0});
    }
    void whatCannotBeIsRefused()
    {
        QFETCH(QByteArray, command);
        QFETCH(QByteArray, sense);
        ScsiRig rig;
        QVERIFY(rig.start());
        const auto answer = rig.send(ScsiRig::Disk, {command.begin(), command.end()}, {}, 1024);
        QCOMPARE(answer.response, Ok);
        QCOMPARE(answer.status, CheckCondition);
        QCOMPARE(answer.senseCode(), Bytes(sense.begin(), sense.end()));
        QVERIFY(rig.disk->pending.empty());
    }

    void failuresOfTheImageAreTold()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        rig.disk->failure = Error(ErrorKind::Io, "broken");
        QCOMPARE(rig.send(ScsiRig::Disk, read10(0, 1), {}, 512).senseCode(), Bytes({3, 0x11, 0}));
        rig.disk->failure.reset();
        rig.disk->readOnly = true;
        QCOMPARE(rig.send(ScsiRig::Disk, write10(0, 1), Bytes(512)).senseCode(),
                 Bytes({7, 0x27, 0}));
        QCOMPARE(int(rig.send(ScsiRig::Disk, {0x1a, 0, 8, 0, 24}, {}, 24).data[2]), 0x80);
    }

    void tooLittleRoomIsNoTransfer()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        QCOMPARE(rig.send(ScsiRig::Disk, read10(0, 2), {}, 512).response, Overrun);
        QCOMPARE(rig.send(ScsiRig::Disk, write10(0, 2), Bytes(512)).response, Overrun);
        QCOMPARE(rig.send(ScsiRig::Disk, read10(0, 1), {}, 1024).residual, 512u);
    }

    void blocksAreGivenBack()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        const Bytes limits = rig.send(ScsiRig::Disk, {0x12, 1, 0xb0, 0, 64}, {}, 64).data;
        QCOMPARE(loadBe<std::uint32_t>(&limits[24]), ScsiDisk::MaxUnmapRanges);
        const Bytes list = unmapList({{2, 3}, {10, 1}});
        const auto asked =
            rig.ask(ScsiRig::Disk, {0x42, 0, 0, 0, 0, 0, 0, 0, std::uint8_t(list.size())}, list);
        QVERIFY(!rig.isAnswered(asked));
        rig.settle();
        QCOMPARE(rig.answerOf(asked).status, Good);
        QCOMPARE(slice(rig.disk->bytes, 2 * 512, 3 * 512), Bytes(3 * 512));
        QCOMPARE(slice(rig.disk->bytes, 10 * 512, 512), Bytes(512));
        QVERIFY(rig.disk->bytes[9 * 512] != 0);

        Bytes same(16);
        same[0] = 0x93;
        same[1] = 8 | 1; // erased, without a block
        same[9] = 20;
        same[13] = 4;
        QCOMPARE(rig.send(ScsiRig::Disk, same).status, Good);
        QCOMPARE(slice(rig.disk->bytes, 20 * 512, 4 * 512), Bytes(4 * 512));
        same[1] = 0;
        same[9] = 30;
        QCOMPARE(rig.send(ScsiRig::Disk, same, Bytes(512)).status, Good);
        QCOMPARE(slice(rig.disk->bytes, 30 * 512, 4 * 512), Bytes(4 * 512));
        QCOMPARE(rig.send(ScsiRig::Disk, same, Bytes(512, 1)).senseCode(), Bytes({5, 0x24, 0}));

        const Bytes beyond = unmapList({{2, 3}, {60, 5}});
        QCOMPARE(rig.send(ScsiRig::Disk, {0x42, 0, 0, 0, 0, 0, 0, 0, std::uint8_t(beyond.size())},
                          beyond)
                     .senseCode(),
                 Bytes({5, 0x21, 0}));
    }

    void placesWhereNothingIs()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        QCOMPARE(rig.send(1, {0x00}).response, BadTarget);
        QCOMPARE(rig.send(200, {0x00}).response, BadTarget);
        const auto inquiry = rig.send(ScsiRig::Disk, {0x12, 0, 0, 0, 36}, {}, 36, 5);
        QCOMPARE(inquiry.status, Good);
        QCOMPARE(int(inquiry.data[0]), 0x7f);
        QCOMPARE(rig.send(ScsiRig::Disk, read10(0, 1), {}, 512, 5).senseCode(),
                 Bytes({5, 0x25, 0}));
        QVERIFY(rig.disk->pending.empty());
    }

    void mediaChange()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        const std::uint64_t event = rig.driver.put(Bytes(16));
        rig.driver.offer(1, {{event, 16, true}});
        QCOMPARE(rig.send(ScsiRig::Disc, {0x1e, 0, 0, 0, 1}).status, Good); // locked
        auto other = ScsiRig::makeImage(4096);
        QVERIFY(!rig.scsi.changeMedium(ScsiRig::Disc, other, false));
        QVERIFY(rig.scsi.changeMedium(ScsiRig::Disc, other, true));
        QVERIFY(rig.driver.takeUsed(1));
        Bytes told = rig.driver.get(event, 16);
        QCOMPARE(loadLe<std::uint32_t>(&told[0]), 3u); // parameters changed
        QCOMPARE(slice(told, 4, 4), Bytes({1, ScsiRig::Disc, 0, 0}));
        QCOMPARE(loadLe<std::uint32_t>(&told[12]), 0x28u);
        QCOMPARE(rig.send(ScsiRig::Disc, {0x00}).senseCode(), Bytes({6, 0x28, 0}));
        QCOMPARE(rig.send(ScsiRig::Disc, {0x00}).status, Good);
        QCOMPARE(rig.send(ScsiRig::Disc, {0x25}, {}, 8).data, Bytes({0, 0, 0, 1, 0, 0, 8, 0}));

        // Nobody listens: it is told that something was missed, once there is a buffer.
        QVERIFY(rig.scsi.changeMedium(ScsiRig::Disc, nullptr, false));
        rig.driver.offer(1, {{event, 16, true}});
        rig.driver.notify(1);
        QVERIFY(rig.driver.takeUsed(1));
        told = rig.driver.get(event, 16);
        QCOMPARE(loadLe<std::uint32_t>(&told[0]), 0x80000000u);
        QCOMPARE(rig.send(ScsiRig::Disc, {0x00}).senseCode(), Bytes({2, 0x3a, 2}));
        QVERIFY(!rig.scsi.changeMedium(ScsiRig::Disk, other, true));
    }

    void theGuestEjects()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        QCOMPARE(rig.send(ScsiRig::Disc, {0x1b, 0, 0, 0, 2}).status, Good);
        QCOMPARE(rig.ejected, std::vector<unsigned>{ScsiRig::Disc});
    }

    void anAbortEndsWhenItsTaskIsBack()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        const auto first = rig.ask(ScsiRig::Disk, read10(0, 1), {}, 512, 0, 7);
        const auto second = rig.ask(ScsiRig::Disk, read10(1, 1), {}, 512, 0, 8);
        QCOMPARE(rig.byteAt(rig.order(6, ScsiRig::Disk, 8)), Succeeded); // it is there
        QCOMPARE(rig.byteAt(rig.order(6, ScsiRig::Disk, 9)), std::uint8_t(Ok)); // it is not
        const std::uint64_t abort = rig.order(0, ScsiRig::Disk, 7);
        QCOMPARE(rig.byteAt(abort), ScsiRig::Unanswered);
        rig.settle();
        QCOMPARE(rig.byteAt(abort), std::uint8_t(Ok));
        QCOMPARE(rig.answerOf(first).response, Aborted);
        QCOMPARE(rig.answerOf(second).response, Ok);
        QCOMPARE(rig.byteAt(rig.order(2, ScsiRig::Disk)), Rejected); // CLEAR ACA
        QCOMPARE(rig.byteAt(rig.order(0, 9)), std::uint8_t(BadTarget));
    }

    void aUnitThatWasResetSaysSo()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        const auto asked = rig.ask(ScsiRig::Disk, read10(0, 1), {}, 512);
        const std::uint64_t reset = rig.order(5, ScsiRig::Disk);
        QCOMPARE(rig.byteAt(reset), ScsiRig::Unanswered);
        rig.settle();
        QCOMPARE(rig.byteAt(reset), std::uint8_t(Ok));
        QCOMPARE(rig.answerOf(asked).response, WasReset);
        QCOMPARE(rig.send(ScsiRig::Disk, {0x12, 0, 0, 0, 36}, {}, 36).status, Good);
        QCOMPARE(rig.send(ScsiRig::Disk, {0x00}).senseCode(), Bytes({6, 0x29, 3}));
        QCOMPARE(rig.send(ScsiRig::Disk, {0x00}).status, Good);
        QCOMPARE(rig.send(ScsiRig::Disc, {0x00}).status, Good); // another one
    }

    void aResetWaitsForTheImage()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        rig.ask(ScsiRig::Disk, read10(0, 1), {}, 512);
        rig.driver.setStatus(0);
        QVERIFY(rig.driver.status() != 0);
        rig.settle();
        QCOMPARE(rig.driver.status(), std::uint8_t(0));
        QVERIFY(rig.start());
        QCOMPARE(rig.send(ScsiRig::Disk, read10(0, 1), {}, 512).status, Good);
    }

    void aSavedDriveIsStillLocked()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        QCOMPARE(rig.send(ScsiRig::Disc, {0x1e, 0, 0, 0, 1}).status, Good);
        const Bytes saved = tests::savedBytes(rig.scsi);
        ScsiRig other;
        QVERIFY(tests::loadBytes(other.scsi, saved));
        QVERIFY(!other.scsi.changeMedium(ScsiRig::Disc, nullptr, false));
    }

    void commandsWithoutTheirPartsNeedAReset()
    {
        ScsiRig rig;
        QVERIFY(rig.start());
        rig.driver.offer(2, {{rig.driver.put(Bytes(20)), 20, false}});
        rig.driver.notify(2);
        QVERIFY(rig.scsi.isBroken());
    }
};

QTEST_GUILESS_MAIN(TestVirtioScsi)
#include "tst_virtio_scsi.moc"
