// SPDX-License-Identifier: GPL-3.0-or-later
// The report is shown before it is saved, and nobody's screen goes along unasked.
#include "tests/support/running_machine.h"
#include "tests/support/test_main.h"
#include "wizards/report_dialog.h"

#include <QtCore/QFileInfo>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>

class TestReportDialog : public QObject
{
    Q_OBJECT
private slots:
    void showsWhatItSaves()
    {
        fakes::RunningMachine machine;
        wizards::ReportDialog dialog(machine.entry(), {});
        QSignalSpy gathered(&dialog, &wizards::ReportDialog::gathered);
        QVERIFY(gathered.wait(30000));
        auto *parts = dialog.findChild<QListWidget *>(QStringLiteral("parts"));
        QVERIFY(parts->count() >= 3);
        QVERIFY(!parts->findItems(QStringLiteral("definition.json"), Qt::MatchExactly).isEmpty());
        auto *text = dialog.findChild<QPlainTextEdit *>(QStringLiteral("partText"));
        QVERIFY(text->toPlainText().contains(QStringLiteral("Kernel")));
        QVERIFY(dialog.findChild<QCheckBox *>(QStringLiteral("includeScreen"))->isHidden());

        const QString path = machine.filePath(QStringLiteral("report.tar.gz"));
        dialog.findChild<QLineEdit *>(QStringLiteral("path"))->setText(path);
        QSignalSpy saved(&dialog, &wizards::ReportDialog::saved);
        dialog.findChild<QPushButton *>(QStringLiteral("save"))->click();
        QCOMPARE(saved.size(), 1);
        QVERIFY(QFileInfo(path).size() > 500);
    }

    void screenIsAskedFor()
    {
        fakes::RunningMachine machine;
        machine.open();
        wizards::ReportDialog dialog(machine.entry(), machine.socketPath());
        QSignalSpy gathered(&dialog, &wizards::ReportDialog::gathered);
        QVERIFY(gathered.wait(30000));
        auto *parts = dialog.findChild<QListWidget *>(QStringLiteral("parts"));
        const auto found = parts->findItems(QStringLiteral("screen.png"), Qt::MatchExactly);
        QCOMPARE(found.size(), 1);
        QVERIFY(found.first()->isHidden());
        auto *include = dialog.findChild<QCheckBox *>(QStringLiteral("includeScreen"));
        QVERIFY(!include->isHidden());
        QVERIFY(!include->isChecked());
        include->setChecked(true);
        QVERIFY(!found.first()->isHidden());
    }
};

QTEST_MAIN(TestReportDialog)
#include "tst_report_dialog.moc"
