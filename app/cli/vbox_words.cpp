// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/vbox_words.h"

#include "app/cli/known_words.h"
#include "engine/catalog/os_catalog.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QJsonArray>

namespace app {

using namespace engine;

namespace {

constexpr char BootSlotsKey[] = "bootslots";

} // namespace

QString inertValue(const MachineDefinition &definition, const QString &key, const QString &fallback)
{
    const QJsonValue value = definition.inertSettings.value(key);
    if (value.isArray()) {
        QStringList words;
        for (const QJsonValue &word : value.toArray())
            words.append(word.toString());
        return words.join(QLatin1Char(','));
    }
    return value.isString() ? value.toString() : fallback;
}

void setInertValue(MachineDefinition &definition, const QString &key, const QJsonValue &value)
{
    definition.inertSettings.insert(key, value);
}

QString firmwareWord(Firmware firmware)
{
    return firmware == Firmware::Uefi ? QStringLiteral("EFI") : QStringLiteral("BIOS");
}

Result<Firmware> firmwareFromWord(const QString &word)
{
    if (isOneOf(word, {"bios"}))
        return Firmware::Bios;
    if (isOneOf(word, {"efi", "efi64", "uefi"}))
        return Firmware::Uefi;
    if (isOneOf(word, {"efi32"}))
        return lackingWord(QStringLiteral("firmware"), word, QStringLiteral("Use efi (64-bit)"));
    return unknownWord(QStringLiteral("firmware"), word, QStringLiteral("bios, efi, efi64, uefi"));
}

QString tpmWord(TpmModel model)
{
    return enumName(model);
}

Result<TpmModel> tpmFromWord(const QString &word)
{
    if (const auto model = enumFromName<TpmModel>(word.toLower()))
        return *model;
    if (isOneOf(word, {"host", "swtpm"}))
        return lackingWord(
            QStringLiteral("TPM"), word,
            QStringLiteral("Use 2.0: every machine gets an emulated one of its own"));
    return unknownWord(QStringLiteral("TPM"), word, QStringLiteral("none, 1.2, 2.0"));
}

QString chipsetWord(Chipset chipset)
{
    return chipset == Chipset::Q35 ? QStringLiteral("ich9") : QStringLiteral("piix3");
}

Result<Chipset> chipsetFromWord(const QString &word)
{
    if (isOneOf(word, {"piix3", "i440fx"}))
        return Chipset::I440fx;
    if (isOneOf(word, {"ich9", "q35"}))
        return Chipset::Q35;
    return unknownWord(QStringLiteral("chipset"), word, QStringLiteral("piix3, ich9"));
}

Result<VideoModel> videoFromWord(const QString &word)
{
    if (isOneOf(word, {"none"}))
        return VideoModel::None;
    if (isOneOf(word, {"vboxvga", "vga"}))
        return VideoModel::Vga;
    if (isOneOf(word, {"vmsvga", "virtio"}))
        return VideoModel::Virtio;
    if (isOneOf(word, {"vboxsvga", "qxl"}))
        return VideoModel::Qxl;
    return unknownWord(QStringLiteral("graphics controller"), word,
                       QStringLiteral("none, vboxvga, vmsvga, vboxsvga, vga, virtio, qxl"));
}

QString graphicsWord(const MachineDefinition &definition)
{
    switch (definition.video) {
    case VideoModel::None:
        return QStringLiteral("none");
    case VideoModel::Vga:
        return QStringLiteral("vboxvga");
    case VideoModel::Virtio:
        return QStringLiteral("vmsvga");
    case VideoModel::Qxl:
        return QStringLiteral("vboxsvga");
    }
    return {};
}

QString pointingWord(PointingDevice device)
{
    switch (device) {
    case PointingDevice::Ps2Mouse:
        return QStringLiteral("ps2mouse");
    case PointingDevice::UsbMouse:
        return QStringLiteral("usbmouse");
    case PointingDevice::UsbTablet:
        return QStringLiteral("usbtablet");
    }
    return {};
}

Result<PointingDevice> pointingFromWord(const QString &word)
{
    if (isOneOf(word, {"ps2", "ps2mouse"}))
        return PointingDevice::Ps2Mouse;
    if (isOneOf(word, {"usb", "usbmouse"}))
        return PointingDevice::UsbMouse;
    if (isOneOf(word, {"usbtablet"}))
        return PointingDevice::UsbTablet;
    if (isOneOf(word, {"usbmultitouch", "usbmtscreenpluspad"}))
        return lackingWord(QStringLiteral("pointing device"), word,
                           QStringLiteral("Use usbtablet"));
    return unknownWord(QStringLiteral("pointing device"), word,
                       QStringLiteral("ps2, usb, usbtablet"));
}

QString keyboardWord(KeyboardDevice device)
{
    return device == KeyboardDevice::Usb ? QStringLiteral("usbkbd") : QStringLiteral("ps2kbd");
}

Result<KeyboardDevice> keyboardFromWord(const QString &word)
{
    if (isOneOf(word, {"ps2", "ps2kbd"}))
        return KeyboardDevice::Ps2;
    if (isOneOf(word, {"usb", "usbkbd"}))
        return KeyboardDevice::Usb;
    return unknownWord(QStringLiteral("keyboard"), word, QStringLiteral("ps2, usb"));
}

QString sharingWord(SharingMode mode)
{
    switch (mode) {
    case SharingMode::Disabled:
        return QStringLiteral("disabled");
    case SharingMode::HostToGuest:
        return QStringLiteral("HostToGuest");
    case SharingMode::GuestToHost:
        return QStringLiteral("GuestToHost");
    case SharingMode::Bidirectional:
        return QStringLiteral("Bidirectional");
    }
    return {};
}

Result<SharingMode> sharingFromWord(const QString &word)
{
    if (const auto mode = enumFromName<SharingMode>(word.toLower()))
        return *mode;
    return unknownWord(QStringLiteral("direction"), word,
                       enumNames<SharingMode>().join(QStringLiteral(", ")));
}

QString audioWord(const MachineDefinition &definition)
{
    if (definition.audio == AudioModel::None)
        return QStringLiteral("none");
    const QString driver = inertValue(definition, QStringLiteral("audiodriver"));
    return driver.isEmpty() || driver == QLatin1String("none") ? QStringLiteral("default") : driver;
}

QString recordingSizeWord(const RecordingSettings &recording)
{
    return recording.width == 0
        ? QStringLiteral("screen")
        : QStringLiteral("%1x%2").arg(recording.width).arg(recording.height);
}

Result<> setRecordingSize(RecordingSettings &recording, const QString &word)
{
    int width = 0;
    int height = 0;
    if (word.toLower() != QLatin1String("screen")) {
        const QStringList sides = word.toLower().split(QLatin1Char('x'));
        const auto side = [&sides](int index) {
            bool isNumber = false;
            const int value = sides.value(index).toInt(&isNumber);
            return isNumber && value >= 16 && value <= RecordingSettings::MaxSide ? value : 0;
        };
        width = side(0);
        height = side(1);
        if (sides.size() != 2 || width == 0 || height == 0)
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("\"%1\" is no size of a film: <width>x<height>, each "
                                            "between 16 and %2, or \"screen\" for the guest's")
                                 .arg(word)
                                 .arg(RecordingSettings::MaxSide));
    }
    recording.width = width;
    recording.height = height;
    return {};
}

namespace {

const QString InertRecordingOptions = QStringLiteral("recordingopts");

} // namespace

QString recordingOptionsWord(const MachineDefinition &definition)
{
    const QString others = inertValue(definition, InertRecordingOptions);
    return QStringLiteral("vc_enabled=true,ac_enabled=%1")
               .arg(definition.recording.hasSound ? QStringLiteral("true")
                                                  : QStringLiteral("false"))
        + (others.isEmpty() ? QString() : QLatin1Char(',') + others);
}

Result<> setRecordingOptions(MachineDefinition &definition, const QString &word)
{
    QStringList others;
    for (const QString &option : word.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const QString key = option.section(QLatin1Char('='), 0, 0).trimmed().toLower();
        const QString value = option.section(QLatin1Char('='), 1).trimmed().toLower();
        if (key != QLatin1String("ac_enabled") && key != QLatin1String("vc_enabled")) {
            others.append(option);
            continue;
        }
        const bool isOn = value == QLatin1String("true");
        if (!isOn && value != QLatin1String("false"))
            return makeError(
                ErrorKind::Invalid,
                QStringLiteral("\"%1\" is neither true nor false: %2=true|false").arg(value, key));
        if (key == QLatin1String("ac_enabled"))
            definition.recording.hasSound = isOn;
        else if (!isOn)
            return makeError(ErrorKind::Unsupported,
                             QStringLiteral("A film without pictures cannot be made"),
                             QStringLiteral("Take the sound out of a film with another program"));
    }
    definition.inertSettings.remove(InertRecordingOptions);
    if (!others.isEmpty())
        setInertValue(definition, InertRecordingOptions, others.join(QLatin1Char(',')));
    return {};
}

QString audioControllerWord(AudioModel model)
{
    return model == AudioModel::Ac97 ? QStringLiteral("ac97") : QStringLiteral("hda");
}

QString controllerTypeWord(const MachineDefinition &definition, const StorageController &controller)
{
    switch (controller.kind) {
    case ControllerKind::Ide: {
        // PIIX3, PIIX4 and ICH6 are one controller here.
        const QJsonObject stored =
            definition.inertSettings.value(QStringLiteral("storagectl")).toObject();
        const QString type =
            stored.value(controller.name).toObject().value(QStringLiteral("controller")).toString();
        return type.isEmpty() ? QStringLiteral("PIIX4") : type;
    }
    case ControllerKind::Sata:
        return QStringLiteral("IntelAhci");
    case ControllerKind::Virtio:
    case ControllerKind::VirtioScsi:
        return QStringLiteral("VirtioSCSI");
    case ControllerKind::Nvme:
        return QStringLiteral("NVMe");
    case ControllerKind::Usb:
        return QStringLiteral("USB");
    case ControllerKind::Floppy:
        return QStringLiteral("I82078");
    }
    return {};
}

int maximumPorts(ControllerKind kind)
{
    switch (kind) {
    case ControllerKind::Ide:
        return 2;
    case ControllerKind::Sata:
        return 30;
    case ControllerKind::Virtio:
    case ControllerKind::VirtioScsi:
    case ControllerKind::Nvme:
        return 24;
    case ControllerKind::Usb:
        return 8;
    case ControllerKind::Floppy:
        return 1;
    }
    return 1;
}

int devicesPerPort(ControllerKind kind)
{
    return kind == ControllerKind::Ide || kind == ControllerKind::Floppy ? 2 : 1;
}

QString bootWord(const std::optional<BootDevice> &device)
{
    if (!device)
        return QStringLiteral("none");
    switch (*device) {
    case BootDevice::HardDisk:
        return QStringLiteral("disk");
    case BootDevice::Optical:
        return QStringLiteral("dvd");
    case BootDevice::Floppy:
        return QStringLiteral("floppy");
    case BootDevice::Network:
        return QStringLiteral("net");
    }
    return {};
}

Result<std::optional<BootDevice>> bootFromWord(const QString &word)
{
    if (isOneOf(word, {"none"}))
        return std::optional<BootDevice>();
    if (isOneOf(word, {"disk"}))
        return std::optional(BootDevice::HardDisk);
    if (isOneOf(word, {"dvd", "cdrom"}))
        return std::optional(BootDevice::Optical);
    if (isOneOf(word, {"floppy"}))
        return std::optional(BootDevice::Floppy);
    if (isOneOf(word, {"net"}))
        return std::optional(BootDevice::Network);
    return unknownWord(QStringLiteral("boot device"), word,
                       QStringLiteral("none, disk, dvd, floppy, net"));
}

namespace {

QList<BootDevice> filled(const BootSlots &slots_)
{
    QList<BootDevice> order;
    for (const auto &device : slots_) {
        if (device && !order.contains(*device))
            order.append(*device);
    }
    return order;
}

} // namespace

BootSlots bootSlots(const MachineDefinition &definition)
{
    BootSlots places;
    const QJsonArray stored = definition.inertSettings.value(QLatin1String(BootSlotsKey)).toArray();
    for (qsizetype i = 0; i < stored.size() && i < qsizetype(places.size()); ++i) {
        const auto device = bootFromWord(stored.at(i).toString());
        if (device)
            places[std::size_t(i)] = *device;
    }
    if (!stored.isEmpty() && filled(places) == definition.bootOrder)
        return places;
    // The order was changed elsewhere since, or never set by slot.
    places = {};
    for (qsizetype i = 0; i < definition.bootOrder.size() && i < qsizetype(places.size()); ++i)
        places[std::size_t(i)] = definition.bootOrder.at(i);
    return places;
}

void setBootSlots(MachineDefinition &definition, const BootSlots &slots_)
{
    definition.bootOrder = filled(slots_);
    QJsonArray words;
    for (const auto &device : slots_)
        words.append(bootWord(device));
    definition.inertSettings.insert(QLatin1String(BootSlotsKey), words);
}

OsTypeWords osTypeWords(const MachineDefinition &definition)
{
    const QString asked = inertValue(definition, QStringLiteral("ostype"));
    if (!asked.isEmpty()) {
        const VBoxOsType *type = findVBoxOsType(asked);
        if (type && type->osId == definition.osId)
            return {type->id, type->description};
    }
    const VBoxOsType &type = vboxOsTypeFor(definition.osId);
    return {type.id, type.description};
}

} // namespace app
