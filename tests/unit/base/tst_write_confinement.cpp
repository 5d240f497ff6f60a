// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/write_confinement.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <cerrno>
#include <cstdio>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace engine;

namespace {

int errorOf(int result)
{
    return result < 0 ? errno : 0;
}

int openError(const std::string &path, int flags)
{
    const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    const int error = errorOf(file);
    if (file >= 0)
        ::close(file);
    return error;
}

} // namespace

class TestWriteConfinement final : public QObject
{
    Q_OBJECT

private slots:
    // On a thread of its own: it is for good.
    void writesOnlyWhereItSaid()
    {
        const QTemporaryDir temporary;
        const std::string root = temporary.path().toStdString();
        for (const char *name : {"/machine", "/machine/Logs", "/other"})
            QCOMPARE(::mkdir((root + name).c_str(), 0700), 0);
        for (const char *name : {"/disk.raw", "/secret", "/machine/old"})
            QCOMPARE(openError(root + name, O_CREAT | O_WRONLY), 0);

        struct
        {
            int make = -1, log = -1, move = -1, remove = -1, disk = -1, truncate = -1;
            int secret = -1, elsewhere = -1, removeSecret = -1, moveOut = -1, read = -1, sub = -1;
        } error;
        Result<bool> isConfined = false;
        std::thread([&] {
            isConfined = confineWrites(
                {{root + "/machine", root + "/missing"}, {root + "/disk.raw", root + "/no.raw"}});
            error.make = openError(root + "/machine/definition", O_CREAT | O_WRONLY);
            error.log = openError(root + "/machine/Logs/log", O_CREAT | O_WRONLY);
            error.move = errorOf(::rename((root + "/machine/definition").c_str(),
                                          (root + "/machine/Logs/definition").c_str()));
            error.remove = errorOf(::unlink((root + "/machine/old").c_str()));
            error.disk = openError(root + "/disk.raw", O_RDWR);
            error.truncate = errorOf(::truncate((root + "/disk.raw").c_str(), 4096));
            error.secret = openError(root + "/secret", O_WRONLY);
            error.elsewhere = openError(root + "/other/new", O_CREAT | O_WRONLY);
            error.removeSecret = errorOf(::unlink((root + "/secret").c_str()));
            error.moveOut = errorOf(
                ::rename((root + "/machine/Logs/log").c_str(), (root + "/other/log").c_str()));
            error.read = openError(root + "/secret", O_RDONLY);
            std::thread([&] { error.sub = openError(root + "/secret", O_WRONLY); }).join();
        }).join();
        QVERIFY2(isConfined,
                 isConfined ? "" : qPrintable(QString::fromStdString(isConfined.error().text())));
        if (!*isConfined)
            QSKIP("this kernel has no Landlock");
        QCOMPARE(error.make, 0);
        QCOMPARE(error.log, 0);
        QCOMPARE(error.move, 0);
        QCOMPARE(error.remove, 0);
        QCOMPARE(error.disk, 0);
        QCOMPARE(error.truncate, 0);
        QCOMPARE(error.secret, EACCES);
        QCOMPARE(error.elsewhere, EACCES);
        QCOMPARE(error.removeSecret, EACCES);
        QVERIFY(error.moveOut == EACCES || error.moveOut == EXDEV);
        QCOMPARE(error.read, 0);
        QCOMPARE(error.sub, EACCES);
        // Others are as free as before.
        QCOMPARE(openError(root + "/secret", O_WRONLY), 0);
    }
};

QTEST_GUILESS_MAIN(TestWriteConfinement)
#include "tst_write_confinement.moc"
