// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/wizard_mode.h"

#include "engine/base/log.h"
#include "engine/machine/atomic_file.h"

#include <QtCore/QDir>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace wizards {

namespace {

QString modeFile(const QString &configFolder)
{
    return configFolder + QStringLiteral("/wizard.json");
}

} // namespace

bool readExpertMode(const QString &configFolder)
{
    const auto bytes = engine::readSmallFile(modeFile(configFolder));
    return bytes && QJsonDocument::fromJson(*bytes).object()[QLatin1String("expert")].toBool();
}

void writeExpertMode(const QString &configFolder, bool isExpert)
{
    if (readExpertMode(configFolder) == isExpert)
        return;
    QDir().mkpath(configFolder);
    const QJsonObject json{{QStringLiteral("expert"), isExpert}};
    const auto written =
        engine::writeFileAtomically(modeFile(configFolder), QJsonDocument(json).toJson());
    if (!written)
        engine::log(engine::LogLevel::Warning, "wizard", written.error().text());
}

} // namespace wizards
