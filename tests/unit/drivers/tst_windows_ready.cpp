// SPDX-License-Identifier: GPL-3.0-or-later
// What the machines that Vitrine makes for Windows look like on the built-in engine, against what the
// drivers that Windows brings bind to and need (engine/WINDOWS.md has the sources and what stays
// unproven). Needs any /dev/kvm, also one that only emulates: a guest of 16 bits reads all of PCI's
// configuration space.
#include "engine/catalog/machine_maker.h"
#include "engine/drivers/engine_choice.h"
#include "engine/drivers/qemu_firmware.h"
#include "engine/vmm/vm.h"
#include "tests/support/board_fakes.h"
#include "tests/support/fake_tpm.h"
#include "tests/support/kvm_plans.h"

#include <QtCore/QTemporaryDir>

#include <atomic>
#include <mutex>

#include <unistd.h>

using namespace engine;

namespace {

constexpr std::size_t FunctionBytes = 256;
constexpr std::size_t SpaceBytes = 256 * FunctionBytes; // of bus 0

// Bytes in 64 KiB whose reset vector jumps to the first.
std::vector<std::uint8_t> scanner()
{
    std::vector<std::uint8_t> image = {
        0x66, 0xbb, 0x00, 0x00, 0x00, 0x80, //       mov ebx, 0x80000000
        0x66, 0x89, 0xd8, //                   next: mov eax, ebx
        0xba, 0xf8, 0x0c, //                         mov dx, 0xcf8
        0x66, 0xef, //                               out dx, eax
        0xba, 0xfc, 0x0c, //                         mov dx, 0xcfc
        0x66, 0xed, //                               in eax, dx
        0xba, 0x02, 0x04, //                         mov dx, 0x402
        0xb9, 0x04, 0x00, //                         mov cx, 4
        0xee, //                               byte: out dx, al
        0x66, 0xc1, 0xe8, 0x08, //                   shr eax, 8
        0xe2, 0xf9, //                               loop byte
        0x66, 0x83, 0xc3, 0x04, //                   add ebx, 4
        0x66, 0x81, 0xfb, 0x00, 0x00, 0x01, 0x80, // cmp ebx, 0x80010000
        0x75, 0xd9, //                               jne next
        0xf4, //                                     hlt
    };
    image.resize(65536, 0xf4);
    const std::uint8_t jump[] = {0xe9, 0x0d, 0x00}; // near, to offset 0
    std::copy(std::begin(jump), std::end(jump), image.begin() + 0xfff0);
    return image;
}

class Silent final : public VmEvents
{
public:
    void stopped(VmStop, const std::string &, const std::string &) override { hasStopped = true; }
    void problemRaised(const VmProblem &) override { }
    void wasReset() override { }
    void mediumEjected(unsigned) override { }
    std::atomic<bool> hasStopped = false;
};

// A PCI function's configuration space (PCI Local Bus Specification 3.0, 6.1 and 6.7).
class Function
{
public:
    explicit Function(std::span<const std::uint8_t> bytes)
        : m_bytes(bytes)
    { }
    bool isThere() const { return word(0) != 0xffff; }
    std::uint32_t id() const { return std::uint32_t(word(0)) << 16 | word(2); }
    // Base class, sub class, programming interface.
    std::uint32_t classCode() const
    {
        return std::uint32_t(m_bytes[11]) << 16 | std::uint32_t(m_bytes[10]) << 8 | m_bytes[9];
    }
    bool hasPin() const { return m_bytes[0x3d] != 0; }
    std::uint8_t byte(std::size_t at) const { return m_bytes[at]; }
    std::uint32_t bar(unsigned number) const
    {
        return loadLe<std::uint32_t>(&m_bytes[0x10 + 4 * number]);
    }
    // In the list that the status register announces; 0: it has no such one, or runs in circles.
    std::size_t capability(std::uint8_t wanted) const
    {
        std::size_t at = (word(6) & 0x10) != 0 ? m_bytes[0x34] & 0xfcu : 0;
        for (int left = 48; at != 0 && left > 0; --left) {
            if (m_bytes[at] == wanted)
                return at;
            at = m_bytes[at + 1] & 0xfcu;
        }
        return 0;
    }
    QString name() const
    {
        return QString("%1:%2, class %3")
            .arg(id() >> 16, 4, 16, QChar('0'))
            .arg(id() & 0xffff, 4, 16, QChar('0'))
            .arg(classCode(), 6, 16, QChar('0'));
    }

private:
    std::uint16_t word(std::size_t at) const { return loadLe<std::uint16_t>(&m_bytes[at]); }

    std::span<const std::uint8_t> m_bytes;
};

constexpr std::uint8_t MsiCapability = 0x05;
constexpr std::uint8_t MsixCapability = 0x11;

// What the driver finds wrong; empty: nothing.
using Need = QString (*)(const Function &);

struct Inbox
{
    std::uint32_t classCode; // of its INF's PCI\CC_...
    std::uint32_t mask;
    std::uint32_t id; // of PCI\VEN_...&DEV_...; 0: any
    const char *driver;
    Need need;
};

QString needsPin(const Function &function)
{
    return function.hasPin() ? QString() : "it has no interrupt pin";
}
QString needsMemory(const Function &function, unsigned bar)
{
    return (function.bar(bar) & 1) == 0 ? QString() : QString("BAR %1 is no memory").arg(bar);
}
QString needsMessages(const Function &function)
{
    return function.capability(MsiCapability) != 0 || function.capability(MsixCapability) != 0
        ? QString()
        : "it has neither MSI nor MSI-X";
}

const Inbox Drivers[] = {
    {0x060000, 0xffff00, 0, "machine.inf (host bridge)", nullptr},
    {0x060100, 0xffff00, 0, "machine.inf (ISA bridge, msisadrv.sys)", nullptr},
    {0x068000, 0xffff00, 0x80867113, "machine.inf (82371AB power management)", nullptr},
    {0x030000, 0xffff00, 0, "display.inf (BasicDisplay.sys)",
     [](const Function &function) { return needsMemory(function, 0); }},
    // AHCI 1.3.1, 2.1.11: ABAR is BAR 5.
    {0x010601, 0xffffff, 0, "mshdc.inf (storahci.sys)",
     [](const Function &function) {
         return needsMemory(function, 5) + needsPin(function) + needsMessages(function);
     }},
    // NVMe 1.4, 2.1.10: BAR 0 is of 64 bits.
    {0x010802, 0xffffff, 0, "stornvme.inf (stornvme.sys)",
     [](const Function &function) {
         return (function.bar(0) & 7) == 4 ? needsMessages(function)
                                           : QString("BAR 0 is not of 64 bits");
     }},
    // xHCI 1.2, 5.2.1 and 5.2.3: BAR 0, and SBRN says USB 3.
    {0x0c0330, 0xffffff, 0, "usbxhci.inf (usbxhci.sys)",
     [](const Function &function) {
         if (function.byte(0x60) < 0x30)
             return QString("its serial bus release number is %1").arg(function.byte(0x60), 0, 16);
         return needsMemory(function, 0) + needsMessages(function);
     }},
    // High Definition Audio 1.0a, 3.2.
    {0x040300, 0xffff00, 0, "hdaudbus.inf (hdaudbus.sys)",
     [](const Function &function) { return needsMemory(function, 0) + needsPin(function); }},
    // 82540EM: registers in BAR 0, line interrupts (317453, 4.1 and 13.4).
    {0x020000, 0xffff00, 0x8086100e, "nete1g3e.inf (E1G6032E.sys)",
     [](const Function &function) { return needsMemory(function, 0) + needsPin(function); }},
};

QString complaint(const Function &function)
{
    for (const Inbox &inbox : Drivers)
        if ((function.classCode() & inbox.mask) == inbox.classCode
            && (inbox.id == 0 || inbox.id == function.id()))
            return inbox.need ? inbox.need(function) : QString();
    return "Windows brings no driver for it";
}

} // namespace

class TestWindowsReady final : public QObject
{
    Q_OBJECT

    std::shared_ptr<const OsCatalog> m_catalog;

    MachineDefinition machineFor(const QString &osId) const
    {
        QTemporaryDir folder;
        const MachineStore store(folder.filePath("config"), folder.filePath("machines"));
        MediaInfo media;
        media.osId = osId;
        const NewMachinePlan plan = suggestPlan(*m_catalog, media, store,
                                          {.cpus = 16,
                                           .memoryBytes = qint64(64) << 30,
                                           .freeMemoryBytes = qint64(32) << 30});
        return definitionFor(plan);
    }

    static void addSystems()
    {
        QTest::addColumn<QString>("osId");
        for (const char *id : {"win8", "win8.1", "win10", "win11", "win2k12", "win2k16", "win2k19",
                               "win2k22", "win2k25"})
            QTest::newRow(id) << QString(id);
    }

private slots:
    void initTestCase()
    {
        auto loaded =
            OsCatalog::load(qEnvironmentVariable("VITRINE_SOURCE_DIR") + "/resources/osinfo");
        QVERIFY_OK(loaded);
        m_catalog = *loaded;
    }

    void theBuiltInEngineIsChosen_data() { addSystems(); }
    void theBuiltInEngineIsChosen()
    {
        QFETCH(QString, osId);
        const MachineDefinition definition = machineFor(osId);
        QCOMPARE(definition.osId, osId);
        if (definition.isSecureBootOn
            && !findUefiFirmware(
                {.chipset = definition.chipset, .isSecureBootOn = true, .hasSmm = false}))
            QSKIP("There is no firmware for Secure Boot without System Management Mode");
        const Result<EngineDecision> decision = decideEngine(
            definition, {}, {true, {Acceleration::Kind::Hardware, "KVM, built-in engine", {}, {}}});
        QVERIFY_OK(decision);
        QCOMPARE(decision->whyNotBuiltIn, QString());
        QCOMPARE(decision->engine, EngineChoice::Kvm);
    }

    // learn.microsoft.com/windows/whats-new/windows-11-requirements
    void whatWindows11AsksForIsThere()
    {
        const MachineDefinition definition = machineFor("win11");
        QCOMPARE(definition.firmware, Firmware::Uefi);
        QVERIFY(definition.isSecureBootOn);
        QCOMPARE(definition.tpm, TpmModel::Tpm20);
        QVERIFY(definition.cpus >= 2);
        QVERIFY(definition.memoryMiB >= 4096);
    }

    // Windows 7 has no driver for USB 3, and its USB tablet would be dead: QEMU runs it.
    void anOlderWindowsIsLeftToQemu()
    {
        QVERIFY(!kvmLosses(machineFor("win7")).isEmpty());
    }

    void everyDeviceHasADriverOfWindows_data() { addSystems(); }
    void everyDeviceHasADriverOfWindows()
    {
        QFETCH(QString, osId);
        if (::access("/dev/kvm", R_OK | W_OK) != 0)
            QSKIP("There is no /dev/kvm that this user may use");
        MachineDefinition definition = machineFor(osId);
        definition.isSecureBootOn = false; // no matter of devices
        // What a user may choose beside what there is.
        definition.controllers.append(
            fakes::controller(ControllerKind::Nvme, {{.path = "/a.qcow2", .format = "qcow2"}}));
        Result<KvmPlan> plan = kvmPlan(definition, fakes::plainHost());
        QVERIFY_OK(plan);
        VmConfig config = std::move(plan->config);
        QVERIFY(config.isHyperV);
        config.memoryBytes = 64 << 20;
        config.firmware.image = scanner();
        for (VmDrive &drive : config.drives)
            drive.image = std::make_shared<tests::FakeDisk>(1 << 20);
        if (definition.tpm != TpmModel::None)
            config.tpm = std::make_shared<tests::FakeTpm>();
        config.hasTestDevices = true;
        std::mutex mutex;
        std::vector<std::uint8_t> space;
        config.debugPrinted = [&](std::uint8_t byte) {
            const std::lock_guard lock(mutex);
            space.push_back(byte);
        };
        const auto scanned = [&] {
            const std::lock_guard lock(mutex);
            return space.size();
        };
        auto io = PollLoop::start("io");
        QVERIFY_OK(io);
        auto network = PollLoop::start("network");
        QVERIFY_OK(network);
        Silent events;
        auto vm = Vm::create(std::move(config), events, **io, network->get());
        QVERIFY_OK(vm);
        QVERIFY_OK((*vm)->resume());
        QTRY_COMPARE_WITH_TIMEOUT(scanned(), SpaceBytes, 60000);
        vm->reset();

        QStringList complaints;
        QSet<std::uint32_t> classes;
        for (std::size_t at = 0; at < SpaceBytes; at += FunctionBytes) {
            const Function function(
                std::span<const std::uint8_t>(space).subspan(at, FunctionBytes));
            if (!function.isThere())
                continue;
            classes.insert(function.classCode());
            const QString text = complaint(function);
            if (!text.isEmpty())
                complaints << QString("%1.%2 (%3): %4")
                                  .arg(at / FunctionBytes / 8)
                                  .arg(at / FunctionBytes % 8)
                                  .arg(function.name(), text);
        }
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join("; ")));
        // All that the table knows is there: nothing above was true of nothing.
        for (const std::uint32_t wanted :
             {0x060000, 0x060100, 0x030000, 0x010601, 0x010802, 0x0c0330, 0x040300, 0x020000})
            QVERIFY2(classes.contains(wanted), qPrintable(QString::number(wanted, 16)));
    }
};

QTEST_GUILESS_MAIN(TestWindowsReady)
#include "tst_windows_ready.moc"
