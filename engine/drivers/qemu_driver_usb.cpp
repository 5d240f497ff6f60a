// SPDX-License-Identifier: GPL-3.0-or-later
// USB devices that come and go while the machine runs. QEMU opens none by itself: it gets the
// descriptor in a set of its own (add-fd) and its usb-host device takes that as
// "/dev/fdset/N" (property hostdevice, hw/usb/host-libusb.c), which ends in
// libusb_wrap_sys_device(). usb-host has no migration worth the name: whoever saves a machine
// detaches first.
#include "engine/base/log.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QTimer>

namespace engine {

namespace {

// The first controller's bus: qemu_command_line.cpp, addUsb().
constexpr const char *UsbBus = "usb.0";
// A block node is free some moments after the device that used it is gone.
constexpr int NodeAttempts = 20;
constexpr std::chrono::milliseconds NodePause{50};

QString controllerText(UsbController controller)
{
    switch (controller) {
    case UsbController::None:
        return "none";
    case UsbController::Uhci:
        return "USB 1.1 (UHCI)";
    case UsbController::Ehci:
        return "USB 2.0 (EHCI)";
    case UsbController::Xhci:
        return "USB 3.0 (xHCI)";
    }
    return {};
}

Error attachFailure(const Error &error, const QString &name, UsbController controller)
{
    // QEMU knows the device by its descriptor only.
    static const QRegularExpression descriptor("/dev/fdset/[0-9]+");
    const QString why = toQString(error.text()).replace(descriptor, "the device");
    Error said = makeError(error.kind(), why)
                     .context(QString("The guest could not be given \"%1\"").arg(name).toStdString());
    if (controller == UsbController::Xhci)
        return std::move(said).withRemedy(
            "Make sure that no other program uses the device; unplug it and plug it in again");
    return std::move(said).withRemedy(
        QString("The machine's controller is %1, which does not take every device: power the "
                "machine off and choose USB 3.0 (xHCI)")
            .arg(controllerText(controller))
            .toStdString());
}

} // namespace

bool QemuDriver::refuseUsb(Reply &reply)
{
    if (refuse(reply, false))
        return true;
    const Support support = supports(Feature::UsbPassthrough);
    if (support.isAvailable)
        return false;
    answerLater(std::move(reply),
                makeError(ErrorKind::Unsupported, support.reason,
                          "Power the machine off and give it a USB controller"));
    return true;
}

void QemuDriver::attachUsb(const UsbAttachment &device, Fd node, Reply reply)
{
    if (refuseUsb(reply))
        return;
    const int set = ++m_descriptorSets;
    const auto failed = [this, reply, name = device.name](const Error &error) {
        if (reply)
            reply(attachFailure(error, name, m_definition.usb));
    };
    const auto plug = [this, set, device, reply, failed](const Result<QJsonValue> &added) {
        if (!added || !m_qmp) {
            failed(added ? makeError(ErrorKind::Cancelled, "The machine has ended")
                         : Error(added.error()));
            return;
        }
        const QJsonObject arguments{{"driver", "usb-host"},
                                    {"id", device.id},
                                    {"bus", UsbBus},
                                    {"hostdevice", QString("/dev/fdset/%1").arg(set)}};
        execute("device_add", arguments, [this, set, device, reply, failed](Result<> result) {
            // What the device uses is a copy.
            if (m_qmp)
                m_qmp->execute("remove-fd", {{"fdset-id", set}});
            if (!result) {
                failed(result.error());
                return;
            }
            m_usb.insert(device.id, {});
            if (reply)
                reply({});
        });
    };
    m_qmp->executeWith(node.get(), "add-fd", {{"fdset-id", set}}, plug);
}

void QemuDriver::attachUsbStick(const UsbAttachment &stick, const QString &image, Reply reply)
{
    if (refuseUsb(reply))
        return;
    const QString node = QString("stick-%1").arg(++m_sticks);
    const QJsonObject options{
        {"driver", "raw"},
        {"node-name", node},
        {"read-only", true},
        {"file", QJsonObject{{"driver", "file"}, {"filename", image}, {"read-only", true}}}};
    execute("blockdev-add", options, [this, node, stick, reply](Result<> opened) {
        if (!opened || !m_qmp) {
            if (reply)
                reply(opened ? makeError(ErrorKind::Cancelled, "The machine has ended")
                             : attachFailure(opened.error(), stick.name, m_definition.usb));
            return;
        }
        const QJsonObject arguments{{"driver", "usb-storage"},
                                    {"id", stick.id},
                                    {"bus", UsbBus},
                                    {"drive", node},
                                    {"removable", true}};
        execute("device_add", arguments, [this, node, stick, reply](Result<> result) {
            if (!result) {
                removeStickNode(node, NodeAttempts);
                if (reply)
                    reply(attachFailure(result.error(), stick.name, m_definition.usb));
                return;
            }
            m_usb.insert(stick.id, {.node = node});
            if (reply)
                reply({});
        });
    });
}

void QemuDriver::detachUsb(const QString &id, Reply reply)
{
    if (refuseUsb(reply))
        return;
    const auto plug = m_usb.find(id);
    if (plug == m_usb.end()) {
        answerLater(std::move(reply), {});
        return;
    }
    plug->leaving.append(std::move(reply));
    if (std::exchange(plug->isLeaving, true))
        return;
    // DEVICE_DELETED comes when it is gone, which with USB the guest has no say in.
    m_qmp->execute("device_del", {{"id", id}}, [this, id](const Result<QJsonValue> &result) {
        if (result)
            return;
        const auto kept = m_usb.find(id);
        if (kept == m_usb.end())
            return;
        kept->isLeaving = false;
        const QList<Reply> replies = std::exchange(kept->leaving, {});
        for (const Reply &waiting : replies)
            if (waiting)
                waiting(result.error());
    });
}

void QemuDriver::usbDeleted(const QString &id)
{
    const auto found = m_usb.constFind(id);
    if (found == m_usb.constEnd())
        return;
    const UsbPlug plug = *found;
    m_usb.erase(found);
    if (!plug.node.isEmpty())
        removeStickNode(plug.node, NodeAttempts);
    if (!plug.isLeaving)
        emit usbDetached(id);
    for (const Reply &reply : plug.leaving)
        if (reply)
            reply({});
}

void QemuDriver::removeStickNode(const QString &node, int attempts)
{
    if (!m_qmp || !m_qmp->isReady())
        return;
    m_qmp->execute("blockdev-del", {{"node-name", node}},
                   [this, node, attempts](const Result<QJsonValue> &result) {
                       if (result || !m_qmp)
                           return;
                       if (attempts > 1)
                           QTimer::singleShot(NodePause, this, [this, node, attempts] {
                               removeStickNode(node, attempts - 1);
                           });
                       else
                           log(LogLevel::Warning, "qemu", result.error().text());
                   });
}

} // namespace engine
