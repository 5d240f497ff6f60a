// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <csignal>

#include <sys/resource.h>

using namespace engine;

Q_DECLARE_METATYPE(engine::ImageFormat)

namespace {

constexpr qint64 MiB = 1024 * 1024;

// Limits what this process and its children may write to one file.
class FileSizeLimit final
{
public:
    explicit FileSizeLimit(rlim_t bytes)
        : m_handler(std::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &m_old);
        struct rlimit small = m_old;
        small.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~FileSizeLimit()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_old);
        std::signal(SIGXFSZ, m_handler);
    }

private:
    struct rlimit m_old = {};
    void (*m_handler)(int);
};

} // namespace

class TestDiskImage final : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void everyFormatIsMadeAndRecognized_data()
    {
        QTest::addColumn<ImageFormat>("format");
        QTest::addColumn<bool>("isPreallocated");
        for (const ImageFormat format : {ImageFormat::Raw, ImageFormat::Qcow2, ImageFormat::Vdi,
                                         ImageFormat::Vmdk, ImageFormat::Vhd, ImageFormat::Vhdx}) {
            QTest::addRow("%s", qPrintable(imageFormatName(format))) << format << false;
        }
        QTest::newRow("raw, whole") << ImageFormat::Raw << true;
        QTest::newRow("qcow2, whole") << ImageFormat::Qcow2 << true;
        QTest::newRow("vdi, whole") << ImageFormat::Vdi << true;
        QTest::newRow("vpc, whole") << ImageFormat::Vhd << true;
    }

    void everyFormatIsMadeAndRecognized()
    {
        QFETCH(ImageFormat, format);
        QFETCH(bool, isPreallocated);
        const QString path = file(QStringLiteral("d.img"));
        Result<> result = Error(ErrorKind::Io, "not called");
        std::unique_ptr<ImageJob> job(
            ImageJob::create({.path = path,
                              .format = format,
                              .sizeBytes = 8 * MiB,
                              .isPreallocated = isPreallocated},
                             [&result](Result<> done) { result = std::move(done); }));
        QVERIFY(job->waitForFinished());
        QVERIFY_OK(result);
        const auto probed = probeImageFormat(path);
        QVERIFY_OK(probed);
        QCOMPARE(*probed, format);
        const auto info = imageInfo(path);
        QVERIFY_OK(info);
        QCOMPARE(info->format, format);
        // VHD rounds to its idea of cylinders.
        QVERIFY(info->virtualSizeBytes >= 8 * MiB && info->virtualSizeBytes < 9 * MiB);
        QCOMPARE(info->uuid, mediumUuid(path));
        if (!isPreallocated)
            QVERIFY(!info->isPreallocated);
    }

    void existingFileIsNotOverwritten()
    {
        const QString path = file(QStringLiteral("d.qcow2"));
        write(path, "precious");
        const Result<> result = make(path, MiB);
        QVERIFY_ERROR(result, ErrorKind::Busy);
        QCOMPARE(QFileInfo(path).size(), 8);
    }

    void fullDiskLeavesNothing()
    {
        const QString path = file(QStringLiteral("d.qcow2"));
        Result<> result = {};
        {
            const FileSizeLimit limit(64 * 1024);
            std::unique_ptr<ImageJob> job(
                ImageJob::create({.path = path, .format = ImageFormat::Qcow2, .sizeBytes = MiB},
                                 [&result](Result<> done) { result = std::move(done); }));
            QVERIFY(job->waitForFinished());
        }
        QVERIFY_ERROR(result, ErrorKind::NoSpace);
        QVERIFY(!QFileInfo::exists(path));
    }

    void impossibleRequestsAreRefused()
    {
        QVERIFY_ERROR(make(file(QStringLiteral("d")), 0), ErrorKind::Invalid);
        QVERIFY_ERROR(make(file(QStringLiteral("none/d")), MiB), ErrorKind::NotFound);
        QVERIFY_ERROR(probeImageFormat(file(QStringLiteral("none"))), ErrorKind::NotFound);
        QVERIFY_ERROR(probeImageFormat(m_folder->path()), ErrorKind::Invalid);
        QVERIFY_ERROR(imageInfo(file(QStringLiteral("none"))), ErrorKind::NotFound);
    }

    void conversionTellsItsProgress()
    {
        const QString source = file(QStringLiteral("s.raw"));
        write(source, QByteArray(int(4 * MiB), 'x'));
        const QString target = file(QStringLiteral("t.vdi"));
        int calls = 0;
        std::unique_ptr<ImageJob> job(
            ImageJob::convert(source, {.path = target, .format = ImageFormat::Vdi},
                              [&calls](Result<> done) { calls += done ? 1 : 100; }));
        QSignalSpy spy(job.get(), &ImageJob::progressed);
        QTRY_COMPARE(calls, 1);
        QCOMPARE(spy.last().first().toInt(), 100);
        QCOMPARE(*probeImageFormat(target), ImageFormat::Vdi);
    }

    void cancelledConversionLeavesNothing()
    {
        const QString source = file(QStringLiteral("s.raw"));
        write(source, QByteArray(int(64 * MiB), 'x'));
        const QString target = file(QStringLiteral("t.qcow2"));
        QList<ErrorKind> kinds;
        std::unique_ptr<ImageJob> job(ImageJob::convert(
            source, {.path = target, .format = ImageFormat::Qcow2},
            [&kinds](Result<> done) { kinds.append(done ? ErrorKind::Io : done.error().kind()); }));
        connect(job.get(), &ImageJob::progressed, job.get(), &ImageJob::cancel);
        QTRY_COMPARE(kinds, QList<ErrorKind>({ErrorKind::Cancelled}));
        QVERIFY(!QFileInfo::exists(target));
        QCOMPARE(QFileInfo(source).size(), 64 * MiB);
    }

    void destroyedJobLeavesNothing()
    {
        const QString path = file(QStringLiteral("d.qcow2"));
        bool wasCalled = false;
        delete ImageJob::create({.path = path, .sizeBytes = MiB},
                                [&wasCalled](Result<>) { wasCalled = true; });
        QVERIFY(!QFileInfo::exists(path));
        QVERIFY(!wasCalled);
    }

    void disksGrowButAreNotCut()
    {
        const QString path = file(QStringLiteral("d.qcow2"));
        QVERIFY_OK(make(path, 2 * MiB));
        for (const auto &[size, isFine] : {std::pair(4 * MiB, true), std::pair(MiB, false)}) {
            Result<> result = {};
            std::unique_ptr<ImageJob> job(ImageJob::resize(
                path, size, [&result](Result<> done) { result = std::move(done); }));
            QVERIFY(job->waitForFinished());
            QCOMPARE(result.has_value(), isFine);
            QCOMPARE(imageInfo(path)->virtualSizeBytes, 4 * MiB);
        }
    }

    void missingProgramNamesThePackage()
    {
        const QByteArray old = qgetenv("PATH");
        qputenv("PATH", QFile::encodeName(m_folder->path()));
        const Result<> result = make(file(QStringLiteral("d")), MiB);
        const auto info = imageInfo(QStringLiteral("/proc/self/exe"));
        qputenv("PATH", old);
        QVERIFY_ERROR(result, ErrorKind::Unsupported);
        QVERIFY(toQString(result.error().remedy()).contains(QStringLiteral("qemu-utils")));
        QVERIFY_ERROR(info, ErrorKind::Unsupported);
        QVERIFY(!QFileInfo::exists(file(QStringLiteral("d"))));
    }

    void guestCannotChangeARawDisksFormat()
    {
        const QString path = file(QStringLiteral("d.raw"));
        write(path, QByteArray("QFI\xfb") + QByteArray(1020, '\0'));
        QCOMPARE(*probeImageFormat(path), ImageFormat::Raw);
        QCOMPARE(imageInfo(path)->format, ImageFormat::Raw);
    }

    void sameFileHasOneUuid()
    {
        QCOMPARE(mediumUuid(QStringLiteral("/a/../b.iso")), mediumUuid(QStringLiteral("/b.iso")));
        QVERIFY(mediumUuid(QStringLiteral("/a.iso")) != mediumUuid(QStringLiteral("/b.iso")));
        QVERIFY(freeBytesFor(file(QStringLiteral("not/yet/made"))) > 0);
    }

private:
    QString file(const QString &name) const { return m_folder->filePath(name); }

    static void write(const QString &path, const QByteArray &bytes)
    {
        QFile target(path);
        QVERIFY(target.open(QIODevice::WriteOnly));
        QCOMPARE(target.write(bytes), bytes.size());
    }

    static Result<> make(const QString &path, qint64 bytes)
    {
        Result<> result = Error(ErrorKind::Io, "not called");
        std::unique_ptr<ImageJob> job(
            ImageJob::create({.path = path, .sizeBytes = bytes},
                             [&result](Result<> done) { result = std::move(done); }));
        job->waitForFinished();
        return result;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestDiskImage)
#include "tst_disk_image.moc"
