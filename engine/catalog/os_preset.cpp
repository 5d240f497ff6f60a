// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/os_preset.h"

#include <QtCore/QLocale>

#include <algorithm>

namespace engine {

namespace {

constexpr qint64 MiB = 1024 * 1024;
constexpr qint64 GiB = 1024 * MiB;

enum class Era { Dos, Windows9x, WindowsXp, Windows, Linux, Other };

Era eraOf(const OsInfo &info)
{
    if (info.family == QLatin1String("msdos") || info.family == QLatin1String("win16")
        || info.family == QLatin1String("netware"))
        return Era::Dos;
    if (info.family == QLatin1String("win9x"))
        return Era::Windows9x;
    if (info.family == QLatin1String("winnt")) {
        // Vista, in late 2006, was the first with drivers for AHCI, HD audio and e1000e's
        // ancestors.
        const bool isOld = info.released.isValid() ? info.released < QDate(2006, 11, 1)
                                                   : info.version.toDouble() < 6.0;
        return isOld ? Era::WindowsXp : Era::Windows;
    }
    if (info.family == QLatin1String("linux"))
        return Era::Linux;
    return Era::Other;
}

struct Sizes
{
    int memoryMiB;
    int minimumMemoryMiB;
    int cpus;
    qint64 diskBytes;
    qint64 minimumDiskBytes;
};

Sizes familySizes(Era era)
{
    switch (era) {
    case Era::Dos:
        return {64, 4, 1, 2 * GiB, 32 * MiB};
    case Era::Windows9x:
        return {256, 32, 1, 4 * GiB, GiB};
    case Era::WindowsXp:
        return {1024, 128, 1, 20 * GiB, 2 * GiB};
    case Era::Windows:
        return {4096, 1024, 2, 64 * GiB, 20 * GiB};
    case Era::Linux:
        return {2048, 256, 2, 20 * GiB, 2 * GiB};
    case Era::Other:
        break;
    }
    return {2048, 256, 2, 20 * GiB, 2 * GiB};
}

// Peers take twice the minimum where nothing is recommended.
qint64 wanted(qint64 recommended, qint64 minimum, qint64 family)
{
    if (recommended > 0)
        return std::max(recommended, minimum);
    return minimum > 0 ? 2 * minimum : family;
}

void setSizes(OsPreset &preset, const OsFacts &facts, Era era)
{
    const Sizes family = familySizes(era);
    const OsResources &least = facts.minimum;
    const OsResources &best = facts.recommended;
    preset.minimumMemoryMiB =
        least.memoryBytes > 0 ? int(least.memoryBytes / MiB) : family.minimumMemoryMiB;
    preset.memoryMiB =
        int(wanted(best.memoryBytes, least.memoryBytes, family.memoryMiB * MiB) / MiB);
    preset.cpus = int(wanted(best.cpus, -1, std::max(least.cpus, family.cpus)));
    preset.minimumDiskBytes = least.diskBytes > 0 ? least.diskBytes : family.minimumDiskBytes;
    preset.diskBytes = wanted(best.diskBytes, least.diskBytes, family.diskBytes);

    // Old data is honest about old needs; a desktop of today wants more than a text installer.
    const bool isRecent =
        !facts.info.released.isValid() || facts.info.released >= QDate(2015, 1, 1);
    if (era == Era::Linux && isRecent) {
        preset.memoryMiB = std::max(preset.memoryMiB, 2048);
        preset.cpus = std::max(preset.cpus, 2);
        preset.diskBytes = std::max(preset.diskBytes, 20 * GiB);
    }
    // Servers of today ask for little and are unusable with it.
    if (era == Era::Windows) {
        preset.memoryMiB = std::max(preset.memoryMiB, 4096);
        preset.cpus = std::max(preset.cpus, 2);
        preset.diskBytes = std::max(preset.diskBytes, 64 * GiB);
    }
    preset.memoryMiB = std::clamp(preset.memoryMiB, MachineDefinition::MinMemoryMiB,
                                  MachineDefinition::MaxMemoryMiB);
    preset.minimumMemoryMiB = std::min(preset.minimumMemoryMiB, preset.memoryMiB);
    preset.cpus = std::clamp(preset.cpus, 1, MachineDefinition::MaxCpus);
}

bool hasAny(const QSet<QString> &devices, std::initializer_list<const char *> names)
{
    return std::any_of(names.begin(), names.end(), [&devices](const char *name) {
        return devices.contains(QLatin1String(name));
    });
}

// Boards without PCI Express and SATA, and a mouse on the PS/2 port.
void setOldBoard(OsPreset &preset)
{
    preset.chipset = Chipset::I440fx;
    preset.diskBus = ControllerKind::Ide;
    preset.opticalBus = ControllerKind::Ide;
}

void setDevices(OsPreset &preset, const OsFacts &facts, Era era)
{
    switch (era) {
    case Era::Dos:
        setOldBoard(preset);
        preset.nic = NicModel::Rtl8139;
        preset.audio = AudioModel::None;
        preset.pointing = PointingDevice::Ps2Mouse;
        preset.usb = UsbController::None;
        return;
    case Era::Windows9x:
        setOldBoard(preset);
        preset.nic = NicModel::Rtl8139;
        preset.audio = AudioModel::Ac97;
        preset.pointing = PointingDevice::Ps2Mouse;
        preset.usb = facts.info.released.isValid() && facts.info.released < QDate(1998, 1, 1)
            ? UsbController::None
            : UsbController::Uhci;
        return;
    case Era::WindowsXp: {
        setOldBoard(preset);
        // Windows 2000 and XP bring no driver for the e1000 of QEMU; NT 4 knows no USB.
        preset.nic = NicModel::Rtl8139;
        preset.audio = AudioModel::Ac97;
        const bool knowsUsb = facts.info.released >= QDate(2000, 1, 1);
        preset.pointing = knowsUsb ? PointingDevice::UsbTablet : PointingDevice::Ps2Mouse;
        preset.usb = knowsUsb ? UsbController::Ehci : UsbController::None;
        return;
    }
    case Era::Windows: {
        // Every Windows since Vista brings a driver for it, and both engines have it.
        preset.nic = NicModel::E1000;
        // The driver for xHCI came with Windows 8.
        const bool isOld = facts.info.released.isValid() && facts.info.released < QDate(2012, 9, 1);
        preset.usb = isOld ? UsbController::Ehci : UsbController::Xhci;
        return;
    }
    case Era::Linux:
    case Era::Other:
        break;
    }
    const QSet<QString> &devices = facts.devices;
    if (hasAny(devices, {"virtio-block", "virtio1.0-block"}))
        preset.diskBus = ControllerKind::Virtio;
    if (hasAny(devices, {"virtio-net", "virtio1.0-net"}))
        preset.nic = NicModel::Virtio;
    else if (!hasAny(devices, {"e1000", "e1000e"}) && hasAny(devices, {"rtl8139"}))
        preset.nic = NicModel::Rtl8139;
    // SATA drivers are older than Q35 is; before 2008 kernels often lack them.
    const bool isOld = facts.info.released.isValid() && facts.info.released < QDate(2008, 1, 1);
    if (isOld) {
        setOldBoard(preset);
        preset.audio = AudioModel::Ac97;
        preset.usb = UsbController::Ehci;
        // The tablet is an ordinary HID pointer, which needs kernel 2.6 and a newer X.
        preset.pointing = PointingDevice::Ps2Mouse;
    } else if (facts.info.released.isValid() && facts.info.released < QDate(2012, 1, 1)
               && !hasAny(devices, {"qemu-xhci", "nec-xhci"})) {
        preset.usb = UsbController::Ehci;
    }
}

// What firmware has to offer. Windows 11: "UEFI, Secure Boot capable" and "TPM version 2.0"
// (learn.microsoft.com/windows/whats-new/windows-11-requirements). Of the rest, whose boot loader
// Microsoft has signed: Windows since 8 and Server 2012, and the distributions that ship a shim
// since the years below (github.com/rhboot/shim-review lists them).
struct Signed
{
    const char *distro;
    QDate since; // releases from then on
};

bool isSigned(const OsInfo &info, Era era)
{
    static const Signed List[] = {
        {"debian", QDate(2019, 7, 1)},   {"kali", QDate(2019, 7, 1)},
        {"ubuntu", QDate(2012, 10, 1)},  {"linuxmint", QDate(2014, 5, 1)},
        {"zorin", QDate(2019, 1, 1)},    {"elementary", QDate(2018, 10, 1)},
        {"fedora", QDate(2013, 1, 1)},   {"rhel", QDate(2014, 6, 1)},
        {"centos", QDate(2014, 7, 1)},   {"almalinux", QDate(2021, 3, 1)},
        {"rocky", QDate(2021, 11, 1)},   {"ol", QDate(2014, 7, 1)},
        {"opensuse", QDate(2012, 9, 1)}, {"sle", QDate(2018, 7, 1)},
        {"sles", QDate(2014, 10, 1)},    {"sled", QDate(2014, 10, 1)},
    };
    if (era == Era::Windows)
        return info.released >= QDate(2012, 8, 1);
    for (const Signed &one : List) {
        // Rolling systems have no date, and are as new as their image.
        if (info.distro == QLatin1String(one.distro))
            return !info.released.isValid() || info.released >= one.since;
    }
    return false;
}

void setFirmware(OsPreset &preset, const OsFacts &facts, Era era)
{
    const OsInfo &info = facts.info;
    const bool isEleven = info.id == QLatin1String("win11");
    const bool needsUefi = facts.supportsBios.has_value() && !*facts.supportsBios;
    // Server 2025 starts from BIOS too, but Microsoft tests and supports it with UEFI first.
    if (needsUefi || isEleven || info.id == QLatin1String("win2k25"))
        preset.firmware = Firmware::Uefi;
    preset.needsTpm = isEleven;
    preset.needsSecureBoot = isEleven;
    preset.supportsSecureBoot = isEleven || isSigned(info, era);
}

} // namespace

OsPreset presetFor(const std::optional<OsFacts> &facts)
{
    OsPreset preset;
    if (!facts) {
        const Sizes family = familySizes(Era::Linux);
        preset.memoryMiB = family.memoryMiB;
        preset.minimumMemoryMiB = family.minimumMemoryMiB;
        preset.cpus = family.cpus;
        preset.diskBytes = family.diskBytes;
        preset.minimumDiskBytes = family.minimumDiskBytes;
        preset.nic = NicModel::E1000;
        return preset;
    }
    const Era era = eraOf(facts->info);
    preset.osId = facts->info.id;
    if (facts->info.endOfLife.isValid())
        preset.endOfLife = facts->info.endOfLife;
    setSizes(preset, *facts, era);
    setDevices(preset, *facts, era);
    setFirmware(preset, *facts, era);
    const bool isWindows = facts->info.family.startsWith(QLatin1String("win"))
        || facts->info.family == QLatin1String("msdos");
    preset.clock = isWindows ? ClockBase::LocalTime : ClockBase::Utc;
    return preset;
}

QString endOfLifeText(const std::optional<QDate> &endOfLife, const QDate &today)
{
    if (!endOfLife || !endOfLife->isValid() || *endOfLife >= today)
        return {};
    return QStringLiteral("End of life since %1")
        .arg(QLocale::c().toString(*endOfLife, QStringLiteral("d MMMM yyyy")));
}

} // namespace engine
