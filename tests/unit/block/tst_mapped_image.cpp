// SPDX-License-Identifier: GPL-3.0-or-later
// qcow2 images of a qemu-storage-daemon, read and written past it.
#include "engine/block/mapped_image.h"
#include "engine/block/nbd_image.h"
#include "engine/media/image_places.h"
#include "tests/support/block_replay.h"
#include "tests/support/board_fakes.h"
#include "tests/support/image_daemon.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>

#include <atomic>
#include <random>
#include <thread>

using namespace engine;

namespace {

constexpr std::uint64_t ImageBytes = 8u << 20;
constexpr std::uint64_t ClusterBytes = 65536;

void run(const QString &program, const QStringList &arguments)
{
    check(QProcess::execute(program, arguments) == 0, "a program of QEMU's failed");
}

std::vector<std::uint8_t> filled(std::size_t size, std::uint8_t value)
{
    return std::vector<std::uint8_t>(size, value);
}

} // namespace

class TestMappedImage : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<PollLoop> m_loop;

    QString path(const char *name) const { return m_folder->filePath(name); }
    // Zeros, every other part of them as data.
    QString makeImage(const char *name, const QString &base = {}) const
    {
        const QString file = path(name);
        QStringList create{"create", "-q", "-f", "qcow2"};
        if (!base.isEmpty())
            create << "-b" << base << "-F"
                   << "qcow2";
        run("qemu-img", create << file << QString::number(ImageBytes));
        const unsigned parts = base.isEmpty() ? 4 : 16;
        for (unsigned i = 0; i < parts; i += 2)
            run("qemu-io",
                {"-f", "qcow2", "-c",
                 QString("write -q -P 0 %1 %2").arg(i * ImageBytes / parts).arg(ImageBytes / parts),
                 file});
        return file;
    }
    std::shared_ptr<MappedImage> open(const tests::ImageDaemon &daemon,
                                      const MappedImage::Options &options = {},
                                      bool isReadOnly = false) const
    {
        NbdImageOptions nbd = daemon.options();
        nbd.isReadOnly = isReadOnly;
        auto image = NbdImage::open(nbd, *m_loop);
        check(image.has_value(), "the daemon's image cannot be opened");
        return std::make_shared<MappedImage>(*std::move(image), options, *m_loop);
    }
    ImageMap mapOf(const QString &file)
    {
        std::optional<Result<ImageMap>> found;
        const ImagePlaces places(file, [&](Result<ImageMap> map) { found = std::move(map); });
        check(QTest::qWaitFor([&] { return found.has_value(); }), "qemu-img does not answer");
        check(found->has_value(), "qemu-img knows no map");
        return **found;
    }
    static Result<> flushNow(BlockDevice &image)
    {
        return tests::performNow(image, {.operation = BlockOperation::Flush});
    }
    static std::vector<std::uint8_t> contents(BlockDevice &image)
    {
        std::vector<std::uint8_t> bytes(ImageBytes);
        check(tests::readNow(image, 0, bytes).has_value(), "an image cannot be read");
        return bytes;
    }

private slots:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("qemu-storage-daemon").isEmpty())
            QSKIP("qemu-storage-daemon is not installed");
        auto loop = PollLoop::start("io");
        QVERIFY_OK(loop);
        m_loop = *std::move(loop);
    }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    // Maps are made again and again while requests are on their way.
    void randomOperationsAgreeWithAModel_data()
    {
        QTest::addColumn<bool>("hasBase");
        QTest::addColumn<bool>("isPastCache");
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 3; ++seed) {
            QTest::addRow("of one file, seed %u", seed) << false << false << seed;
            QTest::addRow("with a base, seed %u", seed) << true << false << seed;
        }
        QTest::addRow("past the cache") << true << true << 4u;
    }
    void randomOperationsAgreeWithAModel()
    {
        QFETCH(bool, hasBase);
        QFETCH(bool, isPastCache);
        QFETCH(unsigned, seed);
        const QString base = hasBase ? makeImage("base.qcow2") : QString();
        const QString file = makeImage("disk.qcow2", base);
        tests::ImageDaemon daemon(m_folder->path(), "qcow2", file);
        QVERIFY(daemon.start());
        const auto image = open(
            daemon,
            {.isPastCache = isPastCache, .changedBytes = 0, .pause = std::chrono::milliseconds(0)});
        std::atomic<int> wishes = 1;
        image->whenMapIsWanted([&] { ++wishes; });
        std::atomic<bool> isOver = false;
        bool agrees = false;
        std::thread guest([&] {
            agrees = tests::replayAgrees(*image, seed, 4000);
            isOver = true;
        });
        int maps = 0;
        while (!isOver) {
            if (maps == wishes) {
                QTest::qWait(1);
                continue;
            }
            ++maps;
            const Result<> learned = image->learn(mapOf(file));
            check(learned.has_value(), "a map is of no use");
        }
        guest.join();
        QVERIFY(agrees);
        QVERIFY2(maps > 1, qPrintable(QString::number(maps)));
        QVERIFY(image->bytesInPlace() > 0);

        // The image's own driver sees the same, as it will at the next start.
        QVERIFY_OK(flushNow(*image));
        const auto ours = contents(*image);
        daemon.kill();
        QCOMPARE(QProcess::execute("qemu-img", {"check", "-q", "-r", "leaks", file}), 0);
        tests::ImageDaemon another(m_folder->path(), "qcow2", file);
        QVERIFY(another.start());
        auto plain = NbdImage::open(another.options(), *m_loop);
        QVERIFY_OK(plain);
        QVERIFY(contents(**plain) == ours);
    }

    // The daemon is killed again and again in the middle of all this: the guest notices nothing,
    // and what it has flushed is in the file.
    void aDaemonThatDiesTakesNothingAlong_data()
    {
        QTest::addColumn<bool>("hasBase");
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 11; seed <= 12; ++seed) {
            QTest::addRow("of one file, seed %u", seed) << false << seed;
            QTest::addRow("with a base, seed %u", seed) << true << seed;
        }
    }
    void aDaemonThatDiesTakesNothingAlong()
    {
        QFETCH(bool, hasBase);
        QFETCH(unsigned, seed);
        const QString base = hasBase ? makeImage("base.qcow2") : QString();
        const QString file = makeImage("disk.qcow2", base);
        auto daemon = std::make_unique<tests::ImageDaemon>(m_folder->path(), "qcow2", file);
        QVERIFY(daemon->start());
        const auto image =
            open(*daemon, {.changedBytes = 0, .pause = std::chrono::milliseconds(0)});
        std::atomic<int> wishes = 1;
        image->whenMapIsWanted([&] { ++wishes; });
        int maps = 1;
        QVERIFY_OK(image->learn(mapOf(file)));
        std::atomic<bool> isOver = false;
        bool agrees = false;
        std::thread guest([&] {
            agrees = tests::replayAgrees(*image, seed, 2000);
            isOver = true;
        });
        int deaths = 0;
        std::minstd_rand random(seed);
        while (!isOver) {
            QTest::qWait(1 + int(random() % 40));
            if (random() % 2 == 0) {
                daemon->kill();
                ++deaths;
                check(daemon->start(), "no other daemon");
            }
            if (maps != wishes) {
                ++maps;
                const Result<> learned = image->learn(mapOf(file));
                check(learned.has_value(), "a map is of no use");
            }
        }
        guest.join();
        QVERIFY(agrees);
        QVERIFY2(deaths > 1 && maps > 1, qPrintable(QString("%1 %2").arg(deaths).arg(maps)));
        QVERIFY(image->bytesInPlace() > 0);

        QVERIFY_OK(flushNow(*image));
        const auto ours = contents(*image);
        daemon->kill();
        // Clusters may be lost, as after a power failure, and nothing else.
        QCOMPARE(QProcess::execute("qemu-img", {"check", "-q", "-r", "leaks", file}), 0);
        tests::ImageDaemon another(m_folder->path(), "qcow2", file);
        QVERIFY(another.start());
        auto plain = NbdImage::open(another.options(), *m_loop);
        QVERIFY_OK(plain);
        QVERIFY(contents(**plain) == ours);
    }

    void whatIsKnownGoesPastTheImage()
    {
        const QString file = makeImage("disk.qcow2");
        tests::ImageDaemon daemon(m_folder->path(), "qcow2", file);
        QVERIFY(daemon.start());
        const auto image = open(daemon);
        auto bytes = filled(4096, 0);
        QVERIFY_OK(tests::readNow(*image, 0, bytes));
        QCOMPARE(image->bytesInPlace(), std::uint64_t(0)); // no map yet
        QVERIFY_OK(image->learn(mapOf(file)));
        daemon.freeze();
        QVERIFY_OK(tests::writeNow(*image, 4096, filled(4096, 0x5a)));
        QVERIFY_OK(tests::readNow(*image, 4096, bytes));
        QCOMPARE(bytes[77], std::uint8_t(0x5a));
        QVERIFY_OK(flushNow(*image)); // nothing of the daemon's has changed
        QCOMPARE(image->bytesInPlace(), std::uint64_t(8192));
        daemon.kill();
        QCOMPARE(
            QProcess::execute("qemu-io", {"-f", "qcow2", "-c", "read -P 0x5a 4096 4096", file}), 0);
    }

    void whatTheImageIsAskedToChangeIsForgotten()
    {
        const QString file = makeImage("disk.qcow2");
        tests::ImageDaemon daemon(m_folder->path(), "qcow2", file);
        QVERIFY(daemon.start());
        const auto image = open(daemon);
        QVERIFY_OK(image->learn(mapOf(file)));
        QVERIFY_OK(tests::writeNow(*image, 0, filled(2 * ClusterBytes, 0x11)));
        QVERIFY_OK(tests::performNow(
            *image,
            {.operation = BlockOperation::WriteZeroes, .offset = 512, .length = ClusterBytes}));
        auto bytes = filled(2 * ClusterBytes, 0xee);
        QVERIFY_OK(tests::readNow(*image, 0, bytes));
        QCOMPARE(bytes[511], std::uint8_t(0x11));
        QCOMPARE(bytes[512], std::uint8_t(0));
        QCOMPARE(bytes[511 + ClusterBytes], std::uint8_t(0));
        QCOMPARE(bytes[512 + ClusterBytes], std::uint8_t(0x11));
        const std::uint64_t before = image->bytesInPlace();
        QVERIFY_OK(tests::readNow(*image, 2 * ClusterBytes, bytes));
        QVERIFY(image->bytesInPlace() > before); // what lies beside it is still known
        image->forget();
        QVERIFY_OK(tests::readNow(*image, 2 * ClusterBytes, bytes));
        QCOMPARE(image->bytesInPlace(), before + bytes.size());
    }

    // It might land in what the freed cluster has become meanwhile.
    void nothingIsFreedWhileItIsWrittenInPlace()
    {
        const QString file = path("disk");
        QVERIFY(QFile(file).open(QIODevice::WriteOnly) && QFile::resize(file, ImageBytes));
        auto disk = std::make_unique<tests::FakeDisk>(ImageBytes);
        tests::FakeDisk &asked = *disk;
        MappedImage image(std::move(disk), {}, *m_loop);
        QVERIFY_OK(image.learn({.files = {file.toStdString()},
                                .extents = {{ClusterBytes, 2 * ClusterBytes, 0, ClusterBytes, true}},
                                .clusterBytes = ClusterBytes}));

        // That the file has answered is told on the io thread.
        std::promise<void> mayGoOn;
        m_loop->post([held = mayGoOn.get_future().share()] { held.wait(); });
        std::promise<void> isWritten;
        std::vector<std::uint8_t> bytes = filled(4096, 0x5a);
        image.submit({.operation = BlockOperation::Write,
                      .offset = ClusterBytes + 4096,
                      .length = bytes.size(),
                      .buffers = {{bytes.data(), bytes.size()}},
                      .completed = [&](const Result<> &) { isWritten.set_value(); }});
        std::promise<void> areFreed;
        int freed = 0;
        const auto free = [&](std::uint64_t offset) {
            image.submit({.operation = BlockOperation::Discard,
                          .offset = offset,
                          .length = ClusterBytes,
                          .completed = [&](const Result<> &) {
                              if (++freed == 2)
                                  areFreed.set_value();
                          }});
        };
        free(ClusterBytes);
        QCOMPARE(asked.pending.size(), std::size_t(0));
        free(2 * ClusterBytes); // nothing is written there
        QCOMPARE(asked.pending.size(), std::size_t(1));
        QCOMPARE(asked.pending[0].offset, 2 * ClusterBytes);

        mayGoOn.set_value();
        isWritten.get_future().wait();
        QCOMPARE(asked.pending.size(), std::size_t(2));
        QCOMPARE(asked.pending[1].offset, ClusterBytes);
        m_loop->post([&] { asked.answerAll(); });
        areFreed.get_future().wait();
    }

    // A map that was begun before a change was in the file shows the base's old contents.
    void aMapIsNotBelievedWhereSomethingChangedMeanwhile()
    {
        const QString base = makeImage("base.qcow2");
        const QString file = path("disk.qcow2");
        run("qemu-img", {"create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", file});
        tests::ImageDaemon daemon(m_folder->path(), "qcow2", file);
        QVERIFY(daemon.start());
        const auto image = open(daemon);
        const ImageMap early = mapOf(file);
        QVERIFY_OK(tests::writeNow(*image, 4096, filled(512, 0x77)));
        QVERIFY_OK(image->learn(early));
        auto bytes = filled(ClusterBytes, 0xee);
        QVERIFY_OK(tests::readNow(*image, 0, bytes));
        QCOMPARE(bytes[4096], std::uint8_t(0x77));
        QCOMPARE(image->bytesInPlace(), std::uint64_t(0));
        QVERIFY_OK(tests::readNow(*image, ClusterBytes, bytes));
        QCOMPARE(image->bytesInPlace(), ClusterBytes); // of the base
    }

    void aSnapshotInsideIsNotWrittenTo()
    {
        const QString file = makeImage("disk.qcow2");
        run("qemu-img", {"snapshot", "-c", "before", file});
        tests::ImageDaemon daemon(m_folder->path(), "qcow2", file);
        QVERIFY(daemon.start());
        const auto image = open(daemon);
        QVERIFY_OK(image->learn(mapOf(file)));
        auto bytes = filled(4096, 0xee);
        QVERIFY_OK(tests::readNow(*image, 0, bytes));
        QCOMPARE(image->bytesInPlace(), std::uint64_t(4096));
        QVERIFY_OK(tests::writeNow(*image, 0, filled(4096, 0x33)));
        QVERIFY_OK(tests::readNow(*image, 0, bytes));
        QCOMPARE(bytes[0], std::uint8_t(0x33));
        QCOMPARE(image->bytesInPlace(), std::uint64_t(4096));
        QVERIFY_OK(flushNow(*image));
        daemon.kill();
        run("qemu-img", {"snapshot", "-a", "before", file});
        QCOMPARE(QProcess::execute("qemu-io", {"-f", "qcow2", "-c", "read -P 0 0 4096", file}), 0);
    }

    void aHeaderIsNeverAGuestsToWrite()
    {
        const QString file = makeImage("disk.qcow2");
        tests::ImageDaemon daemon(m_folder->path(), "qcow2", file);
        QVERIFY(daemon.start());
        const auto image = open(daemon);
        // As of an image that was made to have its first cluster on the guest's disk.
        ImageMap map{.files = {file.toStdString()},
                     .extents = {{0, ClusterBytes, 0, 0, true}},
                     .clusterBytes = ClusterBytes};
        QVERIFY_OK(image->learn(map));
        QVERIFY_OK(tests::writeNow(*image, 0, filled(4096, 0x33)));
        QCOMPARE(image->bytesInPlace(), std::uint64_t(0));
    }

    void aReadOnlyImageIsOnlyRead()
    {
        const QString file = makeImage("disk.qcow2");
        tests::ImageDaemon daemon(m_folder->path(), "qcow2", file);
        QVERIFY(daemon.start(false));
        const auto image = open(daemon, {}, true);
        QVERIFY_OK(image->learn(mapOf(file)));
        auto bytes = filled(4096, 0xee);
        QVERIFY_OK(tests::readNow(*image, 0, bytes));
        QCOMPARE(image->bytesInPlace(), std::uint64_t(4096));
        QVERIFY_ERROR(tests::writeNow(*image, 0, filled(512, 1)), ErrorKind::Denied);
        QVERIFY_ERROR(tests::readNow(*image, ImageBytes, bytes), ErrorKind::Invalid);
    }

    void filesThatCannotBeOpenedAreLeftToTheImage()
    {
        const QString file = makeImage("disk.qcow2");
        tests::ImageDaemon daemon(m_folder->path(), "qcow2", file);
        QVERIFY(daemon.start());
        const auto image = open(daemon);
        ImageMap map = mapOf(file);
        map.files[0] += ".gone";
        QVERIFY_ERROR(image->learn(map), ErrorKind::NotFound);
        map = mapOf(file);
        map.extents[0].file = 7;
        QVERIFY_ERROR(image->learn(map), ErrorKind::Invalid);
        QVERIFY_OK(tests::writeNow(*image, 0, filled(512, 1)));
        QCOMPARE(image->bytesInPlace(), std::uint64_t(0));
    }

    void cleanup() { m_folder.reset(); }
    void cleanupTestCase() { m_loop.reset(); }
};

QTEST_GUILESS_MAIN(TestMappedImage)
#include "tst_mapped_image.moc"
