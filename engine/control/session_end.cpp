// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/session_end.h"

#include "engine/machine/atomic_file.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace engine {

QString sessionEndName(SessionEndChoice choice)
{
    switch (choice) {
    case SessionEndChoice::Save:
        break;
    case SessionEndChoice::Shutdown:
        return QStringLiteral("shutdown");
    case SessionEndChoice::PowerOff:
        return QStringLiteral("powerOff");
    }
    return QStringLiteral("save");
}

SessionEndChoice sessionEndFromName(const QString &name)
{
    for (const auto choice : {SessionEndChoice::Shutdown, SessionEndChoice::PowerOff}) {
        if (name == sessionEndName(choice))
            return choice;
    }
    return SessionEndChoice::Save;
}

SessionEndChoice sessionEndChoice()
{
    const auto json = readSmallFile(paths::configFolder() + QStringLiteral("/preferences.json"));
    if (!json)
        return SessionEndChoice::Save;
    const QJsonObject preferences = QJsonDocument::fromJson(*json).object();
    return sessionEndFromName(preferences[QLatin1String(SessionEndKey)].toString());
}

} // namespace engine
