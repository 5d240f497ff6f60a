// SPDX-License-Identifier: GPL-3.0-or-later
// The SDL window on SDL's driver without a display: its picture is read back pixel by pixel, its
// events are put into SDL's queue.
#include "display/sdl/sdl_view.h"
#include "tests/support/fake_display.h"
#include "tests/support/test_main.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <SDL.h>

using display::SdlView;

namespace {

constexpr QSize GuestSize(320, 200);
constexpr QRgb Blue = qRgb(10, 20, 230);
constexpr QRgb Green = qRgb(10, 220, 30);

QImage plain(const QSize &size, QRgb color)
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(color);
    return image;
}

// Every pixel another.
QImage pattern(const QSize &size)
{
    QImage image(size, QImage::Format_RGB32);
    for (int y = 0; y < size.height(); ++y) {
        for (int x = 0; x < size.width(); ++x)
            image.setPixel(x, y, qRgb(x & 0xff, y & 0xff, ((x >> 8) << 4) | 3));
    }
    return image;
}

SDL_Window *window()
{
    for (Uint32 id = 1; id < 1000; ++id) {
        if (SDL_Window *found = SDL_GetWindowFromID(id))
            return found;
    }
    return nullptr;
}

QImage shown()
{
    SDL_Renderer *renderer = SDL_GetRenderer(window());
    int width = 0;
    int height = 0;
    SDL_GetRendererOutputSize(renderer, &width, &height);
    QImage image(width, height, QImage::Format_RGB32);
    SDL_RenderReadPixels(renderer, nullptr, SDL_PIXELFORMAT_RGB888, image.bits(),
                         int(image.bytesPerLine()));
    return image;
}

void key(SDL_Scancode code, SDL_Keycode symbol, bool isDown, bool isRepeat = false)
{
    SDL_Event event{};
    event.type = isDown ? SDL_KEYDOWN : SDL_KEYUP;
    event.key.timestamp = SDL_GetTicks() + 1000;
    event.key.state = isDown ? SDL_PRESSED : SDL_RELEASED;
    event.key.repeat = isRepeat ? 1 : 0;
    event.key.keysym.scancode = code;
    event.key.keysym.sym = symbol;
    SDL_PushEvent(&event);
}

void tap(SDL_Scancode code, SDL_Keycode symbol)
{
    key(code, symbol, true);
    key(code, symbol, false);
}

void move(const QPoint &position, const QPoint &by = {})
{
    SDL_Event event{};
    event.type = SDL_MOUSEMOTION;
    event.motion.x = position.x();
    event.motion.y = position.y();
    event.motion.xrel = by.x();
    event.motion.yrel = by.y();
    SDL_PushEvent(&event);
}

void click(const QPoint &position, bool isDown, Uint8 button = SDL_BUTTON_LEFT)
{
    SDL_Event event{};
    event.type = isDown ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP;
    event.button.state = isDown ? SDL_PRESSED : SDL_RELEASED;
    event.button.button = button;
    event.button.x = position.x();
    event.button.y = position.y();
    SDL_PushEvent(&event);
}

void tell(SDL_WindowEventID what, const QSize &size = {})
{
    SDL_Event event{};
    event.type = SDL_WINDOWEVENT;
    event.window.event = Uint8(what);
    event.window.windowID = SDL_GetWindowID(window());
    event.window.timestamp = SDL_GetTicks();
    event.window.data1 = size.width();
    event.window.data2 = size.height();
    SDL_PushEvent(&event);
}

// One of SDL's own making, as if it were plugged in; SDL gives its buttons and axes the places that
// their numbers say.
class VirtualGamepad final
{
public:
    VirtualGamepad()
    {
        const int index =
            SDL_JoystickAttachVirtual(SDL_JOYSTICK_TYPE_GAMECONTROLLER, SDL_CONTROLLER_AXIS_MAX,
                                      SDL_CONTROLLER_BUTTON_MAX, 0);
        m_joystick = SDL_JoystickOpen(index);
    }
    ~VirtualGamepad() { leave(); }
    VirtualGamepad(const VirtualGamepad &) = delete;
    VirtualGamepad &operator=(const VirtualGamepad &) = delete;

    void move(int axis, int value) { SDL_JoystickSetVirtualAxis(m_joystick, axis, Sint16(value)); }
    void press(int button, bool isDown)
    {
        SDL_JoystickSetVirtualButton(m_joystick, button, isDown ? 1 : 0);
    }
    void leave()
    {
        if (m_joystick == nullptr)
            return;
        for (int i = 0; i < SDL_NumJoysticks(); ++i) {
            if (SDL_JoystickGetDeviceInstanceID(i) == SDL_JoystickInstanceID(m_joystick))
                SDL_JoystickDetachVirtual(i);
        }
        SDL_JoystickClose(std::exchange(m_joystick, nullptr));
    }

private:
    SDL_Joystick *m_joystick = nullptr;
};

} // namespace

class TestSdlView : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void showsTheGuestToThePixel();
    void filesDroppedTogetherComeTogether();
    void takesWhatWasDamagedAndNoMore();
    void followsTheGuestsSizeUntilTheUserChoosesOne();
    void pixelsStayWholeSquaresInALargerWindow();
    void aPictureThatIsTooLargeFits();
    void smoothFillsTheWindow();
    void aWindowNobodySeesCostsNothing();
    void pausedIsDarker();
    void wordsStandWhereThereIsNoFrame();

    void keysGoByTheirPlace();
    void theHostKeyAloneCaptures();
    void aHostChordIsTheWindows();
    void keysAreLetGoWithTheFocus();
    void modifiersHeldWhenTheFocusComesAreNotPressed();
    void theGuestsPointerIsTheHosts();
    void aClickCapturesARelativePointer();
    void theWheelTurnsByNotches();
    void closingOnlyAsks();

    void aGamepadIsTheGuests();
    void aGamepadsButtonsGoByTheirPlace_data();
    void aGamepadsButtonsGoByTheirPlace();
    void aGamepadIsLetGoWithTheFocus();
    void theNextGamepadTakesThePlaceOfOneThatLeaves();

private:
    std::unique_ptr<SdlView> m_view;
    FakeFrameSource m_source;
    RecordingInputSink m_sink;
};

void TestSdlView::init()
{
    auto view = SdlView::open(QStringLiteral("test"), {});
    QVERIFY_OK(view);
    m_view = std::move(*view);
    m_sink.mode = engine::PointerMode::Absolute;
    m_source.show(pattern(GuestSize));
    m_view->setSource(&m_source);
    m_view->setSink(&m_sink);
    m_view->present();
    QTRY_COMPARE(shown().size(), GuestSize);
    QTRY_COMPARE(shown(), pattern(GuestSize));
    m_sink.log.clear();
    m_sink.gamepad = {};
}

void TestSdlView::cleanup()
{
    m_view->setSource(nullptr);
    m_view->setSink(nullptr);
    m_view.reset();
}

void TestSdlView::showsTheGuestToThePixel()
{
    QImage wanted = pattern(GuestSize);
    m_source.fill(QRect(17, 30, 21, 5), Blue);
    for (int y = 30; y < 35; ++y) {
        for (int x = 17; x < 38; ++x)
            wanted.setPixel(x, y, Blue);
    }
    QTRY_COMPARE(shown(), wanted);
    const QImage other = pattern(QSize(400, 300));
    m_source.show(other);
    QTRY_COMPARE(shown(), other);
}

void TestSdlView::filesDroppedTogetherComeTogether()
{
    QSignalSpy drops(m_view.get(), &SdlView::filesDropped);
    const auto drop = [](Uint32 type, const char *file = nullptr) {
        SDL_Event event{};
        event.type = type;
        event.drop.file = file != nullptr ? SDL_strdup(file) : nullptr;
        event.drop.windowID = SDL_GetWindowID(window());
        SDL_PushEvent(&event);
    };
    drop(SDL_DROPBEGIN);
    drop(SDL_DROPFILE, "/tmp/one");
    drop(SDL_DROPFILE, "/tmp/zw\xc3\xb6lf");
    drop(SDL_DROPCOMPLETE);
    QTRY_COMPARE(drops.count(), 1);
    QCOMPARE(drops[0][0].toStringList(),
             (QStringList{"/tmp/one", QStringLiteral("/tmp/zw\u00f6lf")}));
    drop(SDL_DROPBEGIN); // nothing that is a file
    drop(SDL_DROPCOMPLETE);
    drop(SDL_DROPFILE, "/tmp/lost"); // of a drop that was not completed
    drop(SDL_DROPBEGIN);
    drop(SDL_DROPFILE, "/tmp/two");
    drop(SDL_DROPCOMPLETE);
    QTRY_COMPARE(drops.count(), 2);
    QCOMPARE(drops[1][0].toStringList(), QStringList{"/tmp/two"});
}

void TestSdlView::takesWhatWasDamagedAndNoMore()
{
    const QImage before = shown();
    m_source.paintSilently(QRect(0, 0, 10, 10), Green);
    m_source.fill(QRect(100, 100, 10, 10), Blue);
    QTRY_COMPARE(shown().pixel(105, 105), Blue);
    QCOMPARE(shown().pixel(5, 5), before.pixel(5, 5));
    // A window that was covered knows nothing anymore, and takes all.
    m_view->hide();
    m_view->present();
    QTRY_COMPARE(shown().pixel(5, 5), Green);
}

void TestSdlView::followsTheGuestsSizeUntilTheUserChoosesOne()
{
    m_source.show(plain(QSize(640, 480), Blue));
    QTRY_COMPARE(m_view->place().size(), QSize(640, 480));
    SDL_SetWindowSize(window(), 700, 500);
    tell(SDL_WINDOWEVENT_RESIZED, QSize(700, 500));
    QTRY_VERIFY(SDL_HasEvent(SDL_WINDOWEVENT) == SDL_FALSE); // handled
    QSignalSpy sizes(m_view.get(), &SdlView::guestSizeChanged);
    m_source.show(plain(QSize(320, 240), Blue));
    QTRY_COMPARE(sizes.count(), 1);
    QCOMPARE(m_view->place().size(), QSize(700, 500));
    m_view->showAt(100);
    QTRY_COMPARE(m_view->place().size(), QSize(320, 240));
}

void TestSdlView::pixelsStayWholeSquaresInALargerWindow()
{
    SDL_SetWindowSize(window(), 700, 450);
    tell(SDL_WINDOWEVENT_SIZE_CHANGED);
    const QImage wanted = pattern(GuestSize).scaled(GuestSize * 2);
    QTRY_COMPARE(shown().copy(30, 25, 640, 400), wanted);
    for (const QPoint &border : {QPoint(0, 0), QPoint(29, 200), QPoint(670, 200), QPoint(350, 24),
                                 QPoint(350, 425), QPoint(699, 449)})
        QCOMPARE(shown().pixel(border), qRgb(0, 0, 0));
    QCOMPARE(m_view->shownPercent(), 200);
}

void TestSdlView::aPictureThatIsTooLargeFits()
{
    m_source.show(plain(GuestSize, Blue));
    SDL_SetWindowSize(window(), 160, 200);
    tell(SDL_WINDOWEVENT_SIZE_CHANGED);
    QTRY_COMPARE(shown().size(), QSize(160, 200));
    QTRY_COMPARE(shown().pixel(80, 100), Blue);
    QCOMPARE(shown().pixel(80, 40), qRgb(0, 0, 0));
    QCOMPARE(shown().pixel(80, 160), qRgb(0, 0, 0));
    QCOMPARE(m_view->shownPercent(), 50);
}

void TestSdlView::smoothFillsTheWindow()
{
    m_source.show(plain(GuestSize, Blue));
    SDL_SetWindowSize(window(), 480, 300);
    m_view->setSmooth(true);
    QTRY_COMPARE(shown(), plain(QSize(480, 300), Blue));
    m_view->setSmooth(false);
    QTRY_COMPARE(shown().pixel(10, 10), qRgb(0, 0, 0));
}

void TestSdlView::aWindowNobodySeesCostsNothing()
{
    QVERIFY(m_source.isVisible());
    m_view->hide();
    QVERIFY(!m_source.isVisible());
    m_view->present();
    QVERIFY(m_source.isVisible());
}

void TestSdlView::pausedIsDarker()
{
    m_source.show(plain(GuestSize, qRgb(200, 100, 50)));
    QTRY_COMPARE(shown().pixel(3, 3), qRgb(200, 100, 50));
    m_view->setDimmed(true);
    QTRY_VERIFY(qRed(shown().pixel(3, 3)) <= 101);
    m_view->setDimmed(false);
    QTRY_COMPARE(shown().pixel(3, 3), qRgb(200, 100, 50));
}

void TestSdlView::wordsStandWhereThereIsNoFrame()
{
    m_view->setPlaceholderText(QStringLiteral("Starting"));
    m_source.clear();
    const auto hasWhite = [] {
        const QImage image = shown();
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (qGray(image.pixel(x, y)) > 200)
                    return true;
            }
        }
        return false;
    };
    QTRY_VERIFY(hasWhite());
    m_view->setPlaceholderText({});
    QTRY_COMPARE(shown(), plain(shown().size(), qRgb(0, 0, 0)));
}

void TestSdlView::keysGoByTheirPlace()
{
    // On a French keyboard the key in A's place says Q.
    key(SDL_SCANCODE_A, SDLK_q, true);
    key(SDL_SCANCODE_A, SDLK_q, true, true);
    key(SDL_SCANCODE_A, SDLK_q, false);
    QTRY_COMPARE(m_sink.log.join(u' '), QStringLiteral("+1e +1e -1e"));
}

void TestSdlView::theHostKeyAloneCaptures()
{
    QVERIFY(!m_view->isKeyboardCaptured());
    tap(SDL_SCANCODE_RCTRL, SDLK_RCTRL);
    QTRY_VERIFY(m_view->isKeyboardCaptured());
    tap(SDL_SCANCODE_RCTRL, SDLK_RCTRL);
    QTRY_VERIFY(!m_view->isKeyboardCaptured());
    QCOMPARE(m_sink.log, QStringList());
}

void TestSdlView::aHostChordIsTheWindows()
{
    QSignalSpy chords(m_view.get(), &SdlView::hostKeyChord);
    key(SDL_SCANCODE_RCTRL, SDLK_RCTRL, true);
    tap(SDL_SCANCODE_F, SDLK_f);
    key(SDL_SCANCODE_RCTRL, SDLK_RCTRL, false);
    QTRY_COMPARE(chords.count(), 1);
    QCOMPARE(chords.first().first().toInt(), int(Qt::Key_F));
    QTRY_VERIFY(!SDL_HasEvents(SDL_KEYDOWN, SDL_KEYUP));
    QCOMPARE(m_sink.log, QStringList());
    QVERIFY(!m_view->isKeyboardCaptured());
}

void TestSdlView::keysAreLetGoWithTheFocus()
{
    tap(SDL_SCANCODE_RCTRL, SDLK_RCTRL);
    key(SDL_SCANCODE_A, SDLK_a, true);
    click(QPoint(4, 5), true);
    QTRY_COMPARE(m_sink.log.join(u' '), QStringLiteral("+1e at 4,5 +left"));
    QVERIFY(m_view->isKeyboardCaptured());
    tell(SDL_WINDOWEVENT_FOCUS_LOST);
    QTRY_COMPARE(m_sink.log.join(u' '), QStringLiteral("+1e at 4,5 +left -1e -left"));
    QVERIFY(!m_view->isKeyboardCaptured());
}

void TestSdlView::modifiersHeldWhenTheFocusComesAreNotPressed()
{
    SDL_Event event{};
    event.type = SDL_WINDOWEVENT;
    event.window.event = SDL_WINDOWEVENT_FOCUS_GAINED;
    event.window.timestamp = 5000;
    SDL_PushEvent(&event);
    event = {};
    event.type = SDL_KEYDOWN;
    event.key.timestamp = 5001;
    event.key.state = SDL_PRESSED;
    event.key.keysym.scancode = SDL_SCANCODE_LALT;
    SDL_PushEvent(&event);
    tap(SDL_SCANCODE_A, SDLK_a);
    QTRY_COMPARE(m_sink.log.filter(QStringLiteral("1e")).join(u' '), QStringLiteral("+1e -1e"));
}

void TestSdlView::theGuestsPointerIsTheHosts()
{
    SDL_SetWindowSize(window(), 700, 450); // doubled, from 30, 25
    tell(SDL_WINDOWEVENT_SIZE_CHANGED);
    move(QPoint(30, 25));
    move(QPoint(31 + 2 * 100, 25 + 2 * 50));
    move(QPoint(699, 449)); // beside the picture: its edge
    QTRY_COMPARE(m_sink.log.join(u' '), QStringLiteral("at 0,0 at 100,50 at 319,199"));
    m_sink.log.clear();
    click(QPoint(30 + 20, 25 + 10), true);
    click(QPoint(30 + 22, 25 + 10), false);
    click(QPoint(2, 2), true, SDL_BUTTON_RIGHT); // not on the guest's screen
    click(QPoint(2, 2), false, SDL_BUTTON_RIGHT);
    click(QPoint(30, 25), true, SDL_BUTTON_X1);
    QTRY_COMPARE(m_sink.log.join(u' '), QStringLiteral("at 10,5 +left at 11,5 -left at 0,0 +side"));
    QVERIFY(!m_view->isPointerCaptured());
}

void TestSdlView::aClickCapturesARelativePointer()
{
    m_sink.mode = engine::PointerMode::Relative;
    m_view->updatePointerMode();
    move(QPoint(50, 50), QPoint(5, 5));
    click(QPoint(50, 50), true);
    click(QPoint(50, 50), false);
    QTRY_VERIFY(m_view->isPointerCaptured());
    QVERIFY(m_view->isKeyboardCaptured());
    QTRY_VERIFY(!SDL_HasEvents(SDL_MOUSEMOTION, SDL_MOUSEBUTTONUP));
    QCOMPARE(m_sink.log, QStringList()); // this click was the window's
    move(QPoint(50, 50), QPoint(7, -3));
    click(QPoint(50, 50), true);
    QTRY_COMPARE(m_sink.log.join(u' '), QStringLiteral("by 7,-3 +left"));
    tap(SDL_SCANCODE_RCTRL, SDLK_RCTRL);
    QTRY_VERIFY(!m_view->isPointerCaptured());
    QCOMPARE(m_sink.log.join(u' '), QStringLiteral("by 7,-3 +left -left"));
    // A guest that gets a tablet follows the pointer at once.
    m_view->capture();
    QVERIFY(m_view->isPointerCaptured());
    m_sink.mode = engine::PointerMode::Absolute;
    m_view->updatePointerMode();
    QVERIFY(!m_view->isPointerCaptured());
}

void TestSdlView::theWheelTurnsByNotches()
{
    SDL_Event event{};
    event.type = SDL_MOUSEWHEEL;
    event.wheel.y = 1;
    event.wheel.preciseY = 1;
    SDL_PushEvent(&event);
    event.wheel.y = 0;
    event.wheel.preciseY = 0;
    event.wheel.x = 1;
    event.wheel.preciseX = 1;
    SDL_PushEvent(&event);
    event.wheel.x = 0;
    event.wheel.preciseX = 0.25F; // a touchpad: a notch when there is a whole one
    for (int i = 0; i < 4; ++i)
        SDL_PushEvent(&event);
    QTRY_COMPARE(m_sink.log.join(u' '),
                 QStringLiteral("+wheelUp -wheelUp +wheelRight -wheelRight +wheelRight "
                                "-wheelRight"));
}

void TestSdlView::closingOnlyAsks()
{
    QSignalSpy asked(m_view.get(), &SdlView::closeRequested);
    tell(SDL_WINDOWEVENT_CLOSE);
    QTRY_COMPARE(asked.count(), 1);
    QVERIFY(m_view->isShown());
}

void TestSdlView::aGamepadIsTheGuests()
{
    QSignalSpy changed(m_view.get(), &SdlView::gamepadChanged);
    QVERIFY(m_view->gamepadName().isEmpty());
    tell(SDL_WINDOWEVENT_FOCUS_GAINED);
    VirtualGamepad pad;
    QTRY_COMPARE(changed.count(), 1);
    QCOMPARE(m_sink.take(), QStringList(QStringLiteral("gamepad ") + m_view->gamepadName()));
    pad.move(SDL_CONTROLLER_AXIS_LEFTX, -32768);
    pad.move(SDL_CONTROLLER_AXIS_RIGHTY, 1000);
    pad.move(SDL_CONTROLLER_AXIS_TRIGGERRIGHT, 32767);
    const engine::GamepadState expected{.leftX = -32768, .rightY = 1000, .rightTrigger = 255};
    QTRY_COMPARE(m_sink.gamepad, expected);

    // A guest that comes later has it at once.
    m_view->setSink(nullptr);
    QCOMPARE(m_sink.take(), QStringList(QStringLiteral("no gamepad")));
    RecordingInputSink other;
    m_view->setSink(&other);
    QCOMPARE(other.log.filter(QStringLiteral("gamepad")).size(), 1);
    QCOMPARE(other.gamepad, expected);
    m_view->setSink(&m_sink);
    m_sink.log.clear();

    pad.leave();
    QTRY_COMPARE(m_sink.log, QStringList(QStringLiteral("no gamepad")));
    QVERIFY(m_view->gamepadName().isEmpty());
}

void TestSdlView::aGamepadsButtonsGoByTheirPlace_data()
{
    using engine::GamepadButton;
    QTest::addColumn<int>("sdl");
    QTest::addColumn<int>("button");
    const auto row = [](const char *name, SDL_GameControllerButton sdl, GamepadButton button) {
        QTest::newRow(name) << int(sdl) << int(button);
    };
    row("A", SDL_CONTROLLER_BUTTON_A, GamepadButton::South);
    row("B", SDL_CONTROLLER_BUTTON_B, GamepadButton::East);
    row("X", SDL_CONTROLLER_BUTTON_X, GamepadButton::West);
    row("Y", SDL_CONTROLLER_BUTTON_Y, GamepadButton::North);
    row("LB", SDL_CONTROLLER_BUTTON_LEFTSHOULDER, GamepadButton::LeftShoulder);
    row("RB", SDL_CONTROLLER_BUTTON_RIGHTSHOULDER, GamepadButton::RightShoulder);
    row("back", SDL_CONTROLLER_BUTTON_BACK, GamepadButton::Select);
    row("start", SDL_CONTROLLER_BUTTON_START, GamepadButton::Start);
    row("guide", SDL_CONTROLLER_BUTTON_GUIDE, GamepadButton::Guide);
    row("left stick", SDL_CONTROLLER_BUTTON_LEFTSTICK, GamepadButton::LeftStick);
    row("right stick", SDL_CONTROLLER_BUTTON_RIGHTSTICK, GamepadButton::RightStick);
    row("up", SDL_CONTROLLER_BUTTON_DPAD_UP, GamepadButton::Up);
    row("down", SDL_CONTROLLER_BUTTON_DPAD_DOWN, GamepadButton::Down);
    row("left", SDL_CONTROLLER_BUTTON_DPAD_LEFT, GamepadButton::Left);
    row("right", SDL_CONTROLLER_BUTTON_DPAD_RIGHT, GamepadButton::Right);
}

void TestSdlView::aGamepadsButtonsGoByTheirPlace()
{
    QFETCH(int, sdl);
    QFETCH(int, button);
    tell(SDL_WINDOWEVENT_FOCUS_GAINED);
    VirtualGamepad pad;
    QTRY_VERIFY(!m_view->gamepadName().isEmpty());
    pad.press(sdl, true);
    QTRY_COMPARE(int(m_sink.gamepad.buttons), 1 << button);
    pad.press(sdl, false);
    QTRY_COMPARE(m_sink.gamepad, engine::GamepadState());
}

void TestSdlView::aGamepadIsLetGoWithTheFocus()
{
    tell(SDL_WINDOWEVENT_FOCUS_GAINED);
    VirtualGamepad pad;
    QTRY_VERIFY(!m_view->gamepadName().isEmpty());
    pad.press(SDL_CONTROLLER_BUTTON_A, true);
    QTRY_COMPARE(int(m_sink.gamepad.buttons), 1);
    tell(SDL_WINDOWEVENT_FOCUS_LOST);
    QTRY_COMPARE(m_sink.gamepad, engine::GamepadState());
    pad.press(SDL_CONTROLLER_BUTTON_B, true); // somebody else's
    QTRY_VERIFY(!SDL_HasEvents(SDL_CONTROLLERAXISMOTION, SDL_CONTROLLERBUTTONUP));
    QCOMPARE(m_sink.gamepad, engine::GamepadState());
    QVERIFY(!m_sink.log.contains(QStringLiteral("no gamepad"))); // it stays plugged in
    tell(SDL_WINDOWEVENT_FOCUS_GAINED); // as hands hold it now
    QTRY_COMPARE(int(m_sink.gamepad.buttons), 3);
}

void TestSdlView::theNextGamepadTakesThePlaceOfOneThatLeaves()
{
    tell(SDL_WINDOWEVENT_FOCUS_GAINED);
    VirtualGamepad first;
    QTRY_VERIFY(!m_view->gamepadName().isEmpty());
    VirtualGamepad second;
    second.press(SDL_CONTROLLER_BUTTON_START, true);
    QTRY_VERIFY(!SDL_HasEvents(SDL_CONTROLLERAXISMOTION, SDL_CONTROLLERDEVICEREMAPPED));
    QCOMPARE(m_sink.gamepad, engine::GamepadState()); // the first is the guest's
    QCOMPARE(m_sink.log.filter(QStringLiteral("gamepad")).size(), 1);
    first.leave();
    QTRY_COMPARE(m_sink.log.filter(QStringLiteral("gamepad ")).size(), 2);
    QVERIFY(!m_sink.log.contains(QStringLiteral("no gamepad")));
    QTRY_COMPARE(int(m_sink.gamepad.buttons), 1 << int(engine::GamepadButton::Start));
}

int main(int argc, char **argv)
{
    qputenv("SDL_VIDEODRIVER", "dummy");
    qputenv("SDL_RENDER_DRIVER", "software");
    qputenv("SDL_GAMECONTROLLER_IGNORE_DEVICES_EXCEPT", "0x0000/0x0000"); // its virtual ones
    SDL_SetMainReady();
    QGuiApplication application(argc, argv);
    TestSdlView test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_sdl_view.moc"
