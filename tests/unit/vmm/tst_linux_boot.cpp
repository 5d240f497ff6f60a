// SPDX-License-Identifier: GPL-3.0-or-later
// Direct boot of a kernel as that kernel lives it (tests/guests/kernel.S, multiboot.S): by SeaBIOS
// and QEMU's option ROMs, on both boards and any /dev/kvm, wherever memory ends.
#include "engine/base/bytes.h"
#include "engine/base/poll_loop.h"
#include "engine/vmm/multiboot.h"
#include "engine/vmm/vm.h"
#include "tests/support/board_fakes.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>

#include <algorithm>
#include <atomic>
#include <mutex>

#include <unistd.h>

using namespace engine;

namespace {

const char *const Bios = "/usr/share/seabios/bios-256k.bin";
const char *const OptionRom = "/usr/share/qemu/linuxboot_dma.bin";
const char *const MultibootRom = "/usr/share/qemu/multiboot_dma.bin";

class Events final : public VmEvents
{
public:
    void stopped(VmStop, const std::string &text, const std::string &) override
    {
        qInfo("stopped: %s", text.c_str());
        hasStopped = true;
    }
    void problemRaised(const VmProblem &) override { }
    void wasReset() override { }
    void mediumEjected(unsigned) override { }
    std::atomic<bool> hasStopped = false;
};

// What a guest prints on the debug port.
class Printed final
{
public:
    void append(std::uint8_t byte)
    {
        const std::lock_guard lock(m_mutex);
        m_text.append(char(byte));
    }
    QByteArray text() const
    {
        const std::lock_guard lock(m_mutex);
        return m_text;
    }
    bool hasLine(const char *begin) const
    {
        const QByteArray all = text();
        const qsizetype at = all.indexOf(begin);
        return at >= 0 && all.indexOf('\n', at) > 0;
    }

private:
    mutable std::mutex m_mutex;
    QByteArray m_text;
};

VmConfig testMachine(VmBoard board, int memoryMiB, Printed &printed)
{
    VmConfig config;
    config.board = board;
    config.memoryBytes = std::uint64_t(memoryMiB) << 20;
    config.hasTestDevices = true;
    config.debugPrinted = [&printed](std::uint8_t byte) { printed.append(byte); };
    return config;
}

std::vector<std::uint8_t> contents(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray bytes = file.readAll();
    return {bytes.begin(), bytes.end()};
}

} // namespace

class TestLinuxBoot : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (::access("/dev/kvm", R_OK | W_OK) != 0)
            QSKIP("There is no /dev/kvm that this user may use");
        if (!QFile::exists(Bios) || !QFile::exists(OptionRom))
            QSKIP("SeaBIOS or QEMU's option ROMs are not installed");
    }

    void kernelFindsInitrdAndCommandLine_data()
    {
        QTest::addColumn<VmBoard>("board");
        QTest::addColumn<int>("memoryMiB");
        QTest::newRow("i440fx, above 4 GiB") << VmBoard::I440fx << 4096;
        QTest::newRow("q35, small") << VmBoard::Q35 << 32;
        QTest::newRow("q35, up to the configuration window") << VmBoard::Q35 << 2816;
    }
    void kernelFindsInitrdAndCommandLine()
    {
        QFETCH(VmBoard, board);
        QFETCH(int, memoryMiB);
        Printed printed;
        auto io = PollLoop::start("io");
        QVERIFY_OK(io);
        Events events;
        VmConfig config = testMachine(board, memoryMiB, printed);
        config.firmware.image = contents(Bios);
        config.kernel = VmKernel{
            .kernel =
                contents(qEnvironmentVariable("VITRINE_BUILD_DIR") + "/tests/guests/kernel.bin"),
            .initrd = std::vector<std::uint8_t>(70000, '~'),
            .commandLine = "quiet splash",
            .optionRom = contents(OptionRom),
        };
        std::ranges::copy(std::string_view("sixteen letters!"), config.kernel->initrd.begin());
        auto vm = Vm::create(std::move(config), events, **io);
        QVERIFY_OK(vm);
        QVERIFY_OK((*vm)->resume());
        QTRY_VERIFY_WITH_TIMEOUT(printed.hasLine("kernel: ") || events.hasStopped, 200000);
        QVERIFY_OK((*vm)->pause());
        const QByteArray text = printed.text();
        QVERIFY2(text.contains("kernel: initrd sixteen letters!, command line quiet splash\n"),
                 text.constData());
    }

    void multibootKernelFindsWhatItIsGiven()
    {
        if (!QFile::exists(MultibootRom))
            QSKIP("QEMU's option ROM for multiboot kernels is not installed");
        Printed printed;
        auto io = PollLoop::start("io");
        QVERIFY_OK(io);
        Events events;
        VmConfig config = testMachine(VmBoard::Q35, 64, printed);
        config.firmware.image = contents(Bios);
        config.kernel = VmKernel{
            .kernel =
                contents(qEnvironmentVariable("VITRINE_BUILD_DIR") + "/tests/guests/multiboot.bin"),
            .initrd = std::vector<std::uint8_t>(5000, 0),
            .commandLine = "one two",
            .optionRom = contents(MultibootRom),
        };
        QVERIFY(isMultibootKernel(config.kernel->kernel));
        std::ranges::copy(std::string_view("sixteen letters!"), config.kernel->initrd.begin());
        auto vm = Vm::create(std::move(config), events, **io);
        QVERIFY_OK(vm);
        QVERIFY_OK((*vm)->resume());
        QTRY_VERIFY_WITH_TIMEOUT(events.hasStopped, 200000); // by the exit port
        const QByteArray text = printed.text();
        QVERIFY2(text.contains("multiboot: kernel one two, module sixteen letters!, MiB above the "
                               "first: 62, with a map\n"),
                 text.constData());
    }

    void multibootKernelsThatMakeNoSenseAreRefused_data()
    {
        QTest::addColumn<int>("field"); // of the header; -1: none
        QTest::addColumn<quint32>("value");
        QTest::addColumn<QString>("reason");
        QTest::newRow("below the header") << 12 << 0x1000u << "make no sense";
        QTest::newRow("beyond memory") << 24 << 0x40000000u << "does not fit";
        QTest::newRow("where firmware is") << 16 << 0x1000u << "make no sense";
        QTest::newRow("more than there is") << 20 << 0x200000u << "cut off";
        QTest::newRow("no addresses, no ELF") << -1 << 0u << "neither a flat image";
    }
    void multibootKernelsThatMakeNoSenseAreRefused()
    {
        QFETCH(int, field);
        QFETCH(quint32, value);
        QFETCH(QString, reason);
        std::vector<std::uint8_t> image =
            contents(qEnvironmentVariable("VITRINE_BUILD_DIR") + "/tests/guests/multiboot.bin");
        QVERIFY(image.size() > 64);
        if (field >= 0) {
            storeLe(&image[std::size_t(field)], value);
        } else {
            storeLe(&image[4], std::uint32_t(3));
            storeLe(&image[8], std::uint32_t(0) - 0x1badb002u - 3u);
        }
        tests::FakeRam ram(0x1000);
        FwCfg fwCfg(ram.memory);
        const Result<> added =
            addMultibootKernel(fwCfg, {.kernel = image, .initrd = {}, .commandLine = {}, .optionRom = {}},
                               64u << 20);
        QVERIFY(!added);
        QVERIFY2(QString::fromStdString(added.error().text()).contains(reason),
                 added.error().text().c_str());
    }
};

QTEST_GUILESS_MAIN(TestLinuxBoot)
#include "tst_linux_boot.moc"
