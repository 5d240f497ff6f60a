// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/readable_hints.h"

#include <QtWidgets/QApplication>

namespace {

constexpr QColor DarkGround(0x1b, 0x1e, 0x20);
constexpr QColor NearlyWhite(0xfc, 0xfc, 0xfc);
constexpr QColor HalfBlack(0, 0, 0, 0x80);

QPalette palette(const QColor &ground, const QColor &text, const QColor &hint)
{
    QPalette colors;
    for (const QPalette::ColorRole role : {QPalette::Base, QPalette::Window})
        colors.setColor(role, ground);
    for (const QPalette::ColorRole role : {QPalette::Text, QPalette::WindowText})
        colors.setColor(role, text);
    colors.setColor(QPalette::PlaceholderText, hint);
    return colors;
}

} // namespace

class TestReadableHints final : public QObject
{
    Q_OBJECT

private slots:
    void tellsWhatCanBeRead_data();
    void tellsWhatCanBeRead();
    void mendsTheDesktopsColors();
};

void TestReadableHints::tellsWhatCanBeRead_data()
{
    QTest::addColumn<QPalette>("colors");
    QTest::addColumn<bool>("isReadable");
    QTest::newRow("Qt's own") << palette(Qt::white, Qt::black, HalfBlack) << true;
    QTest::newRow("KDE's dark ones in Qt 6.4")
        << palette(DarkGround, NearlyWhite, HalfBlack) << false;
    QTest::newRow("dark ones with a hint of their own")
        << palette(DarkGround, NearlyWhite, QColor(0xa1, 0xa9, 0xb1)) << true;
    QTest::newRow("text that is nearly not there")
        << palette(Qt::white, Qt::black, QColor(0, 0, 0, 0x20)) << false;
}

void TestReadableHints::tellsWhatCanBeRead()
{
    QFETCH(QPalette, colors);
    QFETCH(bool, isReadable);
    QCOMPARE(ui::areHintsReadable(colors, QPalette::Active), isReadable);
    colors.setColor(QPalette::PlaceholderText, ui::readableHintColor(colors, QPalette::Active));
    QVERIFY(ui::areHintsReadable(colors, QPalette::Active));
}

void TestReadableHints::mendsTheDesktopsColors()
{
    const QPalette before = QApplication::palette();
    {
        const ui::ReadableHints hints(*qApp);
        QApplication::setPalette(palette(DarkGround, NearlyWhite, HalfBlack));
        QCOMPARE(QApplication::palette().color(QPalette::Window), DarkGround);
        QVERIFY(ui::areHintsReadable(QApplication::palette(), QPalette::Active));
        QVERIFY(ui::areHintsReadable(QApplication::palette(), QPalette::Inactive));
        QCOMPARE(QApplication::palette().color(QPalette::Disabled, QPalette::PlaceholderText),
                 QApplication::palette().color(QPalette::Disabled, QPalette::Text));
        // Back to light, with what was mended before.
        const QColor light = QApplication::palette().color(QPalette::PlaceholderText);
        QApplication::setPalette(palette(Qt::white, Qt::black, light));
        QVERIFY(ui::areHintsReadable(QApplication::palette(), QPalette::Active));
    }
    QApplication::setPalette(palette(DarkGround, NearlyWhite, HalfBlack));
    QVERIFY(!ui::areHintsReadable(QApplication::palette(), QPalette::Active));
    QApplication::setPalette(before);
}

QTEST_MAIN(TestReadableHints)
#include "tst_readable_hints.moc"
