// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/control_protocol.h"

#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>

namespace engine {

namespace {

QJsonObject toJson(const Acceleration &acceleration)
{
    return {{QStringLiteral("kind"), int(acceleration.kind)},
            {QStringLiteral("text"), acceleration.text},
            {QStringLiteral("reason"), acceleration.reason},
            {QStringLiteral("remedy"), acceleration.remedy}};
}

Acceleration accelerationFromJson(const QJsonObject &json)
{
    Acceleration acceleration;
    const int kind = json[QLatin1String("kind")].toInt();
    if (kind >= 0 && kind <= int(Acceleration::Kind::Emulated))
        acceleration.kind = Acceleration::Kind(kind);
    acceleration.text = json[QLatin1String("text")].toString();
    acceleration.reason = json[QLatin1String("reason")].toString();
    acceleration.remedy = json[QLatin1String("remedy")].toString();
    return acceleration;
}

// The hardware travels in the words of the definition file: one table of names, one parser.
QJsonObject hardwareToJson(const MachineStatus &status)
{
    MachineDefinition definition;
    definition.uuid = status.uuid;
    definition.name = status.name;
    definition.controllers = status.controllers;
    definition.adapters = status.adapters;
    definition.serialPorts = status.serialPorts;
    definition.extraData = status.extraData;
    definition.clipboard = status.clipboard;
    definition.dragAndDrop = status.dragAndDrop;
    definition.audio = status.audio;
    definition.isAudioOutputOn = status.isAudioOutputOn;
    definition.isAudioInputOn = status.isAudioInputOn;
    definition.recording = status.recording.settings;
    return QJsonDocument::fromJson(machineToJson(definition)).object();
}

QJsonObject toJson(const MachineFolder &folder)
{
    QJsonObject json = sharedFolderToJson(folder.use.folder);
    json[QLatin1String("mounted")] = folder.use.isMounted;
    json[QLatin1String("trouble")] = folder.use.trouble;
    json[QLatin1String("transient")] = folder.isTransient;
    return json;
}

MachineFolder folderFromJson(QJsonObject json)
{
    MachineFolder folder;
    folder.use.isMounted = json.take(QLatin1String("mounted")).toBool();
    folder.use.trouble = json.take(QLatin1String("trouble")).toString();
    folder.isTransient = json.take(QLatin1String("transient")).toBool();
    if (const Result<SharedFolder> read = sharedFolderFromJson(json))
        folder.use.folder = *read;
    return folder;
}

QJsonObject toJson(const RecordingStatus &recording)
{
    return {{QStringLiteral("phase"), recordingPhaseWord(recording.phase)},
            {QStringLiteral("number"), recording.number},
            {QStringLiteral("file"), recording.file},
            {QStringLiteral("started"), double(recording.startedMs)},
            {QStringLiteral("trouble"), recording.trouble}};
}

RecordingStatus recordingStatusFromJson(const QJsonObject &json)
{
    RecordingStatus recording;
    recording.phase = recordingPhaseFromWord(json[QLatin1String("phase")].toString());
    recording.number = json[QLatin1String("number")].toInt();
    recording.file = json[QLatin1String("file")].toString();
    recording.startedMs = json[QLatin1String("started")].toInteger();
    recording.trouble = json[QLatin1String("trouble")].toString();
    return recording;
}

constexpr const char *RecordingPhases[] = {"none",     "starting", "running",
                                           "stopping", "done",     "failed"};

// Zero for what is no number of bytes or events: no conversion may overflow.
quint64 counter(const QJsonObject &json, QLatin1String key)
{
    return quint64(std::max(qint64(0), json[key].toInteger()));
}

} // namespace

QString recordingPhaseWord(RecordingStatus::Phase phase)
{
    return QLatin1String(RecordingPhases[int(phase)]);
}

RecordingStatus::Phase recordingPhaseFromWord(const QString &word)
{
    for (int phase = 0; phase < int(std::size(RecordingPhases)); ++phase) {
        if (word == QLatin1String(RecordingPhases[phase]))
            return RecordingStatus::Phase(phase);
    }
    return RecordingStatus::Phase::None;
}

Support MachineStatus::supports(Feature feature) const
{
    const int index = int(feature);
    if (index < support.size())
        return support[index];
    return {false, QStringLiteral("The machine does not say")};
}

QJsonObject toJson(const MachineStatus &status)
{
    QJsonArray support;
    for (const Support &one : status.support) {
        support.append(QJsonObject{{QStringLiteral("available"), one.isAvailable},
                                   {QStringLiteral("reason"), one.reason}});
    }
    QJsonObject json{{QStringLiteral("state"), stateName(status.state)},
                     {QStringLiteral("stateNumber"), int(status.state)},
                     {QStringLiteral("driver"), status.driver},
                     {QStringLiteral("acceleration"), toJson(status.acceleration)},
                     {QStringLiteral("displayKind"), int(status.displayKind)},
                     {QStringLiteral("spice"), toJson(status.spice)},
                     {QStringLiteral("absolutePointer"), status.hasAbsolutePointer},
                     {QStringLiteral("window"), status.hasWindow},
                     {QStringLiteral("disposableRun"), status.isDisposableRun},
                     {QStringLiteral("folder"), status.folder},
                     {QStringLiteral("startType"), status.startType},
                     {QStringLiteral("hardware"), hardwareToJson(status)},
                     {QStringLiteral("support"), support},
                     {QStringLiteral("usbStick"), status.hasUsbStick}};
    if (!status.monitors.isEmpty()) {
        QJsonArray monitors;
        for (const bool isPluggedIn : status.monitors)
            monitors.append(isPluggedIn);
        json[QLatin1String("monitors")] = monitors;
    }
    json[QLatin1String("recording")] = toJson(status.recording);
    json[QLatin1String("guestAgent")] = status.hasGuestAgent;
    json[QLatin1String("guestAddresses")] = QJsonArray::fromStringList(status.guestAddresses);
    QJsonArray usbDevices;
    for (const UsbDevice &device : status.usbDevices)
        usbDevices.append(toJson(device));
    json[QLatin1String("usbDevices")] = usbDevices;
    QJsonArray folders;
    for (const MachineFolder &folder : status.sharedFolders)
        folders.append(toJson(folder));
    json[QLatin1String("sharedFolders")] = folders;
    if (status.problem)
        json[QLatin1String("problem")] = toJson(*status.problem);
    return json;
}

MachineStatus statusFromJson(const QJsonObject &json)
{
    MachineStatus status;
    const int state = json[QLatin1String("stateNumber")].toInt();
    if (state >= 0 && state <= int(Driver::State::Stopping))
        status.state = Driver::State(state);
    if (json[QLatin1String("problem")].isObject())
        status.problem = problemFromJson(json[QLatin1String("problem")].toObject());
    status.driver = json[QLatin1String("driver")].toString();
    status.acceleration = accelerationFromJson(json[QLatin1String("acceleration")].toObject());
    const int display = json[QLatin1String("displayKind")].toInt();
    if (display >= 0 && display <= int(DisplayEndpoint::Kind::Spice))
        status.displayKind = DisplayEndpoint::Kind(display);
    status.spice = spiceAddressFromJson(json[QLatin1String("spice")].toObject());
    for (const QJsonValue &isPluggedIn : json[QLatin1String("monitors")].toArray())
        status.monitors.append(isPluggedIn.toBool());
    status.hasAbsolutePointer = json[QLatin1String("absolutePointer")].toBool();
    status.hasWindow = json[QLatin1String("window")].toBool();
    status.isDisposableRun = json[QLatin1String("disposableRun")].toBool();
    status.folder = json[QLatin1String("folder")].toString();
    status.startType = json[QLatin1String("startType")].toString();

    status.hasUsbStick = json[QLatin1String("usbStick")].toBool();
    status.hasGuestAgent = json[QLatin1String("guestAgent")].toBool();
    for (const QJsonValue &address : json[QLatin1String("guestAddresses")].toArray())
        status.guestAddresses.append(address.toString());
    for (const QJsonValue &device : json[QLatin1String("usbDevices")].toArray())
        status.usbDevices.append(usbDeviceFromJson(device.toObject()));
    for (const QJsonValue &folder : json[QLatin1String("sharedFolders")].toArray())
        status.sharedFolders.append(folderFromJson(folder.toObject()));

    status.recording = recordingStatusFromJson(json[QLatin1String("recording")].toObject());
    const QJsonObject hardware = json[QLatin1String("hardware")].toObject();
    const Result<MachineDefinition> definition =
        machineFromJson(QJsonDocument(hardware).toJson(QJsonDocument::Compact));
    if (definition) {
        status.uuid = definition->uuid;
        status.name = definition->name;
        status.controllers = definition->controllers;
        status.adapters = definition->adapters;
        status.serialPorts = definition->serialPorts;
        status.extraData = definition->extraData;
        status.clipboard = definition->clipboard;
        status.dragAndDrop = definition->dragAndDrop;
        status.audio = definition->audio;
        status.isAudioOutputOn = definition->isAudioOutputOn;
        status.isAudioInputOn = definition->isAudioInputOn;
        status.recording.settings = definition->recording;
    }

    const QJsonArray support = json[QLatin1String("support")].toArray();
    for (qsizetype i = 0; i < qMin<qsizetype>(support.size(), FeatureCount); ++i) {
        const QJsonObject one = support[i].toObject();
        status.support.append(
            {one[QLatin1String("available")].toBool(), one[QLatin1String("reason")].toString()});
    }
    return status;
}

QJsonObject toJson(const ActivityCounters &counters)
{
    return {{QStringLiteral("diskRead"), double(counters.diskReadBytes)},
            {QStringLiteral("diskWritten"), double(counters.diskWrittenBytes)},
            {QStringLiteral("opticalRead"), double(counters.opticalReadBytes)},
            {QStringLiteral("floppy"), double(counters.floppyBytes)},
            {QStringLiteral("networkReceived"), double(counters.networkReceivedPackets)},
            {QStringLiteral("networkSent"), double(counters.networkSentPackets)},
            {QStringLiteral("networkCounted"), counters.isNetworkCounted},
            {QStringLiteral("networkReceivedBytes"), double(counters.networkReceivedBytes)},
            {QStringLiteral("networkSentBytes"), double(counters.networkSentBytes)},
            {QStringLiteral("cpuNanoseconds"), double(counters.cpuNanoseconds)},
            {QStringLiteral("memoryBytes"), double(counters.memoryBytes)},
            {QStringLiteral("exits"), double(counters.exits)},
            {QStringLiteral("exitsCounted"), counters.areExitsCounted},
            {QStringLiteral("guestMemory"), double(counters.guestMemoryBytes)},
            {QStringLiteral("guestAvailable"), double(counters.guestAvailableBytes)},
            {QStringLiteral("balloon"), double(counters.balloonBytes)}};
}

ActivityCounters activityFromJson(const QJsonObject &json)
{
    ActivityCounters counters;
    counters.diskReadBytes = counter(json, QLatin1String("diskRead"));
    counters.diskWrittenBytes = counter(json, QLatin1String("diskWritten"));
    counters.opticalReadBytes = counter(json, QLatin1String("opticalRead"));
    counters.floppyBytes = counter(json, QLatin1String("floppy"));
    counters.networkReceivedPackets = counter(json, QLatin1String("networkReceived"));
    counters.networkSentPackets = counter(json, QLatin1String("networkSent"));
    counters.isNetworkCounted = json[QLatin1String("networkCounted")].toBool();
    counters.networkReceivedBytes = counter(json, QLatin1String("networkReceivedBytes"));
    counters.networkSentBytes = counter(json, QLatin1String("networkSentBytes"));
    counters.cpuNanoseconds = counter(json, QLatin1String("cpuNanoseconds"));
    counters.memoryBytes = counter(json, QLatin1String("memoryBytes"));
    counters.exits = counter(json, QLatin1String("exits"));
    counters.areExitsCounted = json[QLatin1String("exitsCounted")].toBool();
    counters.guestMemoryBytes = counter(json, QLatin1String("guestMemory"));
    counters.guestAvailableBytes =
        std::min(counter(json, QLatin1String("guestAvailable")), counters.guestMemoryBytes);
    counters.balloonBytes = counter(json, QLatin1String("balloon"));
    return counters;
}

QJsonObject toJson(const RunProblem &problem)
{
    return {{QStringLiteral("kind"), int(problem.kind)},
            {QStringLiteral("text"), problem.text},
            {QStringLiteral("remedy"), problem.remedy}};
}

RunProblem problemFromJson(const QJsonObject &json)
{
    RunProblem problem;
    const int kind = json[QLatin1String("kind")].toInt(int(problem.kind));
    if (kind >= 0 && kind <= int(RunProblem::Kind::EmulationFailure))
        problem.kind = RunProblem::Kind(kind);
    problem.text = json[QLatin1String("text")].toString();
    problem.remedy = json[QLatin1String("remedy")].toString();
    return problem;
}

QJsonObject toJson(const Error &error)
{
    QJsonArray messages;
    for (const std::string &message : error.messages())
        messages.append(toQString(message));
    return {{QStringLiteral("kind"), int(error.kind())},
            {QStringLiteral("messages"), messages},
            {QStringLiteral("remedy"), toQString(error.remedy())}};
}

Error errorFromJson(const QJsonObject &json)
{
    int kind = json[QLatin1String("kind")].toInt(int(ErrorKind::Io));
    if (kind < 0 || kind > int(ErrorKind::Cancelled))
        kind = int(ErrorKind::Io);
    const QJsonArray messages = json[QLatin1String("messages")].toArray();
    if (messages.isEmpty())
        return makeError(ErrorKind(kind), QStringLiteral("The machine gave no reason"));
    Error error = makeError(ErrorKind(kind), messages.last().toString());
    for (qsizetype i = messages.size() - 2; i >= 0; --i)
        error = std::move(error).context(messages[i].toString().toStdString());
    return std::move(error).withRemedy(json[QLatin1String("remedy")].toString().toStdString());
}

} // namespace engine
