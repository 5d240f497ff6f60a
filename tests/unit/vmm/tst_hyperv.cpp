// SPDX-License-Identifier: GPL-3.0-or-later
// The CPUID leaves that Windows looks for, in the place of KVM's own.
#include "engine/vmm/hyperv.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <set>

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace engine;

namespace {

using Leaf = std::array<std::uint32_t, 4>;
using Leaves = std::vector<kvm_cpuid_entry2>;

constexpr std::uint32_t All = 0xffffffff;

kvm_cpuid_entry2 entry(std::uint32_t function, const Leaf &leaf)
{
    kvm_cpuid_entry2 result = {};
    result.function = function;
    result.eax = leaf[0];
    result.ebx = leaf[1];
    result.ecx = leaf[2];
    result.edx = leaf[3];
    return result;
}

std::optional<Leaf> leafOf(const Leaves &leaves, std::uint32_t function)
{
    std::optional<Leaf> found;
    for (const kvm_cpuid_entry2 &each : leaves) {
        if (each.function != function)
            continue;
        if (found)
            return std::nullopt; // twice is wrong
        found = Leaf{each.eax, each.ebx, each.ecx, each.edx};
    }
    return found;
}

std::uint32_t word(const char *letters)
{
    std::uint32_t value = 0;
    std::memcpy(&value, letters, sizeof value);
    return value;
}

// A processor with KVM's leaves.
Leaves processor()
{
    return {entry(1, {1, 2, 3, 4}),
            entry(0x40000000, {0x40000010, word("KVMK"), word("VMKV"), word("M\0\0\0")}),
            entry(0x40000001, {0x1000efb, 0, 0, 0}), entry(0x40000010, {2000000, 1000000, 0, 0}),
            entry(0x80000000, {0x80000008, 0, 0, 0})};
}

// All that there could be.
Leaves offer()
{
    return {entry(0x40000000, {0x40000082, word("Linu"), word("x KV"), word("M Hv")}),
            entry(0x40000001, {word("Hv#1"), 0, 0, 0}),
            entry(0x40000002, {14393, 0x000a0000, 0, 0}),
            entry(0x40000003, {All, All, All, All}),
            entry(0x40000004, {All, 0x1234, 5, 6}),
            entry(0x40000005, {4096, 64, 0, 0}),
            entry(0x40000006, {All, 0, 0, 0}),
            entry(0x4000000a, {1, 2, 3, 4}),
            entry(0x40000080, {0x40000082, word("Micr"), word("osof"), word("t VS")})};
}

} // namespace

class TestHyperV : public QObject
{
    Q_OBJECT
private slots:
    void windowsFindsItsHypervisor()
    {
        Leaves leaves = processor();
        QVERIFY(replaceByHyperV(leaves, offer(), SyntheticInterrupts::Present));
        QCOMPARE(leafOf(leaves, 0x40000000),
                 (Leaf{0x40000005, word("Micr"), word("osof"), word("t Hv")}));
        QCOMPARE(leafOf(leaves, 0x40000001), (Leaf{word("Hv#1"), 0, 0, 0}));
        QCOMPARE(leafOf(leaves, 0x40000002), (Leaf{14393, 0x000a0000, 0, 0}));
        QCOMPARE(leafOf(leaves, 0x40000005), (Leaf{4096, 64, 0, 0}));
        // Of KVM's nothing is left, and nothing else is touched.
        for (const std::uint32_t gone : {0x40000006u, 0x4000000au, 0x40000010u, 0x40000080u})
            QVERIFY(!leafOf(leaves, gone));
        QCOMPARE(leafOf(leaves, 1), (Leaf{1, 2, 3, 4}));
        QCOMPARE(leafOf(leaves, 0x80000000), (Leaf{0x80000008, 0, 0, 0}));
        QCOMPARE(leaves.size(), std::size_t(8));
    }

    void onlyWhatHelpsIsOffered()
    {
        Leaves leaves = processor();
        QVERIFY(replaceByHyperV(leaves, offer(), SyntheticInterrupts::Present));
        // Run time, reference counter and TSC, SynIC, timers, APIC, hypercalls, index, frequencies;
        // no reset register (7), no crash registers, no debugging.
        QCOMPARE(leafOf(leaves, 0x40000003),
                 (Leaf{0xa7f, 0, 0, (1u << 4) | (1u << 8) | (1u << 19)}));
        // Remote TLB flush, APIC registers, relaxed timing, no AutoEOI, cluster IPI, many vCPUs; no
        // enlightened VMCS (14). Spinning is never told.
        QCOMPARE(leafOf(leaves, 0x40000004), (Leaf{0xe2c, All, 5, 6}));
    }

    void withoutSyntheticInterruptsThereAreNoTimers()
    {
        Leaves leaves = processor();
        QVERIFY(replaceByHyperV(leaves, offer(), SyntheticInterrupts::Absent));
        QCOMPARE(leafOf(leaves, 0x40000003), (Leaf{0xa73, 0, 0, (1u << 4) | (1u << 8)}));
    }

    void nothingIsPromisedThatKvmDoesNotHave()
    {
        Leaves offered = offer();
        offered[3] = entry(0x40000003, {(1u << 5) | (1u << 6), 0, 0, 0});
        offered[4] = entry(0x40000004, {1u << 5, 0, 0, 0});
        Leaves leaves = processor();
        QVERIFY(replaceByHyperV(leaves, offered, SyntheticInterrupts::Present));
        QCOMPARE(leafOf(leaves, 0x40000003), (Leaf{(1u << 5) | (1u << 6), 0, 0, 0}));
        QCOMPARE(leafOf(leaves, 0x40000004), (Leaf{1u << 5, All, 0, 0}));
    }

    void tooLittleLeavesKvmsOwn_data()
    {
        QTest::addColumn<int>("missing");
        QTest::newRow("nothing") << -1;
        QTest::newRow("no limits") << 5;
        QTest::newRow("no hypercalls") << 3;
    }
    void tooLittleLeavesKvmsOwn()
    {
        QFETCH(int, missing);
        Leaves offered = offer();
        if (missing < 0)
            offered.clear();
        else if (missing == 3)
            offered[3].eax &= ~(1u << 5);
        else
            offered.erase(offered.begin() + missing);
        Leaves leaves = processor();
        QVERIFY(!replaceByHyperV(leaves, offered, SyntheticInterrupts::Present));
        QCOMPARE(leaves.size(), processor().size());
        QCOMPARE(leafOf(leaves, 0x40000000), leafOf(processor(), 0x40000000));
    }

    void everyRegisterOfItsIsSavedOnce()
    {
        const std::vector<std::uint32_t> msrs = hyperVMsrs();
        const std::set<std::uint32_t> different(msrs.begin(), msrs.end());
        QCOMPARE(different.size(), msrs.size());
        for (std::uint32_t i = 0; i < 16; ++i)
            QVERIFY(different.contains(0x40000090 + i));
        for (std::uint32_t i = 0; i < 8; ++i)
            QVERIFY(different.contains(0x400000b0 + i));
        // A timer is switched on only when its message has where to go.
        const auto at = [&](std::uint32_t msr) { return std::find(msrs.begin(), msrs.end(), msr); };
        QVERIFY(at(0x40000080) < at(0x40000090) && at(0x4000009f) < at(0x400000b0));
        QVERIFY(at(0x400000b0) < at(0x400000b1));
    }

    void thisComputersKvmOffersEnoughOrNothing()
    {
        const int kvm = ::open("/dev/kvm", O_RDWR | O_CLOEXEC);
        if (kvm < 0)
            QSKIP("there is no /dev/kvm");
        const int machine = ::ioctl(kvm, KVM_CREATE_VM, 0UL);
        if (machine < 0 || ::ioctl(machine, KVM_CREATE_IRQCHIP, 0) < 0)
            QSKIP("/dev/kvm makes no machines");
        const int vcpu = ::ioctl(machine, KVM_CREATE_VCPU, 0UL);
        const auto offered = offeredHyperV(vcpu);
        const bool isThere = ::ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_HYPERV_CPUID) > 0;
        for (const int each : {vcpu, machine, kvm})
            ::close(each);
        QVERIFY_OK(offered);
        Leaves leaves = processor();
        QCOMPARE(replaceByHyperV(leaves, *offered, SyntheticInterrupts::Absent), isThere);
        if (!isThere)
            QSKIP("this KVM was built without it");
    }
};

QTEST_GUILESS_MAIN(TestHyperV)
#include "tst_hyperv.moc"
