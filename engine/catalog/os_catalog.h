// SPDX-License-Identifier: GPL-3.0-or-later
// Guest systems, what identifies their media and what hardware suits them. The data is
// osinfo-db's, loaded by libosinfo (system, local and user directories) together with the overlay
// of resources/osinfo; see DECISIONS.md. The little that libosinfo does not know (best video
// model, VirtualBox's type names) is in os_preset.cpp and vbox_os_types.cpp.
//
// Loading takes some 0.35 s, so windows load it on a thread: OsCatalog::load() may be called on any
// thread; the object is immutable afterwards and its const functions may be called on one thread
// at a time. libosinfo's own headers appear in os_catalog.cpp only.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QDate>
#include <QtCore/QList>
#include <QtCore/QString>

#include <memory>
#include <optional>

namespace engine {

struct OsInfo
{
    QString id; // short id: "debian12"
    QString name; // "Debian 12"
    QString family; // "linux", "winnt", "freebsd", ...
    QString distro; // "debian"
    QString version;
    QDate released; // invalid when unknown
    QDate endOfLife; // invalid when unknown
};

// How sure `MediaInfo::osId` is, surest first.
enum class MediaMatch {
    Exact, // this very system
    Nearest, // the nearest release of the same distribution, or one of several it may be
    Generic, // some Linux
    Unknown, // nothing: ask
};

// What a medium turned out to be.
struct MediaInfo
{
    QString path;
    QString osId; // empty: not recognised, ask
    QString label; // "Debian 12", else the volume id or the file name
    QString architecture; // "x86_64", "i686"; empty when unknown
    bool isBootable = false;
    bool isLive = false; // runs without being installed
    bool isExact = true; // false: `osId` is the nearest that is known
    MediaMatch match = MediaMatch::Unknown;
    // A sentence for the person who chose the medium; empty when `match` is Exact. "Debian 14 is
    // not known yet: using the settings of Debian 13."
    QString note;
    qint64 sizeBytes = 0;
    QString volumeId;
};

// Sizes and devices for one system. Always complete: what the data does not say is filled from the
// family's defaults.
struct OsPreset
{
    QString osId;
    int memoryMiB = 2048;
    int minimumMemoryMiB = 256;
    int cpus = 2;
    qint64 diskBytes = 0;
    qint64 minimumDiskBytes = 0;
    Firmware firmware = Firmware::Bios;
    bool needsTpm = false; // TPM 2.0, or its installer refuses
    bool supportsSecureBoot = false; // its boot loader is signed by Microsoft
    bool needsSecureBoot = false; // its installer asks for firmware that can do it
    std::optional<QDate> endOfLife;
    Chipset chipset = Chipset::Q35;
    ControllerKind diskBus = ControllerKind::Sata;
    ControllerKind opticalBus = ControllerKind::Sata;
    NicModel nic = NicModel::E1000;
    VideoModel video = VideoModel::Vga;
    AudioModel audio = AudioModel::Hda;
    PointingDevice pointing = PointingDevice::UsbTablet;
    UsbController usb = UsbController::Xhci;
    ClockBase clock = ClockBase::Utc;
};

// "End of life since 30 June 2028"; empty while the system still gets updates, or nothing is known.
QString endOfLifeText(const std::optional<QDate> &endOfLife,
                      const QDate &today = QDate::currentDate());

class OsCatalog final
{
public:
    // `overlayFolder` empty: that of the running program (paths::dataFolder()/osinfo).
    static Result<std::shared_ptr<const OsCatalog>> load(const QString &overlayFolder = {});
    ~OsCatalog();

    QList<OsInfo> systems() const; // newest first within a distribution
    std::optional<OsInfo> system(const QString &osId) const;

    // Reads the ISO's descriptors. A file that is no ISO 9660 image is an error that says so and
    // names what it looks like; an unrecognised bootable ISO is not an error.
    Result<MediaInfo> identify(const QString &isoPath) const;

    // Unknown ids give the generic preset of a recent Linux.
    OsPreset preset(const QString &osId,
                    const QString &architecture = QStringLiteral("x86_64")) const;

    // VirtualBox's type names, both ways: "Debian_64" <-> "debian12". The nearest of the family
    // when there is no exact one; empty when there is none at all. Types of ARM guests lead to the
    // same systems.
    QString osIdFromVirtualBox(const QString &typeName) const;

private:
    struct Private;
    explicit OsCatalog(std::unique_ptr<Private> data);
    std::unique_ptr<Private> m_private;
};

// VirtualBox's list of guest types, for `list ostypes` and `createvm --ostype`. No catalogue
// needed.
struct VBoxOsType
{
    QString id; // "Debian_64"
    QString description; // "Debian (64-bit)"
    QString familyId; // "Linux"
    QString familyDescription;
    bool is64Bit = true;
    QString osId; // osinfo's short id of the same or nearest system; empty for "Other"
    bool isArm = false; // "Debian_arm64"
};
const QList<VBoxOsType> &vboxOsTypes(); // of PCs, as VirtualBox lists them on a PC
const QList<VBoxOsType> &vboxArmOsTypes();
// Of PCs only: an ARM guest's type is not one that a machine can be made of.
const VBoxOsType *findVBoxOsType(const QString &idOrDescription);
// "Other_64" when nothing fits. For "i686" and "aarch64" the type of that architecture where
// VirtualBox has one, else that of x86_64.
const VBoxOsType &vboxOsTypeFor(const QString &osId,
                                const QString &architecture = QStringLiteral("x86_64"));

} // namespace engine
