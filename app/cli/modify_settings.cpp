// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/modify_settings.h"

#include "app/cli/modify_inert.h"
#include "app/cli/modify_nic.h"
#include "app/cli/modify_serial.h"
#include "app/cli/modify_vrde.h"
#include "app/cli/nic_settings.h"
#include "app/cli/os_choice.h"
#include "app/cli/vbox_words.h"
#include "engine/machine/machine_json.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>

namespace app {

using namespace engine;

namespace {

struct Setting
{
    OptionSpec option;
    Outcome (*apply)(MachineDefinition &, const Option &);
};

Outcome setName(MachineDefinition &definition, const Option &option)
{
    if (option.value().trimmed().isEmpty())
        return Outcome::syntax(QStringLiteral("A machine's name cannot be empty"));
    definition.name = option.value();
    return {};
}

Outcome setDescription(MachineDefinition &definition, const Option &option)
{
    definition.description = option.value();
    return {};
}

Outcome setGroups(MachineDefinition &definition, const Option &option)
{
    definition.groups = option.value().split(QLatin1Char(','), Qt::SkipEmptyParts);
    for (const QString &group : std::as_const(definition.groups)) {
        if (!group.startsWith(QLatin1Char('/')))
            return Outcome::syntax(
                QStringLiteral("Invalid group \"%1\": groups begin with /").arg(group));
    }
    return {};
}

Outcome setOs(MachineDefinition &definition, const Option &option)
{
    return setOsType(definition, option.value());
}

Outcome setEngine(MachineDefinition &definition, const Option &option)
{
    const auto engine = enumFromName<EngineChoice>(option.value());
    if (!engine)
        return Outcome::syntax(
            QStringLiteral("Unknown engine \"%1\": known are %2")
                .arg(option.value(), enumNames<EngineChoice>().join(QStringLiteral(", "))));
    definition.engine = *engine;
    return {};
}

Outcome setMemory(MachineDefinition &definition, const Option &option)
{
    definition.memoryMiB =
        TRY(toNumber(option.value(), option.display(), MachineDefinition::MinMemoryMiB,
                     MachineDefinition::MaxMemoryMiB));
    return {};
}

Outcome setBalloon(MachineDefinition &definition, const Option &option)
{
    definition.balloonMiB =
        TRY(toNumber(option.value(), option.display(), 0, MachineDefinition::MaxMemoryMiB));
    definition.inertSettings.remove(QLatin1String("guestmemoryballoon")); // of a version without
    return {};
}

Outcome setVram(MachineDefinition &definition, const Option &option)
{
    definition.videoMemoryMiB = TRY(toNumber(option.value(), option.display(), 0, 256));
    return {};
}

Outcome setMonitorCount(MachineDefinition &definition, const Option &option)
{
    definition.monitors =
        TRY(toNumber(option.value(), option.display(), 1, MachineDefinition::MaxMonitors));
    definition.inertSettings.remove(QLatin1String("monitorcount")); // of a version without
    return {};
}

Outcome setCpus(MachineDefinition &definition, const Option &option)
{
    definition.cpus =
        TRY(toNumber(option.value(), option.display(), 1, MachineDefinition::MaxCpus));
    return {};
}

Outcome setFirmware(MachineDefinition &definition, const Option &option)
{
    definition.firmware = TRY(firmwareFromWord(option.value()));
    if (definition.firmware == Firmware::Bios)
        definition.isSecureBootOn = false;
    return {};
}

Outcome setSecureBoot(MachineDefinition &definition, const Option &option)
{
    definition.isSecureBootOn = TRY(toSwitch(option.value(), option.display()));
    if (!definition.isSecureBootOn)
        return {};
    definition.firmware = Firmware::Uefi;
    if (definition.chipset != Chipset::Q35)
        return Outcome::failure(ResultCode::NotSupported,
                                QStringLiteral("Secure Boot needs the chipset ICH9"),
                                QStringLiteral("Say --chipset ich9 first"));
    return {};
}

Outcome setTpm(MachineDefinition &definition, const Option &option)
{
    definition.tpm = TRY(tpmFromWord(option.value()));
    return {};
}

Outcome setChipset(MachineDefinition &definition, const Option &option)
{
    definition.chipset = TRY(chipsetFromWord(option.value()));
    return {};
}

Outcome setClock(MachineDefinition &definition, const Option &option)
{
    const bool isUtc = TRY(toSwitch(option.value(), option.display()));
    definition.clock = isUtc ? ClockBase::Utc : ClockBase::LocalTime;
    return {};
}

Outcome setGraphics(MachineDefinition &definition, const Option &option)
{
    definition.video = TRY(videoFromWord(option.value()));
    return {};
}

Outcome setBoot(MachineDefinition &definition, const Option &option)
{
    if (option.number > 4)
        return Outcome::syntax(QStringLiteral("There are four boot places: --boot1 to --boot4"));
    BootSlots places = bootSlots(definition);
    places[std::size_t(option.number - 1)] = TRY(bootFromWord(option.value()));
    setBootSlots(definition, places);
    return {};
}

// Sound, input, USB.

Outcome setAudio(MachineDefinition &definition, const Option &option)
{
    const QString driver = option.value().toLower();
    setInertValue(definition, QStringLiteral("audiodriver"), driver);
    if (driver == QLatin1String("none"))
        definition.audio = AudioModel::None;
    else if (definition.audio == AudioModel::None)
        definition.audio = AudioModel::Hda;
    return {};
}

Outcome setAudioEnabled(MachineDefinition &definition, const Option &option)
{
    const bool isOn = TRY(toSwitch(option.value(), option.display()));
    if (!isOn)
        definition.audio = AudioModel::None;
    else if (definition.audio == AudioModel::None)
        definition.audio = AudioModel::Hda;
    return {};
}

Outcome setAudioController(MachineDefinition &definition, const Option &option)
{
    const QString word = option.value().toLower();
    if (word == QLatin1String("sb16"))
        return Outcome::failure(ResultCode::NotSupported,
                                QStringLiteral("This version has no sound card \"sb16\""),
                                QStringLiteral("Use hda or ac97"));
    if (word != QLatin1String("hda") && word != QLatin1String("ac97"))
        return Outcome::syntax(
            QStringLiteral("Unknown sound card \"%1\": known are hda, ac97").arg(option.value()));
    // The card of a machine whose sound is off is none; the choice shows when it goes on.
    if (definition.audio != AudioModel::None)
        definition.audio = word == QLatin1String("hda") ? AudioModel::Hda : AudioModel::Ac97;
    return {};
}

Outcome setMouse(MachineDefinition &definition, const Option &option)
{
    definition.pointing = TRY(pointingFromWord(option.value()));
    if (definition.pointing != PointingDevice::Ps2Mouse && definition.usb == UsbController::None)
        definition.usb = UsbController::Xhci;
    return {};
}

Outcome setKeyboard(MachineDefinition &definition, const Option &option)
{
    definition.keyboard = TRY(keyboardFromWord(option.value()));
    definition.inertSettings.remove(QLatin1String("keyboard")); // of a version without
    if (definition.keyboard == KeyboardDevice::Usb && definition.usb == UsbController::None)
        definition.usb = UsbController::Xhci;
    return {};
}

template <UsbController Kind>
Outcome setUsb(MachineDefinition &definition, const Option &option)
{
    const bool isOn = TRY(toSwitch(option.value(), option.display()));
    if (isOn) {
        // The better controller serves the older devices as well.
        if (int(definition.usb) < int(Kind))
            definition.usb = Kind;
        return {};
    }
    if (definition.usb == Kind || option.name == QLatin1String("usb"))
        definition.usb = UsbController::None;
    if (definition.usb == UsbController::None) {
        definition.pointing = PointingDevice::Ps2Mouse;
        definition.keyboard = KeyboardDevice::Ps2;
    }
    return {};
}

Outcome setAudioInput(MachineDefinition &definition, const Option &option)
{
    definition.isAudioInputOn = TRY(toSwitch(option.value(), option.display()));
    return {};
}

Outcome setAudioOutput(MachineDefinition &definition, const Option &option)
{
    definition.isAudioOutputOn = TRY(toSwitch(option.value(), option.display()));
    definition.inertSettings.remove(QLatin1String("audioout")); // of a version without
    return {};
}

// Recording.

Outcome setRecording(MachineDefinition &definition, const Option &option)
{
    definition.recording.isOn = TRY(toSwitch(option.value(), option.display()));
    return {};
}

Outcome setRecordingFile(MachineDefinition &definition, const Option &option)
{
    definition.recording.file =
        option.value().isEmpty() ? QString() : QDir::cleanPath(option.value());
    return {};
}

Outcome setRecordingResolution(MachineDefinition &definition, const Option &option)
{
    TRY(setRecordingSize(definition.recording, option.value()));
    return {};
}

Outcome setRecordingParts(MachineDefinition &definition, const Option &option)
{
    TRY(setRecordingOptions(definition, option.value()));
    return {};
}

template <int RecordingSettings::*number, int Least, int Most>
Outcome setRecordingNumber(MachineDefinition &definition, const Option &option)
{
    definition.recording.*number = TRY(toNumber(option.value(), option.display(), Least, Most));
    return {};
}

constexpr int NoLimit = 1'000'000'000;

Outcome setNested(MachineDefinition &definition, const Option &option)
{
    definition.isNestedVirtualizationOn = TRY(toSwitch(option.value(), option.display()));
    return {};
}

template <SharingMode MachineDefinition::*mode, const char *inertName>
Outcome setSharing(MachineDefinition &definition, const Option &option)
{
    definition.*mode = TRY(sharingFromWord(option.value()));
    definition.inertSettings.remove(QLatin1String(inertName)); // of a version without
    return {};
}

constexpr char InertClipboard[] = "clipboardmode";
constexpr char InertDrop[] = "draganddrop";

Outcome setAutostart(MachineDefinition &definition, const Option &option)
{
    definition.isAutostartOn = TRY(toSwitch(option.value(), option.display()));
    return {};
}

Outcome setAutostartDelay(MachineDefinition &definition, const Option &option)
{
    definition.autostartDelaySeconds =
        TRY(toNumber(option.value(), option.display(), 0, 24 * 60 * 60));
    return {};
}

const Setting Settings[] = {
    {{.name = "name", .value = "<name>"}, setName},
    {{.name = "description", .value = "<text>"}, setDescription},
    {{.name = "groups", .value = "<group,...>"}, setGroups},
    {{.name = "os-type", .value = "<type>"}, setOs},
    {{.name = "engine", .value = "auto|kvm|qemu"}, setEngine},
    {{.name = "memory", .value = "<MB>"}, setMemory},
    {{.name = "guest-memory-balloon", .value = "<MB>"}, setBalloon},
    {{.name = "vram", .value = "<MB>"}, setVram},
    {{.name = "monitor-count", .value = "<1-4>"}, setMonitorCount},
    {{.name = "cpus", .value = "<number>"}, setCpus},
    {{.name = "firmware", .value = "bios|efi"}, setFirmware},
    {{.name = "chipset", .value = "piix3|ich9"}, setChipset},
    {{.name = "secure-boot", .value = "on|off"}, setSecureBoot},
    {{.name = "tpm-type", .value = "none|1.2|2.0"}, setTpm},
    {{.name = "rtc-use-utc", .value = "on|off"}, setClock},
    {{.name = "graphicscontroller", .value = "none|vboxvga|vmsvga|vboxsvga"}, setGraphics},
    {{.name = "boot", .value = "none|disk|dvd|floppy|net", .isNumbered = true}, setBoot},
    {{.name = "nic", .value = "none|null|nat|intnet|bridged", .isNumbered = true}, setNic},
    {{.name = "nic-type", .value = "82540EM|virtio|e1000e|rtl8139", .isNumbered = true},
     setNicType},
    {{.name = "mac-address", .value = "auto|<12 hex digits>", .isNumbered = true}, setMac},
    {{.name = "cable-connected", .value = "on|off", .isNumbered = true}, setCable},
    {{.name = "nat-pf",
      .value = "<name,tcp|udp,host ip,host port,guest ip,guest port>|delete <name>",
      .isNumbered = true,
      .wordCount = forwardWordCount},
     setForward},
    {{.name = "nat-net", .value = "default|<network>", .isNumbered = true},
     setAdapterValue<setNatNetwork>},
    {{.name = "intnet", .value = "<network's name>", .isNumbered = true}, setInternalNetwork},
    {{.name = "bridge-adapter", .value = "none|<bridge>", .isNumbered = true}, setBridge},
    {{.name = "nic-rate-limit", .value = "off|<KiB per second>", .isNumbered = true},
     setAdapterValue<setNicRateLimit>},
    {{.name = "nic-egress",
      .value = "open|no-lan|off|list:<name or network>,...",
      .isNumbered = true},
     setAdapterValue<setNicEgress>},
    {{.name = "audio", .value = "none|default"}, setAudio},
    {{.name = "audio-driver", .value = "none|default"}, setAudio},
    {{.name = "audio-enabled", .value = "on|off"}, setAudioEnabled},
    {{.name = "audio-controller", .value = "hda|ac97"}, setAudioController},
    {{.name = "mouse", .value = "ps2|usb|usbtablet"}, setMouse},
    {{.name = "keyboard", .value = "ps2|usb"}, setKeyboard},
    {{.name = "usb", .value = "on|off"}, setUsb<UsbController::Uhci>},
    {{.name = "usb-ohci", .value = "on|off"}, setUsb<UsbController::Uhci>},
    {{.name = "usb-ehci", .value = "on|off"}, setUsb<UsbController::Ehci>},
    {{.name = "usb-xhci", .value = "on|off"}, setUsb<UsbController::Xhci>},
    {{.name = "audio-in", .value = "on|off"}, setAudioInput},
    {{.name = "audio-out", .value = "on|off"}, setAudioOutput},
    {{.name = "recording", .value = "on|off", .aliases = "vcpenabled videocap"}, setRecording},
    {{.name = "recording-file", .value = "<file>", .aliases = "videocapfile vcpfile"},
     setRecordingFile},
    {{.name = "recording-video-res", .value = "screen|<width>x<height>", .aliases = "videocapres"},
     setRecordingResolution},
    {{.name = "recording-video-fps", .value = "<frames per second>", .aliases = "videocapfps"},
     setRecordingNumber<&RecordingSettings::framesPerSecond, 1,
                        RecordingSettings::MaxFramesPerSecond>},
    {{.name = "recording-video-rate", .value = "<kilobits per second>", .aliases = "videocaprate"},
     setRecordingNumber<&RecordingSettings::kilobitsPerSecond, 0, RecordingSettings::MaxKilobits>},
    {{.name = "recording-opts",
      .value = "ac_enabled=true|false",
      .aliases = "videocapopts"},
     setRecordingParts},
    {{.name = "recording-max-time", .value = "<seconds>", .aliases = "videocapmaxtime"},
     setRecordingNumber<&RecordingSettings::maxSeconds, 0, NoLimit>},
    {{.name = "recording-max-size", .value = "<MB>", .aliases = "videocapmaxsize"},
     setRecordingNumber<&RecordingSettings::maxMiB, 0, NoLimit>},
    {{.name = "nested-hw-virt", .value = "on|off"}, setNested},
    {{.name = "clipboard-mode",
      .value = "disabled|hosttoguest|guesttohost|bidirectional",
      .aliases = "clipboard"},
     setSharing<&MachineDefinition::clipboard, InertClipboard>},
    {{.name = "drag-and-drop",
      .value = "disabled|hosttoguest|guesttohost|bidirectional",
      .aliases = "draganddrop"},
     setSharing<&MachineDefinition::dragAndDrop, InertDrop>},
    {{.name = "autostart-enabled", .value = "on|off"}, setAutostart},
    {{.name = "autostart-delay", .value = "<seconds>"}, setAutostartDelay},
    {{.name = "uart",
      .value = "off|<address> <interrupt>",
      .isNumbered = true,
      .wordCount = serialPortWords},
     setSerialPort},
    {{.name = "uart-mode",
      .value = "disconnected|server <path>|client <path>|file <path>",
      .isNumbered = true,
      .wordCount = serialModeWords},
     setSerialMode},
    {{.name = "vrde", .value = "on|off", .aliases = "vrdp"}, setRemoteDisplay},
    {{.name = "vrde-address", .value = "<address>", .aliases = "vrdpaddress"},
     setRemoteDisplayAddress},
    {{.name = "vrde-port", .value = "default|<port,...>", .aliases = "vrdpport vrdeports"},
     setRemoteDisplayPorts},
    {{.name = "vrde-property", .value = "<name=value>"}, setRemoteDisplayProperty},
};

QString inertKey(const Option &option)
{
    const QString number = option.number > 0 ? QString::number(option.number) : QString();
    return QString(option.name).remove(QLatin1Char('-')) + number;
}

} // namespace

std::span<const OptionSpec> modifyOptions()
{
    static const QList<OptionSpec> all = [] {
        QList<OptionSpec> options;
        for (const Setting &setting : Settings)
            options.append(setting.option);
        for (const OptionSpec &inert : inertModifyOptions())
            options.append(inert);
        return options;
    }();
    return {all.constData(), std::size_t(all.size())};
}

Outcome applyModifications(MachineDefinition &definition, const Arguments &arguments)
{
    for (const Option &option : arguments.options) {
        const Setting *known = nullptr;
        for (const Setting &setting : Settings) {
            if (option.name == QLatin1String(setting.option.name))
                known = &setting;
        }
        if (known) {
            const Outcome outcome = known->apply(definition, option);
            if (outcome.error() && outcome.error()->kind() == ErrorKind::Invalid)
                return Outcome::syntax(*outcome.error());
            if (!outcome.isGood())
                return outcome;
        } else if (option.name != QLatin1String("json") && option.name != QLatin1String("nologo")
                   && option.name != QLatin1String("settingspwfile")) {
            setInertValue(definition, inertKey(option),
                          option.values.size() == 1
                              ? QJsonValue(option.value())
                              : QJsonValue(QJsonArray::fromStringList(option.values)));
        }
    }
    // Only together, and in any order: an address and the password that it needs.
    for (const char *name : {"vrde", "vrde-address", "vrde-port", "vrde-property", "engine"}) {
        if (arguments.has(name))
            return checkRemoteDisplayOptions(definition);
    }
    return {};
}

} // namespace app
