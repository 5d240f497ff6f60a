// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/frame_notes.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

class TestFrameNotes final : public QObject
{
    Q_OBJECT
private slots:
    void whatComesInPiecesIsWaitedFor();
    void aWholePictureIsNotWaitedFor();
};

void TestFrameNotes::whatComesInPiecesIsWaitedFor()
{
    display::FrameNotes notes;
    QSignalSpy arrived(&notes, &display::FrameNotes::arrived);
    notes.frameDamaged({0, 0, 10, 1});
    QCoreApplication::sendPostedEvents(&notes);
    QCOMPARE(arrived.count(), 0);
    notes.frameDamaged({0, 5, 10, 1});
    QTRY_COMPARE(arrived.count(), 1);
    QCOMPARE(notes.take().damage, QRegion(0, 0, 10, 1) + QRegion(0, 5, 10, 1));
}

void TestFrameNotes::aWholePictureIsNotWaitedFor()
{
    display::FrameNotes notes;
    notes.setWaitingForQuiet(false);
    QSignalSpy arrived(&notes, &display::FrameNotes::arrived);
    notes.frameDamaged({0, 0, 10, 1});
    notes.frameDamaged({0, 5, 10, 1});
    QCOMPARE(arrived.count(), 0); // never on the thread that tells
    QCoreApplication::sendPostedEvents(&notes);
    QCOMPARE(arrived.count(), 1);
    QCOMPARE(notes.take().damage, QRegion(0, 0, 10, 1) + QRegion(0, 5, 10, 1));
    notes.frameResized();
    QCoreApplication::sendPostedEvents(&notes);
    QCOMPARE(arrived.count(), 2);
    QVERIFY(notes.take().isResized);
}

QTEST_GUILESS_MAIN(TestFrameNotes)
#include "tst_frame_notes.moc"
