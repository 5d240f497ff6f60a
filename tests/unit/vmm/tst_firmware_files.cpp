// SPDX-License-Identifier: GPL-3.0-or-later
// What the firmware configuration device is filled with.
#include "engine/base/bytes.h"
#include "engine/vmm/acpi_tables.h"
#include "engine/vmm/firmware_files.h"
#include "tests/support/board_fakes.h"

#include <QtTest/QTest>

using namespace engine;

namespace {

// A Linux kernel of two setup sectors and `bodyBytes` of code.
std::vector<std::uint8_t> linuxKernel(std::size_t bodyBytes)
{
    std::vector<std::uint8_t> image(3 * 512 + bodyBytes, 0x90);
    std::fill_n(image.begin(), 3 * 512, std::uint8_t(0));
    image[0x1f1] = 2;
    storeLe(&image[0x202], std::uint32_t(0x53726448));
    storeLe(&image[0x206], std::uint16_t(0x020f));
    image[0x211] = 1;
    storeLe(&image[0x22c], std::uint32_t(0x7fffffff));
    storeLe(&image[0x238], std::uint32_t(2047));
    storeLe(&image[0x258], std::uint64_t(0x1000000));
    storeLe(&image[0x260], std::uint32_t(0x2000000));
    return image;
}

struct Rig
{
    Rig()
    {
        config.vcpus = facts.vcpus = 3;
        facts.lowMemoryBytes = 128u << 20;
    }
    void fill() { QVERIFY2(tryToFill(), "addFirmwareFiles() fails"); }
    bool tryToFill()
    {
        const auto result =
            addFirmwareFiles(fwCfg, config, facts, [] { return FirmwarePlacements(); });
        if (!result)
            error = result.error().text();
        return result.has_value();
    }
    std::string item(FwCfgKey key, int size)
    {
        fwCfg.write(0, 0, 2, std::uint16_t(key));
        std::string text;
        while (size-- > 0)
            text += char(fwCfg.read(0, 1, 1));
        return text;
    }
    std::uint64_t number(FwCfgKey key, int size)
    {
        const std::string text = item(key, size);
        std::uint64_t value = 0;
        std::memcpy(&value, text.data(), text.size());
        return value;
    }
    std::string file(std::string_view name)
    {
        const auto content = fwCfg.file(name);
        return {content.begin(), content.end()};
    }

    VmConfig config;
    BoardFacts facts;
    tests::FakeRam ram{0x1000};
    FwCfg fwCfg{ram.memory};
    std::string error;
};

} // namespace

class TestFirmwareFiles : public QObject
{
    Q_OBJECT

private slots:
    void describesTheMachine()
    {
        Rig rig;
        for (std::size_t i = 0; i < 16; ++i)
            rig.config.uuid[i] = std::uint8_t(0x10 + i);
        rig.facts.highMemoryBytes = 1u << 20;
        rig.fill();
        QCOMPARE(rig.item(FwCfgKey::Uuid, 2), std::string("\x10\x11"));
        QCOMPARE(rig.number(FwCfgKey::RamSize, 8), std::uint64_t(129) << 20);
        QCOMPARE(rig.number(FwCfgKey::PresentCpus, 2), 3u);
        QCOMPARE(rig.number(FwCfgKey::MaxCpus, 2), 3u);
        QCOMPARE(rig.number(FwCfgKey::Irq0Override, 4), 1u);
        QCOMPARE(rig.file("etc/boot-cpus"), std::string("\3\0", 2));
        QCOMPARE(rig.file("etc/boot-fail-wait"), std::string("\xff\xff\xff\xff"));
    }

    void aTpmHasALogForTheFirmware()
    {
        Rig without;
        without.fill();
        QVERIFY(without.file(AcpiTables::TpmLogName).empty());
        Rig with;
        with.facts.hasTpm = true;
        with.fill();
        QCOMPARE(with.file(AcpiTables::TpmLogName), std::string(AcpiTables::TpmLogBytes, 0));
    }

    void memoryMapListsWhatIsThere()
    {
        BoardFacts facts;
        facts.lowMemoryBytes = 0x80000000;
        facts.highMemoryBytes = 0x40000000;
        facts.reserved = {{0xfeffc000, 0x4000}};
        const auto map = memoryMap(facts);
        QCOMPARE(map.size(), std::size_t(60));
        const std::uint64_t expected[][3] = {
            {0xfeffc000, 0x4000, 2}, {0, 0x80000000, 1}, {0x100000000, 0x40000000, 1}};
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE(loadLe<std::uint64_t>(&map[20 * i]), expected[i][0]);
            QCOMPARE(loadLe<std::uint64_t>(&map[20 * i + 8]), expected[i][1]);
            QCOMPARE(loadLe<std::uint32_t>(&map[20 * i + 16]), std::uint32_t(expected[i][2]));
        }
        facts.highMemoryBytes = 0;
        QCOMPARE(memoryMap(facts).size(), std::size_t(40));
    }

    void bootOrderIsAsQemuWritesIt()
    {
        Rig rig;
        rig.config.drives.resize(6);
        rig.config.drives[5].kind = VmDriveKind::ScsiOptical;
        rig.config.drives[5].port = 12;
        rig.config.drives[5].bootIndex = 9;
        rig.config.drives[4].kind = VmDriveKind::NvmeDisk;
        rig.config.drives[4].bootIndex = 8;
        rig.config.drives[0].port = 2;
        rig.config.drives[0].bootIndex = 2;
        rig.config.drives[1].kind = VmDriveKind::VirtioDisk;
        rig.config.drives[1].bootIndex = 0;
        rig.config.drives[2].kind = VmDriveKind::AhciOptical; // not to be booted
        rig.config.drives[3].kind = VmDriveKind::AhciOptical;
        rig.config.drives[3].port = 1;
        rig.config.drives[3].bootIndex = 7;
        rig.config.networkCards.resize(1);
        rig.config.networkCards[0].bootIndex = 1;
        rig.facts.drives = {{0x1f, 2}, {0x12, 0}, {0x1f, 2}, {4, 0}, {7, 0}, {8, 0}};
        rig.facts.networkCards = {{3, 0}};
        rig.fill();
        const std::string listed = "/pci@i0cf8/scsi@12/disk@0,0\n"
                                   "/pci@i0cf8/ethernet@3/ethernet-phy@0\n"
                                   "/pci@i0cf8/pci8086,2922@1f,2/drive@2/disk@0\n"
                                   "/pci@i0cf8/pci8086,2922@4/drive@1/disk@0\n"
                                   "/pci@i0cf8/pci8086,5845@7/namespace@1,0\n"
                                   "/pci@i0cf8/scsi@8/channel@0/disk@c,0";
        QCOMPARE(rig.file("bootorder"), listed + std::string("\nHALT\0", 6));
        rig.config.bootMenuMilliseconds = 1000; // then everything can be chosen
        QCOMPARE(bootOrder(rig.config, rig.facts), listed + '\0');
    }

    void aUsbDiskIsWhereTheFirmwareCountsIt()
    {
        Rig rig;
        rig.config.drives.resize(1);
        rig.config.drives[0].kind = VmDriveKind::UsbDisk;
        rig.config.drives[0].port = 1; // the second connector
        rig.config.drives[0].bootIndex = 0;
        rig.config.bootMenuMilliseconds = 1000;
        rig.facts.drives = {{5, 0}};
        QCOMPARE(bootOrder(rig.config, rig.facts),
                 std::string("/pci@i0cf8/usb@5/storage@2/channel@0/disk@0,0") + '\0');
        rig.config.firmware.variables = {1};
        QCOMPARE(bootOrder(rig.config, rig.facts),
                 std::string("/pci@i0cf8/usb@5/storage@a/channel@0/disk@0,0") + '\0');
    }

    void withoutBootIndexThereIsNoOrder()
    {
        Rig rig;
        rig.config.drives.resize(1);
        rig.facts.drives.resize(1);
        rig.fill();
        QVERIFY(rig.fwCfg.file("bootorder").empty());
    }

    void bootMenuIsOnWhenItHasTime_data()
    {
        QTest::addColumn<unsigned>("milliseconds");
        QTest::addColumn<unsigned>("isOn");
        QTest::addColumn<QByteArray>("wait");
        QTest::newRow("off") << 0u << 0u << QByteArray();
        QTest::newRow("3 s") << 3000u << 1u << QByteArray("\xb8\x0b", 2);
        QTest::newRow("too long") << 70000u << 1u << QByteArray("\xff\xff", 2);
    }
    void bootMenuIsOnWhenItHasTime()
    {
        QFETCH(unsigned, milliseconds);
        QFETCH(unsigned, isOn);
        QFETCH(QByteArray, wait);
        Rig rig;
        rig.config.bootMenuMilliseconds = milliseconds;
        rig.fill();
        QCOMPARE(rig.number(FwCfgKey::BootMenu, 2), isOn);
        QCOMPARE(rig.file("etc/boot-menu-wait"), wait.toStdString());
    }

    void featureControlIsForNestedVmxOnly()
    {
        for (const bool isNested : {false, true}) {
            for (const bool isVmx : {false, true}) {
                Rig rig;
                rig.config.isNestedVirtualizationOn = isNested;
                rig.facts.isVmxOffered = isVmx;
                rig.fill();
                QCOMPARE(rig.fwCfg.file("etc/msr_feature_control").size(),
                         std::size_t(isNested && isVmx ? 8 : 0));
            }
        }
    }

    void kernelIsPreparedAsABootLoaderWould()
    {
        Rig rig;
        rig.config.kernel = VmKernel{.kernel = linuxKernel(700),
                                     .initrd = std::vector<std::uint8_t>(5000, 0xab),
                                     .commandLine = "quiet",
                                     .optionRom = {0x55, 0xaa}};
        rig.fill();
        QCOMPARE(rig.number(FwCfgKey::KernelAddress, 4), 0x100000u);
        QCOMPARE(rig.number(FwCfgKey::KernelSize, 4), 700u);
        QCOMPARE(rig.item(FwCfgKey::KernelData, 701), std::string(700, '\x90') + '\0');
        QCOMPARE(rig.number(FwCfgKey::SetupAddress, 4), 0x10000u);
        QCOMPARE(rig.number(FwCfgKey::SetupSize, 4), 1536u);
        QCOMPARE(rig.number(FwCfgKey::CommandLineSize, 4), 6u);
        QCOMPARE(rig.item(FwCfgKey::CommandLineData, 6), std::string("quiet\0", 6));
        // At the end of memory, where firmware has its tables, on a page.
        const auto initrd = std::uint32_t((127u << 20) - 8192);
        QCOMPARE(rig.number(FwCfgKey::InitrdAddress, 4), initrd);
        QCOMPARE(rig.number(FwCfgKey::InitrdSize, 4), 5000u);
        QCOMPARE(rig.item(FwCfgKey::InitrdData, 5000), std::string(5000, '\xab'));
        const std::string setup = rig.item(FwCfgKey::SetupData, 1536);
        QCOMPARE(std::uint8_t(setup[0x210]), std::uint8_t(0xb0));
        QCOMPARE(std::uint8_t(setup[0x211]), std::uint8_t(0x81));
        QCOMPARE(loadLe<std::uint32_t>(&setup[0x218]), initrd);
        QCOMPARE(loadLe<std::uint32_t>(&setup[0x21c]), 5000u);
        QCOMPARE(loadLe<std::uint16_t>(&setup[0x224]), 0xfe00u);
        QCOMPARE(loadLe<std::uint32_t>(&setup[0x228]), 0x20000u);
        QCOMPARE(rig.file("genroms/linuxboot_dma.bin"), std::string("\x55\xaa"));
        QCOMPARE(rig.file("bootorder"), std::string("/rom@genroms/linuxboot_dma.bin\nHALT\0", 36));
    }

    void initrdGoesNoHigherThanTheKernelReaches()
    {
        Rig rig;
        rig.facts.lowMemoryBytes = 0x80000000;
        auto kernel = linuxKernel(512);
        storeLe(&kernel[0x22c], std::uint32_t(0x37ffffff));
        rig.config.kernel = VmKernel{.kernel = kernel, .initrd = {1}, .optionRom = {1}};
        rig.fill();
        QCOMPARE(rig.number(FwCfgKey::InitrdAddress, 4), 0x37fff000u);
        // One that says it can be above 4 GiB takes any place below.
        Rig modern;
        modern.facts.lowMemoryBytes = 0xc0000000;
        storeLe(&kernel[0x236], std::uint16_t(2));
        modern.config.kernel = VmKernel{.kernel = kernel, .initrd = {1}, .optionRom = {1}};
        modern.fill();
        QCOMPARE(modern.number(FwCfgKey::InitrdAddress, 4), 0xbfeff000u);
    }

    void badKernelsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("kernel");
        QTest::addColumn<int>("initrdMiB");
        QTest::addColumn<int>("commandLine");
        QTest::addColumn<QString>("says");
        const auto image = linuxKernel(512);
        const QByteArray good(reinterpret_cast<const char *>(image.data()),
                              qsizetype(image.size()));
        const auto with = [&good](int offset, char value) {
            QByteArray changed = good;
            changed[offset] = value;
            return changed;
        };
        QTest::newRow("empty") << QByteArray() << 1 << 1 << "no Linux kernel";
        QTest::newRow("other magic") << with(0x203, 'X') << 1 << 1 << "no Linux kernel";
        QTest::newRow("too old") << with(0x207, 1) << 1 << 1 << "older than";
        QTest::newRow("low kernel") << with(0x211, 0) << 1 << 1 << "older than";
        QTest::newRow("cut off") << good.left(1536) << 1 << 1 << "cut off";
        QTest::newRow("setup beyond the end") << with(0x1f1, char(0xff)) << 1 << 1 << "cut off";
        QTest::newRow("large initrd") << good << 90 << 1 << "do not fit";
        QTest::newRow("long command line") << good << 1 << 2048 << "too long";
    }
    void badKernelsAreRefused()
    {
        QFETCH(QByteArray, kernel);
        QFETCH(int, initrdMiB);
        QFETCH(int, commandLine);
        QFETCH(QString, says);
        Rig rig;
        rig.config.kernel =
            VmKernel{.kernel = {kernel.begin(), kernel.end()},
                     .initrd = std::vector<std::uint8_t>(std::size_t(initrdMiB) << 20),
                     .commandLine = std::string(std::size_t(commandLine), 'x'),
                     .optionRom = {1}};
        QVERIFY(!rig.tryToFill());
        QVERIFY2(rig.error.find(says.toStdString()) != std::string::npos, rig.error.c_str());
    }

    void kernelTakesTheOptionRomButByUefi()
    {
        Rig rig;
        rig.config.kernel = VmKernel{.kernel = linuxKernel(512)};
        QVERIFY(!rig.tryToFill());
        Rig uefi;
        uefi.config.kernel = VmKernel{.kernel = linuxKernel(512)};
        uefi.config.firmware.variables.resize(4096);
        QVERIFY(uefi.tryToFill());
    }
};

QTEST_GUILESS_MAIN(TestFirmwareFiles)
#include "tst_firmware_files.moc"
