// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/remote_display.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QStringList>

#include <algorithm>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace engine {

namespace {

constexpr int HighestPort = 65535;
// What a SPICE ticket has room for: SPICE_MAX_PASSWORD_LENGTH of spice-protocol.
constexpr int LongestPassword = 60;

bool isAddress(const QString &text)
{
    const QByteArray bytes = text.toLatin1();
    in_addr v4 = {};
    in6_addr v6 = {};
    return inet_pton(AF_INET, bytes.constData(), &v4) == 1
        || inet_pton(AF_INET6, bytes.constData(), &v6) == 1;
}

} // namespace

Result<QList<PortRange>> portRangesFromText(const QString &text)
{
    QList<PortRange> ranges;
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty() || trimmed == QLatin1String("0"))
        return ranges;
    for (const QString &part : trimmed.split(u',')) {
        const QStringList ends = part.split(u'-');
        bool isFirstGood = false;
        bool isLastGood = false;
        const PortRange range{ends.first().trimmed().toInt(&isFirstGood),
                              ends.last().trimmed().toInt(&isLastGood)};
        if (ends.size() > 2 || !isFirstGood || !isLastGood || range.first < 1
            || range.last > HighestPort || range.first > range.last)
            return makeError(
                ErrorKind::Invalid,
                QStringLiteral("\"%1\" is no TCP port: they go from 1 to 65535").arg(part),
                QStringLiteral("Give a port, a range (5900-5910), several with commas, or 0 for "
                               "any that is free"));
        ranges.append(range);
    }
    return ranges;
}

bool isUnixSocket(const RemoteDisplay &display)
{
    return display.address.trimmed().compare(UnixSocketAddress, Qt::CaseInsensitive) == 0;
}

QString listenAddress(const RemoteDisplay &display)
{
    const QString address = display.address.trimmed();
    if (address.isEmpty() || address == QLatin1String("localhost"))
        return QStringLiteral("127.0.0.1");
    return isUnixSocket(display) ? QString(UnixSocketAddress) : address;
}

bool isNearAddress(const QString &address)
{
    if (address == UnixSocketAddress)
        return true;
    const QByteArray bytes = address.toLatin1();
    in_addr v4 = {};
    if (inet_pton(AF_INET, bytes.constData(), &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
    in6_addr v6 = {};
    return inet_pton(AF_INET6, bytes.constData(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::optional<RemoteDisplayProblem> remoteDisplayProblem(const RemoteDisplay &display)
{
    if (!display.isEnabled)
        return {};
    const QString addressField = QStringLiteral("remoteDisplay/address");
    const QString passwordField = QStringLiteral("remoteDisplay/password");
    const QString address = listenAddress(display);
    if (isUnixSocket(display) && display.isTlsOn)
        return RemoteDisplayProblem{
            QStringLiteral("remoteDisplay/tls"),
            makeError(ErrorKind::Invalid,
                      QStringLiteral("The machine's screen cannot be offered by TLS on a Unix socket, "
                                     "which no network sees"),
                      QStringLiteral("Turn TLS off (--vrde-property Security/Method=), or set the "
                                     "address 127.0.0.1"))};
    if (!isUnixSocket(display) && !isAddress(address))
        return RemoteDisplayProblem{
            addressField,
            makeError(ErrorKind::Invalid,
                      QStringLiteral("The machine's screen cannot be offered at \"%1\", which is "
                                     "no address of a computer")
                          .arg(address),
                      QStringLiteral("Give an address of this computer in digits: 127.0.0.1 for "
                                     "this computer only, 0.0.0.0 for the whole network; or "
                                     "unix for a Unix socket"))};
    if (const auto ranges = portRangesFromText(display.ports); !ranges)
        return RemoteDisplayProblem{QStringLiteral("remoteDisplay/ports"), Error(ranges.error())};
    if (display.password.toUtf8().size() > LongestPassword)
        return RemoteDisplayProblem{
            passwordField,
            makeError(ErrorKind::Invalid,
                      QStringLiteral("A SPICE password has at most %1 bytes").arg(LongestPassword),
                      QStringLiteral("Choose a shorter one"))};
    if (std::any_of(display.password.cbegin(), display.password.cend(),
                    [](QChar c) { return c.category() == QChar::Other_Control; }))
        return RemoteDisplayProblem{
            passwordField,
            makeError(ErrorKind::Invalid,
                      QStringLiteral("A SPICE password cannot have line breaks or other control "
                                     "characters"),
                      QStringLiteral("Leave them out"))};
    if (display.password.isEmpty() && !isNearAddress(address))
        return RemoteDisplayProblem{
            passwordField,
            makeError(
                ErrorKind::Invalid,
                QStringLiteral("Without a password the machine's screen is offered to this "
                               "computer only, not at %1: anybody on the network could use the "
                               "machine")
                    .arg(address),
                QStringLiteral("Set a password (--vrde-property SPICEPassword=...), or the "
                               "address 127.0.0.1"))};
    return {};
}

Result<> checkRemoteDisplay(const RemoteDisplay &display)
{
    if (std::optional<RemoteDisplayProblem> problem = remoteDisplayProblem(display))
        return std::move(problem->error);
    return {};
}

} // namespace engine
