// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/usb_device_list.h"

#include "ui/icons.h"
#include "ui/usb_text.h"

#include <QtCore/QMimeData>
#include <QtGui/QDrag>
#include <QtGui/QDragEnterEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QResizeEvent>
#include <QtWidgets/QHeaderView>

#include <algorithm>

namespace ui {

namespace {

const QString UsbMimeType = QStringLiteral("application/x-vitrine-usb-device");
constexpr int UsbKeyRole = Qt::UserRole;
constexpr int NameWidthInCharacters = 34;

QString draggedUsbKey(const QDropEvent &event, const QObject *self)
{
    // Only from a list of this program: elsewhere the key may mean another device.
    return event.source() != nullptr && event.source() != self
        ? QString::fromUtf8(event.mimeData()->data(UsbMimeType))
        : QString();
}

} // namespace

UsbDeviceList::UsbDeviceList(Side side, QWidget *parent)
    : QTreeWidget(parent)
    , m_side(side)
{
    setColumnCount(Columns);
    setHeaderLabels({tr("Device"), tr("Speed"), tr("State")});
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setSelectionMode(SingleSelection);
    setDragEnabled(true);
    setAcceptDrops(true);
    setDragDropMode(DragDrop);
    setDropIndicatorShown(false);
    setTextElideMode(Qt::ElideRight);
    const bool isHost = side == Side::Host;
    setColumnHidden(State, !isHost);
    header()->setStretchLastSection(isHost);
    header()->setSectionResizeMode(Speed, QHeaderView::ResizeToContents);
    if (!isHost)
        header()->setSectionResizeMode(Name, QHeaderView::Stretch);
    connect(header(), &QHeaderView::sectionResized, this,
            [this](int section) { m_isNameSized |= section == Name && !m_isResizing; });
    // By the mouse; not activated(), which is a single click on some desktops.
    connect(this, &QTreeWidget::itemDoubleClicked, this, [this](const QTreeWidgetItem *item) {
        emit moveWanted(item->data(Name, UsbKeyRole).toString());
    });
}

void UsbDeviceList::setPlaces(const QList<UsbBoard::Place> &places)
{
    const QString selected = selectedKey();
    clear();
    for (const UsbBoard::Place &place : places) {
        const engine::UsbDevice &device = place.device;
        auto *item = new QTreeWidgetItem(this);
        item->setText(Name, engine::usbDeviceName(device));
        item->setIcon(Name, icon(usbIconName(device)));
        item->setText(Speed, engine::usbSpeedText(device.speed));
        QStringList facts = usbFacts(device);
        if (m_side == Side::Host) {
            item->setText(State, usbStateText(device, place.holder));
            facts.append(item->text(State));
        }
        facts.prepend(item->text(Name));
        for (int column = 0; column < Columns; ++column)
            item->setToolTip(column, facts.join(u'\n'));
        item->setData(Name, UsbKeyRole, UsbBoard::keyOf(device));
    }
    select(selected);
    viewport()->update(); // a view that is being dragged from does not think of it
}

void UsbDeviceList::setEmptyText(const QString &text)
{
    if (text == m_emptyText)
        return;
    m_emptyText = text;
    setAccessibleDescription(text);
    viewport()->update();
}

QString UsbDeviceList::selectedKey() const
{
    const QList<QTreeWidgetItem *> items = selectedItems();
    return items.isEmpty() ? QString() : items.first()->data(Name, UsbKeyRole).toString();
}

bool UsbDeviceList::select(const QString &key)
{
    for (int row = 0; row < topLevelItemCount(); ++row) {
        QTreeWidgetItem *item = topLevelItem(row);
        if (item->data(Name, UsbKeyRole).toString() != key)
            continue;
        setCurrentItem(item);
        return true;
    }
    return false;
}

void UsbDeviceList::keyPressEvent(QKeyEvent *event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (!isEnter || event->modifiers().testFlag(Qt::ControlModifier)) {
        QTreeWidget::keyPressEvent(event);
        return;
    }
    event->accept(); // it is no wish to close the window
    if (event->isAutoRepeat() || currentItem() == nullptr)
        return;
    if (const QString key = selectedKey(); !key.isEmpty())
        emit moveWanted(key);
    else
        currentItem()->setSelected(true); // the row that Tab came to
}

void UsbDeviceList::paintEvent(QPaintEvent *event)
{
    QTreeWidget::paintEvent(event);
    if (topLevelItemCount() > 0 || m_emptyText.isEmpty())
        return;
    QPainter painter(viewport());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    const int margin = fontMetrics().height();
    painter.drawText(viewport()->rect().adjusted(margin, margin, -margin, -margin),
                     Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
}

void UsbDeviceList::resizeEvent(QResizeEvent *event)
{
    QTreeWidget::resizeEvent(event);
    m_isResizing = true;
    if (m_side == Side::Host && !m_isNameSized) // the state needs its room, too
        setColumnWidth(Name,
                       std::min(fontMetrics().averageCharWidth() * NameWidthInCharacters,
                                event->size().width() * 45 / 100));
    m_isResizing = false;
}

void UsbDeviceList::startDrag(Qt::DropActions)
{
    const QString key = selectedKey();
    if (key.isEmpty())
        return;
    auto *mime = new QMimeData;
    mime->setData(UsbMimeType, key.toUtf8());
    auto *drag = new QDrag(this);
    drag->setMimeData(mime);
    const int size = style()->pixelMetric(QStyle::PM_LargeIconSize, nullptr, this);
    drag->setPixmap(currentItem()->icon(Name).pixmap(QSize(size, size), devicePixelRatioF()));
    // A copy, so that no view takes its row away: rows follow the devices.
    drag->exec(Qt::CopyAction);
}

void UsbDeviceList::dragEnterEvent(QDragEnterEvent *event)
{
    if (!draggedUsbKey(*event, this).isEmpty())
        event->acceptProposedAction();
}

void UsbDeviceList::dragMoveEvent(QDragMoveEvent *event)
{
    if (!draggedUsbKey(*event, this).isEmpty())
        event->acceptProposedAction();
    else
        event->ignore();
}

void UsbDeviceList::dropEvent(QDropEvent *event)
{
    const QString key = draggedUsbKey(*event, this);
    if (key.isEmpty())
        return;
    event->acceptProposedAction();
    // Questions have to wait until the drag is over.
    QMetaObject::invokeMethod(
        this, [this, key] { emit dropped(key); }, Qt::QueuedConnection);
}

} // namespace ui
