// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_json.h"
#include "engine/machine/saved_state.h"
#include "tests/support/running_machine.h"
#include "ui/details_pane.h"
#include "ui/dropped_file.h"
#include "ui/machine_list_model.h"
#include "ui/manager_window.h"
#include "ui/remove_dialog.h"

#include <QtCore/QAbstractItemModel>
#include <QtCore/QElapsedTimer>
#include <QtGui/QAction>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeView>

namespace {

struct Place
{
    QTemporaryDir folder;
    engine::MachineStore store{folder.filePath(QStringLiteral("config")),
                               folder.filePath(QStringLiteral("machines"))};
    QString runtime() const { return folder.filePath(QStringLiteral("run")); }

    engine::MachineEntry add(const QString &name, const QString &osId = QStringLiteral("debian12"))
    {
        engine::MachineDefinition machine;
        machine.name = name;
        machine.osId = osId;
        auto made = store.create(machine);
        engine::check(made.has_value(), "the machine could not be made");
        return *made;
    }
};

QAction *action(const ui::ManagerWindow &window, const char *name)
{
    return window.findChild<QAction *>(QString::fromLatin1(name));
}

QTreeView *list(const ui::ManagerWindow &window)
{
    return window.findChild<QTreeView *>(QStringLiteral("machines"));
}

ui::MachineState stateInRow(const ui::ManagerWindow &window, int row)
{
    return ui::MachineState(
        list(window)->model()->index(row, 0).data(ui::MachineListModel::StateRole).toInt());
}

} // namespace

class TestManagerWindow : public QObject
{
    Q_OBJECT
private slots:
    void invitesWhileThereIsNoMachine();
    void listsSortedAndSearches();
    void enterStartsTheSelectedMachine();
    void returnAfterItsEndDoesNotStartItAgain();
    void failedStartIsPoweredOffAgain();
    void greyedActionsSayWhy();
    void runningMachineIsShownAndCommanded();
    void powerOffAsksFirst();
    void savedMachineIsResumedOrDiscarded();
    void runningMachineIsSaved();
    void removeNamesTheFilesAndDeletes();
    void removalThatFailsIsTold();
    void startFromOutsideSaysStarting();
    void longWordDoesNotWidenTheDetails();
    void brokenMachineIsListedWithItsProblem();
    void dropsAreToldApart();
    void slowHostIsTold();
    void thousandMachinesAreFast();
};

void TestManagerWindow::invitesWhileThereIsNoMachine()
{
    Place place;
    ui::ManagerWindow window(place.store, place.runtime());
    auto *pages = window.findChild<QStackedWidget *>(QStringLiteral("pages"));
    QCOMPARE(pages->currentIndex(), 0);
    QVERIFY(window.findChild<QPushButton *>(QStringLiteral("chooseIso")));
    place.add(QStringLiteral("First"));
    window.selectMachine(place.store.machines().constFirst().folder);
    QCOMPARE(pages->currentIndex(), 1);
}

void TestManagerWindow::listsSortedAndSearches()
{
    Place place;
    place.add(QStringLiteral("zebra"), QStringLiteral("win11"));
    place.add(QStringLiteral("Apple"));
    place.add(QStringLiteral("mango"), QStringLiteral("freebsd13.1"));
    ui::ManagerWindow window(place.store, place.runtime());
    QAbstractItemModel *rows = list(window)->model();
    QCOMPARE(rows->rowCount(), 3);
    QCOMPARE(rows->index(0, 0).data().toString(), QStringLiteral("Apple"));
    QCOMPARE(rows->index(2, 0).data().toString(), QStringLiteral("zebra"));

    auto *search = window.findChild<QLineEdit *>(QStringLiteral("search"));
    search->setText(QStringLiteral("freebsd"));
    QCOMPARE(rows->rowCount(), 1);
    QCOMPARE(rows->index(0, 0).data().toString(), QStringLiteral("mango"));
    search->setText(QStringLiteral("ZEB"));
    QCOMPARE(rows->index(0, 0).data().toString(), QStringLiteral("zebra"));
    search->setText(QStringLiteral("nothing like it"));
    QCOMPARE(rows->rowCount(), 0);
    search->clear();
    QCOMPARE(rows->rowCount(), 3);
}

void TestManagerWindow::enterStartsTheSelectedMachine()
{
    Place place;
    place.add(QStringLiteral("One"));
    place.add(QStringLiteral("Two"));
    ui::ManagerWindow window(place.store, place.runtime());
    window.show();
    QSignalSpy started(&window, &ui::ManagerWindow::startRequested);
    list(window)->setCurrentIndex(list(window)->model()->index(1, 0));
    QTRY_VERIFY(action(window, "start")->isEnabled());
    QTest::keyClick(list(window), Qt::Key_Return);
    QCOMPARE(started.size(), 1);
    QCOMPARE(started.at(0).at(0).value<engine::MachineEntry>().definition.name,
             QStringLiteral("Two"));
    QCOMPARE(started.at(0).at(1).toString(), QStringLiteral("gui"));
    QCOMPARE(int(stateInRow(window, 1)), int(ui::MachineState::Starting));
    QTest::keyClick(list(window), Qt::Key_Return); // not twice
    QCOMPARE(started.size(), 1);

    list(window)->setCurrentIndex(list(window)->model()->index(0, 0));
    QTRY_VERIFY(action(window, "startHeadless")->isEnabled());
    action(window, "startHeadless")->trigger();
    QCOMPARE(started.at(1).at(1).toString(), QStringLiteral("headless"));
}

void TestManagerWindow::returnAfterItsEndDoesNotStartItAgain()
{
    fakes::RunningMachine running;
    running.open();
    engine::MachineStore store(running.filePath(QStringLiteral("config/vitrine")),
                               running.filePath(QStringLiteral("machines")));
    ui::ManagerWindow window(store);
    window.show();
    QTRY_VERIFY(action(window, "pause")->isEnabled()); // its process has answered
    running.close();
    QTRY_VERIFY(!ui::isLive(stateInRow(window, 0)));
    QTRY_COMPARE(action(window, "start")->text(), QStringLiteral("S&tart"));
    QSignalSpy started(&window, &ui::ManagerWindow::startRequested);
    QTest::keyClick(list(window), Qt::Key_Return); // meant for the guest
    QCOMPARE(started.size(), 0);
    QTest::keyClick(list(window), Qt::Key_Return); // meant
    QCOMPARE(started.size(), 1);
}

void TestManagerWindow::failedStartIsPoweredOffAgain()
{
    Place place;
    const engine::MachineEntry entry = place.add(QStringLiteral("One"));
    ui::ManagerWindow window(place.store, place.runtime());
    window.show();
    QTRY_VERIFY(action(window, "start")->isEnabled());
    action(window, "start")->trigger();
    QCOMPARE(int(stateInRow(window, 0)), int(ui::MachineState::Starting));
    window.showStartError(entry, engine::Error(engine::ErrorKind::NotFound, "QEMU is missing"));
    QCOMPARE(int(stateInRow(window, 0)), int(ui::MachineState::PoweredOff));
    QTRY_VERIFY(window.findChild<QMessageBox *>());
    auto *box = window.findChild<QMessageBox *>();
    QVERIFY(box->text().contains(QStringLiteral("One")));
}

void TestManagerWindow::greyedActionsSayWhy()
{
    Place place;
    place.add(QStringLiteral("One"));
    ui::ManagerWindow window(place.store, place.runtime());
    QTRY_VERIFY(action(window, "start")->isEnabled());
    for (const char *name : {"pause", "reset", "shutDown", "powerOff"}) {
        QVERIFY2(!action(window, name)->isEnabled(), name);
        QVERIFY2(action(window, name)->toolTip().contains(QStringLiteral("does not run")), name);
    }
    QVERIFY(action(window, "remove")->isEnabled());
    QVERIFY(!action(window, "showLog")->isEnabled());
}

void TestManagerWindow::runningMachineIsShownAndCommanded()
{
    fakes::RunningMachine running;
    running.open();
    engine::MachineStore store(running.filePath(QStringLiteral("config/vitrine")),
                               running.filePath(QStringLiteral("machines")));
    ui::ManagerWindow window(store);
    window.show();
    QTRY_COMPARE(int(stateInRow(window, 0)), int(ui::MachineState::Running));
    QTRY_COMPARE(action(window, "start")->text(), QStringLiteral("S&how"));
    QVERIFY(!action(window, "remove")->isEnabled());

    QTRY_VERIFY(action(window, "start")->isEnabled());
    QSignalSpy shown(&window, &ui::ManagerWindow::showRequested);
    QTest::keyClick(list(window), Qt::Key_Return);
    QCOMPARE(shown.size(), 1);

    QTRY_VERIFY(action(window, "pause")->isEnabled());
    action(window, "pause")->trigger();
    QTRY_COMPARE(int(stateInRow(window, 0)), int(ui::MachineState::Paused));
    QTRY_VERIFY(action(window, "pause")->isChecked());
    QTRY_VERIFY(!action(window, "shutDown")->isEnabled());
    action(window, "pause")->trigger();
    QTRY_COMPARE(int(stateInRow(window, 0)), int(ui::MachineState::Running));

    running.close();
    QTRY_VERIFY(!ui::isLive(stateInRow(window, 0)));
}

void TestManagerWindow::powerOffAsksFirst()
{
    fakes::RunningMachine running;
    running.open();
    engine::MachineStore store(running.filePath(QStringLiteral("config/vitrine")),
                               running.filePath(QStringLiteral("machines")));
    ui::ManagerWindow window(store);
    window.show();
    QTRY_VERIFY(action(window, "powerOff")->isEnabled());
    action(window, "powerOff")->trigger();
    auto *box = window.findChild<QMessageBox *>(QStringLiteral("powerOffBox"));
    QVERIFY(box);
    QCOMPARE(int(stateInRow(window, 0)), int(ui::MachineState::Running));
    box->findChild<QPushButton *>(QStringLiteral("confirmPowerOff"))->click();
    QTRY_VERIFY(stateInRow(window, 0) != ui::MachineState::Running);
}

void TestManagerWindow::savedMachineIsResumedOrDiscarded()
{
    Place place;
    const engine::MachineEntry entry = place.add(QStringLiteral("One"));
    const auto folder = engine::beginSavedState(entry.folder);
    QVERIFY_OK(folder);
    QImage screen(720, 400, QImage::Format_RGB32);
    screen.fill(Qt::darkGreen);
    QVERIFY(screen.save(*folder + "/screen.png"));
    QVERIFY_OK(engine::commitSavedState(entry, "test"));
    QVERIFY_OK(engine::writeState(entry.folder, engine::PersistentState::Saved));

    ui::ManagerWindow window(place.store, place.runtime());
    window.show();
    QTRY_COMPARE(int(stateInRow(window, 0)), int(ui::MachineState::Saved));
    QTRY_COMPARE(action(window, "start")->text(), QStringLiteral("Res&ume"));
    const QModelIndex row = list(window)->model()->index(0, 0);
    QCOMPARE(row.data(ui::MachineListModel::ThumbnailRole).value<QImage>().isNull(), false);
    QVERIFY(!action(window, "startDisposable")->isEnabled());
    QVERIFY(action(window, "startDisposable")->toolTip().contains("discard"));
    QSignalSpy started(&window, &ui::ManagerWindow::startRequested);
    action(window, "start")->trigger();
    QCOMPARE(started.size(), 1);
    window.startFinished(entry);

    QTRY_VERIFY(action(window, "discardState")->isEnabled());
    action(window, "discardState")->trigger();
    auto *box = window.findChild<QMessageBox *>(QStringLiteral("discardBox"));
    QVERIFY(box);
    QVERIFY(engine::hasSavedState(entry.folder));
    box->findChild<QPushButton *>(QStringLiteral("confirmDiscard"))->click();
    QTRY_COMPARE(int(stateInRow(window, 0)), int(ui::MachineState::PoweredOff));
    QVERIFY(!engine::hasSavedState(entry.folder));
    QTRY_VERIFY(action(window, "startDisposable")->isEnabled());
    QSignalSpy disposable(&window, &ui::ManagerWindow::disposableStartRequested);
    action(window, "startDisposable")->trigger();
    QCOMPARE(disposable.size(), 1);
}

void TestManagerWindow::runningMachineIsSaved()
{
    fakes::RunningMachine running;
    running.open();
    engine::MachineStore store(running.filePath(QStringLiteral("config/vitrine")),
                               running.filePath(QStringLiteral("machines")));
    ui::ManagerWindow window(store);
    window.show();
    QTRY_VERIFY(action(window, "saveState")->isEnabled());
    action(window, "saveState")->trigger();
    QTRY_VERIFY(engine::hasSavedState(running.entry().folder));
    running.close();
    QTRY_COMPARE(int(stateInRow(window, 0)), int(ui::MachineState::Saved));
}

void TestManagerWindow::removeNamesTheFilesAndDeletes()
{
    Place place;
    const engine::MachineEntry entry = place.add(QStringLiteral("Gone soon"));
    ui::ManagerWindow window(place.store, place.runtime());
    QTRY_VERIFY(action(window, "remove")->isEnabled());
    action(window, "remove")->trigger();
    auto *dialog = window.findChild<ui::RemoveDialog *>();
    QVERIFY(dialog);
    auto *files = dialog->findChild<QListWidget *>(QStringLiteral("files"));
    QVERIFY(!files->findItems(entry.definitionPath, Qt::MatchExactly).isEmpty());
    QVERIFY(QFileInfo::exists(entry.definitionPath));
    dialog->findChild<QPushButton *>(QStringLiteral("delete"))->click();
    // In the background: until its files are gone, nothing can be done with it.
    QCOMPARE(int(stateInRow(window, 0)), int(ui::MachineState::Removing));
    QTRY_COMPARE(list(window)->model()->rowCount(), 0);
    QVERIFY(!QFileInfo::exists(entry.definitionPath));
    QVERIFY(window.findChildren<QMessageBox *>().isEmpty());
}

void TestManagerWindow::removalThatFailsIsTold()
{
    Place place;
    const engine::MachineEntry entry = place.add(QStringLiteral("Held"));
    ui::ManagerWindow window(place.store, place.runtime());
    QTRY_VERIFY(action(window, "remove")->isEnabled());
    action(window, "remove")->trigger();
    const auto lock = engine::MachineLock::acquire(entry.folder); // as the CLI would
    QVERIFY_OK(lock);
    window.findChild<ui::RemoveDialog *>()
        ->findChild<QPushButton *>(QStringLiteral("delete"))
        ->click();
    QCOMPARE(int(stateInRow(window, 0)), int(ui::MachineState::Removing));
    QTRY_VERIFY(!action(window, "start")->isEnabled());
    QTRY_VERIFY(window.findChild<QMessageBox *>());
    QCOMPARE(int(stateInRow(window, 0)), int(ui::MachineState::PoweredOff));
    QVERIFY(QFileInfo::exists(entry.definitionPath));
}

void TestManagerWindow::startFromOutsideSaysStarting()
{
    Place place;
    const engine::MachineEntry entry = place.add(QStringLiteral("One"));
    ui::ManagerWindow window(place.store, place.runtime());
    QSignalSpy started(&window, &ui::ManagerWindow::startRequested);
    window.startMachine(entry, QStringLiteral("gui"));
    QCOMPARE(started.size(), 1);
    QCOMPARE(int(stateInRow(window, 0)), int(ui::MachineState::Starting));
    window.startFinished(entry);
    QCOMPARE(int(stateInRow(window, 0)), int(ui::MachineState::PoweredOff));
}

void TestManagerWindow::longWordDoesNotWidenTheDetails()
{
    Place place;
    place.add(QString(120, u'W'));
    ui::ManagerWindow window(place.store, place.runtime());
    window.show();
    auto *pane = window.findChild<ui::DetailsPane *>();
    QTRY_COMPARE(pane->findChild<QLabel *>(QStringLiteral("details.name"))->accessibleName(),
                 QString(120, u'W'));
    QTRY_VERIFY(pane->widget()->isVisible());
    QTRY_COMPARE(pane->widget()->width(), pane->viewport()->width());
}

void TestManagerWindow::brokenMachineIsListedWithItsProblem()
{
    Place place;
    const engine::MachineEntry entry = place.add(QStringLiteral("Broken"));
    QFile file(entry.definitionPath);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("not json");
    file.close();
    place.store.refresh();
    ui::ManagerWindow window(place.store, place.runtime());
    QCOMPARE(int(stateInRow(window, 0)), int(ui::MachineState::Inaccessible));
    QTRY_VERIFY(window.findChild<QFrame *>(QStringLiteral("box.problem")));
    QVERIFY(!action(window, "start")->isEnabled());
    QVERIFY(action(window, "remove")->isEnabled());
}

void TestManagerWindow::dropsAreToldApart()
{
    QTemporaryDir folder;
    using ui::DroppedKind;
    QCOMPARE(int(ui::droppedKind(QStringLiteral("/a/b.ISO"))), int(DroppedKind::OpticalImage));
    QCOMPARE(int(ui::droppedKind(QStringLiteral("/a/b.qcow2"))), int(DroppedKind::DiskImage));
    QCOMPARE(int(ui::droppedKind(QStringLiteral("/a/b.vitrine"))), int(DroppedKind::Machine));
    QCOMPARE(int(ui::droppedKind(folder.path())), int(DroppedKind::Machine));
    QCOMPARE(int(ui::droppedKind(QStringLiteral("/a/b.txt"))), int(DroppedKind::Nothing));

    Place place;
    ui::ManagerWindow window(place.store, place.runtime());
    QSignalSpy wizard(&window, &ui::ManagerWindow::newMachineRequested);
    window.openPath(QStringLiteral("/a/b.iso"));
    QCOMPARE(wizard.size(), 1);
    QCOMPARE(wizard.at(0).at(0).toString(), QStringLiteral("/a/b.iso"));
}

void TestManagerWindow::slowHostIsTold()
{
    Place place;
    ui::ManagerWindow window(place.store, place.runtime());
    auto *button = window.findChild<QToolButton *>(QStringLiteral("acceleration"));
    window.setAcceleration({.kind = engine::Acceleration::Kind::Hardware});
    QVERIFY(button->isHidden());
    window.setAcceleration({.kind = engine::Acceleration::Kind::Emulated,
                            .text = QStringLiteral("Software emulation (slow)"),
                            .reason = QStringLiteral("no such device"),
                            .remedy = QStringLiteral("log in at the seat")});
    QVERIFY(!button->isHidden());
    button->click();
    auto *box = window.findChild<QMessageBox *>(QStringLiteral("accelerationBox"));
    QVERIFY(box);
    QVERIFY(box->informativeText().contains(QStringLiteral("Log in at the seat")));
}

void TestManagerWindow::thousandMachinesAreFast()
{
    Place place;
    for (int i = 0; i < 1000; ++i) { // as files: a store syncs each to disk
        engine::MachineDefinition machine;
        machine.uuid = QUuid::createUuid();
        machine.name = QStringLiteral("Machine %1").arg(i, 4, 10, QLatin1Char('0'));
        const QString folder = place.folder.filePath(QStringLiteral("machines/") + machine.name);
        QVERIFY(QDir().mkpath(folder));
        QFile file(folder + u'/' + machine.name + QStringLiteral(".vitrine"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(engine::machineToJson(machine));
    }
    place.store.refresh();
    ui::MachineMonitor monitor(place.runtime());
    QElapsedTimer clock;
    clock.start();
    ui::MachineListModel model(place.store, monitor);
    model.update();
    QCOMPARE(model.rowCount(), 1000);
    // Generous for a busy computer; reading files per row and repaint would take far longer.
    QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed())));

    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const QPersistentModelIndex kept = model.index(500);
    const QString folder = kept.data(ui::MachineListModel::FolderRole).toString();
    place.add(QStringLiteral("A first one"));
    model.update();
    QCOMPARE(model.rowCount(), 1001);
    QCOMPARE(model.index(0).data().toString(), QStringLiteral("A first one"));
    QCOMPARE(kept.row(), 501);
    QCOMPARE(kept.data(ui::MachineListModel::FolderRole).toString(), folder);
}

QTEST_MAIN(TestManagerWindow)
#include "tst_manager_window.moc"
