// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/host_screens.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QStringList>
#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>

namespace ui {

namespace {

constexpr QChar Separator = u'|';
constexpr qsizetype Parts = 4;

QString tr(const char *text)
{
    return QCoreApplication::translate("ui::HostScreens", text);
}

QString withoutSeparator(QString text)
{
    return text.replace(Separator, u' ').trimmed();
}

} // namespace

QString ScreenIdentity::toText() const
{
    if (isEmpty())
        return {};
    return QStringList{withoutSeparator(maker), withoutSeparator(model), withoutSeparator(serial),
                       withoutSeparator(connector)}
        .join(Separator);
}

ScreenIdentity ScreenIdentity::fromText(const QString &text)
{
    const QStringList parts = text.split(Separator);
    if (parts.size() != Parts)
        return {};
    return {.maker = parts[0], .model = parts[1], .serial = parts[2], .connector = parts[3]};
}

ScreenIdentity identityOf(const QScreen &screen)
{
    return {.maker = withoutSeparator(screen.manufacturer()),
            .model = withoutSeparator(screen.model()),
            .serial = withoutSeparator(screen.serialNumber()),
            .connector = withoutSeparator(screen.name())};
}

QScreen *findScreen(const ScreenIdentity &identity)
{
    if (identity.isEmpty())
        return nullptr;
    QScreen *sameDevice = nullptr;
    const QList<QScreen *> screens = QGuiApplication::screens();
    for (QScreen *screen : screens) {
        ScreenIdentity other = identityOf(*screen);
        if (other == identity)
            return screen;
        other.connector = identity.connector;
        if (!identity.serial.isEmpty() && other == identity)
            sameDevice = screen;
    }
    return sameDevice;
}

QString screenLabel(const QScreen &screen)
{
    const ScreenIdentity identity = identityOf(screen);
    const qsizetype number = QGuiApplication::screens().indexOf(const_cast<QScreen *>(&screen)) + 1;
    QString name = QStringList{identity.maker, identity.model}.join(u' ').trimmed();
    if (name.isEmpty())
        name = identity.connector;
    if (name.isEmpty())
        name = tr("Screen");
    const QSizeF size = QSizeF(screen.size()) * screen.devicePixelRatio();
    return tr("%1: %2 (%3 × %4)")
        .arg(number)
        .arg(name)
        .arg(qRound(size.width()))
        .arg(qRound(size.height()));
}

} // namespace ui
