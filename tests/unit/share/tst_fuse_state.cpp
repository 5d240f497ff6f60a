// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest knows of a shared folder outlives the server that it learnt it from.
#include "engine/base/bytes.h"
#include "tests/support/fuse_client.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <sys/stat.h>
#include <unistd.h>

using namespace engine::share;
using tests::FuseClient;

namespace {

struct Shared
{
    Shared() { serve(); }
    void serve(ShareOptions options = {})
    {
        options.folder = folder.path().toStdString();
        options.onMounted = [this](bool isMounted) { mounts.push_back(isMounted); };
        server = std::move(*FuseServer::open(std::move(options)));
        client = std::make_unique<FuseClient>(*server);
    }
    engine::Result<> becomeAnother(ShareOptions options = {})
    {
        auto saved = server->save();
        if (!saved)
            return std::move(saved).error();
        mounts.clear();
        serve(std::move(options));
        return server->load(std::move(*saved));
    }
    QString path(const QString &name) const { return folder.filePath(name); }
    void write(const QString &name, const QByteArray &text) const
    {
        QFile file(path(name));
        engine::check(file.open(QFile::WriteOnly) && file.write(text) == text.size(), "a file");
    }
    QByteArray read(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }

    QTemporaryDir folder;
    std::vector<bool> mounts;
    std::unique_ptr<FuseServer> server;
    std::unique_ptr<FuseClient> client;
};

void expectGood(const engine::Result<> &result)
{
    QVERIFY2(result.has_value(), result ? "" : result.error().text().c_str());
}

} // namespace

class TestFuseState final : public QObject
{
    Q_OBJECT
private slots:
    void whatIsOpenStaysOpen()
    {
        Shared s;
        s.client->initialize();
        QDir().mkpath(s.path("a/b"));
        s.write("a/b/file", "before");
        const std::uint64_t node = s.client->walk("a/b/file");
        const std::uint64_t reader = s.client->open(node, O_RDONLY).as<fuse_open_out>().fh;
        const std::uint64_t writer = s.client->open(node, O_RDWR | O_SYNC).as<fuse_open_out>().fh;
        expectGood(s.becomeAnother());
        QCOMPARE(s.mounts, std::vector<bool>{true});
        QCOMPARE(s.server->openFiles(), std::size_t(2));
        QCOMPARE(s.client->read(node, reader, 0, 100).bytes, std::string("before"));
        QCOMPARE(s.client->write(node, writer, 0, "behind").error, 0);
        QCOMPARE(s.client->write(node, reader, 0, "x").error, EBADF);
        QCOMPARE(s.read("a/b/file"), QByteArray("behind"));
        QCOMPARE(s.client->release(node, reader).error, 0);
        // New ones take neither a number nor a handle that is in use.
        s.write("other", "");
        const std::uint64_t other = s.client->walk("other");
        QVERIFY(other != 0 && other != node);
        QVERIFY(s.client->open(other, O_RDONLY).as<fuse_open_out>().fh > writer);
        QCOMPARE(s.client->walk("a/b/file"), node);
    }

    void aFolderIsReadFromWhereItWas()
    {
        Shared s;
        s.client->initialize();
        for (int i = 0; i < 40; ++i)
            s.write(QString("file %1").arg(i), "");
        const std::uint64_t handle = s.client->openFolder(FUSE_ROOT_ID);
        auto entries = s.client->readFolder(FUSE_ROOT_ID, handle, 0, 600, true);
        QVERIFY(!entries.empty() && entries.size() < 40);
        expectGood(s.becomeAnother());
        std::vector<FuseClient::Entry> rest;
        do {
            rest = s.client->readFolder(FUSE_ROOT_ID, handle, entries.back().offset, 4096, true);
            entries.insert(entries.end(), rest.begin(), rest.end());
        } while (!rest.empty());
        std::set<std::string> names;
        for (const FuseClient::Entry &entry : entries)
            QVERIFY(names.insert(entry.name).second);
        QCOMPARE(names.size(), std::size_t(42)); // with . and ..
    }

    void aFileThatWentMeanwhileIsStale()
    {
        Shared s;
        s.client->initialize();
        s.write("goes", "1");
        s.write("replaced", "2");
        const std::uint64_t goes = s.client->walk("goes");
        const std::uint64_t replaced = s.client->walk("replaced");
        const std::uint64_t handle = s.client->open(goes, O_RDONLY).as<fuse_open_out>().fh;
        auto saved = s.server->save();
        QVERIFY(saved.has_value());
        QFile::rename(s.path("goes"), s.path("gone"));
        QFile::rename(s.path("replaced"), s.path("elsewhere"));
        s.write("replaced", "another file");
        s.serve();
        expectGood(s.server->load(std::move(*saved)));
        QCOMPARE(s.client->read(goes, handle, 0, 10).error, ESTALE);
        QCOMPARE(s.client->ask(FUSE_GETATTR, replaced, FuseClient::raw(fuse_getattr_in{})).error,
                 ESTALE);
        QVERIFY(s.client->walk("replaced") != replaced);
    }

    void anOpenFileThatWasDeletedStandsAgainstIt()
    {
        Shared s;
        s.client->initialize();
        s.write("file", "kept");
        const std::uint64_t node = s.client->walk("file");
        const std::uint64_t handle = s.client->open(node, O_RDWR).as<fuse_open_out>().fh;
        QCOMPARE(s.client->remove(FUSE_ROOT_ID, "file").error, 0);
        const auto saved = s.server->save();
        QVERIFY(!saved.has_value());
        QCOMPARE(saved.error().kind(), engine::ErrorKind::Busy);
        // Nothing has happened to it.
        QCOMPARE(s.client->read(node, handle, 0, 10).bytes, std::string("kept"));
        s.client->release(node, handle);
        QVERIFY(s.server->save().has_value());
    }

    void aRenamedFileIsFoundByItsNewName()
    {
        Shared s;
        s.client->initialize();
        QDir().mkpath(s.path("to"));
        s.write("file", "text");
        const std::uint64_t node = s.client->walk("file");
        const std::uint64_t folder = s.client->walk("to");
        const std::uint64_t handle = s.client->open(node, O_RDONLY).as<fuse_open_out>().fh;
        QCOMPARE(s.client->rename(FUSE_ROOT_ID, "file", folder, "new").error, 0);
        expectGood(s.becomeAnother());
        QCOMPARE(s.client->read(node, handle, 0, 10).bytes, std::string("text"));
    }

    void aServerThatNobodyMountedSavesThat()
    {
        Shared s;
        expectGood(s.becomeAnother());
        QVERIFY(s.mounts.empty());
        QCOMPARE(s.client->lookup(FUSE_ROOT_ID, "x").error, EIO); // not before FUSE_INIT
    }

    void whatIsDamagedLoadsNothing()
    {
        Shared s;
        s.client->initialize();
        s.write("file", "text");
        const std::uint64_t node = s.client->walk("file");
        s.client->open(node, O_RDWR);
        const std::vector<std::uint8_t> good = *s.server->save();
        for (std::size_t size = 0; size < good.size(); ++size) {
            s.serve();
            QVERIFY(!s.server->load({good.begin(), good.begin() + std::ptrdiff_t(size)}));
            QCOMPARE(s.server->knownFiles(), std::size_t(0));
        }
        // Whatever a byte becomes: no crash, and nothing outside is reached.
        for (std::size_t at = 0; at < good.size(); ++at) {
            std::vector<std::uint8_t> bad = good;
            bad[at] ^= 0xff;
            s.serve();
            if (s.server->load(std::move(bad)))
                s.client->read(node, 1, 0, 10);
        }
    }

    // Else files that the guest makes later would take the numbers of those that it knows.
    void numbersThatWouldComeRoundAreRefused()
    {
        Shared s;
        s.client->initialize();
        std::vector<std::uint8_t> bad = *s.server->save();
        std::uint8_t *const next = &bad.at(32); // behind the section's head, two flags, the device
        QCOMPARE(engine::loadLe<std::uint64_t>(next), std::uint64_t(2));
        std::fill_n(next, 8, std::uint8_t(0xff));
        s.serve();
        QVERIFY(!s.server->load(std::move(bad)));
    }

    void aReadOnlyServerTakesNoWriter()
    {
        Shared s;
        s.client->initialize();
        s.write("file", "text");
        s.client->open(s.client->walk("file"), O_RDWR);
        QVERIFY(!s.becomeAnother({.isReadOnly = true}));
    }
};

QTEST_GUILESS_MAIN(TestFuseState)

#include "tst_fuse_state.moc"
