// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/open_display.h"
#include "tests/support/spice_guest.h"

#include <QtCore/QRegularExpression>
#include <QtGui/QImage>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <utility>

using engine::KeyMotion;
using engine::PointerButton;
using engine::PointerMode;

namespace {

constexpr int BootTimeout = 60'000; // software emulation on a busy machine

// Deep copy of what the source shows now.
QImage picture(const engine::FrameSource &source)
{
    const engine::Frame frame = source.frame();
    if (frame.isEmpty() || frame.format != engine::PixelFormat::Xrgb32)
        return {};
    return QImage(frame.pixels, frame.width, frame.height, int(frame.strideBytes),
                  QImage::Format_RGB32)
        .copy();
}

int litPixels(const QImage &image)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            count += (image.pixel(x, y) & 0xffffff) != 0 ? 1 : 0;
    }
    return count;
}

std::unique_ptr<display::DisplaySession> open(const SpiceGuest &guest)
{
    engine::DisplayEndpoint endpoint;
    endpoint.kind = engine::DisplayEndpoint::Kind::Spice;
    endpoint.spice.socket = guest.socketPath();
    return display::openDisplay(endpoint);
}

void press(engine::InputSink &sink, engine::ScanCode code)
{
    sink.key(code, KeyMotion::Press);
    sink.key(code, KeyMotion::Release);
}

// GRUB's menu is a screen full of text; C leaves it for a prompt.
bool openCommandLine(display::DisplaySession &session)
{
    constexpr int MenuPixels = 20'000;
    const auto lit = [&session] { return litPixels(picture(session.frameSource())); };
    if (!QTest::qWaitFor([&] { return lit() > MenuPixels; }, BootTimeout))
        return false;
    press(session.inputSink(), 0x2e);
    return QTest::qWaitFor([&] { return lit() < MenuPixels / 2; }, BootTimeout);
}

struct Listener final : engine::FrameListener
{
    void frameDamaged(engine::FrameRect) override { ++damages; }
    void frameResized() override { ++resizes; }
    void cursorChanged() override { ++cursors; }
    int damages = 0;
    int resizes = 0;
    int cursors = 0;
};

} // namespace

#define START(guest, ...)                                                                          \
    if (!SpiceGuest::missing().isEmpty())                                                          \
        QSKIP(qPrintable(SpiceGuest::missing()));                                                  \
    SpiceGuest guest;                                                                              \
    QVERIFY2(guest.start(__VA_ARGS__), qPrintable(guest.error()))

class TestSpiceSession : public QObject
{
    Q_OBJECT
private slots:
    void pictureArrivesAndKeysChangeIt();
    void everyKindOfKeyAndButtonArrives();
    void tabletMakesThePointerAbsolute();
    void deathOfTheMachineClosesTheSession();
    void missingSocketIsExplained();
    void noDisplayIsExplained();
    void sessionMayBeDeletedAtAnyMoment();
};

void TestSpiceSession::pictureArrivesAndKeysChangeIt()
{
    START(guest);
    const auto session = open(guest);
    QSignalSpy opened(session.get(), &display::DisplaySession::opened);
    QVERIFY(opened.wait(BootTimeout));
    engine::FrameSource &source = session->frameSource();
    Listener listener;
    source.setListener(&listener);
    QTRY_VERIFY_WITH_TIMEOUT(source.frame().width == 640 || source.frame().width == 720,
                             BootTimeout);
    QVERIFY(source.frame().height >= 400);

    QVERIFY(openCommandLine(*session));
    const int before = litPixels(picture(source));
    const int damagesBefore = listener.damages;
    QTRY_VERIFY_WITH_TIMEOUT((press(session->inputSink(), 0x23), // h
                              litPixels(picture(source)) > before + 20),
                             BootTimeout);
    QVERIFY(listener.damages > damagesBefore);
    QCOMPARE(opened.count(), 1);
    source.setListener(nullptr);
}

void TestSpiceSession::everyKindOfKeyAndButtonArrives()
{
    START(guest);
    const auto session = open(guest);
    QSignalSpy opened(session.get(), &display::DisplaySession::opened);
    QVERIFY(opened.wait(BootTimeout));
    engine::InputSink &sink = session->inputSink();
    QCOMPARE(int(sink.pointerMode()), int(PointerMode::Relative));

    // The channel comes up a moment after the picture.
    QTRY_VERIFY_WITH_TIMEOUT((press(sink, 0x1e), guest.trace().contains(u"key qcode a, down 1")),
                             BootTimeout);
    press(sink, 0x11d);
    press(sink, 0x137);
    press(sink, 0x56);
    press(sink, engine::ScanCodePause);
    for (const char *key : {"ctrl_r", "print", "less", "pause"}) {
        for (const char *down : {"1", "0"}) {
            const QString line = QStringLiteral("key qcode %1, down %2")
                                     .arg(QLatin1String(key), QLatin1String(down));
            QTRY_VERIFY2(guest.trace().contains(line), qPrintable(line));
        }
    }
    sink.motion(5, -3);
    QTRY_VERIFY(guest.trace().contains(QRegularExpression(QStringLiteral("rel.*axis x, value 5"))));
    QTRY_VERIFY(
        guest.trace().contains(QRegularExpression(QStringLiteral("rel.*axis y, value -3"))));
    const std::pair<PointerButton, const char *> buttons[] = {
        {PointerButton::Left, "left"},
        {PointerButton::Middle, "middle"},
        {PointerButton::Right, "right"},
        {PointerButton::WheelUp, "wheel-up"},
        {PointerButton::WheelDown, "wheel-down"},
        {PointerButton::Side, "side"},
        {PointerButton::Extra, "extra"},
    };
    for (const auto &[button, name] : buttons) {
        sink.button(button, KeyMotion::Press);
        sink.button(button, KeyMotion::Release);
        for (const char *down : {"1", "0"}) {
            const QString line =
                QStringLiteral("button %1, down %2").arg(QLatin1String(name), QLatin1String(down));
            QTRY_VERIFY2(guest.trace().contains(line), qPrintable(line));
        }
    }
    // What SPICE has no button for is told, once a notch.
    QSignalSpy sideways(session.get(), &display::DisplaySession::wheelTurnedSideways);
    for (const PointerButton button : {PointerButton::WheelLeft, PointerButton::WheelRight}) {
        sink.button(button, KeyMotion::Press);
        sink.button(button, KeyMotion::Release);
    }
    QCOMPARE(sideways.count(), 2);
    QCOMPARE(sideways.at(0).first().toInt(), -1);
    QCOMPARE(sideways.at(1).first().toInt(), 1);

    // GRUB sets no lights, so it is taken at the word of what was pressed.
    const auto presses = [&guest](const char *key) {
        return guest.trace().count(QStringLiteral("key qcode %1, down 1").arg(QLatin1String(key)));
    };
    sink.setLockLights(true, false);
    QTRY_COMPARE(presses("caps_lock"), 1);
    sink.setLockLights(true, false);
    sink.setLockLights(true, true);
    QTRY_COMPARE(presses("num_lock"), 1);
    sink.setLockLights(false, true);
    QTRY_COMPARE(presses("caps_lock"), 2);
    QCOMPARE(presses("num_lock"), 1);
    // Pressed by the user, it changed the host's and the guest's alike.
    press(sink, 0x3a);
    QTRY_COMPARE(presses("caps_lock"), 3);
    sink.setLockLights(true, true);
    press(sink, 0x23);
    QTRY_VERIFY(guest.trace().contains(u"key qcode h, down 1"));
    QCOMPARE(presses("caps_lock"), 3);
}

void TestSpiceSession::tabletMakesThePointerAbsolute()
{
    // Without a PS/2 mouse the tablet is the pointer before any guest driver wakes it.
    START(guest,
          {QStringLiteral("-machine"), QStringLiteral("pc,i8042=off,vmport=off"),
           QStringLiteral("-device"), QStringLiteral("qemu-xhci"), QStringLiteral("-device"),
           QStringLiteral("usb-tablet")});
    const auto session = open(guest);
    QSignalSpy modeChanged(session.get(), &display::DisplaySession::pointerModeChanged);
    QTRY_COMPARE_WITH_TIMEOUT(int(session->inputSink().pointerMode()), int(PointerMode::Absolute),
                              BootTimeout);
    QCOMPARE(modeChanged.count(), 1);
    QTRY_VERIFY_WITH_TIMEOUT(!session->frameSource().frame().isEmpty(), BootTimeout);
    // Positions are scaled to 0..32767 over the screen.
    QTRY_VERIFY_WITH_TIMEOUT(
        (session->inputSink().position(session->frameSource().frame().width / 2, 0),
         guest.trace().contains(
             QRegularExpression(QStringLiteral("abs.*axis x, value 0x(3ff|400)")))),
        BootTimeout);
}

void TestSpiceSession::deathOfTheMachineClosesTheSession()
{
    START(guest);
    const auto session = open(guest);
    QSignalSpy opened(session.get(), &display::DisplaySession::opened);
    QSignalSpy closed(session.get(), &display::DisplaySession::closed);
    QVERIFY(opened.wait(BootTimeout));
    QVERIFY(openCommandLine(*session)); // a screen that stays, unlike those of the start
    QTRY_VERIFY_WITH_TIMEOUT(litPixels(picture(session->frameSource())) > 500, BootTimeout);
    guest.kill();
    QTRY_COMPARE(closed.count(), 1);
    QCOMPARE(closed.first().first().toString(), QString());
    // The last picture stays, and input goes nowhere.
    QVERIFY(litPixels(picture(session->frameSource())) > 100);
    press(session->inputSink(), 0x1e);
    session->inputSink().button(PointerButton::Left, KeyMotion::Press);
}

void TestSpiceSession::missingSocketIsExplained()
{
    engine::DisplayEndpoint endpoint;
    endpoint.kind = engine::DisplayEndpoint::Kind::Spice;
    endpoint.spice.socket = QStringLiteral("/nonexistent/spice.sock");
    const auto session = display::openDisplay(endpoint);
    QSignalSpy closed(session.get(), &display::DisplaySession::closed);
    QTRY_COMPARE(closed.count(), 1);
    QVERIFY(closed.first().first().toString().contains(endpoint.spice.socket));
    QVERIFY(session->frameSource().frame().isEmpty());
}

void TestSpiceSession::noDisplayIsExplained()
{
    const auto session = display::openDisplay({});
    QSignalSpy closed(session.get(), &display::DisplaySession::closed);
    QTRY_COMPARE(closed.count(), 1);
    QVERIFY(!closed.first().first().toString().isEmpty());
}

void TestSpiceSession::sessionMayBeDeletedAtAnyMoment()
{
    START(guest);
    for (int i = 0; i < 5; ++i) {
        auto session = open(guest);
        QSignalSpy opened(session.get(), &display::DisplaySession::opened);
        // 0: before it connects; later ones at various stages, the last with a picture.
        for (int round = 0; round < i * 5; ++round)
            QCoreApplication::processEvents();
        if (i == 4)
            QVERIFY(opened.count() == 1 || opened.wait(BootTimeout));
        session.reset();
        QCoreApplication::processEvents();
    }
}

QTEST_MAIN(TestSpiceSession)
#include "tst_spice_session.moc"
