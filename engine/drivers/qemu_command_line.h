// SPDX-License-Identifier: GPL-3.0-or-later
// A definition to QEMU's arguments. Pure: everything found on the host comes in through
// QemuLaunch, so the tests are tables. Options are those of qemu-system-x86_64 7.2, none of them
// deprecated there, so that newer versions understand them too.
//
// PCI slots, the same on both boards, after VirtualBox's so that guests keep their device names:
//   02 video              08-0a NIC 2-4            0e NVMe
//   03 NIC 1              0b   EHCI with UHCIs     0f virtio disk, the first
//   04 virtio-serial      0c   xHCI                10-13 NIC 5-8
//   05 sound              0d   AHCI (i440fx; the   14-1e further disks and controllers, in the
//   06 UHCI                    one of Q35: 1f.2)         order of the definition
//   07 virtio-rng                                  1f   Q35's own
// Shared folders: on Q35 behind eight root ports in slot 01, on i440fx in 1e and downwards.
//
// Disks and drives are in qemu_storage.h.
#pragma once

#include "engine/drivers/driver.h"
#include "engine/drivers/qemu_firmware.h"
#include "engine/drivers/qemu_shares.h"

#include <QtCore/QMap>

#include <functional>
#include <optional>

namespace engine {

struct QemuLaunch
{
    MachinePlace place;
    Acceleration::Kind acceleration = Acceleration::Kind::Emulated;
    QString machineType = {}; // of a saved state: "pc-q35-7.2"; empty: the newest
    bool isRestoring = false;
    // The card by which agents in the guest are reached. Not as the definition says now but as the
    // guest knows it: a saved state comes back with what it had.
    bool hasAgentChannel = false;
    bool hasBalloon = false; // the same
    QString audioDriver = QStringLiteral("none"); // QEMU's name
    bool hasMicrophone = false; // the guest's sound card; a saved state's has what it had
    int qmpDescriptor = -1; // in the child
    int spicePort = 0; // TCP, when the screen is offered there
    QMap<int, int> adapterDescriptors; // by adapter: the card's end of its cable, in the child
    std::optional<UefiFirmware> firmware; // when the machine starts by UEFI
    bool hasRoomForFolders = false; // hasRoomForFolders() of qemu_shares.h, when it was started
    QList<ShareLaunch> shares; // those that it has from the start
    QString tpmSocket; // where swtpm listens; needed when the machine has a TPM
    // QEMU's format driver ("raw", "qcow2") of a hard disk image.
    std::function<Result<QString>(const QString &path)> imageFormat;
    std::function<bool(const QString &path)> isBlockDevice;
    std::function<bool(const QString &path)> canBypassCache;
};

Result<QStringList> qemuArguments(const MachineDefinition &definition, const QemuLaunch &launch);

QString spiceSocketPath(const MachinePlace &place);
QString spicePasswordPath(const MachinePlace &place); // exists while QEMU starts
QString spiceCertificateFolder(const MachinePlace &place);
QString tpmSocketPath(const MachinePlace &place);
QString daemonSocketPath(const MachinePlace &place);
QString agentSocketPath(const MachinePlace &place);
// Where a run keeps what it changes beside the disks (nvram, a TPM's state): the machine's folder,
// or one that goes away with a disposable run.
QString keptFolder(const MachinePlace &place);
QString nvramPath(const MachinePlace &place);

// Absolute; the file or socket of an enabled port.
QString serialPath(const SerialPort &port, const QString &machineFolder);

QString nicId(int adapter);
inline constexpr const char *BalloonId = "balloon"; // the device's

// True when one device is of the virtio kind: then the guest has virtio drivers.
bool usesVirtio(const MachineDefinition &definition);
// The tablet needs a USB controller; without one the pointer is a PS/2 mouse.
// Whether a machine that starts afresh gets a channel to agents in the guest (SPICE's and QEMU's):
// where it is one virtio device among others, or asked for. An old guest would nag about unknown
// hardware.
bool wantsAgentChannel(const MachineDefinition &definition);
bool hasUsbPointer(const MachineDefinition &definition);
bool hasUsbKeyboard(const MachineDefinition &definition);

} // namespace engine
