// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/raw_image.h"
#include "tests/support/block_replay.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <future>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>

using namespace engine;

Q_DECLARE_METATYPE(engine::RawImageEngine)

class TestRawImage : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<PollLoop> m_loop;

    std::string path(const char *name) const { return m_folder.filePath(name).toStdString(); }
    std::string makeFile(const char *name, const QByteArray &content) const
    {
        QFile file(m_folder.filePath(name));
        const bool isWritten = file.open(QIODevice::WriteOnly | QIODevice::Truncate)
            && file.write(content) == content.size();
        check(isWritten, "a test file cannot be written");
        return file.fileName().toStdString();
    }
    Result<std::unique_ptr<RawImage>> open(const std::string &file, bool isReadOnly = false) const
    {
        return RawImage::open({.path = file, .isReadOnly = isReadOnly}, *m_loop);
    }
    static void engines()
    {
        QTest::addColumn<engine::RawImageEngine>("engine");
        QTest::newRow("io_uring") << RawImageEngine::Uring;
        QTest::newRow("threads") << RawImageEngine::Threads;
        QTest::newRow("as usual") << RawImageEngine::Automatic;
    }
    // Null where the kernel of this computer has no io_uring.
    std::unique_ptr<RawImage> openWith(const std::string &file, RawImageEngine engine) const
    {
        auto image = RawImage::open({.path = file, .engine = engine}, *m_loop);
        if (image)
            return *std::move(image);
        check(engine == RawImageEngine::Uring && image.error().kind() == ErrorKind::Unsupported,
              image.error().text().c_str());
        return nullptr;
    }

    static QString transfer(RawImage &image, BlockOperation operation, std::uint64_t offset,
                            std::uint8_t *data, std::size_t size)
    {
        std::promise<QString> answer;
        BlockRequest request;
        request.operation = operation;
        request.offset = offset;
        request.length = size;
        request.buffers = {{data, size}};
        request.completed = [&answer](Result<> result) {
            answer.set_value(result ? "ok" : QString::fromStdString(result.error().text()));
        };
        image.submit(std::move(request));
        return answer.get_future().get();
    }

private slots:
    void initTestCase()
    {
        auto loop = PollLoop::start("io");
        QVERIFY_OK(loop);
        m_loop = *std::move(loop);
    }

    void randomOperationsAgreeWithAModel_data() { engines(); }
    void randomOperationsAgreeWithAModel()
    {
        QFETCH(engine::RawImageEngine, engine);
        const std::string file = makeFile("replay.img", QByteArray(8 << 20, '\0'));
        auto image = openWith(file, engine);
        if (!image)
            QSKIP("the kernel gives no io_uring here");
        QVERIFY(tests::replayAgrees(*image, 12345, 3000));
        image.reset();
        // Threads and io_uring see the same file.
        auto again = open(file, true);
        QVERIFY_OK(again);
        QCOMPARE((*again)->sizeBytes(), std::uint64_t(8) << 20);
    }

    void pastTheCacheTheBytesAreTheSame_data() { engines(); }
    void pastTheCacheTheBytesAreTheSame()
    {
        QFETCH(engine::RawImageEngine, engine);
        // Whole pages go past it, the replay's odd requests do not, and both see one another.
        const std::string file = makeFile("direct.img", QByteArray((8 << 20) + 512, '\0'));
        auto opened =
            RawImage::open({.path = file, .engine = engine, .isPastCache = true}, *m_loop);
        if (!opened && opened.error().kind() == ErrorKind::Unsupported)
            QSKIP("the kernel gives no io_uring here");
        QVERIFY_OK(opened);
        if (!(*opened)->isPastCache())
            QSKIP("this file system knows no way past the cache");
        QVERIFY(tests::replayAgrees(**opened, 54321, 3000));
        const std::uint64_t pageBytes = 4096;
        void *memory = nullptr;
        QCOMPARE(::posix_memalign(&memory, pageBytes, 4 * pageBytes), 0);
        const std::unique_ptr<void, decltype(&std::free)> owner(memory, &std::free);
        auto *const bytes = static_cast<std::uint8_t *>(memory);
        std::fill_n(bytes, 4 * pageBytes, std::uint8_t(0x5a));
        QCOMPARE(transfer(**opened, BlockOperation::Write, 2 * pageBytes, bytes, 4 * pageBytes),
                 "ok");
        std::vector<std::uint8_t> odd(512 + 1);
        QCOMPARE(transfer(**opened, BlockOperation::Read, 2 * pageBytes, odd.data() + 1, 512), "ok");
        QCOMPARE(odd.back(), std::uint8_t(0x5a));
        odd.back() = 0x77;
        QCOMPARE(transfer(**opened, BlockOperation::Write, 2 * pageBytes, odd.data() + 1, 512),
                 "ok");
        QCOMPARE(transfer(**opened, BlockOperation::Read, 2 * pageBytes, bytes, 4 * pageBytes),
                 "ok");
        QCOMPARE(bytes[511], std::uint8_t(0x77));
        QCOMPARE(bytes[512], std::uint8_t(0x5a));
        QVERIFY((*opened)->isPastCache()); // it was not given up on the way
    }

    void crowdsOfWritesAreAllAnsweredOnce_data() { engines(); }
    void crowdsOfWritesAreAllAnsweredOnce()
    {
        QFETCH(engine::RawImageEngine, engine);
        constexpr std::uint64_t PageBytes = 4096;
        constexpr std::uint64_t Pages = 256;
        constexpr int Threads = 3;
        const std::string file =
            makeFile("crowd.img", QByteArray(Threads * Pages * PageBytes, '\0'));
        auto image = openWith(file, engine);
        if (!image)
            QSKIP("the kernel gives no io_uring here");
        // Thread t fills its third of the image. Now and then it lets everybody fall asleep.
        std::vector<std::vector<std::uint8_t>> pages;
        for (int t = 0; t < Threads; ++t)
            pages.emplace_back(PageBytes, std::uint8_t('a' + t));
        std::atomic<int> answers = 0;
        std::atomic<int> failures = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < Threads; ++t)
            threads.emplace_back([&, t] {
                for (std::uint64_t i = 0; i < Pages; ++i) {
                    BlockRequest request;
                    request.operation = BlockOperation::Write;
                    request.offset = (std::uint64_t(t) * Pages + i) * PageBytes;
                    request.length = PageBytes;
                    request.buffers = {{pages[std::size_t(t)].data(), PageBytes}};
                    request.completed = [&](Result<> result) {
                        failures += result ? 0 : 1;
                        ++answers;
                    };
                    image->submit(std::move(request));
                    if (i % 50 == std::uint64_t(t))
                        QThread::usleep(500);
                }
            });
        for (std::thread &thread : threads)
            thread.join();
        QTRY_COMPARE(answers.load(), Threads * int(Pages));
        m_loop->run([] { }); // what the last answer ran in is over
        QCOMPARE(failures.load(), 0);
        for (int t = 0; t < Threads; ++t) {
            std::vector<std::uint8_t> back(Pages * PageBytes);
            QVERIFY_OK(tests::readNow(*image, std::uint64_t(t) * back.size(), back));
            QCOMPARE(std::count(back.begin(), back.end(), std::uint8_t('a' + t)),
                     std::ptrdiff_t(back.size()));
        }
    }

    void aLastSectorInPartIsFilledWithZeros_data() { engines(); }
    void aLastSectorInPartIsFilledWithZeros()
    {
        QFETCH(engine::RawImageEngine, engine);
        const std::string file = makeFile("part.img", QByteArray(1000, 'x'));
        auto image = openWith(file, engine);
        if (!image)
            QSKIP("the kernel gives no io_uring here");
        QCOMPARE(image->sizeBytes(), std::uint64_t(1024));
        std::vector<std::uint8_t> data(1024, 0xee);
        QVERIFY_OK(tests::readNow(*image, 0, data));
        QCOMPARE(data[999], std::uint8_t('x'));
        QCOMPARE(data[1000], std::uint8_t(0));
        QCOMPARE(data[1023], std::uint8_t(0));
        QVERIFY_OK(tests::writeNow(*image, 512, std::vector<std::uint8_t>(512, 'y')));
        QVERIFY_OK(tests::readNow(*image, 0, data));
        QCOMPARE(data[1023], std::uint8_t('y'));
    }

    void aFileThatShrinksIsAnError_data() { engines(); }
    void aFileThatShrinksIsAnError()
    {
        QFETCH(engine::RawImageEngine, engine);
        const std::string file = makeFile("shrinks.img", QByteArray(65536, 'x'));
        auto image = openWith(file, engine);
        if (!image)
            QSKIP("the kernel gives no io_uring here");
        QVERIFY(QFile::resize(QString::fromStdString(file), 4096));
        std::vector<std::uint8_t> data(8192);
        const Result<> result = tests::readNow(*image, 0, data);
        QVERIFY_ERROR(result, ErrorKind::Io);
        QVERIFY(result.error().text().find(file) != std::string::npos);
    }

    void aFullDiskIsNamed_data() { engines(); }
    void aFullDiskIsNamed()
    {
        QFETCH(engine::RawImageEngine, engine);
        // A limit of this process stands for the file system's: EFBIG.
        rlimit before = {};
        getrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, SIG_IGN);
        const std::string file = makeFile("full.img", QByteArray(4096, 'x'));
        QVERIFY(QFile::resize(QString::fromStdString(file), 1 << 20));
        auto image = openWith(file, engine);
        if (!image)
            QSKIP("the kernel gives no io_uring here");
        const rlimit limit = {.rlim_cur = 65536, .rlim_max = before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
        const Result<> result =
            tests::writeNow(*image, 512 * 1024, std::vector<std::uint8_t>(4096, 1));
        setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY_ERROR(result, ErrorKind::NoSpace);
        QVERIFY(result.error().text().find(file) != std::string::npos);
        QVERIFY(!result.error().remedy().empty());
    }

    void discardMakesHoles_data() { engines(); }
    void discardMakesHoles()
    {
        QFETCH(engine::RawImageEngine, engine);
        const std::string file = makeFile("holes.img", QByteArray(1 << 20, 'x'));
        auto image = openWith(file, engine);
        if (!image)
            QSKIP("the kernel gives no io_uring here");
        struct stat before = {};
        QCOMPARE(::stat(file.c_str(), &before), 0);
        const Result<> result = tests::performNow(
            *image, {.operation = BlockOperation::Discard, .offset = 65536, .length = 512 * 1024});
        QVERIFY_OK(result);
        if (!image->canDiscard())
            QSKIP("the file system of the temporary folder has no holes");
        struct stat after = {};
        QCOMPARE(::stat(file.c_str(), &after), 0);
        QVERIFY(after.st_blocks <= before.st_blocks - 1000);
        QCOMPARE(after.st_size, before.st_size);
    }

    void requestsThatMakeNoSenseAreRefused()
    {
        const std::string file = makeFile("small.img", QByteArray(4096, 'x'));
        auto image = open(file);
        QVERIFY_OK(image);
        std::vector<std::uint8_t> data(1024);
        QVERIFY_ERROR(tests::readNow(**image, 4096 - 512, data), ErrorKind::Invalid);
        QVERIFY_ERROR(tests::readNow(**image, ~std::uint64_t(511), data), ErrorKind::Invalid);
        image->reset();
        image = open(file, true);
        QVERIFY_OK(image);
        QVERIFY(!(*image)->canDiscard());
        QVERIFY_ERROR(tests::writeNow(**image, 0, data), ErrorKind::Denied);
        QVERIFY_OK(tests::performNow(**image, {.operation = BlockOperation::Flush}));
    }

    void whatIsNoImageIsRefused()
    {
        QVERIFY_ERROR(open(path("nowhere.img")), ErrorKind::NotFound);
        QVERIFY_ERROR(open(makeFile("empty.img", {})), ErrorKind::Invalid);
        QVERIFY_ERROR(open(m_folder.path().toStdString(), true), ErrorKind::Invalid);
        const std::string fifo = path("fifo");
        QCOMPARE(::mkfifo(fifo.c_str(), 0600), 0);
        QVERIFY_ERROR(open(fifo), ErrorKind::Invalid); // and does not wait
    }

    void oneWriterOrManyReaders()
    {
        const std::string file = makeFile("locked.img", QByteArray(4096, 'x'));
        auto first = open(file, true);
        auto second = open(file, true);
        QVERIFY_OK(first);
        QVERIFY_OK(second);
        QVERIFY_ERROR(open(file), ErrorKind::Busy);
        first->reset();
        second->reset();
        auto writer = open(file);
        QVERIFY_OK(writer);
        QVERIFY_ERROR(open(file), ErrorKind::Busy);
        QVERIFY_ERROR(open(file, true), ErrorKind::Busy);
        writer->reset();
        QVERIFY_OK(open(file));
    }

    void qemuIsKeptOutAndKeepsUsOut()
    {
        const QString tool = QStandardPaths::findExecutable("qemu-io");
        if (tool.isEmpty())
            QSKIP("qemu-io is not installed");
        const std::string file = makeFile("shared.img", QByteArray(65536, 'x'));
        const QStringList arguments{"-f", "raw", QString::fromStdString(file)};
        {
            auto image = open(file);
            QVERIFY_OK(image);
            QProcess qemu;
            qemu.start(tool, QStringList{"-c", "read 0 512"} + arguments);
            QVERIFY(qemu.waitForFinished());
            QVERIFY(qemu.exitCode() != 0);
            QVERIFY(qemu.readAllStandardError().contains("lock"));
        }
        QProcess qemu;
        qemu.start(tool, arguments);
        QVERIFY(qemu.waitForStarted());
        qemu.write("read 0 512\n");
        QByteArray said;
        while (!said.contains("read 512/512") && qemu.waitForReadyRead())
            said += qemu.readAllStandardOutput();
        QVERIFY(said.contains("read 512/512"));
        const auto refused = open(file);
        QVERIFY_ERROR(refused, ErrorKind::Busy);
        const std::string id = std::to_string(qemu.processId());
        QVERIFY(refused.error().text().find("\"qemu-io\" (process " + id + ")")
                != std::string::npos);
        QVERIFY(!refused.error().remedy().empty());
        qemu.write("quit\n");
        QVERIFY(qemu.waitForFinished());
        QVERIFY_OK(open(file));
    }

    void anImageMayGoInItsLastAnswer()
    {
        const std::string file = makeFile("goes.img", QByteArray(4096, 'x'));
        for (const RawImageEngine engine : {RawImageEngine::Automatic, RawImageEngine::Threads}) {
            auto opened = RawImage::open({.path = file, .engine = engine}, *m_loop);
            QVERIFY_OK(opened);
            std::shared_ptr<RawImage> image = *std::move(opened);
            std::vector<std::uint8_t> data(4096);
            std::promise<void> gone;
            BlockRequest request{.length = 4096, .buffers = {{data.data(), data.size()}}};
            RawImage *const target = image.get();
            request.completed = [&gone, owner = std::move(image)](Result<>) mutable {
                owner.reset();
                gone.set_value();
            };
            target->submit(std::move(request));
            gone.get_future().wait();
            QCOMPARE(data[4095], std::uint8_t('x'));
        }
    }

    void cleanupTestCase() { m_loop.reset(); }
};

QTEST_GUILESS_MAIN(TestRawImage)
#include "tst_raw_image.moc"
