// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/machine_guest.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>
#include <utility>

namespace engine {

namespace {

using namespace std::chrono_literals;

// A guest that has just come up gets its addresses within some seconds; later little changes.
constexpr std::chrono::seconds Pauses[] = {2s, 3s, 5s, 10s, 20s, 60s};
constexpr std::chrono::milliseconds FreshFor{900};
constexpr std::chrono::milliseconds FactPatience{5000};
constexpr std::chrono::milliseconds LongestPatience{600000};
// Base64 of it and what is around stays below JsonLineReader::MaxLineBytes.
constexpr qsizetype AnswerPieceBytes = 512 * 1024;
constexpr qsizetype MostRests = 8;

} // namespace

QJsonObject toJson(const GuestProperty &property)
{
    return {{QStringLiteral("name"), property.name},
            {QStringLiteral("value"), property.value},
            {QStringLiteral("changed"), property.changed.toString(Qt::ISODateWithMs)},
            {QStringLiteral("flags"), property.flags}};
}

GuestProperty guestPropertyFromJson(const QJsonObject &json)
{
    return {json[QLatin1String("name")].toString(), json[QLatin1String("value")].toString(),
            QDateTime::fromString(json[QLatin1String("changed")].toString(), Qt::ISODateWithMs),
            json[QLatin1String("flags")].toString()};
}

MachineGuest::MachineGuest(Driver &driver, QObject *parent)
    : QObject(parent)
    , m_driver(driver)
{
    m_poll.setSingleShot(true);
    connect(&m_poll, &QTimer::timeout, this, &MachineGuest::refresh);
    connect(&m_driver, &Driver::stateChanged, this, [this] { watchAgent(); });
    watchAgent();
}

MachineGuest::~MachineGuest()
{
    blockSignals(true);
    if (m_agent)
        m_agent->disconnect(this);
}

void MachineGuest::watchAgent()
{
    if (m_agent == m_driver.guestAgent())
        return;
    m_agent = m_driver.guestAgent();
    if (m_agent)
        connect(m_agent, &GuestAgent::portChanged, this, &MachineGuest::agentChanged);
    agentChanged();
}

void MachineGuest::agentChanged()
{
    const bool hasAgent = m_agent && m_agent->isPortOpen();
    if (hasAgent == m_hasAgent)
        return;
    m_hasAgent = hasAgent;
    m_polls = 0;
    m_facts = {};
    m_properties.clear();
    m_order.clear();
    m_files.clear(); // they went with the agent that had them
    m_poll.stop();
    if (hasAgent)
        refresh();
    Q_EMIT changed();
}

void MachineGuest::refresh()
{
    if (!m_hasAgent || !m_agent || m_pending > 0)
        return;
    m_coming = m_facts;
    m_pending = 1; // until all are asked
    // These do not change while the agent runs.
    if (m_facts.agentVersion.isEmpty()) {
        ask(QStringLiteral("guest-info"), takeAgent);
        ask(QStringLiteral("guest-get-osinfo"), takeSystem);
    }
    ask(QStringLiteral("guest-get-host-name"), takeHostName);
    ask(QStringLiteral("guest-network-get-interfaces"), takeInterfaces);
    ask(QStringLiteral("guest-get-users"), takeUsers);
    --m_pending;
}

void MachineGuest::ask(const QString &command, void (*take)(GuestFacts &, const QJsonValue &))
{
    ++m_pending;
    m_agent->execute({.command = command, .patience = FactPatience},
                     [self = QPointer(this), take](const Result<QJsonValue> &answer) {
                         if (!self)
                             return;
                         // An agent that cannot say it leaves it out.
                         if (answer)
                             take(self->m_coming, *answer);
                         if (--self->m_pending == 0)
                             self->refreshed();
                     });
}

void MachineGuest::refreshed()
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QStringList before = addresses();
    m_refreshed = now;
    if (m_hasAgent) {
        m_facts = m_coming;
        QHash<QString, GuestProperty> properties;
        m_order.clear();
        const QList<GuestValue> values = guestValues(m_facts);
        for (const GuestValue &one : values) {
            const auto known = m_properties.constFind(one.name);
            const bool isSame = known != m_properties.constEnd() && known->value == one.value;
            properties.insert(one.name,
                              isSame ? *known
                                     : GuestProperty{one.name, one.value, now,
                                                     QStringLiteral("TRANSIENT, RDONLYGUEST")});
            m_order.append(one.name);
        }
        m_properties = std::move(properties);
        const std::size_t pause = std::min(std::size_t(m_polls++), std::size(Pauses) - 1);
        m_poll.start(Pauses[pause]);
    }
    QList<GuestProperty> all;
    for (const QString &name : std::as_const(m_order))
        all.append(m_properties.value(name));
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto &reply : waiting)
        reply(all);
    if (before != addresses())
        Q_EMIT changed();
}

void MachineGuest::properties(std::function<void(QList<GuestProperty>)> reply)
{
    const bool isFresh = m_refreshed.isValid()
        && m_refreshed.msecsTo(QDateTime::currentDateTimeUtc()) < FreshFor.count();
    if (!m_hasAgent || (m_pending == 0 && isFresh && !m_order.isEmpty())) {
        QList<GuestProperty> all;
        for (const QString &name : std::as_const(m_order))
            all.append(m_properties.value(name));
        reply(all);
        return;
    }
    m_waiting.append(std::move(reply));
    refresh();
}

void MachineGuest::execute(const QJsonObject &params, QObject *client, const ObjectReply &reply)
{
    const Support support = m_driver.supports(Feature::GuestAgent);
    if (!support.isAvailable) {
        reply(makeError(ErrorKind::Unsupported, support.reason));
        return;
    }
    if (!m_agent) {
        reply(makeError(ErrorKind::Invalid, QStringLiteral("The machine is not running")));
        return;
    }
    if (m_driver.state() == Driver::State::Paused) {
        reply(makeError(ErrorKind::Invalid,
                        QStringLiteral("The machine is paused, so its guest cannot answer"),
                        QStringLiteral("Resume the machine")));
        return;
    }
    AgentRequest request{.command = params[QLatin1String("command")].toString(),
                         .arguments = params[QLatin1String("arguments")].toObject()};
    if (const int patience = params[QLatin1String("patience")].toInt(); patience > 0)
        request.patience = std::min(std::chrono::milliseconds(patience), LongestPatience);
    if (request.command == QLatin1String("guest-exec-status"))
        request.mostBytes = AgentReader::MostBytes;
    const auto answered = [self = QPointer(this), client = QPointer(client), reply,
                           command = request.command,
                           arguments = request.arguments](const Result<QJsonValue> &answer) {
        if (!answer) {
            reply(answer.error());
            return;
        }
        if (!self)
            return;
        self->watchFiles(command, arguments, *answer, client);
        const QJsonObject whole{{QStringLiteral("return"), *answer}};
        QByteArray text = QJsonDocument(whole).toJson(QJsonDocument::Compact);
        if (text.size() <= AnswerPieceBytes) {
            reply(whole);
            return;
        }
        if (self->m_rests.size() >= MostRests) {
            reply(makeError(ErrorKind::Busy,
                            QStringLiteral("Too many long answers of the guest wait to be read")));
            return;
        }
        const int id = ++self->m_lastRest;
        self->m_rests.insert(id, {client, std::move(text), 0});
        if (client)
            connect(client, &QObject::destroyed, self, [self, id] { self->m_rests.remove(id); });
        reply(self->piece(id));
    };
    m_agent->execute(std::move(request), answered);
}

Result<QJsonObject> MachineGuest::more(const QJsonObject &params, const QObject *client)
{
    const int id = params[QLatin1String("next")].toInt();
    if (!m_rests.contains(id) || m_rests[id].client != client)
        return makeError(ErrorKind::NotFound, QStringLiteral("There is no more of that answer"));
    return piece(id);
}

QJsonObject MachineGuest::piece(int id)
{
    Rest &rest = m_rests[id];
    const QByteArray part = rest.text.mid(rest.sent, AnswerPieceBytes);
    rest.sent += part.size();
    QJsonObject result{{QStringLiteral("piece"), QString::fromLatin1(part.toBase64())}};
    if (rest.sent < rest.text.size())
        result[QLatin1String("next")] = id;
    else
        m_rests.remove(id);
    return result;
}

void MachineGuest::watchFiles(const QString &command, const QJsonObject &arguments,
                              const QJsonValue &returned, QObject *client)
{
    if (command == QLatin1String("guest-file-open") && returned.isDouble()) {
        const qint64 handle = returned.toInteger();
        if (client == nullptr) { // it went while the guest opened it
            m_files.insert(nullptr, handle);
            closeFiles(nullptr);
            return;
        }
        if (!m_files.contains(client))
            connect(client, &QObject::destroyed, this, [this, client] { closeFiles(client); });
        m_files.insert(client, handle);
    } else if (command == QLatin1String("guest-file-close")) {
        m_files.remove(client, arguments[QLatin1String("handle")].toInteger());
    }
}

void MachineGuest::closeFiles(const QObject *client)
{
    const QList<qint64> handles = m_files.values(client);
    m_files.remove(client);
    for (const qint64 handle : handles)
        if (m_agent && m_agent->isPortOpen())
            m_agent->execute({.command = QStringLiteral("guest-file-close"),
                              .arguments = {{QStringLiteral("handle"), handle}}},
                             {});
}

} // namespace engine
