// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/existing_disk.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>

#include <fcntl.h>
#include <unistd.h>

using namespace engine;

namespace {

constexpr qint64 MiB = 1024 * 1024;

void makeImage(const QStringList &arguments)
{
    QProcess process;
    process.start(QStringLiteral("qemu-img"),
                  QStringList{QStringLiteral("create"), QStringLiteral("-q")} + arguments);
    check(process.waitForFinished() && process.exitCode() == 0, "qemu-img create");
}

bool hasProblem(const QList<FitSentence> &remarks)
{
    return std::any_of(remarks.begin(), remarks.end(), [](const FitSentence &remark) {
        return remark.severity == FitSentence::Severity::Problem;
    });
}

QString text(const QList<FitSentence> &remarks)
{
    QStringList texts;
    for (const FitSentence &remark : remarks)
        texts.append(remark.text);
    return texts.join(u'\n');
}

} // namespace

class TestExistingDisk final : public QObject
{
    Q_OBJECT
private slots:
    void formatsAreTold_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("title");
        for (const auto &[format, title] :
             {std::pair{"qcow2", "qcow2"}, std::pair{"vdi", "VDI"}, std::pair{"vmdk", "VMDK"},
              std::pair{"vhdx", "VHDX"}, std::pair{"vpc", "VHD"}, std::pair{"raw", "Raw"}})
            QTest::newRow(format) << QString::fromLatin1(format) << QString::fromLatin1(title);
    }
    void formatsAreTold()
    {
        QFETCH(QString, format);
        QFETCH(QString, title);
        QTemporaryDir folder;
        const QString path =
            folder.filePath(QStringLiteral("a.")
                            + (format == QLatin1String("vpc") ? QStringLiteral("vhd") : format));
        makeImage({QStringLiteral("-f"), format, path, QStringLiteral("64M")});
        const auto facts = probeDisk(path);
        QVERIFY_OK(facts);
        QVERIFY(facts->virtualSizeBytes >= 64 * MiB);
        QVERIFY(facts->isWritable);
        QVERIFY(!facts->isLocked);
        const auto remarks = existingDiskRemarks(*facts, DiskSource::Existing, {});
        QVERIFY2(text(remarks).startsWith(title + QStringLiteral(" image of")),
                 qPrintable(text(remarks)));
        QVERIFY(!hasProblem(remarks));
    }

    void chainsAreFollowed()
    {
        QTemporaryDir folder;
        const QString base = folder.filePath(QStringLiteral("base.qcow2"));
        const QString top = folder.filePath(QStringLiteral("top.qcow2"));
        makeImage({QStringLiteral("-f"), QStringLiteral("qcow2"), base, QStringLiteral("64M")});
        makeImage({QStringLiteral("-f"), QStringLiteral("qcow2"), QStringLiteral("-b"), base,
                   QStringLiteral("-F"), QStringLiteral("qcow2"), top});
        auto facts = probeDisk(top);
        QVERIFY_OK(facts);
        QCOMPARE(facts->chain, QStringList{base});
        QVERIFY(facts->missingBase.isEmpty());
        auto remarks = existingDiskRemarks(*facts, DiskSource::Existing, {});
        QVERIFY(text(remarks).contains(QStringLiteral("must stay")));
        QVERIFY(!hasProblem(remarks));
        remarks = existingDiskRemarks(*facts, DiskSource::Copy, {});
        QVERIFY(text(remarks).contains(QStringLiteral("stands alone")));

        QVERIFY(QFile::remove(base));
        facts = probeDisk(top);
        QVERIFY_OK(facts);
        QCOMPARE(facts->missingBase, base);
        for (const DiskSource source : {DiskSource::Existing, DiskSource::Copy}) {
            remarks = existingDiskRemarks(*facts, source, {});
            QVERIFY(hasProblem(remarks));
            QVERIFY(text(remarks).contains(QStringLiteral("missing")));
        }
    }

    void disksInUseAreTold()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("a.raw"));
        makeImage({QStringLiteral("-f"), QStringLiteral("raw"), path, QStringLiteral("1M")});
        const int file = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CLOEXEC);
        QVERIFY(file >= 0);
        // As a QEMU that writes to it does.
        struct flock range = {};
        range.l_type = F_RDLCK;
        range.l_whence = SEEK_SET;
        range.l_start = 201;
        range.l_len = 1;
        QCOMPARE(::fcntl(file, F_OFD_SETLK, &range), 0);
        auto facts = probeDisk(path);
        QVERIFY_OK(facts);
        QVERIFY(facts->isLocked);
        QVERIFY(text(existingDiskRemarks(*facts, DiskSource::Copy, {}))
                    .contains(QStringLiteral("Another program has it open")));
        QVERIFY(text(existingDiskRemarks(*facts, DiskSource::Copy, QStringLiteral("Debian")))
                    .contains(QStringLiteral("\"Debian\" is using it")));
        ::close(file);
        facts = probeDisk(path);
        QVERIFY_OK(facts);
        QVERIFY(!facts->isLocked);
        // A machine that is off.
        QVERIFY(hasProblem(
            existingDiskRemarks(*facts, DiskSource::Existing, QStringLiteral("Debian"))));
        QVERIFY(
            !hasProblem(existingDiskRemarks(*facts, DiskSource::Copy, QStringLiteral("Debian"))));
    }

    void readOnlyDisksCanBeCopied()
    {
        const DiskFacts facts{.path = QStringLiteral("/a.raw"), .format = ImageFormat::Raw};
        QVERIFY(hasProblem(existingDiskRemarks(facts, DiskSource::Existing, {})));
        QVERIFY(!hasProblem(existingDiskRemarks(facts, DiskSource::Copy, {})));
    }

    void whatIsNoDiskIsRefused()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("a.txt")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("text") == 4);
        file.close();
        QVERIFY_ERROR(probeDisk(file.fileName()), ErrorKind::Unsupported);
        QVERIFY_ERROR(probeDisk(folder.path()), ErrorKind::Invalid);
        QVERIFY_ERROR(probeDisk(folder.filePath(QStringLiteral("none"))), ErrorKind::NotFound);
    }

    void usersOfADiskAreFound()
    {
        QTemporaryDir folder;
        MachineStore store(folder.filePath(QStringLiteral("config")),
                           folder.filePath(QStringLiteral("machines")));
        const QString base = folder.filePath(QStringLiteral("base.qcow2"));
        const QString top = folder.filePath(QStringLiteral("top.qcow2"));
        makeImage({QStringLiteral("-f"), QStringLiteral("qcow2"), base, QStringLiteral("64M")});
        makeImage({QStringLiteral("-f"), QStringLiteral("qcow2"), QStringLiteral("-b"), base,
                   QStringLiteral("-F"), QStringLiteral("qcow2"), top});
        MachineDefinition definition;
        definition.name = QStringLiteral("user");
        definition.controllers = {{.name = QStringLiteral("SATA"), .attachments = {{.path = top}}}};
        QVERIFY_OK(store.create(definition));
        QCOMPARE(userOfDisk(top, store), QStringLiteral("user"));
        QCOMPARE(userOfDisk(base, store), QStringLiteral("user"));
        QVERIFY(userOfDisk(folder.filePath(QStringLiteral("other")), store).isEmpty());
    }

    void copiesTakeWhatIsInUse()
    {
        const DiskFacts facts{.virtualSizeBytes = 100 * MiB, .allocatedBytes = 10 * MiB};
        QCOMPARE(copySize(facts, false), 10 * MiB);
        QCOMPARE(copySize(facts, true), 100 * MiB);
    }
};

QTEST_GUILESS_MAIN(TestExistingDisk)
#include "tst_existing_disk.moc"
