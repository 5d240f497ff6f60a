// SPDX-License-Identifier: GPL-3.0-or-later
// SeaBIOS on both boards, on any /dev/kvm: how far it comes, and what it costs in exits.
#include "engine/base/poll_loop.h"
#include "engine/vmm/vm.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>
#include <QtCore/QSize>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>

#include <unistd.h>

using namespace engine;

namespace {

const char *const Bios = "/usr/share/seabios/bios-256k.bin";
const char *const VgaBios = "/usr/share/seabios/vgabios-stdvga.bin";

class Events final : public VmEvents
{
public:
    void stopped(VmStop, const std::string &text, const std::string &details) override
    {
        qInfo("stopped: %s\n%s", text.c_str(), details.c_str());
        hasStopped = true;
    }
    void problemRaised(const VmProblem &) override { }
    void wasReset() override { }
    void mediumEjected(unsigned) override { }
    std::atomic<bool> hasStopped = false;
};

std::vector<std::uint8_t> contents(const char *path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray bytes = file.readAll();
    return {bytes.begin(), bytes.end()};
}

// What the firmware prints to its debug port, and how many exits each text took. A byte of text is
// an exit as well, and counted.
class DebugText
{
public:
    std::function<void(std::uint8_t)> printer()
    {
        return [this](std::uint8_t byte) {
            const std::lock_guard lock(m_mutex);
            m_text.append(char(byte));
            if (byte == '\n' && m_vm)
                m_exitsAtLine.push_back({m_text.size(), m_vm->statistics().total});
        };
    }
    void setVm(Vm *vm)
    {
        const std::lock_guard lock(m_mutex);
        m_vm = vm;
    }
    bool contains(const char *words) const { return text().contains(words); }
    QByteArray text() const
    {
        const std::lock_guard lock(m_mutex);
        return m_text;
    }
    // When the line with these words was complete.
    std::uint64_t exitsAt(const char *words) const
    {
        const std::lock_guard lock(m_mutex);
        const auto at = m_text.indexOf(words);
        for (const auto &[end, exits] : m_exitsAtLine)
            if (at >= 0 && end > at)
                return exits;
        return ~std::uint64_t(0);
    }

private:
    mutable std::mutex m_mutex;
    QByteArray m_text;
    Vm *m_vm = nullptr;
    std::vector<std::pair<qsizetype, std::uint64_t>> m_exitsAtLine;
};

// The dots of a character on the screen, brightest where it has ink: equal for equal characters.
QByteArray cellDots(const Frame &frame, int row, int column)
{
    QByteArray dots;
    for (int y = 0; y < 16; ++y)
        for (int x = 0; x < 9; ++x)
            dots.append(
                char(frame.pixels[(row * 16 + y) * frame.strideBytes + (column * 9 + x) * 4]));
    return dots;
}

// At most this many exits for each port, 10 % above what they were when they were last looked at: a
// change that costs more shows here, and either is mended or has its reason written down.
struct PortBudget
{
    std::uint16_t port;
    std::uint64_t exits;
};
constexpr std::uint16_t DebugPort = 0x402;
constexpr PortBudget PortBudgets[] = {
    {DebugPort, 3400},
    {0x03c9, 845}, // palette
    {0x03d4, 480}, // CRT controller
    {0x0cf8, 470},
    {0x0cfc, 420},
    {0x03cc, 230},
    {0x03c8, 215},
    {0x03c0, 95},
    {0x0064, 80},
    {0x0518, 50},
    // A20 and the clock are looked at on each timer tick too, so these grow on a slow computer.
    {0x0092, 2000},
    {0x0070, 2000},
    {0x0071, 1000},
};

} // namespace

class TestFirmwareBoot : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (::access("/dev/kvm", R_OK | W_OK) != 0)
            QSKIP("There is no /dev/kvm that this user may use");
        if (!QFile::exists(Bios) || !QFile::exists(VgaBios))
            QSKIP("SeaBIOS is not installed");
    }

    void seaBiosTriesToBoot_data()
    {
        QTest::addColumn<int>("board");
        QTest::addColumn<bool>("hasUsb");
        QTest::newRow("i440fx") << int(VmBoard::I440fx) << false;
        QTest::newRow("q35") << int(VmBoard::Q35) << false;
        QTest::newRow("q35 with a USB tablet") << int(VmBoard::Q35) << true;
    }

    void seaBiosTriesToBoot()
    {
        QFETCH(int, board);
        QFETCH(bool, hasUsb);
        auto io = PollLoop::start("io");
        QVERIFY_OK(io);
        Events events;
        DebugText debug;
        VmConfig config;
        config.board = VmBoard(board);
        config.hasUsb = hasUsb;
        if (hasUsb)
            config.pointer = VmPointer::UsbTablet;
        config.memoryBytes = 64 << 20;
        config.firmware.image = contents(Bios);
        config.firmware.vgaBios = contents(VgaBios);
        config.hasTestDevices = true;
        config.debugPrinted = debug.printer();
        auto vm = Vm::create(std::move(config), events, **io);
        QVERIFY_OK(vm);
        debug.setVm(vm->get());
        QVERIFY_OK((*vm)->resume());
        QTRY_VERIFY_WITH_TIMEOUT(debug.contains("No bootable device") || events.hasStopped, 200000);
        QVERIFY_OK((*vm)->pause());
        QVERIFY2(debug.contains("No bootable device"), debug.text().constData());

        // The video BIOS has set a text mode, and "SeaBIOS " is its first word.
        const Frame frame = (*vm)->screen(0).frame();
        QCOMPARE(QSize(frame.width, frame.height), QSize(720, 400));
        const QByteArray blank(16 * 9, 0);
        QVERIFY(cellDots(frame, 0, 0) != blank);
        QCOMPARE(cellDots(frame, 0, 6), cellDots(frame, 0, 0)); // S
        QVERIFY(cellDots(frame, 0, 1) != cellDots(frame, 0, 0));
        QCOMPARE(cellDots(frame, 0, 7), blank);

        qInfo("%llu exits to the banner, %llu to the first boot attempt",
              (unsigned long long)debug.exitsAt("SeaBIOS (version"),
              (unsigned long long)debug.exitsAt("Booting from"));
        QVERIFY(debug.exitsAt("SeaBIOS (version") <= 60);
        // With USB 360 exits, and as many for what SeaBIOS says about it where tests listen.
        QVERIFY(debug.exitsAt("Booting from") <= (hasUsb ? 7200u : 6500u));
        const ExitStatistics statistics = (*vm)->statistics();
        for (const auto &[port, access] : statistics.ports) {
            const std::uint64_t exits = access.reads + access.writes;
            const auto budget = std::find_if(std::begin(PortBudgets), std::end(PortBudgets),
                                             [&](const auto &each) { return each.port == port; });
            std::uint64_t allowed = budget == std::end(PortBudgets) ? 60 : budget->exits;
            if (hasUsb && port == DebugPort)
                allowed += 650;
            QVERIFY2(exits <= allowed,
                     qPrintable(QString("port %1: %2 exits, at most %3 are in its "
                                        "budget")
                                    .arg(port, 0, 16)
                                    .arg(exits)
                                    .arg(allowed)));
        }
    }

    void aKeyOpensTheBootMenu()
    {
        auto io = PollLoop::start("io");
        QVERIFY_OK(io);
        Events events;
        DebugText debug;
        VmConfig config;
        config.memoryBytes = 64 << 20;
        config.firmware.image = contents(Bios);
        config.firmware.vgaBios = contents(VgaBios);
        config.bootMenuMilliseconds = 60000;
        config.hasTestDevices = true;
        config.debugPrinted = debug.printer();
        auto vm = Vm::create(std::move(config), events, **io);
        QVERIFY_OK(vm);
        debug.setVm(vm->get());
        QVERIFY_OK((*vm)->resume());
        QTRY_VERIFY_WITH_TIMEOUT(debug.contains("Press ESC for boot menu"), 200000);
        constexpr ScanCode Escape = 0x01;
        (*vm)->input().key(Escape, KeyMotion::Press);
        (*vm)->input().key(Escape, KeyMotion::Release);
        QTRY_VERIFY_WITH_TIMEOUT(debug.contains("Select boot device"), 200000);
        QCOMPARE((*vm)->input().pointerMode(), PointerMode::Relative); // no driver for the tablet
    }
};

QTEST_GUILESS_MAIN(TestFirmwareBoot)
#include "tst_firmware_boot.moc"
