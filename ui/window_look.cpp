// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window_look.h"

#include "ui/screen_scale.h"

namespace ui {

namespace {

const QLatin1String MenuBarKey("GUI/MenuBar/Enabled");
const QLatin1String StatusBarKey("GUI/StatusBar/Enabled");
const QLatin1String MiniToolBarKey("GUI/ShowMiniToolBar");
const QLatin1String AlignmentKey("GUI/MiniToolBarAlignment");
const QLatin1String AutoResizeKey("GUI/AutoresizeGuest");
const QLatin1String ScaleKey("GUI/Scale");
const QLatin1String ScaleFactorKey("GUI/ScaleFactor");
const QLatin1String CloseKey("GUI/DefaultCloseAction");

struct CloseWord
{
    CloseChoice choice;
    const char *word;
};
constexpr CloseWord CloseWords[] = {{CloseChoice::Background, "Detach"},
                                    {CloseChoice::Shutdown, "Shutdown"},
                                    {CloseChoice::PowerOff, "PowerOff"},
                                    {CloseChoice::SaveState, "SaveState"}};

// VirtualBox understands all of these.
std::optional<bool> switchFrom(const QJsonObject &extraData, QLatin1String key)
{
    const QString word = extraData.value(key).toString().toLower();
    for (const char *on : {"true", "yes", "on", "1"}) {
        if (word == QLatin1String(on))
            return true;
    }
    for (const char *off : {"false", "no", "off", "0"}) {
        if (word == QLatin1String(off))
            return false;
    }
    return {};
}

// A word that means the same as before is left as somebody wrote it.
void put(QJsonObject &extraData, QLatin1String key, const QString &word)
{
    if (word.isEmpty())
        extraData.remove(key);
    else
        extraData.insert(key, word);
}

} // namespace

WindowLook WindowLook::from(const QJsonObject &extraData)
{
    WindowLook look;
    look.hasMenuBar = switchFrom(extraData, MenuBarKey).value_or(true);
    look.hasStatusBar = switchFrom(extraData, StatusBarKey).value_or(true);
    look.hasMiniToolBar = switchFrom(extraData, MiniToolBarKey);
    look.isMiniToolBarAtBottom = extraData.value(AlignmentKey)
                                     .toString()
                                     .compare(QLatin1String("bottom"), Qt::CaseInsensitive)
        == 0;
    look.isGuestResized = switchFrom(extraData, AutoResizeKey).value_or(true);
    look.isScaled = switchFrom(extraData, ScaleKey).value_or(false);
    // "1.5", or one for each screen: "1.5,1".
    bool isNumber = false;
    const double factor =
        extraData.value(ScaleFactorKey).toString().section(u',', 0, 0).toDouble(&isNumber);
    if (isNumber && factor > 0)
        look.zoomPercent = qBound(MinZoomPercent, qRound(factor * 100), MaxZoomPercent);
    const QString close = extraData.value(CloseKey).toString();
    for (const CloseWord &one : CloseWords) {
        if (close.compare(QLatin1String(one.word), Qt::CaseInsensitive) == 0)
            look.closeChoice = one.choice;
    }
    return look;
}

void WindowLook::writeTo(QJsonObject &extraData) const
{
    const WindowLook before = from(extraData);
    if (hasMenuBar != before.hasMenuBar)
        put(extraData, MenuBarKey, hasMenuBar ? QString() : QStringLiteral("false"));
    if (hasStatusBar != before.hasStatusBar)
        put(extraData, StatusBarKey, hasStatusBar ? QString() : QStringLiteral("false"));
    if (hasMiniToolBar != before.hasMiniToolBar) {
        put(extraData, MiniToolBarKey,
            !hasMiniToolBar       ? QString()
                : *hasMiniToolBar ? QStringLiteral("yes")
                                  : QStringLiteral("no"));
    }
    if (isMiniToolBarAtBottom != before.isMiniToolBarAtBottom)
        put(extraData, AlignmentKey, isMiniToolBarAtBottom ? QStringLiteral("bottom") : QString());
    if (isGuestResized != before.isGuestResized)
        put(extraData, AutoResizeKey, isGuestResized ? QString() : QStringLiteral("false"));
    if (isScaled != before.isScaled)
        put(extraData, ScaleKey, isScaled ? QStringLiteral("on") : QString());
    if (zoomPercent != before.zoomPercent)
        put(extraData, ScaleFactorKey,
            zoomPercent ? QString::number(*zoomPercent / 100.0) : QString());
    if (closeChoice == before.closeChoice)
        return;
    put(extraData, CloseKey, {});
    for (const CloseWord &one : CloseWords) {
        if (closeChoice == one.choice)
            put(extraData, CloseKey, QString::fromLatin1(one.word));
    }
}

} // namespace ui
