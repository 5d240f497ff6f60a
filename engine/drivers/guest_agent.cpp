// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/guest_agent.h"

#include "engine/base/log.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QPointer>
#include <QtCore/QRandomGenerator>
#include <QtNetwork/QLocalSocket>

#include <utility>

namespace engine {

namespace {

constexpr qsizetype MostPending = 256;
constexpr qsizetype MostErrorCharacters = 400;

QByteArray agentLine(const QString &command, const QJsonObject &arguments)
{
    QJsonObject request{{"execute", command}};
    if (!arguments.isEmpty())
        request.insert("arguments", arguments);
    return QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n';
}

// The words are the guest's: one line of them, and not a long one.
QString tamed(const QString &text)
{
    QString line = text.left(MostErrorCharacters).simplified();
    line.removeIf([](QChar character) { return !character.isPrint(); });
    while (line.endsWith('.'))
        line.chop(1);
    return line;
}

Error refusal(const QString &command, const QJsonObject &error)
{
    const QString said = tamed(error["desc"].toString());
    if (error["class"].toString() == "CommandNotFound")
        return makeError(
            ErrorKind::Unsupported,
            QString("The guest's agent does not do \"%1\": %2")
                .arg(command, said.isEmpty() ? QString("it does not say why") : said),
            "In the guest, look at what /etc/sysconfig/qemu-ga or /etc/qemu/qemu-ga.conf blocks, "
            "or install a newer qemu-guest-agent");
    if (said.isEmpty())
        return makeError(ErrorKind::Io, QString("The guest's agent refused \"%1\"").arg(command));
    return makeError(ErrorKind::Io, QString("The guest says: %1").arg(said));
}

} // namespace

Error noAgentError()
{
    return makeError(ErrorKind::NotFound, "No guest agent answers in the machine",
                     "Insert the guest tools (Devices > Insert Guest Tools, or \"storageattach "
                     "--medium additions\") and run the disc's install.sh in the guest as root; "
                     "or install the package qemu-guest-agent there and start its service");
}

GuestAgent::GuestAgent(OpenChannel openChannel, QObject *parent,
                       std::chrono::milliseconds syncPatience)
    : QObject(parent)
    , m_openChannel(std::move(openChannel))
    , m_syncPatience(syncPatience)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &GuestAgent::timedOut);
}

GuestAgent::~GuestAgent()
{
    blockSignals(true);
    disconnectChannel();
    const QQueue<Pending> queue = std::exchange(m_queue, {});
    for (const Pending &pending : queue)
        if (pending.reply)
            pending.reply(makeError(ErrorKind::Cancelled, "The machine has ended"));
}

void GuestAgent::setPortOpen(bool isOpen)
{
    if (isOpen == m_isPortOpen)
        return;
    m_isPortOpen = isOpen;
    const QPointer<GuestAgent> self(this);
    if (!isOpen) {
        disconnectChannel();
        failAll(makeError(ErrorKind::NotFound, "The guest's agent has ended"));
    }
    if (self)
        emit portChanged(isOpen);
}

void GuestAgent::execute(AgentRequest request, Reply reply)
{
    if (m_queue.size() >= MostPending) {
        QTimer::singleShot(0, this, [reply = std::move(reply)] {
            if (reply)
                reply(makeError(ErrorKind::Busy, "The guest's agent has too much to do"));
        });
        return;
    }
    m_queue.enqueue({std::move(request), std::move(reply)});
    scheduleNext();
}

// Never from inside a call: nobody expects a reply before execute() returns.
void GuestAgent::scheduleNext()
{
    if (std::exchange(m_isScheduled, true))
        return;
    QTimer::singleShot(0, this, [this] {
        m_isScheduled = false;
        pump();
    });
}

void GuestAgent::pump()
{
    if (m_phase != Phase::Idle || m_queue.isEmpty())
        return;
    if (!m_isPortOpen) {
        failAll(noAgentError());
        return;
    }
    if (m_socket == nullptr) {
        if (Result<> opened = connectChannel(); !opened) {
            failAll(std::move(opened).error().context("The guest's agent cannot be reached"));
            return;
        }
        const qint64 token = QRandomGenerator::global()->bounded(1, 1 << 30);
        m_reader.synchronize(token);
        m_phase = Phase::Synchronizing;
        m_timer.start(m_syncPatience);
        m_socket->write(&AgentReader::Delimiter, 1);
        m_socket->write(agentLine("guest-sync-delimited", {{"id", token}}));
        return;
    }
    const AgentRequest &request = m_queue.head().request;
    m_reader.setLimit(request.mostBytes);
    m_phase = Phase::Waiting;
    m_timer.start(request.patience);
    m_socket->write(agentLine(request.command, request.arguments));
}

Result<> GuestAgent::connectChannel()
{
    Fd channel = TRY(m_openChannel());
    m_socket = new QLocalSocket(this);
    connect(m_socket, &QLocalSocket::readyRead, this, &GuestAgent::read);
    connect(m_socket, &QLocalSocket::disconnected, this, [this] {
        disconnectChannel();
        fail(makeError(ErrorKind::Io, "The channel to the guest's agent was closed"));
    });
    // One piece at a time stays in our own memory until it is looked at.
    m_socket->setReadBufferSize(AgentReader::UsualBytes);
    if (!m_socket->setSocketDescriptor(channel.release())) {
        const QString reason = m_socket->errorString();
        disconnectChannel();
        return makeError(ErrorKind::Io, reason);
    }
    return {};
}

void GuestAgent::disconnectChannel()
{
    m_timer.stop();
    m_phase = Phase::Idle;
    if (QLocalSocket *socket = std::exchange(m_socket, nullptr)) {
        socket->disconnect(this);
        socket->abort();
        socket->deleteLater();
    }
}

void GuestAgent::read()
{
    const QPointer<GuestAgent> self(this);
    while (self && m_socket && m_socket->bytesAvailable() > 0) {
        const bool wasSynchronized = m_reader.isSynchronized();
        if (Result<> fed = m_reader.feed(m_socket->readAll()); !fed) {
            disconnectChannel();
            fail(fed.error());
            return;
        }
        if (!wasSynchronized && m_reader.isSynchronized()) {
            m_timer.stop();
            m_phase = Phase::Idle;
            pump();
            if (!self || !m_socket)
                return;
        }
        while (const std::optional<Result<QJsonObject>> message = m_reader.next()) {
            // What nobody asked for cannot be told from an answer: start over.
            if (!*message || m_phase != Phase::Waiting) {
                disconnectChannel();
                if (!*message)
                    fail(message->error());
                else
                    scheduleNext();
                return;
            }
            const QJsonObject &object = **message;
            if (object.contains("return"))
                answer(object["return"]);
            else if (object["error"].isObject())
                answer(refusal(m_queue.head().request.command, object["error"].toObject()));
            else
                continue; // an event of a newer version
            if (!self || !m_socket)
                return;
        }
    }
}

void GuestAgent::answer(Result<QJsonValue> result)
{
    m_timer.stop();
    m_phase = Phase::Idle;
    const Pending pending = m_queue.dequeue();
    scheduleNext();
    if (pending.reply)
        pending.reply(std::move(result));
}

void GuestAgent::fail(const Error &error)
{
    if (m_queue.isEmpty())
        return;
    answer(error);
}

void GuestAgent::failAll(const Error &error)
{
    const QQueue<Pending> queue = std::exchange(m_queue, {});
    for (const Pending &pending : queue)
        if (pending.reply)
            pending.reply(error);
}

void GuestAgent::timedOut()
{
    const bool wasSynchronizing = m_phase == Phase::Synchronizing;
    disconnectChannel();
    if (wasSynchronizing) {
        failAll(makeError(ErrorKind::NotFound, "The guest's agent does not answer",
                          "It may be busy, or the guest may hang: try again, or restart the "
                          "service qemu-guest-agent in the guest"));
        return;
    }
    const AgentRequest &request = m_queue.head().request;
    fail(makeError(ErrorKind::Io,
                   QString("The guest's agent did not answer \"%1\" within %2 s")
                       .arg(request.command)
                       .arg(double(request.patience.count()) / 1000)));
}

void GuestAgent::setClock()
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch() * 1000000;
    execute({.command = "guest-set-time", .arguments = {{"time", now}}},
            [](const Result<QJsonValue> &result) {
                if (!result)
                    log(LogLevel::Warning, "qemu",
                        "the guest's agent did not set its clock: " + result.error().text());
            });
}

} // namespace engine
