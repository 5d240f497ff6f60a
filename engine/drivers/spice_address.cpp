// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/spice_address.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QUrl>
#include <QtCore/QUrlQuery>

namespace engine {

namespace {

constexpr int UsualPort = 5900;

Error spiceAddressError(const QString &text, const QString &what)
{
    return makeError(
        ErrorKind::Invalid,
        QStringLiteral("\"%1\" is not the address of a SPICE server: %2").arg(text, what),
        QStringLiteral("Write it as spice://host:port, or spice://host?tls-port=port "
                       "for an encrypted connection"));
}

} // namespace

QString spiceAddressText(const SpiceAddress &address)
{
    if (!address.socket.isEmpty())
        return address.socket;
    QString text = QStringLiteral("spice://")
        + (address.host.contains(u':') ? QStringLiteral("[%1]").arg(address.host) : address.host);
    if (address.port > 0)
        text += QStringLiteral(":%1").arg(address.port);
    if (address.tlsPort > 0)
        text += QStringLiteral("?tls-port=%1").arg(address.tlsPort);
    return text;
}

Result<SpiceAddress> spiceAddressFromText(const QString &text)
{
    const QString trimmed = text.trimmed();
    SpiceAddress address;
    const bool hasScheme = trimmed.contains(QLatin1String("://"));
    const QUrl url(hasScheme ? trimmed : QStringLiteral("spice://") + trimmed, QUrl::StrictMode);
    if (trimmed.isEmpty())
        return spiceAddressError(trimmed, QStringLiteral("it is empty"));
    if (!url.isValid())
        return spiceAddressError(trimmed, url.errorString());
    if (url.scheme() == QLatin1String("spice+unix")) {
        address.socket = url.path();
        if (address.socket.isEmpty())
            return spiceAddressError(trimmed, QStringLiteral("it has no path"));
        return address;
    }
    if (url.scheme() != QLatin1String("spice"))
        return spiceAddressError(
            trimmed, QStringLiteral("it begins with \"%1\", not with spice").arg(url.scheme()));
    address.host = url.host();
    if (address.host.isEmpty())
        return spiceAddressError(trimmed, QStringLiteral("it names no computer"));
    address.port = qMax(0, url.port(0));
    address.password = url.password(QUrl::FullyDecoded);
    const QUrlQuery query(url);
    const auto portOf = [&](const QString &key, int &port) -> Result<> {
        if (!query.hasQueryItem(key))
            return {};
        bool isNumber = false;
        port = query.queryItemValue(key).toInt(&isNumber);
        if (!isNumber || port < 1 || port > 65535)
            return spiceAddressError(
                trimmed, QStringLiteral("\"%1\" is no TCP port").arg(query.queryItemValue(key)));
        return {};
    };
    TRY(portOf(QStringLiteral("port"), address.port));
    TRY(portOf(QStringLiteral("tls-port"), address.tlsPort));
    if (query.hasQueryItem(QStringLiteral("password")))
        address.password = query.queryItemValue(QStringLiteral("password"), QUrl::FullyDecoded);
    if (query.hasQueryItem(QStringLiteral("ca-file")))
        address.caFile = query.queryItemValue(QStringLiteral("ca-file"), QUrl::FullyDecoded);
    if (address.port == 0 && address.tlsPort == 0)
        address.port = UsualPort;
    return address;
}

QJsonObject toJson(const SpiceAddress &address)
{
    return {{QStringLiteral("socket"), address.socket},
            {QStringLiteral("host"), address.host},
            {QStringLiteral("port"), address.port},
            {QStringLiteral("tlsPort"), address.tlsPort},
            {QStringLiteral("password"), address.password},
            {QStringLiteral("caFile"), address.caFile}};
}

SpiceAddress spiceAddressFromJson(const QJsonObject &json)
{
    return {.socket = json[QLatin1String("socket")].toString(),
            .host = json[QLatin1String("host")].toString(),
            .port = json[QLatin1String("port")].toInt(),
            .tlsPort = json[QLatin1String("tlsPort")].toInt(),
            .password = json[QLatin1String("password")].toString(),
            .caFile = json[QLatin1String("caFile")].toString()};
}

} // namespace engine
