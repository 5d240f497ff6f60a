// SPDX-License-Identifier: GPL-3.0-or-later
// The words of every enumerator that leaves the program. They are on users' disks: add, never
// change.
#include "engine/machine/machine_json.h"

#include <span>

namespace engine {

namespace {

template <class Enum>
struct Word
{
    Enum value;
    const char *name;
};

// Overloads rather than specializations, so that a missing table fails to compile.
std::span<const Word<EngineChoice>> words(EngineChoice)
{
    static constexpr Word<EngineChoice> Table[] = {
        {EngineChoice::Auto, "auto"}, {EngineChoice::Kvm, "kvm"}, {EngineChoice::Qemu, "qemu"}};
    return Table;
}

std::span<const Word<Firmware>> words(Firmware)
{
    static constexpr Word<Firmware> Table[] = {{Firmware::Bios, "bios"}, {Firmware::Uefi, "uefi"}};
    return Table;
}

std::span<const Word<Chipset>> words(Chipset)
{
    static constexpr Word<Chipset> Table[] = {{Chipset::I440fx, "i440fx"}, {Chipset::Q35, "q35"}};
    return Table;
}

std::span<const Word<ClockBase>> words(ClockBase)
{
    static constexpr Word<ClockBase> Table[] = {{ClockBase::Utc, "utc"},
                                                {ClockBase::LocalTime, "local-time"}};
    return Table;
}

std::span<const Word<VideoModel>> words(VideoModel)
{
    static constexpr Word<VideoModel> Table[] = {{VideoModel::None, "none"},
                                                 {VideoModel::Vga, "vga"},
                                                 {VideoModel::Virtio, "virtio"},
                                                 {VideoModel::Qxl, "qxl"}};
    return Table;
}

std::span<const Word<AudioModel>> words(AudioModel)
{
    static constexpr Word<AudioModel> Table[] = {
        {AudioModel::None, "none"}, {AudioModel::Hda, "hda"}, {AudioModel::Ac97, "ac97"}};
    return Table;
}

std::span<const Word<PointingDevice>> words(PointingDevice)
{
    static constexpr Word<PointingDevice> Table[] = {{PointingDevice::Ps2Mouse, "ps2-mouse"},
                                                     {PointingDevice::UsbTablet, "usb-tablet"},
                                                     {PointingDevice::UsbMouse, "usb-mouse"}};
    return Table;
}

std::span<const Word<KeyboardDevice>> words(KeyboardDevice)
{
    static constexpr Word<KeyboardDevice> Table[] = {{KeyboardDevice::Ps2, "ps2"},
                                                     {KeyboardDevice::Usb, "usb"}};
    return Table;
}

std::span<const Word<UsbController>> words(UsbController)
{
    static constexpr Word<UsbController> Table[] = {{UsbController::None, "none"},
                                                    {UsbController::Uhci, "uhci"},
                                                    {UsbController::Ehci, "ehci"},
                                                    {UsbController::Xhci, "xhci"}};
    return Table;
}

std::span<const Word<ControllerKind>> words(ControllerKind)
{
    static constexpr Word<ControllerKind> Table[] = {{ControllerKind::Ide, "ide"},
                                                     {ControllerKind::Sata, "sata"},
                                                     {ControllerKind::Virtio, "virtio"},
                                                     {ControllerKind::Nvme, "nvme"},
                                                     {ControllerKind::Usb, "usb"},
                                                     {ControllerKind::Floppy, "floppy"},
                                                     {ControllerKind::VirtioScsi, "virtio-scsi"}};
    return Table;
}

std::span<const Word<MediumKind>> words(MediumKind)
{
    static constexpr Word<MediumKind> Table[] = {{MediumKind::HardDisk, "hard-disk"},
                                                 {MediumKind::Optical, "optical"},
                                                 {MediumKind::Floppy, "floppy"}};
    return Table;
}

std::span<const Word<DiskCache>> words(DiskCache)
{
    static constexpr Word<DiskCache> Table[] = {{DiskCache::AsController, "as-controller"},
                                                {DiskCache::On, "on"},
                                                {DiskCache::Off, "off"}};
    return Table;
}

std::span<const Word<NetworkMode>> words(NetworkMode)
{
    static constexpr Word<NetworkMode> Table[] = {{NetworkMode::None, "none"},
                                                  {NetworkMode::NotAttached, "not-attached"},
                                                  {NetworkMode::Nat, "nat"},
                                                  {NetworkMode::Internal, "internal"},
                                                  {NetworkMode::Bridged, "bridged"}};
    return Table;
}

std::span<const Word<NicModel>> words(NicModel)
{
    static constexpr Word<NicModel> Table[] = {{NicModel::Virtio, "virtio"},
                                               {NicModel::E1000, "e1000"},
                                               {NicModel::E1000e, "e1000e"},
                                               {NicModel::Rtl8139, "rtl8139"},
                                               {NicModel::Pcnet, "pcnet"}};
    return Table;
}

std::span<const Word<EgressPolicy>> words(EgressPolicy)
{
    static constexpr Word<EgressPolicy> Table[] = {{EgressPolicy::Open, "open"},
                                                   {EgressPolicy::NoLan, "no-lan"},
                                                   {EgressPolicy::ListOnly, "list-only"},
                                                   {EgressPolicy::Off, "off"}};
    return Table;
}

std::span<const Word<TpmModel>> words(TpmModel)
{
    static constexpr Word<TpmModel> Table[] = {
        {TpmModel::None, "none"}, {TpmModel::Tpm12, "1.2"}, {TpmModel::Tpm20, "2.0"}};
    return Table;
}

std::span<const Word<SerialMode>> words(SerialMode)
{
    static constexpr Word<SerialMode> Table[] = {{SerialMode::Disconnected, "disconnected"},
                                                 {SerialMode::File, "file"},
                                                 {SerialMode::SocketServer, "socket-server"},
                                                 {SerialMode::SocketClient, "socket-client"}};
    return Table;
}

std::span<const Word<BootDevice>> words(BootDevice)
{
    static constexpr Word<BootDevice> Table[] = {{BootDevice::HardDisk, "hard-disk"},
                                                 {BootDevice::Optical, "optical"},
                                                 {BootDevice::Floppy, "floppy"},
                                                 {BootDevice::Network, "network"}};
    return Table;
}

std::span<const Word<ForwardProtocol>> words(ForwardProtocol)
{
    static constexpr Word<ForwardProtocol> Table[] = {{ForwardProtocol::Tcp, "tcp"},
                                                      {ForwardProtocol::Udp, "udp"}};
    return Table;
}

} // namespace

// As VBoxManage has them.
std::span<const Word<SharingMode>> words(SharingMode)
{
    static constexpr Word<SharingMode> Table[] = {{SharingMode::Disabled, "disabled"},
                                                  {SharingMode::HostToGuest, "hosttoguest"},
                                                  {SharingMode::GuestToHost, "guesttohost"},
                                                  {SharingMode::Bidirectional, "bidirectional"}};
    return Table;
}

template <class Enum>
QString enumName(Enum value)
{
    for (const auto &word : words(Enum{})) {
        if (word.value == value)
            return QString::fromLatin1(word.name);
    }
    check(false, "an enumerator has no name");
    return {};
}

template <class Enum>
std::optional<Enum> enumFromName(QStringView name)
{
    for (const auto &word : words(Enum{})) {
        if (name == QLatin1String(word.name))
            return word.value;
    }
    return std::nullopt;
}

template <class Enum>
QStringList enumNames()
{
    QStringList names;
    for (const auto &word : words(Enum{}))
        names.append(QString::fromLatin1(word.name));
    return names;
}

#define INSTANTIATE(Enum)                                                                          \
    template QString enumName<Enum>(Enum);                                                         \
    template std::optional<Enum> enumFromName<Enum>(QStringView);                                  \
    template QStringList enumNames<Enum>();

INSTANTIATE(EngineChoice)
INSTANTIATE(Firmware)
INSTANTIATE(Chipset)
INSTANTIATE(ClockBase)
INSTANTIATE(VideoModel)
INSTANTIATE(AudioModel)
INSTANTIATE(PointingDevice)
INSTANTIATE(KeyboardDevice)
INSTANTIATE(UsbController)
INSTANTIATE(ControllerKind)
INSTANTIATE(MediumKind)
INSTANTIATE(DiskCache)
INSTANTIATE(NetworkMode)
INSTANTIATE(NicModel)
INSTANTIATE(BootDevice)
INSTANTIATE(EgressPolicy)
INSTANTIATE(TpmModel)
INSTANTIATE(SerialMode)
INSTANTIATE(SharingMode)
INSTANTIATE(ForwardProtocol)

#undef INSTANTIATE

} // namespace engine
