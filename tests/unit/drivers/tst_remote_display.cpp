// SPDX-License-Identifier: GPL-3.0-or-later
// Before a SPICE server listens on TCP: addresses, ports, the password's file, the certificate.
#include "engine/drivers/spice_address.h"
#include "engine/drivers/spice_server.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/remote_display.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QSysInfo>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>

#include <optional>

using namespace engine;

namespace {

constexpr int Patience = 60000;

// Waits for the certificate; the outer optional is empty when no answer came.
std::optional<Result<>> certify(const QString &folder, const QString &address)
{
    QObject owner;
    std::optional<Result<>> answer;
    prepareSpiceCertificate(folder, address, &owner,
                            [&answer](Result<> made) { answer = std::move(made); });
    [[maybe_unused]] const bool came =
        QTest::qWaitFor([&answer] { return answer.has_value(); }, Patience);
    return answer;
}

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestRemoteDisplay final : public QObject
{
    Q_OBJECT
private slots:
    void addressesAreRead_data();
    void addressesAreRead();
    void otherTextsAreRefused_data();
    void otherTextsAreRefused();
    void addressesReadBack();
    void loopbackNeedsNoPassword_data();
    void loopbackNeedsNoPassword();
    void clientsElsewhereGetTheComputersName();
    void aSocketNeedsNoPort();
    void aTakenPortIsNamed();
    void theNextFreePortOfARangeIsTaken();
    void noPortIsAnyPort();
    void aForeignAddressIsRefused();
    void thePasswordIsForItsOwnerOnly();
    void aCertificateIsMadeOnceForEachAddress();
    void withoutOpensslItSaysSo();
};

void TestRemoteDisplay::addressesAreRead_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("shown");
    QTest::addColumn<QString>("password");
    const auto row = [](const char *text, const char *shown, const char *password = "") {
        QTest::newRow(text) << QString(text) << QString(shown) << QString(password);
    };
    row("spice://host", "spice://host:5900");
    row("host", "spice://host:5900");
    row(" host:5901 ", "spice://host:5901");
    row("spice://host:5901", "spice://host:5901");
    row("spice://host?port=5902", "spice://host:5902");
    row("spice://host?tls-port=5903", "spice://host?tls-port=5903");
    row("spice://host:5901?tls-port=5903", "spice://host:5901?tls-port=5903");
    row("spice://host:5901?password=a%20b", "spice://host:5901", "a b");
    row("spice://:secret@host", "spice://host:5900", "secret");
    row("spice://[::1]:5901", "spice://[::1]:5901");
    row("spice+unix:///run/x.sock", "/run/x.sock");
}

void TestRemoteDisplay::addressesAreRead()
{
    QFETCH(QString, text);
    const auto address = spiceAddressFromText(text);
    QVERIFY_OK(address);
    QTEST(spiceAddressText(*address), "shown");
    QTEST(address->password, "password");
}

void TestRemoteDisplay::otherTextsAreRefused_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"", "   ", "vnc://host", "spice://", "spice://host:99999",
                             "spice://host?tls-port=x", "spice://host?port=0", "spice+unix://"})
        QTest::newRow(text) << QString(text);
}

void TestRemoteDisplay::otherTextsAreRefused()
{
    QFETCH(QString, text);
    const auto address = spiceAddressFromText(text);
    QVERIFY_ERROR(address, ErrorKind::Invalid);
    QVERIFY(!address.error().remedy().empty());
}

void TestRemoteDisplay::addressesReadBack()
{
    const SpiceAddress tcp{.host = "::1", .port = 1, .tlsPort = 2, .password = "p", .caFile = "/c"};
    const SpiceAddress socket{.socket = "/run/x.sock"};
    QVERIFY(spiceAddressFromJson(toJson(tcp)) == tcp);
    QVERIFY(spiceAddressFromJson(toJson(socket)) == socket);
}

void TestRemoteDisplay::loopbackNeedsNoPassword_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("isNear");
    for (const char *near : {"", "localhost", "127.0.0.1", "127.1.2.3", "::1", "unix", " Unix"})
        QTest::addRow("near '%s'", near) << QString(near) << true;
    for (const char *far : {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1"})
        QTest::addRow("far '%s'", far) << QString(far) << false;
}

void TestRemoteDisplay::loopbackNeedsNoPassword()
{
    QFETCH(QString, address);
    RemoteDisplay display{.isEnabled = true, .address = address};
    QTEST(bool(checkRemoteDisplay(display)), "isNear");
    display.password = "secret";
    QVERIFY_OK(checkRemoteDisplay(display));
    display = {.address = address};
    QVERIFY_OK(checkRemoteDisplay(display)); // it is off
}

void TestRemoteDisplay::clientsElsewhereGetTheComputersName()
{
    const SpiceAddress near{.host = "127.0.0.1", .port = 5900};
    QCOMPARE(spiceClientAddress({.isEnabled = true}, near), "spice://127.0.0.1:5900");
    QCOMPARE(spiceClientAddress({.isEnabled = true, .address = "unix"}, {.socket = "/a/b"}),
             "spice+unix:///a/b");
    QCOMPARE(spiceClientAddress({.isEnabled = true, .address = "0.0.0.0"}, near),
             QString("spice://%1:5900").arg(QSysInfo::machineHostName()));
}

void TestRemoteDisplay::aSocketNeedsNoPort()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath("spice.sock");
    QFile left(path);
    QVERIFY(left.open(QIODevice::WriteOnly));
    RemoteDisplay display{.isEnabled = true, .address = "unix", .password = "secret"};
    const auto address = chooseSpiceAddress(display, path, {});
    QVERIFY_OK(address);
    QCOMPARE(*address, (SpiceAddress{.socket = path, .password = "secret"}));
    QVERIFY(!left.exists());
    const auto tooLong = chooseSpiceAddress(display, QString(200, u'x'), {});
    QVERIFY(!tooLong && errorText(tooLong.error()).contains("too long"));
    display.isTlsOn = true;
    QVERIFY(!checkRemoteDisplay(display));
}

void TestRemoteDisplay::aTakenPortIsNamed()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    const QString port = QString::number(other.serverPort());
    const auto refused = freeSpicePort({.isEnabled = true, .ports = port});
    QVERIFY_ERROR(refused, ErrorKind::Busy);
    QVERIFY(errorText(refused.error()).contains(port));
    QVERIFY(toQString(refused.error().remedy()).contains("--vrde-port"));
    other.close();
    const auto free = freeSpicePort({.isEnabled = true, .ports = port});
    QVERIFY_OK(free);
    QCOMPARE(QString::number(*free), port);
}

void TestRemoteDisplay::theNextFreePortOfARangeIsTaken()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    const auto taken =
        freeSpicePort({.isEnabled = true, .ports = QString("%1,%1-65535").arg(other.serverPort())});
    QVERIFY_OK(taken);
    QVERIFY(*taken > other.serverPort());
}

void TestRemoteDisplay::noPortIsAnyPort()
{
    const auto taken = freeSpicePort({.isEnabled = true});
    QVERIFY_OK(taken);
    QVERIFY(*taken >= 1024);
    QVERIFY_OK(freeSpicePort({.isEnabled = true, .address = "::1"}));
}

void TestRemoteDisplay::aForeignAddressIsRefused()
{
    // TEST-NET-1 of RFC 5737: nobody's.
    const auto refused = freeSpicePort({.isEnabled = true, .address = "192.0.2.1"});
    QVERIFY_ERROR(refused, ErrorKind::Invalid);
    QVERIFY(errorText(refused.error()).contains("192.0.2.1"));
}

void TestRemoteDisplay::thePasswordIsForItsOwnerOnly()
{
    QTemporaryDir folder;
    const QString path = folder.filePath("password");
    QVERIFY_OK(writeSpicePassword(path, "older and longer"));
    QVERIFY_OK(writeSpicePassword(path, QStringLiteral("gr\u00fcn")));
    QCOMPARE(contents(path), QByteArray("gr\xc3\xbcn"));
    const auto others = QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther
        | QFileDevice::WriteOther;
    QVERIFY(!(QFileInfo(path).permissions() & others));
}

void TestRemoteDisplay::aCertificateIsMadeOnceForEachAddress()
{
    if (QStandardPaths::findExecutable("openssl").isEmpty())
        QSKIP("openssl is not installed");
    QTemporaryDir parent;
    const QString folder = parent.filePath("tls");
    const auto made = certify(folder, "127.0.0.1");
    QVERIFY(made.has_value());
    QVERIFY_OK(*made);
    const QByteArray first = contents(folder + "/server-cert.pem");
    QVERIFY(first.contains("BEGIN CERTIFICATE"));
    QCOMPARE(contents(spiceCaFile(folder)), first);
    QProcess tool; // which has a way of its own to the same number
    tool.start("openssl",
               {"x509", "-noout", "-fingerprint", "-sha256", "-in", spiceCaFile(folder)});
    QVERIFY(tool.waitForFinished(Patience));
    QCOMPARE(QString::fromLatin1(tool.readAllStandardOutput().trimmed()),
             "sha256 Fingerprint=" + spiceFingerprint(spiceCaFile(folder)));
    QVERIFY(contents(folder + "/server-key.pem").contains("PRIVATE KEY"));
    QVERIFY(!(QFileInfo(folder + "/server-key.pem").permissions()
              & (QFileDevice::ReadGroup | QFileDevice::ReadOther)));

    const auto again = certify(folder, "127.0.0.1");
    QVERIFY(again.has_value());
    QVERIFY_OK(*again);
    QCOMPARE(contents(folder + "/server-cert.pem"), first);
    const auto elsewhere = certify(folder, "192.0.2.1");
    QVERIFY(elsewhere.has_value());
    QVERIFY_OK(*elsewhere);
    QVERIFY(contents(folder + "/server-cert.pem") != first);
    QCOMPARE(contents(spiceCaFile(folder)), contents(folder + "/server-cert.pem"));
}

void TestRemoteDisplay::withoutOpensslItSaysSo()
{
    QTemporaryDir parent;
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", QFile::encodeName(parent.path()));
    const auto refused = certify(parent.filePath("tls"), "127.0.0.1");
    qputenv("PATH", path);
    QVERIFY(refused.has_value());
    QVERIFY_ERROR(*refused, ErrorKind::Unsupported);
    QVERIFY(toQString(refused->error().remedy()).contains("openssl"));
}

QTEST_GUILESS_MAIN(TestRemoteDisplay)
#include "tst_remote_display.moc"
