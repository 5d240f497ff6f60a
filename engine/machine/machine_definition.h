// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine is: plain values, no behaviour. On disk it is `<name>.vitrine` (machine_json.h);
// machine_check.h says what is wrong with one; a driver turns one into a running machine.
//
// Enumerators are written to disk by the names in machine_json.cpp, never by number.
#pragma once

#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QUuid>

#include <optional>

namespace engine {

enum class EngineChoice { Auto, Kvm, Qemu };
enum class Firmware { Bios, Uefi };
enum class Chipset { I440fx, Q35 };
enum class ClockBase { Utc, LocalTime };
enum class VideoModel { None, Vga, Virtio, Qxl };
enum class AudioModel { None, Hda, Ac97 };
enum class PointingDevice { Ps2Mouse, UsbTablet, UsbMouse };
// Usb: beside the PS/2 one of every PC. Keys go to it; with our engine while a guest listens to it.
enum class KeyboardDevice { Ps2, Usb };
enum class UsbController { None, Uhci, Ehci, Xhci };
// Virtio: a card for each disk (virtio-blk). VirtioScsi: one for many disks and optical drives.
enum class ControllerKind { Ide, Sata, Virtio, Nvme, Usb, Floppy, VirtioScsi };
enum class MediumKind { HardDisk, Optical, Floppy };
// Whether a hard disk goes through the page cache of this computer.
enum class DiskCache { AsController, On, Off };
enum class NetworkMode { None, NotAttached, Nat, Internal, Bridged };
enum class NicModel { Virtio, E1000, E1000e, Rtl8139, Pcnet };
// Where a NAT adapter may connect to. Off: nowhere; only the network's own DHCP answers.
enum class EgressPolicy { Open, NoLan, ListOnly, Off };
enum class BootDevice { HardDisk, Optical, Floppy, Network };
enum class ForwardProtocol { Tcp, Udp };
enum class TpmModel { None, Tpm12, Tpm20 };
// What is at the other end of a serial port.
enum class SerialMode { Disconnected, File, SocketServer, SocketClient };
// Which way the clipboard, or files dropped onto the window, may go.
enum class SharingMode { Disabled, HostToGuest, GuestToHost, Bidirectional };

// One place on a controller and what is in it. An optical or floppy drive with an empty path is a
// drive without a medium; a hard disk always has a path.
struct StorageAttachment
{
    MediumKind kind = MediumKind::HardDisk;
    int port = 0;
    int device = 0; // 0 or 1 on IDE and floppy, else 0
    QString path = {}; // absolute, or relative to the machine's folder
    // qemu-img's word for the image's format, fixed at the first start; empty: not known yet. Asked
    // again at every start, a guest could write another format's header into its raw disk and have
    // any file of the host's opened as the backing file.
    QString format;
    bool isReadOnly = false;
    bool isDiscardOn = true; // hard disks: give freed blocks back to the file
    bool isSolidState = false; // hard disks: tell the guest that nothing rotates
    DiskCache hostCache = DiskCache::AsController; // hard disks
    QJsonObject unknownKeys = {};

    bool operator==(const StorageAttachment &) const = default;
};

struct StorageController
{
    QString name = {}; // unique in the machine: "SATA"
    ControllerKind kind = ControllerKind::Sata;
    int portCount = 2;
    bool isBootable = true;
    bool isHostCacheOn = true; // hard disks that say nothing else: DiskCache
    QList<StorageAttachment> attachments = {};
    QJsonObject unknownKeys = {};

    bool operator==(const StorageController &) const = default;
};

struct PortForward
{
    QString name = {};
    ForwardProtocol protocol = ForwardProtocol::Tcp;
    QString hostAddress = {}; // empty: 127.0.0.1
    int hostPort = 0;
    QString guestAddress = {}; // empty: the guest's DHCP address
    int guestPort = 0;
    QJsonObject unknownKeys = {};

    bool operator==(const PortForward &) const = default;
};

struct NetworkAdapter
{
    NetworkMode mode = NetworkMode::None; // None: there is no such card
    NicModel model = NicModel::Virtio;
    QString macAddress = {}; // "52:54:00:12:34:56", lower case
    bool isCableConnected = true;
    QString internalNetwork = {}; // Internal: the network's name; machines with the same name meet
    QString hostInterface = {}; // Bridged: a bridge or interface of the host: "br0"
    int rateLimitKiBps = 0; // each way; 0: no limit
    // NAT only.
    QList<PortForward> forwards = {};
    QString natNetwork = {}; // "10.0.2.0/24"; empty: that one
    EgressPolicy egress = EgressPolicy::Open;
    QStringList allowedDestinations = {}; // ListOnly: names, addresses, networks "192.0.2.0/24"
    QJsonObject unknownKeys = {};

    bool operator==(const NetworkAdapter &) const = default;
};

struct SerialPort
{
    bool isEnabled = false;
    SerialMode mode = SerialMode::Disconnected;
    QString path = {}; // file or Unix socket; absolute, or relative to the machine's folder
    QJsonObject unknownKeys = {};

    bool operator==(const SerialPort &) const = default;
};

// Which of this computer's USB devices the machine takes by itself (usb_filter.h). The texts are as
// the user wrote them; an empty one matches everything.
struct UsbFilter
{
    QString name = {};
    bool isActive = true;
    QString vendorId = {}; // hexadecimal, as the next two
    QString productId = {};
    QString revision = {};
    QString manufacturer = {};
    QString product = {};
    QString serial = {};
    QString port = {}; // "1-2.3"
    QString remote = {}; // "yes", "no", or "" and "any" for both
    QJsonObject unknownKeys = {};

    bool operator==(const UsbFilter &) const = default;
};

// A folder of this computer that the guest can mount, by its name.
struct SharedFolder
{
    QString name = {}; // the guest's name for it (virtio-fs's tag), unique in the machine
    QString path = {}; // absolute
    bool isReadOnly = false;
    bool isAutomounted = false; // by the guest's agent, as soon as it is there
    QString mountPoint = {}; // in the guest; empty: mountPoint()'s choice
    QJsonObject unknownKeys = {};

    bool operator==(const SharedFolder &) const = default;
};

// Where the guest has it: its own place, else one of its name below /mnt.
QString mountPoint(const SharedFolder &folder);

// A film of the machine's screen, as WebM. The words and their meaning are modifyvm's
// --recording...
struct RecordingSettings
{
    static constexpr int MaxFramesPerSecond = 60;
    static constexpr int MaxKilobits = 100'000;
    static constexpr int MaxSide = 8192;

    bool isOn = false; // it begins with the machine
    QString file = {}; // absolute, or relative to the machine's folder; empty: by name and time
    int width = 0; // of the film; 0: as large as the screen when it begins
    int height = 0;
    int framesPerSecond = 25;
    int kilobitsPerSecond = 0; // 0: what the size needs
    bool hasSound = true; // where the engine can
    int maxSeconds = 0; // 0: no limit
    int maxMiB = 0; // 0: no limit
    QJsonObject unknownKeys = {};

    bool operator==(const RecordingSettings &) const = default;
};

// The screen for SPICE clients on TCP (VirtualBox's VRDE); remote_display.h.
struct RemoteDisplay
{
    bool isEnabled = false;
    QString address = {}; // empty: 127.0.0.1
    QString ports = {}; // "5900-5910,6000"; empty: any
    QString password = {}; // empty: none is asked for, on this computer only
    bool isTlsOn = false; // encrypted, and not otherwise
    QJsonObject unknownKeys = {};

    bool operator==(const RemoteDisplay &) const = default;
};

struct MachineDefinition
{
    static constexpr int MaxSharedFolders = 8;
    static constexpr int MaxShareNameBytes = 35; // VIRTIO 1.2, 5.11.4: 36 bytes with a closing zero
    static constexpr int MaxAdapters = 8;
    static constexpr int MaxSerialPorts = 4;
    static constexpr int MaxCpus = 64;
    static constexpr int MinMemoryMiB = 4;
    static constexpr int MaxMemoryMiB = 1024 * 1024;
    // A guest that is left with less begins to end its programs.
    static constexpr int maxBalloonMiB(int memoryMiB) { return memoryMiB / 4 * 3; }
    static constexpr int MaxVideoMemoryMiB = 1024;
    static constexpr int MaxMonitors = 4;

    QUuid uuid;
    QString name;
    QString description;
    QStringList groups; // VirtualBox's paths: "/", "/work"
    QString osId; // osinfo short id: "debian12"; empty when unknown
    EngineChoice engine = EngineChoice::Auto;

    int memoryMiB = 1024;
    int balloonMiB = 0; // of these, what the guest shall do without while it can
    int cpus = 1;
    bool isNestedVirtualizationOn = false; // the guest may run machines of its own
    Firmware firmware = Firmware::Bios;
    bool isSecureBootOn = false; // UEFI only; the vendor keys are enrolled in a fresh nvram
    TpmModel tpm = TpmModel::None;
    Chipset chipset = Chipset::Q35;
    ClockBase clock = ClockBase::Utc;
    QList<BootDevice> bootOrder = {BootDevice::HardDisk, BootDevice::Optical};

    VideoModel video = VideoModel::Vga;
    int videoMemoryMiB = 16;
    int monitors = 1; // several: of a VideoModel::Virtio
    AudioModel audio = AudioModel::None;
    bool isAudioOutputOn = true; // this computer plays what the guest plays
    bool isAudioInputOn = false; // the guest may hear the host's microphone
    PointingDevice pointing = PointingDevice::UsbTablet;
    KeyboardDevice keyboard = KeyboardDevice::Ps2;
    UsbController usb = UsbController::Xhci;
    QList<UsbFilter> usbFilters; // the first that matches decides

    // By an agent in the guest, and by the window that shows it. Nothing until somebody says so.
    SharingMode clipboard = SharingMode::Disabled;
    SharingMode dragAndDrop = SharingMode::Disabled;

    QList<StorageController> controllers;
    QList<NetworkAdapter> adapters; // index is the slot; shorter than MaxAdapters means None

    RemoteDisplay remoteDisplay;

    QList<SerialPort> serialPorts; // index 0 is COM1; shorter than MaxSerialPorts means off

    QList<SharedFolder> sharedFolders;

    RecordingSettings recording;

    bool isAutostartOn = false; // started headless when the user's session begins
    int autostartDelaySeconds = 0;

    // A live system tried without a disk: the machine's folder goes away at power-off.
    bool isDisposable = false;

    // Stored for the VBoxManage dialect, without effect in this version of any driver.
    QJsonObject inertSettings;
    // Set by users and other programs: setextradata.
    QJsonObject extraData;
    // guestproperty set: by name {"value", "time" (ISO 8601), "flags"}.
    QJsonObject guestProperties;
    // Top-level keys a newer version wrote; kept as they are.
    QJsonObject unknownKeys;

    bool operator==(const MachineDefinition &) const = default;
};

// A place in the storage tree, as the UI, the CLI and the drivers name it.
struct StorageSlot
{
    QString controller;
    int port = 0;
    int device = 0;

    bool operator==(const StorageSlot &) const = default;
};

constexpr bool goesToGuest(SharingMode mode)
{
    return mode == SharingMode::HostToGuest || mode == SharingMode::Bidirectional;
}
constexpr bool goesToHost(SharingMode mode)
{
    return mode == SharingMode::GuestToHost || mode == SharingMode::Bidirectional;
}

// nullptr when there is no such place. Valid until the definition changes.
StorageAttachment *findAttachment(MachineDefinition &definition, const StorageSlot &slot);
const StorageAttachment *findAttachment(const MachineDefinition &definition,
                                        const StorageSlot &slot);

} // namespace engine
