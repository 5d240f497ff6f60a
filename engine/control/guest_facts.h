// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest's agent says about the guest, from the answers to guest-network-get-interfaces,
// guest-get-users, guest-get-osinfo, guest-get-host-name and guest-info
// (qga/qapi-schema.json), and the same as VirtualBox's guest properties.
//
// The answers are the guest's: what is not as it should be is left out, and there is a limit to
// how much of each is kept. Pure; any thread.
#pragma once

#include <QtCore/QJsonValue>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace engine {

struct GuestAddress
{
    QString address;
    int prefix = 0;
    bool isVersion6 = false;

    bool operator==(const GuestAddress &) const = default;
};

struct GuestInterface
{
    QString name;
    QString hardwareAddress; // "52:54:00:12:34:56", empty without one
    QList<GuestAddress> addresses;

    bool operator==(const GuestInterface &) const = default;
};

struct GuestFacts
{
    QList<GuestInterface> interfaces;
    QStringList users; // who is logged in, each once
    QString osId; // os-release's: "debian"; "mswindows"
    QString osName; // "Debian GNU/Linux 12 (bookworm)"
    QString kernelRelease;
    QString kernelVersion;
    QString hostName;
    QString agentVersion;

    bool isWindows() const { return osId == QLatin1String("mswindows"); }
    bool operator==(const GuestFacts &) const = default;
};

void takeInterfaces(GuestFacts &facts, const QJsonValue &answer);
void takeUsers(GuestFacts &facts, const QJsonValue &answer);
void takeSystem(GuestFacts &facts, const QJsonValue &answer);
void takeHostName(GuestFacts &facts, const QJsonValue &answer);
void takeAgent(GuestFacts &facts, const QJsonValue &answer);

// Those by which others reach the guest: IPv4 before IPv6, no loopback, no link-local ones.
QStringList reachableAddresses(const GuestFacts &facts);

struct GuestValue
{
    QString name; // "/VirtualBox/GuestInfo/Net/0/V4/IP"
    QString value;

    bool operator==(const GuestValue &) const = default;
};

// In the names of VirtualBox's Guest Additions where those have one.
QList<GuestValue> guestValues(const GuestFacts &facts);

} // namespace engine
