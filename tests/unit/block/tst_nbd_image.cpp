// SPDX-License-Identifier: GPL-3.0-or-later
// Against a qemu-storage-daemon that the test starts.
#include "engine/block/nbd_image.h"
#include "tests/support/block_replay.h"
#include "tests/support/image_daemon.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>

using namespace engine;

namespace {

constexpr std::uint64_t ImageBytes = 8u << 20;

} // namespace

class TestNbdImage : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<PollLoop> m_loop;

    QString makeImage(const QString &format)
    {
        const QString file = m_folder.filePath("disk." + format);
        QFile::remove(file);
        const int made = QProcess::execute(
            "qemu-img", {"create", "-q", "-f", format, file, QString::number(ImageBytes)});
        check(made == 0, "qemu-img makes no image");
        return file;
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

    void randomOperationsAgreeWithAModel_data()
    {
        QTest::addColumn<QString>("format");
        QTest::newRow("qcow2") << "qcow2";
        QTest::newRow("vdi") << "vdi";
        QTest::newRow("raw") << "raw";
    }

    void randomOperationsAgreeWithAModel()
    {
        QFETCH(QString, format);
        tests::ImageDaemon daemon(m_folder.path(), format, makeImage(format));
        QVERIFY(daemon.start());
        auto image = NbdImage::open(daemon.options(), *m_loop);
        QVERIFY_OK(image);
        QCOMPARE((*image)->sizeBytes(), ImageBytes);
        QVERIFY(!(*image)->isReadOnly());
        QVERIFY(tests::replayAgrees(**image, 4711, 2000));
    }

    void whatIsWrittenIsInTheFile()
    {
        const QString file = makeImage("qcow2");
        tests::ImageDaemon daemon(m_folder.path(), "qcow2", file);
        QVERIFY(daemon.start());
        auto image = NbdImage::open(daemon.options(), *m_loop);
        QVERIFY_OK(image);
        QVERIFY_OK(tests::writeNow(**image, 65536, std::vector<std::uint8_t>(4096, 0x5a)));
        QVERIFY_OK(tests::performNow(**image, {.operation = BlockOperation::Flush}));
        image->reset();
        daemon.kill();
        QCOMPARE(
            QProcess::execute("qemu-io", {"-f", "qcow2", "-c", "read -P 0x5a 65536 4096", file}),
            0);
        QCOMPARE(QProcess::execute("qemu-img", {"check", "-q", file}), 0);
    }

    void aDaemonThatIsReplacedIsAskedAgain()
    {
        tests::ImageDaemon daemon(m_folder.path(), "raw", makeImage("raw"));
        QVERIFY(daemon.start());
        auto image = NbdImage::open(daemon.options(), *m_loop);
        QVERIFY_OK(image);
        QVERIFY_OK(tests::writeNow(**image, 0, std::vector<std::uint8_t>(512, 7)));
        daemon.freeze(); // so that the request is on its way when the daemon dies
        std::vector<std::uint8_t> data(512);
        std::promise<Result<>> answer;
        auto future = answer.get_future();
        (*image)->submit(
            {.length = 512,
             .buffers = {{data.data(), data.size()}},
             .completed = [&](Result<> result) { answer.set_value(std::move(result)); }});
        daemon.kill();
        QVERIFY(daemon.start());
        QVERIFY_OK(future.get());
        QCOMPARE(data[511], std::uint8_t(7));
    }

    // qcow2's tables are in the daemon's memory until a flush: what it answered goes with it.
    void whatWasAnsweredIsWrittenAgain()
    {
        const QString file = makeImage("qcow2");
        tests::ImageDaemon daemon(m_folder.path(), "qcow2", file);
        QVERIFY(daemon.start());
        auto image = NbdImage::open(daemon.options(), *m_loop);
        QVERIFY_OK(image);
        QVERIFY_OK(tests::writeNow(**image, 65536, std::vector<std::uint8_t>(8192, 0x11)));
        QVERIFY_OK(tests::writeNow(**image, 65536, std::vector<std::uint8_t>(4096, 0x22)));
        QVERIFY_OK(tests::performNow(
            **image,
            {.operation = BlockOperation::WriteZeroes, .offset = 65536 + 1024, .length = 512}));
        daemon.kill();
        QVERIFY(daemon.start());
        std::vector<std::uint8_t> data(8192);
        QVERIFY_OK(tests::readNow(**image, 65536, data));
        QCOMPARE(data[1023], std::uint8_t(0x22));
        QCOMPARE(data[1024], std::uint8_t(0));
        QCOMPARE(data[1536], std::uint8_t(0x22));
        QCOMPARE(data[8191], std::uint8_t(0x11));
        QVERIFY_OK(tests::performNow(**image, {.operation = BlockOperation::Flush}));
        daemon.kill();
        QCOMPARE(
            QProcess::execute("qemu-io", {"-f", "qcow2", "-c", "read -P 0x11 69632 4096", file}),
            0);
        QCOMPARE(QProcess::execute("qemu-img", {"check", "-q", "-r", "leaks", file}), 0);
    }

    // A guest that never flushes is flushed, so that not all it ever wrote is kept in memory.
    void aGuestThatNeverFlushesLosesNothingEither()
    {
        const QString file = makeImage("qcow2");
        tests::ImageDaemon daemon(m_folder.path(), "qcow2", file);
        QVERIFY(daemon.start());
        auto image = NbdImage::open(daemon.options(), *m_loop);
        QVERIFY_OK(image);
        constexpr unsigned Part = 1 << 20;
        const unsigned parts = unsigned(ImageBytes / Part);
        for (unsigned i = 0; i < 150; ++i)
            QVERIFY_OK(tests::writeNow(**image, (i % parts) * Part,
                                       std::vector<std::uint8_t>(Part, std::uint8_t(i))));
        daemon.kill();
        QVERIFY(daemon.start());
        std::vector<std::uint8_t> data(Part);
        for (unsigned i = 150 - parts; i < 150; ++i) {
            QVERIFY_OK(tests::readNow(**image, (i % parts) * Part, data));
            QCOMPARE(data.front(), std::uint8_t(i));
            QCOMPARE(data.back(), std::uint8_t(i));
        }
    }

    void aDaemonThatIsGoneIsAnErrorUntilItIsBack()
    {
        tests::ImageDaemon daemon(m_folder.path(), "raw", makeImage("raw"));
        QVERIFY(daemon.start());
        NbdImageOptions options = daemon.options();
        options.patience = std::chrono::milliseconds(300);
        auto image = NbdImage::open(options, *m_loop);
        QVERIFY_OK(image);
        daemon.kill();
        std::vector<std::uint8_t> data(512);
        const Result<> result = tests::readNow(**image, 0, data);
        QVERIFY_ERROR(result, ErrorKind::Io);
        QVERIFY(result.error().text().find("disk of the test") != std::string::npos);
        QVERIFY(daemon.start());
        QVERIFY_OK(tests::readNow(**image, 0, data));
    }

    void anotherImageIsNotTaken()
    {
        tests::ImageDaemon daemon(m_folder.path(), "raw", makeImage("raw"));
        QVERIFY(daemon.start());
        auto image = NbdImage::open(daemon.options(), *m_loop);
        QVERIFY_OK(image);
        daemon.kill();
        QVERIFY(QFile::resize(m_folder.filePath("disk.raw"), ImageBytes / 2));
        QVERIFY(daemon.start());
        std::vector<std::uint8_t> data(512);
        QVERIFY_ERROR(tests::readNow(**image, 0, data), ErrorKind::Io);
    }

    void anExportForReadingIsNotWritten()
    {
        tests::ImageDaemon daemon(m_folder.path(), "raw", makeImage("raw"));
        QVERIFY(daemon.start(false));
        NbdImageOptions options = daemon.options();
        QVERIFY_ERROR(NbdImage::open(options, *m_loop), ErrorKind::Denied);
        options.isReadOnly = true;
        auto image = NbdImage::open(options, *m_loop);
        QVERIFY_OK(image);
        QVERIFY(!(*image)->canDiscard());
        QVERIFY_ERROR(tests::writeNow(**image, 0, std::vector<std::uint8_t>(512)),
                      ErrorKind::Denied);
        std::vector<std::uint8_t> data(1024);
        QVERIFY_ERROR(tests::readNow(**image, ImageBytes - 512, data), ErrorKind::Invalid);
    }

    void nobodyThereIsAnError()
    {
        const auto image = NbdImage::open({.socketPath = m_folder.filePath("nobody").toStdString(),
                                           .exportName = "disk",
                                           .label = "a.qcow2"},
                                          *m_loop);
        QVERIFY_ERROR(image, ErrorKind::Io);
        QVERIFY(image.error().text().find("a.qcow2") != std::string::npos);
    }

    void anImageMayGoInItsLastAnswer()
    {
        tests::ImageDaemon daemon(m_folder.path(), "raw", makeImage("raw"));
        QVERIFY(daemon.start());
        auto opened = NbdImage::open(daemon.options(), *m_loop);
        QVERIFY_OK(opened);
        std::shared_ptr<NbdImage> image = *std::move(opened);
        NbdImage *const target = image.get();
        std::vector<std::uint8_t> data(512);
        std::promise<void> gone;
        target->submit({.length = 512,
                        .buffers = {{data.data(), data.size()}},
                        .completed = [&gone, owner = std::move(image)](Result<>) mutable {
                            owner.reset();
                            gone.set_value();
                        }});
        gone.get_future().wait();
    }

    void cleanupTestCase() { m_loop.reset(); }
};

QTEST_GUILESS_MAIN(TestNbdImage)
#include "tst_nbd_image.moc"
