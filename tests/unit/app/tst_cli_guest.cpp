// SPDX-License-Identifier: GPL-3.0-or-later
// Guest properties as the command line stores, picks and prints them.
#include "app/cli/guest_properties.h"
#include "app/cli/guest_session.h"
#include "tests/support/test_main.h"

#include <QtCore/QJsonObject>

using namespace app;
using namespace engine;

namespace {

const QDateTime Time = QDateTime::fromMSecsSinceEpoch(1700000000123, Qt::UTC);

} // namespace

class TestCliGuest final : public QObject
{
    Q_OBJECT
private slots:
    void propertiesAreStoredAndRemoved();
    void whatTheGuestSaysCounts();
    void patternsFit_data();
    void patternsFit();
    void flagsAreVirtualBoxs();
    void namesHaveLimits();
    void bothFormatsArePrinted();
    void actionsHaveVirtualBoxsNames();
};

void TestCliGuest::propertiesAreStoredAndRemoved()
{
    MachineDefinition definition;
    storeProperty(definition, {"/b", "2", Time, "TRANSIENT"});
    storeProperty(definition, {"/a", "1", Time});
    const QList<GuestProperty> stored = storedProperties(definition);
    QCOMPARE(stored.size(), 2);
    QCOMPARE(stored[0].name, "/a");
    QCOMPARE(stored[1].flags, "TRANSIENT");
    QCOMPARE(stored[1].changed, Time);
    storeProperty(definition, {"/b", "", Time});
    QCOMPARE(storedProperties(definition).size(), 1);
}

void TestCliGuest::whatTheGuestSaysCounts()
{
    const auto all = mergedProperties({{"/a", "stored", Time}, {"/c", "kept", Time}},
                                      {{"/b", "guest's", Time}, {"/a", "guest's", Time}});
    QCOMPARE(all.size(), 3);
    QCOMPARE(all[0].value, "guest's");
    QCOMPARE(all[2].value, "kept");
}

void TestCliGuest::patternsFit_data()
{
    QTest::addColumn<QStringList>("patterns");
    QTest::addColumn<bool>("fits");
    QTest::newRow("none") << QStringList{} << true;
    QTest::newRow("whole") << QStringList{"/VirtualBox/GuestInfo/Net/0/V4/IP"} << true;
    QTest::newRow("part") << QStringList{"/VirtualBox/GuestInfo"} << false;
    QTest::newRow("star") << QStringList{"*/IP"} << true;
    QTest::newRow("question mark") << QStringList{"/VirtualBox/GuestInfo/Net/?/V4/IP"} << true;
    QTest::newRow("several in one") << QStringList{"/x|*/V4/*"} << true;
    QTest::newRow("several") << QStringList{"/x", "*/V4/*"} << true;
    QTest::newRow("a dot is a dot") << QStringList{"/VirtualBox.GuestInfo*"} << false;
}

void TestCliGuest::patternsFit()
{
    QFETCH(QStringList, patterns);
    QFETCH(bool, fits);
    QCOMPARE(fitsPatterns("/VirtualBox/GuestInfo/Net/0/V4/IP", patterns), fits);
}

void TestCliGuest::flagsAreVirtualBoxs()
{
    QCOMPARE(*flagsFrom("rdonlyguest,TRANSIENT"), "TRANSIENT, RDONLYGUEST");
    QCOMPARE(*flagsFrom("readonly"), "RDONLYGUEST, RDONLYHOST");
    QCOMPARE(*flagsFrom(""), "");
    QVERIFY_ERROR(flagsFrom("SECRET"), ErrorKind::Invalid);
}

void TestCliGuest::namesHaveLimits()
{
    QVERIFY_OK(checkPropertyName("/Vagrant/Data"));
    QVERIFY_ERROR(checkPropertyName(""), ErrorKind::Invalid);
    QVERIFY_ERROR(checkPropertyName("/a*"), ErrorKind::Invalid);
    QVERIFY_ERROR(checkPropertyName(QString(65, 'x')), ErrorKind::Invalid);
}

void TestCliGuest::bothFormatsArePrinted()
{
    const QList<GuestProperty> some{{"/a", "1", Time, "TRANSIENT"}, {"/long", "two", {}}};
    QCOMPARE(propertiesText(some, {}),
             "/a    = '1'  @ 2023-11-14T22:13:20.123Z TRANSIENT\n"
             "/long = 'two'\n");
    QCOMPARE(propertiesText(some, {.hasTime = false, .hasFlags = false}),
             "/a    = '1'\n/long = 'two'\n");
    QCOMPARE(propertiesText(some, {.isOldFormat = true}),
             "Name: /a, value: 1, timestamp: 1700000000123000000, flags: TRANSIENT\n"
             "Name: /long, value: two, timestamp: 0, flags: \n");
}

void TestCliGuest::actionsHaveVirtualBoxsNames()
{
    for (const char *name : {"copyto", "copyfrom", "mkdir", "createdirectory", "rmdir", "rm", "mv",
                             "mktemp", "stat", "ls"})
        QVERIFY2(guestFileAction(name).run != nullptr, name);
    QVERIFY(guestFileAction("format").run == nullptr);
}

QTEST_GUILESS_MAIN(TestCliGuest)

#include "tst_cli_guest.moc"
