// SPDX-License-Identifier: GPL-3.0-or-later
// The flash with the UEFI variables, as OVMF drives it.
#include "engine/devices/flash_cfi.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

using namespace engine;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t Base = 0xffc00000;
constexpr std::size_t Size = 2 * FlashCfi::BlockBytes;

std::vector<std::uint8_t> pattern()
{
    std::vector<std::uint8_t> bytes(Size);
    for (std::size_t i = 0; i < Size; ++i)
        bytes[i] = std::uint8_t(i * 7 + 1);
    return bytes;
}

struct Rig
{
    explicit Rig(const QString &path = QString())
    {
        FlashCfi::Settings settings;
        settings.guestAddress = Base;
        settings.path = path.toStdString();
        settings.writeFailed = [this](const Error &error) { failures.push_back(error.text()); };
        flash = *FlashCfi::create(pattern(), settings, mapper, clock);
        tests::resetDevice(*flash);
    }
    Device &device() { return *flash; }
    std::vector<tests::Region> regions() { return {{0, Size}}; }
    void disturb()
    {
        program(5, 0x99);
        out(0, 0x20);
        out(0, 0x00); // not confirmed: errors in the status, and it stays there
    }
    void removeBattery() // flash needs none, but a reset leaves it alone all the same
    {
        const auto original = pattern();
        for (std::size_t i = 0; i < Size; ++i)
            program(i, original[i]);
        out(0, 0xff);
    }

    void out(std::uint64_t offset, std::uint8_t value)
    {
        const std::lock_guard lock(flash->lock());
        flash->write(0, offset, 1, value);
    }
    std::uint8_t in(std::uint64_t offset) { return std::uint8_t(flash->read(0, offset, 1)); }
    void program(std::uint64_t offset, std::uint8_t value)
    {
        out(offset, 0x10);
        out(offset, value);
    }
    bool isShown() { return mapper.window("uefi-variables")->address == Base; }
    void setRunning(bool isRunning)
    {
        const std::lock_guard lock(flash->lock());
        flash->setRunning(isRunning);
    }

    tests::FakeMapper mapper;
    tests::ManualClock clock;
    std::vector<std::string> failures;
    std::unique_ptr<FlashCfi> flash;
};

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestFlashCfi : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void impossibleSizesAreRefused_data()
    {
        QTest::addColumn<quint64>("size");
        QTest::newRow("empty") << quint64(0);
        QTest::newRow("odd") << quint64(FlashCfi::BlockBytes + 1);
        QTest::newRow("huge") << quint64(FlashCfi::MaxBytes + FlashCfi::BlockBytes);
    }
    void impossibleSizesAreRefused()
    {
        QFETCH(quint64, size);
        tests::FakeMapper mapper;
        tests::ManualClock clock;
        const auto flash = FlashCfi::create(std::vector<std::uint8_t>(size), {}, mapper, clock);
        QVERIFY(!flash);
        QVERIFY(flash.error().text().find(std::to_string(size)) != std::string::npos);
    }

    void contentsAreMemoryAfterReset()
    {
        Rig rig;
        const auto *window = rig.mapper.window("uefi-variables");
        QVERIFY(rig.isShown());
        QCOMPARE(window->size, Size);
        QCOMPARE(window->access, MappedAccess::ReadOnly);
        QVERIFY(std::ranges::equal(window->host.first(Size), pattern()));
        QCOMPARE(rig.flash->read(0, 1, 4), 0x1d160f08u); // and so when a read arrives all the same
    }

    // QemuFlashDetected(): after "clear status", "read status" has to give zero.
    void ovmfDetectsIt()
    {
        Rig rig;
        const std::uint8_t original = rig.in(0);
        rig.out(0, 0x50);
        QCOMPARE(rig.in(0), original);
        rig.out(0, 0x70);
        QVERIFY(!rig.isShown());
        QCOMPARE(rig.in(0), std::uint8_t(0));
        rig.out(0, 0xff);
        QVERIFY(rig.isShown());
        QCOMPARE(rig.in(0), original);
    }

    void programsBytes()
    {
        Rig rig;
        rig.program(7, 0xab);
        QVERIFY(!rig.isShown());
        QCOMPARE(rig.in(7), std::uint8_t(0x80)); // ready
        rig.out(8, 0x40);
        rig.out(8, 0xff); // data, no command
        rig.out(8, 0xff);
        QVERIFY(rig.isShown());
        QCOMPARE(rig.in(6), pattern()[6]);
        QCOMPARE(rig.in(7), std::uint8_t(0xab));
        QCOMPARE(rig.in(8), std::uint8_t(0xff));
        QCOMPARE(rig.in(9), pattern()[9]);
    }

    void erasesTheBlockThatIsConfirmed()
    {
        Rig rig;
        rig.out(FlashCfi::BlockBytes + 123, 0x20);
        rig.out(FlashCfi::BlockBytes + 123, 0xd0);
        QCOMPARE(rig.in(0), std::uint8_t(0x80));
        rig.out(0, 0xff);
        const auto contents = rig.flash->contents();
        const auto original = pattern();
        QVERIFY(std::ranges::equal(contents.first(FlashCfi::BlockBytes),
                                   std::span(original).first(FlashCfi::BlockBytes)));
        QVERIFY(std::ranges::all_of(contents.last(FlashCfi::BlockBytes),
                                    [](std::uint8_t byte) { return byte == 0xff; }));
    }

    void unconfirmedErasureIsAnError()
    {
        Rig rig;
        rig.out(0, 0x20);
        rig.out(0, 0x10);
        QCOMPARE(rig.in(0), std::uint8_t(0xb0));
        rig.out(0, 0x50);
        rig.out(0, 0x70);
        QCOMPARE(rig.in(0), std::uint8_t(0));
        rig.out(0, 0x20);
        rig.out(0, 0xff); // thought better of it
        QVERIFY(rig.isShown());
        QVERIFY(std::ranges::equal(rig.flash->contents(), pattern()));
    }

    void wideAccessesAreManyCycles()
    {
        Rig rig;
        rig.flash->write(0, 16, 4, 0xff5a1070); // status; program; the byte; array
        QVERIFY(rig.isShown());
        QCOMPARE(rig.in(18), std::uint8_t(0x5a));
        rig.out(0, 0x70);
        QCOMPARE(rig.flash->read(0, 0, 4), 0x80808080u);
    }

    void resetShowsTheContentsAgain()
    {
        Rig rig;
        rig.program(0, 1);
        tests::resetDevice(*rig.flash);
        QVERIFY(rig.isShown());
        QCOMPARE(rig.in(0), std::uint8_t(1));
    }

    void changesAreWrittenTogetherALittleLater()
    {
        const QTemporaryDir folder;
        Rig rig(folder.filePath("nvram"));
        rig.program(0, 0x11);
        rig.clock.advance(FlashCfi::WriteDelay - 1ms);
        rig.program(1, 0x22);
        rig.clock.advance(FlashCfi::WriteDelay - 1ms);
        QVERIFY(!QFile::exists(folder.filePath("nvram")));
        rig.clock.advance(1ms);
        auto expected = pattern();
        expected[0] = 0x11;
        expected[1] = 0x22;
        QCOMPARE(contentOf(folder.filePath("nvram")),
                 QByteArray(reinterpret_cast<const char *>(expected.data()), Size));
        // Nothing new: nothing is written.
        QVERIFY(QFile::remove(folder.filePath("nvram")));
        rig.out(0, 0xff);
        rig.program(0, 0x11);
        rig.clock.advance(10s);
        QVERIFY(!QFile::exists(folder.filePath("nvram")));
    }

    void endlessChangesAreWrittenNowAndThen()
    {
        const QTemporaryDir folder;
        Rig rig(folder.filePath("nvram"));
        for (GuestTime time = {}; time < FlashCfi::MaxWriteDelay; time += 100ms) {
            QVERIFY(!QFile::exists(folder.filePath("nvram")));
            rig.program(0, std::uint8_t(time / 100ms));
            rig.clock.advance(100ms);
        }
        QVERIFY(QFile::exists(folder.filePath("nvram")));
    }

    void changesAreWrittenWhenItStops()
    {
        const QTemporaryDir folder;
        {
            Rig rig(folder.filePath("nvram"));
            rig.program(0, 0x33);
            rig.setRunning(false);
            QCOMPARE(contentOf(folder.filePath("nvram")).at(0), char(0x33));
            rig.program(0, 0x44);
        }
        QCOMPARE(contentOf(folder.filePath("nvram")).at(0), char(0x44));
    }

    void withoutAPathNothingIsWritten()
    {
        Rig rig;
        rig.program(0, 0x33);
        rig.clock.advance(10s);
        QVERIFY(rig.failures.empty());
    }

    void failureIsReportedOnceAndTriedAgain()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("missing/nvram");
        Rig rig(path);
        rig.program(0, 0x33);
        rig.clock.advance(1s);
        rig.program(1, 0x44);
        rig.clock.advance(1s);
        QCOMPARE(rig.failures.size(), std::size_t(1));
        QVERIFY(rig.failures[0].find(path.toStdString()) != std::string::npos);
        rig.setRunning(false);
        QVERIFY(QDir(folder.path()).mkdir("missing"));
        rig.setRunning(true);
        QCOMPARE(contentOf(path).left(2), QByteArray("\x33\x44"));
        // From here on it is news again.
        QVERIFY(QDir(folder.filePath("missing")).removeRecursively());
        rig.program(0, 0x55);
        rig.clock.advance(1s);
        QCOMPARE(rig.failures.size(), std::size_t(2));
    }

    void loadedContentsGoToTheFileToo()
    {
        const QTemporaryDir folder;
        Rig first;
        first.program(0, 0x66);
        const auto saved = tests::savedBytes(*first.flash);
        Rig rig(folder.filePath("nvram"));
        QVERIFY(tests::loadBytes(*rig.flash, saved));
        QVERIFY(!rig.isShown());
        rig.clock.advance(1s);
        QCOMPARE(contentOf(folder.filePath("nvram")).at(0), char(0x66));
    }

    void stateOfAnotherSizeIsRefused()
    {
        Rig rig;
        tests::ManualClock clock;
        tests::FakeMapper mapper;
        auto other =
            *FlashCfi::create(std::vector<std::uint8_t>(FlashCfi::BlockBytes), {}, mapper, clock);
        QVERIFY(!tests::loadBytes(*rig.flash, tests::savedBytes(*other)));
        QVERIFY(std::ranges::equal(rig.flash->contents(), pattern()));
    }
};

QTEST_GUILESS_MAIN(TestFlashCfi)
#include "tst_flash_cfi.moc"
