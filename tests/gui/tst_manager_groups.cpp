// SPDX-License-Identifier: GPL-3.0-or-later
// The manager's list: groups, order, several machines at once, the table, and what is asked before
// a machine is renamed, copied or moved.
#include "engine/machine/machine_task.h"
#include "tests/support/running_machine.h"
#include "tests/support/test_main.h"
#include "ui/copy_dialog.h"
#include "ui/groups.h"
#include "ui/machine_columns_view.h"
#include "ui/machine_list_model.h"
#include "ui/machine_list_view.h"
#include "ui/machine_tree_model.h"
#include "ui/manager_state.h"
#include "ui/manager_window.h"
#include "ui/move_dialog.h"
#include "ui/name_dialog.h"
#include "ui/natural_order.h"

#include <QtCore/QMimeData>
#include <QtCore/QTemporaryDir>
#include <QtGui/QAction>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>

namespace {

struct Place
{
    QTemporaryDir folder;
    engine::MachineStore store{folder.filePath(QStringLiteral("config")),
                               folder.filePath(QStringLiteral("machines"))};
    QString runtime() const { return folder.filePath(QStringLiteral("run")); }

    engine::MachineEntry add(const QString &name, const QString &group = {},
                             const QString &description = {})
    {
        engine::MachineDefinition machine;
        machine.name = name;
        machine.description = description;
        if (!group.isEmpty())
            machine.groups = {group};
        auto made = store.create(machine);
        engine::check(made.has_value(), "the machine could not be made");
        return *made;
    }

    QString groupOf(const QString &name) const
    {
        const auto found = store.find(name);
        return found ? ui::groups::of(found->definition) : QStringLiteral("?");
    }
};

QAction *action(const ui::ManagerWindow &window, const char *name)
{
    return window.findChild<QAction *>(QString::fromLatin1(name));
}

ui::MachineListView *list(const ui::ManagerWindow &window)
{
    return window.findChild<ui::MachineListView *>(QStringLiteral("machines"));
}

ui::MachineTreeModel *tree(const ui::ManagerWindow &window)
{
    return qobject_cast<ui::MachineTreeModel *>(list(window)->model());
}

// "a [b c [d]]": names, groups with what is in them.
QString shown(const ui::ManagerWindow &window, const QModelIndex &parent = {})
{
    QStringList words;
    const ui::MachineTreeModel *model = tree(window);
    for (int row = 0; row < model->rowCount(parent); ++row) {
        const QModelIndex index = model->index(row, 0, parent);
        QString word = index.data().toString();
        if (model->isGroup(index))
            word += QStringLiteral(" [%1]").arg(shown(window, index));
        words.append(word);
    }
    return words.join(QLatin1Char(' '));
}

QModelIndex row(const ui::ManagerWindow &window, const QString &name)
{
    const QModelIndexList found = tree(window)->match(tree(window)->index(0), Qt::DisplayRole, name,
                                                      1, Qt::MatchExactly | Qt::MatchRecursive);
    return found.value(0);
}

void drop(const ui::ManagerWindow &window, const QStringList &names, const QModelIndex &parent,
          int place = -1)
{
    QModelIndexList dragged;
    for (const QString &name : names)
        dragged.append(row(window, name));
    const std::unique_ptr<QMimeData> data(tree(window)->mimeData(dragged));
    QVERIFY(tree(window)->canDropMimeData(data.get(), Qt::MoveAction, place, 0, parent));
    tree(window)->dropMimeData(data.get(), Qt::MoveAction, place, 0, parent);
}

void answer(const ui::ManagerWindow &window, const QString &name)
{
    auto *dialog = window.findChild<ui::NameDialog *>();
    QVERIFY(dialog);
    dialog->findChild<QLineEdit *>(QStringLiteral("name"))->setText(name);
    auto *accept = dialog->findChild<QPushButton *>(QStringLiteral("accept"));
    QVERIFY(accept->isEnabled());
    accept->click();
    QTRY_VERIFY(!window.findChild<ui::NameDialog *>());
}

} // namespace

class TestManagerGroups : public QObject
{
    Q_OBJECT
private slots:
    void namesAreSortedAsPeopleCount();
    void machinesAreInTheirGroups();
    void foldingIsRemembered();
    void droppedMachinesChangeTheirGroup();
    void droppedRowsKeepTheirOrder();
    void groupsAreDroppedWithAllInThem();
    void groupsAreMadeRenamedAndDissolved();
    void rowsMoveByKeyboard();
    void searchFindsGroupAndDescription();
    void severalMachinesStartTogether();
    void aGroupStartsAsOne();
    void runningMachineChangesItsGroup();
    void tableSortsAndRemembersItsColumns();
    void machineIsRenamed();
    void machineIsCopied();
    void machineIsMoved();
    void modelIsSound();
};

void TestManagerGroups::namesAreSortedAsPeopleCount()
{
    const auto isBefore = [](const char *left, const char *right) {
        return ui::naturalKey(QString::fromLatin1(left))
            < ui::naturalKey(QString::fromLatin1(right));
    };
    QVERIFY(isBefore("web 2", "web 10"));
    QVERIFY(isBefore("Web 2", "web 10"));
    QVERIFY(isBefore("a", "B"));
    QVERIFY(isBefore("web 2", "web 2a"));
    QVERIFY(isBefore("web 002", "web 10"));
    QVERIFY(isBefore("1", "a"));
    QVERIFY(isBefore("web 99999999999999999998", "web 99999999999999999999"));
}

void TestManagerGroups::machinesAreInTheirGroups()
{
    Place place;
    place.add(QStringLiteral("m10"));
    place.add(QStringLiteral("m2"));
    place.add(QStringLiteral("b"), QStringLiteral("/work"));
    place.add(QStringLiteral("c"), QStringLiteral("/work/clients"));
    place.add(QStringLiteral("a"), QStringLiteral("/at home/"));
    ui::ManagerWindow window(place.store, place.runtime());
    QCOMPARE(shown(window), QStringLiteral("at home [a] work [clients [c] b] m2 m10"));
    const QModelIndex work = row(window, QStringLiteral("work"));
    QCOMPARE(work.data(ui::MachineTreeModel::CountRole).toInt(), 2);
    QCOMPARE(work.data(ui::MachineTreeModel::RunningRole).toInt(), 0);
    QVERIFY(work.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("work")));
    // Somebody else adds one.
    place.add(QStringLiteral("d"), QStringLiteral("/work"));
    QCOMPARE(shown(window), QStringLiteral("at home [a] work [clients [c] b d] m2 m10"));
}

void TestManagerGroups::foldingIsRemembered()
{
    Place place;
    place.add(QStringLiteral("a"), QStringLiteral("/one"));
    place.add(QStringLiteral("b"), QStringLiteral("/two"));
    {
        ui::ManagerWindow window(place.store, place.runtime());
        window.show();
        const QModelIndex one = row(window, QStringLiteral("one"));
        QVERIFY(list(window)->isExpanded(one));
        list(window)->setCurrentIndex(one);
        QTest::keyClick(list(window), Qt::Key_Left);
        QVERIFY(!list(window)->isExpanded(one));
        QVERIFY(list(window)->isExpanded(row(window, QStringLiteral("two"))));
    }
    ui::ManagerWindow window(place.store, place.runtime());
    QVERIFY(!list(window)->isExpanded(row(window, QStringLiteral("one"))));
    // A search shows what it finds, and folds again afterwards.
    auto *search = window.findChild<QLineEdit *>(QStringLiteral("search"));
    search->setText(QStringLiteral("a"));
    QVERIFY(list(window)->isExpanded(row(window, QStringLiteral("one"))));
    search->clear();
    QVERIFY(!list(window)->isExpanded(row(window, QStringLiteral("one"))));
}

void TestManagerGroups::droppedMachinesChangeTheirGroup()
{
    Place place;
    place.add(QStringLiteral("a"));
    place.add(QStringLiteral("b"));
    place.add(QStringLiteral("c"), QStringLiteral("/work"));
    ui::ManagerWindow window(place.store, place.runtime());
    drop(window, {QStringLiteral("a"), QStringLiteral("b")}, row(window, QStringLiteral("work")));
    QTRY_COMPARE(shown(window), QStringLiteral("work [c a b]"));
    QCOMPARE(place.groupOf(QStringLiteral("a")), QStringLiteral("/work"));
    drop(window, {QStringLiteral("c")}, {}, 0);
    QTRY_COMPARE(shown(window), QStringLiteral("c work [a b]"));
    QCOMPARE(place.groupOf(QStringLiteral("c")), QStringLiteral("/"));
    QVERIFY(window.findChildren<QMessageBox *>().isEmpty());
}

void TestManagerGroups::droppedRowsKeepTheirOrder()
{
    Place place;
    for (const char *name : {"a", "b", "c", "d"})
        place.add(QString::fromLatin1(name));
    {
        ui::ManagerWindow window(place.store, place.runtime());
        drop(window, {QStringLiteral("d")}, {}, 1);
        QTRY_COMPARE(shown(window), QStringLiteral("a d b c"));
        drop(window, {QStringLiteral("a")}, {}, -1);
        QTRY_COMPARE(shown(window), QStringLiteral("d b c a"));
    }
    ui::ManagerWindow window(place.store, place.runtime());
    QCOMPARE(shown(window), QStringLiteral("d b c a"));
    place.add(QStringLiteral("aa"));
    QCOMPARE(shown(window), QStringLiteral("d b c a aa"));
    QTRY_VERIFY(action(window, "sortGroup")->isEnabled());
    action(window, "sortGroup")->trigger();
    QCOMPARE(shown(window), QStringLiteral("a aa b c d"));
    QTRY_VERIFY(!action(window, "sortGroup")->isEnabled());
}

void TestManagerGroups::groupsAreDroppedWithAllInThem()
{
    Place place;
    place.add(QStringLiteral("a"), QStringLiteral("/one"));
    place.add(QStringLiteral("b"), QStringLiteral("/one/deep"));
    place.add(QStringLiteral("c"), QStringLiteral("/two"));
    ui::ManagerWindow window(place.store, place.runtime());
    // Not into itself.
    const std::unique_ptr<QMimeData> data(
        tree(window)->mimeData({row(window, QStringLiteral("one"))}));
    QVERIFY(!tree(window)->canDropMimeData(data.get(), Qt::MoveAction, -1, 0,
                                           row(window, QStringLiteral("deep"))));
    drop(window, {QStringLiteral("one")}, row(window, QStringLiteral("two")));
    QTRY_COMPARE(shown(window), QStringLiteral("two [c one [deep [b] a]]"));
    QCOMPARE(place.groupOf(QStringLiteral("b")), QStringLiteral("/two/one/deep"));
}

void TestManagerGroups::groupsAreMadeRenamedAndDissolved()
{
    Place place;
    place.add(QStringLiteral("a"));
    place.add(QStringLiteral("b"));
    place.add(QStringLiteral("c"), QStringLiteral("/other"));
    ui::ManagerWindow window(place.store, place.runtime());
    window.show();
    list(window)->setCurrentIndex(row(window, QStringLiteral("a")));
    list(window)->selectionModel()->select(row(window, QStringLiteral("b")),
                                           QItemSelectionModel::Select | QItemSelectionModel::Rows);
    QTRY_VERIFY(action(window, "newGroup")->isEnabled());
    action(window, "newGroup")->trigger();
    auto *dialog = window.findChild<ui::NameDialog *>();
    QVERIFY(dialog);
    auto *name = dialog->findChild<QLineEdit *>(QStringLiteral("name"));
    auto *problem = dialog->findChild<QLabel *>(QStringLiteral("problem"));
    for (const char *wrong : {"", "x/y", "x,y", "other"}) {
        name->setText(QString::fromLatin1(wrong));
        QVERIFY2(!dialog->findChild<QPushButton *>(QStringLiteral("accept"))->isEnabled(), wrong);
        QVERIFY(!problem->text().isEmpty());
    }
    answer(window, QStringLiteral("lab & more"));
    QCOMPARE(shown(window), QStringLiteral("lab & more [a b] other [c]"));

    list(window)->setCurrentIndex(row(window, QStringLiteral("lab & more")));
    QTRY_VERIFY(action(window, "rename")->isEnabled());
    action(window, "rename")->trigger();
    answer(window, QStringLiteral("zoo"));
    QCOMPARE(shown(window), QStringLiteral("other [c] zoo [a b]"));
    QCOMPARE(place.groupOf(QStringLiteral("b")), QStringLiteral("/zoo"));

    list(window)->setCurrentIndex(row(window, QStringLiteral("zoo")));
    QTRY_VERIFY(action(window, "ungroup")->isEnabled());
    action(window, "ungroup")->trigger();
    QCOMPARE(shown(window), QStringLiteral("other [c] a b"));

    // The same by the menu of groups.
    list(window)->setCurrentIndex(row(window, QStringLiteral("a")));
    auto *menu = window.findChild<QMenu *>(QStringLiteral("groupMenu"));
    emit menu->aboutToShow();
    for (QAction *entry : menu->actions()) {
        if (entry->text() == QStringLiteral("other"))
            entry->trigger();
    }
    QCOMPARE(shown(window), QStringLiteral("other [a c] b"));
}

void TestManagerGroups::rowsMoveByKeyboard()
{
    Place place;
    for (const char *name : {"a", "b", "c"})
        place.add(QString::fromLatin1(name));
    ui::ManagerWindow window(place.store, place.runtime());
    list(window)->setCurrentIndex(row(window, QStringLiteral("b")));
    QTRY_VERIFY(action(window, "moveUp")->isEnabled());
    action(window, "moveUp")->trigger();
    QCOMPARE(shown(window), QStringLiteral("b a c"));
    QCOMPARE(list(window)->currentIndex().data().toString(), QStringLiteral("b"));
    action(window, "moveUp")->trigger(); // no further
    QCOMPARE(shown(window), QStringLiteral("b a c"));
    action(window, "moveDown")->trigger();
    action(window, "moveDown")->trigger();
    QCOMPARE(shown(window), QStringLiteral("a c b"));
}

void TestManagerGroups::searchFindsGroupAndDescription()
{
    Place place;
    place.add(QStringLiteral("a"), QStringLiteral("/customers"));
    place.add(QStringLiteral("b"), {}, QStringLiteral("The build server"));
    place.add(QStringLiteral("c"));
    ui::ManagerWindow window(place.store, place.runtime());
    auto *search = window.findChild<QLineEdit *>(QStringLiteral("search"));
    search->setText(QStringLiteral("custom"));
    QCOMPARE(shown(window), QStringLiteral("customers [a]"));
    search->setText(QStringLiteral("SERVER build"));
    QCOMPARE(shown(window), QStringLiteral("b"));
    search->setText(QStringLiteral("server custom"));
    QCOMPARE(shown(window), QString());
    // Nothing is dropped into what a search left over.
    search->setText(QStringLiteral("a"));
    const std::unique_ptr<QMimeData> data(
        tree(window)->mimeData({row(window, QStringLiteral("a"))}));
    QVERIFY(!tree(window)->canDropMimeData(data.get(), Qt::MoveAction, 0, 0, {}));
}

void TestManagerGroups::severalMachinesStartTogether()
{
    Place place;
    for (const char *name : {"a", "b", "c"})
        place.add(QString::fromLatin1(name));
    ui::ManagerWindow window(place.store, place.runtime());
    window.show();
    QSignalSpy started(&window, &ui::ManagerWindow::startRequested);
    list(window)->setCurrentIndex(row(window, QStringLiteral("a")));
    QTest::keyClick(list(window), Qt::Key_Down, Qt::ShiftModifier);
    QTRY_VERIFY(!action(window, "copy")->isEnabled());
    QVERIFY(action(window, "copy")->toolTip().contains(QStringLiteral("several")));
    QVERIFY(action(window, "startHeadless")->isEnabled());
    QVERIFY(!action(window, "pause")->isEnabled());
    action(window, "startHeadless")->trigger();
    QCOMPARE(started.size(), 2);
    QCOMPARE(started.at(0).at(0).value<engine::MachineEntry>().displayName(), QStringLiteral("a"));
    QCOMPARE(started.at(1).at(0).value<engine::MachineEntry>().displayName(), QStringLiteral("b"));
    QCOMPARE(started.at(1).at(1).toString(), QStringLiteral("headless"));
}

void TestManagerGroups::aGroupStartsAsOne()
{
    Place place;
    place.add(QStringLiteral("a"), QStringLiteral("/g"));
    place.add(QStringLiteral("b"), QStringLiteral("/g/deep"));
    place.add(QStringLiteral("c"));
    ui::ManagerWindow window(place.store, place.runtime());
    window.show();
    QSignalSpy started(&window, &ui::ManagerWindow::startRequested);
    list(window)->setCurrentIndex(row(window, QStringLiteral("g")));
    // Return folds a group; starting it is a command.
    QTest::keyClick(list(window), Qt::Key_Return);
    QCOMPARE(started.size(), 0);
    QVERIFY(!list(window)->isExpanded(row(window, QStringLiteral("g"))));
    QTRY_VERIFY(action(window, "start")->isEnabled());
    action(window, "start")->trigger();
    QCOMPARE(started.size(), 2);
    QCOMPARE(row(window, QStringLiteral("g")).data(ui::MachineTreeModel::RunningRole).toInt(), 2);
}

void TestManagerGroups::runningMachineChangesItsGroup()
{
    fakes::RunningMachine running;
    running.open();
    engine::MachineStore store(running.filePath(QStringLiteral("config/vitrine")),
                               running.filePath(QStringLiteral("machines")));
    store.watch();
    ui::ManagerWindow window(store);
    QTRY_VERIFY(action(window, "pause")->isEnabled());
    QVERIFY(!action(window, "rename")->isEnabled());
    action(window, "newGroup")->trigger();
    answer(window, QStringLiteral("live"));
    QTRY_COMPARE(shown(window), QStringLiteral("live [Sample]"));
    QCOMPARE(engine::readMachine(running.entry().folder)->definition.groups,
             QStringList{QStringLiteral("/live")});
    // Its process goes on with that.
    QCOMPARE(running.session().entry().definition.groups, QStringList{QStringLiteral("/live")});
}

void TestManagerGroups::tableSortsAndRemembersItsColumns()
{
    Place place;
    engine::MachineEntry small = place.add(QStringLiteral("m10"));
    engine::MachineEntry large = place.add(QStringLiteral("m2"), QStringLiteral("/g"));
    small.definition.memoryMiB = 512;
    large.definition.memoryMiB = 4096;
    QVERIFY_OK(place.store.save(small));
    QVERIFY_OK(place.store.save(large));
    const auto table = [](const ui::ManagerWindow &window) {
        return window.findChild<ui::MachineColumnsView *>(QStringLiteral("machineColumns"));
    };
    const auto first = [&](const ui::ManagerWindow &window) {
        return table(window)->model()->index(0, 0).data().toString();
    };
    {
        ui::ManagerWindow window(place.store, place.runtime());
        window.show();
        action(window, "viewColumns")->trigger();
        QVERIFY(table(window)->isVisible());
        QCOMPARE(first(window), QStringLiteral("m2")); // before m10
        table(window)->sortByColumn(ui::MachineListModel::Memory, Qt::AscendingOrder);
        QCOMPARE(first(window), QStringLiteral("m10"));
        const QModelIndex cell = table(window)->model()->index(0, ui::MachineListModel::LastUsed);
        QCOMPARE(cell.data().toString(), QStringLiteral("Never"));
        QCOMPARE(table(window)->model()->index(1, ui::MachineListModel::Group).data().toString(),
                 QStringLiteral("g"));
        QTRY_VERIFY(!table(window)
                         ->model()
                         ->index(0, ui::MachineListModel::DiskSize)
                         .data()
                         .toString()
                         .isEmpty());

        emit table(window)->header()->customContextMenuRequested(QPoint(5, 5));
        auto *menu = table(window)->findChild<QMenu *>(QStringLiteral("columnsMenu"));
        QVERIFY(menu);
        QVERIFY(!menu->actions().first()->isEnabled()); // the name stays
        menu->actions().at(ui::MachineListModel::Cpus)->trigger();
        QVERIFY(table(window)->header()->isSectionHidden(ui::MachineListModel::Cpus));
        // Grouping by hand has no place in a sorted table.
        QTRY_VERIFY(!action(window, "moveUp")->isEnabled());
        QVERIFY(action(window, "newGroup")->isEnabled());
    }
    ui::ManagerWindow window(place.store, place.runtime());
    window.show();
    QVERIFY(table(window)->isVisible());
    QVERIFY(table(window)->header()->isSectionHidden(ui::MachineListModel::Cpus));
    QCOMPARE(first(window), QStringLiteral("m10"));
    QSignalSpy started(&window, &ui::ManagerWindow::startRequested);
    QTRY_VERIFY(action(window, "start")->isEnabled());
    QTest::keyClick(table(window), Qt::Key_Return);
    QCOMPARE(started.size(), 1);
    action(window, "viewList")->trigger();
    QVERIFY(list(window)->isVisible());
}

void TestManagerGroups::machineIsRenamed()
{
    Place place;
    place.add(QStringLiteral("a"));
    place.add(QStringLiteral("b"));
    ui::ManagerWindow window(place.store, place.runtime());
    list(window)->setCurrentIndex(row(window, QStringLiteral("a")));
    QTRY_VERIFY(action(window, "rename")->isEnabled());
    action(window, "rename")->trigger();
    auto *dialog = window.findChild<ui::NameDialog *>();
    QVERIFY(dialog);
    dialog->findChild<QLineEdit *>(QStringLiteral("name"))->setText(QStringLiteral("B"));
    QVERIFY(dialog->findChild<QLabel *>(QStringLiteral("problem"))
                ->text()
                .contains(QStringLiteral("already")));
    answer(window, QStringLiteral("z"));
    QCOMPARE(shown(window), QStringLiteral("b z"));
    QCOMPARE(list(window)->currentIndex().data().toString(), QStringLiteral("z"));
    QVERIFY(QFileInfo::exists(place.store.machineFolder() + QStringLiteral("/z/z.vitrine")));
}

void TestManagerGroups::machineIsCopied()
{
    Place place;
    place.add(QStringLiteral("a"));
    ui::ManagerWindow window(place.store, place.runtime());
    QTRY_VERIFY(action(window, "copy")->isEnabled());
    action(window, "copy")->trigger();
    auto *dialog = window.findChild<ui::CopyDialog *>();
    QVERIFY(dialog);
    auto *name = dialog->findChild<QLineEdit *>(QStringLiteral("name"));
    QCOMPARE(name->text(), QStringLiteral("a Copy"));
    auto *start = dialog->findChild<QPushButton *>(QStringLiteral("start"));
    name->setText(QStringLiteral("A"));
    QVERIFY(!start->isEnabled());
    QVERIFY(!dialog->findChild<QLabel *>(QStringLiteral("problem"))->text().isEmpty());
    name->setText(QStringLiteral("copy"));
    QVERIFY(start->isEnabled());
    start->click();
    QTRY_COMPARE(shown(window), QStringLiteral("a copy"));
    QTRY_VERIFY(!window.findChild<ui::CopyDialog *>());
    QCOMPARE(list(window)->currentIndex().data().toString(), QStringLiteral("copy"));
    QVERIFY(window.findChildren<QMessageBox *>().isEmpty());
}

void TestManagerGroups::machineIsMoved()
{
    Place place;
    const engine::MachineEntry entry = place.add(QStringLiteral("a"));
    ui::ManagerWindow window(place.store, place.runtime());
    QTRY_VERIFY(action(window, "moveTo")->isEnabled());
    action(window, "moveTo")->trigger();
    auto *dialog = window.findChild<ui::MoveDialog *>();
    QVERIFY(dialog);
    auto *start = dialog->findChild<QPushButton *>(QStringLiteral("start"));
    QVERIFY(!start->isEnabled()); // it is there already
    dialog->findChild<QLineEdit *>(QStringLiteral("folder"))
        ->setText(place.folder.filePath(QStringLiteral("far")));
    QVERIFY(start->isEnabled());
    start->click();
    QTRY_VERIFY(!window.findChild<ui::MoveDialog *>());
    QVERIFY(QFileInfo::exists(place.folder.filePath(QStringLiteral("far/a/a.vitrine"))));
    QVERIFY(!QFileInfo::exists(entry.folder));
    QCOMPARE(shown(window), QStringLiteral("a"));
}

void TestManagerGroups::modelIsSound()
{
    Place place;
    place.add(QStringLiteral("a"));
    place.add(QStringLiteral("b"), QStringLiteral("/g"));
    ui::MachineMonitor monitor(place.runtime());
    ui::MachineListModel machines(place.store, monitor);
    const ui::ManagerState state(place.folder.filePath(QStringLiteral("config")));
    ui::MachineTreeModel model(machines, state);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QAbstractItemModelTester other(&machines,
                                   QAbstractItemModelTester::FailureReportingMode::Fatal);
    const engine::MachineEntry added = place.add(QStringLiteral("c"), QStringLiteral("/g/h"));
    QCOMPARE(model.groups(), (QStringList{QStringLiteral("/g"), QStringLiteral("/g/h")}));
    model.setSearch(QStringLiteral("c"));
    QCOMPARE(model.rowCount(), 1);
    model.setSearch({});
    QVERIFY_OK(place.store.deleteMachine(added));
    QCOMPARE(model.groups(), QStringList{QStringLiteral("/g")});
}

QTEST_MAIN(TestManagerGroups)
#include "tst_manager_groups.moc"
