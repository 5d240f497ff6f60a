// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal_view.h"

#include "ui/terminal_colors.h"
#include "ui/terminal_keys.h"

#include <QtCore/QPointer>
#include <QtGui/QClipboard>
#include <QtGui/QContextMenuEvent>
#include <QtGui/QFontDatabase>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int TerminalMargin = 4;

} // namespace

TerminalView::TerminalView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setStyleHint(QFont::Monospace);
    fixed.setKerning(false);
    setFont(fixed);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setAttribute(Qt::WA_InputMethodEnabled, false);
    setAccessibleName(tr("Serial terminal"));
    measure();
}

void TerminalView::measure()
{
    const QFontMetricsF metrics(font());
    m_cell = QSize(std::max(1, int(std::ceil(metrics.horizontalAdvance(u'M')))),
                   std::max(1, int(std::ceil(metrics.height()))));
    m_ascent = int(std::ceil(metrics.ascent()));
    updateSidewaysBar();
    updateScrollBar(true);
}

QSize TerminalView::sizeHint() const
{
    return QSize(TerminalScreen::Columns * m_cell.width() + 2 * TerminalMargin + 2 * frameWidth()
                     + verticalScrollBar()->sizeHint().width(),
                 TerminalScreen::Rows * m_cell.height() + 2 * TerminalMargin + 2 * frameWidth());
}

QSize TerminalView::minimumSizeHint() const
{
    return {sizeHint().width() / 2, 6 * m_cell.height()};
}

void TerminalView::take(const QByteArray &bytes, engine::SerialText text)
{
    const int position = verticalScrollBar()->value();
    const bool followsEnd = position == verticalScrollBar()->maximum();
    const quint64 droppedBefore = m_screen.page().droppedLines();
    m_screen.take(bytes);
    // What was asked before this window was there has been answered, or nobody waits any more.
    const QByteArray answers = m_screen.takeAnswers();
    if (text == engine::SerialText::New && !answers.isEmpty())
        emit typed(answers);
    const int dropped =
        int(std::min<quint64>(m_screen.page().droppedLines() - droppedBefore, 1u << 20));
    if (m_anchor && dropped > 0) {
        m_anchor->line -= dropped;
        m_caret.line -= dropped;
        if (m_anchor->line < 0 || m_caret.line < 0)
            m_anchor.reset();
    }
    updateScrollBar(followsEnd);
    if (!followsEnd)
        verticalScrollBar()->setValue(position - dropped); // what is read stays where it is
    viewport()->update();
}

void TerminalView::updateSidewaysBar()
{
    const int width = TerminalScreen::Columns * m_cell.width() + 2 * TerminalMargin;
    QScrollBar *const bar = horizontalScrollBar();
    bar->setRange(0, std::max(0, width - maximumViewportSize().width()));
    bar->setPageStep(maximumViewportSize().width());
    bar->setSingleStep(m_cell.width());
}

void TerminalView::updateScrollBar(bool followsEnd)
{
    const int visible = std::max(1, (viewport()->height() - 2 * TerminalMargin) / m_cell.height());
    QScrollBar *const bar = verticalScrollBar();
    bar->setPageStep(visible);
    bar->setRange(0, std::max(0, m_screen.page().lineCount() - visible));
    if (followsEnd)
        bar->setValue(bar->maximum());
}

void TerminalView::resizeEvent(QResizeEvent *)
{
    const QScrollBar *const bar = verticalScrollBar();
    updateScrollBar(bar->value() == bar->maximum());
}

void TerminalView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        measure();
}

void TerminalView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), QColor(TerminalColors::Paper));
    painter.translate(TerminalMargin - horizontalScrollBar()->value(), TerminalMargin);
    const int first = verticalScrollBar()->value();
    const int visible = viewport()->height() / m_cell.height() + 1;
    for (int i = 0; i < visible && first + i < m_screen.page().lineCount(); ++i)
        paintLine(painter, first + i, i * m_cell.height());

    const QPoint cursor = m_screen.cursor();
    if (!m_screen.isCursorShown() || cursor.y() < first)
        return;
    const QRect place(cursor.x() * m_cell.width(), (cursor.y() - first) * m_cell.height(),
                      m_cell.width(), m_cell.height());
    if (hasFocus()) {
        painter.setCompositionMode(QPainter::CompositionMode_Difference);
        painter.fillRect(place, Qt::white);
    } else {
        painter.setPen(QColor(TerminalColors::Ink));
        painter.drawRect(place.adjusted(0, 0, -1, -1));
    }
}

void TerminalView::paintLine(QPainter &painter, int number, int top) const
{
    const TerminalPage::Line &line = m_screen.page().line(number);
    QFont bold = font();
    bold.setBold(true);
    for (int column = 0; column < TerminalScreen::Columns; ++column) {
        const TerminalCell &cell = line[column];
        TerminalColors colors = colorsOf(cell);
        if (isSelected(number, column))
            colors = {TerminalColors::SelectedInk, TerminalColors::SelectedPaper};
        const QRect place(column * m_cell.width(), top, m_cell.width(), m_cell.height());
        if (colors.paper != TerminalColors::Paper)
            painter.fillRect(place, QColor(colors.paper));
        if (cell.character != U' ') {
            painter.setFont(cell.isBold ? bold : font());
            painter.setPen(QColor(colors.ink));
            painter.drawText(place.left(), top + m_ascent, QString::fromUcs4(&cell.character, 1));
        }
        if (cell.isUnderlined)
            painter.fillRect(place.left(), top + std::min(m_ascent + 1, m_cell.height() - 1),
                             m_cell.width(), 1, QColor(colors.ink));
    }
}

bool TerminalView::event(QEvent *event)
{
    // Before the bars are laid out: whether that one is there changes the room for lines.
    if (event->type() == QEvent::Resize)
        updateSidewaysBar();
    // Keys that the desktop's windows use are the guest's, except for those with Shift that
    // terminals keep for themselves.
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept();
        return true;
    }
    return QAbstractScrollArea::event(event);
}

void TerminalView::keyPressEvent(QKeyEvent *event)
{
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    QScrollBar *const bar = verticalScrollBar();
    if (modifiers == (Qt::ControlModifier | Qt::ShiftModifier) && event->key() == Qt::Key_C)
        return copy();
    if ((modifiers == (Qt::ControlModifier | Qt::ShiftModifier) && event->key() == Qt::Key_V)
        || (modifiers == Qt::ShiftModifier && event->key() == Qt::Key_Insert))
        return paste();
    if (modifiers == Qt::ShiftModifier && event->key() == Qt::Key_PageUp)
        return bar->triggerAction(QScrollBar::SliderPageStepSub);
    if (modifiers == Qt::ShiftModifier && event->key() == Qt::Key_PageDown)
        return bar->triggerAction(QScrollBar::SliderPageStepAdd);
    const QByteArray bytes = terminalKey(*event, m_screen.areArrowsForPrograms());
    if (bytes.isEmpty()) {
        event->ignore();
        return;
    }
    bar->setValue(bar->maximum());
    emit typed(bytes);
}

void TerminalView::copy()
{
    if (const QString text = selectedText(); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void TerminalView::paste()
{
    pasteText(QGuiApplication::clipboard()->text());
}

void TerminalView::pasteText(const QString &text)
{
    QString typedText = text;
    typedText.replace(QLatin1String("\r\n"), QLatin1String("\r")).replace(u'\n', u'\r');
    if (!typedText.isEmpty())
        emit typed(typedText.toUtf8());
}

void TerminalView::selectAll()
{
    m_anchor = Place{0, 0};
    m_caret = {m_screen.page().lineCount() - 1, TerminalScreen::Columns};
    emit selectionChanged();
    viewport()->update();
}

QString TerminalView::selectedText() const
{
    if (!m_anchor)
        return {};
    const auto [from, to] = std::minmax(*m_anchor, m_caret);
    QStringList lines;
    for (int number = from.line; number <= to.line && number < m_screen.page().lineCount();
         ++number) {
        const TerminalPage::Line &line = m_screen.page().line(number);
        const int begin = number == from.line ? from.column : 0;
        const int end = number == to.line ? to.column : TerminalScreen::Columns;
        QString text;
        for (int column = begin; column < end; ++column)
            text += QString::fromUcs4(&line[column].character, 1);
        while (text.endsWith(u' '))
            text.chop(1);
        lines.append(text);
    }
    while (lines.size() > 1 && lines.last().isEmpty())
        lines.removeLast();
    return lines.join(u'\n');
}

bool TerminalView::isSelected(int line, int column) const
{
    if (!m_anchor)
        return false;
    const Place here{line, column};
    const auto [from, to] = std::minmax(*m_anchor, m_caret);
    return from <= here && here < to;
}

TerminalView::Place TerminalView::placeAt(const QPoint &point) const
{
    const int line = verticalScrollBar()->value() + (point.y() - TerminalMargin) / m_cell.height();
    const int column =
        (point.x() - TerminalMargin + horizontalScrollBar()->value() + m_cell.width() / 2)
        / m_cell.width();
    return {std::clamp(line, 0, m_screen.page().lineCount() - 1),
            std::clamp(column, 0, TerminalScreen::Columns)};
}

void TerminalView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton) {
        m_anchor = m_caret = placeAt(event->pos());
        emit selectionChanged();
        viewport()->update();
    } else if (event->button() == Qt::MiddleButton) {
        QClipboard *const clipboard = QGuiApplication::clipboard();
        if (clipboard->supportsSelection())
            pasteText(clipboard->text(QClipboard::Selection));
    }
}

void TerminalView::mouseMoveEvent(QMouseEvent *event)
{
    if (!event->buttons().testFlag(Qt::LeftButton) || !m_anchor)
        return;
    m_caret = placeAt(event->pos());
    if (event->pos().y() < 0)
        verticalScrollBar()->triggerAction(QScrollBar::SliderSingleStepSub);
    else if (event->pos().y() > viewport()->height())
        verticalScrollBar()->triggerAction(QScrollBar::SliderSingleStepAdd);
    emit selectionChanged();
    viewport()->update();
}

void TerminalView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    QClipboard *const clipboard = QGuiApplication::clipboard();
    if (const QString text = selectedText(); !text.isEmpty() && clipboard->supportsSelection())
        clipboard->setText(text, QClipboard::Selection);
}

void TerminalView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *const menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *const copyAction = menu->addAction(tr("&Copy"), this, &TerminalView::copy);
    copyAction->setEnabled(!selectedText().isEmpty());
    menu->addAction(tr("&Paste"), this, &TerminalView::paste);
    menu->addAction(tr("Select &All"), this, &TerminalView::selectAll);
    menu->popup(event->globalPos());
}

void TerminalView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void TerminalView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

} // namespace ui
