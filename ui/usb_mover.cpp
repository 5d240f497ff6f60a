// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/usb_mover.h"

#include "engine/machine/usb_permission.h"
#include "engine/machine/user_paths.h"
#include "ui/confirm_box.h"
#include "ui/error_box.h"

namespace ui {

UsbMover::UsbMover(QWidget *window, QObject *parent)
    : QObject(parent)
    , m_window(window)
{ }

void UsbMover::ask(const QString &name, const QString &question, const QString &explanation,
                   const QString &button, std::function<void()> confirmed)
{
    if (m_question != nullptr)
        m_question->close();
    emit dialogOpened();
    m_question = openConfirmation(
        m_window,
        {.name = name, .question = question, .explanation = explanation, .button = button}, this,
        std::move(confirmed));
}

void UsbMover::give(engine::ControlClient &to, const engine::UsbDevice &device,
                    engine::ControlClient *from)
{
    const QString name = engine::usbDeviceName(device);
    const auto move = [this, target = QPointer(&to), source = QPointer(from), device](bool force) {
        if (target == nullptr)
            return;
        if (source == nullptr) {
            attach(*target, device, force);
            return;
        }
        detach(*source, device, [this, target, device, force] {
            if (target != nullptr)
                attach(*target, device, force);
        });
    };
    const bool isPrecious = device.isInput && device.mounts.isEmpty() && device.isAccessible;
    if (from != nullptr) {
        emit refused();
        ask(QStringLiteral("takeFromMachine"),
            tr("Take \"%1\" away from \"%2\"?").arg(name, from->status().name),
            tr("The guest there loses it at once. What it has not written to the device yet may be "
               "lost."),
            tr("&Take It"), [move, isForced = device.isInput] { move(isForced); });
    } else if (isPrecious) {
        emit refused(); // until it is allowed
        ask(QStringLiteral("giveInput"), tr("Give \"%1\" to the guest?").arg(name),
            tr("It is a keyboard or pointer. If it is the only one, you cannot work with this "
               "computer until the machine is off or the device is unplugged and plugged in "
               "again."),
            tr("&Give It"), [move] { move(true); });
    } else {
        move(false);
    }
}

void UsbMover::takeBack(engine::ControlClient &from, const engine::UsbDevice &device)
{
    detach(from, device, [this, name = engine::usbDeviceName(device)] {
        emit said(tr("\"%1\" is this computer's again").arg(name));
    });
}

void UsbMover::attach(engine::ControlClient &to, const engine::UsbDevice &device, bool isForced)
{
    const QString name = engine::usbDeviceName(device);
    to.call(QStringLiteral("usb.attach"),
            {{QStringLiteral("device"), device.port}, {QStringLiteral("force"), isForced}},
            [guard = QPointer(this), client = QPointer(&to),
             name](const engine::Result<QJsonObject> &result) {
                if (guard == nullptr)
                    return;
                if (result) {
                    emit guard->said(tr("\"%1\" is the guest's now").arg(name));
                    return;
                }
                emit guard->refused();
                guard->complain(client, tr("\"%1\" could not be given to the guest").arg(name),
                                result.error());
            });
}

void UsbMover::detach(engine::ControlClient &from, const engine::UsbDevice &device,
                      std::function<void()> done)
{
    const QString name = engine::usbDeviceName(device);
    from.call(QStringLiteral("usb.detach"), {{QStringLiteral("device"), device.port}},
              [guard = QPointer(this), client = QPointer(&from), name,
               done = std::move(done)](const engine::Result<QJsonObject> &result) {
                  if (guard == nullptr)
                      return;
                  if (result) {
                      done();
                      return;
                  }
                  emit guard->refused();
                  guard->complain(client, tr("\"%1\" could not be taken back").arg(name),
                                  result.error());
              });
}

void UsbMover::complain(const engine::ControlClient *client, const QString &asked,
                        const engine::Error &error)
{
    // A machine that is gone has let go of everything, which whoever shows it says.
    if (client == nullptr || !client->isConnected())
        return;
    const QString folder = client->status().folder;
    emit dialogOpened();
    ErrorOffers offers{.logFile = folder.isEmpty() ? QString() : engine::paths::logFile(folder),
                       .command = {}};
    if (error.kind() == engine::ErrorKind::Denied)
        if (const engine::UsbRule rule = engine::usbRule(); !rule.isInstalled())
            offers.command = rule.command;
    showError(m_window, asked, error, offers);
}

} // namespace ui
