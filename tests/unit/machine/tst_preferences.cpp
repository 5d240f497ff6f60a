// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/preferences.h"
#include "engine/machine/user_paths.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>

using namespace engine;

class TestPreferences : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void whatIsSavedIsLoaded();
    void anOlderFileWithOneHostKeyIsRead();
    void nonsenseLeavesTheDefaults();
    void unknownKeysAreKept();
    void aFolderThatCannotBeWrittenIsAnError();
    void theWatcherHearsOfOtherPrograms();
    void theWatcherIgnoresASaveThatChangesNothing();
    void proxyAddressesAreRead_data();
    void proxyAddressesAreRead();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestPreferences::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_CONFIG_HOME", m_folder->path().toLocal8Bit());
}

void TestPreferences::whatIsSavedIsLoaded()
{
    Preferences written;
    written.hostKeys = {0x1d, 0x38};
    written.closeChoice = CloseChoice::Shutdown;
    written.isScaledByDefault = true;
    written.fullScreenMonitor = QStringLiteral("DP-1");
    written.isAutoCaptureOn = true;
    written.areDesktopKeysCaptured = false;
    written.language = QStringLiteral("de");
    written.proxy = {ProxyMode::Manual, QStringLiteral("proxy.example"), 3128};
    written.managerShortcuts = {{QStringLiteral("new"), QStringLiteral("Ctrl+M")}};
    written.machineShortcuts = {{QStringLiteral("pause"), QString()}};
    written.savedKeys = {{QStringLiteral("Switch"), {0x1d, 0x3b}}};
    written.guestLayouts = {{QStringLiteral("uuid"), QStringLiteral("de")}};
    QVERIFY_OK(written.save());
    const Preferences read = Preferences::load();
    QCOMPARE(read.hostKeys, written.hostKeys);
    QCOMPARE(int(read.closeChoice), int(written.closeChoice));
    QVERIFY(read.isScaledByDefault && read.isAutoCaptureOn && !read.areDesktopKeysCaptured);
    QCOMPARE(read.fullScreenMonitor, written.fullScreenMonitor);
    QCOMPARE(read.language, written.language);
    QVERIFY(read.proxy == written.proxy);
    QCOMPARE(read.managerShortcuts, written.managerShortcuts);
    QCOMPARE(read.machineShortcuts, written.machineShortcuts);
    QVERIFY(read.savedKeys == written.savedKeys);
    QCOMPARE(read.guestLayouts, written.guestLayouts);
}

namespace {

void writeFile(const QByteArray &contents)
{
    QVERIFY(QDir().mkpath(paths::configFolder()));
    QFile file(Preferences::fileName());
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(contents), contents.size());
}

} // namespace

void TestPreferences::anOlderFileWithOneHostKeyIsRead()
{
    writeFile(R"({"hostKey": 349})");
    QCOMPARE(Preferences::load().hostKeys, QList<ScanCode>{0x15d});
}

void TestPreferences::nonsenseLeavesTheDefaults()
{
    writeFile(R"({"hostKeys": [0, 99999], "proxy": {"mode": "maybe", "port": -1},
                 "closeChoice": 7, "savedKeys": [{"label": "x"}], "managerShortcuts": [1]})");
    const Preferences read = Preferences::load();
    QCOMPARE(read.hostKeys, QList<ScanCode>{0x11d});
    QCOMPARE(int(read.proxy.mode), int(ProxyMode::System));
    QCOMPARE(read.proxy.port, 8080);
    QCOMPARE(int(read.closeChoice), int(CloseChoice::Ask));
    QVERIFY(read.savedKeys.isEmpty() && read.managerShortcuts.isEmpty());
}

void TestPreferences::unknownKeysAreKept()
{
    writeFile(R"({"fromTheFuture": {"a": 1}})");
    QVERIFY_OK(Preferences::load().save());
    QCOMPARE(Preferences::load().unknownKeys[QLatin1String("fromTheFuture")].toObject().size(), 1);
}

void TestPreferences::aFolderThatCannotBeWrittenIsAnError()
{
    // A file where the folder should be: root may write everywhere else.
    QFile file(m_folder->filePath(QStringLiteral("vitrine")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const Result<> saved = Preferences().save();
    QVERIFY_ERROR(saved, ErrorKind::Io);
    QVERIFY(!saved.error().remedy().empty());
}

void TestPreferences::theWatcherHearsOfOtherPrograms()
{
    PreferencesWatcher watcher;
    QSignalSpy changed(&watcher, &PreferencesWatcher::changed);
    Preferences preferences;
    preferences.language = QStringLiteral("de");
    QVERIFY_OK(preferences.save());
    QTRY_COMPARE(changed.count(), 1);
    preferences.language = QStringLiteral("en"); // and again, though the file is another one now
    QVERIFY_OK(preferences.save());
    QTRY_COMPARE(changed.count(), 2);
}

void TestPreferences::theWatcherIgnoresASaveThatChangesNothing()
{
    QVERIFY_OK(Preferences().save());
    PreferencesWatcher watcher;
    QSignalSpy changed(&watcher, &PreferencesWatcher::changed);
    QVERIFY_OK(Preferences().save());
    Preferences different;
    different.showMiniToolBar = false;
    QVERIFY_OK(different.save());
    QTRY_COMPARE(changed.count(), 1);
}

void TestPreferences::proxyAddressesAreRead_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("host"); // empty: refused
    QTest::addColumn<int>("port");
    QTest::newRow("host and port") << "proxy.example:3128"
                                   << "proxy.example" << 3128;
    QTest::newRow("scheme") << "http://10.0.0.1:81/"
                            << "10.0.0.1" << 81;
    QTest::newRow("no port") << "proxy"
                             << "proxy" << 8080;
    QTest::newRow("empty") << ""
                           << "" << 0;
    QTest::newRow("other scheme") << "socks5://proxy:1"
                                  << "" << 0;
    QTest::newRow("bad port") << "proxy:99999"
                              << "" << 0;
}

void TestPreferences::proxyAddressesAreRead()
{
    QFETCH(QString, url);
    QFETCH(QString, host);
    const Result<ProxyChoice> proxy = proxyFromUrl(url);
    if (host.isEmpty()) {
        QVERIFY_ERROR(proxy, ErrorKind::Invalid);
        return;
    }
    QVERIFY_OK(proxy);
    QCOMPARE(proxy->host, host);
    QTEST(proxy->port, "port");
    QCOMPARE(int(proxy->mode), int(ProxyMode::Manual));
}

QTEST_GUILESS_MAIN(TestPreferences)
#include "tst_preferences.moc"
