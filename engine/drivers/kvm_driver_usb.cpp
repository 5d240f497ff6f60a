// SPDX-License-Identifier: GPL-3.0-or-later
// USB devices that come and go while the machine runs. Opening one and giving it back wait for the
// device, so that is the control thread's. A saved state holds none: whoever saves detaches first.
#include "engine/base/log.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/machine/qt_text.h"

#include <utility>

namespace engine {

namespace {

Error attachFailure(Error error, const QString &name)
{
    const bool hasRemedy = !error.remedy().empty();
    Error said = std::move(error).context(
        QString("The guest could not be given \"%1\"").arg(name).toStdString());
    if (hasRemedy)
        return said;
    return std::move(said).withRemedy(
        "Make sure that no other program uses the device; unplug it and plug it in again");
}

} // namespace

Support KvmDriver::usbSupport() const
{
    if (!m_options.openUsb)
        return {false, "This program has no way to this computer's USB devices"};
    return usbControllerSupport();
}

Support KvmDriver::usbControllerSupport() const
{
    if (!m_hasStarted || m_hasUsb)
        return {true, {}};
    if (m_definition.usb == UsbController::None)
        return {false, "The machine has no USB controller"};
    return {false,
            "The machine was saved by a version without USB; it has a controller from its next "
            "start on"};
}

bool KvmDriver::refuseUsb(Reply &reply)
{
    if (refuse(reply, false))
        return true;
    const Support support = usbSupport();
    if (support.isAvailable)
        return false;
    answerLater(std::move(reply),
                makeError(ErrorKind::Unsupported, support.reason,
                          "Power the machine off and give it a USB controller"));
    return true;
}

void KvmDriver::attachUsb(const UsbAttachment &device, Fd node, Reply reply)
{
    if (refuseUsb(reply))
        return;
    const auto left = [this, id = device.id] {
        QMetaObject::invokeMethod(
            this, [this, id] { usbLeft(id); }, Qt::QueuedConnection);
    };
    auto opened = std::make_shared<Fd>(std::move(node));
    plugUsb(
        device,
        [this, opened, left](Machine &machine) -> Result<unsigned> {
            std::shared_ptr<UsbBackend> backend =
                TRY(m_options.openUsb(std::move(*opened), *machine.io, left));
            return machine.vm->plugUsb(std::move(backend));
        },
        std::move(reply));
}

void KvmDriver::attachUsbStick(const UsbAttachment &stick, const QString &image, Reply reply)
{
    if (refuseUsb(reply))
        return;
    KvmDrive drive;
    drive.path = image;
    drive.isReadOnly = true;
    // Twelve hexadecimal digits at the least (Bulk-Only Transport 1.0, 4.1.1).
    const QString serial = m_definition.uuid.toString(QUuid::Id128).left(12).toUpper();
    plugUsb(
        stick,
        [this, drive, serial = serial.toStdString()](Machine &machine) -> Result<unsigned> {
            std::shared_ptr<BlockDevice> opened =
                TRY(m_options.openImage(drive, {}, *machine.io, *m_placeFinder));
            return machine.vm->plugUsbStick(std::move(opened), serial);
        },
        std::move(reply));
}

void KvmDriver::plugUsb(const UsbAttachment &device, PlugJob job, Reply reply)
{
    if (m_usb.contains(device.id)) {
        answerLater(
            std::move(reply),
            makeError(ErrorKind::Busy, QString("\"%1\" is the guest's already").arg(device.name)));
        return;
    }
    m_usb.insert(device.id, {});
    auto connector = std::make_shared<unsigned>(0);
    post(
        [job = std::move(job), connector](Machine &machine) -> Result<> {
            *connector = TRY(job(machine));
            return {};
        },
        [this, device, connector, reply = std::move(reply)](Result<> result) {
            const auto plug = m_usb.find(device.id);
            if (m_end || plug == m_usb.end()) {
                if (reply)
                    reply(makeError(ErrorKind::Cancelled, "The machine has ended"));
                return;
            }
            if (!result) {
                const QList<Reply> leaving = plug->leaving;
                m_usb.erase(plug);
                if (reply)
                    reply(attachFailure(std::move(result).error(), device.name));
                for (const Reply &each : leaving)
                    if (each)
                        each({});
                return;
            }
            plug->connector = *connector;
            const bool isLeaving = plug->isLeaving;
            if (reply)
                reply({});
            if (isLeaving)
                unplugUsb(device.id);
        });
}

void KvmDriver::detachUsb(const QString &id, Reply reply)
{
    if (refuseUsb(reply))
        return;
    const auto plug = m_usb.find(id);
    if (plug == m_usb.end()) {
        answerLater(std::move(reply), {});
        return;
    }
    plug->leaving.append(std::move(reply));
    if (!std::exchange(plug->isLeaving, true) && plug->connector)
        unplugUsb(id);
}

// The device itself went.
void KvmDriver::usbLeft(const QString &id)
{
    const auto plug = m_usb.find(id);
    if (m_end || plug == m_usb.end() || std::exchange(plug->isLeaving, true))
        return;
    if (plug->connector)
        unplugUsb(id);
}

void KvmDriver::unplugUsb(const QString &id)
{
    const unsigned connector = *m_usb[id].connector;
    post([connector](Machine &machine) { return machine.vm->unplugUsb(connector); },
         [this, id](const Result<> &result) {
             if (m_end || !m_usb.contains(id))
                 return;
             const QList<Reply> replies = m_usb.take(id).leaving;
             if (!result)
                 log(LogLevel::Warning, "kvm", result.error().text());
             if (replies.isEmpty())
                 emit usbDetached(id);
             for (const Reply &reply : replies)
                 if (reply)
                     reply({});
         });
}

// The machine has ended: its devices are the host's again.
void KvmDriver::forgetUsb(const Error &gone)
{
    const QHash<QString, UsbPlug> plugs = std::exchange(m_usb, {});
    for (const UsbPlug &plug : plugs)
        for (const Reply &reply : plug.leaving)
            if (reply)
                reply(gone);
}

} // namespace engine
