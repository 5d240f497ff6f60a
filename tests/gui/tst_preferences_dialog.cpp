// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/preferences_dialog.h"

#include <QtCore/QTemporaryDir>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>

class TestPreferencesDialog : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void okWritesWhatWasChosen();
    void cancelWritesNothing();
    void badFolderIsSaidInPlace();
    void aPressedKeyBecomesTheHostKey();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<engine::MachineStore> m_store;
};

void TestPreferencesDialog::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_CONFIG_HOME", m_folder->filePath(QStringLiteral("config")).toLocal8Bit());
    m_store =
        std::make_unique<engine::MachineStore>(m_folder->filePath(QStringLiteral("config/vitrine")),
                                               m_folder->filePath(QStringLiteral("machines")));
}

void TestPreferencesDialog::okWritesWhatWasChosen()
{
    ui::PreferencesDialog dialog(*m_store);
    auto *key = dialog.findChild<QComboBox *>(QStringLiteral("hostKey"));
    QCOMPARE(key->currentData().toInt(), 0x11d);
    key->setCurrentIndex(key->findData(0x15c));
    auto *close = dialog.findChild<QComboBox *>(QStringLiteral("closeChoice"));
    close->setCurrentIndex(close->findData(int(ui::CloseChoice::Background)));
    dialog.findChild<QCheckBox *>(QStringLiteral("miniToolBar"))->setChecked(false);
    const QString folder = m_folder->filePath(QStringLiteral("elsewhere"));
    dialog.findChild<QLineEdit *>(QStringLiteral("machineFolder"))->setText(folder);
    dialog.accept();
    QCOMPARE(dialog.result(), int(QDialog::Accepted));
    const ui::Preferences saved = ui::Preferences::load();
    QCOMPARE(int(saved.hostKey), 0x15c);
    QCOMPARE(int(saved.closeChoice), int(ui::CloseChoice::Background));
    QVERIFY(!saved.showMiniToolBar);
    QCOMPARE(m_store->machineFolder(), folder);
}

void TestPreferencesDialog::cancelWritesNothing()
{
    ui::PreferencesDialog dialog(*m_store);
    auto *key = dialog.findChild<QComboBox *>(QStringLiteral("hostKey"));
    key->setCurrentIndex(key->findData(0x15c));
    dialog.reject();
    QCOMPARE(int(ui::Preferences::load().hostKey), 0x11d);
}

void TestPreferencesDialog::badFolderIsSaidInPlace()
{
    ui::PreferencesDialog dialog(*m_store);
    dialog.findChild<QLineEdit *>(QStringLiteral("machineFolder"))
        ->setText(QStringLiteral("relative/place"));
    dialog.accept();
    QVERIFY(dialog.result() != int(QDialog::Accepted));
    auto *problem = dialog.findChild<QLabel *>(QStringLiteral("problem"));
    QVERIFY(!problem->isHidden());
    QVERIFY(problem->text().contains(QStringLiteral("full path")));
}

void TestPreferencesDialog::aPressedKeyBecomesTheHostKey()
{
    ui::PreferencesDialog dialog(*m_store);
    dialog.show();
    auto *record = dialog.findChild<QPushButton *>(QStringLiteral("recordHostKey"));
    auto *key = dialog.findChild<QComboBox *>(QStringLiteral("hostKey"));
    record->setChecked(true);
    QTest::keyClick(record, Qt::Key_ScrollLock);
    QCOMPARE(key->currentData().toInt(), 0x46);
    QVERIFY(!record->isChecked());
    record->setChecked(true);
    QTest::keyClick(record, Qt::Key_A); // guests need it
    QCOMPARE(key->currentData().toInt(), 0x46);
    QVERIFY(!dialog.findChild<QLabel *>(QStringLiteral("problem"))->isHidden());
}

QTEST_MAIN(TestPreferencesDialog)
#include "tst_preferences_dialog.moc"
