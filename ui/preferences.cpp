// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preferences.h"

#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QSaveFile>

#include <array>
#include <utility>

namespace ui {

namespace {

constexpr int MaxRecentImages = 10;
constexpr engine::ScanCode MaxScanCode = 0x21d;

const QString HostKeyName = QStringLiteral("hostKey");
const QString CloseChoiceName = QStringLiteral("closeChoice");
const QString MiniToolBarName = QStringLiteral("showMiniToolBar");
const QString RecentOpticalName = QStringLiteral("recentOpticalImages");

constexpr std::array CloseChoiceNames = {
    std::pair(CloseChoice::Ask, "ask"),
    std::pair(CloseChoice::Background, "background"),
    std::pair(CloseChoice::Shutdown, "shutdown"),
    std::pair(CloseChoice::PowerOff, "powerOff"),
};

QString fileName()
{
    return engine::paths::configFolder() + QStringLiteral("/preferences.json");
}

QString closeChoiceName(CloseChoice choice)
{
    for (const auto &[value, name] : CloseChoiceNames) {
        if (value == choice)
            return QString::fromLatin1(name);
    }
    return {};
}

CloseChoice closeChoiceFromName(const QString &word)
{
    for (const auto &[value, name] : CloseChoiceNames) {
        if (word == QLatin1String(name))
            return value;
    }
    return CloseChoice::Ask;
}

engine::Error saveError(const QString &reason)
{
    return engine::makeError(engine::ErrorKind::Io,
                             QCoreApplication::translate("ui::Preferences",
                                                         "Cannot write the preferences file "
                                                         "\"%1\": %2")
                                 .arg(fileName(), reason));
}

} // namespace

Preferences Preferences::load()
{
    Preferences preferences;
    QFile file(fileName());
    if (!file.open(QIODevice::ReadOnly))
        return preferences;
    QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();

    const int hostKey = json.take(HostKeyName).toInt(preferences.hostKey);
    if (hostKey > 0 && hostKey <= MaxScanCode)
        preferences.hostKey = engine::ScanCode(hostKey);
    preferences.closeChoice = closeChoiceFromName(json.take(CloseChoiceName).toString());
    preferences.showMiniToolBar = json.take(MiniToolBarName).toBool(true);
    const QJsonArray images = json.take(RecentOpticalName).toArray();
    for (const QJsonValue &image : images) {
        const QString path = image.toString();
        if (!path.isEmpty() && preferences.recentOpticalImages.size() < MaxRecentImages)
            preferences.recentOpticalImages.append(path);
    }
    preferences.unknownKeys = json;
    return preferences;
}

engine::Result<> Preferences::save() const
{
    QJsonObject json = unknownKeys;
    json[HostKeyName] = hostKey;
    json[CloseChoiceName] = closeChoiceName(closeChoice);
    json[MiniToolBarName] = showMiniToolBar;
    json[RecentOpticalName] = QJsonArray::fromStringList(recentOpticalImages);

    if (!QDir().mkpath(engine::paths::configFolder()))
        return saveError(
            QCoreApplication::translate("ui::Preferences", "the folder cannot be created"));
    QSaveFile file(fileName());
    if (!file.open(QIODevice::WriteOnly))
        return saveError(file.errorString());
    file.write(QJsonDocument(json).toJson());
    if (!file.commit())
        return saveError(file.errorString());
    return {};
}

void Preferences::addRecentOptical(const QString &path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    recentOpticalImages.removeAll(absolute);
    recentOpticalImages.prepend(absolute);
    while (recentOpticalImages.size() > MaxRecentImages)
        recentOpticalImages.removeLast();
}

} // namespace ui
