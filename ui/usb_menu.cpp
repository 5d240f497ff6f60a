// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/usb_menu.h"

#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/error_box.h"
#include "ui/icons.h"
#include "ui/menu_words.h"
#include "ui/usb_text.h"

#include <QtCore/QJsonArray>

namespace ui {

namespace {

// "Kingston DataTraveler (480 Mbit/s)", and who has it where that is not this computer.
QString choiceText(const engine::UsbChoice &choice)
{
    QString text = engine::usbDeviceName(choice.device);
    const QString speed = engine::usbSpeedText(choice.device.speed);
    if (!speed.isEmpty())
        text = UsbMenu::tr("%1 (%2)").arg(text, speed);
    if (!choice.isOurs && !choice.holder.isEmpty())
        text = UsbMenu::tr("%1: in \"%2\"").arg(text, choice.holder);
    else if (!choice.device.mounts.isEmpty())
        text = UsbMenu::tr("%1: in use here").arg(text);
    else if (!choice.isOurs && !choice.device.isAccessible)
        text = UsbMenu::tr("%1: no permission").arg(text);
    return text.replace(u'&', QStringLiteral("&&"));
}

QString choiceTip(const engine::UsbChoice &choice)
{
    const engine::UsbDevice &device = choice.device;
    QStringList lines = usbFacts(device);
    if (!choice.isOurs && !device.mounts.isEmpty())
        lines << UsbMenu::tr("This computer uses it: %1")
                     .arg(device.mounts.join(QStringLiteral(", ")));
    else if (!choice.isOurs && !device.isAccessible)
        lines << usbPermissionText();
    return lines.join(u'\n');
}

} // namespace

UsbMenu::UsbMenu(engine::ControlClient &client, ConsoleCommands &commands, QWidget *parent)
    : QMenu(tr("&USB"), parent)
    , m_client(client)
    , m_commands(commands)
{
    setObjectName(QStringLiteral("usbMenu"));
    setIcon(ui::icon(QStringLiteral("drive-removable-media-usb")));
    setToolTipsVisible(true);
    connect(this, &QMenu::aboutToShow, this, &UsbMenu::ask);
    connect(&client, &engine::ControlClient::usbChanged, this, &UsbMenu::ask);
    // A check mark that the machine refused goes back to what is true; not from inside the entry's
    // own signal.
    connect(&commands, &ConsoleCommands::usbRefused, this, &UsbMenu::rebuild, Qt::QueuedConnection);
    rebuild();
}

void UsbMenu::setStatus(const engine::MachineStatus &status)
{
    const bool isSame = m_status.state == status.state
        && m_status.support.size() == status.support.size()
        && m_status.hasUsbStick == status.hasUsbStick;
    m_status = status;
    if (!isSame)
        ask();
}

void UsbMenu::ask()
{
    if (!m_client.isConnected())
        return;
    m_client.call(QStringLiteral("usb.list"), {},
                  [guard = QPointer(this)](const engine::Result<QJsonObject> &result) {
                      if (guard == nullptr || !result)
                          return;
                      guard->m_isKnown = true;
                      guard->m_choices.clear();
                      for (const QJsonValue &value : (*result)[QLatin1String("devices")].toArray())
                          guard->m_choices.append(engine::usbChoiceFromJson(value.toObject()));
                      guard->rebuild();
                  });
}

void UsbMenu::rebuild()
{
    clear();
    const QString reason = whyNot(m_status, engine::Feature::UsbPassthrough);
    for (const engine::UsbChoice &choice : std::as_const(m_choices))
        addChoice(choice, reason);
    if (isEmpty()) {
        addWords(*this,
                 !reason.isEmpty() ? sentence(reason)
                     : m_isKnown   ? tr("No USB devices are plugged in")
                                   : tr("Looking for USB devices…"));
    }
    addSeparator();
    QAction *window =
        addAction(ui::icon(QStringLiteral("drive-removable-media-usb")), tr("USB &Devices…"));
    window->setObjectName(QStringLiteral("usbDevices"));
    window->setToolTip(tr("This computer's devices and the guest's side by side"));
    connect(window, &QAction::triggered, &m_commands, &ConsoleCommands::showUsbDevices);
    addSeparator();
    QAction *insert =
        addAction(ui::icon(QStringLiteral("document-open")), tr("&Insert Files as a USB Stick…"));
    insert->setObjectName(QStringLiteral("insertUsbStick"));
    setUsable(insert, reason);
    connect(insert, &QAction::triggered, &m_commands, &ConsoleCommands::chooseStickFiles);
    QAction *eject =
        addAction(ui::icon(QStringLiteral("media-eject")), tr("&Eject the Stick of Files"));
    eject->setObjectName(QStringLiteral("ejectUsbStick"));
    setUsable(eject,
              !m_status.hasUsbStick && reason.isEmpty() ? tr("No files are inserted.") : reason);
    connect(eject, &QAction::triggered, &m_commands, &ConsoleCommands::ejectStick);
}

void UsbMenu::addChoice(const engine::UsbChoice &choice, const QString &whyNot)
{
    QAction *action = addAction(choiceText(choice));
    action->setObjectName(QStringLiteral("usb ") + choice.device.port);
    action->setCheckable(true);
    action->setChecked(choice.isOurs);
    setUsable(action, choice.isBusy ? tr("The device is on its way.") : whyNot);
    if (action->isEnabled())
        action->setToolTip(choiceTip(choice));
    connect(action, &QAction::triggered, this,
            [this, device = choice.device](bool isWanted) { m_commands.setUsb(device, isWanted); });
}

} // namespace ui
