// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest may keep in its cache of a file that it opens again: only what is as it was.
#include "engine/share/settled_files.h"
#include "tests/support/fuse_client.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

using namespace engine::share;
using namespace std::chrono_literals;
using tests::FuseClient;

namespace {

// Longer than a file takes to be settled here, and the guest to forget.
constexpr int Settled = 2200;

class Shared final
{
public:
    explicit Shared(std::optional<std::chrono::seconds> settlingTime,
                    ShareOptions::Locks locks = ShareOptions::Locks::InGuest)
    {
        write("the first words");
        server = std::move(*FuseServer::open({.folder = folder.path().toStdString(),
                                              .locks = locks,
                                              .settlingTime = settlingTime}));
        client = std::make_unique<FuseClient>(*server);
        client->initialize();
        node = client->walk("file");
        engine::check(node != 0, "no file");
    }
    QString path() const { return folder.filePath("file"); }
    void write(const QByteArray &text) const
    {
        QFile file(path());
        engine::check(file.open(QFile::WriteOnly) && file.write(text) == text.size(), "a file");
    }
    // Whether an open leaves the guest's cache as it is.
    bool keeps(int flags = O_RDONLY) { return (open(flags) & FOPEN_KEEP_CACHE) != 0; }
    // Whether the guest is to ask at each close.
    bool flushes(int flags) { return (open(flags) & FOPEN_NOFLUSH) == 0; }
    bool flushesNew(int flags)
    {
        const auto made = client->create(FUSE_ROOT_ID, "new", flags, 0644);
        engine::check(made.error == 0, "not made");
        client->release(made.node, made.handle);
        client->forget(made.node, 1);
        return (made.openFlags & FOPEN_NOFLUSH) == 0;
    }
    std::uint32_t open(int flags) // FOPEN_...
    {
        const auto open = client->open(node, flags).as<fuse_open_out>();
        engine::check(open.fh != 0, "not opened");
        client->release(node, open.fh);
        return open.open_flags;
    }

    QTemporaryDir folder;
    std::unique_ptr<FuseServer> server;
    std::unique_ptr<FuseClient> client;
    std::uint64_t node = 0;
};

} // namespace

class TestFuseCache final : public QObject
{
    Q_OBJECT
private slots:
    void whatNobodyChangesIsKept()
    {
        Shared shared(0s);
        QVERIFY(!shared.keeps()); // just made
        QTest::qWait(Settled);
        QVERIFY(!shared.keeps()); // what it has may be older than the server
        QVERIFY(!shared.keeps()); // it may not have forgotten that yet
        QTest::qWait(1100);
        QVERIFY(shared.keeps());
        QVERIFY(shared.keeps());

        // Another program's change, of the same size.
        shared.write("another's words");
        QVERIFY(!shared.keeps());
        QTest::qWait(Settled);
        QVERIFY(!shared.keeps());
        QTest::qWait(1100);
        QVERIFY(shared.keeps());

        // Whoever sets the time back cannot hide it.
        struct stat before
        { };
        QCOMPARE(::stat(qPrintable(shared.path()), &before), 0);
        shared.write("a hidden change");
        const timespec times[] = {before.st_atim, before.st_mtim};
        QCOMPARE(::utimensat(AT_FDCWD, qPrintable(shared.path()), times, 0), 0);
        QVERIFY(!shared.keeps());
    }

    void theGuestsOwnChangesCountAsWell()
    {
        Shared shared(0s);
        QTest::qWait(Settled);
        QVERIFY(!shared.keeps());
        QTest::qWait(1100);
        QVERIFY(shared.keeps());
        const std::uint64_t handle =
            shared.client->open(shared.node, O_WRONLY).as<fuse_open_out>().fh;
        QCOMPARE(shared.client->write(shared.node, handle, 0, "THE").error, 0);
        QVERIFY(!shared.keeps());
        QVERIFY(!shared.keeps(O_WRONLY | O_TRUNC));
    }

    void whatWasChangedLatelyIsNeverKept()
    {
        Shared shared(60s);
        QTest::qWait(Settled);
        QVERIFY(!shared.keeps());
        QTest::qWait(1100);
        QVERIFY(!shared.keeps());
    }

    void anotherFileOfTheSameNameIsAnother()
    {
        Shared shared(0s);
        QTest::qWait(Settled);
        QVERIFY(!shared.keeps());
        QTest::qWait(1100);
        QVERIFY(shared.keeps());
        shared.client->forget(shared.node, 1);
        shared.node = shared.client->walk("file");
        QVERIFY(!shared.keeps()); // the guest is told of it anew, and so is the server
    }

    void withoutASettlingTimeNothingIsKept()
    {
        Shared shared(std::nullopt);
        QTest::qWait(Settled);
        QVERIFY(!shared.keeps());
        QTest::qWait(1100);
        QVERIFY(!shared.keeps());
    }

    void aCloseThatHasNothingToTellIsNotAsked()
    {
        Shared here(60s);
        QVERIFY(!here.flushes(O_RDONLY));
        QVERIFY(!here.flushes(O_WRONLY));
        QVERIFY(!here.flushesNew(O_WRONLY));
        QVERIFY(here.flushes(O_RDWR)); // a mapping's pages are written back then
        QVERIFY(here.flushesNew(O_RDWR));

        Shared elsewhere(std::nullopt); // where errors of writes come at the close
        QVERIFY(!elsewhere.flushes(O_RDONLY));
        QVERIFY(elsewhere.flushes(O_WRONLY));
        QVERIFY(elsewhere.flushesNew(O_WRONLY));

        Shared locking(60s, ShareOptions::Locks::OnHost); // a close lets go of locks
        QVERIFY(locking.flushes(O_RDONLY));
        QVERIFY(locking.flushes(O_WRONLY));
    }

    void onlyDisksOfThisComputerSettle()
    {
        for (const char *place : {"/dev/shm", "/proc", "/sys"}) {
            const int folder = ::open(place, O_PATH | O_DIRECTORY);
            QVERIFY(folder < 0 || !settlingTime(folder).has_value());
            ::close(folder);
        }
        const int home = ::open(qPrintable(QDir::currentPath()), O_PATH | O_DIRECTORY);
        const auto time = settlingTime(home);
        ::close(home);
        QVERIFY(!time || *time >= 60s);
    }
};

QTEST_GUILESS_MAIN(TestFuseCache)
#include "tst_fuse_cache.moc"
