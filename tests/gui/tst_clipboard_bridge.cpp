// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_guest_link.h"
#include "ui/clip_formats.h"
#include "ui/clipboard_bridge.h"

#include <QtCore/QMimeData>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QImage>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using display::ClipFormat;
using engine::SharingMode;
using fakes::FakeGuestLink;
using Formats = FakeGuestLink::Formats;

namespace {

QClipboard &clipboard()
{
    return *QGuiApplication::clipboard();
}

QMimeData *picture()
{
    QImage image(4, 3, QImage::Format_RGB32);
    image.fill(Qt::red);
    auto *data = new QMimeData;
    data->setImageData(image);
    return data;
}

// A bridge of a window that has the focus, to a guest whose agent can everything.
struct Desk
{
    explicit Desk(SharingMode mode)
    {
        clipboard().clear();
        link.become(FakeGuestLink::everything());
        bridge.setMode(mode);
        bridge.setActive(true);
        bridge.setLink(&link);
    }
    FakeGuestLink link;
    ui::ClipboardBridge bridge{clipboard()};
};

} // namespace

class TestClipboardBridge : public QObject
{
    Q_OBJECT
private slots:
    void whatIsCopiedHereIsOfferedAndHandedOverWhenAsked();
    void whatIsCopiedInTheGuestIsFetchedWhenPasted();
    void aDirectionThatIsOffIsClosed_data();
    void aDirectionThatIsOffIsClosed();
    void aWindowWithoutFocusSharesNothing();
    void theModeChangesAtOnce();
    void anOldOfferIsNotAnsweredWithWhatIsNewer();
    void nothingComesBackAsAnEcho();
    void aGuestManagerThatTakesOverIsRecognized();
    void aGuestThatDoesNotAnswerYieldsNothing();
    void whatIsTooLargeStaysHere();
    void theClipboardIsEmptiedWhenTheGuestGoes();
    void whatTheGuestSendsUnaskedIsDropped();
    void picturesGoBothWays();
    void formattedTextGoesAsItsText();
    void lineEndsAreTheGuests();
};

void TestClipboardBridge::whatIsCopiedHereIsOfferedAndHandedOverWhenAsked()
{
    Desk desk(SharingMode::Bidirectional);
    clipboard().setText(QStringLiteral("Grüße"));
    QCOMPARE(desk.link.offers, QList<Formats>{{ClipFormat::Text}});
    QVERIFY(desk.link.answers.isEmpty()); // nothing has gone over yet
    emit desk.link.requested(ClipFormat::Text);
    QCOMPARE(desk.link.answers, QList<QByteArray>{QStringLiteral("Grüße").toUtf8()});
}

void TestClipboardBridge::whatIsCopiedInTheGuestIsFetchedWhenPasted()
{
    Desk desk(SharingMode::Bidirectional);
    desk.link.copy({{ClipFormat::Text, QByteArray("from the guest\0", 15)}});
    QVERIFY(clipboard().mimeData()->hasText());
    QCOMPARE(desk.link.requests, 0);
    QCOMPARE(clipboard().text(), QStringLiteral("from the guest"));
    QCOMPARE(clipboard().text(), QStringLiteral("from the guest"));
    QCOMPARE(desk.link.requests, 1); // it is kept
    QVERIFY(desk.link.offers.isEmpty());
}

void TestClipboardBridge::aDirectionThatIsOffIsClosed_data()
{
    QTest::addColumn<SharingMode>("mode");
    QTest::addColumn<bool>("reachesGuest");
    QTest::addColumn<bool>("reachesHost");
    QTest::newRow("off") << SharingMode::Disabled << false << false;
    QTest::newRow("to guest") << SharingMode::HostToGuest << true << false;
    QTest::newRow("to host") << SharingMode::GuestToHost << false << true;
    QTest::newRow("both") << SharingMode::Bidirectional << true << true;
}

void TestClipboardBridge::aDirectionThatIsOffIsClosed()
{
    QFETCH(SharingMode, mode);
    QFETCH(bool, reachesGuest);
    QFETCH(bool, reachesHost);
    Desk desk(mode);
    clipboard().setText(QStringLiteral("here"));
    QCOMPARE(!desk.link.offers.isEmpty(), reachesGuest);
    // A guest may ask without an offer.
    emit desk.link.requested(ClipFormat::Text);
    QCOMPARE(desk.link.answers.last() == "here", reachesGuest);
    QCoreApplication::processEvents();
    desk.link.copy({{ClipFormat::Png, "there"}});
    QCOMPARE(clipboard().mimeData()->data(QStringLiteral("image/png")) == "there", reachesHost);
}

void TestClipboardBridge::aWindowWithoutFocusSharesNothing()
{
    Desk desk(SharingMode::Bidirectional);
    desk.bridge.setActive(false);
    clipboard().setText(QStringLiteral("a password"));
    QVERIFY(desk.link.offers.isEmpty());
    desk.bridge.setActive(true);
    QCOMPARE(desk.link.offers, QList<Formats>{{ClipFormat::Text}});
    desk.bridge.setActive(false);
    desk.link.copy({{ClipFormat::Text, "behind your back"}});
    QCOMPARE(clipboard().text(), QStringLiteral("a password"));
    desk.bridge.setActive(true);
    QCOMPARE(clipboard().text(), QStringLiteral("behind your back"));
}

void TestClipboardBridge::theModeChangesAtOnce()
{
    Desk desk(SharingMode::Bidirectional);
    clipboard().setText(QStringLiteral("here"));
    desk.bridge.setMode(SharingMode::GuestToHost);
    QCOMPARE(desk.link.offers, (QList<Formats>{{ClipFormat::Text}, {}})); // taken back
    emit desk.link.requested(ClipFormat::Text);
    QCOMPARE(desk.link.answers, QList<QByteArray>{QByteArray()});
    desk.bridge.setMode(SharingMode::HostToGuest);
    QCOMPARE(desk.link.offers.size(), 3); // offered anew

    desk.bridge.setMode(SharingMode::GuestToHost);
    desk.link.copy({{ClipFormat::Text, "there"}});
    QVERIFY(clipboard().mimeData()->hasText());
    desk.bridge.setMode(SharingMode::Disabled);
    QVERIFY(clipboard().text().isEmpty());
    desk.bridge.setMode(SharingMode::Bidirectional);
    QCOMPARE(clipboard().text(), QStringLiteral("there"));
}

void TestClipboardBridge::anOldOfferIsNotAnsweredWithWhatIsNewer()
{
    Desk desk(SharingMode::HostToGuest);
    clipboard().setText(QStringLiteral("for the guest"));
    desk.bridge.setActive(false);
    clipboard().setText(QStringLiteral("not for the guest"));
    QVERIFY(desk.link.offers.last().isEmpty());
    emit desk.link.requested(ClipFormat::Text);
    QCOMPARE(desk.link.answers, QList<QByteArray>{QByteArray()});
}

void TestClipboardBridge::nothingComesBackAsAnEcho()
{
    Desk desk(SharingMode::Bidirectional);
    desk.link.copy({{ClipFormat::Text, "once"}});
    QCOMPARE(clipboard().text(), QStringLiteral("once"));
    QVERIFY(desk.link.offers.isEmpty());
    // As a clipboard manager does.
    clipboard().setText(QStringLiteral("once"));
    QVERIFY(desk.link.offers.isEmpty());
    clipboard().setText(QStringLiteral("something else"));
    QCOMPARE(desk.link.offers.size(), 1);
}

void TestClipboardBridge::aGuestManagerThatTakesOverIsRecognized()
{
    Desk desk(SharingMode::Bidirectional);
    auto *data = new QMimeData;
    data->setText(QStringLiteral("bold"));
    data->setHtml(QStringLiteral("<b>bold</b>"));
    clipboard().setMimeData(data);
    emit desk.link.requested(ClipFormat::Text);
    desk.link.copy({{ClipFormat::Text, "bold"}});
    QTRY_COMPARE(desk.link.requests, 1);
    QCoreApplication::processEvents();
    QCOMPARE(clipboard().mimeData()->html(), QStringLiteral("<b>bold</b>")); // still there
    // But a guest's user who copies something just then is heard.
    desk.link.copy({{ClipFormat::Text, "bolder"}});
    QTRY_COMPARE(clipboard().text(), QStringLiteral("bolder"));
}

void TestClipboardBridge::aGuestThatDoesNotAnswerYieldsNothing()
{
    Desk desk(SharingMode::Bidirectional);
    desk.link.isSilent = true;
    desk.link.copy({{ClipFormat::Text, "never"}});
    // The agent goes while somebody waits.
    QMetaObject::invokeMethod(
        &desk.link, [&desk] { desk.link.become({}); }, Qt::QueuedConnection);
    QVERIFY(clipboard().text().isEmpty());
    QTRY_VERIFY(clipboard().mimeData() == nullptr || !clipboard().mimeData()->hasText());
}

void TestClipboardBridge::whatIsTooLargeStaysHere()
{
    Desk desk(SharingMode::Bidirectional);
    QSignalSpy said(&desk.bridge, &ui::ClipboardBridge::said);
    auto *data = new QMimeData;
    data->setData(QStringLiteral("image/png"),
                  QByteArray(FakeGuestLink::MaxClipboardBytes + 1, 'x'));
    clipboard().setMimeData(data);
    emit desk.link.requested(ClipFormat::Png);
    QCOMPARE(desk.link.answers, QList<QByteArray>{QByteArray()});
    QCOMPARE(said.size(), 1);
}

void TestClipboardBridge::theClipboardIsEmptiedWhenTheGuestGoes()
{
    {
        Desk desk(SharingMode::Bidirectional);
        desk.link.copy({{ClipFormat::Text, "gone"}});
        QVERIFY(clipboard().mimeData()->hasText());
        desk.bridge.setLink(nullptr);
        QVERIFY(clipboard().text().isEmpty());
    }
    {
        Desk desk(SharingMode::Bidirectional);
        clipboard().setText(QStringLiteral("mine"));
    }
    QCOMPARE(clipboard().text(), QStringLiteral("mine")); // not the guest's to take along
}

void TestClipboardBridge::whatTheGuestSendsUnaskedIsDropped()
{
    Desk desk(SharingMode::Bidirectional);
    desk.link.copy({{ClipFormat::Text, "asked"}});
    emit desk.link.arrived(ClipFormat::Text, "unasked");
    QCOMPARE(clipboard().text(), QStringLiteral("asked"));
}

void TestClipboardBridge::picturesGoBothWays()
{
    Desk desk(SharingMode::Bidirectional);
    clipboard().setMimeData(picture());
    QCOMPARE(desk.link.offers, (QList<Formats>{{ClipFormat::Png, ClipFormat::Bmp}}));
    emit desk.link.requested(ClipFormat::Png);
    emit desk.link.requested(ClipFormat::Bmp);
    for (const QByteArray &data : std::as_const(desk.link.answers)) {
        const QImage image = QImage::fromData(data);
        QCOMPARE(image.size(), QSize(4, 3));
        QCOMPARE(image.pixelColor(1, 1), QColor(Qt::red));
    }
    const QByteArray png = desk.link.answers.first();
    QVERIFY(png.startsWith("\x89PNG"));
    desk.link.copy({{ClipFormat::Png, png}});
    QCOMPARE(clipboard().mimeData()->data(QStringLiteral("image/png")), png);
}

void TestClipboardBridge::formattedTextGoesAsItsText()
{
    QMimeData data;
    data.setHtml(QStringLiteral("<p>one</p><p><b>two</b></p>"));
    QCOMPARE(ui::formatsIn(data), Formats{ClipFormat::Text});
    QCOMPARE(ui::clipData(data, ClipFormat::Text, ui::LineEnds::Lf), QByteArray("one\ntwo"));
}

void TestClipboardBridge::lineEndsAreTheGuests()
{
    QMimeData data;
    data.setText(QStringLiteral("a\nb\r\nc"));
    QCOMPARE(ui::clipData(data, ClipFormat::Text, ui::LineEnds::CrLf), QByteArray("a\r\nb\r\nc"));
    QCOMPARE(ui::clipData(data, ClipFormat::Text, ui::LineEnds::Lf), QByteArray("a\nb\r\nc"));
    QCOMPARE(ui::textFromGuest("a\r\nb", ui::LineEnds::CrLf), QByteArray("a\nb"));
    QCOMPARE(ui::textFromGuest("a\r\nb", ui::LineEnds::Lf), QByteArray("a\r\nb"));
}

QTEST_MAIN(TestClipboardBridge)
#include "tst_clipboard_bridge.moc"
