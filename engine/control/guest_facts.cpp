// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/guest_facts.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtNetwork/QHostAddress>

#include <algorithm>

namespace engine {

namespace {

constexpr qsizetype MostInterfaces = 64;
constexpr qsizetype MostAddresses = 16; // of one
constexpr qsizetype MostUsers = 64;
constexpr qsizetype MostCharacters = 200;

// One line of what the guest says.
QString text(const QJsonValue &value)
{
    QString line = value.toString().left(MostCharacters).simplified();
    line.removeIf([](QChar character) { return !character.isPrint(); });
    return line;
}

QString hardwareAddress(const QJsonValue &value)
{
    const QString address = text(value).toLower();
    const bool isGood =
        address.size() == 17 && std::all_of(address.cbegin(), address.cend(), [](QChar character) {
            return QStringLiteral("0123456789abcdef:").contains(character);
        });
    return isGood && address != QLatin1String("00:00:00:00:00:00") ? address : QString();
}

QList<GuestAddress> addresses(const QJsonArray &array)
{
    QList<GuestAddress> result;
    for (const QJsonValue &value : array) {
        if (result.size() >= MostAddresses)
            break;
        const QJsonObject object = value.toObject();
        const QHostAddress address(object[QLatin1String("ip-address")].toString().left(64));
        const bool isVersion6 = address.protocol() == QAbstractSocket::IPv6Protocol;
        const int prefix = object[QLatin1String("prefix")].toInt(-1);
        if (address.isNull() || prefix < 0 || prefix > (isVersion6 ? 128 : 32))
            continue;
        result.append({address.toString(), prefix, isVersion6});
    }
    return result;
}

quint32 maskOf(int prefix)
{
    return prefix == 0 ? 0 : ~quint32(0) << (32 - prefix);
}

// As the Guest Additions count them: without loopback.
bool isCounted(const GuestInterface &interface)
{
    return std::none_of(
               interface.addresses.cbegin(), interface.addresses.cend(),
               [](const GuestAddress &one) { return QHostAddress(one.address).isLoopback(); })
        && (!interface.hardwareAddress.isEmpty() || !interface.addresses.isEmpty());
}

} // namespace

void takeInterfaces(GuestFacts &facts, const QJsonValue &answer)
{
    facts.interfaces.clear();
    const QJsonArray array = answer.toArray();
    for (const QJsonValue &value : array) {
        if (facts.interfaces.size() >= MostInterfaces)
            break;
        const QJsonObject object = value.toObject();
        GuestInterface interface;
        interface.name = text(object[QLatin1String("name")]);
        if (interface.name.isEmpty())
            continue;
        interface.hardwareAddress = hardwareAddress(object[QLatin1String("hardware-address")]);
        interface.addresses = addresses(object[QLatin1String("ip-addresses")].toArray());
        facts.interfaces.append(std::move(interface));
    }
}

void takeUsers(GuestFacts &facts, const QJsonValue &answer)
{
    facts.users.clear();
    const QJsonArray array = answer.toArray();
    for (const QJsonValue &value : array) {
        const QString user = text(value.toObject()[QLatin1String("user")]);
        if (!user.isEmpty() && !facts.users.contains(user) && facts.users.size() < MostUsers)
            facts.users.append(user);
    }
}

void takeSystem(GuestFacts &facts, const QJsonValue &answer)
{
    const QJsonObject object = answer.toObject();
    facts.osId = text(object[QLatin1String("id")]);
    facts.osName = text(object[QLatin1String("pretty-name")]);
    if (facts.osName.isEmpty())
        facts.osName = text(object[QLatin1String("name")]);
    facts.kernelRelease = text(object[QLatin1String("kernel-release")]);
    facts.kernelVersion = text(object[QLatin1String("kernel-version")]);
}

void takeHostName(GuestFacts &facts, const QJsonValue &answer)
{
    facts.hostName = text(answer.toObject()[QLatin1String("host-name")]);
}

void takeAgent(GuestFacts &facts, const QJsonValue &answer)
{
    facts.agentVersion = text(answer.toObject()[QLatin1String("version")]);
}

QStringList reachableAddresses(const GuestFacts &facts)
{
    QStringList version4;
    QStringList version6;
    for (const GuestInterface &interface : facts.interfaces) {
        for (const GuestAddress &one : interface.addresses) {
            const QHostAddress address(one.address);
            if (address.isLoopback() || address.isLinkLocal())
                continue;
            (one.isVersion6 ? version6 : version4).append(one.address);
        }
    }
    return version4 + version6;
}

QList<GuestValue> guestValues(const GuestFacts &facts)
{
    QList<GuestValue> values;
    const auto add = [&values](const QString &name, const QString &value) {
        if (!value.isEmpty())
            values.append({name, value});
    };
    if (!facts.osId.isEmpty() || !facts.kernelRelease.isEmpty()) {
        const QString os = QStringLiteral("/VirtualBox/GuestInfo/OS/");
        // Where there are Linux's kernels, the Additions say what uname -s does.
        add(os + QStringLiteral("Product"),
            facts.isWindows() ? facts.osName : QStringLiteral("Linux"));
        add(os + QStringLiteral("Release"), facts.kernelRelease);
        add(os + QStringLiteral("Version"), facts.kernelVersion);
    }
    if (!facts.agentVersion.isEmpty()) {
        const QString os = QStringLiteral("/VirtualBox/GuestInfo/OS/");
        add(os + QStringLiteral("LoggedInUsers"), QString::number(facts.users.size()));
        add(os + QStringLiteral("LoggedInUsersList"), facts.users.join(QLatin1Char(',')));
        add(os + QStringLiteral("NoLoggedInUsers"),
            facts.users.isEmpty() ? QStringLiteral("true") : QStringLiteral("false"));
        int count = 0;
        for (const GuestInterface &interface : facts.interfaces) {
            if (!isCounted(interface))
                continue;
            const QString net = QStringLiteral("/VirtualBox/GuestInfo/Net/%1/").arg(count++);
            add(net + QStringLiteral("Name"), interface.name);
            add(net + QStringLiteral("MAC"),
                QString(interface.hardwareAddress).remove(QLatin1Char(':')).toUpper());
            bool hasVersion4 = false;
            bool hasVersion6 = false;
            for (const GuestAddress &one : interface.addresses) {
                const QHostAddress address(one.address);
                if (one.isVersion6 && !address.isLinkLocal() && !std::exchange(hasVersion6, true))
                    add(net + QStringLiteral("V6/IP"), one.address);
                if (one.isVersion6 || std::exchange(hasVersion4, true))
                    continue;
                const quint32 mask = maskOf(one.prefix);
                add(net + QStringLiteral("V4/IP"), one.address);
                add(net + QStringLiteral("V4/Netmask"), QHostAddress(mask).toString());
                add(net + QStringLiteral("V4/Broadcast"),
                    QHostAddress(address.toIPv4Address() | ~mask).toString());
            }
            add(net + QStringLiteral("Status"),
                interface.addresses.isEmpty() ? QStringLiteral("Down") : QStringLiteral("Up"));
        }
        add(QStringLiteral("/VirtualBox/GuestInfo/Net/Count"), QString::number(count));
    }
    add(QStringLiteral("/Vitrine/GuestInfo/OS/Name"), facts.osName);
    add(QStringLiteral("/Vitrine/GuestInfo/HostName"), facts.hostName);
    add(QStringLiteral("/Vitrine/GuestAgent/Version"), facts.agentVersion);
    return values;
}

} // namespace engine
