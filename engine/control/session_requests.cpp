// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/session_requests.h"

#include "engine/control/control_protocol.h"
#include "engine/control/exit_json.h"
#include "engine/control/network_json.h"
#include "engine/control/rpc_socket.h"
#include "engine/drivers/exit_report.h"
#include "engine/drivers/sideways_wheel.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QHash>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <functional>

namespace engine {

namespace {

// The word or the number of a request's parameters.
QString text(const QJsonObject &params, const char *key)
{
    return params[QLatin1String(key)].toString();
}

bool flag(const QJsonObject &params, const char *key)
{
    return params[QLatin1String(key)].toBool();
}

QStringList words(const QJsonObject &params, const char *key)
{
    QStringList all;
    for (const QJsonValue &word : params[QLatin1String(key)].toArray())
        all.append(word.toString());
    return all;
}

StorageSlot slotFromJson(const QJsonObject &params)
{
    return {text(params, "controller"), params[QLatin1String("port")].toInt(),
            params[QLatin1String("device")].toInt()};
}

Result<MachineDefinition> definitionFromJson(const QJsonValue &json)
{
    return machineFromJson(QJsonDocument(json.toObject()).toJson(QJsonDocument::Compact));
}

std::optional<bool> givenBool(const QJsonObject &params, const char *key)
{
    const QJsonValue value = params[QLatin1String(key)];
    return value.isBool() ? std::optional<bool>(value.toBool()) : std::nullopt;
}

Result<> setSharing(MachineSession &session, const QJsonObject &params)
{
    const auto mode = [&params](const char *key, SharingMode now) -> Result<SharingMode> {
        const QJsonValue value = params[QLatin1String(key)];
        if (value.isUndefined())
            return now;
        if (const auto wanted = enumFromName<SharingMode>(value.toString()))
            return *wanted;
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("\"%1\" is no direction").arg(value.toString()));
    };
    const MachineDefinition &definition = session.entry().definition;
    const SharingMode clipboard = TRY(mode("clipboard", definition.clipboard));
    const SharingMode dragAndDrop = TRY(mode("dragAndDrop", definition.dragAndDrop));
    return session.setSharing(clipboard, dragAndDrop);
}

void changeDefinition(MachineSession &session, const QJsonObject &params,
                      const Driver::Reply &reply)
{
    const Result<MachineDefinition> wanted =
        definitionFromJson(params[QLatin1String("definition")]);
    if (!wanted) {
        reply(wanted.error());
        return;
    }
    std::optional<MachineDefinition> base;
    if (params.contains(QLatin1String("base"))) {
        const Result<MachineDefinition> read = definitionFromJson(params[QLatin1String("base")]);
        if (!read) {
            reply(read.error());
            return;
        }
        base = *read;
    }
    session.changeDefinition(*wanted, base, reply);
}

MachineSession::FolderLife folderLife(const QJsonObject &params)
{
    return flag(params, "transient") ? MachineSession::FolderLife::Transient
                                     : MachineSession::FolderLife::Kept;
}

Result<QJsonObject> exitStatistics(Driver &driver, bool isReset)
{
    auto *reporter = dynamic_cast<ExitReporter *>(&driver);
    if (reporter == nullptr)
        return makeError(ErrorKind::Unsupported,
                         QStringLiteral("The engine that runs this machine (%1) does not count "
                                        "why the guest is left")
                             .arg(driver.name()),
                         QStringLiteral("The built-in engine does: set the machine's engine to "
                                        "kvm"));
    const std::optional<ExitStatistics> statistics = reporter->exitStatistics();
    if (!statistics)
        return makeError(ErrorKind::Invalid, QStringLiteral("The machine is not running"));
    if (isReset)
        reporter->resetExitStatistics();
    return toJson(*statistics);
}

// Answered with nothing but whether it was done.
using Deed = void (*)(MachineSession &, const QJsonObject &params, const Driver::Reply &);

const QHash<QString, Deed> &deeds()
{
    using S = MachineSession;
    using P = QJsonObject;
    using R = Driver::Reply;
    static const QHash<QString, Deed> all{
        {"machine.pause", [](S &s, const P &, const R &reply) { s.driver().pause(reply); }},
        {"machine.resume", [](S &s, const P &, const R &reply) { s.driver().resume(reply); }},
        {"machine.reset", [](S &s, const P &, const R &reply) { s.driver().reset(reply); }},
        {"machine.powerButton",
         [](S &s, const P &, const R &reply) { s.driver().pressPowerButton(reply); }},
        {"machine.powerOff", [](S &s, const P &, const R &reply) { s.driver().powerOff(reply); }},
        {"machine.saveState", [](S &s, const P &, const R &reply) { s.saveState(reply); }},
        {"machine.cancelSave", [](S &s, const P &, const R &reply) { s.cancelSave(reply); }},
        {"machine.setMedium",
         [](S &s, const P &params, const R &reply) {
             s.changeMedium(slotFromJson(params), text(params, "path"), flag(params, "force"),
                            reply);
         }},
        {"machine.setLink",
         [](S &s, const P &params, const R &reply) {
             s.setLinkConnected(params[QLatin1String("adapter")].toInt(-1),
                                flag(params, "connected"), reply);
         }},
        {"machine.setAdapter",
         [](S &s, const P &params, const R &reply) {
             const Result<NetworkAdapter> wanted =
                 adapterFromJson(params[QLatin1String("settings")].toObject());
             if (wanted)
                 s.changeAdapter(params[QLatin1String("adapter")].toInt(-1), *wanted, reply);
             else
                 reply(wanted.error());
         }},
        {"machine.changeDefinition", changeDefinition},
        {"machine.setGroups",
         [](S &s, const P &params, const R &reply) {
             reply(s.setGroups(words(params, "groups")));
         }},
        {"machine.setSharing",
         [](S &s, const P &params, const R &reply) { reply(setSharing(s, params)); }},
        {"machine.setAudio",
         [](S &s, const P &params, const R &reply) {
             s.setAudio(givenBool(params, "output"), givenBool(params, "input"), reply);
         }},
        {"machine.sendScanCodes",
         [](S &s, const P &params, const R &reply) {
             s.driver().sendScanCodes(QByteArray::fromHex(text(params, "bytes").toLatin1()), reply);
         }},
        {"machine.turnWheelSideways",
         [](S &s, const P &params, const R &reply) {
             if (auto *wheel = dynamic_cast<SidewaysWheel *>(&s.driver()))
                 wheel->turnSideways(params[QLatin1String("notches")].toInt(), reply);
             else
                 reply(makeError(ErrorKind::Unsupported,
                                 "The engine that runs this machine turns no wheel sideways"));
         }},
        {"machine.typeText",
         [](S &s, const P &params, const R &reply) {
             s.typeText({.text = text(params, "text"),
                         .layout = text(params, "layout"),
                         .rate = params[QLatin1String("rate")].toInt()},
                        reply);
         }},
        {"machine.cancelTyping",
         [](S &s, const P &, const R &reply) {
             s.cancelTyping();
             reply({});
         }},
        {"machine.screenshot",
         [](S &s, const P &params, const R &reply) {
             s.driver().screenshot(text(params, "path"),
                                   params[QLatin1String("format")].toString(QStringLiteral("png")),
                                   params[QLatin1String("monitor")].toInt(), reply);
         }},
        {"machine.setMonitor",
         [](S &s, const P &params, const R &reply) {
             s.driver().setMonitor(params[QLatin1String("monitor")].toInt(-1),
                                   flag(params, "plugged"), params[QLatin1String("width")].toInt(),
                                   params[QLatin1String("height")].toInt(), reply);
         }},
        {"usb.attach",
         [](S &s, const P &params, const R &reply) {
             s.usb().attach(text(params, "device"), flag(params, "force"), reply);
         }},
        {"usb.detach",
         [](S &s, const P &params, const R &reply) {
             s.usb().detach(text(params, "device"), reply);
         }},
        {"usb.insertStick",
         [](S &s, const P &params, const R &reply) {
             s.usb().insertStick(words(params, "files"), reply);
         }},
        {"usb.ejectStick", [](S &s, const P &, const R &reply) { s.usb().ejectStick(reply); }},
        {"folders.add",
         [](S &s, const P &params, const R &reply) {
             const Result<SharedFolder> folder =
                 sharedFolderFromJson(params[QLatin1String("folder")].toObject());
             if (folder)
                 s.addFolder(*folder, folderLife(params), reply);
             else
                 reply(folder.error());
         }},
        {"folders.remove",
         [](S &s, const P &params, const R &reply) {
             s.removeFolder(text(params, "name"), folderLife(params), reply);
         }},
        {"folders.mount",
         [](S &s, const P &params, const R &reply) {
             s.folderMounter().mount(text(params, "name"), reply);
         }},
        {"folders.unmount",
         [](S &s, const P &params, const R &reply) {
             s.folderMounter().unmount(text(params, "name"), reply);
         }},
    };
    return all;
}

using Answer = std::function<void(const Result<QJsonObject> &)>;
// The socket is the one who asks: what a guest's program still has to say is for it.
using Question = void (*)(MachineSession &, const QJsonObject &params, QLocalSocket *,
                          const Answer &);

const QHash<QString, Question> &questions()
{
    using S = MachineSession;
    using P = QJsonObject;
    static const QHash<QString, Question> all{
        {"machine.info",
         [](S &s, const P &, QLocalSocket *, const Answer &answer) { answer(toJson(s.status())); }},
        {"machine.exitStatistics",
         [](S &s, const P &params, QLocalSocket *, const Answer &answer) {
             answer(exitStatistics(s.driver(), flag(params, "reset")));
         }},
        {"network.connections",
         [](S &s, const P &, QLocalSocket *, const Answer &answer) {
             answer(connectionsToJson(s.driver().connections()));
         }},
        {"usb.list",
         [](S &s, const P &, QLocalSocket *, const Answer &answer) {
             QJsonArray devices;
             for (const UsbChoice &choice : s.usb().choices())
                 devices.append(toJson(choice));
             answer(QJsonObject{{QStringLiteral("devices"), devices}});
         }},
        {"guest.execute",
         [](S &s, const P &params, QLocalSocket *asker, const Answer &answer) {
             s.guest().execute(params, asker, answer);
         }},
        {"guest.more",
         [](S &s, const P &params, QLocalSocket *asker, const Answer &answer) {
             answer(s.guest().more(params, asker));
         }},
        {"guest.properties",
         [](S &s, const P &, QLocalSocket *, const Answer &answer) {
             s.guest().properties([answer](const QList<GuestProperty> &properties) {
                 QJsonArray found;
                 for (const GuestProperty &property : properties)
                     found.append(toJson(property));
                 answer(QJsonObject{{QStringLiteral("properties"), found}});
             });
         }},
    };
    return all;
}

} // namespace

bool handleSessionRequest(MachineSession &session, QLocalSocket *socket, const QJsonValue &id,
                          const QString &method, const QJsonObject &params)
{
    if (const Deed deed = deeds().value(method))
        deed(session, params, rpc::laterReply(socket, id));
    else if (const Question question = questions().value(method))
        question(session, params, socket, rpc::laterAnswer(socket, id));
    else
        return false;
    return true;
}

} // namespace engine
