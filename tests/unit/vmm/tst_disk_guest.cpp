// SPDX-License-Identifier: GPL-3.0-or-later
// A guest of our own (tests/guests/disk.S) that SeaBIOS boots from a disk, and that reads and
// writes it through SeaBIOS's driver: each kind of disk controller, on any /dev/kvm, and what
// becomes of requests that cannot be done now.
#include "engine/base/poll_loop.h"
#include "engine/vmm/vm.h"
#include "tests/support/board_fakes.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>

#include <atomic>
#include <mutex>

#include <unistd.h>

using namespace engine;

namespace {

constexpr std::size_t SectorBytes = 512;
constexpr std::size_t Count = 24; // as in disk.S
constexpr int PatienceMs = 120'000; // where a KVM only emulates

class Events final : public VmEvents
{
public:
    void stopped(VmStop, const std::string &message, const std::string &) override
    {
        {
            const std::lock_guard lock(m_mutex);
            m_text = message;
        }
        hasStopped = true;
    }
    void problemRaised(const VmProblem &problem) override
    {
        isDiskFull = problem.kind == VmProblem::Kind::DiskFull;
        hasProblem = true;
    }
    void wasReset() override { }
    void mediumEjected(unsigned) override { }
    std::string text() const
    {
        const std::lock_guard lock(m_mutex);
        return m_text;
    }
    std::atomic<bool> hasStopped = false;
    std::atomic<bool> hasProblem = false;
    std::atomic<bool> isDiskFull = false; // the problem

private:
    mutable std::mutex m_mutex;
    std::string m_text;
};

// Answers on the io thread, as images do.
class MemoryImage final : public BlockDevice
{
public:
    MemoryImage(PollLoop &io, std::vector<std::uint8_t> contents)
        : m_io(io)
        , m_disk(contents.size())
    {
        m_disk.bytes = std::move(contents);
    }
    std::uint64_t sizeBytes() const override { return m_disk.sizeBytes(); }
    bool isReadOnly() const override { return false; }
    bool canDiscard() const override { return true; }
    void submit(BlockRequest request) override
    {
        m_io.post([this, held = std::make_shared<BlockRequest>(std::move(request))] {
            if (isFull && held->operation == BlockOperation::Write)
                return held->completed(Error(ErrorKind::NoSpace, "full"));
            m_disk.submit(std::move(*held));
            m_disk.answerAll();
        });
    }
    const std::vector<std::uint8_t> &bytes() const { return m_disk.bytes; }
    void breakDown() { m_disk.failure = Error(ErrorKind::Io, "broken"); } // before it is used
    std::atomic<bool> isFull = false; // takes no writes

private:
    PollLoop &m_io;
    tests::FakeDisk m_disk;
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

class TestDiskGuest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (::access("/dev/kvm", R_OK | W_OK) != 0)
            QSKIP("There is no /dev/kvm that this user may use");
        m_bios = contents("/usr/share/seabios/bios-256k.bin");
        if (m_bios.empty())
            QSKIP("SeaBIOS is not installed (package seabios)");
        m_bootSector =
            contents(qEnvironmentVariable("VITRINE_BUILD_DIR") + "/tests/guests/disk.bin");
        QCOMPARE(m_bootSector.size(), SectorBytes);
    }

    void bootsReadsAndWrites_data() { everyController({VmBoard::Q35, VmBoard::I440fx}); }
    void bootsReadsAndWrites()
    {
        auto io = PollLoop::start("io");
        QVERIFY_OK(io);
        const std::vector<std::uint8_t> before = contentsBefore();
        auto image = std::make_shared<MemoryImage>(**io, before);
        Events events;
        auto vm = Vm::create(machineWith(image), events, **io);
        QVERIFY_OK(vm);
        QVERIFY_OK((*vm)->resume());
        QTRY_VERIFY_WITH_TIMEOUT(events.hasStopped, PatienceMs);
        QCOMPARE(events.text(), std::string("test exit 66")); // 0x42: every step was good
        vm->reset();
        QVERIFY(image->bytes() == contentsAfter(before));
    }

    // The guest hears nothing of it: the machine is paused, and Retry is to resume it.
    void aFullDiskWaitsForRoom_data() { everyController({VmBoard::Q35}); }
    void aFullDiskWaitsForRoom()
    {
        auto io = PollLoop::start("io");
        QVERIFY_OK(io);
        const std::vector<std::uint8_t> before = contentsBefore();
        auto image = std::make_shared<MemoryImage>(**io, before);
        image->isFull = true;
        Events events;
        auto vm = Vm::create(machineWith(image), events, **io);
        QVERIFY_OK(vm);
        for (int tries = 0; tries < 2; ++tries) { // the second one is in vain
            QVERIFY_OK((*vm)->resume());
            QTRY_VERIFY_WITH_TIMEOUT(events.hasProblem, PatienceMs);
            QVERIFY(events.isDiskFull);
            QVERIFY_OK((*vm)->pause());
            events.hasProblem = false;
            QVERIFY(!events.hasStopped);
            QVERIFY(image->bytes() == before);
        }
        image->isFull = false;
        QVERIFY_OK((*vm)->resume());
        QTRY_VERIFY_WITH_TIMEOUT(events.hasStopped, PatienceMs);
        QCOMPARE(events.text(), std::string("test exit 66"));
        QVERIFY(!events.hasProblem);
        vm->reset();
        QVERIFY(image->bytes() == contentsAfter(before));
    }

    // Its request waits for the owner, who switches the machine off, or resets it.
    void aUsbDiskThatWaitsKeepsNobody_data()
    {
        QTest::addColumn<bool>("isReset");
        QTest::newRow("off") << false;
        QTest::newRow("reset") << true;
    }
    void aUsbDiskThatWaitsKeepsNobody()
    {
        QFETCH(bool, isReset);
        auto io = PollLoop::start("io");
        QVERIFY_OK(io);
        auto image = std::make_shared<MemoryImage>(**io, std::vector<std::uint8_t>(1 << 20));
        image->breakDown();
        const std::weak_ptr<MemoryImage> left = image;
        Events events;
        VmConfig config;
        config.memoryBytes = 32 << 20;
        config.firmware.image = m_bios;
        config.hasUsb = true;
        config.drives.push_back(
            {.kind = VmDriveKind::UsbDisk, .image = std::move(image), .bootIndex = 0});
        auto vm = Vm::create(std::move(config), events, **io);
        QVERIFY_OK(vm);
        QVERIFY_OK((*vm)->resume());
        QTRY_VERIFY_WITH_TIMEOUT(events.hasProblem, PatienceMs);
        if (isReset) {
            events.hasProblem = false;
            QVERIFY_OK((*vm)->reset());
            QTRY_VERIFY_WITH_TIMEOUT(events.hasProblem, PatienceMs); // SeaBIOS tries again
        }
        vm->reset();
        QVERIFY(left.expired());
    }

private:
    static void everyController(std::initializer_list<VmBoard> boards)
    {
        QTest::addColumn<int>("board");
        QTest::addColumn<int>("kind");
        for (const VmBoard board : boards) {
            const bool isQ35 = board == VmBoard::Q35;
            for (const auto &[kind, name] : {std::pair{VmDriveKind::VirtioDisk, "virtio"},
                                             {VmDriveKind::AhciDisk, "AHCI"},
                                             {VmDriveKind::ScsiDisk, "SCSI"},
                                             {VmDriveKind::NvmeDisk, "NVMe"},
                                             {VmDriveKind::UsbDisk, "USB"}})
                if (isQ35 || kind != VmDriveKind::AhciDisk)
                    QTest::addRow("%s, %s", name, isQ35 ? "q35" : "i440fx")
                        << int(board) << int(kind);
        }
    }
    // Of this row, with this disk.
    VmConfig machineWith(std::shared_ptr<BlockDevice> image) const
    {
        QFETCH(int, board);
        QFETCH(int, kind);
        VmConfig config;
        config.board = VmBoard(board);
        config.memoryBytes = 32 << 20;
        config.firmware.image = m_bios;
        config.hasUsb = VmDriveKind(kind) == VmDriveKind::UsbDisk;
        config.drives.push_back(
            {.kind = VmDriveKind(kind), .image = std::move(image), .bootIndex = 0});
        config.hasTestDevices = true;
        return config;
    }
    // Of the disk, before the guest runs and after.
    std::vector<std::uint8_t> contentsBefore() const
    {
        std::vector<std::uint8_t> bytes = m_bootSector;
        bytes.resize(1 << 20);
        for (std::size_t i = SectorBytes; i < bytes.size(); ++i)
            bytes[i] = std::uint8_t(i * 7 + i / SectorBytes);
        return bytes;
    }
    static std::vector<std::uint8_t> contentsAfter(std::vector<std::uint8_t> bytes)
    {
        constexpr std::size_t Length = Count * SectorBytes;
        for (std::size_t i = 0; i < Length; ++i)
            bytes[SectorBytes + Length + i] = std::uint8_t(bytes[SectorBytes + i] + 1);
        return bytes;
    }

    std::vector<std::uint8_t> m_bios;
    std::vector<std::uint8_t> m_bootSector;
};

QTEST_GUILESS_MAIN(TestDiskGuest)
#include "tst_disk_guest.moc"
