// SPDX-License-Identifier: GPL-3.0-or-later
// The file manager between this computer and a guest, whose agent is played by the test and works
// in a folder of this computer.
#include "tests/support/fake_guest.h"
#include "tests/support/running_machine.h"
#include "ui/file_list_model.h"
#include "ui/file_manager.h"
#include "ui/file_pane.h"

#include <QtCore/QDir>
#include <QtCore/QStandardPaths>
#include <QtTest/QAbstractItemModelTester>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTreeView>

using namespace engine;

class TestFileManager final : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void bothSidesAreShown();
    void filesAreCopiedBothWays();
    void whatIsThereIsReplacedOnlyWhenAsked();
    void foldersAreMadeRenamedAndDeleted();
    void keysDoWhatTwoPaneManagersDo();
    void aFolderThatCannotBeReadSaysSo();
    void withoutAnAgentItIsSaidWhatIsMissing();
    void theEndOfTheMachineIsSaid();
    void listsSortFoldersFirst();

private:
    template <class T>
    T *find(const char *name) const
    {
        return window->findChild<T *>(QLatin1String(name));
    }
    QTreeView *list(const char *name) const { return find<QTreeView>(name); }
    QStringList names(const char *view) const
    {
        QStringList result;
        const QAbstractItemModel *const model = list(view)->model();
        for (int row = 0; row < model->rowCount(); ++row)
            result.append(model->index(row, 0).data().toString());
        return result;
    }
    void select(const char *view, const QString &name)
    {
        const int row = int(names(view).indexOf(name));
        QVERIFY2(row >= 0, qPrintable(name));
        // After a dialog the keys do not come back by themselves everywhere.
        window->activateWindow();
        QTRY_VERIFY(window->isActiveWindow());
        list(view)->setFocus();
        list(view)->selectionModel()->setCurrentIndex(list(view)->model()->index(row, 0),
                                                      QItemSelectionModel::ClearAndSelect
                                                          | QItemSelectionModel::Rows);
    }
    // Where a pane is to be, and is.
    void go(const char *side, const QString &folder)
    {
        const QByteArray name(side);
        auto *const path = find<QLineEdit>(name + "Path");
        path->setText(folder);
        QTest::keyClick(path, Qt::Key_Return);
        QTRY_COMPARE(find<ui::FilePane>(name + "Pane")->folder(), folder);
    }
    QMessageBox *box(const char *name) const { return find<QMessageBox>(name); }
    QString make(const QString &name, const QByteArray &contents)
    {
        const QString path = machine->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        check(file.open(QIODevice::WriteOnly), "a file of the test's cannot be made");
        file.write(contents);
        return path;
    }
    static QByteArray contents(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }

    std::unique_ptr<fakes::FakeGuest> guest;
    std::unique_ptr<fakes::RunningMachine> machine;
    std::unique_ptr<ui::FileManager> window;
};

void TestFileManager::init()
{
    guest = std::make_unique<fakes::FakeGuest>();
    machine = std::make_unique<fakes::RunningMachine>();
    machine->open("gui", false);
    machine->driver().agent = std::make_unique<GuestAgent>(guest->agent.opener());
    machine->session().start();
    machine->driver().agent->setPortOpen(true);
    make("here/one", "1");
    make("here/folder/inside", "22");
    make("there/two", "2");
    window = std::make_unique<ui::FileManager>("Sample", machine->socketPath(), nullptr);
    window->setAttribute(Qt::WA_DeleteOnClose, false);
    window->show();
    QTRY_VERIFY(find<ui::FilePane>("guestPane")->isUsable());
    go("host", machine->filePath("here"));
    go("guest", machine->filePath("there"));
}

void TestFileManager::cleanup()
{
    window.reset();
    machine.reset();
    guest.reset();
}

void TestFileManager::bothSidesAreShown()
{
    QCOMPARE(names("hostFiles"), (QStringList{"folder", "one"}));
    QCOMPARE(names("guestFiles"), QStringList{"two"});
    QVERIFY(!find<QPushButton>("copyToGuest")->isEnabled()); // nothing is selected
    select("hostFiles", "one");
    QVERIFY(find<QPushButton>("copyToGuest")->isEnabled());
    QVERIFY(!find<QPushButton>("copyToHost")->isEnabled());
}

void TestFileManager::filesAreCopiedBothWays()
{
    select("hostFiles", "folder");
    find<QPushButton>("copyToGuest")->click();
    QTRY_COMPARE(names("guestFiles"), (QStringList{"folder", "two"}));
    QCOMPARE(contents(machine->filePath("there/folder/inside")), "22");
    QTRY_VERIFY(find<QLabel>("message")->text().contains("1"));
    QVERIFY(!window->isCopying());
    select("guestFiles", "two");
    find<QPushButton>("copyToHost")->click();
    QTRY_COMPARE(names("hostFiles"), (QStringList{"folder", "one", "two"}));
    QCOMPARE(contents(machine->filePath("here/two")), "2");
}

void TestFileManager::whatIsThereIsReplacedOnlyWhenAsked()
{
    make("there/one", "old");
    QTest::keyClick(list("guestFiles"), Qt::Key_R, Qt::ControlModifier);
    QTRY_COMPARE(names("guestFiles"), (QStringList{"one", "two"}));
    select("hostFiles", "one");
    find<QPushButton>("copyToGuest")->click();
    QVERIFY(box("replaceQuestion"));
    QVERIFY(box("replaceQuestion")->informativeText().contains("one"));
    QTest::keyClick(box("replaceQuestion"), Qt::Key_Escape);
    QTRY_VERIFY(!box("replaceQuestion"));
    QCOMPARE(contents(machine->filePath("there/one")), "old");
    find<QPushButton>("copyToGuest")->click();
    box("replaceQuestion")->findChild<QPushButton *>("replace")->click();
    QTRY_COMPARE(contents(machine->filePath("there/one")), "1");
}

void TestFileManager::foldersAreMadeRenamedAndDeleted()
{
    QTest::keyClick(list("guestFiles"), Qt::Key_F7);
    auto *dialog = find<QDialog>("nameDialog");
    QVERIFY(dialog);
    dialog->findChild<QLineEdit *>("name")->setText("two"); // is there already
    QVERIFY(!dialog->findChild<QPushButton *>("accept")->isEnabled());
    dialog->findChild<QLineEdit *>("name")->setText("a/b");
    QVERIFY(!dialog->findChild<QPushButton *>("accept")->isEnabled());
    dialog->findChild<QLineEdit *>("name")->setText("new one");
    dialog->findChild<QPushButton *>("accept")->click();
    QTRY_COMPARE(names("guestFiles"), (QStringList{"new one", "two"}));
    QVERIFY(QFileInfo(machine->filePath("there/new one")).isDir());

    select("guestFiles", "two");
    QTest::keyClick(list("guestFiles"), Qt::Key_F2);
    QTRY_VERIFY(find<QDialog>("nameDialog") && find<QDialog>("nameDialog")->isVisible());
    find<QDialog>("nameDialog")->findChild<QLineEdit *>("name")->setText("three");
    find<QDialog>("nameDialog")->findChild<QPushButton *>("accept")->click();
    QTRY_COMPARE(names("guestFiles"), (QStringList{"new one", "three"}));

    select("guestFiles", "new one");
    QTest::keyClick(list("guestFiles"), Qt::Key_Delete);
    QVERIFY(box("deleteQuestion"));
    QVERIFY(box("deleteQuestion")->text().contains("new one"));
    QVERIFY(QFileInfo::exists(machine->filePath("there/new one"))); // not before it is confirmed
    box("deleteQuestion")->findChild<QPushButton *>("delete")->click();
    QTRY_COMPARE(names("guestFiles"), QStringList{"three"});
}

void TestFileManager::keysDoWhatTwoPaneManagersDo()
{
    select("hostFiles", "folder");
    QTest::keyClick(list("hostFiles"), Qt::Key_Return);
    QTRY_COMPARE(names("hostFiles"), QStringList{"inside"});
    QTest::keyClick(list("hostFiles"), Qt::Key_Backspace);
    QTRY_COMPARE(names("hostFiles"), (QStringList{"folder", "one"}));
    // Where one came from is the current one.
    QCOMPARE(list("hostFiles")->currentIndex().data().toString(), "folder");
    QTest::keyClick(list("hostFiles"), Qt::Key_Tab);
    QCOMPARE(window->focusWidget(), list("guestFiles"));
    select("guestFiles", "two");
    QTest::keyClick(list("guestFiles"), Qt::Key_F5);
    QTRY_COMPARE(contents(machine->filePath("here/two")), "2");
}

void TestFileManager::aFolderThatCannotBeReadSaysSo()
{
    auto *const path = find<QLineEdit>("guestPath");
    path->setText("/nowhere/at all");
    QTest::keyClick(path, Qt::Key_Return);
    QTRY_VERIFY(window->findChild<QMessageBox *>());
    QVERIFY(window->findChild<QMessageBox *>()->informativeText().contains("/nowhere/at all")
            || window->findChild<QMessageBox *>()->text().contains("/nowhere/at all"));
    QCOMPARE(path->text(), machine->filePath("there"));
    QCOMPARE(names("guestFiles"), QStringList{"two"});
}

void TestFileManager::withoutAnAgentItIsSaidWhatIsMissing()
{
    machine->driver().agent->setPortOpen(false);
    QTRY_VERIFY(find<QLabel>("guestSummary")->text().contains("qemu-guest-agent"));
    QVERIFY(names("guestFiles").isEmpty());
    select("hostFiles", "one");
    QVERIFY(!find<QPushButton>("copyToGuest")->isEnabled());
    machine->driver().agent->setPortOpen(true); // somebody installed it
    QTRY_COMPARE(names("guestFiles"), QStringList{"two"});
}

void TestFileManager::theEndOfTheMachineIsSaid()
{
    machine->close();
    QTRY_VERIFY(find<QLabel>("guestSummary")->text().contains("does not run"));
    QVERIFY(!find<QTreeView>("guestFiles")->isEnabled());
}

void TestFileManager::listsSortFoldersFirst()
{
    ui::FileListModel model;
    QAbstractItemModelTester tester(&model);
    const auto entry = [](const QString &name, GuestEntry::Kind kind, qint64 size) {
        GuestEntry one;
        one.name = name;
        one.kind = kind;
        one.sizeBytes = size;
        return one;
    };
    model.setEntries(
        {entry("b 10", GuestEntry::Kind::File, 1), entry("b 2", GuestEntry::Kind::File, 3),
         entry("z", GuestEntry::Kind::Folder, 0), entry("a\nb", GuestEntry::Kind::File, 2)});
    const auto order = [&model] {
        QStringList list;
        for (int row = 0; row < model.rowCount(); ++row)
            list.append(model.entry(row).name);
        return list;
    };
    QCOMPARE(order(), (QStringList{"z", "a\nb", "b 2", "b 10"}));
    QVERIFY(!model.index(1, 0).data().toString().contains('\n'));
    model.sort(ui::FileListModel::Size, Qt::DescendingOrder);
    QCOMPARE(order(), (QStringList{"z", "b 2", "a\nb", "b 10"}));
    QCOMPARE(model.rowOf("b 10"), 3);
    QCOMPARE(ui::rightsText(0750), "rwxr-x---");
}

QTEST_MAIN(TestFileManager)

#include "tst_file_manager.moc"
