// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/show_format.h"

#include "app/cli/vbox_words.h"
#include "engine/drivers/spice_server.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/remote_display.h"

#include <QtCore/QJsonArray>

namespace app {

using namespace engine;

const QList<StorageController> &MachineView::controllers() const
{
    return live.status ? live.status->controllers : entry.definition.controllers;
}

const QList<NetworkAdapter> &MachineView::adapters() const
{
    return live.status ? live.status->adapters : entry.definition.adapters;
}

QString MachineView::acceleration() const
{
    return live.status ? live.status->acceleration.text : QString();
}

QString stampWord(const QDateTime &when)
{
    const QDateTime utc = when.isValid() ? when.toUTC() : QDateTime::fromSecsSinceEpoch(0, Qt::UTC);
    return utc.toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss.zzz")) + QStringLiteral("000000");
}

QString uuidWord(const QUuid &uuid)
{
    return uuid.toString(QUuid::WithoutBraces);
}

QString listLine(const MachineEntry &entry)
{
    // No uuid can be read from a broken definition; the place says which machine it is.
    const QString name =
        entry.isAccessible() ? entry.definition.name : QStringLiteral("<inaccessible>");
    return QStringLiteral("\"%1\" {%2}\n").arg(name, uuidWord(entry.definition.uuid));
}

QJsonObject listJson(const MachineEntry &entry, const QString &state)
{
    QJsonObject json{{QStringLiteral("name"), entry.displayName()},
                     {QStringLiteral("accessible"), entry.isAccessible()},
                     {QStringLiteral("folder"), entry.folder},
                     {QStringLiteral("definition"), entry.definitionPath}};
    if (entry.error) {
        json.insert(QStringLiteral("error"), errorText(*entry.error));
        return json;
    }
    json.insert(QStringLiteral("uuid"), uuidWord(entry.definition.uuid));
    json.insert(QStringLiteral("state"), state);
    json.insert(QStringLiteral("os"), entry.definition.osId);
    json.insert(QStringLiteral("groups"), QJsonArray::fromStringList(entry.definition.groups));
    return json;
}

QJsonObject recordingJson(const RecordingSettings &recording)
{
    return {{QStringLiteral("enabled"), recording.isOn},
            {QStringLiteral("file"), recording.file},
            {QStringLiteral("width"), recording.width},
            {QStringLiteral("height"), recording.height},
            {QStringLiteral("framesPerSecond"), recording.framesPerSecond},
            {QStringLiteral("kilobitsPerSecond"), recording.kilobitsPerSecond},
            {QStringLiteral("sound"), recording.hasSound},
            {QStringLiteral("maxSeconds"), recording.maxSeconds},
            {QStringLiteral("maxMiB"), recording.maxMiB}};
}

QJsonObject machineJson(const MachineView &view)
{
    const MachineEntry &entry = view.entry;
    const MachineDefinition &definition = entry.definition;
    QJsonObject json = listJson(entry, view.live.word);
    const auto put = [&json](const char *key, const QJsonValue &value) {
        json.insert(QLatin1String(key), value);
    };
    put("description", definition.description);
    put("stateChanged",
        view.live.changed.isValid() ? QJsonValue(view.live.changed.toUTC().toString(Qt::ISODate))
                                    : QJsonValue());
    put("engine", enumName(definition.engine));
    put("memoryMiB", definition.memoryMiB);
    put("balloonMiB", definition.balloonMiB);
    put("cpus", definition.cpus);
    put("firmware", enumName(definition.firmware));
    put("secureBoot", definition.isSecureBootOn);
    put("tpm", enumName(definition.tpm));
    put("chipset", enumName(definition.chipset));
    put("clock", enumName(definition.clock));
    QJsonArray boot;
    for (const BootDevice device : definition.bootOrder)
        boot.append(enumName(device));
    put("bootOrder", boot);
    put("video", enumName(definition.video));
    put("videoMemoryMiB", definition.videoMemoryMiB);
    put("monitors", definition.monitors);
    put("audio", enumName(definition.audio));
    put("pointing", enumName(definition.pointing));
    put("keyboard", enumName(definition.keyboard));
    put("usb", enumName(definition.usb));
    if (definition.remoteDisplay.isEnabled) {
        const RemoteDisplay &remote = definition.remoteDisplay;
        QJsonObject screen{{QStringLiteral("address"), listenAddress(remote)},
                           {QStringLiteral("ports"), remote.ports},
                           {QStringLiteral("tls"), remote.isTlsOn},
                           {QStringLiteral("hasPassword"), !remote.password.isEmpty()}};
        if (view.live.status && view.live.status->spice != SpiceAddress())
            screen.insert(QStringLiteral("client"), spiceClientAddress(remote, view.live.status->spice));
        put("remoteDisplay", screen);
    }
    put("nestedVirtualization", definition.isNestedVirtualizationOn);
    put("audioOutput", definition.isAudioOutputOn);
    put("audioInput", definition.isAudioInputOn);
    put("recording", recordingJson(definition.recording));
    put("clipboard", enumName(definition.clipboard));
    put("dragAndDrop", enumName(definition.dragAndDrop));
    put("autostart", definition.isAutostartOn);
    put("autostartDelaySeconds", definition.autostartDelaySeconds);
    QJsonArray serialPorts;
    for (const SerialPort &port : definition.serialPorts)
        serialPorts.append(QJsonObject{{QStringLiteral("enabled"), port.isEnabled},
                                       {QStringLiteral("mode"), enumName(port.mode)},
                                       {QStringLiteral("path"), port.path}});
    put("serialPorts", serialPorts);

    QJsonArray controllers;
    for (const StorageController &controller : view.controllers()) {
        QJsonArray attachments;
        for (const StorageAttachment &attachment : controller.attachments)
            attachments.append(
                QJsonObject{{QStringLiteral("kind"), enumName(attachment.kind)},
                            {QStringLiteral("port"), attachment.port},
                            {QStringLiteral("device"), attachment.device},
                            {QStringLiteral("path"), resolvedPath(attachment, entry.folder)},
                            {QStringLiteral("readOnly"), attachment.isReadOnly},
                            {QStringLiteral("discard"), attachment.isDiscardOn},
                            {QStringLiteral("solidState"), attachment.isSolidState},
                            {QStringLiteral("hostCache"), enumName(attachment.hostCache)}});
        controllers.append(QJsonObject{{QStringLiteral("name"), controller.name},
                                       {QStringLiteral("kind"), enumName(controller.kind)},
                                       {QStringLiteral("ports"), controller.portCount},
                                       {QStringLiteral("bootable"), controller.isBootable},
                                       {QStringLiteral("hostCache"), controller.isHostCacheOn},
                                       {QStringLiteral("attachments"), attachments}});
    }
    put("controllers", controllers);

    QJsonArray adapters;
    for (const NetworkAdapter &adapter : view.adapters()) {
        QJsonArray forwards;
        for (const PortForward &forward : adapter.forwards)
            forwards.append(QJsonObject{{QStringLiteral("name"), forward.name},
                                        {QStringLiteral("protocol"), enumName(forward.protocol)},
                                        {QStringLiteral("hostAddress"), forward.hostAddress},
                                        {QStringLiteral("hostPort"), forward.hostPort},
                                        {QStringLiteral("guestAddress"), forward.guestAddress},
                                        {QStringLiteral("guestPort"), forward.guestPort}});
        adapters.append(QJsonObject{{QStringLiteral("mode"), enumName(adapter.mode)},
                                    {QStringLiteral("model"), enumName(adapter.model)},
                                    {QStringLiteral("mac"), adapter.macAddress},
                                    {QStringLiteral("cableConnected"), adapter.isCableConnected},
                                    {QStringLiteral("internalNetwork"), adapter.internalNetwork},
                                    {QStringLiteral("hostInterface"), adapter.hostInterface},
                                    {QStringLiteral("rateLimitKiBps"), adapter.rateLimitKiBps},
                                    {QStringLiteral("natNetwork"), adapter.natNetwork},
                                    {QStringLiteral("egress"), enumName(adapter.egress)},
                                    {QStringLiteral("allowedDestinations"),
                                     QJsonArray::fromStringList(adapter.allowedDestinations)},
                                    {QStringLiteral("forwards"), forwards}});
    }
    put("adapters", adapters);
    if (view.live.status) {
        put("driver", view.live.status->driver);
        put("acceleration", view.acceleration());
        put("startType", view.live.status->startType);
        put("hasWindow", view.live.status->hasWindow);
    } else if (!view.wouldRunBy.isEmpty()) {
        put("wouldRunBy", view.wouldRunBy);
    }
    return json;
}

} // namespace app
