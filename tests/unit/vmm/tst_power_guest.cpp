// SPDX-License-Identifier: GPL-3.0-or-later
// Power management as a guest lives it (tests/guests/power.S), on both boards and any /dev/kvm:
// the power button's interrupt, reset from inside, switching itself off.
#include "engine/base/poll_loop.h"
#include "engine/vmm/vm.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>

#include <atomic>

#include <sys/mman.h>
#include <unistd.h>

using namespace engine;

namespace {

class Events final : public VmEvents
{
public:
    void stopped(VmStop kind, const std::string &message, const std::string &) override
    {
        stop = kind;
        text = message;
        hasStopped = true;
    }
    void problemRaised(const VmProblem &) override { }
    void wasReset() override { ++resets; }
    void mediumEjected(unsigned) override { }

    std::atomic<bool> hasStopped = false;
    std::atomic<int> resets = 0;
    VmStop stop = VmStop::Failed; // the two: once hasStopped
    std::string text;
};

} // namespace

class TestPowerGuest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (::access("/dev/kvm", R_OK | W_OK) != 0)
            QSKIP("There is no /dev/kvm that this user may use");
        QFile file(qEnvironmentVariable("VITRINE_BUILD_DIR") + "/tests/guests/power.bin");
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        const QByteArray bytes = file.readAll();
        m_firmware = {bytes.begin(), bytes.end()};
    }

    void init()
    {
        auto loop = PollLoop::start("io");
        QVERIFY_OK(loop);
        m_io = *std::move(loop);
        m_events = std::make_unique<Events>();
    }

    void cleanup()
    {
        m_vm.reset();
        m_io.reset();
    }

    void theButtonResetsThenSwitchesOff_data() { boards(); }
    void theButtonResetsThenSwitchesOff()
    {
        make();
        QVERIFY_OK(m_vm->resume());
        QTRY_VERIFY(waits() == 1 || m_events->hasStopped);
        m_vm->pressPowerButton();
        QTRY_VERIFY(m_events->resets == 1 || m_events->hasStopped);
        pressTheSecondTime();
    }

    void theResetButtonStartsAgain_data() { boards(); }
    void theResetButtonStartsAgain()
    {
        make();
        QVERIFY_OK(m_vm->resume());
        QTRY_VERIFY(waits() == 1 || m_events->hasStopped);
        QVERIFY_OK(m_vm->reset());
        QTRY_VERIFY(waits() == 2 || m_events->hasStopped);
        QVERIFY2(!m_events->hasStopped, m_events->text.c_str());
    }

    void anInterruptOnItsWayIsSaved_data() { boards(); }
    void anInterruptOnItsWayIsSaved()
    {
        make();
        QVERIFY_OK(m_vm->resume());
        QTRY_VERIFY(waits() == 1 || m_events->hasStopped);
        QVERIFY_OK(m_vm->pause());
        m_vm->pressPowerButton();
        const int file = ::memfd_create("state", MFD_CLOEXEC);
        QVERIFY_OK(m_vm->save(file, {}));
        make();
        QVERIFY_OK(m_vm->restore(file));
        ::close(file);
        QVERIFY_OK(m_vm->resume());
        QTRY_VERIFY(m_events->resets == 1 || m_events->hasStopped);
        pressTheSecondTime(1);
    }

private:
    static void boards()
    {
        QTest::addColumn<int>("board");
        QTest::newRow("i440fx") << int(VmBoard::I440fx);
        QTest::newRow("q35") << int(VmBoard::Q35);
    }

    void make()
    {
        QFETCH(int, board);
        m_vm.reset();
        VmConfig config;
        config.board = VmBoard(board);
        config.memoryBytes = 16 << 20;
        config.firmware.image = m_firmware;
        config.hasTestDevices = true;
        auto vm = Vm::create(std::move(config), *m_events, *m_io);
        QVERIFY_OK(vm);
        m_vm = *std::move(vm);
    }

    // How often the guest was ready for the button.
    std::uint64_t waits() { return m_vm->statistics().ports[0x80].writes; }

    void pressTheSecondTime(std::uint64_t waited = 2)
    {
        QTRY_VERIFY(waits() == waited || m_events->hasStopped);
        m_vm->pressPowerButton();
        QTRY_VERIFY(m_events->hasStopped);
        QCOMPARE(m_events->stop, VmStop::PoweredOff);
        QCOMPARE(m_events->text, std::string()); // else: the check that failed
        QCOMPARE(m_events->resets.load(), 1);
    }

    std::vector<std::uint8_t> m_firmware;
    std::unique_ptr<PollLoop> m_io;
    std::unique_ptr<Events> m_events;
    std::unique_ptr<Vm> m_vm;
};

QTEST_GUILESS_MAIN(TestPowerGuest)
#include "tst_power_guest.moc"
