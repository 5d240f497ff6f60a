// SPDX-License-Identifier: GPL-3.0-or-later
// A guest that wants out of its folder.
#include "tests/support/fuse_client.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <atomic>
#include <thread>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

using namespace engine::share;
using tests::FuseClient;

class TestShareEscape : public QObject
{
    Q_OBJECT

    // place/shared is shared, place/secret/file and place/outside are not.
    std::unique_ptr<QTemporaryDir> m_place;
    std::unique_ptr<FuseServer> m_server;
    std::unique_ptr<FuseClient> m_client;

    QByteArray at(const char *path) const { return m_place->filePath(path).toLocal8Bit(); }
    QByteArray contents(const char *path) const
    {
        QFile file(m_place->filePath(path));
        return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }

private slots:
    void initTestCase() { ::umask(0); }
    void init()
    {
        m_place = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir(m_place->path()).mkpath("shared/inner"));
        QVERIFY(QDir(m_place->path()).mkpath("secret"));
        QFile secret(m_place->filePath("secret/file"));
        QVERIFY(secret.open(QFile::WriteOnly) && secret.write("secret") == 6);
        ShareOptions options;
        options.folder = m_place->filePath("shared").toStdString();
        m_server = std::move(*FuseServer::open(options));
        m_client = std::make_unique<FuseClient>(*m_server);
        m_client->initialize();
    }

    void namesThatLeadElsewhereAreRefused_data()
    {
        QTest::addColumn<QByteArray>("name");
        for (const char *name : {"..", ".", "", "../secret", "inner/..", "inner/../../secret", "/",
                                 "/etc/passwd", "inner/", "..\\secret/"})
            QTest::newRow(name) << QByteArray(name);
    }
    void namesThatLeadElsewhereAreRefused()
    {
        QFETCH(QByteArray, name);
        const std::string text = name.toStdString();
        const std::uint64_t root = FUSE_ROOT_ID;
        const std::uint64_t inner = m_client->walk("inner");
        for (const std::uint64_t folder : {root, inner}) {
            QCOMPARE(m_client->lookup(folder, text).error, EINVAL);
            QCOMPARE(m_client->create(folder, text, O_RDWR, 0644).error, EINVAL);
            QCOMPARE(m_client->makeFolder(folder, text).error, EINVAL);
            QCOMPARE(m_client->makeNode(folder, text, S_IFREG | 0644).error, EINVAL);
            QCOMPARE(m_client->makeLink(folder, text, "x").error, EINVAL);
            QCOMPARE(m_client->remove(folder, text).error, EINVAL);
            QCOMPARE(m_client->ask(FUSE_RMDIR, folder, FuseClient::text(text)).error, EINVAL);
            QCOMPARE(m_client->rename(root, "inner", folder, text).error, EINVAL);
            QCOMPARE(m_client->rename(folder, text, root, "new").error, EINVAL);
            QCOMPARE(m_client->link(inner, folder, text).error, EINVAL);
        }
        QCOMPARE(contents("secret/file"), QByteArray("secret"));
    }

    void aNameWithoutAnEndIsRefused()
    {
        QCOMPARE(m_client->ask(FUSE_LOOKUP, FUSE_ROOT_ID, "inner").error, EINVAL);
        QCOMPARE(m_client->ask(FUSE_LOOKUP, FUSE_ROOT_ID, "").error, EINVAL);
        QCOMPARE(m_client->lookup(FUSE_ROOT_ID, std::string(256, 'n')).error, ENAMETOOLONG);
        QCOMPARE(m_client->lookup(FUSE_ROOT_ID, std::string(60000, 'n')).error, ENAMETOOLONG);
    }

    void linksAreNotFollowed_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("up") << QByteArray("../secret");
        QTest::newRow("absolute") << QByteArray("/etc");
        QTest::newRow("magic") << QByteArray("/proc/self/root");
        QTest::newRow("inside") << QByteArray("inner");
    }
    void linksAreNotFollowed()
    {
        QFETCH(QByteArray, target);
        const auto made = m_client->makeLink(FUSE_ROOT_ID, "link", target.toStdString());
        QCOMPARE(made.error, 0);
        const std::uint64_t link = made.as<fuse_entry_out>().nodeid;
        QCOMPARE(m_client->attributes(link).mode & S_IFMT, std::uint32_t(S_IFLNK));
        QCOMPARE(m_client->ask(FUSE_READLINK, link).bytes, target.toStdString());
        QCOMPARE(m_client->lookup(link, "file").error, ENOTDIR);
        QCOMPARE(m_client->create(link, "file", O_RDWR, 0644).error, ENOTDIR);
        QCOMPARE(m_client->open(link, O_RDONLY).error, ELOOP);
        QCOMPARE(m_client->ask(FUSE_OPENDIR, link, FuseClient::raw(fuse_open_in{})).error, ENOTDIR);
        QCOMPARE(m_client->create(FUSE_ROOT_ID, "link", O_RDWR, 0644).error, ELOOP);
        fuse_setattr_in in{};
        in.valid = FATTR_MODE;
        QCOMPARE(m_client->setAttributes(link, in).error, EOPNOTSUPP);
        in.valid = FATTR_SIZE;
        QCOMPARE(m_client->setAttributes(link, in).error, EINVAL);
        fuse_setxattr_in attribute{};
        attribute.size = 1;
        QCOMPARE(m_client
                     ->ask(FUSE_SETXATTR, link,
                           FuseClient::raw(attribute) + FuseClient::text("user.x") + "x")
                     .error,
                 EPERM);
        QCOMPARE(contents("secret/file"), QByteArray("secret"));
    }

    // The classic race: a folder is a link at the right moment.
    void aFolderThatBecomesALinkLeadsNowhere()
    {
        std::atomic<bool> isOver = false;
        std::thread swapping([&] {
            const QByteArray folder = at("shared/inner");
            const QByteArray aside = at("shared/aside");
            const QByteArray secret = at("secret");
            while (!isOver) {
                ::rename(folder.constData(), aside.constData());
                ::symlink(secret.constData(), folder.constData());
                ::unlink(folder.constData());
                ::rename(aside.constData(), folder.constData());
            }
        });
        int reached = 0;
        for (int i = 0; i < 300; ++i) {
            if (m_client->walk("inner/file") != 0)
                ++reached;
            const std::uint64_t inner = m_client->walk("inner");
            if (inner != 0)
                m_client->create(inner, "made", O_RDWR | O_CREAT, 0644);
        }
        isOver = true;
        swapping.join();
        QCOMPARE(reached, 0);
        QVERIFY(!QFile::exists(m_place->filePath("secret/made")));
    }

    void aFolderThatIsTakenOutIsGone()
    {
        const std::uint64_t inner = m_client->walk("inner");
        QCOMPARE(m_client->makeFolder(inner, "deeper").error, 0);
        const std::uint64_t deeper = m_client->walk("inner/deeper");
        const auto file = m_client->create(deeper, "file", O_RDWR, 0644);
        QCOMPARE(::rename(at("shared/inner").constData(), at("outside").constData()), 0);
        for (const std::uint64_t folder : {inner, deeper}) {
            QCOMPARE(m_client->lookup(folder, "file").error, ESTALE);
            QCOMPARE(m_client->create(folder, "made", O_RDWR, 0644).error, ESTALE);
            QCOMPARE(m_client->makeFolder(folder, "made").error, ESTALE);
            QCOMPARE(m_client->remove(folder, "file").error, ESTALE);
            QCOMPARE(m_client->rename(FUSE_ROOT_ID, "x", folder, "y").error, ESTALE);
            QCOMPARE(m_client->ask(FUSE_OPENDIR, folder, FuseClient::raw(fuse_open_in{})).error,
                     ESTALE);
        }
        QCOMPARE(m_client->open(file.node, O_RDONLY).error, ESTALE);
        QCOMPARE(m_client->link(file.node, FUSE_ROOT_ID, "back").error, ESTALE);
        QVERIFY(!QFile::exists(m_place->filePath("outside/made")));
        // Back again, it is there again.
        QCOMPARE(::rename(at("outside").constData(), at("shared/again").constData()), 0);
        QCOMPARE(m_client->lookup(deeper, "file").error, 0);
    }

    void theSharedFolderItselfMayMove()
    {
        QCOMPARE(::rename(at("shared").constData(), at("moved").constData()), 0);
        const std::uint64_t inner = m_client->walk("inner");
        QVERIFY(inner != 0);
        QCOMPARE(m_client->create(inner, "file", O_RDWR, 0644).error, 0);
        QVERIFY(QFile::exists(m_place->filePath("moved/inner/file")));
        // A name that only begins like its own is another folder.
        QVERIFY(QDir(m_place->path()).mkdir("moved-not"));
        QCOMPARE(::rename(at("moved/inner").constData(), at("moved-not/inner").constData()), 0);
        QCOMPARE(m_client->lookup(inner, "file").error, ESTALE);
    }

    void aboveTheFolderThereIsNothing()
    {
        const auto entries = m_client->readWholeFolder(FUSE_ROOT_ID, true);
        for (const auto &entry : entries)
            if (entry.name == "..")
                QCOMPARE(entry.node, std::uint64_t(0));
        QCOMPARE(entries.size(), std::size_t(3));
    }

    void deviceNodesAreNeitherMadeNorOpened()
    {
        for (const std::uint32_t type : {S_IFCHR, S_IFBLK})
            QCOMPARE(m_client->makeNode(FUSE_ROOT_ID, "node", type | 0666, 0x0103).error, EPERM);
        QCOMPARE(m_client->makeNode(FUSE_ROOT_ID, "node", S_IFDIR | 0777).error, EINVAL);
        QCOMPARE(m_client->rename(FUSE_ROOT_ID, "inner", FUSE_ROOT_ID, "x", RENAME_WHITEOUT).error,
                 EINVAL);
        QVERIFY(!QFile::exists(m_place->filePath("shared/node")));
        if (::mknod(at("shared/zero").constData(), S_IFCHR | 0666, makedev(1, 5)) != 0)
            return; // only root may
        const std::uint64_t node = m_client->walk("zero");
        QCOMPARE(m_client->attributes(node).rdev, 0U); // not one of the guest's own, either
        QCOMPARE(m_client->open(node, O_RDONLY).error, ENXIO);
        QCOMPARE(m_client->create(FUSE_ROOT_ID, "zero", O_RDWR, 0644).error, ENXIO);
    }

    // Opening one would wait for its other end, for ever.
    void pipesAreNotOpened()
    {
        QCOMPARE(m_client->makeNode(FUSE_ROOT_ID, "pipe", S_IFIFO | 0644).error, 0);
        const std::uint64_t node = m_client->walk("pipe");
        QCOMPARE(m_client->open(node, O_RDONLY).error, ENXIO);
        QCOMPARE(m_client->create(FUSE_ROOT_ID, "pipe", O_WRONLY, 0644).error, ENXIO);
    }

    void nothingBecomesSetUserId()
    {
        const auto made = m_client->create(FUSE_ROOT_ID, "file", O_RDWR, 06755);
        QCOMPARE(m_client->attributes(made.node).mode & 07777U, 0755U);
        fuse_setattr_in in{};
        in.valid = FATTR_MODE;
        in.mode = 06711;
        QCOMPARE(m_client->setAttributes(made.node, in).error, 0);
        QCOMPARE(m_client->attributes(made.node).mode & 07777U, 0711U);
        QCOMPARE(m_client->makeNode(FUSE_ROOT_ID, "node", S_IFREG | 06755).error, 0);
        QCOMPARE(m_client->attributes(m_client->walk("node")).mode & 07777U, 0755U);
    }

    void numbersAreNotGuessed()
    {
        for (const std::uint64_t node : {std::uint64_t(0), std::uint64_t(2), std::uint64_t(3),
                                         std::uint64_t(1) << 63, ~std::uint64_t(0)}) {
            QCOMPARE(m_client->lookup(node, "inner").error, ESTALE);
            QCOMPARE(m_client->open(node, O_RDONLY).error, ESTALE);
            QCOMPARE(m_client->link(node, FUSE_ROOT_ID, "x").error, ESTALE);
            QCOMPARE(m_client->rename(FUSE_ROOT_ID, "inner", node, "x").error, ESTALE);
        }
    }
};

QTEST_GUILESS_MAIN(TestShareEscape)
#include "tst_share_escape.moc"
