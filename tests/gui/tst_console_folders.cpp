// SPDX-License-Identifier: GPL-3.0-or-later
// Shared folders in the machine window: the menu, the dialog, a folder that is dropped.
#include "tests/support/console_fixture.h"
#include "tests/support/test_main.h"
#include "ui/folder_menu.h"
#include "ui/mount_command.h"
#include "ui/share_dialog.h"

#include <QtCore/QMimeData>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>
#include <QtGui/QClipboard>
#include <QtGui/QDragEnterEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>

using engine::SharedFolder;
using fakes::ConsoleFixture;

namespace {

struct Window : ConsoleFixture
{
    Window()
    {
        openAndShow();
        engine::check(QTest::qWaitFor([this] { return isReady(); }, 20000), "no window");
    }
    ui::FolderMenu &menu() const { return *find<ui::FolderMenu>("folderMenu"); }
    QStringList titles() const
    {
        QStringList titles;
        for (const QAction *action : menu().actions())
            if (action->menu() != nullptr)
                titles.append(action->text());
        return titles;
    }
    QAction *entry(const QString &folder, const char *name) const
    {
        const auto *submenu = menu().findChild<QMenu *>("folder " + folder);
        return submenu ? submenu->findChild<QAction *>(QString::fromLatin1(name)) : nullptr;
    }
    ui::ShareDialog *dialog() const { return find<ui::ShareDialog>("shareDialog"); }
    fakes::FakeDriver &driver() { return machine.driver(); }
};

// As a file manager would: true when the window takes it.
bool drop(QWidget &screen, const QList<QUrl> &urls)
{
    QWidget *target = &screen;
    while (target != nullptr && !target->acceptDrops())
        target = target->parentWidget();
    engine::check(target != nullptr, "nobody takes drops");
    QMimeData data;
    data.setUrls(urls);
    QDragEnterEvent enter({5, 5}, Qt::CopyAction | Qt::LinkAction, &data, Qt::LeftButton, {});
    enter.ignore();
    QApplication::sendEvent(target, &enter);
    QDropEvent dropped({5, 5}, Qt::CopyAction | Qt::LinkAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(target, &dropped);
    return enter.isAccepted();
}

} // namespace

class TestConsoleFolders final : public QObject
{
    Q_OBJECT
private slots:
    void mountCommandsAreForAShell_data();
    void mountCommandsAreForAShell();
    void namesFit();
    void theMenuListsWhatTheGuestHas();
    void theCommandIsCopied();
    void aFolderIsSharedForThisRun();
    void aFolderIsKept();
    void whatCannotBeSharedIsSaidBefore();
    void aRefusalLeavesTheDialog();
    void aMountedFolderIsTakenAwayOnlyAfterAQuestion();
    void aDroppedFolderIsOffered();
    void otherDropsAreLeftToOthers();
    void aTroubleIsShownOnce();
    void anEngineWithoutFoldersSaysSo();

private:
    QTemporaryDir m_folder;
};

void TestConsoleFolders::mountCommandsAreForAShell_data()
{
    QTest::addColumn<SharedFolder>("folder");
    QTest::addColumn<QString>("command");
    QTest::newRow("plain") << SharedFolder{.name = "music"}
                           << "sudo mkdir -p /mnt/music && sudo mount -t virtiofs music /mnt/music";
    QTest::newRow("read-only") << SharedFolder{.name = "a", .isReadOnly = true}
                               << "sudo mkdir -p /mnt/a && sudo mount -t virtiofs -o ro a /mnt/a";
    QTest::newRow("a place of its own")
        << SharedFolder{.name = "a", .mountPoint = "/srv/x"}
        << "sudo mkdir -p /srv/x && sudo mount -t virtiofs a /srv/x";
    QTest::newRow("quoted") << SharedFolder{.name = "it's $(me)"}
                            << "sudo mkdir -p '/mnt/it'\\''s $(me)' && sudo mount -t virtiofs "
                               "'it'\\''s $(me)' '/mnt/it'\\''s $(me)'";
    QTest::newRow("not an option")
        << SharedFolder{.name = "-o"}
        << "sudo mkdir -p /mnt/-o && sudo mount -t virtiofs '-o' /mnt/-o";
}

void TestConsoleFolders::mountCommandsAreForAShell()
{
    QFETCH(SharedFolder, folder);
    QFETCH(QString, command);
    QCOMPARE(ui::mountCommand(folder), command);
}

void TestConsoleFolders::namesFit()
{
    QCOMPARE(ui::shareNameFor("/home/me/Music", {}), "Music");
    QCOMPARE(ui::shareNameFor("/home/me/Music", {"Music", "Music-2"}), "Music-3");
    QCOMPARE(ui::shareNameFor("/", {}), "root");
    const QString name = ui::shareNameFor("/" + QString(40, QChar(0xe4)), {});
    QCOMPARE(name, QString(17, QChar(0xe4))); // 34 of 35 bytes
    QCOMPARE(ui::shareNameFor("/" + QString(40, 'a'), {QString(35, 'a')}), QString(33, 'a') + "-2");
}

void TestConsoleFolders::theMenuListsWhatTheGuestHas()
{
    Window window;
    QVERIFY(window.titles().isEmpty());
    QVERIFY(window.menu().actions().first()->text().contains("no shared folders"));
    window.driver().folders = {{{.name = "a&b", .path = "/a"}, true, {}},
                               {{.name = "c", .path = "/c", .isReadOnly = true}, false, {}},
                               {{.name = "d", .path = "/d"}, false, "There is no folder \"/d\""}};
    emit window.driver().foldersChanged();
    // None of them is in the definition.
    QTRY_COMPARE(window.titles(),
                 (QStringList{"a&&b (mounted, until power-off)", "c (read-only, until power-off)",
                              "d (not available, until power-off)"}));
    QCOMPARE(window.menu().findChild<QMenu *>("folder d")->actions().first()->text(),
             "There is no folder \"/d\".");
}

void TestConsoleFolders::theCommandIsCopied()
{
    Window window;
    window.driver().folders = {{{.name = "music", .path = "/m"}, false, {}}};
    emit window.driver().foldersChanged();
    QTRY_VERIFY(window.entry("music", "copyMountCommand") != nullptr);
    window.entry("music", "copyMountCommand")->trigger();
    QCOMPARE(QApplication::clipboard()->text(),
             "sudo mkdir -p /mnt/music && sudo mount -t virtiofs music /mnt/music");
}

void TestConsoleFolders::aFolderIsSharedForThisRun()
{
    Window window;
    window.action("shareFolder")->trigger();
    QVERIFY(window.dialog() != nullptr);
    ui::ShareDialog &dialog = *window.dialog();
    auto *share = dialog.findChild<QPushButton *>("share");
    QVERIFY(!share->isEnabled());
    dialog.findChild<QLineEdit *>("path")->setText(m_folder.path());
    QVERIFY(share->isEnabled());
    auto *name = dialog.findChild<QLineEdit *>("name");
    QCOMPARE(name->text(), QFileInfo(m_folder.path()).fileName().left(35));
    name->clear();
    QTest::keyClicks(name, "things");
    dialog.findChild<QCheckBox *>("readOnly")->click();
    dialog.findChild<QCheckBox *>("kept")->setChecked(false);
    QCOMPARE(dialog.findChild<QLineEdit *>("command")->text(),
             "sudo mkdir -p /mnt/things && sudo mount -t virtiofs -o ro things /mnt/things");
    share->click();
    QTRY_VERIFY(window.called("attachFolder things " + m_folder.path() + " read-only"));
    QTRY_VERIFY(dialog.findChild<QLabel *>("heading")->text().contains("has the folder now"));
    QVERIFY(share->isHidden());
    QTRY_COMPARE(window.titles(), QStringList{"things (read-only, until power-off)"});
    QVERIFY(window.machine.session().entry().definition.sharedFolders.isEmpty());
    window.entry("things", "removeFolder")->trigger();
    QTRY_VERIFY(window.called("detachFolder things"));
    QTRY_VERIFY(window.titles().isEmpty());
}

void TestConsoleFolders::aFolderIsKept()
{
    Window window;
    window.action("shareFolder")->trigger();
    ui::ShareDialog &dialog = *window.dialog();
    dialog.findChild<QLineEdit *>("path")->setText(m_folder.path());
    QVERIFY(dialog.findChild<QCheckBox *>("kept")->isChecked());
    const QString name = dialog.folder().name;
    dialog.findChild<QPushButton *>("share")->click();
    QTRY_COMPARE(window.machine.session().entry().definition.sharedFolders.size(), 1);
    QCOMPARE(window.machine.session().entry().definition.sharedFolders.first().path,
             m_folder.path());
    QTRY_COMPARE(window.titles(), QStringList{name});
    window.entry(name, "removeFolder")->trigger();
    QTRY_VERIFY(window.machine.session().entry().definition.sharedFolders.isEmpty());
    QVERIFY(window.called("detachFolder " + name));
}

void TestConsoleFolders::whatCannotBeSharedIsSaidBefore()
{
    ui::ShareDialog dialog({}, {"taken"}, "machine", false);
    auto *share = dialog.findChild<QPushButton *>("share");
    auto *problem = dialog.findChild<QLabel *>("problem");
    auto *path = dialog.findChild<QLineEdit *>("path");
    auto *name = dialog.findChild<QLineEdit *>("name");
    QVERIFY(problem->isHidden()); // nothing was said yet
    path->setText("/no/such/folder");
    QVERIFY(problem->text().contains("no such folder"));
    QVERIFY(!share->isEnabled());
    path->setText(m_folder.path());
    QVERIFY(share->isEnabled());
    for (const char *wrong : {"taken", "a/b", "more than thirty-five bytes are too many"}) {
        name->clear();
        QTest::keyClicks(name, QString::fromLatin1(wrong));
        QVERIFY2(!share->isEnabled(), wrong);
        QVERIFY(!problem->text().isEmpty());
    }
}

void TestConsoleFolders::aRefusalLeavesTheDialog()
{
    Window window;
    window.action("shareFolder")->trigger();
    ui::ShareDialog &dialog = *window.dialog();
    dialog.findChild<QLineEdit *>("path")->setText(m_folder.path());
    dialog.findChild<QCheckBox *>("kept")->setChecked(false);
    window.driver().nextFailure = engine::Error(engine::ErrorKind::Io, "No room");
    auto *share = dialog.findChild<QPushButton *>("share");
    share->click();
    QVERIFY(!share->isEnabled());
    QTRY_VERIFY(dialog.findChild<QMessageBox *>() != nullptr);
    QVERIFY(share->isEnabled());
    QVERIFY(dialog.isVisible());
}

void TestConsoleFolders::aMountedFolderIsTakenAwayOnlyAfterAQuestion()
{
    Window window;
    window.machine.session().addFolder({.name = "music", .path = m_folder.path()},
                                       engine::MachineSession::FolderLife::Transient,
                                       [](const engine::Result<> &) {});
    window.driver().folders.first().isMounted = true;
    emit window.driver().foldersChanged();
    QTRY_COMPARE(window.titles(), QStringList{"music (mounted, until power-off)"});
    window.entry("music", "removeFolder")->trigger();
    auto *question = window.find<QMessageBox>("confirmRemoveFolder");
    QVERIFY(question != nullptr);
    QVERIFY(!window.called("detachFolder music"));
    for (QAbstractButton *button : question->buttons())
        if (question->buttonRole(button) == QMessageBox::AcceptRole)
            button->click();
    QTRY_VERIFY(window.called("detachFolder music"));
}

void TestConsoleFolders::aDroppedFolderIsOffered()
{
    Window window;
    QVERIFY(drop(window.view(), {QUrl::fromLocalFile(m_folder.path())}));
    QTRY_VERIFY(window.dialog() != nullptr);
    QCOMPARE(window.dialog()->findChild<QLineEdit *>("path")->text(), m_folder.path());
}

void TestConsoleFolders::otherDropsAreLeftToOthers()
{
    Window window;
    QFile file(m_folder.filePath("file"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QUrl folder = QUrl::fromLocalFile(m_folder.path());
    drop(window.view(), {QUrl::fromLocalFile(file.fileName())});
    drop(window.view(), {folder, folder});
    QVERIFY(!drop(window.view(), {QUrl("https://example.org/")}));
    QCoreApplication::processEvents();
    QVERIFY(window.dialog() == nullptr);
}

void TestConsoleFolders::aTroubleIsShownOnce()
{
    Window window;
    window.driver().folders = {{{.name = "d", .path = "/d"}, false, "Its server was killed"}};
    emit window.driver().foldersChanged();
    QTRY_VERIFY(window.find<QWidget>("folder d:trouble") != nullptr);
    // Dismissed, it stays away until there is something else to say.
    auto *dismiss =
        window.find<QWidget>("folder d:trouble")->findChild<QAbstractButton *>("dismiss");
    QVERIFY(dismiss != nullptr);
    dismiss->click();
    QTRY_VERIFY(window.find<QWidget>("folder d:trouble") == nullptr);
    window.driver().folders.append({{.name = "e", .path = "/e"}, false, {}});
    emit window.driver().foldersChanged();
    QTRY_COMPARE(window.titles().size(), 2);
    QVERIFY(window.find<QWidget>("folder d:trouble") == nullptr);
}

void TestConsoleFolders::anEngineWithoutFoldersSaysSo()
{
    ConsoleFixture console;
    console.open();
    console.machine.driver().unsupported.insert(engine::Feature::SharedFolders, "It has none");
    console.show();
    QTRY_VERIFY(console.isReady());
    QVERIFY(!console.action("shareFolder")->isEnabled());
    QVERIFY(console.find<ui::FolderMenu>("folderMenu")
                ->actions()
                .first()
                ->text()
                .contains("It has none"));
}

QTEST_MAIN(TestConsoleFolders)
#include "tst_console_folders.moc"
