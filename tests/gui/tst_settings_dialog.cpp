// SPDX-License-Identifier: GPL-3.0-or-later
// The dialog around the pages: problems, search, new disks.
#include "tests/support/settings_fixture.h"
#include "ui/settings/new_disk_dialog.h"
#include "ui/settings/settings_commit.h"

#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeWidget>

using namespace engine;
using fakes::SettingsHands;

namespace {

bool says(const SettingsHands &hands, const QString &words)
{
    return hands.problems().join(u'\n').contains(words, Qt::CaseInsensitive);
}

QListWidgetItem *pageRow(const SettingsHands &hands, const char *id)
{
    auto *list = hands.find<QListWidget>("pages");
    for (int row = 0; row < list->count(); ++row) {
        if (list->item(row)->data(Qt::UserRole).toString() == QLatin1String(id))
            return list->item(row);
    }
    return nullptr;
}

QString currentPage(const SettingsHands &hands)
{
    const QListWidgetItem *item = hands.find<QListWidget>("pages")->currentItem();
    return item ? item->data(Qt::UserRole).toString() : QString();
}

// By the dialog that the page opens.
void addNewDisk(ui::SettingsDialog &dialog, const QString &path)
{
    auto *menu = dialog.findChild<QMenu *>(QStringLiteral("addDriveMenu"));
    emit menu->aboutToShow();
    menu->findChild<QAction *>(QStringLiteral("addNewDisk"))->trigger();
    const auto asking = dialog.findChildren<ui::NewDiskDialog *>();
    QVERIFY(!asking.isEmpty());
    auto *ask = asking.last(); // the one before may not be gone yet
    auto *line = ask->findChild<QLineEdit *>(QStringLiteral("newDiskPath"));
    if (!path.isEmpty())
        line->setText(path);
    ask->findChild<QSpinBox *>(QStringLiteral("newDiskSize"))->setValue(1);
    auto *ok = ask->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok);
    QVERIFY(ok->isEnabled());
    ok->click();
}

} // namespace

class TestSettingsDialog final : public QObject
{
    Q_OBJECT
private slots:
    void problemsStandAtTheirField();
    void warningsDoNotKeepFromOk();
    void whatWasWrongBeforeDoesNotBlock();
    void okWithAMistakeGoesToIt();
    void storageProblemsMarkTheTree();
    void forwardProblemsMarkTheirCell();
    void otherMachinesAreKnown();
    void searchFindsFieldsByOtherWords_data();
    void searchFindsFieldsByOtherWords();
    void searchIsDoneByKeyboard();
    void newDisksAreMadeAtOk();
    void cancelLeavesNothingBehind();
    void aDiskThatCannotBeMadeChangesNothing();
    void aFailedWriteTakesTheNewDiskBack();
    void aNewDiskIsCheckedWhereItIsTyped();
    void imagesAreLookedAtBesideTheDialog();
    void renamingMovesTheFolder();
    void pagesFitASmallScreen();
};

void TestSettingsDialog::problemsStandAtTheirField()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    QTRY_VERIFY(hands.ok()->isEnabled());
    QVERIFY(hands.problems().isEmpty());

    hands.type("name", QStringLiteral("a/b"));
    QTRY_VERIFY(!hands.ok()->isEnabled());
    QCOMPARE(hands.problems().size(), 1);
    QVERIFY(pageRow(hands, "general")
                ->data(Qt::AccessibleTextRole)
                .toString()
                .contains(QStringLiteral("problem")));
    QVERIFY(hands.find<QToolButton>("problemSummary")->isVisible());
    // From another page the summary leads back.
    dialog.showPage(QStringLiteral("audio"));
    hands.click("problemSummary");
    QCOMPARE(currentPage(hands), QStringLiteral("general"));

    hands.type("name", QStringLiteral("fine"));
    QTRY_VERIFY(hands.ok()->isEnabled());
    QVERIFY(hands.problems().isEmpty());
    QVERIFY(!hands.find<QToolButton>("problemSummary")->isVisible());

    hands.click("serialPorts/0/enabled");
    hands.choose("serialPorts/0/mode", SerialMode::File);
    QTRY_VERIFY(says(hands, QStringLiteral("needs a file")));
    hands.choose("adapters/0/attachedTo", NetworkMode::Bridged);
    QTRY_VERIFY(says(hands, QStringLiteral("needs a bridge")));
    hands.choose("usb", UsbController::None);
    QTRY_VERIFY(says(hands, QStringLiteral("needs a USB controller")));
}

void TestSettingsDialog::warningsDoNotKeepFromOk()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    hands.amount("cpus", MachineDefinition::MaxCpus);
    hands.amount("memoryMiB", MachineDefinition::MaxMemoryMiB);
    QTRY_VERIFY(says(hands, QStringLiteral("MiB of memory")));
    QVERIFY(hands.ok()->isEnabled());
    QVERIFY(pageRow(hands, "system")
                ->data(Qt::AccessibleTextRole)
                .toString()
                .contains(QStringLiteral("warning")));
    QSignalSpy saved(&dialog, &ui::SettingsDialog::saved);
    dialog.accept();
    QTRY_COMPARE(saved.size(), 1);
    QCOMPARE(fixture.onDisk().cpus, int(MachineDefinition::MaxCpus));
}

void TestSettingsDialog::whatWasWrongBeforeDoesNotBlock()
{
    MachineDefinition definition = fakes::settingsSample();
    definition.controllers[0].attachments[0].path = QStringLiteral("disks/gone.img");
    fakes::SettingsFixture fixture(definition);
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    QTRY_VERIFY(says(hands, QStringLiteral("is missing")));
    QTRY_VERIFY(hands.ok()->isEnabled());
    hands.write("description", QStringLiteral("still here"));
    QSignalSpy saved(&dialog, &ui::SettingsDialog::saved);
    dialog.accept();
    QTRY_COMPARE(saved.size(), 1);
    QCOMPARE(fixture.onDisk().description, QStringLiteral("still here"));
}

void TestSettingsDialog::okWithAMistakeGoesToIt()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    dialog.showPage(QStringLiteral("network"));
    QSignalSpy finished(&dialog, &QDialog::finished);
    hands.type("groups", QStringLiteral("no slash"));
    dialog.accept(); // before anybody had the time to look
    QTRY_COMPARE(currentPage(hands), QStringLiteral("general"));
    QCOMPARE(finished.size(), 0);
    QVERIFY(fixture.onDisk().groups.isEmpty());
}

void TestSettingsDialog::storageProblemsMarkTheTree()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    dialog.showPage(QStringLiteral("storage"));
    auto *tree = hands.find<QTreeWidget>("storageTree");
    tree->setCurrentItem(tree->topLevelItem(0)->child(0));
    hands.type("mediumPath", QStringLiteral("/nowhere/x.img"));
    QTRY_VERIFY(says(hands, QStringLiteral("\"/nowhere/x.img\" is missing")));
    QVERIFY(!hands.ok()->isEnabled());
    QVERIFY(tree->topLevelItem(0)->child(0)->toolTip(0).contains(QStringLiteral("missing")));
    // The other drive has none.
    tree->setCurrentItem(tree->topLevelItem(0)->child(1));
    QVERIFY(!says(hands, QStringLiteral("missing")));
    hands.click("problemSummary");
    QVERIFY(says(hands, QStringLiteral("missing")));
}

void TestSettingsDialog::forwardProblemsMarkTheirCell()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    hands.clickIn("adapters/0/forwards", "addForward");
    auto *view = hands.find<QWidget>("adapters/0/forwards")->findChild<QAbstractItemView *>();
    QAbstractItemModel *model = view->model();
    model->setData(model->index(0, 3), QStringLiteral("70000"));
    QTRY_VERIFY(!hands.ok()->isEnabled());
    QVERIFY(says(hands, QStringLiteral("ports are from 1 to 65535")));
    QVERIFY(model->index(0, 3).data(Qt::ToolTipRole).toString().contains(QStringLiteral("70000")));
    QVERIFY(model->index(0, 5).data(Qt::ToolTipRole).isNull());
    model->setData(model->index(0, 3), QStringLiteral("7000"));
    QTRY_VERIFY(hands.ok()->isEnabled());
    QVERIFY(model->index(0, 3).data(Qt::ToolTipRole).isNull());
}

void TestSettingsDialog::otherMachinesAreKnown()
{
    fakes::SettingsFixture fixture;
    MachineDefinition other = fakes::settingsSample();
    other.name = QStringLiteral("Second");
    other.adapters[0].forwards = {{.hostPort = 2222, .guestPort = 22}};
    other.controllers[0].attachments[0].path =
        fixture.entry.folder + QStringLiteral("/disks/Sample.img");
    QVERIFY_OK(fixture.store.create(other));
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    QTRY_VERIFY(says(hands, QStringLiteral("The machine \"Second\" uses this disk")));
    hands.clickIn("adapters/0/forwards", "addForward");
    QTRY_VERIFY(says(hands, QStringLiteral("\"Second\" forwards port 2222")));
    QVERIFY(hands.ok()->isEnabled());
    hands.type("name", QStringLiteral("second"));
    QTRY_VERIFY(says(hands, QStringLiteral("There is a machine named")));
    QVERIFY(!hands.ok()->isEnabled());
}

void TestSettingsDialog::searchFindsFieldsByOtherWords_data()
{
    QTest::addColumn<QString>("words");
    QTest::addColumn<QString>("page");
    QTest::addColumn<QString>("field");
    const auto row = [](const char *words, const char *page, const char *field) {
        QTest::newRow(words) << QString::fromLatin1(words) << QString::fromLatin1(page)
                             << QString::fromLatin1(field);
    };
    row("RAM", "system", "memoryMiB");
    row("cores", "system", "cpus");
    row("vnc", "display", "remoteDisplay/enabled");
    row("listen", "display", "remoteDisplay/address");
    row("gpu", "display", "video");
    row("vram", "display", "videoMemoryMiB");
    row("dual", "display", "monitors");
    row("microphone", "audio", "audioInput");
    row("film", "audio", "recording/sound");
    row("forwarding ssh", "network", "adapters/0/forwards");
    row("uart", "serial", "serialPorts/0/enabled");
    row("xhci", "usb", "usb");
    row("toolbar", "interface", "extraData/miniToolBar");
    row("rename title", "general", "name");
    row("trim", "storage", "controllers/SATA/0/0/discard");
}

void TestSettingsDialog::searchFindsFieldsByOtherWords()
{
    QFETCH(QString, words);
    QFETCH(QString, page);
    QFETCH(QString, field);
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    hands.find<QLineEdit>("search")->setText(words);
    QVERIFY(!pageRow(hands, qPrintable(page))->isHidden());
    QCOMPARE(currentPage(hands), page);
    QCOMPARE(hands.page(qPrintable(page))->firstFound(), field);
    hands.find<QLineEdit>("search")->clear();
    QVERIFY(hands.page(qPrintable(page))->firstFound().isEmpty());
    for (const char *id : {"general", "usb"})
        QVERIFY(!pageRow(hands, id)->isHidden());
}

void TestSettingsDialog::searchIsDoneByKeyboard()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    QVERIFY(QTest::qWaitForWindowActive(&dialog));
    const SettingsHands hands(dialog);
    QSignalSpy finished(&dialog, &QDialog::finished);
    QTest::keyClick(&dialog, Qt::Key_F, Qt::ControlModifier);
    auto *search = hands.find<QLineEdit>("search");
    QTRY_VERIFY(search->hasFocus());
    QTest::keyClicks(search, QStringLiteral("chipset"));
    QCOMPARE(currentPage(hands), QStringLiteral("system"));
    QVERIFY(pageRow(hands, "audio")->isHidden());
    QTest::keyClick(search, Qt::Key_Return);
    QVERIFY(hands.find<QComboBox>("chipset")->hasFocus());
    search->setFocus();
    QTest::keyClick(search, Qt::Key_Escape);
    QVERIFY(search->text().isEmpty());
    QVERIFY(!pageRow(hands, "audio")->isHidden());
    QCOMPARE(finished.size(), 0);
}

void TestSettingsDialog::newDisksAreMadeAtOk()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    addNewDisk(dialog, {});
    const StorageAttachment added = hands.shownOver({}).controllers[0].attachments.value(2);
    QCOMPARE(added.path, QStringLiteral("disks/Sample.qcow2"));
    const QString path = resolvedPath(added, fixture.entry.folder);
    QVERIFY(!QFileInfo::exists(path));
    QTRY_VERIFY(hands.ok()->isEnabled());
    QVERIFY(!says(hands, QStringLiteral("missing")));
    QSignalSpy saved(&dialog, &ui::SettingsDialog::saved);
    dialog.accept();
    QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, 20000);
    const auto info = imageInfo(path);
    QVERIFY_OK(info);
    QCOMPARE(info->format, ImageFormat::Qcow2);
    QCOMPARE(info->virtualSizeBytes, qint64(1) << 30);
    QCOMPARE(fixture.onDisk().controllers[0].attachments.size(), 3);
}

void TestSettingsDialog::cancelLeavesNothingBehind()
{
    fakes::SettingsFixture fixture;
    const MachineDefinition before = fixture.onDisk();
    const QStringList files = QDir(fixture.entry.folder + QStringLiteral("/disks")).entryList();
    {
        ui::SettingsDialog dialog(fixture.store, fixture.entry);
        dialog.show();
        addNewDisk(dialog, {});
        SettingsHands(dialog).amount("memoryMiB", 300);
        dialog.reject();
        QVERIFY(!dialog.isVisible());
    }
    QCOMPARE(fixture.onDisk(), before);
    QCOMPARE(QDir(fixture.entry.folder + QStringLiteral("/disks")).entryList(), files);
}

void TestSettingsDialog::aDiskThatCannotBeMadeChangesNothing()
{
    fakes::SettingsFixture fixture;
    const MachineDefinition before = fixture.onDisk();
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    addNewDisk(dialog, {}); // this one could be made
    addNewDisk(dialog, QStringLiteral("/proc/none/b.qcow2"));
    dialog.accept();
    QTRY_VERIFY_WITH_TIMEOUT(dialog.findChild<QMessageBox *>(QStringLiteral("errorBox")), 20000);
    QVERIFY(dialog.isVisible());
    QCOMPARE(fixture.onDisk(), before);
    QVERIFY(!QFileInfo::exists(fixture.entry.folder + QStringLiteral("/disks/Sample.qcow2")));
    QTRY_VERIFY(hands.ok()->isEnabled()); // to be tried again
}

void TestSettingsDialog::aFailedWriteTakesTheNewDiskBack()
{
    fakes::SettingsFixture fixture;
    const MachineDefinition before = fixture.onDisk();
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    addNewDisk(dialog, fixture.entry.folder + QStringLiteral("/more/new.qcow2"));
    {
        const auto lock = MachineLock::acquire(fixture.entry.folder); // another program's
        QVERIFY_OK(lock);
        dialog.accept();
        QTRY_VERIFY_WITH_TIMEOUT(dialog.findChild<QMessageBox *>(QStringLiteral("errorBox")),
                                 20000);
    }
    QCOMPARE(fixture.onDisk(), before);
    QVERIFY(!QFileInfo::exists(fixture.entry.folder + QStringLiteral("/more")));
    // Nothing of it is lost: the second try makes it.
    dialog.findChild<QMessageBox *>(QStringLiteral("errorBox"))->close();
    QSignalSpy saved(&dialog, &ui::SettingsDialog::saved);
    dialog.accept();
    QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, 20000);
    QVERIFY(QFileInfo::exists(fixture.entry.folder + QStringLiteral("/more/new.qcow2")));
}

void TestSettingsDialog::aNewDiskIsCheckedWhereItIsTyped()
{
    fakes::SettingsFixture fixture;
    ui::SettingsContext context = ui::makeSettingsContext(fixture.store, fixture.entry);
    ui::NewDiskDialog dialog(context, QStringLiteral("Sample"), nullptr);
    dialog.show();
    auto *path = dialog.findChild<QLineEdit *>(QStringLiteral("newDiskPath"));
    auto *ok = dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok);
    QVERIFY(ok->isEnabled());
    path->setText(fixture.entry.folder + QStringLiteral("/disks/Sample.img"));
    QVERIFY(!ok->isEnabled());
    path->clear();
    QVERIFY(!ok->isEnabled());
    path->setText(fixture.entry.folder + QStringLiteral("/disks/a.qcow2"));
    QVERIFY(ok->isEnabled());
    auto *format = dialog.findChild<QComboBox *>(QStringLiteral("newDiskFormat"));
    format->setCurrentIndex(format->findData(int(ImageFormat::Vdi)));
    QVERIFY(path->text().endsWith(QStringLiteral("/a.vdi")));
    QCOMPARE(dialog.request().format, ImageFormat::Vdi);
    dialog.findChild<QSpinBox *>(QStringLiteral("newDiskSize"))->setValue(64 * 1024);
    QVERIFY(ok->isEnabled()); // it grows
    dialog.findChild<QCheckBox *>(QStringLiteral("newDiskFull"))->setChecked(true);
    QVERIFY(!ok->isEnabled());
}

void TestSettingsDialog::imagesAreLookedAtBesideTheDialog()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    dialog.showPage(QStringLiteral("storage"));
    auto *size = hands.find<QLabel>("imageSize");
    QTRY_COMPARE_WITH_TIMEOUT(
        size->text(), QLocale().formattedDataSize(1 << 20, 1, QLocale::DataSizeTraditionalFormat),
        10000);
    QVERIFY(hands.find<QLabel>("imageFormat")->text().contains(QStringLiteral("Raw")));
}

void TestSettingsDialog::renamingMovesTheFolder()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    SettingsHands(dialog).type("name", QStringLiteral("Renamed"));
    QSignalSpy saved(&dialog, &ui::SettingsDialog::saved);
    dialog.accept();
    QTRY_COMPARE(saved.size(), 1);
    const auto entry = saved.first().first().value<MachineEntry>();
    QVERIFY(entry.folder.endsWith(QStringLiteral("/Renamed")));
    QVERIFY(QFileInfo::exists(entry.folder + QStringLiteral("/disks/Sample.img")));
    QVERIFY(!QFileInfo::exists(fixture.entry.folder));
}

// 1280x720 less a panel and a title bar; in width nothing may need a scroll bar.
void TestSettingsDialog::pagesFitASmallScreen()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    QVERIFY2(dialog.minimumSizeHint().height() <= 640, "too high");
    dialog.resize(1240, 640);
    const auto areas = dialog.findChildren<QScrollArea *>();
    for (const char *id : {"general", "system", "display", "storage", "audio", "network", "serial",
                           "usb", "sharedFolders", "interface"}) {
        dialog.showPage(QString::fromLatin1(id));
        QCoreApplication::processEvents();
        for (const QScrollArea *area : areas)
            QVERIFY2(!area->isVisible() || !area->horizontalScrollBar()->isVisible(), id);
    }
}

QTEST_MAIN(TestSettingsDialog)
#include "tst_settings_dialog.moc"
