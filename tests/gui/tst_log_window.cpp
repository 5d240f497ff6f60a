// SPDX-License-Identifier: GPL-3.0-or-later
// The log viewer: several logs, filter, levels, search, following.
#include "tests/support/test_main.h"
#include "ui/log_window.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>

namespace {

const char Lines[] = "2026-11-21T10:00:00.000Z info machine: starting\n"
                     "2026-11-21T10:00:01.000Z warning qemu: no sound\n"
                     "2026-11-21T10:00:02.000Z error qemu: it broke\n"
                     "2026-11-21T10:00:03.000Z debug qemu: details\n";

void write(const QString &path, const QByteArray &bytes,
           QIODevice::OpenMode mode = QIODevice::WriteOnly)
{
    QFile file(path);
    QVERIFY(file.open(mode));
    file.write(bytes);
}

} // namespace

class TestLogWindow : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_log = m_folder->filePath(QStringLiteral("vitrine.log"));
    }

    void levelsAreTold()
    {
        using ui::LineLevel;
        const QStringList lines = QString::fromLatin1(Lines).split(QLatin1Char('\n'));
        QCOMPARE(int(ui::levelOfLine(lines[0])), int(LineLevel::Info));
        QCOMPARE(int(ui::levelOfLine(lines[1])), int(LineLevel::Warning));
        QCOMPARE(int(ui::levelOfLine(lines[2])), int(LineLevel::Error));
        QCOMPARE(int(ui::levelOfLine(lines[3])), int(LineLevel::Debug));
        QCOMPARE(int(ui::levelOfLine(QString())), int(LineLevel::Unknown));
        QCOMPARE(int(ui::levelOfLine(QStringLiteral("error: something"))), int(LineLevel::Unknown));
    }

    void filtersByLevelAndWords()
    {
        write(m_log, Lines);
        ui::LogWindow window(QStringLiteral("a"), m_log, nullptr);
        auto *text = window.findChild<QPlainTextEdit *>(QStringLiteral("logText"));
        QCOMPARE(text->toPlainText().count(QLatin1Char('\n')), 4);
        auto *levels = window.findChild<QComboBox *>(QStringLiteral("levels"));
        levels->setCurrentIndex(1);
        QVERIFY(text->toPlainText().contains(QStringLiteral("no sound")));
        QVERIFY(text->toPlainText().contains(QStringLiteral("it broke")));
        QVERIFY(!text->toPlainText().contains(QStringLiteral("starting")));
        levels->setCurrentIndex(2);
        QVERIFY(!text->toPlainText().contains(QStringLiteral("no sound")));
        levels->setCurrentIndex(0);
        auto *filter = window.findChild<QLineEdit *>(QStringLiteral("logFilter"));
        filter->setText(QStringLiteral("BROKE qemu"));
        QCOMPARE(text->toPlainText().trimmed(),
                 QString::fromLatin1(Lines).split(QLatin1Char('\n')).at(2));
        filter->clear();
        QCOMPARE(text->toPlainText(), QString::fromLatin1(Lines));
    }

    void growingLogsAreFollowed()
    {
        write(m_log, Lines);
        ui::LogWindow window(QStringLiteral("a"), m_log, nullptr);
        window.findChild<QLineEdit *>(QStringLiteral("logFilter"))->setText(QStringLiteral("more"));
        auto *text = window.findChild<QPlainTextEdit *>(QStringLiteral("logText"));
        QVERIFY(text->toPlainText().isEmpty());
        // A line that comes in two parts is one line.
        write(m_log, "2026-11-21T10:00:04.000Z info qemu: mo", QIODevice::Append);
        write(m_log, "re\n2026-11-21T10:00:05.000Z info qemu: other\n", QIODevice::Append);
        QTRY_COMPARE(text->toPlainText(),
                     QStringLiteral("2026-11-21T10:00:04.000Z info qemu: more\n"));
    }

    void earlierLogsAreOffered()
    {
        write(m_log, Lines);
        write(m_log + QStringLiteral(".1"), "the run before\n");
        write(m_folder->filePath(QStringLiteral("swtpm.log")), "another program\n");
        ui::LogWindow window(QStringLiteral("a"), m_log, nullptr);
        auto *logs = window.findChild<QComboBox *>(QStringLiteral("logs"));
        QCOMPARE(logs->count(), 3);
        QVERIFY(logs->itemText(2).contains(QStringLiteral("swtpm.log")));
        auto *text = window.findChild<QPlainTextEdit *>(QStringLiteral("logText"));
        logs->setCurrentIndex(1);
        QCOMPARE(text->toPlainText(), QStringLiteral("the run before\n"));
        logs->setCurrentIndex(0);
        QCOMPARE(text->toPlainText(), QString::fromLatin1(Lines));
    }

    void findsAround()
    {
        write(m_log, Lines);
        ui::LogWindow window(QStringLiteral("a"), m_log, nullptr);
        auto *search = window.findChild<QLineEdit *>(QStringLiteral("logSearch"));
        auto *text = window.findChild<QPlainTextEdit *>(QStringLiteral("logText"));
        search->setText(QStringLiteral("qemu"));
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(search, Qt::Key_Return);
            QCOMPARE(text->textCursor().selectedText(), QStringLiteral("qemu"));
        }
        // Searching holds the place: new lines do not carry it away.
        QVERIFY(!window.findChild<QCheckBox *>(QStringLiteral("follow"))->isChecked());
    }

    void reportIsOfferedWhereOneCanBeMade()
    {
        ui::LogWindow window(QStringLiteral("a"), m_log, nullptr);
        auto *button = window.findChild<QPushButton *>(QStringLiteral("logReport"));
        QVERIFY(button->isHidden());
        window.offerReport();
        QVERIFY(!button->isHidden());
        QSignalSpy asked(&window, &ui::LogWindow::reportRequested);
        button->click();
        QCOMPARE(asked.size(), 1);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_log;
};

QTEST_MAIN(TestLogWindow)
#include "tst_log_window.moc"
