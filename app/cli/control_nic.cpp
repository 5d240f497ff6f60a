// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/control_nic.h"

#include "app/cli/arguments.h"
#include "app/cli/nic_settings.h"
#include "engine/control/control_client.h"
#include "engine/machine/host_networks.h"
#include "engine/machine/machine_json.h"

namespace app {

using namespace engine;

namespace {

struct Form
{
    const char *stem;
    int minimumWords;
    int maximumWords;
    const char *usage;
};

constexpr Form Forms[] = {
    {"nic", 1, 2, "nic<N> nat|null, nic<N> intnet <name>, nic<N> bridged <bridge>"},
    {"natpf", 1, 2, "natpf<N> <rule>, natpf<N> delete <name>"},
    {"nicratelimit", 1, 1, "nicratelimit<N> off|<KiB/s>"},
    {"nicegress", 1, 1, "nicegress<N> open|no-lan|off|list:<name or network>,..."},
};

Outcome attach(NetworkAdapter &adapter, const QStringList &words)
{
    if (words.first() == QLatin1String("none"))
        return Outcome::failure(ResultCode::NotSupported,
                                QStringLiteral("A card cannot be taken out of a running machine"),
                                QStringLiteral("Use null, which pulls its cable"));
    TRY(setNicMode(adapter, words.first()));
    const QString target = words.value(1);
    if (target.isEmpty())
        return {};
    if (adapter.mode == NetworkMode::Internal) {
        TRY(checkInternalNetworkName(target));
        adapter.internalNetwork = target;
    } else if (adapter.mode == NetworkMode::Bridged) {
        adapter.hostInterface = target;
    } else {
        return Outcome::syntax(
            QStringLiteral("\"%1\" takes no name of a network").arg(words.first()));
    }
    return {};
}

Outcome changeAdapter(NetworkAdapter &adapter, const NicAction &action)
{
    if (action.stem == QLatin1String("nic"))
        return attach(adapter, action.words);
    if (action.stem == QLatin1String("natpf"))
        return setNicForward(adapter, action.number, action.words);
    if (action.stem == QLatin1String("nicratelimit"))
        return setNicRateLimit(adapter, action.words.first());
    return setNicEgress(adapter, action.words.first());
}

} // namespace

Result<std::optional<NicAction>> parseNicAction(const QString &verb, const QStringList &words)
{
    QString stem = verb;
    while (!stem.isEmpty() && stem.back().isDigit())
        stem.chop(1);
    for (const Form &form : Forms) {
        // --nic-rate-limit1 of modifyvm, said here as it is there.
        if (QString(stem).remove(QLatin1Char('-')) != QLatin1String(form.stem))
            continue;
        const QString usage = QString::fromLatin1(form.usage);
        const int number =
            TRY(toNumber(verb.mid(stem.size()), usage, 1, MachineDefinition::MaxAdapters));
        const bool isWholeDeletion = words.value(0) != QLatin1String("delete") || words.size() == 2;
        if (words.size() < form.minimumWords || words.size() > form.maximumWords
            || !isWholeDeletion)
            return makeError(ErrorKind::Invalid, QStringLiteral("Write %1").arg(usage));
        return std::optional(NicAction{QLatin1String(form.stem), number, words});
    }
    return std::optional<NicAction>();
}

Outcome applyNicAction(ControlClient &client, const NicAction &action)
{
    const QJsonObject info = TRY(client.callAndWait(QStringLiteral("machine.info")));
    const MachineStatus status = statusFromJson(info);
    const qsizetype index = action.number - 1;
    if (index >= status.adapters.size() || status.adapters.at(index).mode == NetworkMode::None)
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("The machine has no network adapter %1").arg(action.number),
                         QStringLiteral("Adapters are added with modifyvm, while it is off"));
    NetworkAdapter adapter = status.adapters.at(index);
    const Outcome changed = changeAdapter(adapter, action);
    if (changed.error() && changed.error()->kind() == ErrorKind::Invalid
        && changed.code() != ResultCode::NotSupported)
        return Outcome::syntax(*changed.error());
    if (!changed.isGood())
        return changed;
    TRY(client.callAndWait(QStringLiteral("machine.setAdapter"),
                           {{QStringLiteral("adapter"), int(index)},
                            {QStringLiteral("settings"), adapterToJson(adapter)}}));
    return {};
}

} // namespace app
