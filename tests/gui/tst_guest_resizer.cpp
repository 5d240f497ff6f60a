// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/guest_resizer.h"

#include <QtCore/QCoreApplication>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using ui::GuestResizer;
using namespace std::chrono_literals;

class TestGuestResizer : public QObject
{
    Q_OBJECT
private slots:
    void aRoomIsAskedForInWholeColumns_data();
    void aRoomIsAskedForInWholeColumns();
    void aDragOfTheBorderAsksOnce();
    void nothingIsAskedWithoutAnAgentOrARoom();
    void whatTheGuestCannotIsNotAskedAgain();
    void theAnswerIsToldFromTheGuestsOwnIdea();
};

void TestGuestResizer::aRoomIsAskedForInWholeColumns_data()
{
    QTest::addColumn<QSize>("room");
    QTest::addColumn<QSize>("size");
    QTest::newRow("even") << QSize(1024, 768) << QSize(1024, 768);
    QTest::newRow("odd") << QSize(1031, 769) << QSize(1024, 769);
    QTest::newRow("tiny") << QSize(100, 50) << QSize(320, 200);
    QTest::newRow("huge") << QSize(20'000, 20'000) << QSize(8192, 8192);
}

void TestGuestResizer::aRoomIsAskedForInWholeColumns()
{
    QFETCH(QSize, room);
    QTEST(GuestResizer::sizeFor(room), "size");
}

void TestGuestResizer::aDragOfTheBorderAsksOnce()
{
    QSize room(800, 600);
    GuestResizer resizer([&room] { return room; });
    QSignalSpy wanted(&resizer, &GuestResizer::wanted);
    resizer.guestChanged(QSize(800, 600));
    resizer.setActive(true);
    for (int width = 801; width <= 1000; ++width) {
        room.setWidth(width);
        resizer.roomChanged();
    }
    QTRY_COMPARE(wanted.size(), 1);
    QCOMPARE(wanted.first().first().toSize(), QSize(1000, 600));
    resizer.guestChanged(QSize(1000, 600));
}

void TestGuestResizer::nothingIsAskedWithoutAnAgentOrARoom()
{
    QSize room(1000, 600);
    GuestResizer resizer([&room] { return room; }, 0ms);
    QSignalSpy wanted(&resizer, &GuestResizer::wanted);
    resizer.guestChanged(QSize(800, 600));
    resizer.roomChanged();
    QCoreApplication::processEvents();
    QVERIFY(wanted.isEmpty());
    room = QSize();
    resizer.setActive(true);
    QCoreApplication::processEvents();
    QVERIFY(wanted.isEmpty());
    room = QSize(1000, 600);
    resizer.roomChanged();
    QTRY_COMPARE(wanted.size(), 1);
}

void TestGuestResizer::whatTheGuestCannotIsNotAskedAgain()
{
    QSize room(1000, 600);
    GuestResizer resizer([&room] { return room; }, 0ms);
    QSignalSpy wanted(&resizer, &GuestResizer::wanted);
    resizer.guestChanged(QSize(800, 600));
    resizer.setActive(true);
    QTRY_COMPARE(wanted.size(), 1);
    resizer.guestChanged(QSize(960, 600)); // as near as it can
    resizer.roomChanged();
    QCoreApplication::processEvents();
    QCOMPARE(wanted.size(), 1);
    room = QSize(1008, 600);
    resizer.roomChanged();
    QTRY_COMPARE(wanted.size(), 2);
}

void TestGuestResizer::theAnswerIsToldFromTheGuestsOwnIdea()
{
    GuestResizer resizer([] { return QSize(1000, 600); });
    QSignalSpy wanted(&resizer, &GuestResizer::wanted);
    QVERIFY(!resizer.guestChanged(QSize(800, 600)));
    resizer.setActive(true);
    QVERIFY(!resizer.guestChanged(QSize(640, 480))); // not asked for yet
    QTRY_COMPARE(wanted.size(), 1);
    QVERIFY(resizer.guestChanged(QSize(1000, 600)));
    resizer.setActive(false);
    QVERIFY(!resizer.guestChanged(QSize(640, 480)));
}

QTEST_GUILESS_MAIN(TestGuestResizer)
#include "tst_guest_resizer.moc"
