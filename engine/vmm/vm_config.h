// SPDX-License-Identifier: GPL-3.0-or-later
// All a Vm needs to be built: plain values, and back ends that are open already. The driver fills
// it from a machine's definition; nothing in here names Qt or a file of the manager's.
#pragma once

#include "engine/base/result.h"
#include "engine/block/block_device.h"
#include "engine/host/char_backend.h"
#include "engine/host/port_backend.h"
#include "engine/host/sound_backend.h"
#include "engine/host/tpm_backend.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine {

enum class VmBoard : std::uint8_t { I440fx, Q35 };
// The standard VGA, or a virtio GPU that is one, too, for the boot.
enum class VmGraphics : std::uint8_t { Vga, VirtioGpu };
enum class VmPointer : std::uint8_t { Ps2Mouse, VirtioTablet, UsbTablet };

enum class VmDriveKind : std::uint8_t {
    AhciDisk,
    AhciOptical,
    VirtioDisk,
    NvmeDisk,
    UsbDisk,
    ScsiDisk, // on a virtio-scsi controller, as the next one
    ScsiOptical,
};

struct VmDrive
{
    VmDriveKind kind = VmDriveKind::AhciDisk;
    // Of AHCI, or SCSI target. Virtio and NVMe disks are cards of their own; a USB disk's connector is
    // chosen by the board.
    unsigned port = 0;
    unsigned scsiCard = 0; // of the virtio-scsi controllers, counted from 1
    std::shared_ptr<BlockDevice> image; // null: an optical drive without a medium
    std::string label; // for messages: the image's file name
    std::string serial; // what the guest reads; at most 20 characters
    bool isSolidState = false;
    std::optional<unsigned> bootIndex; // 0 is tried first
};

enum class VmNetworkModel : std::uint8_t { Virtio, E1000 };

struct VmNetworkCard
{
    unsigned adapter = 0; // the machine's slot 0 to 7
    std::array<std::uint8_t, 6> macAddress = {};
    bool isLinkUp = true;
    VmNetworkModel model = VmNetworkModel::Virtio;
    std::optional<unsigned> bootIndex;
};

// A virtio-fs card that is there from the start; others come by Vm::plugFolder(). Who answers it is
// connected afterwards: Vm::connectFolder().
struct VmSharedFolder
{
    // What there is room for, where the board has as many slots left. A card's place is part of
    // saved states, like a name.
    static constexpr unsigned MaxPlaces = 8;

    unsigned place = 0;
    std::string tag; // what the guest mounts; at most 36 bytes
};

// What becomes of folders' cards. Both return at once.
struct VmFolderEvents
{
    // The process that served it is given up: it went, was silent or said what it must not. On a
    // thread that does nothing else.
    std::function<void(unsigned place, const Error &)> serverLost;
    // The guest has let go of the card, which is out of its slot. On any thread, also while the
    // machine is reset.
    std::function<void(unsigned place)> released;
};

// A named channel to a program in the guest, by a virtio console.
struct VmPort
{
    std::string name; // as the guest's program looks for it
    std::shared_ptr<PortBackend> backend;
};

struct VmFirmware
{
    std::vector<std::uint8_t> image; // SeaBIOS, or OVMF's CODE: ends at 4 GiB
    // UEFI: the variables, below the code. Written back to this file when the guest changes them.
    std::vector<std::uint8_t> variables;
    std::string variablesPath; // empty: changes end with the run
    std::vector<std::uint8_t> vgaBios;
};

// Direct boot of a Linux kernel by the option ROM linuxboot_dma.bin, or of a multiboot one by
// multiboot_dma.bin: for tests and power users.
struct VmKernel
{
    std::vector<std::uint8_t> kernel;
    std::vector<std::uint8_t> initrd;
    std::string commandLine;
    std::vector<std::uint8_t> optionRom;
};

struct VmConfig
{
    std::string name = "machine";
    std::array<std::uint8_t, 16> uuid = {}; // as written, most significant byte first
    VmBoard board = VmBoard::Q35;
    unsigned vcpus = 1; // 1 to 16
    std::uint64_t memoryBytes = 128u << 20; // a multiple of 1 MiB
    std::uint64_t videoMemoryBytes = 16u << 20; // a power of two, 1 MiB to 256 MiB
    VmGraphics graphics = VmGraphics::Vga;
    unsigned monitors = 1; // 1 to 4; a VGA has one
    bool isNestedVirtualizationOn = false;
    // The guest sees Microsoft's hypervisor interface in place of KVM's, as Windows knows it.
    bool isHyperV = false;
    VmFirmware firmware;
    std::optional<VmKernel> kernel;
    std::int64_t clockOffsetSeconds = 0; // what the guest's RTC shows beyond UTC
    VmPointer pointer = VmPointer::VirtioTablet; // a USB tablet needs USB
    bool hasUsb = false; // an xHCI controller, which USB disks need
    bool hasUsbKeyboard = false; // on it, beside the one of the keyboard controller
    std::vector<VmDrive> drives;
    std::vector<VmNetworkCard> networkCards;
    std::vector<VmSharedFolder> sharedFolders; // any: memory is one that other processes can map
    bool hasRng = true; // virtio: random numbers of the host's; Windows has no driver for it
    VmFolderEvents folderEvents;
    bool hasBalloon = false; // virtio: memory that the guest does not use goes back to the host
    bool hasSoundCard = false; // Intel HD Audio: a line out and a microphone
    std::shared_ptr<SoundBackend> sound; // null: nobody listens
    std::shared_ptr<TpmBackend> tpm; // null: there is no TPM
    std::array<std::shared_ptr<CharBackend>, 4> serialPorts; // null: there is no such port
    std::vector<VmPort> ports; // empty: there is no virtio console
    unsigned bootMenuMilliseconds = 0; // how long SeaBIOS offers its menu; 0: not at all
    // Tests only: the exit device and the debug port 0x402, whose bytes go here, on a vCPU's
    // thread.
    bool hasTestDevices = false;
    std::function<void(std::uint8_t)> debugPrinted;
};

} // namespace engine
