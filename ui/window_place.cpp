// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window_place.h"

#include "engine/base/log.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSaveFile>

#include <algorithm>

namespace ui {

namespace {

constexpr qsizetype MaxPlaces = 100;

QString fileName()
{
    return engine::paths::configFolder() + QStringLiteral("/windows.json");
}

QJsonArray readAll()
{
    QFile file(fileName());
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).array();
}

display::ScaleMode scaleMode(const QJsonValue &entry)
{
    if (!entry[QLatin1String("scaled")].toBool())
        return display::ScaleMode::Zoom;
    return entry[QLatin1String("wholePixels")].toBool() ? display::ScaleMode::FitWhole
                                                        : display::ScaleMode::Fit;
}

bool isOf(const QJsonValue &entry, const QUuid &machine, int monitor)
{
    return QUuid(entry[QLatin1String("machine")].toString()) == machine
        && entry[QLatin1String("monitor")].toInt() == monitor;
}

} // namespace

std::optional<WindowPlace> loadWindowPlace(const QUuid &machine, int monitor)
{
    const QJsonArray entries = readAll();
    for (const QJsonValue &entry : entries) {
        if (!isOf(entry, machine, monitor))
            continue;
        WindowPlace place;
        place.geometry =
            QRect(entry[QLatin1String("x")].toInt(), entry[QLatin1String("y")].toInt(),
                  entry[QLatin1String("width")].toInt(), entry[QLatin1String("height")].toInt());
        place.isMaximized = entry[QLatin1String("maximized")].toBool();
        place.scale = {.mode = scaleMode(entry),
                       .percent = std::clamp(entry[QLatin1String("zoom")].toInt(100),
                                             MinZoomPercent, MaxZoomPercent)};
        place.fullScreenOn =
            ScreenIdentity::fromText(entry[QLatin1String("fullScreenOn")].toString());
        if (place.geometry.isEmpty())
            return std::nullopt;
        return place;
    }
    return std::nullopt;
}

void saveWindowPlace(const QUuid &machine, const WindowPlace &place, int monitor)
{
    QJsonArray entries;
    entries.append(QJsonObject{
        {QStringLiteral("machine"), machine.toString(QUuid::WithoutBraces)},
        {QStringLiteral("monitor"), monitor},
        {QStringLiteral("x"), place.geometry.x()},
        {QStringLiteral("y"), place.geometry.y()},
        {QStringLiteral("width"), place.geometry.width()},
        {QStringLiteral("height"), place.geometry.height()},
        {QStringLiteral("maximized"), place.isMaximized},
        {QStringLiteral("scaled"), place.scale.isFitted()},
        {QStringLiteral("wholePixels"), place.scale.mode == display::ScaleMode::FitWhole},
        {QStringLiteral("zoom"), place.scale.percent},
        {QStringLiteral("fullScreenOn"), place.fullScreenOn.toText()}});
    const QJsonArray before = readAll();
    for (const QJsonValue &entry : before) {
        if (!isOf(entry, machine, monitor) && entries.size() < MaxPlaces)
            entries.append(entry);
    }
    QSaveFile file(fileName());
    if (!QDir().mkpath(engine::paths::configFolder()) || !file.open(QIODevice::WriteOnly)
        || file.write(QJsonDocument(entries).toJson()) < 0 || !file.commit()) {
        engine::log(engine::LogLevel::Warning, "window",
                    "The window's place was not saved: " + file.errorString().toStdString());
    }
}

QRect movedInside(const QRect &window, const QRect &available)
{
    const QSize size = window.size().boundedTo(available.size());
    return {QPoint(std::clamp(window.x(), available.x(), available.right() + 1 - size.width()),
                   std::clamp(window.y(), available.y(), available.bottom() + 1 - size.height())),
            size};
}

} // namespace ui
