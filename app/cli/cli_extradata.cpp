// SPDX-License-Identifier: GPL-3.0-or-later
// getextradata, setextradata: key and value, per machine or for everything ("global").
#include "app/cli/verbs.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QLockFile>
#include <QtCore/QSaveFile>

namespace app {

using namespace engine;

namespace {

QString globalFile()
{
    return paths::configFolder() + QStringLiteral("/extra-data.json");
}

QJsonObject readGlobal()
{
    QFile file(globalFile());
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object();
}

Outcome changeGlobal(const std::function<void(QJsonObject &)> &change)
{
    const bool hasFolder = QDir().mkpath(paths::configFolder());
    QLockFile lock(globalFile() + QStringLiteral(".lock"));
    if (!hasFolder || !lock.tryLock(3000))
        return Outcome::failure(ResultCode::FileError,
                                QStringLiteral("Cannot lock \"%1\"").arg(globalFile()));
    QJsonObject data = readGlobal();
    change(data);
    QSaveFile file(globalFile());
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(data).toJson()) < 0
        || !file.commit())
        return Outcome::failure(
            ResultCode::FileError,
            QStringLiteral("Cannot write \"%1\": %2").arg(globalFile(), file.errorString()));
    return {};
}

Outcome getExtraData(Session &session, const Arguments &arguments)
{
    const bool isGlobal = arguments.words.first() == QLatin1String("global");
    QJsonObject data;
    if (isGlobal) {
        data = readGlobal();
    } else {
        const MachineEntry entry = TRY(session.machine(arguments.words.first()));
        data = entry.definition.extraData;
    }
    const QString key = arguments.words.at(1);
    Output &output = session.output();
    if (key == QLatin1String("enumerate")) {
        if (session.isJson()) {
            output.json(data);
            return {};
        }
        for (auto it = data.constBegin(); it != data.constEnd(); ++it)
            output.line(QStringLiteral("Key: %1, Value: %2").arg(it.key(), it.value().toString()));
        return {};
    }
    if (session.isJson()) {
        QJsonObject one;
        if (data.contains(key))
            one.insert(key, data.value(key));
        output.json(one);
        return {};
    }
    output.line(data.contains(key) ? QStringLiteral("Value: ") + data.value(key).toString()
                                   : QStringLiteral("No value set!"));
    return {};
}

Outcome setExtraData(Session &session, const Arguments &arguments)
{
    const QString key = arguments.words.at(1);
    if (key.isEmpty() || key == QLatin1String("enumerate"))
        return Outcome::syntax(QStringLiteral("\"%1\" cannot be a key").arg(key));
    const QString value = arguments.words.value(2);
    const auto change = [&](QJsonObject &data) {
        if (value.isEmpty())
            data.remove(key);
        else
            data.insert(key, value);
    };
    if (arguments.words.first() == QLatin1String("global"))
        return changeGlobal(change);
    return session.changeMachine(arguments.words.first(), [&](MachineEntry &entry) -> Outcome {
        change(entry.definition.extraData);
        return {};
    });
}

constexpr Verb Verbs[] = {
    {.name = "getextradata",
     .aliases = "",
     .summary = "Show a value that was stored with a machine",
     .usage = "global|<machine> <key>|enumerate [--json]",
     .help = "Prints \"Value: ...\", or \"No value set!\".",
     .options = {},
     .minimumWords = 2,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = getExtraData},
    {.name = "setextradata",
     .aliases = "",
     .summary = "Store a value with a machine",
     .usage = "global|<machine> <key> [<value>]",
     .help = "Without a value the key is removed. Of VirtualBox's keys a machine's window obeys\n"
             "  GUI/MenuBar/Enabled, GUI/StatusBar/Enabled          true|false\n"
             "  GUI/ShowMiniToolBar                                 yes|no\n"
             "  GUI/MiniToolBarAlignment                            top|bottom\n"
             "  GUI/Scale, GUI/ScaleFactor    on|off and such as 1.5, at its opening\n"
             "  GUI/DefaultCloseAction    Detach|SaveState|Shutdown|PowerOff, unasked",
     .options = {},
     .minimumWords = 2,
     .maximumWords = 3,
     .literalAfter = 2,
     .run = setExtraData},
};

} // namespace

std::span<const Verb> extraDataVerbs()
{
    return Verbs;
}

} // namespace app
