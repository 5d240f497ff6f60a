// SPDX-License-Identifier: GPL-3.0-or-later
// Updates of the system data against a server on this computer, with archives that osinfo-db-export
// makes as the project does.
#include "engine/machine/os_data_update.h"
#include "engine/machine/user_paths.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QHash>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>

using namespace engine;

namespace {

// Enough of HTTP for one GET a connection.
class WebServer final : public QObject
{
public:
    WebServer()
    {
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = m_server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] { answer(socket); });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("cannot listen on the loopback interface");
    }

    QUrl url() const
    {
        return QUrl(QStringLiteral("http://127.0.0.1:%1/").arg(m_server.serverPort()));
    }

    QHash<QString, QByteArray> files; // "/name" to contents
    QStringList asked;
    qsizetype cutAt = -1; // announces everything, sends this much
    bool isSilent = false;

private:
    void answer(QTcpSocket *socket)
    {
        const QString request = QString::fromLatin1(socket->readAll());
        if (!request.startsWith(QLatin1String("GET ")))
            return;
        const QString path = request.section(u' ', 1, 1);
        asked.append(path);
        if (isSilent)
            return;
        const bool isThere = files.contains(path);
        const QByteArray body = files.value(path, "not here");
        socket->write(QStringLiteral("HTTP/1.1 %1\r\nContent-Length: %2\r\nConnection: close"
                                     "\r\n\r\n")
                          .arg(isThere ? QStringLiteral("200 OK") : QStringLiteral("404 Not Found"))
                          .arg(body.size())
                          .toLatin1());
        socket->write(cutAt < 0 ? body : body.left(cutAt));
        socket->disconnectFromHost();
    }

    QTcpServer m_server;
};

void write(const QString &path, const QByteArray &contents)
{
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(contents), contents.size());
}

} // namespace

class TestOsDataUpdate : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void aNewerReleaseIsFetchedAndInstalled();
    void nothingNewerIsSaid();
    void aFileIsImportedAndUndone();
    void whatCannotBeUsedChangesNothing_data();
    void whatCannotBeUsedChangesNothing();
    void anUpdateIsCancelled();
    void plainHttpFromElsewhereIsRefused();
    void aManualProxyIsUsed();

private:
    struct Outcome
    {
        std::optional<QString> installed;
        std::optional<QString> upToDate;
        std::optional<Error> error;
        bool isOver() const { return installed || upToDate || error; }
    };
    void follow(OsDataUpdate &update, Outcome &outcome);
    QByteArray archive(const QString &version, int systems = 120);
    static QStringList leftovers();

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestOsDataUpdate::initTestCase()
{
    for (const char *tool : {"osinfo-db-import", "osinfo-db-export", "osinfo-db-validate"}) {
        if (QStandardPaths::findExecutable(QString::fromLatin1(tool)).isEmpty())
            QSKIP("osinfo-db-tools is not installed");
    }
}

void TestOsDataUpdate::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_DATA_HOME", m_folder->filePath(QStringLiteral("data")).toLocal8Bit());
    qputenv("OSINFO_SYSTEM_DIR", m_folder->filePath(QStringLiteral("system")).toLocal8Bit());
    write(m_folder->filePath(QStringLiteral("system/VERSION")), "20200101");
}

void TestOsDataUpdate::follow(OsDataUpdate &update, Outcome &outcome)
{
    connect(&update, &OsDataUpdate::installed, this,
            [&outcome](const QString &version) { outcome.installed = version; });
    connect(&update, &OsDataUpdate::upToDate, this,
            [&outcome](const QString &version) { outcome.upToDate = version; });
    connect(&update, &OsDataUpdate::failed, this,
            [&outcome](const Error &error) { outcome.error = error; });
}

QByteArray TestOsDataUpdate::archive(const QString &version, int systems)
{
    QTemporaryDir folder;
    for (int i = 0; i < systems; ++i) {
        write(folder.filePath(QStringLiteral("osinfo/os/example.org/e-%1.xml").arg(i)),
              QStringLiteral("<libosinfo version=\"0.0.1\">\n"
                             "  <os id=\"http://example.org/e/%1\">\n"
                             "    <short-id>e%1</short-id>\n    <name>E %1</name>\n"
                             "    <version>%1</version>\n    <vendor>Example</vendor>\n"
                             "    <family>linux</family>\n  </os>\n</libosinfo>\n")
                  .arg(i)
                  .toUtf8());
    }
    // The project's schema is what archives are checked by.
    const QString schema = QStringLiteral("/usr/share/osinfo/schema/osinfo.rng");
    QDir().mkpath(folder.filePath(QStringLiteral("osinfo/schema")));
    QFile::copy(schema, folder.filePath(QStringLiteral("osinfo/schema/osinfo.rng")));
    QProcess tool;
    tool.start(QStringLiteral("osinfo-db-export"),
               {QStringLiteral("--dir"), folder.filePath(QStringLiteral("osinfo")),
                QStringLiteral("--version"), version,
                folder.filePath(QStringLiteral("db.tar.xz"))});
    if (!tool.waitForFinished() || tool.exitCode() != 0)
        qFatal("osinfo-db-export: %s", tool.readAllStandardError().constData());
    QFile file(folder.filePath(QStringLiteral("db.tar.xz")));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no archive");
    return file.readAll();
}

// Whatever is beside the data but must not be.
QStringList TestOsDataUpdate::leftovers()
{
    QStringList names = QDir(QFileInfo(paths::osDataFolder()).path())
                            .entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
    names.removeAll(QStringLiteral("osinfo"));
    names.removeAll(QStringLiteral("osinfo.previous"));
    return names;
}

void TestOsDataUpdate::aNewerReleaseIsFetchedAndInstalled()
{
    WebServer server;
    server.files.insert(QStringLiteral("/"),
                        "<a href=\"osinfo-db-20210101.tar.xz\">a</a>"
                        "<a href=\"osinfo-db-20250606.tar.xz\">b</a>"
                        "<a href=\"osinfo-db-20250606.tar.xz.asc\">c</a>"
                        "<a href=\"osinfo-db-tools-1.12.0.tar.xz\">d</a>");
    server.files.insert(QStringLiteral("/osinfo-db-20250606.tar.xz"),
                        archive(QStringLiteral("20250606")));
    QCOMPARE(osDataFacts().version, QStringLiteral("20200101"));
    QVERIFY(!osDataFacts().isOurs && !osDataFacts().canUndo);

    OsDataUpdate update({ProxyMode::None, {}, 0});
    update.setIndex(server.url());
    Outcome outcome;
    follow(update, outcome);
    QSignalSpy progress(&update, &OsDataUpdate::progressed);
    update.start();
    QVERIFY(update.isActive());
    QTRY_VERIFY_WITH_TIMEOUT(outcome.isOver(), 30000);
    QVERIFY2(!outcome.error, outcome.error ? outcome.error->text().c_str() : "");
    QCOMPARE(*outcome.installed, QStringLiteral("20250606"));
    QVERIFY(!update.isActive());
    QVERIFY(progress.count() >= 4); // looking, fetching, importing, checking
    QCOMPARE(server.asked.last(), QStringLiteral("/osinfo-db-20250606.tar.xz"));
    QCOMPARE(osDataFacts().version, QStringLiteral("20250606"));
    QVERIFY(osDataFacts().isOurs && osDataFacts().canUndo);
    QVERIFY(QFileInfo::exists(osDataFacts().folder + QStringLiteral("/os/example.org/e-7.xml")));
    QCOMPARE(leftovers(), QStringList());
}

void TestOsDataUpdate::nothingNewerIsSaid()
{
    WebServer server;
    server.files.insert(QStringLiteral("/"), "osinfo-db-20191231.tar.xz osinfo-db-20200101.tar.xz");
    OsDataUpdate update({ProxyMode::None, {}, 0});
    update.setIndex(server.url());
    Outcome outcome;
    follow(update, outcome);
    update.start();
    QTRY_VERIFY(outcome.isOver());
    QCOMPARE(outcome.upToDate.value_or(QString()), QStringLiteral("20200101"));
    QCOMPARE(server.asked.size(), 1);
}

void TestOsDataUpdate::aFileIsImportedAndUndone()
{
    const auto import = [this](const QString &version) {
        const QString file = m_folder->filePath(version + QStringLiteral(".tar.xz"));
        write(file, archive(version));
        OsDataUpdate update({});
        Outcome outcome;
        follow(update, outcome);
        update.importFile(file);
        QTRY_VERIFY_WITH_TIMEOUT(outcome.isOver(), 30000);
        QVERIFY2(outcome.installed.has_value(), outcome.error ? outcome.error->text().c_str() : "");
    };
    import(QStringLiteral("20240101"));
    import(QStringLiteral("20250101"));
    QCOMPARE(osDataFacts().version, QStringLiteral("20250101"));
    QVERIFY_OK(OsDataUpdate::undo());
    QCOMPARE(osDataFacts().version, QStringLiteral("20240101"));
    QVERIFY_OK(OsDataUpdate::undo());
    QCOMPARE(osDataFacts().version, QStringLiteral("20200101"));
    QVERIFY(!osDataFacts().canUndo);
    QVERIFY_ERROR(OsDataUpdate::undo(), ErrorKind::NotFound);
    // An older one is imported as well, but the newer one of the distribution is used.
    import(QStringLiteral("20190101"));
    QCOMPARE(osDataFacts().version, QStringLiteral("20200101"));
    QVERIFY(!osDataFacts().isOurs && osDataFacts().canUndo);
}

void TestOsDataUpdate::whatCannotBeUsedChangesNothing_data()
{
    QTest::addColumn<QString>("what");
    QTest::newRow("no page") << "no page";
    QTest::newRow("a page without releases") << "empty page";
    QTest::newRow("a login page for the archive") << "login";
    QTest::newRow("a cut archive") << "cut";
    QTest::newRow("an archive that ends early but as announced") << "short";
    QTest::newRow("too few systems") << "few";
    QTest::newRow("nobody listens") << "nobody";
}

void TestOsDataUpdate::whatCannotBeUsedChangesNothing()
{
    QFETCH(QString, what);
    auto server = std::make_unique<WebServer>();
    const QUrl url = server->url();
    const QByteArray good = archive(QStringLiteral("20250606"), what == "few" ? 5 : 120);
    if (what != "no page")
        server->files.insert(QStringLiteral("/"),
                             what == "empty page" ? "nothing here" : "osinfo-db-20250606.tar.xz");
    server->files.insert(QStringLiteral("/osinfo-db-20250606.tar.xz"),
                         what == "login"       ? "<html>Please log in</html>"
                             : what == "short" ? good.left(good.size() / 2)
                                               : good);
    if (what == "cut")
        server->cutAt = 20;
    if (what == "nobody")
        server.reset();
    OsDataUpdate update({ProxyMode::None, {}, 0});
    update.setIndex(url);
    Outcome outcome;
    follow(update, outcome);
    update.start();
    QTRY_VERIFY_WITH_TIMEOUT(outcome.isOver(), 30000);
    QVERIFY(outcome.error.has_value());
    QVERIFY(!outcome.error->message().empty());
    QVERIFY2(!outcome.error->remedy().empty(), outcome.error->text().c_str());
    QCOMPARE(osDataFacts().version, QStringLiteral("20200101"));
    QVERIFY(!QFileInfo::exists(paths::osDataFolder()));
    QCOMPARE(leftovers(), QStringList());
}

void TestOsDataUpdate::anUpdateIsCancelled()
{
    WebServer server;
    server.isSilent = true;
    OsDataUpdate update({ProxyMode::None, {}, 0});
    update.setIndex(server.url());
    Outcome outcome;
    follow(update, outcome);
    update.start();
    QTRY_COMPARE(server.asked.size(), 1);
    update.cancel();
    QVERIFY(outcome.error.has_value());
    QCOMPARE(int(outcome.error->kind()), int(ErrorKind::Cancelled));
    QVERIFY(!update.isActive());
}

void TestOsDataUpdate::plainHttpFromElsewhereIsRefused()
{
    OsDataUpdate update({ProxyMode::None, {}, 0});
    update.setIndex(QUrl(QStringLiteral("http://releases.example/")));
    Outcome outcome;
    follow(update, outcome);
    update.start();
    QVERIFY(outcome.error.has_value());
    QCOMPARE(int(outcome.error->kind()), int(ErrorKind::Invalid));
}

void TestOsDataUpdate::aManualProxyIsUsed()
{
    WebServer proxy;
    OsDataUpdate update({ProxyMode::Manual, QStringLiteral("127.0.0.1"), proxy.url().port()});
    update.setIndex(QUrl(QStringLiteral("http://localhost:9/index")));
    Outcome outcome;
    follow(update, outcome);
    update.start();
    QTRY_VERIFY_WITH_TIMEOUT(outcome.isOver(), 30000);
    QVERIFY(!proxy.asked.isEmpty());
    QVERIFY(proxy.asked.first().contains(QStringLiteral("localhost:9")));
}

QTEST_GUILESS_MAIN(TestOsDataUpdate)
#include "tst_os_data_update.moc"
