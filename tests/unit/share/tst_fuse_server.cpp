// SPDX-License-Identifier: GPL-3.0-or-later
// The FUSE protocol, request by request. What programs see of it is in tests/share.
#include "tests/support/fuse_client.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <thread>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace engine::share;
using tests::FuseClient;

namespace {

struct Shared
{
    explicit Shared(ShareOptions options = {})
    {
        options.folder = folder.path().toStdString();
        server = std::move(*FuseServer::open(std::move(options)));
        client = std::make_unique<FuseClient>(*server);
        client->initialize();
    }
    QString path(const char *name) const { return folder.filePath(name); }
    void write(const char *name, const QByteArray &text) const
    {
        QFile file(path(name));
        engine::check(file.open(QFile::WriteOnly) && file.write(text) == text.size(), name);
    }
    QByteArray read(const char *name) const
    {
        QFile file(path(name));
        return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }

    QTemporaryDir folder;
    std::unique_ptr<FuseServer> server;
    std::unique_ptr<FuseClient> client;
};

fuse_lk_in lockRequest(std::uint64_t handle, std::uint64_t owner, std::uint32_t type)
{
    fuse_lk_in in{};
    in.fh = handle;
    in.owner = owner;
    in.lk = {0, std::uint64_t(std::numeric_limits<off_t>::max()), type, 1};
    return in;
}

} // namespace

class TestFuseServer : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { ::umask(0); }

    void aFolderThatCannotBeSharedIsNamed()
    {
        ShareOptions options;
        options.folder = "/nowhere/at/all";
        const auto missing = FuseServer::open(options);
        QVERIFY_ERROR(missing, engine::ErrorKind::NotFound);
        QVERIFY(missing.error().text().find("\"/nowhere/at/all\"") != std::string::npos);
        options.folder = "/dev/null";
        QVERIFY_ERROR(FuseServer::open(options), engine::ErrorKind::NotFound);
    }

    void featuresAreThoseOfBoth()
    {
        Shared shared;
        const auto all = shared.client->initialize().as<fuse_init_out>();
        QCOMPARE(all.major, 7U);
        QCOMPARE(all.minor, 38U);
        QCOMPARE(std::size_t(all.max_write), FuseServer::MaxWrite);
        QVERIFY((all.flags & FUSE_DO_READDIRPLUS) != 0);
        QVERIFY((all.flags & (FUSE_WRITEBACK_CACHE | FUSE_EXPORT_SUPPORT | FUSE_POSIX_LOCKS)) == 0);
        const auto few = shared.client->initialize(FUSE_ASYNC_READ | FUSE_POSIX_ACL, 31);
        QCOMPARE(few.as<fuse_init_out>().flags, std::uint32_t(FUSE_ASYNC_READ));
        QCOMPARE(few.as<fuse_init_out>().minor, 31U);
    }

    void versionsThatCannotBeServedAreRefused()
    {
        Shared shared;
        QCOMPARE(shared.client->initialize(0, 30).error, EPROTO);
        fuse_init_in in{};
        in.major = 8;
        QCOMPARE(shared.client->ask(FUSE_INIT, 0, FuseClient::raw(in)).as<fuse_init_out>().major,
                 7U);
        in.major = 6;
        QCOMPARE(shared.client->ask(FUSE_INIT, 0, FuseClient::raw(in)).error, EPROTO);
        QCOMPARE(shared.client->ask(FUSE_INIT, 0, "short").error, EINVAL);
    }

    void nothingIsServedBeforeInit()
    {
        Shared shared;
        FuseServer &server = *shared.server;
        QCOMPARE(shared.client->ask(FUSE_DESTROY, 0).error, 0);
        QCOMPARE(shared.client->lookup(FUSE_ROOT_ID, "x").error, EIO);
        shared.client->initialize();
        QCOMPARE(shared.client->lookup(FUSE_ROOT_ID, "x").error, ENOENT);
        QCOMPARE(server.knownFiles(), std::size_t(0));
    }

    // A reply is right, or refused for want of room; it never goes beyond (FuseClient looks).
    void everyRequestInPiecesAndWithEverySize_data()
    {
        QTest::addColumn<int>("piece");
        QTest::newRow("one piece") << 0;
        QTest::newRow("single bytes") << 1;
        QTest::newRow("sevens") << 7;
    }
    void everyRequestInPiecesAndWithEverySize()
    {
        QFETCH(int, piece);
        Shared shared;
        shared.client->setPieceSize(std::size_t(piece));
        shared.write("file", "contents");
        const std::uint64_t node = shared.client->walk("file");
        QVERIFY(node != 0);
        const std::uint64_t handle = shared.client->open(node, O_RDWR).as<fuse_open_out>().fh;
        QCOMPARE(shared.client->write(node, handle, 3, "TEN").as<fuse_write_out>().size, 3U);
        QCOMPARE(shared.client->read(node, handle, 0, 100).bytes, std::string("conTENts"));
        for (std::uint32_t opcode = 0; opcode < 60; ++opcode) {
            if (opcode == FUSE_DESTROY || opcode == FUSE_INIT)
                continue;
            for (std::size_t size = 0; size < 80; size += 3) {
                const std::string arguments(size, char(size));
                for (const std::size_t room : {0, 1, 50, 200})
                    shared.client->ask(opcode, node, arguments, room);
            }
        }
        QVERIFY(shared.client->walk("file") != 0);
    }

    void aRequestThatLiesAboutItsLengthIsRefused()
    {
        Shared shared;
        fuse_in_header header{};
        header.opcode = FUSE_GETATTR;
        header.unique = 99;
        header.nodeid = FUSE_ROOT_ID;
        header.len = 1000;
        QCOMPARE(shared.client->askRaw(FuseClient::raw(header), 200).error, EINVAL);
        header.len = 8;
        QCOMPARE(shared.client->askRaw(FuseClient::raw(header), 200).error, EINVAL);
        QVERIFY(shared.client->askRaw("short", 200).error == EINVAL);
        QVERIFY(!shared.client->askRaw(FuseClient::raw(header), 15).isThere);
        // What lies behind the length is not part of it.
        header.len = sizeof header;
        header.opcode = FUSE_STATFS;
        QCOMPARE(shared.client->askRaw(FuseClient::raw(header) + "more", 200).error, 0);
    }

    void filesAreForgottenAsOftenAsTheyWereTold()
    {
        Shared shared;
        shared.write("file", "x");
        const std::uint64_t node = shared.client->walk("file");
        QCOMPARE(shared.client->walk("file"), node);
        QCOMPARE(shared.server->knownFiles(), std::size_t(1));
        shared.client->forget(node, 1);
        QCOMPARE(shared.client->attributes(node).size, std::uint64_t(1));
        shared.client->forget(node, 1);
        QCOMPARE(shared.server->knownFiles(), std::size_t(0));
        QCOMPARE(shared.client->ask(FUSE_GETATTR, node, FuseClient::raw(fuse_getattr_in{})).error,
                 ESTALE);
        shared.client->forget(node, 5); // nobody
        shared.client->forget(FUSE_ROOT_ID, 5);
        QVERIFY(shared.client->walk("file") > node);
        const std::uint64_t again = shared.client->walk("file");
        shared.client->forget(again, ~std::uint64_t(0)); // more than ever
        QCOMPARE(shared.server->knownFiles(), std::size_t(0));
        const std::uint64_t a = shared.client->walk("file");
        fuse_batch_forget_in in{};
        in.count = 1000000; // of which one is there
        shared.client->ask(FUSE_BATCH_FORGET, 0,
                           FuseClient::raw(in) + FuseClient::raw(fuse_forget_one{a, 1}));
        QCOMPARE(shared.server->knownFiles(), std::size_t(0));
    }

    void moreFilesAreKnownThanOpen()
    {
        ShareOptions options;
        options.mostOpen = 10;
        Shared shared(options);
        QVERIFY(QDir(shared.folder.path()).mkpath("a/b"));
        std::vector<std::uint64_t> nodes;
        for (int i = 0; i < 100; ++i) {
            const QByteArray name = "a/b/" + QByteArray::number(i);
            shared.write(name.constData(), QByteArray(i, 'x'));
            nodes.push_back(shared.client->walk(name.toStdString()));
        }
        QVERIFY(shared.server->knownOpenFiles() <= 11);
        QCOMPARE(shared.server->knownFiles(), std::size_t(102));
        for (int i = 0; i < 100; ++i)
            QCOMPARE(shared.client->attributes(nodes[std::size_t(i)]).size, std::uint64_t(i));
        // Moved by the guest, it is found; by somebody else, it is looked for again.
        const std::uint64_t folder = shared.client->walk("a/b");
        QCOMPARE(shared.client->rename(folder, "1", FUSE_ROOT_ID, "one").error, 0);
        QVERIFY(QFile::rename(shared.path("a/b/2"), shared.path("two")));
        for (int i = 10; i < 100; ++i)
            shared.client->attributes(nodes[std::size_t(i)]);
        QCOMPARE(
            shared.client->ask(FUSE_GETATTR, nodes[1], FuseClient::raw(fuse_getattr_in{})).error,
            0);
        QCOMPARE(shared.client->attributes(nodes[1]).size, std::uint64_t(1));
        QCOMPARE(
            shared.client->ask(FUSE_GETATTR, nodes[2], FuseClient::raw(fuse_getattr_in{})).error,
            ESTALE);
        QCOMPARE(shared.client->walk("two"), nodes[2]);
        QCOMPARE(shared.client->attributes(nodes[2]).size, std::uint64_t(2));
    }

    void ownersAreSquashedOrMapped_data()
    {
        QTest::addColumn<bool>("isMapped");
        QTest::newRow("squashed") << false;
        QTest::newRow("mapped") << true;
    }
    void ownersAreSquashedOrMapped()
    {
        QFETCH(bool, isMapped);
        ShareOptions options;
        options.owners = isMapped ? ShareOptions::Owners::Mapped : ShareOptions::Owners::Squashed;
        options.guestUser = 1234;
        options.guestGroup = 4321;
        Shared shared(options);
        shared.write("mine", "x");
        const std::uint64_t node = shared.client->walk("mine");
        QCOMPARE(shared.client->attributes(node).uid, 1234U);
        QCOMPARE(shared.client->attributes(node).gid, 4321U);
        fuse_setattr_in in{};
        in.valid = FATTR_UID | FATTR_GID;
        in.uid = 1234;
        in.gid = 4321;
        QCOMPARE(shared.client->setAttributes(node, in).error, 0);
        in.uid = 0;
        QCOMPARE(shared.client->setAttributes(node, in).error, EPERM);
        if (::geteuid() != 0)
            return;
        shared.write("other", "x");
        QVERIFY(::chown(shared.path("other").toLocal8Bit().constData(), 77, 77) == 0);
        const fuse_attr other = shared.client->attributes(shared.client->walk("other"));
        QCOMPARE(other.uid, isMapped ? 65534U : 1234U);
        QCOMPARE(other.gid, isMapped ? 65534U : 4321U);
    }

    void aReadOnlyShareCannotBeChanged()
    {
        ShareOptions options;
        options.isReadOnly = true;
        options.locks = ShareOptions::Locks::OnHost;
        Shared shared(options);
        FuseClient &client = *shared.client;
        shared.write("file", "text");
        QVERIFY(QDir(shared.folder.path()).mkdir("folder"));
        const std::uint64_t node = client.walk("file");
        const std::uint64_t root = FUSE_ROOT_ID;
        const std::uint64_t handle = client.open(node, O_RDONLY).as<fuse_open_out>().fh;
        QCOMPARE(client.read(node, handle, 0, 10).bytes, std::string("text"));
        QCOMPARE(client.open(node, O_RDWR).error, EROFS);
        QCOMPARE(client.open(node, O_WRONLY).error, EROFS);
        QCOMPARE(client.open(node, O_RDONLY | O_TRUNC).error, EROFS);
        QCOMPARE(client.write(node, handle, 0, "x").error, EROFS);
        QCOMPARE(client.create(root, "new", O_RDONLY, 0644).error, EROFS);
        QCOMPARE(client.makeFolder(root, "new").error, EROFS);
        QCOMPARE(client.makeNode(root, "new", S_IFREG | 0644).error, EROFS);
        QCOMPARE(client.makeLink(root, "new", "target").error, EROFS);
        QCOMPARE(client.link(node, root, "new").error, EROFS);
        QCOMPARE(client.remove(root, "file").error, EROFS);
        QCOMPARE(client.ask(FUSE_RMDIR, root, FuseClient::text("folder")).error, EROFS);
        QCOMPARE(client.rename(root, "file", root, "new").error, EROFS);
        fuse_setattr_in in{};
        in.valid = FATTR_MODE;
        QCOMPARE(client.setAttributes(node, in).error, EROFS);
        for (const std::uint32_t opcode : {FUSE_SETXATTR, FUSE_REMOVEXATTR, FUSE_FALLOCATE,
                                           FUSE_COPY_FILE_RANGE, FUSE_TMPFILE, FUSE_RENAME})
            QCOMPARE(client.ask(opcode, node, std::string(200, '\1')).error, EROFS);
        // A reader's lock needs no more than reading.
        QCOMPARE(
            client.ask(FUSE_SETLK, node, FuseClient::raw(lockRequest(handle, 1, F_RDLCK))).error,
            0);
        QCOMPARE(shared.read("file"), QByteArray("text"));
        QCOMPARE(
            QDir(shared.folder.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).size(),
            2);
    }

    void handlesNameOnlyWhatIsOpen()
    {
        Shared shared;
        FuseClient &client = *shared.client;
        const auto made = client.create(FUSE_ROOT_ID, "file", O_RDWR | O_EXCL, 0640);
        QCOMPARE(made.error, 0);
        QCOMPARE(client.attributes(made.node).mode, std::uint32_t(S_IFREG | 0640));
        QCOMPARE(client.create(FUSE_ROOT_ID, "file", O_RDWR | O_EXCL, 0640).error, EEXIST);
        QCOMPARE(client.write(made.node, made.handle + 1, 0, "x").error, EBADF);
        QCOMPARE(client.write(made.node, made.handle, 0, "x").error, 0);
        QCOMPARE(shared.server->openFiles(), std::size_t(1));
        QCOMPARE(client.release(made.node, made.handle).error, 0);
        QCOMPARE(client.release(made.node, made.handle).error, EBADF);
        QCOMPARE(client.read(made.node, made.handle, 0, 1).error, EBADF);
        QCOMPARE(shared.server->openFiles(), std::size_t(0));
        const std::uint64_t handle = client.open(made.node, O_RDONLY).as<fuse_open_out>().fh;
        QCOMPARE(client.write(made.node, handle, 0, "x").error, EBADF);
        QCOMPARE(client.open(made.node, O_ACCMODE).error, EINVAL);
    }

    void aGuestThatStartsAnewKnowsNothing()
    {
        Shared shared;
        shared.write("file", "x");
        const auto made = shared.client->create(FUSE_ROOT_ID, "other", O_RDWR, 0644);
        QVERIFY(shared.client->walk("file") != 0);
        shared.client->initialize();
        QCOMPARE(shared.server->knownFiles(), std::size_t(0));
        QCOMPARE(shared.server->openFiles(), std::size_t(0));
        QCOMPARE(shared.client->read(FUSE_ROOT_ID, made.handle, 0, 1).error, EBADF);
        QCOMPARE(shared.client->open(made.node, O_RDONLY).error, ESTALE);
    }

    void writesAreWhereTheyShouldBe()
    {
        Shared shared;
        FuseClient &client = *shared.client;
        const auto made = client.create(FUSE_ROOT_ID, "file", O_RDWR, 0644);
        client.write(made.node, made.handle, 0, "12345");
        // Appending is said with each write, and holds also when somebody else made the file grow.
        shared.write("file", "1234567");
        QCOMPARE(client.write(made.node, made.handle, 0, "8", O_APPEND).error, 0);
        QCOMPARE(shared.read("file"), QByteArray("12345678"));
        fuse_write_in cached{};
        cached.fh = made.handle;
        cached.size = 1;
        cached.flags = O_APPEND;
        cached.write_flags = FUSE_WRITE_CACHE;
        QCOMPARE(client.ask(FUSE_WRITE, made.node, FuseClient::raw(cached) + "0").error, 0);
        QCOMPARE(shared.read("file"), QByteArray("02345678"));
        cached.size = 100; // more than there is
        QCOMPARE(client.ask(FUSE_WRITE, made.node, FuseClient::raw(cached) + "0").error, EINVAL);
        QCOMPARE(client.write(made.node, made.handle, ~std::uint64_t(0), "x").error, EFBIG);
        QCOMPARE(client.read(made.node, made.handle, ~std::uint64_t(0), 1).error, EINVAL);
    }

    void foldersAreReadInPiecesOfAnySize_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<bool>("isPlus");
        for (const int size : {180, 1000, 65536})
            for (const bool isPlus : {false, true})
                QTest::addRow("%d%s", size, isPlus ? ", plus" : "") << size << isPlus;
    }
    void foldersAreReadInPiecesOfAnySize()
    {
        QFETCH(int, size);
        QFETCH(bool, isPlus);
        Shared shared;
        QStringList expected{".", ".."};
        for (int i = 0; i < 300; ++i) {
            const QByteArray name = "f" + QByteArray::number(i);
            shared.write(name.constData(), "");
            expected << name;
        }
        const auto entries =
            shared.client->readWholeFolder(FUSE_ROOT_ID, isPlus, std::uint32_t(size));
        QStringList found;
        for (const auto &entry : entries) {
            found << QString::fromStdString(entry.name);
            const bool isDots = entry.name[0] == '.';
            QCOMPARE(entry.type, isDots ? DT_DIR : DT_REG);
            QCOMPARE(entry.node != 0, isPlus && !isDots);
        }
        expected.sort();
        found.sort();
        QCOMPARE(found, expected);
        QCOMPARE(shared.server->knownFiles(), std::size_t(isPlus ? 300 : 0));
    }

    void onlyTheUsersAttributesAreSeen()
    {
        Shared shared;
        FuseClient &client = *shared.client;
        shared.write("file", "x");
        const std::uint64_t node = client.walk("file");
        const auto set = [&](const char *name, const std::string &value) {
            fuse_setxattr_in in{};
            in.size = std::uint32_t(value.size());
            return client
                .ask(FUSE_SETXATTR, node, FuseClient::raw(in) + FuseClient::text(name) + value)
                .error;
        };
        for (const char *name :
             {"security.capability", "trusted.x", "system.posix_acl_access", "user", "", "USER.x"})
            QCOMPARE(set(name, "value"), EOPNOTSUPP);
        if (set("user.x", "value") == EOPNOTSUPP)
            QSKIP("the temporary folder keeps no extended attributes");
        fuse_getxattr_in in{};
        in.size = 100;
        QCOMPARE(
            client.ask(FUSE_GETXATTR, node, FuseClient::raw(in) + FuseClient::text("user.x")).bytes,
            std::string("value"));
        QCOMPARE(client.ask(FUSE_LISTXATTR, node, FuseClient::raw(in)).bytes,
                 FuseClient::text("user.x"));
        QCOMPARE(client
                     .ask(FUSE_GETXATTR, node,
                          FuseClient::raw(in) + FuseClient::text("security.capability"))
                     .error,
                 EOPNOTSUPP);
        in.size = 2;
        QCOMPARE(client.ask(FUSE_LISTXATTR, node, FuseClient::raw(in)).error, ERANGE);
        QCOMPARE(
            client.ask(FUSE_GETXATTR, node, FuseClient::raw(in) + FuseClient::text("user.x")).error,
            ERANGE);
    }

    // Owners exclude each other and this computer's programs; a wait ends when it is interrupted.
    void locksAreOnTheHostWhenAsked()
    {
        ShareOptions options;
        options.locks = ShareOptions::Locks::OnHost;
        Shared shared(options);
        FuseClient &client = *shared.client;
        const auto flags = client.initialize().as<fuse_init_out>().flags;
        QVERIFY((flags & FUSE_POSIX_LOCKS) != 0 && (flags & FUSE_FLOCK_LOCKS) != 0);
        const auto made = client.create(FUSE_ROOT_ID, "file", O_RDWR, 0644);
        const auto ask = [&](std::uint32_t opcode, std::uint64_t owner, std::uint32_t type) {
            return client.ask(opcode, made.node,
                              FuseClient::raw(lockRequest(made.handle, owner, type)));
        };
        QCOMPARE(ask(FUSE_SETLK, 1, F_WRLCK).error, 0);
        QCOMPARE(ask(FUSE_SETLK, 1, F_WRLCK).error, 0);
        QCOMPARE(ask(FUSE_SETLK, 2, F_RDLCK).error, EAGAIN);
        QCOMPARE(ask(FUSE_GETLK, 2, F_RDLCK).as<fuse_lk_out>().lk.type, std::uint32_t(F_WRLCK));
        QCOMPARE(ask(FUSE_SETLK, 3, 17).error, EINVAL);
        const engine::Fd here(::open(shared.path("file").toLocal8Bit().constData(), O_RDWR));
        struct flock range
        { };
        range.l_type = F_WRLCK;
        QVERIFY(::fcntl(here.get(), F_OFD_SETLK, &range) != 0 && errno == EAGAIN);

        int waited = 0;
        FuseClient other(*shared.server);
        for (int i = 0; i < 50; ++i)
            other.ask(FUSE_STATFS, FUSE_ROOT_ID); // requests' numbers of its own
        const std::uint64_t unique = other.lastUnique() + 1;
        std::thread waiting([&] {
            waited = other
                         .ask(FUSE_SETLKW, made.node,
                              FuseClient::raw(lockRequest(made.handle, 2, F_WRLCK)))
                         .error;
        });
        // Also when it comes before the wait.
        client.ask(FUSE_INTERRUPT, 0, FuseClient::raw(fuse_interrupt_in{unique}));
        waiting.join();
        QCOMPARE(waited, EINTR);

        std::thread patient([&] {
            waited = other
                         .ask(FUSE_SETLKW, made.node,
                              FuseClient::raw(lockRequest(made.handle, 2, F_WRLCK)))
                         .error;
        });
        fuse_flush_in flush{};
        flush.fh = made.handle;
        flush.lock_owner = 1;
        QCOMPARE(client.ask(FUSE_FLUSH, made.node, FuseClient::raw(flush)).error, 0);
        patient.join();
        QCOMPARE(waited, 0);
        QCOMPARE(ask(FUSE_SETLK, 1, F_RDLCK).error, EAGAIN);

        // Nobody waits for a guest that is gone.
        std::thread endless([&] { waited = ask(FUSE_SETLKW, 1, F_RDLCK).error; });
        while (waited == 0) {
            shared.server->reset();
            std::this_thread::yield();
        }
        endless.join();
        QVERIFY(waited == EINTR || waited == EIO || waited == ESTALE || waited == EBADF);
    }

    void manyThreadsAtOnce()
    {
        ShareOptions options;
        options.mostOpen = 5;
        Shared shared(options);
        std::vector<std::thread> threads;
        std::atomic<int> failures = 0;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&, i] {
                FuseClient client(*shared.server);
                for (int round = 0; round < 200; ++round) {
                    const std::string name = std::to_string(i) + "-" + std::to_string(round % 20);
                    const auto made = client.create(FUSE_ROOT_ID, name, O_RDWR, 0644);
                    client.write(made.node, made.handle, 0, name);
                    if (client.read(made.node, made.handle, 0, 100).bytes.substr(0, name.size())
                        != name)
                        ++failures;
                    client.readWholeFolder(FUSE_ROOT_ID, true);
                    client.release(made.node, made.handle);
                    client.forget(made.node, 1);
                    if (round % 3 == 0 && client.remove(FUSE_ROOT_ID, name).error != 0)
                        ++failures;
                }
            });
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(failures.load(), 0);
        QCOMPARE(shared.server->openFiles(), std::size_t(0));
    }
};

QTEST_GUILESS_MAIN(TestFuseServer)
#include "tst_fuse_server.moc"
