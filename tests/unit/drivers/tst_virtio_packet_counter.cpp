// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/virtio_packet_counter.h"
#include "tests/support/test_main.h"

using engine::VirtioPacketCounter;

class TestVirtioPacketCounter : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void directionsAreCountedApart()
    {
        VirtioPacketCounter counter;
        counter.update(VirtioPacketCounter::Receive, 10);
        counter.update(VirtioPacketCounter::Send, 3);
        counter.update(VirtioPacketCounter::Receive, 12);
        QCOMPARE(counter.packets(VirtioPacketCounter::Receive), std::uint64_t(12));
        QCOMPARE(counter.packets(VirtioPacketCounter::Send), std::uint64_t(3));
    }

    void theIndexWraps()
    {
        VirtioPacketCounter counter;
        counter.update(VirtioPacketCounter::Send, 0x7000);
        counter.update(VirtioPacketCounter::Send, 0xfff0);
        counter.update(VirtioPacketCounter::Send, 0x0010);
        QCOMPARE(counter.packets(VirtioPacketCounter::Send), std::uint64_t(0x10010));
    }

    void aResetStartsAgain()
    {
        VirtioPacketCounter counter;
        counter.update(VirtioPacketCounter::Send, 500);
        counter.update(VirtioPacketCounter::Send, 0);
        counter.update(VirtioPacketCounter::Send, 7);
        QCOMPARE(counter.packets(VirtioPacketCounter::Send), std::uint64_t(507));
    }
};

QTEST_GUILESS_MAIN(TestVirtioPacketCounter)
#include "tst_virtio_packet_counter.moc"
