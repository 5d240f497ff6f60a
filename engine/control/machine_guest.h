// SPDX-License-Identifier: GPL-3.0-or-later
// The guest of a running machine as its agent shows it: facts (addresses, users, system), kept up
// to date while the agent answers, and a way for clients to give the agent commands.
//
// A client's commands go through as they are: who may talk to this machine's process may do
// anything to its guest. Files that a client opened in the guest are closed when it goes. Main
// thread only.
#pragma once

#include "engine/control/guest_facts.h"
#include "engine/drivers/driver.h"
#include "engine/drivers/guest_agent.h"

#include <QtCore/QDateTime>
#include <QtCore/QHash>
#include <QtCore/QPointer>
#include <QtCore/QTimer>

namespace engine {

// A guest property: what the guest says, or what a user stored with the machine.
struct GuestProperty
{
    QString name;
    QString value;
    QDateTime changed;
    QString flags = {};
};

QJsonObject toJson(const GuestProperty &property);
GuestProperty guestPropertyFromJson(const QJsonObject &json);

class MachineGuest final : public QObject
{
    Q_OBJECT
public:
    using ObjectReply = std::function<void(Result<QJsonObject>)>;

    explicit MachineGuest(Driver &driver, QObject *parent = nullptr);
    ~MachineGuest() override;

    bool hasAgent() const { return m_hasAgent; }
    QStringList addresses() const { return reachableAddresses(m_facts); }

    // The agent is asked anew, unless that was a moment ago. Empty without an agent.
    void properties(std::function<void(QList<GuestProperty>)> reply);

    // params: "command", "arguments", "patience" (milliseconds). Answers {"return": value}, or,
    // for what does not fit in one message of a control socket, {"piece": base64 of JSON's text,
    // "next": id}, and the rest of it by more(). `client` is whose files are closed.
    void execute(const QJsonObject &params, QObject *client, const ObjectReply &reply);
    Result<QJsonObject> more(const QJsonObject &params, const QObject *client);

signals:
    void changed(); // hasAgent() or addresses()

private:
    struct Rest
    {
        const QObject *client = nullptr;
        QByteArray text;
        qsizetype sent = 0;
    };

    void watchAgent();
    void agentChanged();
    void refresh();
    void ask(const QString &command, void (*take)(GuestFacts &, const QJsonValue &));
    void refreshed();
    void watchFiles(const QString &command, const QJsonObject &arguments,
                    const QJsonValue &returned, QObject *client);
    void closeFiles(const QObject *client);
    QJsonObject piece(int id);

    Driver &m_driver;
    QPointer<GuestAgent> m_agent;
    bool m_hasAgent = false;
    GuestFacts m_facts;
    GuestFacts m_coming; // what the answers so far say
    int m_pending = 0; // answers to come
    QHash<QString, GuestProperty> m_properties; // by name
    QList<QString> m_order;
    QDateTime m_refreshed;
    QList<std::function<void(QList<GuestProperty>)>> m_waiting;
    QTimer m_poll;
    int m_polls = 0; // since the agent came
    QMultiHash<const QObject *, qint64> m_files; // open in the guest, by client
    QHash<int, Rest> m_rests;
    int m_lastRest = 0;
};

} // namespace engine
