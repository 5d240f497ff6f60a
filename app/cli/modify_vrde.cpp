// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/modify_vrde.h"

#include "app/cli/output.h"
#include "app/cli/vbox_words.h"
#include "engine/drivers/spice_server.h"
#include "engine/machine/remote_display.h"

#include <QtCore/QJsonObject>

namespace app {

using namespace engine;

namespace {

constexpr int PropertyColumn = 10; // as VirtualBox has it

// VirtualBox's extensions have a name each for it.
bool isPasswordKey(const QString &key)
{
    return key.compare(QLatin1String("SPICEPassword"), Qt::CaseInsensitive) == 0
        || key.compare(QLatin1String("VNCPassword"), Qt::CaseInsensitive) == 0;
}

QString storedPropertyKey(const QString &key)
{
    return QStringLiteral("vrdeproperty/") + key;
}

QString passwordStars()
{
    return QStringLiteral("********");
}

int runningPort(const SpiceAddress *running)
{
    const int port = running ? qMax(running->port, running->tlsPort) : 0;
    return port > 0 ? port : -1;
}

QString portsWord(const RemoteDisplay &remote)
{
    return remote.ports.isEmpty() ? QStringLiteral("0") : remote.ports;
}

QString authTypeWord(const MachineDefinition &definition)
{
    return inertValue(definition, QStringLiteral("vrdeauthtype"), QStringLiteral("null")).toLower();
}

// First those that VirtualBox's own extension has, too; an empty value is one that is not set.
QList<QPair<QString, QString>> properties(const MachineDefinition &definition)
{
    const RemoteDisplay &remote = definition.remoteDisplay;
    QList<QPair<QString, QString>> all{
        {QStringLiteral("TCP/Ports"), portsWord(remote)},
        {QStringLiteral("TCP/Address"), listenAddress(remote)},
        {QStringLiteral("Security/Method"), remote.isTlsOn ? QStringLiteral("TLS") : QString()},
        {QStringLiteral("SPICEPassword"), remote.password.isEmpty() ? QString() : passwordStars()}};
    const QString prefix = storedPropertyKey({});
    for (auto it = definition.inertSettings.begin(); it != definition.inertSettings.end(); ++it) {
        if (it.key().startsWith(prefix))
            all.append({it.key().mid(prefix.size()), it.value().toString()});
    }
    return all;
}

} // namespace

Outcome setRemoteDisplay(MachineDefinition &definition, const Option &option)
{
    definition.remoteDisplay.isEnabled = TRY(toSwitch(option.value(), option.display()));
    definition.inertSettings.remove(QStringLiteral("vrde")); // of a version without
    return {};
}

Outcome setRemoteDisplayAddress(MachineDefinition &definition, const Option &option)
{
    const QString address = option.value().trimmed();
    definition.remoteDisplay.address = address == QLatin1String("default") ? QString() : address;
    definition.inertSettings.remove(QStringLiteral("vrdeaddress"));
    return {};
}

Outcome setRemoteDisplayPorts(MachineDefinition &definition, const Option &option)
{
    const QString ports = option.value().trimmed();
    const bool isAny = ports == QLatin1String("default") || ports == QLatin1String("0");
    if (!isAny)
        TRY(portRangesFromText(ports));
    definition.remoteDisplay.ports = isAny ? QString() : ports;
    definition.inertSettings.remove(QStringLiteral("vrdeport"));
    return {};
}

Outcome setRemoteDisplayProperty(MachineDefinition &definition, const Option &option)
{
    const qsizetype equals = option.value().indexOf(u'=');
    if (equals < 1)
        return Outcome::syntax(
            QStringLiteral("\"%1\" is not a property: write it as name=value").arg(option.value()));
    const QString key = option.value().left(equals).trimmed();
    const QString value = option.value().mid(equals + 1);
    RemoteDisplay &remote = definition.remoteDisplay;
    definition.inertSettings.remove(QStringLiteral("vrdeproperty"));
    if (isPasswordKey(key)) {
        remote.password = value;
    } else if (key.compare(QLatin1String("Security/Method"), Qt::CaseInsensitive) == 0) {
        const QString method = value.toLower();
        // RDP is what VirtualBox calls its own, and Negotiate leaves it to the client; SPICE cannot
        // do both on one port.
        if (method != QLatin1String("tls") && method != QLatin1String("rdp")
            && method != QLatin1String("negotiate") && !method.isEmpty())
            return Outcome::syntax(
                QStringLiteral("Unknown security method \"%1\": known are TLS, and RDP or nothing "
                               "for an unencrypted connection")
                    .arg(value));
        remote.isTlsOn = method == QLatin1String("tls");
    } else if (key.compare(QLatin1String("TCP/Ports"), Qt::CaseInsensitive) == 0) {
        TRY(portRangesFromText(value));
        remote.ports = value.trimmed();
    } else if (key.compare(QLatin1String("TCP/Address"), Qt::CaseInsensitive) == 0) {
        remote.address = value.trimmed();
    } else if (value.isEmpty()) {
        definition.inertSettings.remove(storedPropertyKey(key));
    } else {
        setInertValue(definition, storedPropertyKey(key), value);
    }
    return {};
}

Outcome checkRemoteDisplayOptions(const MachineDefinition &definition)
{
    const Result<> fit = checkRemoteDisplay(definition.remoteDisplay);
    if (!fit)
        return Outcome::failure(ResultCode::InvalidArgument, Error(fit.error()));
    return {};
}

QString remoteDisplayReadable(const MachineDefinition &definition, const SpiceAddress *running)
{
    const RemoteDisplay &remote = definition.remoteDisplay;
    if (!remote.isEnabled)
        return keyValue(QStringLiteral("vrde"), QStringLiteral("off"));
    QString text = keyValue(QStringLiteral("vrde"), QStringLiteral("on"));
    text += keyNumber(QStringLiteral("vrdeport"), runningPort(running));
    text += keyValue(QStringLiteral("vrdeports"), portsWord(remote));
    text += keyValue(QStringLiteral("vrdeaddress"), listenAddress(remote));
    text += keyValue(QStringLiteral("vrdeauthtype"), authTypeWord(definition));
    for (const char *key : {"vrdemulticon", "vrdereusecon", "vrdevideochannel"})
        text += keyValue(QLatin1String(key), QStringLiteral("off"));
    const auto all = properties(definition);
    for (const auto &[key, value] : all) {
        const QString name = QStringLiteral("vrdeproperty[%1]").arg(key);
        text += value.isEmpty() ? name + QStringLiteral("=<not set>\n") : keyValue(name, value);
    }
    return text;
}

QString remoteDisplayText(const MachineDefinition &definition, const SpiceAddress *running,
                          int column)
{
    const RemoteDisplay &remote = definition.remoteDisplay;
    if (!remote.isEnabled)
        return labelled(QStringLiteral("VRDE"), QStringLiteral("disabled"), column);
    QString text =
        labelled(QStringLiteral("VRDE"),
                 QStringLiteral("enabled (Address %1, Ports %2, MultiConn: off, ReuseSingleConn: "
                                "off, Authentication type: %3)")
                     .arg(listenAddress(remote), portsWord(remote), authTypeWord(definition)),
                 column);
    if (runningPort(running) > 0)
        text +=
            labelled(QStringLiteral("VRDE port"), QString::number(runningPort(running)), column);
    text += labelled(QStringLiteral("Video redirection"), QStringLiteral("disabled"), column);
    const auto all = properties(definition);
    const QString property = QStringLiteral("VRDE property").leftJustified(column - 1);
    for (const auto &[key, value] : all)
        text += QStringLiteral("%1: %2 = %3\n")
                    .arg(property, key.leftJustified(PropertyColumn),
                         value.isEmpty() ? QStringLiteral("<not set>")
                                         : QStringLiteral("\"%1\"").arg(value));
    if (running && (runningPort(running) > 0 || !running->socket.isEmpty())) {
        text += labelled(QStringLiteral("VRDE client address"),
                         spiceClientAddress(remote, *running), column);
        if (!running->caFile.isEmpty())
            text += labelled(QStringLiteral("VRDE certificate"), running->caFile, column)
                + labelled(QStringLiteral("VRDE fingerprint"), spiceFingerprint(running->caFile),
                           column);
    }
    return text;
}

} // namespace app
