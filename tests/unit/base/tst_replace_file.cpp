// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/replace_file.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <csignal>

#include <sys/resource.h>

using namespace engine;

namespace {

std::vector<std::uint8_t> bytes(std::string_view text)
{
    return {text.begin(), text.end()};
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestReplaceFile : public QObject
{
    Q_OBJECT

private slots:
    void newFileIsTheOwnersOnly()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("nvram");
        QVERIFY(replaceFile(path.toStdString(), bytes("one")));
        QCOMPARE(contentOf(path), QByteArray("one"));
        const auto others = QFileDevice::ReadGroup | QFileDevice::WriteGroup
            | QFileDevice::ReadOther | QFileDevice::WriteOther;
        QVERIFY(!(QFile(path).permissions() & others));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{"nvram"});
    }

    void replacingKeepsPermissionsAndLinks()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("real");
        const QString link = folder.filePath("link");
        QVERIFY(replaceFile(path.toStdString(), bytes("one")));
        const auto permissions =
            QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ReadGroup;
        QVERIFY(QFile(path).setPermissions(permissions));
        QVERIFY(QFile::link(path, link));
        QVERIFY(replaceFile(link.toStdString(), bytes("two")));
        QVERIFY(QFileInfo(link).isSymLink());
        QCOMPARE(contentOf(path), QByteArray("two"));
        QVERIFY(QFile(path).permissions().testFlag(QFileDevice::ReadGroup));
    }

    void leftoversOfAKilledRunAreNoHindrance()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("nvram");
        QVERIFY(QFile::link("/dev/full", path + ".new"));
        QVERIFY(replaceFile(path.toStdString(), bytes("one")));
        QCOMPARE(contentOf(path), QByteArray("one"));
    }

    void failureNamesTheFileAndKeepsTheOldContent()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("nvram");
        QVERIFY(replaceFile(path.toStdString(), bytes("one")));
        // No file of this process may grow beyond four bytes.
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before = {};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        const rlimit small = {4, before.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto result = replaceFile(path.toStdString(), bytes("too long"));
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY(!result);
        QCOMPARE(result.error().kind(), ErrorKind::NoSpace);
        QVERIFY(result.error().text().find(path.toStdString()) != std::string::npos);
        QVERIFY(!result.error().remedy().empty());
        QCOMPARE(contentOf(path), QByteArray("one"));
        QVERIFY(!QFile::exists(path + ".new"));
    }

    void missingFolderIsSaidSo()
    {
        const auto result = replaceFile("/nowhere/at/all", bytes("x"));
        QVERIFY(!result);
        QCOMPARE(result.error().kind(), ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestReplaceFile)
#include "tst_replace_file.moc"
