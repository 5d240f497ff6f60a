// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/page_dialog.h"
#include "ui/page_search.h"

#include <QtTest/QSignalSpy>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QVBoxLayout>

class TestPageDialog : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void theFirstPageIsShown();
    void searchingLeavesThePagesThatMatch();
    void searchingForNothingKnownSaysSo();
    void returnInTheSearchGoesToTheFieldAndDoesNotAccept();
    void hiddenWidgetsAreNotFound();
    void matchesAreMarkedAndTheMarksGo();
    void aPageWithAProblemSaysSoInTheList();
    void pagesChangeByKeyboard();

private:
    QListWidget &list() const
    {
        return *m_dialog->findChild<QListWidget *>(QStringLiteral("pageList"));
    }
    QLineEdit &searchField() const
    {
        return *m_dialog->findChild<QLineEdit *>(QStringLiteral("search"));
    }

    std::unique_ptr<ui::PageDialog> m_dialog;
    QSpinBox *m_memory = nullptr;
    QCheckBox *m_sound = nullptr;
};

void TestPageDialog::init()
{
    m_dialog = std::make_unique<ui::PageDialog>();
    auto *system = new QWidget;
    auto *form = new QFormLayout(system);
    m_memory = new QSpinBox;
    auto *label = new QLabel(QStringLiteral("Base &memory:"));
    label->setBuddy(m_memory);
    form->addRow(label, m_memory);
    m_dialog->addPage(QStringLiteral("system"), {}, QStringLiteral("System"), system);
    auto *audio = new QWidget;
    auto *column = new QVBoxLayout(audio);
    m_sound = new QCheckBox(QStringLiteral("Enable &sound"));
    column->addWidget(m_sound);
    m_dialog->addPage(QStringLiteral("audio"), {}, QStringLiteral("Audio"), audio);
    m_dialog->show();
    QVERIFY(QTest::qWaitForWindowActive(m_dialog.get()));
}

void TestPageDialog::cleanup()
{
    m_dialog.reset();
}

void TestPageDialog::theFirstPageIsShown()
{
    QCOMPARE(m_dialog->currentPage(), QStringLiteral("system"));
    QVERIFY(m_memory->isVisible());
    QCOMPARE(m_dialog->pageNames(),
             QStringList({QStringLiteral("system"), QStringLiteral("audio")}));
}

void TestPageDialog::searchingLeavesThePagesThatMatch()
{
    QSignalSpy changed(m_dialog.get(), &ui::PageDialog::currentPageChanged);
    QTest::keyClicks(&searchField(), QStringLiteral("SOUND"));
    QVERIFY(list().item(0)->isHidden());
    QVERIFY(!list().item(1)->isHidden());
    QCOMPARE(m_dialog->currentPage(), QStringLiteral("audio"));
    QCOMPARE(changed.count(), 1);
    searchField().clear();
    QVERIFY(!list().item(0)->isHidden());
    QCOMPARE(m_dialog->currentPage(), QStringLiteral("audio"));
}

void TestPageDialog::searchingForNothingKnownSaysSo()
{
    auto *words = m_dialog->findChild<QLabel *>(QStringLiteral("noMatch"));
    QVERIFY(words->isHidden());
    QTest::keyClicks(&searchField(), QStringLiteral("zebra"));
    QVERIFY(words->isVisible());
    QTest::keyClick(&searchField(), Qt::Key_Escape); // must not lose what the dialog holds
    QVERIFY(m_dialog->isVisible());
    QVERIFY(searchField().text().isEmpty());
    QVERIFY(words->isHidden());
}

void TestPageDialog::returnInTheSearchGoesToTheFieldAndDoesNotAccept()
{
    searchField().setFocus();
    QTest::keyClicks(&searchField(), QStringLiteral("base memory"));
    QTest::keyClick(&searchField(), Qt::Key_Return);
    QCOMPARE(m_dialog->result(), 0);
    QVERIFY(m_dialog->isVisible());
    QVERIFY(m_memory->hasFocus());
}

void TestPageDialog::hiddenWidgetsAreNotFound()
{
    QCOMPARE(ui::widgetsMatching(*m_dialog->page(QStringLiteral("audio")), QStringLiteral("sound"))
                 .size(),
             1);
    m_sound->hide();
    QVERIFY(ui::widgetsMatching(*m_dialog->page(QStringLiteral("audio")), QStringLiteral("sound"))
                .isEmpty());
}

void TestPageDialog::matchesAreMarkedAndTheMarksGo()
{
    QWidget *page = m_dialog->page(QStringLiteral("audio"));
    const qsizetype before = page->findChildren<QWidget *>().size();
    m_dialog->setSearchText(QStringLiteral("sound"));
    QCOMPARE(page->findChildren<QWidget *>().size(), before + 1);
    m_dialog->setSearchText({});
    QCOMPARE(page->findChildren<QWidget *>().size(), before);
}

void TestPageDialog::aPageWithAProblemSaysSoInTheList()
{
    m_dialog->setPageProblem(QStringLiteral("audio"), QStringLiteral("No card"));
    QCOMPARE(list().item(1)->toolTip(), QStringLiteral("No card"));
    m_dialog->setPageProblem(QStringLiteral("audio"), {});
    QVERIFY(list().item(1)->toolTip().isEmpty());
    m_dialog->setProblem(QStringLiteral("Too much memory"));
    QVERIFY(m_dialog->problem().contains(QStringLiteral("Too much memory")));
    m_dialog->setProblem({});
    QVERIFY(m_dialog->problem().isEmpty());
}

void TestPageDialog::pagesChangeByKeyboard()
{
    QTest::keyClick(m_dialog.get(), Qt::Key_PageDown, Qt::ControlModifier);
    QCOMPARE(m_dialog->currentPage(), QStringLiteral("audio"));
    QTest::keyClick(m_dialog.get(), Qt::Key_PageUp, Qt::ControlModifier);
    QCOMPARE(m_dialog->currentPage(), QStringLiteral("system"));
    QTest::keyClick(m_dialog.get(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(searchField().hasFocus());
}

QTEST_MAIN(TestPageDialog)
#include "tst_page_dialog.moc"
