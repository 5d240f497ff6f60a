// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/key_recorder.h"
#include "ui/manager_window.h"
#include "ui/os_data_page.h"
#include "ui/preferences_dialog.h"
#include "ui/shortcuts_page.h"

#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QTreeWidget>

class TestPreferencesDialog : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void okWritesWhatWasChosen();
    void cancelWritesNothing();
    void aBadFolderIsSaidInPlace();
    void aPressedKeyBecomesTheHostKey();
    void twoKeysHeldTogetherBecomeTheHostKey();
    void theTableSaysWhereKeysGo();
    void aShortcutIsChangedAndReset();
    void theUsualShortcutsDoNotConflict();
    void aConflictIsMarkedAndKeepsOkFromWriting();
    void shortcutsAreSearched();
    void aRunningManagerTakesNewShortcutsAtOnce();
    void ownKeysAreRecordedNamedAndRemoved();
    void aManualProxyNeedsAHost();
    void theSearchFindsAPage();
    void whatAnotherProgramWroteMeanwhileIsKept();

private:
    template <class Widget>
    Widget *find(const char *name) const
    {
        auto *widget = m_dialog->findChild<Widget *>(QString::fromLatin1(name));
        if (widget == nullptr)
            qFatal("no %s in the preferences", name);
        return widget;
    }
    void open();
    QTreeWidgetItem *row(const QString &command) const;

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<engine::MachineStore> m_store;
    std::unique_ptr<ui::PreferencesDialog> m_dialog;
};

void TestPreferencesDialog::init()
{
    m_dialog.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_CONFIG_HOME", m_folder->filePath(QStringLiteral("config")).toLocal8Bit());
    qputenv("XDG_DATA_HOME", m_folder->filePath(QStringLiteral("data")).toLocal8Bit());
    m_store =
        std::make_unique<engine::MachineStore>(m_folder->filePath(QStringLiteral("config/vitrine")),
                                               m_folder->filePath(QStringLiteral("machines")));
}

void TestPreferencesDialog::open()
{
    m_dialog = std::make_unique<ui::PreferencesDialog>(*m_store);
    m_dialog->show();
    QVERIFY(QTest::qWaitForWindowActive(m_dialog.get()));
}

QTreeWidgetItem *TestPreferencesDialog::row(const QString &command) const
{
    const auto rows =
        find<QTreeWidget>("shortcuts")->findItems(command, Qt::MatchExactly | Qt::MatchRecursive);
    return rows.isEmpty() ? nullptr : rows.first();
}

void TestPreferencesDialog::okWritesWhatWasChosen()
{
    open();
    auto *close = find<QComboBox>("closeChoice");
    close->setCurrentIndex(close->findData(int(ui::CloseChoice::Background)));
    auto *language = find<QComboBox>("language");
    language->setCurrentIndex(language->findData(QStringLiteral("en")));
    find<QCheckBox>("miniToolBar")->setChecked(false);
    find<QComboBox>("scaling")->setCurrentIndex(1);
    find<QCheckBox>("autoCapture")->setChecked(true);
    find<QCheckBox>("desktopKeys")->setChecked(false);
    find<QRadioButton>("proxyManual")->setChecked(true);
    find<QLineEdit>("proxyHost")->setText(QStringLiteral("proxy.example"));
    find<QSpinBox>("proxyPort")->setValue(3128);
    const QString folder = m_folder->filePath(QStringLiteral("elsewhere"));
    find<QLineEdit>("machineFolder")->setText(folder);
    QSignalSpy changed(m_dialog.get(), &ui::PreferencesDialog::preferencesChanged);
    m_dialog->accept();
    QCOMPARE(m_dialog->result(), int(QDialog::Accepted));
    QCOMPARE(changed.count(), 1);
    const ui::Preferences saved = ui::Preferences::load();
    QCOMPARE(int(saved.closeChoice), int(ui::CloseChoice::Background));
    QCOMPARE(saved.language, QStringLiteral("en"));
    QVERIFY(!saved.showMiniToolBar && saved.isScaledByDefault);
    QVERIFY(saved.isAutoCaptureOn && !saved.areDesktopKeysCaptured);
    QCOMPARE(saved.proxy.host, QStringLiteral("proxy.example"));
    QCOMPARE(saved.proxy.port, 3128);
    QCOMPARE(m_store->machineFolder(), folder);
    // And shows it the next time.
    open();
    QVERIFY(find<QRadioButton>("proxyManual")->isChecked());
    QCOMPARE(find<QComboBox>("language")->currentData().toString(), QStringLiteral("en"));
}

void TestPreferencesDialog::cancelWritesNothing()
{
    open();
    find<QCheckBox>("miniToolBar")->setChecked(false);
    m_dialog->reject();
    QVERIFY(ui::Preferences::load().showMiniToolBar);
}

void TestPreferencesDialog::aBadFolderIsSaidInPlace()
{
    open();
    m_dialog->showPage(QStringLiteral("network"));
    find<QLineEdit>("machineFolder")->setText(QStringLiteral("relative/place"));
    m_dialog->accept();
    QVERIFY(m_dialog->result() != int(QDialog::Accepted));
    QCOMPARE(m_dialog->currentPage(), QStringLiteral("general"));
    QVERIFY(m_dialog->problem().contains(QStringLiteral("full path")));
    find<QLineEdit>("machineFolder")->setText(m_folder->filePath(QStringLiteral("place")));
    QVERIFY(m_dialog->problem().isEmpty());
}

void TestPreferencesDialog::aPressedKeyBecomesTheHostKey()
{
    open();
    m_dialog->showPage(QStringLiteral("input"));
    auto *record = find<ui::KeyRecorder>("recordHostKey");
    auto *shown = find<QLabel>("hostKey");
    QCOMPARE(shown->text(), QStringLiteral("Right Ctrl"));
    QTest::mouseClick(record, Qt::LeftButton);
    QVERIFY(record->isChecked());
    QTest::keyClick(record, Qt::Key_ScrollLock);
    QVERIFY(!record->isChecked());
    QCOMPARE(shown->text(), QStringLiteral("Scroll Lock"));
    // Guests need most others.
    QTest::mouseClick(record, Qt::LeftButton);
    QTest::keyClick(record, Qt::Key_A);
    QCOMPARE(shown->text(), QStringLiteral("Scroll Lock"));
    QVERIFY(m_dialog->problem().contains(QStringLiteral("Guests need that key")));
    // Escape and a look elsewhere end the recording.
    QTest::mouseClick(record, Qt::LeftButton);
    QTest::keyClick(record, Qt::Key_Escape);
    QVERIFY(!record->isChecked());
    QVERIFY(m_dialog->isVisible());
    m_dialog->accept();
    QCOMPARE(ui::Preferences::load().hostKeys, QList<engine::ScanCode>{0x46});
}

void TestPreferencesDialog::twoKeysHeldTogetherBecomeTheHostKey()
{
    open();
    m_dialog->showPage(QStringLiteral("input"));
    auto *record = find<ui::KeyRecorder>("recordHostKey");
    QTest::mouseClick(record, Qt::LeftButton);
    QTest::keyPress(record, Qt::Key_Control);
    QTest::keyPress(record, Qt::Key_Alt);
    QTest::keyRelease(record, Qt::Key_Alt);
    QTest::keyRelease(record, Qt::Key_Control);
    QCOMPARE(find<QLabel>("hostKey")->text(), QStringLiteral("Left Ctrl + Left Alt"));
    m_dialog->accept();
    QCOMPARE(ui::Preferences::load().hostKeys, (QList<engine::ScanCode>{0x1d, 0x38}));
    open();
    m_dialog->showPage(QStringLiteral("input"));
    QTest::mouseClick(find<QPushButton>("usualHostKey"), Qt::LeftButton);
    QCOMPARE(find<QLabel>("hostKey")->text(), QStringLiteral("Right Ctrl"));
}

void TestPreferencesDialog::theTableSaysWhereKeysGo()
{
    open();
    auto *table = find<QTableWidget>("whereKeysGo");
    const auto captured = [table] {
        const auto rows = table->findItems(QStringLiteral("Alt+Tab"), Qt::MatchStartsWith);
        return table->item(rows.first()->row(), 2)->text();
    };
    QCOMPARE(captured(), QStringLiteral("Guest"));
    find<QCheckBox>("desktopKeys")->setChecked(false);
    QCOMPARE(captured(), QStringLiteral("Desktop"));
}

void TestPreferencesDialog::aShortcutIsChangedAndReset()
{
    open();
    m_dialog->showPage(QStringLiteral("shortcuts"));
    QTreeWidgetItem *fullScreen = row(QStringLiteral("Full Screen"));
    QVERIFY(fullScreen != nullptr);
    QCOMPARE(fullScreen->text(1), QStringLiteral("Host+F"));
    find<QTreeWidget>("shortcuts")->setCurrentItem(fullScreen);
    auto *field = find<ui::ShortcutField>("keys");
    field->setFocus();
    QTest::keyClick(field, Qt::Key_F11, Qt::ControlModifier); // only the key counts there
    QCOMPARE(fullScreen->text(1), QStringLiteral("Host+F11"));
    QVERIFY(m_dialog->problem().contains(QStringLiteral("Host+F11"))); // a console's, as it is
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(fullScreen->text(1), QStringLiteral("Host+Return"));
    QTreeWidgetItem *newMachine = row(QStringLiteral("New"));
    QVERIFY(newMachine != nullptr);
    find<QTreeWidget>("shortcuts")->setCurrentItem(newMachine);
    QTest::keyClick(field, Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(newMachine->text(1), QStringLiteral("Ctrl+Shift+M"));
    QTest::mouseClick(find<QPushButton>("noKeys"), Qt::LeftButton);
    QCOMPARE(newMachine->text(1), QString());
    m_dialog->accept();
    const ui::Preferences saved = ui::Preferences::load();
    QCOMPARE(saved.machineShortcuts.value(QStringLiteral("fullScreen")), QStringLiteral("Return"));
    QVERIFY(saved.managerShortcuts.contains(QStringLiteral("new")));
    QVERIFY(saved.managerShortcuts.value(QStringLiteral("new")).isEmpty());

    open();
    QTest::mouseClick(find<QPushButton>("allUsualKeys"), Qt::LeftButton);
    QCOMPARE(row(QStringLiteral("New"))->text(1), QStringLiteral("Ctrl+N"));
    m_dialog->accept();
    QVERIFY(ui::Preferences::load().machineShortcuts.isEmpty());
}

void TestPreferencesDialog::theUsualShortcutsDoNotConflict()
{
    for (const QList<ui::Shortcut> &all : {ui::managerShortcuts(), ui::machineShortcuts()}) {
        const QStringList conflicts = ui::conflictingShortcuts(all, {});
        QVERIFY2(conflicts.isEmpty(), qPrintable(conflicts.join(u' ')));
        QStringList names;
        for (const ui::Shortcut &one : all) {
            QVERIFY2(!one.name.isEmpty() && !one.label.isEmpty(), qPrintable(one.name));
            QVERIFY2(!names.contains(one.name), qPrintable(one.name));
            names.append(one.name);
        }
    }
}

void TestPreferencesDialog::aConflictIsMarkedAndKeepsOkFromWriting()
{
    open();
    m_dialog->showPage(QStringLiteral("shortcuts"));
    QTreeWidgetItem *newMachine = row(QStringLiteral("New"));
    find<QTreeWidget>("shortcuts")->setCurrentItem(newMachine);
    QTest::keyClick(find<ui::ShortcutField>("keys"), Qt::Key_Q, Qt::ControlModifier);
    QVERIFY(!newMachine->icon(1).isNull());
    QVERIFY(!row(QStringLiteral("Quit"))->icon(1).isNull());
    QVERIFY(m_dialog->problem().contains(QStringLiteral("Ctrl+Q")));
    m_dialog->accept();
    QVERIFY(m_dialog->isVisible());
    QVERIFY(ui::Preferences::load().managerShortcuts.isEmpty());
    QTest::mouseClick(find<QPushButton>("usualKeys"), Qt::LeftButton);
    QVERIFY(newMachine->icon(1).isNull());
    QVERIFY(m_dialog->problem().isEmpty());
}

void TestPreferencesDialog::shortcutsAreSearched()
{
    open();
    auto *search = find<QLineEdit>("shortcutSearch");
    search->setText(QStringLiteral("full scr"));
    QVERIFY(!row(QStringLiteral("Full Screen"))->isHidden());
    QVERIFY(row(QStringLiteral("New"))->isHidden());
    search->setText(QStringLiteral("ctrl+n"));
    QVERIFY(!row(QStringLiteral("New"))->isHidden());
    search->clear();
    QVERIFY(!row(QStringLiteral("Quit"))->isHidden());
}

void TestPreferencesDialog::aRunningManagerTakesNewShortcutsAtOnce()
{
    ui::ManagerWindow manager(*m_store, m_folder->filePath(QStringLiteral("run")));
    const auto *action = manager.findChild<QAction *>(QStringLiteral("new"));
    QCOMPARE(action->shortcut(), QKeySequence(QKeySequence::New));
    ui::Preferences preferences;
    preferences.managerShortcuts.insert(QStringLiteral("new"), QStringLiteral("Ctrl+Shift+M"));
    QVERIFY_OK(preferences.save());
    QTRY_COMPARE(action->shortcut(), QKeySequence(QStringLiteral("Ctrl+Shift+M")));
    QVERIFY_OK(ui::Preferences().save());
    QTRY_COMPARE(action->shortcut(), QKeySequence(QKeySequence::New));
}

void TestPreferencesDialog::ownKeysAreRecordedNamedAndRemoved()
{
    open();
    m_dialog->showPage(QStringLiteral("savedKeys"));
    auto *record = find<ui::KeyRecorder>("recordSavedKeys");
    QTest::mouseClick(record, Qt::LeftButton);
    QTest::keyPress(record, Qt::Key_Control);
    QTest::keyClick(record, Qt::Key_F3);
    QTest::keyRelease(record, Qt::Key_Control);
    auto *list = find<QListWidget>("savedKeys");
    QCOMPARE(list->count(), 1);
    auto *label = find<QLineEdit>("savedKeysLabel");
    QVERIFY(label->hasFocus());
    QTest::keyClicks(label, QStringLiteral("Find next"));
    QVERIFY(list->item(0)->text().startsWith(QStringLiteral("Find next")));
    m_dialog->accept();
    const auto saved = ui::Preferences::load().savedKeys;
    QCOMPARE(saved.size(), 1);
    QCOMPARE(saved.first().label, QStringLiteral("Find next"));
    QCOMPARE(saved.first().codes, (QList<engine::ScanCode>{0x1d, 0x3d}));
    open();
    m_dialog->showPage(QStringLiteral("savedKeys"));
    QTest::mouseClick(find<QPushButton>("removeSavedKeys"), Qt::LeftButton);
    m_dialog->accept();
    QVERIFY(ui::Preferences::load().savedKeys.isEmpty());
}

void TestPreferencesDialog::aManualProxyNeedsAHost()
{
    open();
    find<QRadioButton>("proxyManual")->setChecked(true);
    m_dialog->accept();
    QVERIFY(m_dialog->isVisible());
    QCOMPARE(m_dialog->currentPage(), QStringLiteral("network"));
    find<QLineEdit>("proxyHost")->setText(QStringLiteral("http://proxy:80/"));
    QVERIFY(!m_dialog->problem().isEmpty());
    find<QLineEdit>("proxyHost")->setText(QStringLiteral("proxy"));
    QVERIFY(m_dialog->problem().isEmpty());
}

void TestPreferencesDialog::theSearchFindsAPage()
{
    open();
    m_dialog->setSearchText(QStringLiteral("monitor"));
    QCOMPARE(m_dialog->currentPage(), QStringLiteral("screens"));
    m_dialog->setSearchText(QStringLiteral("osinfo"));
    QCOMPARE(m_dialog->currentPage(), QStringLiteral("osData"));
}

void TestPreferencesDialog::whatAnotherProgramWroteMeanwhileIsKept()
{
    open();
    ui::Preferences other;
    other.addRecentOptical(QStringLiteral("/some.iso"));
    QVERIFY_OK(other.save());
    m_dialog->accept();
    QCOMPARE(ui::Preferences::load().recentOpticalImages, QStringList{QStringLiteral("/some.iso")});
}

QTEST_MAIN(TestPreferencesDialog)
#include "tst_preferences_dialog.moc"
