// SPDX-License-Identifier: GPL-3.0-or-later
// A guest of our own (tests/guests/disk.S) that SeaBIOS boots from a disk, and that reads and
// writes it through SeaBIOS's driver: each kind of disk controller, on any /dev/kvm.
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
constexpr std::chrono::minutes Patience(2); // where a KVM only emulates

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
    void problemRaised(const VmProblem &) override { hasProblem = true; }
    void wasReset() override { }
    void mediumEjected(unsigned) override { }
    std::string text() const
    {
        const std::lock_guard lock(m_mutex);
        return m_text;
    }
    std::atomic<bool> hasStopped = false;
    std::atomic<bool> hasProblem = false;

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
            m_disk.submit(std::move(*held));
            m_disk.answerAll();
        });
    }
    const std::vector<std::uint8_t> &bytes() const { return m_disk.bytes; }
    void breakDown() { m_disk.failure = Error(ErrorKind::Io, "broken"); } // before it is used

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

    void bootsReadsAndWrites_data()
    {
        QTest::addColumn<int>("board");
        QTest::addColumn<int>("kind");
        QTest::newRow("virtio, q35") << int(VmBoard::Q35) << int(VmDriveKind::VirtioDisk);
        QTest::newRow("virtio, i440fx") << int(VmBoard::I440fx) << int(VmDriveKind::VirtioDisk);
        QTest::newRow("AHCI, q35") << int(VmBoard::Q35) << int(VmDriveKind::AhciDisk);
        QTest::newRow("SCSI, q35") << int(VmBoard::Q35) << int(VmDriveKind::ScsiDisk);
        QTest::newRow("SCSI, i440fx") << int(VmBoard::I440fx) << int(VmDriveKind::ScsiDisk);
        QTest::newRow("NVMe, q35") << int(VmBoard::Q35) << int(VmDriveKind::NvmeDisk);
        QTest::newRow("NVMe, i440fx") << int(VmBoard::I440fx) << int(VmDriveKind::NvmeDisk);
        QTest::newRow("USB, q35") << int(VmBoard::Q35) << int(VmDriveKind::UsbDisk);
        QTest::newRow("USB, i440fx") << int(VmBoard::I440fx) << int(VmDriveKind::UsbDisk);
    }
    void bootsReadsAndWrites()
    {
        QFETCH(int, board);
        QFETCH(int, kind);
        auto io = PollLoop::start("io");
        QVERIFY_OK(io);
        std::vector<std::uint8_t> before = m_bootSector;
        before.resize(1 << 20);
        for (std::size_t i = SectorBytes; i < before.size(); ++i)
            before[i] = std::uint8_t(i * 7 + i / SectorBytes);
        auto image = std::make_shared<MemoryImage>(**io, before);

        Events events;
        VmConfig config;
        config.board = VmBoard(board);
        config.memoryBytes = 32 << 20;
        config.firmware.image = m_bios;
        config.hasUsb = VmDriveKind(kind) == VmDriveKind::UsbDisk;
        config.drives.push_back({.kind = VmDriveKind(kind), .image = image, .bootIndex = 0});
        config.hasTestDevices = true;
        auto vm = Vm::create(std::move(config), events, **io);
        QVERIFY_OK(vm);
        QVERIFY_OK((*vm)->resume());
        QTRY_VERIFY_WITH_TIMEOUT(events.hasStopped,
                                 int(std::chrono::milliseconds(Patience).count()));
        QCOMPARE(events.text(), std::string("test exit 66")); // 0x42: every step was good
        vm->reset();

        std::vector<std::uint8_t> expected = before;
        const std::size_t length = Count * SectorBytes;
        for (std::size_t i = 0; i < length; ++i)
            expected[SectorBytes + length + i] = std::uint8_t(before[SectorBytes + i] + 1);
        QVERIFY(image->bytes() == expected);
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
        const auto patience = int(std::chrono::milliseconds(Patience).count());
        QTRY_VERIFY_WITH_TIMEOUT(events.hasProblem, patience);
        if (isReset) {
            events.hasProblem = false;
            QVERIFY_OK((*vm)->reset());
            QTRY_VERIFY_WITH_TIMEOUT(events.hasProblem, patience); // SeaBIOS tries again
        }
        vm->reset();
        QVERIFY(left.expired());
    }

private:
    std::vector<std::uint8_t> m_bios;
    std::vector<std::uint8_t> m_bootSector;
};

QTEST_GUILESS_MAIN(TestDiskGuest)
#include "tst_disk_guest.moc"
