// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/machine_list_view.h"

#include "ui/icons.h"
#include "ui/machine_list_model.h"
#include "ui/machine_tree_model.h"

#include <QtCore/QMimeData>
#include <QtGui/QDragEnterEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

namespace ui {

namespace {

constexpr int Margin = 8;
constexpr int TileSide = 36;
constexpr int StateSide = 16;
constexpr int ArrowSide = 12;
constexpr int Indentation = 14;
constexpr QSize ThumbnailBox(72, 45);

QFont nameFont(QFont font)
{
    font.setWeight(QFont::DemiBold);
    return font;
}

// Colours of a row's words: plain, and quieter.
struct Inks
{
    QColor text;
    QColor quiet;
};

Inks inksOf(const QStyleOptionViewItem &item)
{
    const bool isSelected = item.state.testFlag(QStyle::State_Selected);
    const QPalette::ColorGroup group = !item.state.testFlag(QStyle::State_Enabled)
        ? QPalette::Disabled
        : item.state.testFlag(QStyle::State_Active) ? QPalette::Active
                                                    : QPalette::Inactive;
    Inks inks;
    inks.text = item.palette.color(group, isSelected ? QPalette::HighlightedText : QPalette::Text);
    inks.quiet = inks.text;
    inks.quiet.setAlphaF(isSelected ? 0.9F : 0.7F);
    return inks;
}

} // namespace

int MachineDelegate::indentation(const QModelIndex &index)
{
    int depth = 0;
    for (QModelIndex above = index.parent(); above.isValid(); above = above.parent())
        ++depth;
    return depth * Indentation;
}

void MachineDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                            const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    QStyle *style = item.widget ? item.widget->style() : QApplication::style();
    painter->save();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &item, painter, item.widget);
    if (index.data(MachineTreeModel::IsGroupRole).toBool())
        paintGroup(painter, item, index);
    else
        paintMachine(painter, item, index);
    if (item.state.testFlag(QStyle::State_HasFocus)
        && item.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        QStyleOptionFocusRect focus;
        focus.QStyleOption::operator=(item);
        focus.rect = item.rect.adjusted(1, 1, -1, -1);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, item.widget);
    }
    painter->restore();
}

void MachineDelegate::paintGroup(QPainter *painter, const QStyleOptionViewItem &item,
                                 const QModelIndex &index) const
{
    const Inks inks = inksOf(item);
    const QRect content = item.rect.adjusted(Margin + indentation(index), 0, -Margin, 0);
    const auto mirrored = [&](const QRect &rect) {
        return QStyle::visualRect(item.direction, item.rect, rect);
    };
    const QRect arrow(content.left(), content.center().y() - ArrowSide / 2, ArrowSide, ArrowSide);
    const bool isOpen = item.state.testFlag(QStyle::State_Open);
    const bool isRight = item.direction == Qt::LeftToRight;
    const QPointF middle = QRectF(mirrored(arrow)).center();
    QPolygonF chevron;
    if (isOpen)
        chevron << QPointF(-4, -2) << QPointF(0, 2) << QPointF(4, -2);
    else if (isRight)
        chevron << QPointF(-2, -4) << QPointF(2, 0) << QPointF(-2, 4);
    else
        chevron << QPointF(2, -4) << QPointF(-2, 0) << QPointF(2, 4);
    chevron.translate(middle);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(inks.quiet, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->drawPolyline(chevron);

    const int count = index.data(MachineTreeModel::CountRole).toInt();
    const int running = index.data(MachineTreeModel::RunningRole).toInt();
    const QFont bold = nameFont(item.font);
    const QFontMetrics metrics(item.font);
    const QFontMetrics nameMetrics(bold);
    const QString counts = running > 0
        //: Running machines and all machines of a group
        ? tr("%1 of %2 running").arg(running).arg(count)
        : QString::number(count);
    const int left = arrow.right() + 1 + Margin;
    const int countsWidth =
        qMin(metrics.horizontalAdvance(counts) + 2, qMax(0, (content.right() - left) / 2));
    const QRect countsRect(content.right() - countsWidth + 1, content.top(), countsWidth,
                           content.height());
    const QRect nameRect(left, content.top(), countsRect.left() - Margin - left, content.height());
    painter->setFont(bold);
    painter->setPen(inks.text);
    painter->drawText(
        mirrored(nameRect),
        int(QStyle::visualAlignment(item.direction, Qt::AlignLeft | Qt::AlignVCenter)),
        nameMetrics.elidedText(item.text, Qt::ElideRight, nameRect.width()));
    painter->setFont(item.font);
    painter->setPen(inks.quiet);
    painter->drawText(
        mirrored(countsRect),
        int(QStyle::visualAlignment(item.direction, Qt::AlignRight | Qt::AlignVCenter)),
        metrics.elidedText(counts, Qt::ElideRight, countsRect.width()));
}

void MachineDelegate::paintMachine(QPainter *painter, const QStyleOptionViewItem &item,
                                   const QModelIndex &index) const
{
    const bool isSelected = item.state.testFlag(QStyle::State_Selected);
    const auto [text, quiet] = inksOf(item);
    const QRect content = item.rect.adjusted(Margin + indentation(index), 0, -Margin, 0);
    const auto mirrored = [&](const QRect &rect) {
        return QStyle::visualRect(item.direction, item.rect, rect);
    };
    const QRect tile(content.left(), content.center().y() - TileSide / 2, TileSide, TileSide);
    item.icon.paint(painter, mirrored(tile));

    int right = content.right();
    const QImage picture = index.data(MachineListModel::ThumbnailRole).value<QImage>();
    if (!picture.isNull()) {
        const QRect box(content.right() - ThumbnailBox.width() + 1,
                        content.center().y() - ThumbnailBox.height() / 2, ThumbnailBox.width(),
                        ThumbnailBox.height());
        QRect place(QPoint(), picture.size().scaled(box.size(), Qt::KeepAspectRatio));
        place.moveCenter(box.center());
        painter->setRenderHint(QPainter::SmoothPixmapTransform);
        painter->drawImage(mirrored(place), picture);
        painter->setPen(quiet);
        painter->drawRect(mirrored(place).adjusted(0, 0, -1, -1));
        right = box.left() - Margin;
    }

    const int left = tile.right() + 1 + Margin;
    const QFontMetrics nameMetrics(nameFont(item.font));
    const QFontMetrics metrics(item.font);
    const int lineHeight = qMax(metrics.height(), StateSide);
    const int top = content.center().y() - (nameMetrics.height() + 2 + lineHeight) / 2;

    const QRect nameRect(left, top, right - left, nameMetrics.height());
    painter->setFont(nameFont(item.font));
    painter->setPen(text);
    painter->drawText(
        mirrored(nameRect),
        int(QStyle::visualAlignment(item.direction, Qt::AlignLeft | Qt::AlignVCenter)),
        nameMetrics.elidedText(item.text, Qt::ElideRight, nameRect.width()));

    const auto state = MachineState(index.data(MachineListModel::StateRole).toInt());
    const int second = nameRect.bottom() + 3;
    const QRect light(left, second + (lineHeight - StateSide) / 2, StateSide, StateSide);
    icon(stateIconName(state))
        .paint(painter, mirrored(light), Qt::AlignCenter,
               isSelected ? QIcon::Selected : QIcon::Normal);
    const QString os = index.data(MachineListModel::OsNameRole).toString();
    const QString line = os.isEmpty() ? stateText(state)
                                      //: State and guest system of a machine
                                      : tr("%1 \u00b7 %2").arg(stateText(state), os);
    const QRect lineRect(light.right() + 5, second, right - light.right() - 5, lineHeight);
    painter->setFont(item.font);
    painter->setPen(quiet);
    painter->drawText(
        mirrored(lineRect),
        int(QStyle::visualAlignment(item.direction, Qt::AlignLeft | Qt::AlignVCenter)),
        metrics.elidedText(line, Qt::ElideRight, lineRect.width()));
}

// A thousand rows are asked for at once.
MachineDelegate::Heights MachineDelegate::heights(const QFont &font) const
{
    if (m_heights.machine > 0 && m_font == font)
        return m_heights;
    m_font = font;
    const int line = QFontMetrics(font).height();
    const int name = QFontMetrics(nameFont(font)).height();
    m_heights.group = qMax(name, line) + 12;
    m_heights.machine =
        qMax(name + 2 + qMax(line, StateSide), qMax(TileSide, ThumbnailBox.height())) + Margin + 4;
    return m_heights;
}

QSize MachineDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Heights known = heights(option.font);
    const bool isGroup = index.data(MachineTreeModel::IsGroupRole).toBool();
    return {200, isGroup ? known.group : known.machine};
}

MachineListView::MachineListView(QWidget *parent)
    : QTreeView(parent)
{
    setItemDelegate(new MachineDelegate(this));
    setHeaderHidden(true);
    setRootIsDecorated(false);
    setIndentation(0); // the delegate indents what it paints, so that a whole row is selected
    setExpandsOnDoubleClick(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setDragEnabled(true);
    setAcceptDrops(true);
    setDropIndicatorShown(true);
    setDragDropMode(QAbstractItemView::DragDrop);
    setDefaultDropAction(Qt::MoveAction);
    setAutoExpandDelay(600);
}

void MachineListView::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

bool MachineListView::isGroup(const QModelIndex &index) const
{
    return index.data(MachineTreeModel::IsGroupRole).toBool();
}

void MachineListView::toggle(const QModelIndex &index)
{
    setExpanded(index, !isExpanded(index));
}

void MachineListView::keyPressEvent(QKeyEvent *event)
{
    const QModelIndex index = currentIndex();
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    // A key that is held down says it once.
    if (isReturn && index.isValid() && !event->isAutoRepeat()) {
        if (isGroup(index))
            toggle(index);
        else
            emit rowChosen(index);
    }
    if (isReturn) {
        event->accept();
        return;
    }
    QTreeView::keyPressEvent(event);
}

void MachineListView::mousePressEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && isGroup(index)) {
        // The arrow, and the room before the name.
        const QRect row = visualRect(index);
        const int x = layoutDirection() == Qt::RightToLeft
            ? row.right() - event->position().toPoint().x()
            : event->position().toPoint().x() - row.left();
        if (x < Margin + ArrowSide + Margin / 2 + MachineDelegate::indentation(index)) {
            toggle(index);
            return;
        }
    }
    QTreeView::mousePressEvent(event);
}

void MachineListView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && index.isValid()) {
        if (isGroup(index))
            toggle(index);
        else
            emit rowChosen(index);
        return;
    }
    QTreeView::mouseDoubleClickEvent(event);
}

void MachineListView::drawBranches(QPainter *, const QRect &, const QModelIndex &) const { }

// Files are the window's business: it knows what to do with an ISO.
void MachineListView::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasFormat(QLatin1String(MachineTreeModel::MimeType)))
        QTreeView::dragEnterEvent(event);
    else
        event->ignore();
}

void MachineListView::dragMoveEvent(QDragMoveEvent *event)
{
    if (event->mimeData()->hasFormat(QLatin1String(MachineTreeModel::MimeType)))
        QTreeView::dragMoveEvent(event);
    else
        event->ignore();
}

void MachineListView::paintEvent(QPaintEvent *event)
{
    QTreeView::paintEvent(event);
    if (m_emptyText.isEmpty() || (model() && model()->rowCount() > 0))
        return;
    QPainter painter(viewport());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(viewport()->rect().adjusted(Margin, Margin, -Margin, -Margin),
                     int(Qt::AlignCenter) | int(Qt::TextWordWrap), m_emptyText);
}

} // namespace ui
