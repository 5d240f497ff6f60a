// SPDX-License-Identifier: GPL-3.0-or-later
// When the 82540EM tells its driver, and what it hears of the driver only later.
#include "tests/support/e1000_guest.h"
#include "tests/support/saved_device.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <optional>

using namespace engine;
using namespace engine::e1000;
using tests::E1000Board;
using tests::frameTo;
using tests::Other;

class TestE1000Interrupts : public QObject
{
    Q_OBJECT

private slots:
    void interruptsAreThrottled()
    {
        E1000Board board;
        board.bringUp();
        board.clock.advance(std::chrono::seconds(1));
        board.write(InterruptThrottle, 1000); // 256 us
        board.write(InterruptSet, CauseReceived);
        QVERIFY(board.irq.level);
        QVERIFY(board.read(InterruptCause) & CauseAsserted);
        QVERIFY(!board.irq.level);
        board.write(InterruptSet, CauseReceived);
        QVERIFY(!board.irq.level);
        board.clock.advance(std::chrono::microseconds(255));
        QVERIFY(!board.irq.level);
        board.clock.advance(std::chrono::microseconds(1));
        QVERIFY(board.irq.level);
        board.write(InterruptMaskClear, 0xffffffff);
        QVERIFY(!board.irq.level);
        QVERIFY(!board.clock.isAnyTimerArmed());
    }

    void interruptsAreSevenThousandASecondAtMost()
    {
        E1000Board board;
        board.bringUp();
        board.clock.advance(std::chrono::seconds(1));
        for (int i = 0; i < 2; ++i) {
            board.write(InterruptSet, CauseReceived);
            QCOMPARE(board.irq.level, i == 0);
            if (i == 0)
                board.read(InterruptCause);
        }
        board.clock.advance(std::chrono::microseconds(127));
        QVERIFY(!board.irq.level);
        board.clock.advance(std::chrono::microseconds(1));
        QVERIFY(board.irq.level);
    }

    void framesThatComeTogetherAreOneInterrupt()
    {
        E1000Board board;
        board.bringUp();
        board.clock.advance(std::chrono::seconds(1));
        const int before = board.irq.risingEdges;
        board.deliverAll(std::vector<net::FrameBuffer>(10, frameTo(E1000Board::Mac, 100)));
        QCOMPARE(board.irq.risingEdges, before + 1);
        QCOMPARE(board.read(GoodReceived), 10u);
        // Where few descriptors are left the guest hears of it while others come.
        board.read(InterruptCause);
        board.clock.advance(std::chrono::seconds(1));
        board.deliverAll(std::vector<net::FrameBuffer>(10, frameTo(E1000Board::Mac, 100)));
        QVERIFY(board.read(InterruptCause) & CauseFewDescriptors);
    }

    void receivedFramesWaitForMore()
    {
        E1000Board board;
        board.bringUp();
        board.clock.advance(std::chrono::seconds(1));
        board.write(ReceiveDelay, 100); // 102.4 us after the last one
        board.write(ReceiveAbsoluteDelay, 150); // 153.6 us after the first one
        board.deliver(frameTo(E1000Board::Mac, 100));
        QVERIFY(!board.irq.level);
        board.clock.advance(std::chrono::microseconds(102));
        QVERIFY(!board.irq.level);
        board.deliver(frameTo(E1000Board::Mac, 100));
        board.clock.advance(std::chrono::microseconds(51));
        QVERIFY(!board.irq.level);
        board.clock.advance(std::chrono::microseconds(1));
        QVERIFY(board.irq.level);
        QCOMPARE(board.read(InterruptCause), CauseReceived | CauseAsserted);
        QVERIFY(!board.clock.isAnyTimerArmed());

        board.clock.advance(std::chrono::seconds(1));
        board.deliver(frameTo(E1000Board::Mac, 100));
        QVERIFY(!board.irq.level);
        board.write(ReceiveDelay, 1u << 31 | 100); // now
        QVERIFY(board.irq.level);
    }

    void sentFramesWaitForMoreWhereTheDriverSaysSo()
    {
        E1000Board board;
        board.bringUp();
        board.clock.advance(std::chrono::seconds(1));
        board.write(InterruptMaskClear, CauseQueueEmpty);
        board.write(TransmitDelay, 8);
        board.write(TransmitAbsoluteDelay, 32);
        board.offerLegacy(frameTo(Other, 60), CommandEnd | CommandReport | CommandDelay);
        board.send();
        QCOMPARE(board.sent().size(), std::size_t(1));
        QVERIFY(!board.irq.level);
        QVERIFY((board.read(InterruptCause) & CauseSent) == 0);
        board.clock.advance(std::chrono::microseconds(9));
        QVERIFY(board.irq.level);
        QVERIFY(board.read(InterruptCause) & CauseSent);
        board.clock.advance(std::chrono::seconds(1));
        board.offerLegacy(frameTo(Other, 60), CommandEnd | CommandReport);
        board.send();
        QVERIFY(board.irq.level);
    }

    void aPauseEndsAllWaiting()
    {
        E1000Board board;
        board.bringUp();
        board.clock.advance(std::chrono::seconds(1));
        board.write(ReceiveDelay, 1000);
        board.deliver(frameTo(E1000Board::Mac, 100));
        QVERIFY(!board.irq.level);
        board.setRunning(false);
        const std::vector<std::uint8_t> saved = tests::savedBytes(board.card);
        E1000Board other;
        other.setRunning(false);
        QVERIFY(tests::loadBytes(other.card, saved));
        other.clock.advance(std::chrono::seconds(2));
        other.setRunning(true);
        QVERIFY(other.irq.level);
        QCOMPARE(other.read(InterruptCause), CauseReceived | CauseAsserted);
    }

    void writesThatNeedNoHearingAreGathered()
    {
        E1000Board board;
        {
            const std::lock_guard lock(board.card.lock());
            board.card.configWrite(0x10, 4, 0xfeb00000);
            board.card.configWrite(4, 2, 7);
        }
        const auto isGathered = [&](std::uint32_t offset) {
            return std::any_of(board.mapper.gathered.begin(), board.mapper.gathered.end(),
                               [offset](const auto &zone) {
                                   return 0xfeb00000u + offset >= zone.first
                                       && 0xfeb00000u + offset + 4 <= zone.first + zone.second;
                               });
        };
        for (const std::uint32_t offset :
             {std::uint32_t(ReceiveTail), std::uint32_t(InterruptThrottle),
              std::uint32_t(InterruptMaskClear), std::uint32_t(TransmitAbsoluteDelay)})
            QVERIFY(isGathered(offset));
        for (const std::uint32_t offset :
             {std::uint32_t(TransmitTail), std::uint32_t(InterruptMask),
              std::uint32_t(InterruptSet), std::uint32_t(Control), std::uint32_t(ReceiveControl),
              std::uint32_t(TransmitControl)})
            QVERIFY(!isGathered(offset));
        const std::lock_guard lock(board.card.lock());
        board.card.configWrite(4, 2, 0);
        QVERIFY(board.mapper.gathered.empty());
    }

    void buffersThatWereGatheredAreFound()
    {
        E1000Board board;
        board.bringUp();
        board.write(ReceiveTail, 1);
        board.deliver(frameTo(E1000Board::Mac, 60));
        board.deliver(frameTo(E1000Board::Mac, 61)); // waits in the adapter
        QVERIFY(board.takeReceived());
        QVERIFY(!board.takeReceived());
        board.loop->run(
            [&] { board.mapper.pendingWrite = [&board] { board.write(ReceiveTail, 2); }; });
        std::optional<E1000Board::Received> received;
        QTRY_VERIFY(received || (received = board.takeReceived()));
        QCOMPARE(received->bytes.size(), std::size_t(61));
    }
};

QTEST_GUILESS_MAIN(TestE1000Interrupts)
#include "tst_e1000_interrupts.moc"
