// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/usb_filters.h"

#include "ui/empty_text.h"
#include "usb/device_reader.h"

#include <QtCore/QSignalBlocker>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QMenu>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

UsbFilters::UsbFilters(QWidget *parent)
    : QWidget(parent)
    , m_list(new QListWidget(this))
    , m_add(new QToolButton(this))
    , m_remove(new QToolButton(this))
    , m_devices(new QMenu(m_add))
{
    m_list->setObjectName(QStringLiteral("usbFilterList"));
    m_list->setAccessibleName(tr("USB filters"));
    m_list->setMaximumHeight(8 * fontMetrics().height());
    m_add->setObjectName(QStringLiteral("addUsbFilter"));
    m_add->setText(tr("Add"));
    m_add->setToolTip(tr("Adds a filter for a device that is plugged in, or an empty one"));
    m_add->setPopupMode(QToolButton::InstantPopup);
    m_add->setMenu(m_devices);
    m_remove->setObjectName(QStringLiteral("removeUsbFilter"));
    m_remove->setText(tr("Remove"));
    m_remove->setToolTip(tr("Removes the chosen filter"));

    showWhenEmpty(*m_list,
                  tr("No device goes to the guest by itself. Add a filter for one that should."));
    for (QToolButton *button : {m_add, m_remove}) // as wide as each other
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto *buttons = new QVBoxLayout;
    buttons->addWidget(m_add);
    buttons->addWidget(m_remove);
    buttons->addStretch();
    auto *top = new QHBoxLayout;
    top->addWidget(m_list, 1);
    top->addLayout(buttons);
    auto *form = new QFormLayout;
    struct Row
    {
        QString engine::UsbFilter::*member;
        const char *name;
        QString label;
        QString hint;
    };
    const QString anything = tr("anything");
    for (const Row &row :
         {Row{&engine::UsbFilter::name, "name", tr("Na&me:"), {}},
          Row{&engine::UsbFilter::vendorId, "vendorId", tr("&Vendor ID:"), tr("anything, or 046d")},
          Row{&engine::UsbFilter::productId, "productId", tr("&Product ID:"),
              tr("anything, or c077")},
          Row{&engine::UsbFilter::revision, "revision", tr("&Revision:"), tr("anything, or 0100")},
          Row{&engine::UsbFilter::manufacturer, "manufacturer", tr("Man&ufacturer:"), anything},
          Row{&engine::UsbFilter::product, "product", tr("Pro&duct:"), anything},
          Row{&engine::UsbFilter::serial, "serial", tr("Serial &number:"), anything},
          Row{&engine::UsbFilter::port, "port", tr("P&ort:"), tr("anything, or 1-2.3")}}) {
        auto *line = new QLineEdit(this);
        line->setObjectName(QStringLiteral("usbFilter.") + QLatin1String(row.name));
        line->setPlaceholderText(row.hint);
        form->addRow(row.label, line);
        const Field field{row.member, line};
        m_fields.append(field);
        connect(line, &QLineEdit::textEdited, this, [this, field] { takeField(field); });
    }
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(top);
    layout->addLayout(form);

    connect(m_devices, &QMenu::aboutToShow, this, &UsbFilters::fillDeviceMenu);
    connect(m_remove, &QToolButton::clicked, this, &UsbFilters::removeCurrent);
    connect(m_list, &QListWidget::currentRowChanged, this, &UsbFilters::showCurrent);
    connect(m_list, &QListWidget::itemChanged, this, [this](QListWidgetItem *item) {
        const int row = m_list->row(item);
        if (m_isLoading || row < 0 || row >= m_filters.size())
            return;
        m_filters[row].isActive = item->checkState() == Qt::Checked;
        emit edited();
    });
    showList(-1);
}

void UsbFilters::setFilters(const QList<engine::UsbFilter> &filters)
{
    if (filters == m_filters && m_list->count() == filters.size())
        return;
    m_filters = filters;
    showList(m_filters.isEmpty() ? -1 : 0);
}

void UsbFilters::fillDeviceMenu()
{
    m_devices->clear();
    const usb::HostRoots roots;
    usb::UsbNames names(roots.names);
    for (const engine::UsbDevice &device : usb::readDevices(roots, names)) {
        QAction *action =
            m_devices->addAction(engine::usbDeviceName(device).replace(u'&', QStringLiteral("&&")));
        connect(action, &QAction::triggered, this,
                [this, device] { add(engine::filterFor(device)); });
    }
    m_devices->addSeparator();
    QAction *empty = m_devices->addAction(tr("&Empty Filter"));
    empty->setObjectName(QStringLiteral("addEmptyUsbFilter"));
    connect(empty, &QAction::triggered, this, [this] {
        engine::UsbFilter filter;
        filter.name = tr("New filter %1").arg(m_filters.size() + 1);
        // An empty one would take every device: it waits until it says something.
        filter.isActive = false;
        add(filter);
    });
}

void UsbFilters::add(const engine::UsbFilter &filter)
{
    m_filters.append(filter);
    showList(int(m_filters.size()) - 1);
    emit edited();
}

void UsbFilters::removeCurrent()
{
    const int row = m_list->currentRow();
    if (row < 0 || row >= m_filters.size())
        return;
    m_filters.removeAt(row);
    showList(qMin(row, int(m_filters.size()) - 1));
    emit edited();
}

void UsbFilters::showList(int current)
{
    m_isLoading = true;
    m_list->clear();
    for (const engine::UsbFilter &filter : std::as_const(m_filters)) {
        auto *item = new QListWidgetItem(filter.name, m_list);
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setCheckState(filter.isActive ? Qt::Checked : Qt::Unchecked);
    }
    m_list->setCurrentRow(current);
    m_isLoading = false;
    showCurrent();
}

void UsbFilters::showCurrent()
{
    if (m_isLoading)
        return;
    const int row = m_list->currentRow();
    const bool isChosen = row >= 0 && row < m_filters.size();
    m_remove->setEnabled(isChosen);
    for (const Field &field : std::as_const(m_fields)) {
        field.line->setEnabled(isChosen);
        field.line->setText(isChosen ? m_filters.at(row).*field.member : QString());
    }
}

void UsbFilters::takeField(const Field &field)
{
    const int row = m_list->currentRow();
    if (row < 0 || row >= m_filters.size())
        return;
    m_filters[row].*field.member = field.line->text();
    if (field.member == &engine::UsbFilter::name) {
        m_isLoading = true;
        m_list->item(row)->setText(field.line->text());
        m_isLoading = false;
    }
    emit edited();
}

} // namespace ui
