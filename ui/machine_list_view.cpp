// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/machine_list_view.h"

#include "ui/icons.h"
#include "ui/machine_list_model.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

namespace ui {

namespace {

constexpr int Margin = 8;
constexpr int TileSide = 36;
constexpr int StateSide = 16;
constexpr QSize ThumbnailBox(72, 45);

QFont nameFont(QFont font)
{
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

void MachineDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                            const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    QStyle *style = item.widget ? item.widget->style() : QApplication::style();
    painter->save();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &item, painter, item.widget);

    const bool isSelected = item.state.testFlag(QStyle::State_Selected);
    const QPalette::ColorGroup group = !item.state.testFlag(QStyle::State_Enabled)
        ? QPalette::Disabled
        : item.state.testFlag(QStyle::State_Active) ? QPalette::Active
                                                    : QPalette::Inactive;
    const QColor text =
        item.palette.color(group, isSelected ? QPalette::HighlightedText : QPalette::Text);
    QColor quiet = text;
    quiet.setAlphaF(isSelected ? 0.9F : 0.7F);

    const QRect content = item.rect.adjusted(Margin, 0, -Margin, 0);
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

    if (item.state.testFlag(QStyle::State_HasFocus)
        && item.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        QStyleOptionFocusRect focus;
        focus.QStyleOption::operator=(item);
        focus.rect = item.rect.adjusted(1, 1, -1, -1);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, item.widget);
    }
    painter->restore();
}

QSize MachineDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    const int text = QFontMetrics(nameFont(option.font)).height() + 2
        + qMax(QFontMetrics(option.font).height(), StateSide);
    return {200, qMax(text, qMax(TileSide, ThumbnailBox.height())) + Margin + 4};
}

MachineListView::MachineListView(QWidget *parent)
    : QListView(parent)
{
    setItemDelegate(new MachineDelegate(this));
    setUniformItemSizes(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setContextMenuPolicy(Qt::CustomContextMenu);
    connect(this, &QListView::doubleClicked, this, &MachineListView::rowChosen);
}

void MachineListView::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

void MachineListView::keyPressEvent(QKeyEvent *event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        && currentIndex().isValid()) {
        emit rowChosen(currentIndex());
        event->accept();
        return;
    }
    QListView::keyPressEvent(event);
}

void MachineListView::paintEvent(QPaintEvent *event)
{
    QListView::paintEvent(event);
    if (m_emptyText.isEmpty() || (model() && model()->rowCount() > 0))
        return;
    QPainter painter(viewport());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(viewport()->rect().adjusted(Margin, Margin, -Margin, -Margin),
                     int(Qt::AlignCenter) | int(Qt::TextWordWrap), m_emptyText);
}

} // namespace ui
