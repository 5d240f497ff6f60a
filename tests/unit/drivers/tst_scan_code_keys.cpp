// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/driver.h"
#include "engine/drivers/scan_code_keys.h"

#include <QtTest/QTest>

using namespace engine;

class TestScanCodeKeys final : public QObject
{
    Q_OBJECT
private slots:
    void bytesBecomeKeys_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::addColumn<QString>("keys");
        QTest::newRow("a down and up") << QByteArray("1e9e") << "+30 -30";
        QTest::newRow("shift held") << QByteArray("2a1e9eaa") << "+42 +30 -30 -42";
        QTest::newRow("right arrow") << QByteArray("e04de0cd") << "+205 -205";
        QTest::newRow("order is kept") << QByteArray("1ee04d9ee0cd") << "+30 +205 -30 -205";
        QTest::newRow("print with its fake shift") << QByteArray("e02ae037e0b7e0aa") << "+183 -183";
        QTest::newRow("pause") << QByteArray("e11d45e19dc5") << "+pause -pause";
        QTest::newRow("keys around pause")
            << QByteArray("1ee11d45e19dc59e") << "+30 +pause -pause -30";
        QTest::newRow("prefix at the end") << QByteArray("1ee0") << "+30";
        QTest::newRow("nothing") << QByteArray() << "";
        QTest::newRow("no key") << QByteArray("0080") << "";
    }
    void bytesBecomeKeys()
    {
        QFETCH(QByteArray, hex);
        QFETCH(QString, keys);
        QStringList got;
        for (const QJsonObject &event : keyEvents(QByteArray::fromHex(hex))) {
            QCOMPARE(event["type"].toString(), "key");
            const QJsonObject data = event["data"].toObject();
            const QJsonValue key = data["key"].toObject()["data"];
            got.append((data["down"].toBool() ? "+" : "-")
                       + (key.isString() ? key.toString() : QString::number(key.toInt())));
        }
        QCOMPARE(got.join(' '), keys);
    }

    void statesHaveTheDialectsNames()
    {
        QCOMPARE(stateName(Driver::State::Off), "poweroff");
        QCOMPARE(stateName(Driver::State::Running), "running");
        QCOMPARE(stateName(Driver::State::Aborted), "aborted");
    }
};

QTEST_GUILESS_MAIN(TestScanCodeKeys)
#include "tst_scan_code_keys.moc"
