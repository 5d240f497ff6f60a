// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/usb_page.h"

#include "ui/settings/usb_filters.h"

#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>

namespace ui {

UsbPage::UsbPage(SettingsContext &context, QWidget *parent)
    : SettingsPage(QStringLiteral("usb"), tr("USB"), QStringLiteral("drive-removable-media-usb"),
                   context, parent)
    , m_controller(new QComboBox(this))
    , m_filters(new UsbFilters(this))
{
    QFormLayout *form = makePageForm();
    addChoice(*m_controller, engine::UsbController::None, tr("None"));
    addChoice(*m_controller, engine::UsbController::Uhci, tr("USB 1.1 (UHCI)"));
    addChoice(*m_controller, engine::UsbController::Ehci, tr("USB 2.0 (EHCI and UHCI)"));
    addChoice(*m_controller, engine::UsbController::Xhci, tr("USB 3.0 (xHCI)"));
    addField(*form, QStringLiteral("usb"),
             {tr("&Controller:"),
              tr("xHCI serves all devices; systems from before 2012 may lack its driver"),
              tr("usb uhci ohci ehci xhci port")},
             m_controller);
    addHint(*form, tr("A USB tablet or mouse (System) and USB disks (Storage) need one."));
    addField(*form, QStringLiteral("usbFilters"),
             {tr("&Filters:"),
              tr("Devices that fit go to the guest when it starts and when they are plugged in"),
              tr("usb filter device always vendor product serial passthrough")},
             m_filters);
    connect(m_filters, &UsbFilters::edited, this, &UsbPage::edited);
}

void UsbPage::load(const engine::MachineDefinition &definition)
{
    setCurrentChoice(*m_controller, int(definition.usb));
    m_filters->setFilters(definition.usbFilters);
}

void UsbPage::save(engine::MachineDefinition &definition) const
{
    definition.usb = engine::UsbController(currentChoice(*m_controller));
    definition.usbFilters = m_filters->filters();
}

} // namespace ui
