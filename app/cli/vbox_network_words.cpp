// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/vbox_network_words.h"

#include "app/cli/known_words.h"
#include "engine/machine/mac_address.h"

#include <algorithm>

namespace app {

using namespace engine;

QString networkWord(NetworkMode mode)
{
    switch (mode) {
    case NetworkMode::None:
        return QStringLiteral("none");
    case NetworkMode::NotAttached:
        return QStringLiteral("null");
    case NetworkMode::Nat:
        return QStringLiteral("nat");
    case NetworkMode::Internal:
        return QStringLiteral("intnet");
    case NetworkMode::Bridged:
        return QStringLiteral("bridged");
    }
    return {};
}

Result<NetworkMode> networkFromWord(const QString &word)
{
    if (isOneOf(word, {"none"}))
        return NetworkMode::None;
    if (isOneOf(word, {"null"}))
        return NetworkMode::NotAttached;
    if (isOneOf(word, {"nat"}))
        return NetworkMode::Nat;
    if (isOneOf(word, {"intnet"}))
        return NetworkMode::Internal;
    if (isOneOf(word, {"bridged"}))
        return NetworkMode::Bridged;
    if (isOneOf(word,
                {"hostonly", "hostonlynet", "hostonlynetwork", "generic", "natnetwork", "cloud",
                 "cloudnetwork"}))
        return lackingWord(QStringLiteral("network"), word,
                           QStringLiteral("Use nat, intnet, bridged, null or none"));
    return unknownWord(QStringLiteral("network"), word,
                       QStringLiteral("none, null, nat, intnet, bridged"));
}

QString nicTypeWord(NicModel model)
{
    switch (model) {
    case NicModel::Virtio:
        return QStringLiteral("virtio");
    case NicModel::E1000:
        return QStringLiteral("82540EM");
    case NicModel::E1000e:
        return QStringLiteral("82574L");
    case NicModel::Rtl8139:
        return QStringLiteral("RTL8139");
    case NicModel::Pcnet:
        return QStringLiteral("Am79C970A");
    }
    return {};
}

Result<NicModel> nicTypeFromWord(const QString &word)
{
    if (isOneOf(word, {"virtio"}))
        return NicModel::Virtio;
    if (isOneOf(word, {"82540EM", "82543GC", "82545EM", "e1000"}))
        return NicModel::E1000;
    if (isOneOf(word, {"82574L", "e1000e"}))
        return NicModel::E1000e;
    if (isOneOf(word, {"rtl8139"}))
        return NicModel::Rtl8139;
    if (isOneOf(word, {"Am79C970A", "Am79C973"}))
        return NicModel::Pcnet;
    if (isOneOf(word, {"Am79C960", "NE1000", "NE2000", "WD8003", "WD8013", "ELNK2", "ELNK1"}))
        return lackingWord(QStringLiteral("network card"), word,
                           QStringLiteral("Use 82540EM, virtio, e1000e or rtl8139"));
    return unknownWord(QStringLiteral("network card"), word,
                       QStringLiteral("82540EM, 82543GC, 82545EM, virtio, e1000e, rtl8139"));
}

QString macWord(const QString &macAddress)
{
    return QString(macAddress).remove(QLatin1Char(':')).toUpper();
}

Result<QString> macFromWord(const QString &word)
{
    if (isOneOf(word, {"auto"}))
        return engine::randomMacAddress(engine::VirtualBoxMacPrefix);
    const QString digits =
        QString(word).remove(QLatin1Char(':')).remove(QLatin1Char('-')).toLower();
    const bool isHex = digits.size() == 12
        && std::all_of(digits.begin(), digits.end(),
                       [](QChar c) { return QStringLiteral("0123456789abcdef").contains(c); });
    if (!isHex)
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("Invalid hardware address \"%1\": it takes auto or 12 "
                                        "hexadecimal digits")
                             .arg(word));
    if (digits.mid(1, 1).toInt(nullptr, 16) & 1)
        return makeError(
            ErrorKind::Invalid,
            QStringLiteral("Invalid hardware address \"%1\": it is a multicast one; the "
                           "second digit must be even")
                .arg(word));
    QStringList pairs;
    for (qsizetype i = 0; i < 12; i += 2)
        pairs.append(digits.mid(i, 2));
    return pairs.join(QLatin1Char(':'));
}

QString forwardWord(const PortForward &forward)
{
    return QStringList{forward.name,
                       forward.protocol == ForwardProtocol::Udp ? QStringLiteral("udp")
                                                                : QStringLiteral("tcp"),
                       forward.hostAddress,
                       QString::number(forward.hostPort),
                       forward.guestAddress,
                       QString::number(forward.guestPort)}
        .join(QLatin1Char(','));
}

Result<PortForward> forwardFromWord(const QString &word)
{
    const QStringList parts = word.split(QLatin1Char(','));
    bool isGood = parts.size() == 6;
    PortForward rule;
    if (isGood) {
        bool isHostPort = false;
        bool isGuestPort = false;
        rule.hostPort = parts.at(3).trimmed().toInt(&isHostPort);
        rule.guestPort = parts.at(5).trimmed().toInt(&isGuestPort);
        rule.hostAddress = parts.at(2).trimmed();
        rule.guestAddress = parts.at(4).trimmed();
        const bool isUdp = isOneOf(parts.at(1).trimmed(), {"udp"});
        rule.protocol = isUdp ? ForwardProtocol::Udp : ForwardProtocol::Tcp;
        isGood = isHostPort && isGuestPort && rule.hostPort > 0 && rule.hostPort < 65536
            && rule.guestPort > 0 && rule.guestPort < 65536
            && (isUdp || isOneOf(parts.at(1).trimmed(), {"tcp"}));
    }
    if (!isGood)
        return makeError(
            ErrorKind::Invalid,
            QStringLiteral("Invalid port forward \"%1\": it takes [name],tcp|udp,[host "
                           "address],host port,[guest address],guest port")
                .arg(word));
    rule.name = parts.at(0).trimmed();
    if (rule.name.isEmpty())
        rule.name = QStringLiteral("%1_%2_%3")
                        .arg(parts.at(1).trimmed().toLower())
                        .arg(rule.hostPort)
                        .arg(rule.guestPort);
    return rule;
}

NetworkAdapter &adapterAt(MachineDefinition &definition, int number)
{
    while (definition.adapters.size() < number) {
        NetworkAdapter adapter;
        adapter.model = NicModel::E1000; // VirtualBox's usual card
        adapter.macAddress = engine::randomMacAddress(engine::VirtualBoxMacPrefix);
        definition.adapters.append(adapter);
    }
    return definition.adapters[number - 1];
}

} // namespace app
