// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_storage.h"

#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QJsonDocument>

namespace engine {

namespace {

constexpr int LastFreeSlot = 0x1e;
constexpr int PortsPerAhci = 6;
constexpr int MaxAhciPorts = 30;
// How long a request waits for another storage daemon before the guest is stopped.
constexpr int ReconnectSeconds = 10;

Error unsupported(const QString &message)
{
    return makeError(ErrorKind::Unsupported, message);
}

BootDevice bootDeviceOf(MediumKind kind)
{
    switch (kind) {
    case MediumKind::HardDisk:
        return BootDevice::HardDisk;
    case MediumKind::Optical:
        return BootDevice::Optical;
    case MediumKind::Floppy:
        return BootDevice::Floppy;
    }
    return BootDevice::HardDisk;
}

Result<QString> formatOf(const StorageAttachment &attachment, const QString &path,
                         const StorageLaunch &launch)
{
    if (attachment.kind != MediumKind::HardDisk)
        return QString("raw");
    return attachment.format.isEmpty() ? launch.imageFormat(path) : attachment.format;
}

class StorageWriter final
{
public:
    StorageWriter(const MachineDefinition &definition, const StorageLaunch &launch,
                  PciSlots &freeSlots)
        : m_definition(definition)
        , m_launch(launch)
        , m_freeSlots(freeSlots)
        , m_bus(rootBus(definition))
    { }

    Result<QStringList> write()
    {
        for (int index = 0; index < int(m_definition.controllers.size()); ++index) {
            const StorageController &controller = m_definition.controllers[index];
            TRY(addController(controller, index));
            for (const StorageAttachment &attachment : controller.attachments) {
                Result<> added = addAttachment(controller, index, attachment);
                if (!added)
                    return std::move(added).error().context(
                        QString("Controller \"%1\", port %2, device %3")
                            .arg(controller.name)
                            .arg(attachment.port)
                            .arg(attachment.device)
                            .toStdString());
            }
        }
        return m_arguments;
    }

private:
    void device(const QStringList &properties) { m_arguments << "-device" << properties.join(','); }

    Result<> once(ControllerKind kind, const QString &what)
    {
        if (m_seen.contains(int(kind)))
            return unsupported(QString("A machine can have one %1 controller").arg(what));
        m_seen.append(int(kind));
        return {};
    }

    Result<> addController(const StorageController &controller, int index)
    {
        const bool isQ35 = m_definition.chipset == Chipset::Q35;
        switch (controller.kind) {
        case ControllerKind::Ide:
            TRY(once(controller.kind, "IDE"));
            if (isQ35) {
                const QString slot = TRY(m_freeSlots.take());
                device({"piix3-ide", "id=pata", "bus=" + m_bus, "addr=" + slot});
            }
            m_busNames.insert(index, isQ35 ? "pata" : "ide");
            return {};
        case ControllerKind::Sata:
            return addAhci(controller, index);
        case ControllerKind::Nvme: {
            const QString id = QString("nvme%1").arg(index);
            QString slot = "0xe";
            if (m_seen.contains(int(controller.kind)))
                slot = TRY(m_freeSlots.take());
            m_seen.append(int(controller.kind));
            device({"nvme", "id=" + id, "bus=" + m_bus, "addr=" + slot,
                    "serial=" + diskSerialNumber(m_definition, id)});
            m_busNames.insert(index, id);
            return {};
        }
        case ControllerKind::VirtioScsi: {
            const QString id = QString("scsi%1").arg(index);
            const QString slot = TRY(m_freeSlots.take());
            device({"virtio-scsi-pci", "id=" + id, "bus=" + m_bus, "addr=" + slot});
            m_busNames.insert(index, id);
            return {};
        }
        case ControllerKind::Floppy:
            TRY(once(controller.kind, "floppy"));
            if (isQ35)
                device({"isa-fdc"});
            return {};
        case ControllerKind::Usb:
            if (m_definition.usb == UsbController::None)
                return unsupported(QString("The USB disk controller \"%1\" needs the machine's "
                                           "USB to be switched on")
                                       .arg(controller.name));
            return {};
        case ControllerKind::Virtio:
            return {};
        }
        return {};
    }

    // One AHCI has six ports; VirtualBox's has thirty, so more are made as needed.
    Result<> addAhci(const StorageController &controller, int index)
    {
        int ports = qMax(1, controller.portCount);
        for (const StorageAttachment &attachment : controller.attachments)
            ports = qMax(ports, attachment.port + 1);
        if (ports > MaxAhciPorts)
            return unsupported(QString("The SATA controller \"%1\" has more than %2 ports")
                                   .arg(controller.name)
                                   .arg(MaxAhciPorts));
        const bool isFirst = !m_seen.contains(int(ControllerKind::Sata));
        m_seen.append(int(ControllerKind::Sata));
        m_busNames.insert(index, QString("sata%1").arg(index));
        for (int first = 0; first < ports; first += PortsPerAhci) {
            const bool isPrimary = isFirst && first == 0;
            if (isPrimary && m_definition.chipset == Chipset::Q35) {
                m_builtInAhci = index; // the board's own, at 1f.2
                continue;
            }
            QString slot = "0xd";
            if (!isPrimary)
                slot = TRY(m_freeSlots.take());
            device({"ich9-ahci", "id=" + ahciName(index, first), "bus=" + m_bus, "addr=" + slot});
        }
        return {};
    }

    QString ahciName(int index, int port) const
    {
        if (index == m_builtInAhci && port < PortsPerAhci)
            return "ide";
        const int unit = port / PortsPerAhci;
        return unit == 0 ? m_busNames[index] : m_busNames[index] + "-" + QString::number(unit);
    }

    Result<> addAttachment(const StorageController &controller, int index,
                           const StorageAttachment &attachment)
    {
        const QString id =
            deviceId(m_definition, {controller.name, attachment.port, attachment.device});
        const QString path = resolvedPath(attachment, m_launch.machineFolder);
        if (path.isEmpty() && attachment.kind == MediumKind::HardDisk)
            return makeError(ErrorKind::Invalid, "The hard disk has no image file");
        QString node;
        bool isDaemons = false;
        if (!path.isEmpty()) {
            const QString format = TRY(formatOf(attachment, path, m_launch));
            node = nodeName(id, 0);
            isDaemons = isDaemonFormat(format);
            const QJsonObject options = isDaemons
                ? daemonNode(attachment, node, id, m_launch.daemonSocket)
                : blockNode(attachment, path, node, format, m_launch.isBlockDevice(path),
                            imageCache(controller, attachment, path, m_launch.canBypassCache));
            m_arguments << "-blockdev"
                        << QString::fromUtf8(QJsonDocument(options).toJson(QJsonDocument::Compact));
        }
        const int boot = controller.isBootable
            ? bootIndex(m_definition, bootDeviceOf(attachment.kind), m_position++)
            : -1;
        return addDevice(controller, index, attachment, id, node, boot, isDaemons);
    }

    Result<> addDevice(const StorageController &controller, int index,
                       const StorageAttachment &attachment, const QString &id, const QString &node,
                       int boot, bool isDaemons)
    {
        const bool isDisk = attachment.kind == MediumKind::HardDisk;
        const bool isFloppyDrive = attachment.kind == MediumKind::Floppy;
        if (isFloppyDrive != (controller.kind == ControllerKind::Floppy))
            return unsupported("A floppy drive belongs to a floppy controller, and nothing "
                               "else does");
        QStringList common = {"id=" + id};
        if (!node.isEmpty())
            common << "drive=" + node;
        QStringList disk;
        if (isDisk)
            disk << "serial=" + diskSerialNumber(m_definition, id);
        // ATA8-ACS, word 217 of IDENTIFY DEVICE: 1 is a disk that does not rotate. Virtio and NVMe
        // disks have no such word.
        const bool hasRotation = controller.kind == ControllerKind::Ide
            || controller.kind == ControllerKind::Sata || controller.kind == ControllerKind::Usb
            || controller.kind == ControllerKind::VirtioScsi;
        if (isDisk && attachment.isSolidState && hasRotation)
            disk << "rotation_rate=1";
        QStringList errors;
        if (isDisk)
            errors << "werror=stop" << (isDaemons ? "rerror=stop" : "rerror=report");
        QStringList order;
        if (boot >= 0)
            order << QString("bootindex=%1").arg(boot);

        switch (controller.kind) {
        case ControllerKind::Ide:
            if (attachment.port > 1 || attachment.device > 1)
                return unsupported("An IDE controller has ports 0 and 1 with devices 0 and 1");
            device(QStringList{isDisk ? "ide-hd" : "ide-cd",
                               QString("bus=%1.%2").arg(m_busNames[index]).arg(attachment.port),
                               QString("unit=%1").arg(attachment.device)}
                   + common + disk + errors + order);
            return {};
        case ControllerKind::Sata:
            device(QStringList{isDisk ? "ide-hd" : "ide-cd",
                               QString("bus=%1.%2")
                                   .arg(ahciName(index, attachment.port))
                                   .arg(attachment.port % PortsPerAhci)}
                   + common + disk + errors + order);
            return {};
        case ControllerKind::Virtio: {
            if (!isDisk)
                return unsupported("An optical drive cannot be on a virtio controller: use "
                                   "SATA, IDE, VirtIO SCSI or USB");
            QString slot = "0xf";
            if (m_seen.contains(int(ControllerKind::Virtio)))
                slot = TRY(m_freeSlots.take());
            m_seen.append(int(ControllerKind::Virtio));
            device(QStringList{"virtio-blk-pci", "bus=" + m_bus, "addr=" + slot} + common + disk
                   + errors + order);
            return {};
        }
        case ControllerKind::Nvme:
            if (!isDisk)
                return unsupported("An optical drive cannot be on an NVMe controller: use "
                                   "SATA, IDE, VirtIO SCSI or USB");
            device(QStringList{"nvme-ns", "bus=" + m_busNames[index],
                               QString("nsid=%1").arg(attachment.port + 1)}
                   + common + order);
            return {};
        case ControllerKind::VirtioScsi:
            device(QStringList{isDisk ? "scsi-hd" : "scsi-cd", "bus=" + m_busNames[index] + ".0",
                               QString("scsi-id=%1").arg(attachment.port)}
                   + common + disk + errors + order);
            return {};
        case ControllerKind::Usb: {
            // usb-storage would make a CD a disk; its two halves do as they are told.
            device({"usb-bot", "id=usb-" + id, "bus=usb.0"});
            device(QStringList{isDisk ? "scsi-hd" : "scsi-cd", "bus=usb-" + id + ".0"} + common
                   + disk + errors + order);
            return {};
        }
        case ControllerKind::Floppy:
            if (attachment.port != 0 || attachment.device > 1)
                return unsupported("A floppy controller has port 0 with devices 0 and 1");
            if (boot >= 0)
                m_arguments << "-global"
                            << QString("isa-fdc.bootindex%1=%2")
                                   .arg(attachment.device == 0 ? "A" : "B")
                                   .arg(boot);
            device(QStringList{"floppy", QString("unit=%1").arg(attachment.device)} + common);
            return {};
        }
        return {};
    }

    const MachineDefinition &m_definition;
    const StorageLaunch &m_launch;
    PciSlots &m_freeSlots;
    QString m_bus;
    QStringList m_arguments;
    QList<int> m_seen; // controller kinds met; for virtio: disks met
    QMap<int, QString> m_busNames;
    int m_builtInAhci = -1;
    int m_position = 0;
};

} // namespace

QString deviceId(const MachineDefinition &definition, const StorageSlot &slot)
{
    for (int index = 0; index < int(definition.controllers.size()); ++index)
        if (definition.controllers[index].name == slot.controller)
            return QString("drive-%1-%2-%3").arg(index).arg(slot.port).arg(slot.device);
    return {};
}

std::optional<StorageSlot> slotOfDevice(const MachineDefinition &definition,
                                        const QString &deviceIdOrPath)
{
    const QStringList parts = deviceIdOrPath.split('/');
    for (const StorageController &controller : definition.controllers) {
        for (const StorageAttachment &attachment : controller.attachments) {
            const StorageSlot slot{controller.name, attachment.port, attachment.device};
            if (parts.contains(deviceId(definition, slot)))
                return slot;
        }
    }
    return {};
}

QString diskSerialNumber(const MachineDefinition &definition, const QString &deviceId)
{
    const QByteArray seed = definition.uuid.toRfc4122() + deviceId.toUtf8();
    const QByteArray hash = QCryptographicHash::hash(seed, QCryptographicHash::Sha1);
    return "VT" + QString::fromLatin1(hash.toHex().left(12));
}

QString nodeName(const QString &deviceId, int generation)
{
    return QString("%1-m%2").arg(deviceId).arg(generation);
}

QString deviceOfNode(const QString &node)
{
    return node.section('-', 0, -2);
}

ImageCache imageCache(const StorageController &controller, const StorageAttachment &attachment,
                      const QString &absolutePath, const CacheProbe &canBypass)
{
    const bool isOn = attachment.hostCache == DiskCache::AsController
        ? controller.isHostCacheOn
        : attachment.hostCache == DiskCache::On;
    if (isOn || attachment.kind != MediumKind::HardDisk)
        return ImageCache::Host;
    return canBypass && canBypass(absolutePath) ? ImageCache::Bypassed : ImageCache::Host;
}

QJsonObject blockNode(const StorageAttachment &attachment, const QString &absolutePath,
                      const QString &node, const QString &format, bool isBlockDevice,
                      ImageCache imageCache)
{
    const bool isReadOnly = attachment.isReadOnly || attachment.kind == MediumKind::Optical;
    const bool isDiscarding =
        attachment.kind == MediumKind::HardDisk && attachment.isDiscardOn && !isReadOnly;
    const QString discard = isDiscarding ? "unmap" : "ignore";
    // A flush of the guest's is a flush of the host's.
    const QJsonObject cache{{"direct", imageCache == ImageCache::Bypassed}, {"no-flush", false}};
    QJsonObject file{{"driver", isBlockDevice ? "host_device" : "file"},
                     {"filename", absolutePath},
                     {"aio", "threads"},
                     {"cache", cache},
                     {"discard", discard}};
    if (isReadOnly)
        file.insert("read-only", true);
    QJsonObject options{{"driver", format}, {"node-name", node},  {"read-only", isReadOnly},
                        {"cache", cache},   {"discard", discard}, {"file", file}};
    if (isDiscarding)
        options.insert("detect-zeroes", "unmap");
    return options;
}

bool isDaemonFormat(const QString &format)
{
    return format != QLatin1String("raw") && format != QLatin1String("qcow2");
}

QJsonObject daemonNode(const StorageAttachment &attachment, const QString &node,
                       const QString &exportName, const QString &socketPath)
{
    const bool isDiscarding = attachment.isDiscardOn && !attachment.isReadOnly;
    QJsonObject options{{"driver", "nbd"},
                        {"node-name", node},
                        {"read-only", attachment.isReadOnly},
                        {"server", QJsonObject{{"type", "unix"}, {"path", socketPath}}},
                        {"export", exportName},
                        {"reconnect-delay", ReconnectSeconds},
                        {"discard", isDiscarding ? "unmap" : "ignore"}};
    if (isDiscarding)
        options.insert("detect-zeroes", "unmap");
    return options;
}

Result<QList<DaemonDisk>> daemonDisks(const MachineDefinition &definition,
                                      const StorageLaunch &launch)
{
    QList<DaemonDisk> disks;
    for (const StorageController &controller : definition.controllers) {
        for (const StorageAttachment &attachment : controller.attachments) {
            const QString path = resolvedPath(attachment, launch.machineFolder);
            if (attachment.kind != MediumKind::HardDisk || path.isEmpty())
                continue;
            const QString format = TRY(formatOf(attachment, path, launch));
            if (!isDaemonFormat(format))
                continue;
            const QString id =
                deviceId(definition, {controller.name, attachment.port, attachment.device});
            disks.append(
                {id,
                 blockNode(attachment, path, nodeName(id, 0), format, launch.isBlockDevice(path),
                           imageCache(controller, attachment, path, launch.canBypassCache)),
                 !attachment.isReadOnly});
        }
    }
    return disks;
}

Result<QString> PciSlots::take()
{
    if (m_next > LastFreeSlot)
        return unsupported("The machine has more devices than its board has slots");
    return "0x" + QString::number(m_next++, 16);
}

Result<QStringList> storageArguments(const MachineDefinition &definition,
                                     const StorageLaunch &launch, PciSlots &freeSlots)
{
    return StorageWriter(definition, launch, freeSlots).write();
}

int bootIndex(const MachineDefinition &definition, BootDevice device, int position)
{
    const qsizetype rank = definition.bootOrder.indexOf(device);
    return rank < 0 ? -1 : int(rank) * 100 + position;
}

QString rootBus(const MachineDefinition &definition)
{
    return definition.chipset == Chipset::Q35 ? "pcie.0" : "pci.0";
}

} // namespace engine
