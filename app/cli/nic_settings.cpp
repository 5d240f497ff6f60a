// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/nic_settings.h"

#include "app/cli/vbox_network_words.h"
#include "engine/machine/host_networks.h"
#include "engine/machine/machine_json.h"

namespace app {

using namespace engine;

namespace {

constexpr int MaxRateKiBps = 1024 * 1024;
const QLatin1String ListPrefix("list:");

} // namespace

QString usualInternalNetwork()
{
    return QStringLiteral("intnet");
}

Result<> setNicMode(NetworkAdapter &adapter, const QString &word)
{
    adapter.mode = TRY(networkFromWord(word));
    if (adapter.mode == NetworkMode::Internal && adapter.internalNetwork.isEmpty())
        adapter.internalNetwork = usualInternalNetwork();
    return {};
}

int forwardWordCount(const QString &first)
{
    return first == QLatin1String("delete") ? 2 : 1;
}

Outcome setNicForward(NetworkAdapter &adapter, int number, const QStringList &words)
{
    const bool isDeletion = words.size() > 1;
    PortForward rule;
    if (isDeletion)
        rule.name = words.at(1);
    else
        rule = TRY(forwardFromWord(words.value(0)));
    for (qsizetype i = 0; i < adapter.forwards.size(); ++i) {
        if (adapter.forwards.at(i).name != rule.name)
            continue;
        if (!isDeletion)
            return Outcome::failure(
                ResultCode::InvalidArgument,
                makeError(ErrorKind::Busy,
                          QStringLiteral("A NAT rule of this name already exists: \"%1\"")
                              .arg(rule.name)));
        adapter.forwards.removeAt(i);
        return {};
    }
    if (isDeletion)
        return Outcome::failure(
            ResultCode::InvalidArgument,
            makeError(ErrorKind::NotFound,
                      QStringLiteral("There is no NAT rule \"%1\" on adapter %2")
                          .arg(rule.name)
                          .arg(number)));
    adapter.forwards.append(rule);
    return {};
}

Result<> setNatNetwork(NetworkAdapter &adapter, const QString &word)
{
    const QString network = word == QLatin1String("default") ? QString() : word;
    TRY(checkNatNetwork(network));
    adapter.natNetwork = network;
    return {};
}

Result<> setNicRateLimit(NetworkAdapter &adapter, const QString &word)
{
    if (word == QLatin1String("off")) {
        adapter.rateLimitKiBps = 0;
        return {};
    }
    adapter.rateLimitKiBps =
        TRY(toNumber(word, QStringLiteral("The limit in KiB per second"), 0, MaxRateKiBps));
    return {};
}

Result<> setNicEgress(NetworkAdapter &adapter, const QString &word)
{
    if (word.startsWith(ListPrefix)) {
        const QStringList destinations =
            word.mid(ListPrefix.size()).split(QLatin1Char(','), Qt::SkipEmptyParts);
        for (const QString &destination : destinations)
            TRY(checkEgressDestination(destination));
        adapter.egress = EgressPolicy::ListOnly;
        adapter.allowedDestinations = destinations;
        return {};
    }
    const auto policy = enumFromName<EgressPolicy>(word);
    if (!policy || *policy == EgressPolicy::ListOnly)
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("Invalid rule \"%1\": known are open, no-lan, off and "
                                        "list:<name or network>,...")
                             .arg(word));
    adapter.egress = *policy;
    return {};
}

QString egressWord(const NetworkAdapter &adapter)
{
    if (adapter.egress == EgressPolicy::ListOnly)
        return ListPrefix + adapter.allowedDestinations.join(QLatin1Char(','));
    return enumName(adapter.egress);
}

} // namespace app
