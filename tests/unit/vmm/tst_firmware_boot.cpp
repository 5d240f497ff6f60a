// SPDX-License-Identifier: GPL-3.0-or-later
// SeaBIOS on both boards, on any /dev/kvm: how far it comes, and what it costs in exits.
#include "engine/base/poll_loop.h"
#include "engine/vmm/vm.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>

#include <atomic>

#include <fcntl.h>
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

// What the firmware prints to the debug port, as it comes.
class DebugText
{
public:
    DebugText()
    {
        int ends[2] = {-1, -1};
        [[maybe_unused]] const int made = ::pipe2(ends, O_CLOEXEC | O_NONBLOCK);
        m_reader = Fd(ends[0]);
        m_writer = Fd(ends[1]);
    }
    Fd takeWriter() { return std::move(m_writer); }
    const QByteArray &text()
    {
        char bytes[4096];
        for (ssize_t size; (size = ::read(m_reader.get(), bytes, sizeof bytes)) > 0;)
            m_text.append(bytes, size);
        return m_text;
    }

private:
    Fd m_reader;
    Fd m_writer;
    QByteArray m_text;
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
        QTest::newRow("i440fx") << int(VmBoard::I440fx);
        QTest::newRow("q35") << int(VmBoard::Q35);
    }

    void seaBiosTriesToBoot()
    {
        QFETCH(int, board);
        auto io = PollLoop::start("io");
        QVERIFY_OK(io);
        Events events;
        DebugText debug;
        VmConfig config;
        config.board = VmBoard(board);
        config.memoryBytes = 64 << 20;
        config.firmware.image = contents(Bios);
        config.firmware.vgaBios = contents(VgaBios);
        config.hasTestDevices = true;
        config.debugOutput = debug.takeWriter();
        auto vm = Vm::create(std::move(config), events, **io);
        QVERIFY_OK(vm);
        QVERIFY_OK((*vm)->resume());
        QTRY_VERIFY_WITH_TIMEOUT(debug.text().contains("No bootable device") || events.hasStopped,
                                 30000);
        QVERIFY_OK((*vm)->pause());
        const ExitStatistics statistics = (*vm)->statistics();
        qInfo("%s", debug.text().constData());
        for (const auto &[port, access] : statistics.ports)
            if (access.reads + access.writes > 50)
                qInfo("port %x: %llu reads, %llu writes", port, (unsigned long long)access.reads,
                      (unsigned long long)access.writes);
        qInfo("%llu exits", (unsigned long long)statistics.total);
        QVERIFY(debug.text().contains("SeaBIOS (version"));
        QVERIFY(debug.text().contains("No bootable device"));
    }
};

QTEST_GUILESS_MAIN(TestFirmwareBoot)
#include "tst_firmware_boot.moc"
