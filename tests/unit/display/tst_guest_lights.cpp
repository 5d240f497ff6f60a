// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/guest_lights.h"

#include <QtTest/QTest>

using display::GuestLights;
using engine::LockLights;
using Keys = QList<engine::ScanCode>;

namespace {

constexpr engine::ScanCode Caps = 0x3a;
constexpr engine::ScanCode Num = 0x45;
constexpr LockLights None{};
constexpr LockLights CapsOn{.capsLock = true};
constexpr LockLights NumOn{.numLock = true};
constexpr LockLights Both{.capsLock = true, .numLock = true};

void press(GuestLights &lights, const Keys &keys)
{
    for (const engine::ScanCode key : keys)
        lights.keyReleased(key);
}

} // namespace

class TestGuestLights final : public QObject
{
    Q_OBJECT
private slots:
    void whatIsWrongIsPressed()
    {
        GuestLights lights;
        QVERIFY(!lights.isKnown());
        lights.tell(NumOn);
        QVERIFY(lights.isKnown());
        QCOMPARE(lights.keysFor(NumOn), Keys());
        QCOMPARE(lights.keysFor(Both), Keys({Caps}));
        QCOMPARE(lights.keysFor(CapsOn), Keys({Caps, Num}));
    }

    void aGuestThatNeverTellsIsNotPressedTwice()
    {
        GuestLights lights;
        lights.tell(None);
        press(lights, lights.keysFor(CapsOn));
        lights.tell(None); // the server repeats itself
        lights.tell(None);
        QCOMPARE(lights.keysFor(CapsOn), Keys());
        QCOMPARE(lights.keysFor(None), Keys({Caps}));
    }

    void aGuestThatTellsIsBelieved()
    {
        GuestLights lights;
        lights.tell(None);
        press(lights, lights.keysFor(CapsOn));
        lights.tell(CapsOn);
        QCOMPARE(lights.keysFor(CapsOn), Keys());
        lights.tell(None); // it was restarted
        QCOMPARE(lights.keysFor(CapsOn), Keys({Caps}));
    }

    void keysTheUserPressesCount()
    {
        GuestLights lights;
        lights.tell(None);
        press(lights, {0x1e, Caps, Num});
        QCOMPARE(lights.keysFor(Both), Keys());
        press(lights, {Num});
        QCOMPARE(lights.keysFor(CapsOn), Keys());
    }
};

QTEST_GUILESS_MAIN(TestGuestLights)
#include "tst_guest_lights.moc"
