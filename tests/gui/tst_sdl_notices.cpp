// SPDX-License-Identifier: GPL-3.0-or-later
// What the SDL window says and asks.
#include "app/sdl_notices.h"
#include "tests/support/test_main.h"

#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QPushButton>

class TestSdlNotices final : public QObject
{
    Q_OBJECT
private slots:
    void whatNeedsNoAnswerIsSaid();
    void aQuestionIsABoxUntilItIsAnswered();
    void theSameAgainTakesTheOldOnesPlace();
    void noBoxOutlivesTheWindow();

private:
    static QMessageBox *box(const QString &key)
    {
        for (QWidget *widget : QApplication::topLevelWidgets()) {
            if (widget->objectName() == key && widget->isVisible())
                return qobject_cast<QMessageBox *>(widget);
        }
        return nullptr;
    }

    QStringList m_said;
    QWidget m_parent;
    std::unique_ptr<app::SdlNotices> m_notices = makeNotices();

    std::unique_ptr<app::SdlNotices> makeNotices()
    {
        return std::make_unique<app::SdlNotices>(
            [this](const QString &text) { m_said.append(text); },
            [this]() -> QWidget & { return m_parent; });
    }
};

void TestSdlNotices::whatNeedsNoAnswerIsSaid()
{
    m_notices->post({.key = "copy",
                     .text = "Copying",
                     .buttons = {{"cancel", "Cancel", [] {}}},
                     .canBeDismissed = false});
    m_notices->setText("copy", "Copying: 50 %");
    m_notices->dismiss("copy");
    m_notices->post({.key = "copy", .text = "There is no way"});
    QCOMPARE(m_said, (QStringList{"Copying", "Copying: 50 %", "There is no way"}));
    QVERIFY(box("copy") == nullptr);
}

void TestSdlNotices::aQuestionIsABoxUntilItIsAnswered()
{
    int clicks = 0;
    const ui::Notice question{.key = "stick",
                              .text = "Insert them as a USB stick instead?",
                              .buttons = {{"insertStick", "&Insert", [this, &clicks] {
                                               m_notices->dismiss("stick");
                                               ++clicks;
                                           }}}};
    m_notices->post(question);
    QTRY_VERIFY(box("stick") != nullptr);
    QCOMPARE(box("stick")->text(), question.text);
    m_notices->setText("stick", "Insert?");
    QCOMPARE(box("stick")->text(), QString("Insert?"));
    box("stick")->findChild<QPushButton *>("insertStick")->click();
    QCOMPARE(clicks, 1);
    QVERIFY(box("stick") == nullptr);

    m_notices->post(question);
    QTRY_VERIFY(box("stick") != nullptr);
    box("stick")->button(QMessageBox::Cancel)->click();
    QCOMPARE(clicks, 1);
    QTRY_VERIFY(box("stick") == nullptr);
}

void TestSdlNotices::theSameAgainTakesTheOldOnesPlace()
{
    const QList<ui::Notice::Button> buttons{{"yes", "Yes", [] {}}};
    m_notices->post({.key = "a", .text = "first", .buttons = buttons});
    m_notices->post({.key = "a", .text = "second", .buttons = buttons});
    QTRY_VERIFY(box("a") != nullptr);
    QCOMPARE(box("a")->text(), QString("second"));
    m_notices->dismiss("a");
    m_notices->dismiss("a");
    QVERIFY(box("a") == nullptr);
}

void TestSdlNotices::noBoxOutlivesTheWindow()
{
    m_notices->post({.key = "a", .text = "?", .buttons = {{"yes", "Yes", [] {}}}});
    QTRY_VERIFY(box("a") != nullptr);
    m_notices = makeNotices();
    QVERIFY(box("a") == nullptr);
}

QTEST_MAIN(TestSdlNotices)
#include "tst_sdl_notices.moc"
