// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page_dialog.h"

#include "ui/icons.h"
#include "ui/page_search.h"
#include "ui/search_field.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QShortcut>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <utility>

namespace ui {

namespace {

constexpr int IconSide = 22;
constexpr int RowPadding = 10;
constexpr QSize UsualSize(860, 600);

} // namespace

struct PageDialog::Page
{
    QString name;
    QString title;
    QIcon icon;
    QWidget *widget = nullptr;
    QScrollArea *area = nullptr;
    QListWidgetItem *item = nullptr;
};

PageDialog::PageDialog(QWidget *parent)
    : QDialog(parent)
    , m_search(new QLineEdit(this))
    , m_list(new QListWidget(this))
    , m_noMatch(new QLabel(tr("Nothing found"), this))
    , m_title(new QLabel(this))
    , m_stack(new QStackedWidget(this))
    , m_problem(new QLabel(this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
{
    m_search->setObjectName(QStringLiteral("search"));
    m_search->setPlaceholderText(tr("Search"));
    m_search->setAccessibleName(tr("Search the pages"));
    makeSearchField(*m_search);
    connect(m_search, &QLineEdit::textChanged, this, &PageDialog::search);
    m_search->installEventFilter(this);

    m_list->setObjectName(QStringLiteral("pageList"));
    m_list->setAccessibleName(tr("Pages"));
    m_list->setIconSize(QSize(IconSide, IconSide));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    connect(m_list, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row < 0 || row >= m_pages.size())
            return;
        m_stack->setCurrentIndex(row);
        m_title->setText(m_pages[row].title);
        markMatches();
        emit currentPageChanged(m_pages[row].name);
    });
    m_noMatch->setObjectName(QStringLiteral("noMatch"));
    m_noMatch->setWordWrap(true);
    m_noMatch->setAlignment(Qt::AlignHCenter);
    m_noMatch->hide();

    m_title->setObjectName(QStringLiteral("pageTitle"));
    QFont large = m_title->font();
    large.setBold(true);
    large.setPointSizeF(large.pointSizeF() * 1.2);
    m_title->setFont(large);
    m_stack->setObjectName(QStringLiteral("pages"));

    m_problem->setObjectName(QStringLiteral("problem"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    QFont bold = m_problem->font();
    bold.setBold(true);
    m_problem->setFont(bold);
    m_problem->hide();

    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto *left = new QVBoxLayout;
    left->addWidget(m_search);
    left->addWidget(m_list, 1);
    left->addWidget(m_noMatch);
    auto *right = new QVBoxLayout;
    right->addWidget(m_title);
    right->addWidget(m_stack, 1);
    auto *columns = new QHBoxLayout;
    columns->addLayout(left);
    columns->addLayout(right, 1);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(columns, 1);
    layout->addWidget(m_problem);
    layout->addWidget(m_buttons);

    connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, this, [this] {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->selectAll();
    });
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_PageDown), this), &QShortcut::activated,
            this, [this] { step(1); });
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_PageUp), this), &QShortcut::activated,
            this, [this] { step(-1); });
    setSizeGripEnabled(true);
    resize(UsualSize);
    m_list->setFocus();
}

PageDialog::~PageDialog() = default;

void PageDialog::addPage(const QString &name, const QIcon &icon, const QString &title,
                         QWidget *page)
{
    auto *area = new QScrollArea(m_stack);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    area->setWidget(page);
    // So that it needs no sideways scrolling.
    area->setMinimumWidth(page->minimumSizeHint().width()
                          + area->verticalScrollBar()->sizeHint().width());
    page->setAccessibleName(title);
    m_stack->addWidget(area);

    Page entry{name, title, icon, page, area, nullptr};
    entry.item = new QListWidgetItem(icon, title);
    entry.item->setData(Qt::UserRole, name);
    m_pages.append(entry); // before the row exists: it becomes current at once
    m_list->addItem(entry.item);
    entry.item->setSizeHint(
        QSize(m_list->sizeHintForColumn(0),
              std::max(m_list->sizeHintForRow(m_list->count() - 1), IconSide + RowPadding)));
    m_list->setFixedWidth(std::max(m_list->sizeHintForColumn(0) + 2 * m_list->frameWidth()
                                       + m_list->verticalScrollBar()->sizeHint().width(),
                                   m_search->minimumSizeHint().width()));
    m_search->setMaximumWidth(m_list->width());
    m_noMatch->setMaximumWidth(m_list->width());
    if (m_list->currentRow() < 0)
        m_list->setCurrentRow(0);
}

int PageDialog::indexOf(const QString &name) const
{
    for (qsizetype i = 0; i < m_pages.size(); ++i) {
        if (m_pages[i].name == name)
            return int(i);
    }
    return -1;
}

void PageDialog::showPage(const QString &name)
{
    const int index = indexOf(name);
    if (index < 0)
        return;
    if (m_pages[index].item->isHidden())
        m_search->clear();
    m_list->setCurrentRow(index);
}

QString PageDialog::currentPage() const
{
    const int row = m_stack->currentIndex();
    return row < 0 || row >= m_pages.size() ? QString() : m_pages[row].name;
}

QStringList PageDialog::pageNames() const
{
    QStringList names;
    for (const Page &page : m_pages)
        names.append(page.name);
    return names;
}

QWidget *PageDialog::page(const QString &name) const
{
    const int index = indexOf(name);
    return index < 0 ? nullptr : m_pages[index].widget;
}

void PageDialog::setPageProblem(const QString &name, const QString &problem)
{
    const int index = indexOf(name);
    if (index < 0)
        return;
    const Page &page = m_pages[index];
    page.item->setIcon(problem.isEmpty() ? page.icon : icon(QStringLiteral("dialog-warning")));
    page.item->setToolTip(problem);
    page.item->setData(Qt::AccessibleDescriptionRole, problem);
}

void PageDialog::setProblem(const QString &text)
{
    m_problem->setText(text.isEmpty() ? text : tr("\u26a0 %1").arg(text));
    m_problem->setVisible(!text.isEmpty());
}

QString PageDialog::problem() const
{
    return m_problem->isHidden() ? QString() : m_problem->text();
}

void PageDialog::setSearchText(const QString &text)
{
    m_search->setText(text);
}

void PageDialog::search(const QString &text)
{
    const QString wanted = text.simplified();
    int first = -1;
    bool isCurrentStillThere = false;
    for (qsizetype i = 0; i < m_pages.size(); ++i) {
        const Page &page = m_pages[i];
        const bool matches = wanted.isEmpty() || page.title.contains(wanted, Qt::CaseInsensitive)
            || !widgetsMatching(*page.widget, wanted).isEmpty();
        page.item->setHidden(!matches);
        if (matches && first < 0)
            first = int(i);
        if (matches && int(i) == m_stack->currentIndex())
            isCurrentStillThere = true;
    }
    m_noMatch->setVisible(first < 0);
    if (!isCurrentStillThere && first >= 0)
        m_list->setCurrentRow(first);
    else if (isCurrentStillThere)
        m_list->setCurrentRow(m_stack->currentIndex());
    markMatches();
}

void PageDialog::markMatches()
{
    qDeleteAll(std::exchange(m_marks, {}));
    const int row = m_stack->currentIndex();
    if (row < 0 || m_search->text().simplified().isEmpty())
        return;
    const QList<QWidget *> matches = widgetsMatching(*m_pages[row].widget, m_search->text());
    for (QWidget *widget : matches)
        m_marks.append(markWidget(*widget));
    if (!matches.isEmpty())
        m_pages[row].area->ensureWidgetVisible(matches.first());
}

// The keyboard goes to what the search found: the field of a label, or the widget itself.
void PageDialog::goToMatch()
{
    const int row = m_stack->currentIndex();
    if (row < 0)
        return;
    const QList<QWidget *> matches = widgetsMatching(*m_pages[row].widget, m_search->text());
    for (QWidget *widget : matches) {
        QWidget *target = widget;
        if (const auto *label = qobject_cast<QLabel *>(widget); label && label->buddy())
            target = label->buddy();
        if ((target->focusPolicy() & Qt::TabFocus) == 0 || !target->isEnabled())
            continue;
        target->setFocus(Qt::OtherFocusReason);
        m_pages[row].area->ensureWidgetVisible(target);
        return;
    }
    m_list->setFocus();
}

// In the search box Return looks at the match, which is not OK, and the first Escape empties it.
bool PageDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            goToMatch();
            return true;
        }
        if (key == Qt::Key_Escape && !m_search->text().isEmpty()) {
            m_search->clear();
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void PageDialog::step(int rows)
{
    for (int row = m_list->currentRow() + rows; row >= 0 && row < m_list->count(); row += rows) {
        if (m_list->item(row)->isHidden())
            continue;
        m_list->setCurrentRow(row);
        return;
    }
}

} // namespace ui
