// SPDX-License-Identifier: GPL-3.0-or-later
// setproperty and osdata through the whole command line, in a home of their own.
#include "app/cli/command_line.h"
#include "engine/machine/preferences.h"
#include "tests/support/test_main.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>

using namespace app;

namespace {

struct Said
{
    int exitCode = -1;
    QString out;
    QString err;
};

Said say(QStringList words)
{
    Said said;
    Output output([&](const QByteArray &bytes) { said.out += QString::fromUtf8(bytes); },
                  [&](const QByteArray &bytes) { said.err += QString::fromUtf8(bytes); });
    words.prepend(QStringLiteral("vitrinectl"));
    said.exitCode = runCommandLine(words, output);
    return said;
}

} // namespace

class TestCliPreferences : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void propertiesAreSetAndListed();
    void badValuesAreRefusedAndChangeNothing_data();
    void badValuesAreRefusedAndChangeNothing();
    void theOsDataAreShown();
    void osDataMistakesAreSyntaxErrors();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestCliPreferences::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("HOME", m_folder->path().toLocal8Bit());
    qputenv("XDG_CONFIG_HOME", m_folder->filePath(QStringLiteral("config")).toLocal8Bit());
    qputenv("XDG_DATA_HOME", m_folder->filePath(QStringLiteral("data")).toLocal8Bit());
}

void TestCliPreferences::propertiesAreSetAndListed()
{
    const QString folder = m_folder->filePath(QStringLiteral("machines"));
    for (const QStringList &words : {QStringList{"setproperty", "machinefolder", folder},
                                     {"setproperty", "language", "de"},
                                     {"setproperty", "proxyurl", "proxy.example:3128"},
                                     {"setproperty", "proxymode", "manual"}}) {
        const Said said = say(words);
        QVERIFY2(said.exitCode == 0, qPrintable(said.err));
    }
    const engine::Preferences saved = engine::Preferences::load();
    QCOMPARE(saved.language, QStringLiteral("de"));
    QCOMPARE(int(saved.proxy.mode), int(engine::ProxyMode::Manual));
    QCOMPARE(saved.proxy.host, QStringLiteral("proxy.example"));
    QCOMPARE(saved.proxy.port, 3128);
    const QString listed = say({"list", "systemproperties"}).out;
    for (const QString &value : {folder, QStringLiteral("Manual"), QStringLiteral("de"),
                                 QStringLiteral("http://proxy.example:3128")})
        QVERIFY2(listed.contains(value), qPrintable(listed));
    QCOMPARE(say({"setproperty", "language", "default"}).exitCode, 0);
    QCOMPARE(say({"setproperty", "proxymode", "noproxy"}).exitCode, 0);
    QVERIFY(engine::Preferences::load().language.isEmpty());
    QCOMPARE(int(engine::Preferences::load().proxy.mode), int(engine::ProxyMode::None));
}

void TestCliPreferences::badValuesAreRefusedAndChangeNothing_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("exitCode");
    QTest::newRow("unknown property") << QStringList{"setproperty", "color", "red"} << 2;
    QTest::newRow("property of VirtualBox's")
        << QStringList{"setproperty", "vrdeextpack", "x"} << 1;
    QTest::newRow("no language") << QStringList{"setproperty", "language", "klingon9"} << 2;
    QTest::newRow("no proxy mode") << QStringList{"setproperty", "proxymode", "maybe"} << 2;
    QTest::newRow("no proxy") << QStringList{"setproperty", "proxyurl", "ftp://x"} << 2;
    QTest::newRow("no value") << QStringList{"setproperty", "language"} << 2;
}

void TestCliPreferences::badValuesAreRefusedAndChangeNothing()
{
    QFETCH(QStringList, words);
    const Said said = say(words);
    QTEST(said.exitCode, "exitCode");
    QVERIFY(!said.err.isEmpty());
    QVERIFY(!QFile::exists(engine::Preferences::fileName()));
}

void TestCliPreferences::theOsDataAreShown()
{
    qputenv("OSINFO_SYSTEM_DIR", m_folder->path().toLocal8Bit());
    QFile file(m_folder->filePath(QStringLiteral("VERSION")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("20230102");
    file.close();
    const QStringList lines = say({"osdata"}).out.split(u'\n');
    QCOMPARE(lines.size(), 4); // three, and nothing after the last
    QVERIFY(lines.first().startsWith(QStringLiteral("Version: ")));
    QVERIFY(lines.first().endsWith(QStringLiteral("20230102")));
    const QJsonObject json =
        QJsonDocument::fromJson(say({"--json", "osdata"}).out.toUtf8()).object();
    QCOMPARE(json[QLatin1String("version")].toString(), QStringLiteral("20230102"));
    QCOMPARE(json[QLatin1String("canUndo")].toBool(true), false);
    const Said undone = say({"osdata", "undo"});
    QCOMPARE(undone.exitCode, 1);
    QVERIFY(undone.err.contains(QStringLiteral("no update")));
    const Said imported = say({"osdata", "import", "/nowhere.tar.xz"});
    QCOMPARE(imported.exitCode, 1);
    QVERIFY(imported.err.contains(QStringLiteral("/nowhere.tar.xz")));
}

void TestCliPreferences::osDataMistakesAreSyntaxErrors()
{
    QCOMPARE(say({"osdata", "fetch"}).exitCode, 2);
    QCOMPARE(say({"osdata", "import"}).exitCode, 2);
    QCOMPARE(say({"osdata", "undo", "all"}).exitCode, 2);
}

QTEST_GUILESS_MAIN(TestCliPreferences)
#include "tst_cli_preferences.moc"
