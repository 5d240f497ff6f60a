// SPDX-License-Identifier: GPL-3.0-or-later
// modifynvram: a machine's UEFI variables and Secure Boot.
#include "app/cli/verbs.h"
#include "engine/drivers/qemu_firmware.h"
#include "engine/drivers/uefi_variables.h"

#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QSaveFile>

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec NvramOptions[] = {
    {.name = "enable"},
    {.name = "disable"},
    {.name = "name", .value = "<variable>"},
    {.name = "filename", .value = "<file>"},
};

QString nvramOf(const MachineEntry &entry)
{
    return entry.folder + QStringLiteral("/nvram");
}

Result<> requireUefi(const MachineEntry &entry)
{
    if (entry.definition.firmware == Firmware::Uefi)
        return {};
    return makeError(ErrorKind::Invalid,
                     QStringLiteral("The machine \"%1\" has BIOS firmware, which has no variables")
                         .arg(entry.definition.name),
                     QStringLiteral("Change it first: modifyvm \"%1\" --firmware efi")
                         .arg(entry.definition.name));
}

Outcome renew(Session &session, const MachineEntry &entry, bool withKeys)
{
    const UefiFirmware firmware =
        TRY(findUefiFirmware({.chipset = entry.definition.chipset, .isSecureBootOn = withKeys}));
    const QString note = TRY(renewVariables(firmware, nvramOf(entry)));
    if (!note.isEmpty() && !session.isJson())
        session.output().note(note + QStringLiteral(".\n"));
    return {};
}

Outcome enroll(Session &session, const MachineEntry &entry)
{
    // One template holds the platform key, Microsoft's key exchange key and signatures together.
    if (hasPlatformKey(nvramOf(entry)))
        return {};
    return renew(session, entry, true);
}

Outcome listVariables(Session &session, const MachineEntry &entry)
{
    const QList<UefiVariable> variables = TRY(readUefiVariables(nvramOf(entry)));
    QJsonArray json;
    for (const UefiVariable &variable : variables) {
        if (session.isJson())
            json.append(QJsonObject{
                {QStringLiteral("name"), variable.name},
                {QStringLiteral("owner"), variable.vendor.toString(QUuid::WithoutBraces)},
                {QStringLiteral("bytes"), variable.data.size()}});
        else
            session.output().line(QStringLiteral("%1 {%2}").arg(
                variable.name.leftJustified(32), variable.vendor.toString(QUuid::WithoutBraces)));
    }
    if (session.isJson())
        session.output().json(QJsonObject{{QStringLiteral("variables"), json}});
    return {};
}

Outcome queryVariable(Session &session, const MachineEntry &entry, const Arguments &arguments)
{
    if (!arguments.has("name"))
        return Outcome::syntax(QStringLiteral("A variable is needed: --name <variable>"));
    const QString name = arguments.value("name");
    const QList<UefiVariable> variables = TRY(readUefiVariables(nvramOf(entry)));
    for (const UefiVariable &variable : variables) {
        if (variable.name != name)
            continue;
        if (!arguments.has("filename")) {
            session.output().line(QString::fromLatin1(variable.data.toHex(' ')));
            return {};
        }
        QSaveFile file(arguments.value("filename"));
        if (!file.open(QIODevice::WriteOnly) || file.write(variable.data) < 0 || !file.commit())
            return Outcome::failure(ResultCode::FileError,
                                    QStringLiteral("Cannot write \"%1\": %2")
                                        .arg(arguments.value("filename"), file.errorString()));
        return {};
    }
    return Outcome::failure(ResultCode::ObjectNotFound,
                            QStringLiteral("The machine has no UEFI variable \"%1\"").arg(name));
}

Outcome setSecureBoot(Session &session, const Arguments &arguments)
{
    if (arguments.has("enable") == arguments.has("disable"))
        return Outcome::syntax(QStringLiteral("--enable or --disable is needed"));
    const bool isOn = arguments.has("enable");
    return session.changeMachine(arguments.words.first(), [&](MachineEntry &entry) -> Outcome {
        TRY(requireUefi(entry));
        if (isOn)
            TRY(findUefiFirmware({.chipset = entry.definition.chipset, .isSecureBootOn = true}));
        entry.definition.isSecureBootOn = isOn;
        if (isOn && QFileInfo::exists(nvramOf(entry)) && !hasPlatformKey(nvramOf(entry)))
            session.warn(QStringLiteral("The machine's UEFI variables hold no keys: at the next "
                                        "start it gets fresh ones, and the old ones are kept as "
                                        "\"%1.prev\"")
                             .arg(nvramOf(entry)));
        return {};
    });
}

Outcome modifyNvram(Session &session, const Arguments &arguments)
{
    const QString command = arguments.words.at(1);
    if (command == QLatin1String("secureboot"))
        return setSecureBoot(session, arguments);
    const MachineEntry entry = TRY(session.machine(arguments.words.first()));
    TRY(requireUefi(entry));
    if (command == QLatin1String("listvars"))
        return listVariables(session, entry);
    if (command == QLatin1String("queryvar"))
        return queryVariable(session, entry, arguments);
    for (const char *known : {"deletevar", "changevar", "enrollpk", "enrollmok"}) {
        if (command == QLatin1String(known))
            return Outcome::failure(
                ResultCode::NotSupported,
                QStringLiteral("This version cannot change single UEFI variables (%1)")
                    .arg(command),
                QStringLiteral("Do it in the firmware's setup or in the guest"));
    }
    const bool isInit = command == QLatin1String("inituefivarstore");
    if (!isInit && command != QLatin1String("enrollmssignatures")
        && command != QLatin1String("enrollorclpk"))
        return Outcome::syntax(QStringLiteral("Unknown command \"%1\"").arg(command));
    Outcome off = session.requireOff(entry);
    if (!off.isGood())
        return off;
    // Nobody starts it meanwhile.
    const MachineLock lock = TRY(MachineLock::acquire(entry.folder));
    return isInit ? renew(session, entry, entry.definition.isSecureBootOn) : enroll(session, entry);
}

constexpr Verb Verbs[] = {
    {.name = "modifynvram",
     .aliases = "",
     .summary = "Look at a machine's UEFI variables, or turn Secure Boot on",
     .usage = "<machine> inituefivarstore\n"
              "<machine> enrollmssignatures\n"
              "<machine> secureboot --enable|--disable\n"
              "<machine> listvars [--json]\n"
              "<machine> queryvar --name <variable> [--filename <file>]",
     .help = "The variables are the file \"nvram\" in the machine's folder.\n\n"
             "  inituefivarstore    fresh variables; the old ones are kept as \"nvram.prev\"\n"
             "  enrollmssignatures  the same, with Microsoft's keys, unless they are there\n"
             "  secureboot          Secure Boot; needs UEFI and the chipset ICH9. Variables\n"
             "                      without keys are made anew at the next start\n"
             "  listvars            names and owners\n"
             "  queryvar            one variable's bytes, in hexadecimal or into a file",
     .options = NvramOptions,
     .minimumWords = 2,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = modifyNvram},
};

} // namespace

std::span<const Verb> nvramVerbs()
{
    return Verbs;
}

} // namespace app
