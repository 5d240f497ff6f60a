// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/check_parts.h"
#include "engine/machine/host_networks.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QSet>

#include <optional>

namespace engine {

namespace {

constexpr int LongestInterfaceName = 15; // IFNAMSIZ without its zero: netdevice(7)

std::optional<quint32> addressOf(QStringView text)
{
    const QList<QStringView> parts = text.split(u'.');
    if (parts.size() != 4)
        return {};
    quint32 address = 0;
    for (const QStringView part : parts) {
        bool isNumber = false;
        const uint number = part.toUInt(&isNumber);
        if (!isNumber || number > 255 || part.size() > 3)
            return {};
        address = address << 8 | number;
    }
    return address;
}

QString hostOf(const PortForward &forward)
{
    return forward.hostAddress.isEmpty() ? QStringLiteral("127.0.0.1") : forward.hostAddress;
}

bool doClash(const PortForward &a, const PortForward &b)
{
    const QString everywhere = QStringLiteral("0.0.0.0");
    return a.hostPort == b.hostPort && a.protocol == b.protocol
        && (hostOf(a) == hostOf(b) || hostOf(a) == everywhere || hostOf(b) == everywhere);
}

class NetworkChecker final
{
public:
    NetworkChecker(const MachineDefinition &definition, const CheckContext &context,
                   ProblemList &problems)
        : m_definition(definition)
        , m_context(context)
        , m_problems(problems)
    { }

    void run()
    {
        if (m_definition.adapters.size() > MachineDefinition::MaxAdapters) {
            m_problems.error(QStringLiteral("adapters"),
                             QStringLiteral("A machine can have at most %1 network adapters")
                                 .arg(MachineDefinition::MaxAdapters));
        }
        for (qsizetype i = 0; i < m_definition.adapters.size(); ++i) {
            const NetworkAdapter &adapter = m_definition.adapters.at(i);
            if (adapter.mode == NetworkMode::None)
                continue;
            const QString field = QStringLiteral("adapters/%1").arg(i);
            checkMac(adapter, field);
            checkAttached(adapter, field);
            if (adapter.mode == NetworkMode::Nat)
                checkNat(adapter, int(i), field);
        }
    }

private:
    void report(const QString &field, const Result<> &result)
    {
        if (result)
            return;
        const QString remedy = toQString(result.error().remedy());
        m_problems.error(field,
                         remedy.isEmpty()
                             ? errorText(result.error())
                             : QStringLiteral("%1. %2").arg(errorText(result.error()), remedy));
    }

    void checkMac(const NetworkAdapter &adapter, const QString &field)
    {
        static const QRegularExpression Pattern(QStringLiteral("^[0-9a-f]{2}(:[0-9a-f]{2}){5}$"));
        const QString mac = adapter.macAddress;
        // The lowest bit of the first byte marks a group address, which no card may have.
        if (!Pattern.match(mac).hasMatch() || (mac.left(2).toInt(nullptr, 16) & 1) != 0
            || mac == QLatin1String("00:00:00:00:00:00")) {
            m_problems.error(field + QStringLiteral("/mac"),
                             QStringLiteral("\"%1\" is not the address of a network card; it "
                                            "should look like 52:54:00:12:34:56")
                                 .arg(mac));
        } else if (m_macs.contains(mac)) {
            m_problems.error(field + QStringLiteral("/mac"),
                             QStringLiteral("Two network adapters have the address %1").arg(mac));
        }
        m_macs.insert(mac);
    }

    void checkAttached(const NetworkAdapter &adapter, const QString &field)
    {
        if (adapter.mode == NetworkMode::Internal)
            report(field + QStringLiteral("/internalNetwork"),
                   checkInternalNetworkName(adapter.internalNetwork));
        if (adapter.mode != NetworkMode::Bridged)
            return;
        const QString place = field + QStringLiteral("/hostInterface");
        static const QRegularExpression Name(QStringLiteral("^[^\\s/]+$"));
        if (adapter.hostInterface.isEmpty()) {
            m_problems.error(place,
                             QStringLiteral("A bridged adapter needs a bridge or interface of this "
                                            "computer, such as br0"));
        } else if (!Name.match(adapter.hostInterface).hasMatch()
                   || adapter.hostInterface.toUtf8().size() > LongestInterfaceName) {
            m_problems.error(place,
                             QStringLiteral("\"%1\" is not the name of a network interface")
                                 .arg(adapter.hostInterface));
        }
    }

    void checkNat(const NetworkAdapter &adapter, int index, const QString &field)
    {
        report(field + QStringLiteral("/natNetwork"), checkNatNetwork(adapter.natNetwork));
        checkDestinations(adapter, field + QStringLiteral("/allowedDestinations"));
        QSet<QString> names;
        for (qsizetype row = 0; row < adapter.forwards.size(); ++row) {
            const PortForward &forward = adapter.forwards.at(row);
            const QString place = field + QStringLiteral("/forwards/%1").arg(row);
            if (!forward.name.isEmpty() && names.contains(forward.name)) {
                m_problems.error(place + QStringLiteral("/name"),
                                 QStringLiteral("Two port forwards of adapter %1 are named \"%2\"")
                                     .arg(index + 1)
                                     .arg(forward.name));
            }
            names.insert(forward.name);
            checkForward(forward, place);
        }
    }

    void checkDestinations(const NetworkAdapter &adapter, const QString &field)
    {
        if (adapter.egress == EgressPolicy::ListOnly && adapter.allowedDestinations.isEmpty()) {
            m_problems.warning(
                field, QStringLiteral("The list is empty: the guest can connect to nothing"));
        }
        for (const QString &destination : adapter.allowedDestinations)
            report(field, checkEgressDestination(destination));
    }

    void checkForward(const PortForward &forward, const QString &field)
    {
        const struct
        {
            const char *key;
            int port;
        } ports[] = {{"/hostPort", forward.hostPort}, {"/guestPort", forward.guestPort}};
        for (const auto &one : ports) {
            if (one.port < 1 || one.port > 65535) {
                m_problems.error(field + QLatin1String(one.key),
                                 QStringLiteral("The port forward \"%1\" has the port %2; ports "
                                                "are from 1 to 65535")
                                     .arg(forward.name)
                                     .arg(one.port));
            }
        }
        const struct
        {
            const char *key;
            const QString &address;
        } addresses[] = {{"/hostAddress", forward.hostAddress},
                         {"/guestAddress", forward.guestAddress}};
        for (const auto &one : addresses) {
            if (!one.address.isEmpty() && !addressOf(one.address)) {
                m_problems.error(field + QLatin1String(one.key),
                                 QStringLiteral("The port forward \"%1\" has the address \"%2\", "
                                                "which is not an IPv4 address")
                                     .arg(forward.name, one.address));
            }
        }
        checkClash(forward, field + QStringLiteral("/hostPort"));
    }

    void checkClash(const PortForward &forward, const QString &field)
    {
        if (forward.hostPort < 1)
            return;
        for (const PortForward &other : std::as_const(m_forwards)) {
            if (doClash(forward, other)) {
                m_problems.error(field,
                                 QStringLiteral("Two port forwards use port %1 of this computer")
                                     .arg(forward.hostPort));
                return;
            }
        }
        m_forwards.append(forward);
        for (const OtherMachine &machine : m_context.others) {
            for (const NetworkAdapter &adapter : machine.definition.adapters) {
                if (adapter.mode != NetworkMode::Nat)
                    continue;
                for (const PortForward &other : adapter.forwards) {
                    if (!doClash(forward, other))
                        continue;
                    m_problems.warning(
                        field,
                        QStringLiteral("The machine \"%1\" forwards port %2 of this computer, too: "
                                       "only one of both can run at a time")
                            .arg(machine.definition.name)
                            .arg(forward.hostPort));
                    return;
                }
            }
        }
    }

    const MachineDefinition &m_definition;
    const CheckContext &m_context;
    ProblemList &m_problems;
    QSet<QString> m_macs;
    QList<PortForward> m_forwards;
};

} // namespace

void checkNetwork(const MachineDefinition &definition, const CheckContext &context,
                  ProblemList &problems)
{
    NetworkChecker(definition, context, problems).run();
}

} // namespace engine
