// SPDX-License-Identifier: GPL-3.0-or-later
// Direct boot of a kernel as that kernel lives it (tests/guests/kernel.S): by SeaBIOS and the
// option ROM linuxboot_dma.bin, on both boards and any /dev/kvm, wherever memory ends.
#include "engine/base/poll_loop.h"
#include "engine/vmm/vm.h"
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
        std::mutex mutex;
        QByteArray text;
        auto io = PollLoop::start("io");
        QVERIFY_OK(io);
        Events events;
        VmConfig config;
        config.board = board;
        config.memoryBytes = std::uint64_t(memoryMiB) << 20;
        config.firmware.image = contents(Bios);
        config.hasTestDevices = true;
        config.debugPrinted = [&](std::uint8_t byte) {
            const std::lock_guard lock(mutex);
            text.append(char(byte));
        };
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
        const auto hasEnded = [&] {
            const std::lock_guard lock(mutex);
            const qsizetype at = text.indexOf("kernel: ");
            return (at >= 0 && text.indexOf('\n', at) > 0) || events.hasStopped;
        };
        QTRY_VERIFY_WITH_TIMEOUT(hasEnded(), 200000);
        QVERIFY_OK((*vm)->pause());
        QVERIFY2(text.contains("kernel: initrd sixteen letters!, command line quiet splash\n"),
                 text.constData());
    }
};

QTEST_GUILESS_MAIN(TestLinuxBoot)
#include "tst_linux_boot.moc"
