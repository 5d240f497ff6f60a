// SPDX-License-Identifier: GPL-3.0-or-later
// Sticks of files, read back by mtools, which knows nothing of the code that wrote them.
#include "engine/machine/qt_text.h"
#include "engine/media/fat_image.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QProcessEnvironment>
#include <QtCore/QRandomGenerator>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace engine;

class TestFatImage final : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void filesComeBackAsTheyWere();
    void namesThatFatHasNoRoomFor();
    void equalNamesAreKeptApart();
    void aThousandFilesInOneFolder();
    void nothingAndNobodysFilesAreRefused();
    void aLinkOutOfAFolderIsLeftOut();
    void aFullPlaceIsSaid();

private:
    QString write(const QString &path, const QByteArray &contents)
    {
        const QString whole = m_folder.filePath(path);
        QDir().mkpath(QFileInfo(whole).path());
        QFile file(whole);
        if (!file.open(QIODevice::WriteOnly) || file.write(contents) != contents.size())
            qFatal("cannot write %s", qPrintable(whole));
        return whole;
    }
    // What a tool of mtools prints about the partition.
    QByteArray tool(const QString &name, const QStringList &arguments)
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("LC_ALL", "C.UTF-8");
        environment.insert("MTOOLS_SKIP_CHECK", "0");
        process.setProcessEnvironment(environment);
        process.start(name, QStringList{"-i", image() + "@@32256"} + arguments);
        if (!process.waitForFinished() || process.exitCode() != 0)
            qWarning("%s: %s", qPrintable(name), process.readAllStandardError().constData());
        return process.readAllStandardOutput();
    }
    QString image() const { return m_folder.filePath("stick.img"); }

    QTemporaryDir m_folder;
};

void TestFatImage::initTestCase()
{
    if (QStandardPaths::findExecutable("mdir").isEmpty())
        QSKIP("mtools are not installed");
}

void TestFatImage::filesComeBackAsTheyWere()
{
    QByteArray random(3 * 1024 * 1024 + 77, '\0');
    QRandomGenerator(1).fillRange(reinterpret_cast<quint32 *>(random.data()), random.size() / 4);
    const QString big = write("in/big.bin", random);
    const QString empty = write("in/EMPTY.TXT", "");
    write("in/folder/inner/deep note.txt", "deep");
    QVERIFY(writeFatImage({big, empty, m_folder.filePath("in/folder")}, image()));
    QCOMPARE(tool("mtype", {"::big.bin"}), random);
    QCOMPARE(tool("mtype", {"::EMPTY.TXT"}), QByteArray());
    QCOMPARE(tool("mtype", {"::folder/inner/deep note.txt"}), QByteArray("deep"));
    QVERIFY(tool("mdir", {"-b", "::/"}).contains("EMPTY.TXT"));
    const QByteArray facts = tool("minfo", {"::"});
    QVERIFY2(facts.contains("FAT16"), facts.constData());
}

void TestFatImage::namesThatFatHasNoRoomFor()
{
    const QString odd = write("odd/Größe: 5*?.tar.gz", "a");
    const QString dotted = write("odd/ends with dots...", "b");
    const QString hidden = write("odd/.profile", "c");
    const QString longName = write("odd/" + QString(200, 'x') + ".txt", "d");
    QVERIFY(writeFatImage({odd, dotted, hidden, longName}, image()));
    QCOMPARE(tool("mtype", {QString("::Größe_ 5__.tar.gz")}), QByteArray("a"));
    QCOMPARE(tool("mtype", {"::ends with dots"}), QByteArray("b"));
    QCOMPARE(tool("mtype", {"::.profile"}), QByteArray("c"));
    QCOMPARE(tool("mtype", {"::" + QString(200, 'x') + ".txt"}), QByteArray("d"));
}

void TestFatImage::equalNamesAreKeptApart()
{
    const QStringList files{write("a/report.txt", "1"), write("b/REPORT.txt", "2"),
                            write("c/report.txt", "3")};
    QVERIFY(writeFatImage(files, image()));
    QCOMPARE(tool("mtype", {"::report.txt"}), QByteArray("1"));
    QCOMPARE(tool("mtype", {"::REPORT (2).txt"}), QByteArray("2"));
    QCOMPARE(tool("mtype", {"::report (3).txt"}), QByteArray("3"));
}

void TestFatImage::aThousandFilesInOneFolder()
{
    QStringList files;
    for (int i = 0; i < 1000; ++i)
        files << write(QString("many/a rather long name %1.data").arg(i), QByteArray::number(i));
    QVERIFY(writeFatImage({m_folder.filePath("many")}, image()));
    QCOMPARE(tool("mdir", {"-b", "::many"}).count(".data"), 1000);
    QCOMPARE(tool("mtype", {"::many/a rather long name 999.data"}), QByteArray("999"));
    QVERIFY(writeFatImage(files, image())); // in the root, which has a fixed size
    QCOMPARE(tool("mdir", {"-b", "::/"}).count(".data"), 1000);
}

void TestFatImage::nothingAndNobodysFilesAreRefused()
{
    QVERIFY(!writeFatImage({}, image()));
    const Result<> missing = writeFatImage({m_folder.filePath("nowhere")}, image());
    QCOMPARE(missing.error().kind(), ErrorKind::NotFound);
    QFile huge(m_folder.filePath("huge"));
    QVERIFY(huge.open(QIODevice::WriteOnly) && huge.resize(LargestFatContents + 1));
    const Result<> large = writeFatImage({huge.fileName()}, image());
    QCOMPARE(large.error().kind(), ErrorKind::NoSpace);
    QVERIFY(errorText(large.error()).contains("2000 MiB"));
    QVERIFY(!writeFatImage({"/dev/null"}, image()));
}

void TestFatImage::aLinkOutOfAFolderIsLeftOut()
{
    write("links/real.txt", "r");
    QFile::link("/etc/passwd", m_folder.filePath("links/linked.txt"));
    QFile::link(m_folder.path(), m_folder.filePath("links/around"));
    QVERIFY(writeFatImage({m_folder.filePath("links")}, image()));
    QCOMPARE(tool("mdir", {"-b", "::links"}).trimmed(), QByteArray("::/links/real.txt"));
}

void TestFatImage::aFullPlaceIsSaid()
{
    const QString file = write("in/some", QByteArray(1000, 's'));
    const Result<> full = writeFatImage({file}, "/dev/full");
    QVERIFY(!full);
}

QTEST_GUILESS_MAIN(TestFatImage)
#include "tst_fat_image.moc"
