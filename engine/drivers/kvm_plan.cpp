// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/kvm_plan.h"

#include "engine/drivers/adapter_plan.h"
#include "engine/drivers/missing_features.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_firmware.h"
#include "engine/drivers/qemu_storage.h"
#include "engine/machine/controller_limits.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFileInfo>

#include <algorithm>

namespace engine {

namespace {

constexpr int MaxCpus = 16;
constexpr int MaxSataPorts = 6;
constexpr int MaxCardDisks = 16; // of VirtIO and NVMe, each with a slot of its own
constexpr int MaxUsbDevices = 8; // connectors of the controller
constexpr int MaxScsiCards = 4;
constexpr int MaxVideoMemoryMiB = 256;
constexpr std::uint64_t MiB = 1024 * 1024;

bool isWindows(const MachineDefinition &definition)
{
    return definition.osId.startsWith(QLatin1String("win"));
}

bool isPresent(const NetworkAdapter &adapter)
{
    return adapter.mode != NetworkMode::None;
}

const char *nicTitle(NicModel model)
{
    switch (model) {
    case NicModel::Virtio:
        return "virtio";
    case NicModel::E1000:
        return "Intel PRO/1000 (e1000)";
    case NicModel::E1000e:
        return "Intel 82574L (e1000e)";
    case NicModel::Rtl8139:
        return "Realtek RTL8139";
    case NicModel::Pcnet:
        return "AMD PCnet";
    }
    return "other";
}

VmDriveKind driveKind(const StorageController &controller, bool isDisk)
{
    switch (controller.kind) {
    case ControllerKind::Virtio:
        return VmDriveKind::VirtioDisk;
    case ControllerKind::Nvme:
        return VmDriveKind::NvmeDisk;
    case ControllerKind::Usb:
        return VmDriveKind::UsbDisk;
    case ControllerKind::VirtioScsi:
        return isDisk ? VmDriveKind::ScsiDisk : VmDriveKind::ScsiOptical;
    case ControllerKind::Sata:
    case ControllerKind::Ide:
    case ControllerKind::Floppy:
        break;
    }
    return isDisk ? VmDriveKind::AhciDisk : VmDriveKind::AhciOptical;
}

void objectToUsbDisks(const MachineDefinition &definition, QStringList &reasons)
{
    qsizetype disks = 0;
    for (const StorageController &controller : definition.controllers) {
        if (controller.kind != ControllerKind::Usb || controller.attachments.isEmpty())
            continue;
        disks += controller.attachments.size();
        if (definition.usb == UsbController::None)
            reasons << QString("Its USB disks (\"%1\") need the machine's USB to be switched on")
                           .arg(controller.name);
        const bool hasOptical =
            std::any_of(controller.attachments.cbegin(), controller.attachments.cend(),
                        [](const StorageAttachment &attachment) {
                            return attachment.kind == MediumKind::Optical;
                        });
        if (hasOptical)
            reasons << QString("It has no optical drives on USB (\"%1\"); use SATA for them")
                           .arg(controller.name);
    }
    const int others = (hasUsbPointer(definition) ? 1 : 0) + (hasUsbKeyboard(definition) ? 1 : 0);
    if (disks + others > MaxUsbDevices)
        reasons << QString("It takes %1 USB disks beside the machine's pointing device and "
                           "keyboard, and the machine has %2")
                       .arg(MaxUsbDevices - others)
                       .arg(disks);
}

void objectToStorage(const MachineDefinition &definition, QStringList &reasons)
{
    int sataControllers = 0;
    int scsiControllers = 0;
    qsizetype cardDisks = 0;
    for (const StorageController &controller : definition.controllers) {
        // One that nothing hangs on is not missed.
        if (controller.attachments.isEmpty())
            continue;
        switch (controller.kind) {
        case ControllerKind::Sata:
            ++sataControllers;
            for (const StorageAttachment &attachment : controller.attachments)
                if (attachment.port >= MaxSataPorts)
                    reasons << QString("Its SATA controllers have %1 ports, and \"%2\" uses port "
                                       "%3")
                                   .arg(MaxSataPorts)
                                   .arg(controller.name)
                                   .arg(attachment.port);
            break;
        case ControllerKind::Virtio:
        case ControllerKind::Nvme:
            cardDisks += controller.attachments.size();
            break;
        case ControllerKind::VirtioScsi:
            ++scsiControllers;
            break;
        case ControllerKind::Usb:
            break; // objectToUsbDisks()
        case ControllerKind::Ide:
        case ControllerKind::Floppy:
            reasons << QString("It has no %1 controllers (\"%2\"); use SATA, VirtIO, NVMe or USB")
                           .arg(controllerLimits(controller.kind).title, controller.name);
            break;
        }
    }
    if (sataControllers > 1)
        reasons
            << QString("It has one SATA controller, and the machine uses %1").arg(sataControllers);
    if (scsiControllers > MaxScsiCards)
        reasons << QString("It has %1 VirtIO SCSI controllers, and the machine uses %2")
                       .arg(MaxScsiCards)
                       .arg(scsiControllers);
    if (cardDisks > MaxCardDisks)
        reasons << QString("It takes %1 VirtIO and NVMe disks, and the machine has %2")
                       .arg(MaxCardDisks)
                       .arg(cardDisks);
}

std::array<std::uint8_t, 6> macBytes(const QString &text)
{
    std::array<std::uint8_t, 6> bytes{};
    const QByteArray parsed = QByteArray::fromHex(text.toLatin1().replace(':', ""));
    if (parsed.size() == qsizetype(bytes.size()))
        std::copy(parsed.cbegin(), parsed.cend(), bytes.begin());
    return bytes;
}

std::optional<unsigned> bootIndexOf(const MachineDefinition &definition, BootDevice device,
                                    int position)
{
    const int index = bootIndex(definition, device, position);
    return index < 0 ? std::nullopt : std::optional<unsigned>(unsigned(index));
}

class Planner final
{
public:
    Planner(const MachineDefinition &definition, const KvmHost &host)
        : m_definition(definition)
        , m_host(host)
    { }

    Result<KvmPlan> make()
    {
        addBoard();
        for (const StorageController &controller : m_definition.controllers) {
            if (controller.kind == ControllerKind::VirtioScsi && !controller.attachments.isEmpty())
                ++m_scsiCards;
            for (const StorageAttachment &attachment : controller.attachments) {
                Result<> added = addDrive(controller, attachment);
                if (!added)
                    return std::move(added).error().context(
                        QString("Controller \"%1\", port %2, device %3")
                            .arg(controller.name)
                            .arg(attachment.port)
                            .arg(attachment.device)
                            .toStdString());
            }
        }
        addAdapters();
        addSerialPorts();
        return std::move(m_plan);
    }

private:
    void addBoard()
    {
        VmConfig &config = m_plan.config;
        config.name = m_definition.name.toStdString();
        const QByteArray uuid = m_definition.uuid.toRfc4122();
        std::copy(uuid.cbegin(), uuid.cend(), config.uuid.begin());
        config.board = m_definition.chipset == Chipset::Q35 ? VmBoard::Q35 : VmBoard::I440fx;
        config.vcpus = unsigned(m_definition.cpus);
        config.memoryBytes = std::uint64_t(m_definition.memoryMiB) * MiB;
        config.videoMemoryBytes =
            qNextPowerOfTwo(quint32(qMax(1, m_definition.videoMemoryMiB) - 1)) * MiB;
        config.graphics = kvmGraphics(m_definition);
        config.monitors = unsigned(m_definition.monitors);
        config.isNestedVirtualizationOn = m_definition.isNestedVirtualizationOn;
        config.isHyperV = isWindows(m_definition);
        config.hasRng = !isWindows(m_definition);
        config.clockOffsetSeconds =
            m_definition.clock == ClockBase::LocalTime ? m_host.utcOffsetSeconds : 0;
        config.hasUsb = m_definition.usb != UsbController::None;
        config.pointer = kvmPointer(m_definition);
        config.hasUsbKeyboard = hasUsbKeyboard(m_definition);
        config.hasBalloon = hasBalloonDriver(m_definition);
        config.hasSoundCard = m_definition.audio == AudioModel::Hda;
    }

    Result<> addDrive(const StorageController &controller, const StorageAttachment &attachment)
    {
        const bool isDisk = attachment.kind == MediumKind::HardDisk;
        if (!isDisk && !controllerLimits(controller.kind).takesOptical)
            return makeError(ErrorKind::Unsupported,
                             QString("An optical drive cannot be on a controller of the kind %1: "
                                     "use SATA or VirtIO SCSI")
                                 .arg(controllerLimits(controller.kind).title));
        if (attachment.kind == MediumKind::Floppy)
            return makeError(ErrorKind::Unsupported,
                             "A floppy drive belongs to a floppy controller, and nothing else "
                             "does");
        KvmDrive drive;
        drive.slot = {controller.name, attachment.port, attachment.device};
        drive.kind = attachment.kind;
        drive.path = resolvedPath(attachment, m_host.machineFolder);
        drive.isReadOnly = attachment.isReadOnly || !isDisk;
        drive.isDiscardOn = isDisk && attachment.isDiscardOn && !drive.isReadOnly;
        if (isDisk && drive.path.isEmpty())
            return makeError(ErrorKind::Invalid, "The hard disk has no image file");
        const QString id = deviceId(m_definition, drive.slot);
        const ImageCache cache =
            imageCache(controller, attachment, drive.path, m_host.canBypassCache);
        drive.isPastCache = cache == ImageCache::Bypassed;
        if (isDisk) {
            const QString format = attachment.format.isEmpty() ? TRY(m_host.imageFormat(drive.path))
                                                               : attachment.format;
            if (format != QLatin1String("raw")) {
                drive.exportName = id;
                drive.isMappable = format == QLatin1String("qcow2");
                m_plan.daemonDisks.append(
                    {id,
                     blockNode(attachment, drive.path, nodeName(id, 0), format,
                               m_host.isBlockDevice(drive.path), cache),
                     !attachment.isReadOnly});
            }
        }
        VmDrive config;
        config.kind = driveKind(controller, isDisk);
        config.scsiCard = m_scsiCards;
        config.port = unsigned(attachment.port);
        config.label = QFileInfo(drive.path).fileName().toStdString();
        config.serial = isDisk ? diskSerialNumber(m_definition, id).toStdString() : std::string();
        config.isSolidState = isDisk && attachment.isSolidState;
        if (controller.isBootable)
            config.bootIndex = bootIndexOf(
                m_definition, isDisk ? BootDevice::HardDisk : BootDevice::Optical, m_position++);
        m_plan.config.drives.push_back(std::move(config));
        m_plan.drives.append(drive);
        return {};
    }

    void addAdapters()
    {
        for (int index = 0; index < int(m_definition.adapters.size()); ++index) {
            const NetworkAdapter &adapter = m_definition.adapters[index];
            if (!isPresent(adapter))
                continue;
            VmNetworkCard card;
            card.adapter = unsigned(index);
            card.macAddress = macBytes(adapter.macAddress);
            card.isLinkUp = hasLink(adapter);
            card.model =
                adapter.model == NicModel::E1000 ? VmNetworkModel::E1000 : VmNetworkModel::Virtio;
            card.bootIndex = bootIndexOf(m_definition, BootDevice::Network, index);
            m_plan.config.networkCards.push_back(card);
        }
    }

    void addSerialPorts()
    {
        for (int index = 0; index < int(m_definition.serialPorts.size()); ++index) {
            const SerialPort &port = m_definition.serialPorts[index];
            if (port.isEnabled)
                m_plan.serialPorts.append(
                    {index, port.mode,
                     port.path.isEmpty() ? QString() : serialPath(port, m_host.machineFolder)});
        }
    }

    const MachineDefinition &m_definition;
    const KvmHost &m_host;
    KvmPlan m_plan;
    int m_position = 0;
    unsigned m_scsiCards = 0;
};

} // namespace

Result<KvmPlan> kvmPlan(const MachineDefinition &definition, const KvmHost &host)
{
    const QStringList objections = kvmObjections(definition);
    if (!objections.isEmpty())
        return makeError(
            ErrorKind::Unsupported,
            QString("The built-in engine cannot run this machine: %1").arg(objections.first()),
            "Set the machine's engine to auto or qemu");
    return Planner(definition, host).make();
}

QStringList kvmObjections(const MachineDefinition &definition)
{
    QStringList reasons;
    if (definition.cpus > MaxCpus)
        reasons << QString("It runs %1 processors at most").arg(MaxCpus);
    if (definition.videoMemoryMiB > MaxVideoMemoryMiB)
        reasons << QString("Its graphics card has %1 MiB of video memory at most")
                       .arg(MaxVideoMemoryMiB);
    if (definition.video == VideoModel::None)
        reasons << "It has no machines without a graphics card";
    if (definition.monitors > 1 && isWindows(definition))
        reasons << "Windows has no driver for its VirtIO GPU, and its standard graphics card has "
                   "one monitor";
    else if (definition.monitors > 1 && definition.video != VideoModel::Virtio)
        reasons << "Of its graphics cards only the VirtIO GPU (vmsvga) has several monitors";
    if (definition.isSecureBootOn && definition.firmware == Firmware::Uefi) {
        const Result<UefiFirmware> firmware = findUefiFirmware(
            {.chipset = definition.chipset, .isSecureBootOn = true, .hasSmm = false});
        if (!firmware)
            reasons << errorText(firmware.error());
    }
    if (definition.tpm == TpmModel::Tpm12)
        reasons << "It has no TPM 1.2 (TPM 2.0 it has)";
    objectToStorage(definition, reasons);
    objectToUsbDisks(definition, reasons);
    for (int index = 0; index < int(definition.adapters.size()); ++index) {
        const NetworkAdapter &adapter = definition.adapters[index];
        const bool isKnown = adapter.model == NicModel::Virtio || adapter.model == NicModel::E1000;
        if (isPresent(adapter) && !isKnown)
            reasons << QString("It has virtio and Intel PRO/1000 (82540EM) network cards only, and "
                               "adapter %1 is of the type %2")
                           .arg(index + 1)
                           .arg(nicTitle(adapter.model));
    }
    return reasons;
}

QStringList kvmLosses(const MachineDefinition &definition)
{
    QStringList losses;
    if (definition.audio == AudioModel::Ac97)
        losses << "It has no AC'97 sound card (Intel HD Audio it has)";
    if (definition.video == VideoModel::Virtio && isWindows(definition))
        losses << "Windows gets the standard graphics card, as it has no driver for a VirtIO GPU";
    else if (definition.video == VideoModel::Qxl)
        losses << "It has no QXL graphics, but the standard graphics card and a VirtIO GPU";
    if (definition.usb == UsbController::Uhci || definition.usb == UsbController::Ehci)
        losses << "Its USB controller is an xHCI (USB 3.0), and the machine asks for an older one, "
                  "which more guests know";
    const bool bootsFromNetwork = definition.bootOrder.contains(BootDevice::Network)
        && std::any_of(definition.adapters.cbegin(), definition.adapters.cend(), isPresent);
    if (bootsFromNetwork && definition.firmware == Firmware::Bios)
        losses << "It starts machines from the network by UEFI only";
    return losses;
}

VmGraphics kvmGraphics(const MachineDefinition &definition)
{
    return definition.video == VideoModel::Virtio && !isWindows(definition) ? VmGraphics::VirtioGpu
                                                                            : VmGraphics::Vga;
}

VmPointer kvmPointer(const MachineDefinition &definition)
{
    return hasUsbPointer(definition) ? VmPointer::UsbTablet : VmPointer::Ps2Mouse;
}

} // namespace engine
