// SPDX-License-Identifier: GPL-3.0-or-later
// The dialog that asks before the clipboard is typed, the soft keyboard, and both in a machine's
// window.
#include "tests/support/console_fixture.h"
#include "tests/support/test_main.h"
#include "ui/layout_choice.h"
#include "ui/message_bar.h"
#include "ui/soft_keyboard.h"
#include "ui/type_dialog.h"

#include <QtCore/QTemporaryDir>
#include <QtGui/QClipboard>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPlainTextEdit>

using engine::KeyMotion;
using engine::ScanCode;
using fakes::ConsoleFixture;
using ui::SoftKeyButton;

class TestGuestTyping : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void theDialogSaysHowMuchItIsAndHowItBegins();
    void manyLinesAreWarnedOf();
    void whatTheLayoutLacksIsNamedAndLeftOutOnDemand();
    void theLayoutIsRememberedForTheMachine();
    void theClipboardIsTypedWithProgressAndCancel();
    void anEmptyClipboardIsSaid();
    void everyKeyOfTheSoftKeyboardHasANameAndASize();
    void softKeysSendPressAndRelease();
    void modifiersStickOnceOrStayLocked();
    void lettersFollowTheLayoutAndTheModifiers();
    void closingTheSoftKeyboardLetsGoOfEverything();
    void theSoftKeyboardTypesIntoTheMachine();
    void theSoftKeyboardIsUsableByKeyboard();
    void keysArePaintedFromThePalette();
    void ownKeysStandInTheMenuAndAreSent();
    void newChordsAreFollowedAtOnce();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    const QUuid m_machine = QUuid::createUuid();
};

namespace {

struct Sent
{
    explicit Sent(ui::SoftKeyboard &keyboard)
    {
        QObject::connect(&keyboard, &ui::SoftKeyboard::keyMoved, &keyboard,
                         [this](ScanCode code, KeyMotion motion) {
                             words.append((motion == KeyMotion::Press ? u'+' : u'-')
                                          + QString::number(code, 16));
                         });
    }
    QStringList take() { return std::exchange(words, {}); }
    QStringList words;
};

SoftKeyButton *key(const QWidget &keyboard, const char *name)
{
    auto *button = keyboard.findChild<SoftKeyButton *>(QString::fromLatin1(name));
    if (button == nullptr)
        qFatal("no %s on the soft keyboard", name);
    return button;
}

} // namespace

void TestGuestTyping::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_CONFIG_HOME", m_folder->path().toLocal8Bit());
    qputenv("XKB_DEFAULT_LAYOUT", "us");
    qputenv("XKB_DEFAULT_VARIANT", "");
}

void TestGuestTyping::theDialogSaysHowMuchItIsAndHowItBegins()
{
    ui::TypeDialog dialog(QStringLiteral("hello"), m_machine);
    const QString summary = dialog.findChild<QLabel *>(QStringLiteral("summary"))->text();
    QVERIFY(summary.contains(u'5') && summary.contains(u'1'));
    QCOMPARE(dialog.findChild<QPlainTextEdit *>(QStringLiteral("preview"))->toPlainText(),
             QStringLiteral("hello"));
    QVERIFY(dialog.findChild<QLabel *>(QStringLiteral("warning"))->isHidden());
    QCOMPARE(dialog.layoutName(), QStringLiteral("us"));
    QVERIFY(dialog.findChild<QPushButton *>(QStringLiteral("type"))->isEnabled());
}

void TestGuestTyping::manyLinesAreWarnedOf()
{
    ui::TypeDialog dialog(QStringLiteral("line\r\n").repeated(300), m_machine);
    const auto *warning = dialog.findChild<QLabel *>(QStringLiteral("warning"));
    QVERIFY(!warning->isHidden());
    QVERIFY(warning->text().contains(QStringLiteral("Enter")));
    QVERIFY(warning->text().contains(QStringLiteral("much text")));
    QCOMPARE(dialog.text().count(u'\r'), 0);
    const QString shown =
        dialog.findChild<QPlainTextEdit *>(QStringLiteral("preview"))->toPlainText();
    QVERIFY(shown.count(u'\n') < 10);
    QVERIFY(!dialog.findChild<QLabel *>(QStringLiteral("time"))->text().isEmpty());
}

void TestGuestTyping::whatTheLayoutLacksIsNamedAndLeftOutOnDemand()
{
    ui::TypeDialog dialog(u"gr\u00fc\u00df dich"_qs, m_machine);
    auto *type = dialog.findChild<QPushButton *>(QStringLiteral("type"));
    const auto *missing = dialog.findChild<QLabel *>(QStringLiteral("missing"));
    auto *leaveOut = dialog.findChild<QCheckBox *>(QStringLiteral("leaveOut"));
    QVERIFY(!type->isEnabled());
    QVERIFY(missing->text().contains(u'\u00fc') && missing->text().contains(u'\u00df'));
    leaveOut->setChecked(true);
    QVERIFY(type->isEnabled());
    QCOMPARE(dialog.text(), QStringLiteral("gr dich"));
    leaveOut->setChecked(false);
    dialog.findChild<ui::LayoutChoice *>()->setLayoutId(QStringLiteral("de"));
    QVERIFY(missing->isHidden() && leaveOut->isHidden());
    QVERIFY(type->isEnabled());
    QCOMPARE(dialog.text(), u"gr\u00fc\u00df dich"_qs);
}

void TestGuestTyping::theLayoutIsRememberedForTheMachine()
{
    {
        ui::TypeDialog dialog(QStringLiteral("x"), m_machine);
        dialog.findChild<ui::LayoutChoice *>()->setLayoutId(QStringLiteral("fr"));
        dialog.accept();
    }
    QCOMPARE(ui::TypeDialog(QStringLiteral("x"), m_machine).layoutName(), QStringLiteral("fr"));
    QCOMPARE(ui::TypeDialog(QStringLiteral("x"), QUuid::createUuid()).layoutName(),
             QStringLiteral("us"));
}

void TestGuestTyping::theClipboardIsTypedWithProgressAndCancel()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QGuiApplication::clipboard()->setText(QString(400, u'a'));
    console.action("typeClipboard")->trigger();
    auto *dialog = console.window->findChild<ui::TypeDialog *>();
    QVERIFY(dialog != nullptr);
    QTest::mouseClick(dialog->findChild<QPushButton *>(QStringLiteral("type")), Qt::LeftButton);
    QTRY_VERIFY(console.called("scanCodes 1e9e"));
    auto *messages = console.window->findChild<ui::MessageBar *>();
    QTRY_VERIFY(messages->has(QStringLiteral("typing")));
    auto *cancel = messages->findChild<QPushButton *>(QStringLiteral("cancelTyping"));
    QVERIFY(cancel != nullptr);
    QTest::mouseClick(cancel, Qt::LeftButton);
    QTRY_VERIFY(!messages->has(QStringLiteral("typing")));
    QVERIFY(console.action("typeClipboard")->text().startsWith(QStringLiteral("T&ype")));

    // By keyboard: the menu's entry stops it.
    console.client->call(QStringLiteral("machine.typeText"),
                         {{QStringLiteral("text"), QString(400, u'b')}});
    QTRY_VERIFY(messages->has(QStringLiteral("typing")));
    QVERIFY(console.action("typeClipboard")->text().startsWith(QStringLiteral("Stop")));
    console.action("typeClipboard")->trigger();
    QTRY_VERIFY(!messages->has(QStringLiteral("typing")));
}

void TestGuestTyping::anEmptyClipboardIsSaid()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QGuiApplication::clipboard()->clear();
    console.action("typeClipboard")->trigger();
    QVERIFY(console.window->findChild<ui::TypeDialog *>() == nullptr);
}

void TestGuestTyping::everyKeyOfTheSoftKeyboardHasANameAndASize()
{
    ui::SoftKeyboard keyboard(m_machine, nullptr);
    keyboard.show();
    QVERIFY(QTest::qWaitForWindowExposed(&keyboard));
    const auto buttons = keyboard.findChildren<SoftKeyButton *>();
    QVERIFY(buttons.size() >= 105);
    QSet<ScanCode> codes;
    QStringList names;
    for (const SoftKeyButton *button : buttons) {
        QVERIFY2(!button->accessibleName().isEmpty(), qPrintable(button->objectName()));
        QVERIFY2(button->width() > 10 && button->height() > 10, qPrintable(button->objectName()));
        QVERIFY(keyboard.rect().contains(
            QRect(button->mapTo(&keyboard, QPoint(0, 0)), button->size())));
        QVERIFY2(!codes.contains(button->key().code), qPrintable(button->objectName()));
        codes.insert(button->key().code);
        for (const SoftKeyButton *other : buttons) {
            if (other != button)
                QVERIFY2(!button->geometry().intersects(other->geometry()),
                         qPrintable(button->objectName() + u' ' + other->objectName()));
        }
    }
}

void TestGuestTyping::softKeysSendPressAndRelease()
{
    ui::SoftKeyboard keyboard(m_machine, nullptr);
    Sent sent(keyboard);
    keyboard.show();
    QTest::mouseClick(key(keyboard, "key1e"), Qt::LeftButton);
    QTest::mouseClick(key(keyboard, "key153"), Qt::LeftButton);
    QTest::mouseClick(key(keyboard, "key21d"), Qt::LeftButton);
    QCOMPARE(sent.take(), QStringList({"+1e", "-1e", "+153", "-153", "+21d", "-21d"}));
}

void TestGuestTyping::modifiersStickOnceOrStayLocked()
{
    ui::SoftKeyboard keyboard(m_machine, nullptr);
    Sent sent(keyboard);
    keyboard.show();
    SoftKeyButton *ctrl = key(keyboard, "key1d");
    SoftKeyButton *alt = key(keyboard, "key38");
    QTest::mouseClick(ctrl, Qt::LeftButton);
    QTest::mouseClick(alt, Qt::LeftButton);
    QVERIFY(ctrl->hold() == SoftKeyButton::Hold::Once);
    QTest::mouseClick(key(keyboard, "key153"), Qt::LeftButton);
    QStringList words = sent.take();
    QCOMPARE(words.mid(0, 4), QStringList({"+1d", "+38", "+153", "-153"}));
    QCOMPARE(QSet<QString>(words.begin() + 4, words.end()), (QSet<QString>{"-1d", "-38"}));
    QVERIFY(!ctrl->isChecked());
    // Locked: holds over several keys, a third click lets go.
    QTest::mouseClick(ctrl, Qt::LeftButton);
    QTest::mouseClick(ctrl, Qt::LeftButton);
    QVERIFY(ctrl->hold() == SoftKeyButton::Hold::Locked);
    QCOMPARE(ctrl->accessibleDescription(), QStringLiteral("locked"));
    QTest::mouseClick(key(keyboard, "key1e"), Qt::LeftButton);
    QTest::mouseClick(key(keyboard, "key1f"), Qt::LeftButton);
    QTest::mouseClick(ctrl, Qt::LeftButton);
    QCOMPARE(sent.take(), QStringList({"+1d", "+1e", "-1e", "+1f", "-1f", "-1d"}));
}

void TestGuestTyping::lettersFollowTheLayoutAndTheModifiers()
{
    ui::rememberGuestLayout(m_machine, QStringLiteral("de"));
    ui::SoftKeyboard keyboard(m_machine, nullptr);
    keyboard.show();
    SoftKeyButton *y = key(keyboard, "key15");
    QCOMPARE(y->accessibleName(), QStringLiteral("z"));
    QTest::mouseClick(key(keyboard, "key2a"), Qt::LeftButton);
    QCOMPARE(y->accessibleName(), QStringLiteral("Z"));
    QTest::mouseClick(key(keyboard, "key2a"), Qt::LeftButton);
    QTest::mouseClick(key(keyboard, "key2a"), Qt::LeftButton);
    QTest::mouseClick(key(keyboard, "key138"), Qt::LeftButton);
    QCOMPARE(key(keyboard, "key10")->accessibleName(), QStringLiteral("@"));
    keyboard.findChild<ui::LayoutChoice *>()->setLayoutId(QStringLiteral("us"));
    QCOMPARE(ui::guestLayoutOf(m_machine), QStringLiteral("us"));
    QTest::mouseClick(key(keyboard, "key138"), Qt::LeftButton);
    QTest::mouseClick(key(keyboard, "key138"), Qt::LeftButton);
    QCOMPARE(y->accessibleName(), QStringLiteral("y"));
}

void TestGuestTyping::closingTheSoftKeyboardLetsGoOfEverything()
{
    ui::SoftKeyboard keyboard(m_machine, nullptr);
    Sent sent(keyboard);
    keyboard.show();
    QTest::mouseClick(key(keyboard, "key2a"), Qt::LeftButton);
    QTest::mousePress(key(keyboard, "key1e"), Qt::LeftButton);
    sent.take();
    QSignalSpy shown(&keyboard, &ui::SoftKeyboard::visibilityChanged);
    keyboard.close();
    QVERIFY(sent.words.contains(QStringLiteral("-2a")));
    QCOMPARE(sent.words.count(QStringLiteral("-1e")), 1);
    QCOMPARE(shown.count(), 1);
}

void TestGuestTyping::theSoftKeyboardTypesIntoTheMachine()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.action("softKeyboard")->trigger();
    auto *keyboard = console.window->findChild<ui::SoftKeyboard *>();
    QVERIFY(keyboard != nullptr && keyboard->isVisible());
    QVERIFY(console.action("softKeyboard")->isChecked());
    QTest::mouseClick(key(*keyboard, "key153"), Qt::LeftButton);
    QTRY_VERIFY(console.called("scanCodes e0d3"));
    QVERIFY(console.called("scanCodes e053"));
    keyboard->close();
    QVERIFY(!console.action("softKeyboard")->isChecked());
}

void TestGuestTyping::theSoftKeyboardIsUsableByKeyboard()
{
    ui::SoftKeyboard keyboard(m_machine, nullptr);
    Sent sent(keyboard);
    keyboard.show();
    key(keyboard, "key1e")->setFocus(); // A
    const auto focused = [&keyboard] { return keyboard.focusWidget()->objectName(); };
    QTest::keyClick(keyboard.focusWidget(), Qt::Key_Right);
    QCOMPARE(focused(), QStringLiteral("key1f"));
    QTest::keyClick(keyboard.focusWidget(), Qt::Key_Up);
    QVERIFY(focused() == QLatin1String("key11") || focused() == QLatin1String("key12"));
    QTest::keyClick(keyboard.focusWidget(), Qt::Key_Left);
    QTest::keyClick(keyboard.focusWidget(), Qt::Key_Space);
    QCOMPARE(sent.words.size(), 2);
}

void TestGuestTyping::keysArePaintedFromThePalette()
{
    ui::SoftKeyboard keyboard(m_machine, nullptr);
    QPalette palette = keyboard.palette();
    palette.setColor(QPalette::Button, Qt::black);
    palette.setColor(QPalette::ButtonText, Qt::white);
    palette.setColor(QPalette::Highlight, Qt::yellow);
    palette.setColor(QPalette::HighlightedText, Qt::black);
    palette.setColor(QPalette::Window, Qt::black);
    keyboard.setPalette(palette);
    keyboard.show();
    QVERIFY(QTest::qWaitForWindowExposed(&keyboard));
    SoftKeyButton *shift = key(keyboard, "key2a");
    const auto share = [shift](const QColor &color) {
        const QImage picture = shift->grab().toImage();
        int count = 0;
        for (int y = 0; y < picture.height(); ++y) {
            for (int x = 0; x < picture.width(); ++x)
                count += picture.pixelColor(x, y) == color ? 1 : 0;
        }
        return count * 100 / (picture.width() * picture.height());
    };
    QVERIFY(share(Qt::black) > 50);
    QVERIFY(share(Qt::yellow) == 0);
    QTest::mouseClick(shift, Qt::LeftButton);
    QVERIFY(share(Qt::yellow) > 50);
}

void TestGuestTyping::ownKeysStandInTheMenuAndAreSent()
{
    ui::Preferences preferences;
    preferences.savedKeys = {{QStringLiteral("Fish & Chips"), {0x1d, 0x3d}}};
    ConsoleFixture console;
    QVERIFY_OK(preferences.save());
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    auto *action = console.window->findChild<QAction *>(QStringLiteral("sendSaved0"));
    QVERIFY(action != nullptr);
    QVERIFY(action->text().contains(QStringLiteral("Fish && Chips")));
    action->trigger();
    QTRY_VERIFY(console.called("scanCodes 1d3dbd9d"));
}

void TestGuestTyping::newChordsAreFollowedAtOnce()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    ui::Preferences preferences;
    preferences.machineShortcuts.insert(QStringLiteral("pause"), QStringLiteral("Z"));
    QVERIFY_OK(preferences.save());
    QTRY_VERIFY(console.action("pause")->text().endsWith(QStringLiteral("Host+Z")));
    emit console.view().hostKeyChord(Qt::Key_Z);
    QTRY_VERIFY(console.called("pause"));
}

QTEST_MAIN(TestGuestTyping)
#include "tst_guest_typing.moc"
