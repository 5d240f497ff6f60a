// SPDX-License-Identifier: GPL-3.0-or-later
// The frame of dialogs with pages: a search box and the list of pages at the left, the page at the
// right, a line for what is wrong and the buttons below. Searching leaves the pages in the list
// whose words match and marks the words; the page's words are found in its widgets, so that no list
// of them can grow stale.
//
// A page is any widget; it scrolls when it does not fit.
#pragma once

#include <QtGui/QIcon>
#include <QtWidgets/QDialog>

class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QListWidgetItem;
class QScrollArea;
class QStackedWidget;

namespace ui {

class PageDialog : public QDialog
{
    Q_OBJECT
public:
    explicit PageDialog(QWidget *parent = nullptr);
    ~PageDialog() override;

    // `name` is for programs ("general"), `title` for people. Takes the page.
    void addPage(const QString &name, const QIcon &icon, const QString &title, QWidget *page);
    void showPage(const QString &name);
    QString currentPage() const; // its name
    QStringList pageNames() const; // in order, those hidden by a search too
    QWidget *page(const QString &name) const;

    // A page with something wrong carries a warning sign in the list; an empty text takes it away.
    void setPageProblem(const QString &name, const QString &problem);
    // The line above the buttons; empty hides it.
    void setProblem(const QString &text);
    QString problem() const;

    void setSearchText(const QString &text);
    QDialogButtonBox &buttons() const { return *m_buttons; } // OK and Cancel to begin with

signals:
    void currentPageChanged(const QString &name);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Page;

    void search(const QString &text);
    void markMatches();
    void goToMatch();
    void step(int rows);
    int indexOf(const QString &name) const;

    QLineEdit *m_search;
    QListWidget *m_list;
    QLabel *m_noMatch;
    QLabel *m_title;
    QStackedWidget *m_stack;
    QLabel *m_problem;
    QDialogButtonBox *m_buttons;
    QList<Page> m_pages;
    QList<QWidget *> m_marks;
};

} // namespace ui
