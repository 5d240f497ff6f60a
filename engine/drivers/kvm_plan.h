// SPDX-License-Identifier: GPL-3.0-or-later
// A definition to what the in-process engine builds (engine/vmm/vm_config.h), and what stands
// against running it there. Pure: what is found on the host comes in through KvmHost, so the tests
// are tables. Only the firmware is looked for on this computer, by kvmObjections(). Any thread.
//
// How a definition's words are served:
//   SATA           one AHCI; an attachment's port is its port there
//   VirtIO         a virtio-blk card for each disk
//   USB controller xHCI, whichever the definition names
//   USB disks      a SuperSpeed disk on that for each, whatever its attachment's port
//   USB tablet     a tablet on that
//   USB mouse      the PS/2 mouse
//   VirtIO GPU     a virtio GPU, which is the standard card until the guest's driver shows something
//   other graphics the standard card, as these cards all are until the guest loads a driver; so it
//                  is for Windows, which has no driver of its own for a virtio GPU
//   shared folders a virtio-fs card for each (kvm_shares.h)
#pragma once

#include "engine/drivers/driver.h"
#include "engine/drivers/storage_daemon.h"
#include "engine/vmm/vm_config.h"

#include <QtCore/QStringList>

#include <functional>

namespace engine {

struct KvmHost
{
    QString machineFolder;
    // qemu-img's word for the format of a hard disk image that the definition does not know yet.
    std::function<Result<QString>(const QString &path)> imageFormat;
    std::function<bool(const QString &path)> isBlockDevice;
    std::function<bool(const QString &path)> canBypassCache;
    int utcOffsetSeconds = 0; // of this computer's time zone, now
};

// A drive and what is in it when the machine starts.
struct KvmDrive
{
    StorageSlot slot;
    MediumKind kind = MediumKind::HardDisk;
    QString path; // absolute; empty: no medium
    bool isReadOnly = false;
    bool isDiscardOn = false;
    bool isPastCache = false; // a raw file's
    // The storage daemon's export that holds the image; empty: a raw file, opened in this process.
    QString exportName;
    bool isMappable = false; // mapped_image.h
};

struct KvmSerialPort
{
    int index = 0; // 0 is COM1
    SerialMode mode = SerialMode::Disconnected;
    QString path; // absolute
};

struct KvmPlan
{
    VmConfig config; // without images, firmware and serial back ends, which have to be opened
    QList<KvmDrive> drives; // of the same index as config.drives
    QList<DaemonDisk> daemonDisks;
    QList<KvmSerialPort> serialPorts;
};

// Unsupported, with the first of kvmObjections(), where there is one.
Result<KvmPlan> kvmPlan(const MachineDefinition &definition, const KvmHost &host);

// What the machine has that this engine cannot give and the guest could not do without, a sentence
// each. Then the engine refuses it.
QStringList kvmObjections(const MachineDefinition &definition);
// What the guest would run without: then `auto` prefers QEMU.
QStringList kvmLosses(const MachineDefinition &definition);

// Serves the definition's pointing device.
VmPointer kvmPointer(const MachineDefinition &definition);
// Serves its graphics adapter.
VmGraphics kvmGraphics(const MachineDefinition &definition);

} // namespace engine
