// SPDX-License-Identifier: GPL-3.0-or-later
// The serial terminal: what a guest's bytes become, and what keys become for the guest.
#include "ui/terminal_view.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QScrollBar>

using namespace ui;

namespace {

QString shown(const TerminalScreen &screen)
{
    QStringList lines;
    for (int i = 0; i < screen.page().lineCount(); ++i)
        lines.append(screen.page().text(i));
    while (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    return lines.join(u'\n');
}

} // namespace

class TestTerminal final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aGuestsBytesBecomeLines_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("lines");
        QTest::addColumn<QPoint>("cursor");
        QTest::newRow("text") << QByteArray("Hello\r\nworld") << "Hello\nworld" << QPoint(5, 1);
        QTest::newRow("backspace overwrites") << QByteArray("ab\bc") << "ac" << QPoint(2, 0);
        QTest::newRow("tab") << QByteArray("a\tb") << "a       b" << QPoint(9, 0);
        QTest::newRow("wraps at the edge")
            << QByteArray(81, 'x') << QString(80, 'x') + "\nx" << QPoint(1, 1);
        QTest::newRow("waits at the edge")
            << QByteArray(80, 'x') + "\r\ny" << QString(80, 'x') + "\ny" << QPoint(1, 1);
        QTest::newRow("no wrapping")
            << "\x1b[?7l" + QByteArray(90, 'x') + 'y' << QString(79, 'x') + 'y' << QPoint(79, 0);
        QTest::newRow("UTF-8") << QByteArray("gr\xc3\xbc\xc3\x9f \xe2\x82\xac")
                               << QString::fromUtf8("gr\xc3\xbc\xc3\x9f \xe2\x82\xac")
                               << QPoint(6, 0);
        QTest::newRow("no UTF-8") << QByteArray("a\xff\x62") << QString::fromUtf16(u"a\ufffdb")
                                  << QPoint(3, 0);
        QTest::newRow("moves") << QByteArray("\x1b[3;5Hx\x1b[A\x1b[2Dy\x1b[2Bz")
                               << "\n   y\n    x\n    z" << QPoint(5, 3);
        QTest::newRow("erases to the end")
            << QByteArray("abcdef\x1b[3D\x1b[K") << "abc" << QPoint(3, 0);
        QTest::newRow("erases all")
            << QByteArray("abc\r\ndef\x1b[2J\x1b[Hx") << "x" << QPoint(1, 0);
        QTest::newRow("deletes and inserts")
            << QByteArray("abcdef\r\x1b[2P\x1b[C\x1b[2@") << "c  def" << QPoint(1, 0);
        QTest::newRow("inserts a line")
            << QByteArray("a\r\nb\x1b[H\x1b[L") << "\na\nb" << QPoint(0, 0);
        QTest::newRow("a region scrolls")
            << QByteArray("top\r\n1\r\n2\x1b[2;3r\x1b[3;1H\nnew") << "top\n2\nnew" << QPoint(3, 2);
        QTest::newRow("titles are skipped") << QByteArray("\x1b]0;a title\x07"
                                                          "a\x1b]2;b\x1b\\b")
                                            << "ab" << QPoint(2, 0);
        QTest::newRow("unknown sequences are skipped")
            << QByteArray("\x1b[>4;2m\x1b[?2004h\x1b(B\x1b=a\x1b[99yb") << "ab" << QPoint(2, 0);
        QTest::newRow("saves and restores") << QByteArray("ab\x1b"
                                                          "7\r\n\ncd\x1b"
                                                          "8e")
                                            << "abe\n\ncd" << QPoint(3, 0);
        QTest::newRow("line drawing")
            << QByteArray("\x1b(0lqk\x1b(Bq\x1b)0\x0ex\x0fx")
            << QString::fromUtf16(u"\u250c\u2500\u2510q\u2502x") << QPoint(6, 0);
        QTest::newRow("other sets are ASCII")
            << QByteArray("\x1b(0\x1b(Uq\x1b*0q") << "qq" << QPoint(2, 0);
        QTest::newRow("another page")
            << QByteArray("shell\x1b[?1049hprogram\x1b[?1049l") << "shell" << QPoint(5, 0);
    }
    void aGuestsBytesBecomeLines()
    {
        QFETCH(QByteArray, bytes);
        TerminalScreen whole;
        whole.take(bytes);
        QTEST(shown(whole), "lines");
        QTEST(whole.cursor(), "cursor");
        // In pieces as well.
        TerminalScreen pieces;
        for (const char byte : bytes)
            pieces.take(QByteArray(1, byte));
        QCOMPARE(shown(pieces), shown(whole));
    }

    void colorsAreKept()
    {
        TerminalScreen screen;
        screen.take("\x1b[1;31;44ma\x1b[0;7mb\x1b[38;5;208mc\x1b[39;27md\x1b[97me");
        const TerminalPage::Line &line = screen.page().line(0);
        QVERIFY(line[0].isBold);
        QCOMPARE(int(line[0].ink), 1);
        QCOMPARE(int(line[0].paper), 4);
        QVERIFY(line[1].isInverse && !line[1].isBold);
        QCOMPARE(int(line[1].ink), -1);
        QCOMPARE(int(line[2].ink), 208);
        QCOMPARE(int(line[3].ink), -1);
        QVERIFY(!line[3].isInverse);
        QCOMPARE(int(line[4].ink), 15);
    }

    void questionsAreAnswered()
    {
        TerminalScreen screen;
        screen.take("\x1b[5;7H\x1b[6n\x1b[5n\x1b[c");
        QCOMPARE(screen.takeAnswers(), QByteArray("\x1b[5;7R\x1b[0n\x1b[?6c"));
        screen.take(QByteArray("\x1b[6n").repeated(100'000));
        QVERIFY(screen.takeAnswers().size() < 2048);
    }

    void whatScrollsAwayIsRememberedUpToABound()
    {
        TerminalScreen screen;
        for (int i = 0; i < 5000; ++i)
            screen.take("line " + QByteArray::number(i) + "\r\n");
        QCOMPARE(screen.page().lineCount(), TerminalPage::MaxHistory + TerminalScreen::Rows);
        QCOMPARE(screen.page().text(screen.page().lineCount() - 2), "line 4999");
        QCOMPARE(screen.page().droppedLines(),
                 quint64(5000 - (TerminalScreen::Rows - 1) - TerminalPage::MaxHistory));
    }

    // Any bytes, repeatably; asan and ubsan look on.
    void whateverComesIsHarmless()
    {
        quint32 state = 1;
        const auto random = [&state] {
            state = state * 1664525u + 1013904223u;
            return state >> 16;
        };
        TerminalScreen screen;
        for (int i = 0; i < 20'000; ++i) {
            QByteArray bytes;
            if (random() % 2 == 0)
                bytes += "\x1b[";
            for (unsigned n = random() % 12; n > 0; --n)
                bytes += random() % 3 == 0 ? char(random())
                                           : "0123456789;?HJKLMPrmABCDhlS@XT"[random() % 30];
            screen.take(bytes);
            const QPoint cursor = screen.cursor();
            QVERIFY(cursor.x() >= 0 && cursor.x() < TerminalScreen::Columns);
            QVERIFY(cursor.y() >= 0 && cursor.y() < screen.page().lineCount());
            QCOMPARE(screen.page().line(cursor.y()).size(), TerminalScreen::Columns);
        }
        QVERIFY(screen.page().lineCount() <= TerminalPage::MaxHistory + TerminalScreen::Rows);
    }

    void keysBecomeWhatATerminalSends()
    {
        TerminalView view;
        view.show();
        view.setFocus();
        QByteArray typed;
        connect(&view, &TerminalView::typed, this,
                [&typed](const QByteArray &bytes) { typed += bytes; });
        const auto press = [&](int key, Qt::KeyboardModifiers modifiers = {}) {
            typed.clear();
            QTest::keyClick(&view, Qt::Key(key), modifiers);
            return typed;
        };
        QCOMPARE(press(Qt::Key_Up), QByteArray("\x1b[A"));
        QCOMPARE(press(Qt::Key_Return), QByteArray("\r"));
        QCOMPARE(press(Qt::Key_Backspace), QByteArray("\x7f"));
        QCOMPARE(press(Qt::Key_Tab), QByteArray("\t"));
        QCOMPARE(press(Qt::Key_C, Qt::ControlModifier), QByteArray("\x03"));
        QCOMPARE(press(Qt::Key_F5), QByteArray("\x1b[15~"));
        QCOMPARE(press(Qt::Key_Delete), QByteArray("\x1b[3~"));
        typed.clear();
        QTest::keyClicks(&view, "ls -l");
        QCOMPARE(typed, QByteArray("ls -l"));
        view.take("\x1b[?1h");
        QCOMPARE(press(Qt::Key_Left), QByteArray("\x1bOD"));
        // Not the guest's.
        QGuiApplication::clipboard()->setText("two\nlines");
        QCOMPARE(press(Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier),
                 QByteArray("two\rlines"));
    }

    void textIsSelectedAndCopied()
    {
        TerminalView view;
        view.show();
        view.resize(view.sizeHint());
        QCOMPARE(view.horizontalScrollBar()->maximum(), 0);
        QCOMPARE(view.verticalScrollBar()->maximum(), 0);
        view.take("first line\r\nsecond line\r\nthird");
        view.selectAll();
        QCOMPARE(view.selectedText(), "first line\nsecond line\nthird");
        view.copy();
        QCOMPARE(QGuiApplication::clipboard()->text(), "first line\nsecond line\nthird");
        // From the second line's start to its middle, by mouse.
        const QFontMetricsF metrics(view.font());
        const int height = int(std::ceil(metrics.height()));
        const int width = int(std::ceil(metrics.horizontalAdvance(u'M')));
        QWidget *const viewport = view.viewport();
        QTest::mousePress(viewport, Qt::LeftButton, {}, QPoint(4, 4 + height + height / 2));
        QTest::mouseMove(viewport, QPoint(4 + 6 * width, 4 + height + height / 2));
        QMouseEvent move(QEvent::MouseMove, QPointF(4 + 6 * width, 4 + height + height / 2),
                         viewport->mapToGlobal(QPointF(4 + 6 * width, 4 + height + height / 2)),
                         Qt::NoButton, Qt::LeftButton, {});
        QCoreApplication::sendEvent(viewport, &move);
        QCOMPARE(view.selectedText(), "second");
    }

    void whatWasAskedBeforeTheWindowCameIsNotAnswered()
    {
        TerminalView view;
        QSignalSpy typed(&view, &TerminalView::typed);
        view.take("login: \x1b[6n", engine::SerialText::Remembered);
        QCOMPARE(typed.size(), 0);
        view.take("\x1b[6n", engine::SerialText::New);
        QCOMPARE(typed.size(), 1);
        QCOMPARE(typed.first().first().toByteArray(), QByteArray("\x1b[1;8R"));
    }

    void theViewStaysWhereSomebodyReads()
    {
        TerminalView view;
        view.resize(view.sizeHint());
        view.show();
        for (int i = 0; i < 100; ++i)
            view.take("line\r\n");
        QScrollBar *const bar = view.verticalScrollBar();
        QCOMPARE(bar->value(), bar->maximum());
        bar->setValue(10);
        view.take("more\r\n");
        QCOMPARE(bar->value(), 10);
        QTest::keyClick(&view, Qt::Key_A);
        QCOMPARE(bar->value(), bar->maximum());
    }

    void theViewStaysThereWhenTheOldestIsForgotten()
    {
        TerminalView view;
        view.resize(view.sizeHint());
        view.show();
        const auto print = [&view](int from, int to) {
            for (int i = from; i < to; ++i)
                view.take("line " + QByteArray::number(i) + "\r\n");
        };
        print(0, TerminalPage::MaxHistory + 100);
        QScrollBar *const bar = view.verticalScrollBar();
        bar->setValue(TerminalPage::MaxHistory / 2);
        const auto first = [&] { return view.screen().page().text(bar->value()); };
        const QString read = first();
        QVERIFY(read.startsWith("line "));
        print(0, 500);
        QCOMPARE(first(), read);
    }
};

QTEST_MAIN(TestTerminal)
#include "tst_terminal.moc"
