// SPDX-License-Identifier: GPL-3.0-or-later
// The window of the guest's connections, on a fake driver behind a real control server.
#include "tests/support/console_fixture.h"
#include "ui/connection_model.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtTest/QAbstractItemModelTester>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QTreeView>

using namespace engine;

namespace {

NetworkConnection connection(const QString &name, int port,
                             NetworkConnection::State state = NetworkConnection::State::Open)
{
    NetworkConnection one;
    one.state = state;
    one.guestAddress = QStringLiteral("10.0.2.15");
    one.guestPort = port;
    one.remoteAddress = QStringLiteral("192.0.2.7");
    one.remotePort = 443;
    one.remoteName = name;
    one.sinceMilliseconds = 1'790'000'000'000 + port;
    return one;
}

QStringList names(const QAbstractItemModel &model)
{
    QStringList list;
    for (int row = 0; row < model.rowCount(); ++row)
        list.append(model.index(row, ui::ConnectionModel::Name).data().toString());
    return list;
}

} // namespace

class TestConnectionsWindow : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theMenuOpensAListThatFollowsTheGuest()
    {
        fakes::ConsoleFixture console;
        console.open();
        console.machine.driver().fakeConnections = {
            connection("a.example", 1),
            connection("b.example", 2, NetworkConnection::State::Refused)};
        console.show();
        QTRY_VERIFY(console.isReady());
        QVERIFY(console.action("networkConnections")->isEnabled());
        console.action("networkConnections")->trigger();
        auto *window = console.find<QDialog>("connectionsWindow");
        QVERIFY(window && window->isVisible());
        auto *list = window->findChild<QTreeView *>("connectionList");
        QTRY_COMPARE(names(*list->model()), (QStringList{"b.example", "a.example"}));
        auto *summary = window->findChild<QLabel *>("connectionSummary");
        QVERIFY2(summary->text().contains("refused"), qPrintable(summary->text()));
        QVERIFY(list->model()
                    ->index(0, ui::ConnectionModel::State)
                    .data()
                    .toString()
                    .contains("Refused by rule"));

        console.machine.driver().fakeConnections.append(connection("c.example", 3));
        QTRY_COMPARE_WITH_TIMEOUT(list->model()->rowCount(), 3, 10000);
        // A second wish for it brings the same window.
        console.action("networkConnections")->trigger();
        QCOMPARE(console.window->findChildren<QDialog *>("connectionsWindow").size(), 1);
    }

    void theFilterNarrowsByAnyColumnAndByRefusal()
    {
        fakes::ConsoleFixture console;
        console.open();
        console.machine.driver().fakeConnections = {
            connection("mirror.example", 1001),
            connection("evil.test", 1002, NetworkConnection::State::Refused)};
        console.show();
        QTRY_VERIFY(console.isReady());
        console.action("networkConnections")->trigger();
        auto *window = console.find<QDialog>("connectionsWindow");
        auto *list = window->findChild<QTreeView *>("connectionList");
        QTRY_COMPARE(list->model()->rowCount(), 2);
        auto *filter = window->findChild<QLineEdit *>("connectionFilter");
        QTest::keyClicks(filter, "MIRROR 443");
        QCOMPARE(names(*list->model()), QStringList{"mirror.example"});
        filter->clear();
        QTest::keyClicks(filter, "1002");
        QCOMPARE(names(*list->model()), QStringList{"evil.test"});
        filter->clear();
        window->findChild<QCheckBox *>("onlyRefused")->click();
        QCOMPARE(names(*list->model()), QStringList{"evil.test"});

        list->selectAll();
        list->setFocus();
        QTest::keyClick(list, Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QGuiApplication::clipboard()->text().contains("evil.test"));
        QTest::keyClick(filter, Qt::Key_Return);
        QVERIFY(window->isVisible());
        QTest::keyClick(window, Qt::Key_Escape);
        QTRY_VERIFY(console.find<QDialog>("connectionsWindow") == nullptr);
    }

    void aDriverThatCannotTellSaysWhy()
    {
        fakes::ConsoleFixture console;
        console.open();
        console.machine.driver().unsupported.insert(Feature::ChangeNetwork, "Not with this engine");
        console.show();
        QTRY_VERIFY(console.isReady());
        QVERIFY(!console.action("networkConnections")->isEnabled());
        QVERIFY(console.action("networkConnections")->toolTip().contains("Not with this engine"));
    }

    void rowsStayWhereTheyAreWhenOthersGo()
    {
        ui::ConnectionModel model;
        const QAbstractItemModelTester tester(&model);
        model.setConnections({connection("a", 1), connection("b", 2), connection("c", 3)});
        const QPersistentModelIndex c = model.index(2, ui::ConnectionModel::Name);
        NetworkConnection changed = connection("c", 3, NetworkConnection::State::Closed);
        model.setConnections({connection("b", 2), changed, connection("d", 4)});
        QCOMPARE(names(model), (QStringList{"b", "c", "d"}));
        QVERIFY(c.isValid());
        QCOMPARE(c.row(), 1);
        QCOMPARE(c.sibling(c.row(), ui::ConnectionModel::State).data().toString(),
                 QString("Closed"));
        model.setConnections({connection("d", 4), connection("b", 2)});
        QCOMPARE(names(model), (QStringList{"d", "b"}));
        model.setConnections({});
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_MAIN(TestConnectionsWindow)
#include "tst_connections_window.moc"
