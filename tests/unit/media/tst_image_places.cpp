// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/media/image_places.h"
#include "tests/support/test_main.h"

#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>

#include <optional>

using namespace engine;

namespace {

constexpr std::uint64_t MiB = 1 << 20;

void run(const QString &program, const QStringList &arguments)
{
    check(QProcess::execute(program, arguments) == 0, "a program of QEMU's failed");
}

} // namespace

class TestImagePlaces : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    QString path(const char *name) const { return m_folder->filePath(name); }
    QString make(const char *name, const QStringList &options = {}) const
    {
        run("qemu-img",
            QStringList{"create", "-q", "-f", "qcow2"} + options + QStringList{path(name), "64M"});
        return path(name);
    }
    static void write(const QString &file, const QString &what)
    {
        run("qemu-io", {"-f", "qcow2", "-c", "write -q " + what, file});
    }
    static Result<ImageMap> find(const QString &file)
    {
        std::optional<Result<ImageMap>> found;
        const ImagePlaces places(file, [&](Result<ImageMap> map) { found = std::move(map); });
        check(QTest::qWaitFor([&] { return found.has_value(); }), "it does not answer");
        return *std::move(found);
    }

private slots:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("qemu-img").isEmpty())
            QSKIP("qemu-img is not installed");
    }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void dataIsFoundAndNothingElse()
    {
        const QString file = make("disk.qcow2");
        write(file, "-P 1 0 1M");
        write(file, "-c -P 2 10M 64k"); // compressed
        write(file, "-z 20M 1M"); // zeros
        write(file, "-P 3 63M 1M");
        const Result<ImageMap> map = find(file);
        QVERIFY_OK(map);
        QCOMPARE(map->clusterBytes, std::uint64_t(65536));
        QCOMPARE(map->files, std::vector<std::string>{file.toStdString()});
        QCOMPARE(map->extents.size(), std::size_t(2));
        for (const auto &[extent, content] :
             {std::pair(map->extents[0], char(1)), std::pair(map->extents[1], char(3))}) {
            QCOMPARE(extent.offset, content == 1 ? 0 : 63 * MiB);
            QCOMPARE(extent.length, MiB);
            QVERIFY(extent.isWritable);
            QFile bytes(file);
            QVERIFY(bytes.open(QIODevice::ReadOnly) && bytes.seek(qint64(extent.place)));
            QCOMPARE(bytes.read(qint64(MiB)), QByteArray(qsizetype(MiB), content));
        }
    }

    void basesAreFilesOfTheirOwn()
    {
        const QString base = make("base.qcow2");
        write(base, "-P 1 0 2M");
        const QString file = make("disk.qcow2", {"-b", base, "-F", "qcow2"});
        write(file, "-P 2 1M 1M");
        const Result<ImageMap> map = find(file);
        QVERIFY_OK(map);
        QCOMPARE(map->files, (std::vector<std::string>{file.toStdString(), base.toStdString()}));
        QCOMPARE(map->extents.size(), std::size_t(2));
        QCOMPARE(map->extents[0].file, 1u);
        QVERIFY(!map->extents[0].isWritable);
        QCOMPARE(map->extents[0].length, MiB);
        QCOMPARE(map->extents[1].file, 0u);
        QVERIFY(map->extents[1].isWritable);
    }

    void whatMayNotBeWrittenIsNot_data()
    {
        QTest::addColumn<QStringList>("change");
        QTest::newRow("a snapshot") << QStringList{"snapshot", "-c", "one"};
        QTest::newRow("a bitmap") << QStringList{"bitmap", "--add", "-f", "qcow2"};
    }
    void whatMayNotBeWrittenIsNot()
    {
        QFETCH(QStringList, change);
        const QString file = make("disk.qcow2");
        write(file, "-P 1 0 1M");
        change << file;
        if (change.first() == "bitmap")
            change << "changes";
        run("qemu-img", change);
        const Result<ImageMap> map = find(file);
        QVERIFY_OK(map);
        QCOMPARE(map->extents.size(), std::size_t(1));
        QVERIFY(!map->extents[0].isWritable);
    }

    void encryptedImagesAreLeftOut()
    {
        const QString file = path("disk.qcow2");
        const QStringList secret{"--object", "secret,id=key,data=abc"};
        const QStringList create =
            QStringList{"create", "-q"} + secret
            + QStringList{"-f", "qcow2", "-o",
                          "encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10", file,
                          "8M"};
        // QEMU times the hashing of the key by its thread's user time and gives up on a zero,
        // which is what the kernel reports when the thread's only tick fell into a system call.
        bool isMade = false;
        for (int attempt = 0; !isMade && attempt < 50; ++attempt)
            isMade = QProcess::execute("qemu-img", create) == 0;
        QVERIFY(isMade);
        run("qemu-io",
            secret
                + QStringList{"--image-opts", "-c", "write -q 0 1M",
                              "driver=qcow2,encrypt.key-secret=key,file.filename=" + file});
        const Result<ImageMap> map = find(file);
        // Without its key qemu-img tells nothing of it, or something that is of no use.
        QVERIFY(!map || map->extents.empty());
    }

    void dataInAFileOfItsOwnIsLeftOut()
    {
        const QString file = make("disk.qcow2", {"-o", "data_file=" + path("data")});
        write(file, "-P 1 0 1M");
        const Result<ImageMap> map = find(file);
        QVERIFY_OK(map);
        QVERIFY(map->extents.empty());
    }

    void whatIsNoImageIsAnError()
    {
        QVERIFY_ERROR(find(path("none")), ErrorKind::Io);
        QFile file(path("text"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("hello") == 5);
        file.close();
        QVERIFY_ERROR(find(file.fileName()), ErrorKind::Io);
    }

    void linesThatMakeNoSenseAreNothing()
    {
        const ImageChain chain{
            .files = {{"/a", true}, {"/b", false}}, .clusterBytes = 65536, .isWritable = true};
        const auto parsed = [&](const char *line) { return parseMapLine(line, chain); };
        QVERIFY(parsed(R"([{ "start": 0, "length": 512, "depth": 0, "zero": false,)"
                       R"( "data": true, "offset": 65536},)"));
        for (const char *line : {"", "[", "]", "}{", "{}", "{ nonsense }", R"({"start": 0})",
                                 // a base that is of no use, one that is not there
                                 R"({"start":0,"length":512,"depth":1,"zero":false,"data":true,)"
                                 R"("offset":0})",
                                 R"({"start":0,"length":512,"depth":2,"zero":false,"data":true,)"
                                 R"("offset":0})",
                                 R"({"start":-1,"length":512,"depth":0,"zero":false,"data":true,)"
                                 R"("offset":0})",
                                 R"({"start":0,"length":0,"depth":0,"zero":false,"data":true,)"
                                 R"("offset":0})",
                                 // what a newer qemu-img says of compressed data
                                 R"({"start":0,"length":512,"depth":0,"zero":false,"data":true,)"
                                 R"("compressed":true,"offset":0})"})
            QVERIFY2(!parsed(line), line);
    }

    void cleanup() { m_folder.reset(); }
};

QTEST_GUILESS_MAIN(TestImagePlaces)
#include "tst_image_places.moc"
