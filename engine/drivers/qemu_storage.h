// SPDX-License-Identifier: GPL-3.0-or-later
// Controllers, disks and drives as QEMU sees them; the storage half of qemu_command_line.h. Pure.
//
// A drive's device is deviceId(); its medium is a node nodeName(), of which there is a new
// generation with every change. A write that fails stops the guest, so that a full disk of the
// host costs nothing but time; a read that fails is the guest's to handle, as with a real disk.
// (QEMU's NVMe and floppy know no such stop: there the guest sees the error.)
//
// Raw and qcow2 are QEMU's own. Hard disks of other formats are the storage daemon's
// (storage_daemon.h): their reads stop the guest, too, as what fails there is mostly the daemon.
#pragma once

#include "engine/drivers/driver.h"
#include "engine/drivers/storage_daemon.h"

#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

#include <functional>
#include <optional>

namespace engine {

// "drive-0-1-0": controller's index, port, device. Empty when there is no such controller.
QString deviceId(const MachineDefinition &definition, const StorageSlot &slot);
// Nullopt when no attachment of the definition has this id. QMP may also give a path below it.
std::optional<StorageSlot> slotOfDevice(const MachineDefinition &definition,
                                        const QString &deviceIdOrPath);
// Guests name disks after it: /dev/disk/by-id. Stable for a place in a machine, whatever runs it.
QString diskSerialNumber(const MachineDefinition &definition, const QString &deviceId);
QString nodeName(const QString &deviceId, int generation);
// The device a node belongs to; any generation.
QString deviceOfNode(const QString &node);

enum class ImageCache { Host, Bypassed };
using CacheProbe = std::function<bool(const QString &path)>; // whether it can be bypassed
// As the controller wishes, for a hard disk whose file system can; without a probe it cannot.
ImageCache imageCache(const StorageController &controller, const StorageAttachment &attachment,
                      const QString &absolutePath, const CacheProbe &canBypass);

// What -blockdev and QMP's blockdev-add take for a medium.
QJsonObject blockNode(const StorageAttachment &attachment, const QString &absolutePath,
                      const QString &node, const QString &format, bool isBlockDevice,
                      ImageCache cache = ImageCache::Host);

// "qcow2" and "raw" are not.
bool isDaemonFormat(const QString &format);
// The same medium when the storage daemon has it open.
QJsonObject daemonNode(const StorageAttachment &attachment, const QString &node,
                       const QString &exportName, const QString &socketPath);

// Free slots for what has no place of its own in the table of qemu_command_line.h.
class PciSlots final
{
public:
    Result<QString> take(); // "0x14", ...

private:
    int m_next = 0x14;
};

struct StorageLaunch
{
    QString machineFolder;
    std::function<Result<QString>(const QString &path)> imageFormat;
    std::function<bool(const QString &path)> isBlockDevice;
    CacheProbe canBypassCache;
    QString daemonSocket = {}; // where the storage daemon listens
};

// The hard disks that are the storage daemon's; often none.
Result<QList<DaemonDisk>> daemonDisks(const MachineDefinition &definition,
                                      const StorageLaunch &launch);

Result<QStringList> storageArguments(const MachineDefinition &definition,
                                     const StorageLaunch &launch, PciSlots &freeSlots);

// The place of a device in the boot order, smallest first; -1 when it is not started from.
int bootIndex(const MachineDefinition &definition, BootDevice device, int position);

QString rootBus(const MachineDefinition &definition); // "pci.0" or "pcie.0"

} // namespace engine
