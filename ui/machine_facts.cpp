// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/machine_facts.h"

#include "engine/drivers/spice_server.h"
#include "engine/machine/remote_display.h"
#include "ui/os_names.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(ui::MachineFacts)
};

QString controllerName(engine::ControllerKind kind)
{
    switch (kind) {
    case engine::ControllerKind::Ide:
        return Words::tr("IDE");
    case engine::ControllerKind::Sata:
        return Words::tr("SATA");
    case engine::ControllerKind::Virtio:
        return Words::tr("VirtIO");
    case engine::ControllerKind::VirtioScsi:
        return Words::tr("VirtIO SCSI");
    case engine::ControllerKind::Nvme:
        return Words::tr("NVMe");
    case engine::ControllerKind::Usb:
        return Words::tr("USB");
    case engine::ControllerKind::Floppy:
        return Words::tr("Floppy");
    }
    return {};
}

QString nicName(engine::NicModel model)
{
    switch (model) {
    case engine::NicModel::Virtio:
        return Words::tr("Paravirtualized Network (virtio-net)");
    case engine::NicModel::E1000:
        return Words::tr("Intel PRO/1000 (e1000)");
    case engine::NicModel::E1000e:
        return Words::tr("Intel Gigabit (e1000e)");
    case engine::NicModel::Rtl8139:
        return Words::tr("Realtek RTL8139");
    case engine::NicModel::Pcnet:
        return Words::tr("AMD PCnet (Am79C970A)");
    }
    return {};
}

QString placeName(engine::ControllerKind kind, const engine::StorageAttachment &attachment)
{
    if (kind == engine::ControllerKind::Ide) {
        const QString channel =
            attachment.port == 0 ? Words::tr("Primary") : Words::tr("Secondary");
        const QString device =
            attachment.device == 0 ? Words::tr("Device 0") : Words::tr("Device 1");
        return Words::tr("%1 %2").arg(channel, device);
    }
    if (kind == engine::ControllerKind::Floppy)
        return Words::tr("Device %1").arg(attachment.device);
    return Words::tr("Port %1").arg(attachment.port);
}

QString mediumText(const engine::StorageAttachment &attachment)
{
    const QString name = QFileInfo(attachment.path).fileName();
    switch (attachment.kind) {
    case engine::MediumKind::HardDisk:
        return attachment.isReadOnly ? Words::tr("%1 (read-only)").arg(name) : name;
    case engine::MediumKind::Optical:
        return name.isEmpty() ? Words::tr("[Optical drive] Empty")
                              : Words::tr("[Optical drive] %1").arg(name);
    case engine::MediumKind::Floppy:
        return name.isEmpty() ? Words::tr("[Floppy drive] Empty")
                              : Words::tr("[Floppy drive] %1").arg(name);
    }
    return name;
}

QString bootName(engine::BootDevice device)
{
    switch (device) {
    case engine::BootDevice::HardDisk:
        return Words::tr("Hard Disk");
    case engine::BootDevice::Optical:
        return Words::tr("Optical");
    case engine::BootDevice::Floppy:
        return Words::tr("Floppy");
    case engine::BootDevice::Network:
        return Words::tr("Network");
    }
    return {};
}

FactBox generalBox(const engine::MachineEntry &entry)
{
    const engine::MachineDefinition &machine = entry.definition;
    FactBox box{QStringLiteral("general"), Words::tr("General"), QStringLiteral("computer"), {}};
    box.facts.append({Words::tr("Name"), machine.name});
    box.facts.append({Words::tr("Operating system"), osName(machine.osId)});
    box.facts.append({Words::tr("Folder"), entry.folder});
    if (machine.isDisposable)
        box.facts.append(
            {Words::tr("Kept"), Words::tr("No: the machine goes away when it is powered off")});
    if (!machine.description.isEmpty())
        box.facts.append({Words::tr("Description"), machine.description});
    return box;
}

FactBox systemBox(const engine::MachineDefinition &machine, const engine::MachineStatus *status)
{
    FactBox box{QStringLiteral("system"), Words::tr("System"), QStringLiteral("cpu"), {}};
    box.facts.append({Words::tr("Base memory"), memoryText(machine.memoryMiB)});
    box.facts.append({Words::tr("Processors"), QLocale().toString(machine.cpus)});
    QStringList order;
    for (const engine::BootDevice device : machine.bootOrder)
        order.append(bootName(device));
    box.facts.append({Words::tr("Boot order"), order.join(QStringLiteral(", "))});
    box.facts.append({Words::tr("Firmware"),
                      machine.firmware != engine::Firmware::Uefi ? Words::tr("BIOS")
                          : machine.isSecureBootOn ? Words::tr("UEFI with Secure Boot")
                                                   : Words::tr("UEFI")});
    if (machine.tpm != engine::TpmModel::None)
        box.facts.append(
            {Words::tr("TPM"),
             machine.tpm == engine::TpmModel::Tpm20 ? Words::tr("2.0") : Words::tr("1.2")});
    box.facts.append({Words::tr("Chipset"),
                      machine.chipset == engine::Chipset::Q35 ? Words::tr("ICH9 (Q35)")
                                                              : Words::tr("PIIX3 (i440FX)")});
    if (status && !status->acceleration.text.isEmpty())
        box.facts.append({Words::tr("Acceleration"), status->acceleration.text});
    return box;
}

// For clients: the address now, or where it will be.
QString remoteDisplayText(const engine::MachineDefinition &machine,
                          const engine::MachineStatus *status)
{
    const engine::RemoteDisplay &remote = machine.remoteDisplay;
    if (status && status->spice != engine::SpiceAddress())
        return engine::spiceClientAddress(remote, status->spice);
    if (engine::isUnixSocket(remote))
        return Words::tr("At a Unix socket from the next start on");
    const QString address = engine::listenAddress(remote);
    return remote.ports.isEmpty()
        ? Words::tr("At %1 from the next start on").arg(address)
        : Words::tr("At %1, port %2, from the next start on").arg(address, remote.ports);
}

FactBox displayBox(const engine::MachineDefinition &machine, const engine::MachineStatus *status)
{
    FactBox box{
        QStringLiteral("display"), Words::tr("Display"), QStringLiteral("video-display"), {}};
    switch (machine.video) {
    case engine::VideoModel::None:
        box.facts.append({Words::tr("Graphics"), Words::tr("None")});
        break;
    case engine::VideoModel::Vga:
        box.facts.append({Words::tr("Graphics"), Words::tr("VGA")});
        break;
    case engine::VideoModel::Virtio:
        box.facts.append({Words::tr("Graphics"), Words::tr("VirtIO GPU")});
        break;
    case engine::VideoModel::Qxl:
        box.facts.append({Words::tr("Graphics"), Words::tr("QXL")});
        break;
    }
    if (machine.video != engine::VideoModel::None)
        box.facts.append({Words::tr("Video memory"), memoryText(machine.videoMemoryMiB)});
    if (machine.monitors > 1)
        box.facts.append({Words::tr("Monitors"), QString::number(machine.monitors)});
    if (machine.remoteDisplay.isEnabled)
        box.facts.append({Words::tr("Remote display"), remoteDisplayText(machine, status)});
    return box;
}

FactBox storageBox(const QList<engine::StorageController> &controllers)
{
    FactBox box{
        QStringLiteral("storage"), Words::tr("Storage"), QStringLiteral("drive-harddisk"), {}};
    for (const engine::StorageController &controller : controllers) {
        for (const engine::StorageAttachment &attachment : controller.attachments)
            box.facts.append({Words::tr("%1 %2").arg(controllerName(controller.kind),
                                                     placeName(controller.kind, attachment)),
                              mediumText(attachment)});
    }
    if (box.facts.isEmpty())
        box.facts.append({Words::tr("Disks"), Words::tr("None")});
    return box;
}

FactBox audioBox(const engine::MachineDefinition &machine)
{
    FactBox box{QStringLiteral("audio"), Words::tr("Audio"), QStringLiteral("audio-card"), {}};
    switch (machine.audio) {
    case engine::AudioModel::None:
        box.facts.append({Words::tr("Controller"), Words::tr("Disabled")});
        break;
    case engine::AudioModel::Hda:
        box.facts.append({Words::tr("Controller"), Words::tr("Intel HD Audio")});
        break;
    case engine::AudioModel::Ac97:
        box.facts.append({Words::tr("Controller"), Words::tr("ICH AC97")});
        break;
    }
    return box;
}

FactBox networkBox(const QList<engine::NetworkAdapter> &adapters, const QStringList &addresses)
{
    FactBox box{
        QStringLiteral("network"), Words::tr("Network"), QStringLiteral("network-wired"), {}};
    for (qsizetype i = 0; i < adapters.size(); ++i) {
        const engine::NetworkAdapter &adapter = adapters.at(i);
        if (adapter.mode == engine::NetworkMode::None)
            continue;
        const QString mode =
            adapter.mode == engine::NetworkMode::Nat ? Words::tr("NAT") : Words::tr("Not attached");
        const QString text = adapter.isCableConnected
            ? Words::tr("%1, %2").arg(nicName(adapter.model), mode)
            : Words::tr("%1, %2, cable disconnected").arg(nicName(adapter.model), mode);
        box.facts.append({Words::tr("Adapter %1").arg(i + 1), text});
        for (const engine::PortForward &forward : adapter.forwards) {
            const QString protocol = forward.protocol == engine::ForwardProtocol::Tcp
                ? Words::tr("TCP")
                : Words::tr("UDP");
            const QString host =
                forward.hostAddress.isEmpty() ? QStringLiteral("127.0.0.1") : forward.hostAddress;
            box.facts.append({forward.name.isEmpty() ? Words::tr("Port forward") : forward.name,
                              Words::tr("%1 %2:%3 to port %4")
                                  .arg(protocol, host)
                                  .arg(forward.hostPort)
                                  .arg(forward.guestPort)});
        }
    }
    if (!addresses.isEmpty())
        box.facts.append({Words::tr("Guest's addresses"), addresses.join(QStringLiteral(", "))});
    if (box.facts.isEmpty())
        box.facts.append({Words::tr("Adapters"), Words::tr("None")});
    return box;
}

} // namespace

QString memoryText(int mebibytes)
{
    return Words::tr("%1 MB").arg(mebibytes);
}

QList<FactBox> machineFacts(const engine::MachineEntry &entry, const engine::MachineStatus *status)
{
    if (!entry.isAccessible())
        return {};
    const engine::MachineDefinition &machine = entry.definition;
    return {generalBox(entry),
            systemBox(machine, status),
            displayBox(machine, status),
            storageBox(status ? status->controllers : machine.controllers),
            audioBox(machine),
            networkBox(status ? status->adapters : machine.adapters,
                       status ? status->guestAddresses : QStringList())};
}

} // namespace ui
