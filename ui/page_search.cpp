// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page_search.h"

#include <QtCore/QEvent>
#include <QtCore/QPointer>
#include <QtCore/QVariant>
#include <QtGui/QPainter>
#include <QtGui/QTextDocumentFragment>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QGroupBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QScrollBar>

#include <algorithm>

namespace ui {

namespace {

constexpr int MaxRowsRead = 500; // of a list inside a page
constexpr int MarkMargin = 3;
constexpr int MarkAlpha = 60;

QString plain(const QString &text)
{
    QString words =
        Qt::mightBeRichText(text) ? QTextDocumentFragment::fromHtml(text).toPlainText() : text;
    words.remove(u'&');
    return words;
}

void appendRows(QStringList &words, const QAbstractItemModel *model)
{
    if (model == nullptr)
        return;
    const int rows = std::min(model->rowCount(), MaxRowsRead);
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < model->columnCount(); ++column)
            words.append(model->index(row, column).data().toString());
    }
}

QStringList wordsOf(const QWidget &widget)
{
    QStringList words{widget.accessibleName(), widget.toolTip(),
                      widget.property("searchWords").toString()};
    if (const auto *label = qobject_cast<const QLabel *>(&widget)) {
        words.append(plain(label->text()));
    } else if (const auto *button = qobject_cast<const QAbstractButton *>(&widget)) {
        words.append(plain(button->text()));
    } else if (const auto *group = qobject_cast<const QGroupBox *>(&widget)) {
        words.append(plain(group->title()));
    } else if (const auto *combo = qobject_cast<const QComboBox *>(&widget)) {
        for (int i = 0; i < std::min(combo->count(), MaxRowsRead); ++i)
            words.append(combo->itemText(i));
    } else if (const auto *view = qobject_cast<const QAbstractItemView *>(&widget)) {
        appendRows(words, view->model());
    }
    return words;
}

// Parts of other widgets, which answer for them.
bool isPart(const QWidget &widget)
{
    if (qobject_cast<const QScrollBar *>(&widget) != nullptr)
        return true;
    for (const QWidget *parent = widget.parentWidget(); parent != nullptr;
         parent = parent->parentWidget()) {
        if (qobject_cast<const QComboBox *>(parent) != nullptr
            || qobject_cast<const QAbstractItemView *>(parent) != nullptr)
            return true;
    }
    return false;
}

class Mark final : public QWidget
{
public:
    explicit Mark(QWidget &marked)
        : QWidget(marked.parentWidget())
        , m_marked(&marked)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setFocusPolicy(Qt::NoFocus);
        marked.installEventFilter(this);
        follow();
        show();
        raise();
    }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (watched == m_marked
            && (event->type() == QEvent::Move || event->type() == QEvent::Resize))
            follow();
        return false;
    }

    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        QColor fill = palette().color(QPalette::Highlight);
        painter.setPen(QPen(fill, 1.5));
        fill.setAlpha(MarkAlpha);
        painter.setBrush(fill);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 3, 3);
    }

private:
    void follow()
    {
        if (m_marked == nullptr)
            return;
        QRect place = m_marked->geometry();
        // A group's title is what matched, not all that is in the group.
        if (qobject_cast<QGroupBox *>(m_marked) != nullptr)
            place.setHeight(m_marked->fontMetrics().height() + MarkMargin);
        setGeometry(place.adjusted(-MarkMargin, -MarkMargin + 1, MarkMargin, MarkMargin - 1));
    }

    QPointer<QWidget> m_marked;
};

} // namespace

QList<QWidget *> widgetsMatching(const QWidget &page, const QString &text)
{
    QList<QWidget *> found;
    const QString wanted = text.simplified();
    if (wanted.isEmpty())
        return found;
    const QList<QWidget *> widgets = page.findChildren<QWidget *>();
    for (QWidget *widget : widgets) {
        if (isPart(*widget)
            || (widget->isHidden() && widget->testAttribute(Qt::WA_WState_ExplicitShowHide)))
            continue;
        const QStringList words = wordsOf(*widget);
        const bool matches = std::any_of(words.begin(), words.end(), [&](const QString &word) {
            return word.contains(wanted, Qt::CaseInsensitive);
        });
        if (matches)
            found.append(widget);
    }
    return found;
}

QWidget *markWidget(QWidget &widget)
{
    return new Mark(widget);
}

} // namespace ui
