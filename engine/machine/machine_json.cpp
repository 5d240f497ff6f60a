// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_json.h"

#include "engine/machine/json_reader.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace engine {

namespace {

constexpr int FormatVersion = 1;
constexpr int MaxPort = 65535;
constexpr int MaxSlot = 1023;
constexpr int MaxRateLimitKiBps = 1024 * 1024 * 1024;
constexpr int MaxDelaySeconds = 24 * 60 * 60;
const QLatin1String FormatName("vitrine-machine");

template <class Item, class Function>
QJsonArray toArray(const QList<Item> &items, Function toJson)
{
    QJsonArray array;
    for (const Item &item : items)
        array.append(toJson(item));
    return array;
}

QJsonObject toJson(const StorageAttachment &attachment)
{
    QJsonObject json = attachment.unknownKeys;
    json[QLatin1String("kind")] = enumName(attachment.kind);
    json[QLatin1String("port")] = attachment.port;
    json[QLatin1String("device")] = attachment.device;
    json[QLatin1String("path")] = attachment.path;
    if (!attachment.format.isEmpty())
        json[QLatin1String("format")] = attachment.format;
    json[QLatin1String("readOnly")] = attachment.isReadOnly;
    json[QLatin1String("discard")] = attachment.isDiscardOn;
    json[QLatin1String("solidState")] = attachment.isSolidState;
    json[QLatin1String("hostCache")] = enumName(attachment.hostCache);
    return json;
}

StorageAttachment readAttachment(JsonReader &json)
{
    StorageAttachment attachment;
    json.takeEnum("kind", attachment.kind);
    json.take("port", attachment.port, 0, MaxSlot);
    json.take("device", attachment.device, 0, 1);
    json.take("path", attachment.path);
    json.take("format", attachment.format);
    json.take("readOnly", attachment.isReadOnly);
    json.take("discard", attachment.isDiscardOn);
    json.take("solidState", attachment.isSolidState);
    json.takeEnum("hostCache", attachment.hostCache);
    attachment.unknownKeys = json.rest();
    return attachment;
}

QJsonObject toJson(const StorageController &controller)
{
    QJsonObject json = controller.unknownKeys;
    json[QLatin1String("name")] = controller.name;
    json[QLatin1String("kind")] = enumName(controller.kind);
    json[QLatin1String("ports")] = controller.portCount;
    json[QLatin1String("bootable")] = controller.isBootable;
    json[QLatin1String("hostCache")] = controller.isHostCacheOn;
    json[QLatin1String("attachments")] =
        toArray(controller.attachments,
                [](const StorageAttachment &attachment) { return toJson(attachment); });
    return json;
}

StorageController readController(JsonReader &json)
{
    StorageController controller;
    json.take("name", controller.name);
    json.takeEnum("kind", controller.kind);
    json.take("ports", controller.portCount, 0, MaxSlot + 1);
    json.take("bootable", controller.isBootable);
    json.take("hostCache", controller.isHostCacheOn);
    json.takeList("attachments", controller.attachments, readAttachment);
    controller.unknownKeys = json.rest();
    return controller;
}

QJsonObject toJson(const PortForward &forward)
{
    QJsonObject json = forward.unknownKeys;
    json[QLatin1String("name")] = forward.name;
    json[QLatin1String("protocol")] = enumName(forward.protocol);
    json[QLatin1String("hostAddress")] = forward.hostAddress;
    json[QLatin1String("hostPort")] = forward.hostPort;
    json[QLatin1String("guestAddress")] = forward.guestAddress;
    json[QLatin1String("guestPort")] = forward.guestPort;
    return json;
}

PortForward readForward(JsonReader &json)
{
    PortForward forward;
    json.take("name", forward.name);
    json.takeEnum("protocol", forward.protocol);
    json.take("hostAddress", forward.hostAddress);
    json.take("hostPort", forward.hostPort, 0, MaxPort);
    json.take("guestAddress", forward.guestAddress);
    json.take("guestPort", forward.guestPort, 0, MaxPort);
    forward.unknownKeys = json.rest();
    return forward;
}

QJsonObject toJson(const NetworkAdapter &adapter)
{
    QJsonObject json = adapter.unknownKeys;
    json[QLatin1String("mode")] = enumName(adapter.mode);
    json[QLatin1String("model")] = enumName(adapter.model);
    json[QLatin1String("mac")] = adapter.macAddress;
    json[QLatin1String("cableConnected")] = adapter.isCableConnected;
    json[QLatin1String("internalNetwork")] = adapter.internalNetwork;
    json[QLatin1String("hostInterface")] = adapter.hostInterface;
    json[QLatin1String("rateLimitKiBps")] = adapter.rateLimitKiBps;
    json[QLatin1String("forwards")] =
        toArray(adapter.forwards, [](const PortForward &forward) { return toJson(forward); });
    json[QLatin1String("natNetwork")] = adapter.natNetwork;
    json[QLatin1String("egress")] = enumName(adapter.egress);
    json[QLatin1String("allowedDestinations")] =
        QJsonArray::fromStringList(adapter.allowedDestinations);
    return json;
}

NetworkAdapter readAdapter(JsonReader &json)
{
    NetworkAdapter adapter;
    json.takeEnum("mode", adapter.mode);
    json.takeEnum("model", adapter.model);
    json.take("mac", adapter.macAddress);
    json.take("cableConnected", adapter.isCableConnected);
    json.take("internalNetwork", adapter.internalNetwork);
    json.take("hostInterface", adapter.hostInterface);
    json.take("rateLimitKiBps", adapter.rateLimitKiBps, 0, MaxRateLimitKiBps);
    json.takeList("forwards", adapter.forwards, readForward);
    json.take("natNetwork", adapter.natNetwork);
    json.takeEnum("egress", adapter.egress);
    json.take("allowedDestinations", adapter.allowedDestinations);
    adapter.unknownKeys = json.rest();
    return adapter;
}

QJsonObject toJson(const SerialPort &port)
{
    QJsonObject json = port.unknownKeys;
    json[QLatin1String("enabled")] = port.isEnabled;
    json[QLatin1String("mode")] = enumName(port.mode);
    json[QLatin1String("path")] = port.path;
    return json;
}

SerialPort readSerialPort(JsonReader &json)
{
    SerialPort port;
    json.take("enabled", port.isEnabled);
    json.takeEnum("mode", port.mode);
    json.take("path", port.path);
    port.unknownKeys = json.rest();
    return port;
}

QJsonObject toJson(const RecordingSettings &recording)
{
    QJsonObject json = recording.unknownKeys;
    json[QLatin1String("enabled")] = recording.isOn;
    json[QLatin1String("file")] = recording.file;
    json[QLatin1String("width")] = recording.width;
    json[QLatin1String("height")] = recording.height;
    json[QLatin1String("framesPerSecond")] = recording.framesPerSecond;
    json[QLatin1String("kilobitsPerSecond")] = recording.kilobitsPerSecond;
    json[QLatin1String("sound")] = recording.hasSound;
    json[QLatin1String("maxSeconds")] = recording.maxSeconds;
    json[QLatin1String("maxMiB")] = recording.maxMiB;
    return json;
}

RecordingSettings readRecording(JsonReader &json)
{
    constexpr int Most = 1'000'000'000;
    RecordingSettings recording;
    json.take("enabled", recording.isOn);
    json.take("file", recording.file);
    json.take("width", recording.width, 0, RecordingSettings::MaxSide);
    json.take("height", recording.height, 0, RecordingSettings::MaxSide);
    json.take("framesPerSecond", recording.framesPerSecond, 1,
              RecordingSettings::MaxFramesPerSecond);
    json.take("kilobitsPerSecond", recording.kilobitsPerSecond, 0, RecordingSettings::MaxKilobits);
    json.take("sound", recording.hasSound);
    json.take("maxSeconds", recording.maxSeconds, 0, Most);
    json.take("maxMiB", recording.maxMiB, 0, Most);
    recording.unknownKeys = json.rest();
    return recording;
}

QJsonObject toJson(const RemoteDisplay &display)
{
    QJsonObject json = display.unknownKeys;
    json[QLatin1String("enabled")] = display.isEnabled;
    json[QLatin1String("address")] = display.address;
    json[QLatin1String("ports")] = display.ports;
    json[QLatin1String("password")] = display.password;
    json[QLatin1String("tls")] = display.isTlsOn;
    return json;
}

RemoteDisplay readRemoteDisplay(JsonReader &json)
{
    RemoteDisplay display;
    json.take("enabled", display.isEnabled);
    json.take("address", display.address);
    json.take("ports", display.ports);
    json.take("password", display.password);
    json.take("tls", display.isTlsOn);
    display.unknownKeys = json.rest();
    return display;
}

QJsonObject toJson(const UsbFilter &filter)
{
    QJsonObject json = filter.unknownKeys;
    json[QLatin1String("name")] = filter.name;
    json[QLatin1String("active")] = filter.isActive;
    json[QLatin1String("vendorId")] = filter.vendorId;
    json[QLatin1String("productId")] = filter.productId;
    json[QLatin1String("revision")] = filter.revision;
    json[QLatin1String("manufacturer")] = filter.manufacturer;
    json[QLatin1String("product")] = filter.product;
    json[QLatin1String("serial")] = filter.serial;
    json[QLatin1String("port")] = filter.port;
    json[QLatin1String("remote")] = filter.remote;
    return json;
}

UsbFilter readUsbFilter(JsonReader &json)
{
    UsbFilter filter;
    json.take("name", filter.name);
    json.take("active", filter.isActive);
    json.take("vendorId", filter.vendorId);
    json.take("productId", filter.productId);
    json.take("revision", filter.revision);
    json.take("manufacturer", filter.manufacturer);
    json.take("product", filter.product);
    json.take("serial", filter.serial);
    json.take("port", filter.port);
    json.take("remote", filter.remote);
    filter.unknownKeys = json.rest();
    return filter;
}

QJsonObject toJson(const SharedFolder &folder)
{
    QJsonObject json = folder.unknownKeys;
    json[QLatin1String("name")] = folder.name;
    json[QLatin1String("path")] = folder.path;
    json[QLatin1String("readOnly")] = folder.isReadOnly;
    json[QLatin1String("automount")] = folder.isAutomounted;
    json[QLatin1String("mountPoint")] = folder.mountPoint;
    return json;
}

SharedFolder readSharedFolder(JsonReader &json)
{
    SharedFolder folder;
    json.take("name", folder.name);
    json.take("path", folder.path);
    json.take("readOnly", folder.isReadOnly);
    json.take("automount", folder.isAutomounted);
    json.take("mountPoint", folder.mountPoint);
    folder.unknownKeys = json.rest();
    return folder;
}

void readFields(JsonReader &json, MachineDefinition &definition)
{
    QString uuid;
    json.take("uuid", uuid);
    if (!uuid.isEmpty()) {
        definition.uuid = QUuid::fromString(uuid);
        if (definition.uuid.isNull())
            json.fail(QStringLiteral("\"uuid\" is \"%1\", which is not a UUID").arg(uuid));
    }
    json.take("name", definition.name);
    json.take("description", definition.description);
    json.take("groups", definition.groups);
    json.take("osId", definition.osId);
    json.takeEnum("engine", definition.engine);
    json.take("memoryMiB", definition.memoryMiB, MachineDefinition::MinMemoryMiB,
              MachineDefinition::MaxMemoryMiB);
    json.take("balloonMiB", definition.balloonMiB, 0, MachineDefinition::MaxMemoryMiB);
    json.take("cpus", definition.cpus, 1, MachineDefinition::MaxCpus);
    json.take("nestedVirtualization", definition.isNestedVirtualizationOn);
    json.takeEnum("firmware", definition.firmware);
    json.take("secureBoot", definition.isSecureBootOn);
    json.takeEnum("tpm", definition.tpm);
    json.takeEnum("chipset", definition.chipset);
    json.takeEnum("clock", definition.clock);
    json.takeEnums("bootOrder", definition.bootOrder);
    json.takeEnum("video", definition.video);
    json.take("videoMemoryMiB", definition.videoMemoryMiB, 0, MachineDefinition::MaxVideoMemoryMiB);
    json.take("monitors", definition.monitors, 1, MachineDefinition::MaxMonitors);
    json.takeEnum("audio", definition.audio);
    json.take("audioOutput", definition.isAudioOutputOn);
    json.take("audioInput", definition.isAudioInputOn);
    json.takeEnum("pointing", definition.pointing);
    json.takeEnum("keyboard", definition.keyboard);
    json.takeEnum("usb", definition.usb);
    json.takeList("usbFilters", definition.usbFilters, readUsbFilter);
    json.takeEnum("clipboard", definition.clipboard);
    json.takeEnum("dragAndDrop", definition.dragAndDrop);
    json.takeList("controllers", definition.controllers, readController);
    json.takeList("adapters", definition.adapters, readAdapter);
    json.takeList("serialPorts", definition.serialPorts, readSerialPort);
    json.takeList("sharedFolders", definition.sharedFolders, readSharedFolder);
    json.takeGroup("recording", definition.recording, readRecording);
    json.takeGroup("remoteDisplay", definition.remoteDisplay, readRemoteDisplay);
    json.take("autostart", definition.isAutostartOn);
    json.take("autostartDelaySeconds", definition.autostartDelaySeconds, 0, MaxDelaySeconds);
    json.take("disposable", definition.isDisposable);
    json.take("inertSettings", definition.inertSettings);
    json.take("extraData", definition.extraData);
    json.take("guestProperties", definition.guestProperties);
}

Result<QJsonObject> parseObject(const QByteArray &json)
{
    if (json.trimmed().isEmpty())
        return Error(ErrorKind::Corrupt, "The file is empty");
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(json, &problem);
    if (problem.error != QJsonParseError::NoError) {
        const auto line = json.left(problem.offset).count('\n') + 1;
        return makeError(
            ErrorKind::Corrupt,
            QStringLiteral("Line %1 is not valid JSON: %2").arg(line).arg(problem.errorString()));
    }
    if (!document.isObject())
        return Error(ErrorKind::Corrupt, "The file is not a machine definition");
    return document.object();
}

} // namespace

QByteArray machineToJson(const MachineDefinition &definition)
{
    QJsonObject json = definition.unknownKeys;
    json[QLatin1String("format")] = FormatName;
    json[QLatin1String("version")] = FormatVersion;
    json[QLatin1String("uuid")] =
        definition.uuid.isNull() ? QString() : definition.uuid.toString(QUuid::WithoutBraces);
    json[QLatin1String("name")] = definition.name;
    json[QLatin1String("description")] = definition.description;
    json[QLatin1String("groups")] = QJsonArray::fromStringList(definition.groups);
    json[QLatin1String("osId")] = definition.osId;
    json[QLatin1String("engine")] = enumName(definition.engine);
    json[QLatin1String("memoryMiB")] = definition.memoryMiB;
    json[QLatin1String("balloonMiB")] = definition.balloonMiB;
    json[QLatin1String("cpus")] = definition.cpus;
    json[QLatin1String("nestedVirtualization")] = definition.isNestedVirtualizationOn;
    json[QLatin1String("firmware")] = enumName(definition.firmware);
    json[QLatin1String("secureBoot")] = definition.isSecureBootOn;
    json[QLatin1String("tpm")] = enumName(definition.tpm);
    json[QLatin1String("chipset")] = enumName(definition.chipset);
    json[QLatin1String("clock")] = enumName(definition.clock);
    json[QLatin1String("bootOrder")] =
        toArray(definition.bootOrder, [](BootDevice device) { return enumName(device); });
    json[QLatin1String("video")] = enumName(definition.video);
    json[QLatin1String("videoMemoryMiB")] = definition.videoMemoryMiB;
    json[QLatin1String("monitors")] = definition.monitors;
    json[QLatin1String("audio")] = enumName(definition.audio);
    json[QLatin1String("audioOutput")] = definition.isAudioOutputOn;
    json[QLatin1String("audioInput")] = definition.isAudioInputOn;
    json[QLatin1String("pointing")] = enumName(definition.pointing);
    json[QLatin1String("keyboard")] = enumName(definition.keyboard);
    json[QLatin1String("usb")] = enumName(definition.usb);
    json[QLatin1String("usbFilters")] =
        toArray(definition.usbFilters, [](const UsbFilter &filter) { return toJson(filter); });
    json[QLatin1String("clipboard")] = enumName(definition.clipboard);
    json[QLatin1String("dragAndDrop")] = enumName(definition.dragAndDrop);
    json[QLatin1String("controllers")] =
        toArray(definition.controllers,
                [](const StorageController &controller) { return toJson(controller); });
    json[QLatin1String("adapters")] =
        toArray(definition.adapters, [](const NetworkAdapter &adapter) { return toJson(adapter); });
    json[QLatin1String("serialPorts")] =
        toArray(definition.serialPorts, [](const SerialPort &port) { return toJson(port); });
    json[QLatin1String("sharedFolders")] = toArray(
        definition.sharedFolders, [](const SharedFolder &folder) { return toJson(folder); });
    json[QLatin1String("recording")] = toJson(definition.recording);
    json[QLatin1String("remoteDisplay")] = toJson(definition.remoteDisplay);
    json[QLatin1String("autostart")] = definition.isAutostartOn;
    json[QLatin1String("autostartDelaySeconds")] = definition.autostartDelaySeconds;
    json[QLatin1String("disposable")] = definition.isDisposable;
    json[QLatin1String("inertSettings")] = definition.inertSettings;
    json[QLatin1String("extraData")] = definition.extraData;
    json[QLatin1String("guestProperties")] = definition.guestProperties;
    return QJsonDocument(json).toJson(QJsonDocument::Indented);
}

Result<MachineDefinition> machineFromJson(const QByteArray &json)
{
    QJsonObject object = TRY(parseObject(json));
    JsonReader reader(std::move(object));
    QString format;
    reader.take("format", format);
    if (!reader.error() && format != FormatName) {
        return Error(ErrorKind::Corrupt,
                     "The file is not a machine definition of Vitrine: \"format\" should be "
                     "\"vitrine-machine\"");
    }
    int version = 0;
    reader.take("version", version, 1, std::numeric_limits<int>::max());
    if (!reader.error() && version == 0)
        reader.fail(QStringLiteral("\"version\" is missing"));
    if (version > FormatVersion) {
        return makeError(ErrorKind::Unsupported,
                         QStringLiteral("The definition has version %1, and this program reads "
                                        "versions up to %2")
                             .arg(version)
                             .arg(FormatVersion),
                         QStringLiteral("Open it with the newer Vitrine that wrote it"));
    }
    MachineDefinition definition;
    readFields(reader, definition);
    if (reader.error())
        return *reader.error();
    if (definition.name.isEmpty())
        return Error(ErrorKind::Corrupt, "\"name\" is missing");
    if (definition.adapters.size() > MachineDefinition::MaxAdapters) {
        return makeError(ErrorKind::Corrupt,
                         QStringLiteral("\"adapters\" has %1 entries, but a machine has at most %2")
                             .arg(definition.adapters.size())
                             .arg(MachineDefinition::MaxAdapters));
    }
    if (definition.serialPorts.size() > MachineDefinition::MaxSerialPorts) {
        return makeError(
            ErrorKind::Corrupt,
            QStringLiteral("\"serialPorts\" has %1 entries, but a machine has at most %2")
                .arg(definition.serialPorts.size())
                .arg(MachineDefinition::MaxSerialPorts));
    }
    definition.unknownKeys = reader.rest();
    return definition;
}

QJsonObject adapterToJson(const NetworkAdapter &adapter)
{
    return toJson(adapter);
}

Result<NetworkAdapter> adapterFromJson(const QJsonObject &json)
{
    JsonReader reader(json);
    const NetworkAdapter adapter = readAdapter(reader);
    if (reader.error())
        return *reader.error();
    return adapter;
}

QJsonObject sharedFolderToJson(const SharedFolder &folder)
{
    return toJson(folder);
}

QJsonObject recordingToJson(const RecordingSettings &recording)
{
    return toJson(recording);
}

Result<RecordingSettings> recordingFromJson(const QJsonObject &json)
{
    JsonReader reader(json);
    const RecordingSettings recording = readRecording(reader);
    if (reader.error())
        return *reader.error();
    return recording;
}

Result<SharedFolder> sharedFolderFromJson(const QJsonObject &json)
{
    JsonReader reader(json);
    const SharedFolder folder = readSharedFolder(reader);
    if (reader.error())
        return *reader.error();
    return folder;
}

} // namespace engine
