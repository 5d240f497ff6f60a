// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qmp_client.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtNetwork/QLocalSocket>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

namespace engine {

namespace {

constexpr int GreetingId = 0;
constexpr qsizetype LongestLine = 16 * 1024 * 1024;

QString seconds(std::chrono::milliseconds time)
{
    return QString::number(double(time.count()) / 1000.0);
}

Error qemuError(const QString &command, const QJsonObject &error)
{
    const QString name = error["class"].toString();
    ErrorKind kind = ErrorKind::Io;
    if (name == "CommandNotFound")
        kind = ErrorKind::Unsupported;
    else if (name == "DeviceNotFound")
        kind = ErrorKind::NotFound;
    QString text = error["desc"].toString();
    if (text.isEmpty())
        text = QString("QEMU refused the command \"%1\"").arg(command);
    while (text.endsWith('.'))
        text.chop(1);
    return makeError(kind, text);
}

} // namespace

QmpClient::QmpClient(Fd socket, QObject *parent, std::chrono::milliseconds greetingTimeout)
    : QObject(parent)
    , m_socket(new QLocalSocket(this))
    , m_greetingTimer(new QTimer(this))
{
    connect(m_socket, &QLocalSocket::readyRead, this, &QmpClient::readLines);
    connect(m_socket, &QLocalSocket::disconnected, this, [this] {
        const QPointer<QmpClient> self(this);
        readLines();
        if (self)
            finish("QEMU closed its control connection");
    });
    m_greetingTimer->setSingleShot(true);
    connect(m_greetingTimer, &QTimer::timeout, this, [this, greetingTimeout] {
        giveUp(makeError(ErrorKind::Io,
                         QString("QEMU did not greet on its control connection within %1 s")
                             .arg(seconds(greetingTimeout))));
    });
    m_greetingTimer->start(greetingTimeout);
    m_socket->setSocketDescriptor(socket.release());
}

QmpClient::~QmpClient()
{
    m_socket->disconnect(this);
    blockSignals(true);
    finish("The control connection to QEMU was closed");
    answerAll("QEMU is gone");
}

void QmpClient::execute(const QString &command, const QJsonObject &arguments, Reply reply,
                        std::chrono::milliseconds timeout)
{
    int id = 0;
    const QByteArray line = prepare(command, arguments, std::move(reply), timeout, &id);
    if (m_isFinished) {
        // Not from inside the call: no caller expects its reply before execute() returns.
        QTimer::singleShot(0, this, [this, id, command] {
            answer(id,
                   makeError(ErrorKind::Io,
                             QString("QEMU is gone and cannot answer \"%1\"").arg(command)));
        });
        return;
    }
    if (m_isReady)
        send(line);
    else
        m_waiting.enqueue(line);
}

void QmpClient::executeWith(int descriptor, const QString &command, const QJsonObject &arguments,
                            Reply reply)
{
    if (!m_isReady) {
        execute(command, arguments, std::move(reply)); // answered as gone
        return;
    }
    int id = 0;
    const QByteArray line = prepare(command, arguments, std::move(reply), DefaultTimeout, &id);
    // The descriptor travels with the bytes it is sent with, so none of Qt's may be under way.
    while (m_socket->bytesToWrite() > 0 && m_socket->waitForBytesWritten(1000)) { }
    iovec bytes{const_cast<char *>(line.constData()), std::size_t(line.size())};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr *const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    const ssize_t sent = ::sendmsg(int(m_socket->socketDescriptor()), &message, MSG_NOSIGNAL);
    if (sent == ssize_t(line.size()))
        return;
    const QString reason = QString::fromLocal8Bit(std::strerror(errno));
    QTimer::singleShot(0, this, [this, id, reason] {
        answer(id, makeError(ErrorKind::Io, QString("Cannot hand a file to QEMU: %1").arg(reason)));
    });
}

QByteArray QmpClient::prepare(const QString &command, const QJsonObject &arguments, Reply reply,
                              std::chrono::milliseconds timeout, int *id)
{
    *id = m_nextId++;
    Pending pending{command, std::move(reply), new QTimer(this)};
    connect(pending.timer, &QTimer::timeout, this, [this, id = *id, command, timeout] {
        answer(
            id,
            makeError(
                ErrorKind::Io,
                QString("QEMU did not answer \"%1\" within %2 s").arg(command, seconds(timeout))));
    });
    pending.timer->setSingleShot(true);
    pending.timer->start(timeout);
    m_pending.insert(*id, std::move(pending));
    QJsonObject request{{"execute", command}, {"id", *id}};
    if (!arguments.isEmpty())
        request.insert("arguments", arguments);
    return QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n';
}

void QmpClient::close()
{
    finish("The control connection to QEMU was closed");
}

void QmpClient::send(const QByteArray &line)
{
    m_socket->write(line);
}

void QmpClient::readLines()
{
    m_buffer += m_socket->readAll();
    const QPointer<QmpClient> self(this);
    qsizetype end = 0;
    while (!m_isFinished && (end = m_buffer.indexOf('\n')) >= 0) {
        const QByteArray line = m_buffer.left(end).trimmed();
        m_buffer.remove(0, end + 1);
        if (line.isEmpty())
            continue;
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(line, &error);
        if (!document.isObject()) {
            giveUp(makeError(ErrorKind::Corrupt,
                             QString("QEMU sent something that is not its protocol: %1")
                                 .arg(QString::fromUtf8(line.left(80)))));
            return;
        }
        handleMessage(document.object());
        // A handler may have thrown this object away.
        if (!self)
            return;
    }
    if (m_buffer.size() > LongestLine)
        giveUp(makeError(ErrorKind::Corrupt, "QEMU sent a line without an end"));
}

void QmpClient::handleMessage(const QJsonObject &message)
{
    if (message.contains("event")) {
        emit eventReceived(message["event"].toString(), message["data"].toObject());
    } else if (message.contains("QMP")) {
        handleGreeting(message["QMP"].toObject());
    } else if (message.contains("return")) {
        const int id = message["id"].toInt(-1);
        if (id == GreetingId) {
            m_isReady = true;
            m_greetingTimer->stop();
            while (!m_waiting.isEmpty())
                send(m_waiting.dequeue());
            emit ready();
        } else {
            answer(id, message["return"]);
        }
    } else if (message.contains("error")) {
        const int id = message["id"].toInt(-1);
        const QString command = m_pending.value(id).command;
        const Error error = qemuError(command, message["error"].toObject());
        if (id == GreetingId)
            giveUp(error);
        else
            answer(id, error);
    }
    // Anything else is of a newer protocol and not for us.
}

void QmpClient::handleGreeting(const QJsonObject &greeting)
{
    const QJsonObject number = greeting["version"].toObject()["qemu"].toObject();
    m_version = QString("%1.%2.%3")
                    .arg(number["major"].toInt())
                    .arg(number["minor"].toInt())
                    .arg(number["micro"].toInt());
    send(QByteArrayLiteral("{\"execute\":\"qmp_capabilities\",\"id\":0}\n"));
}

void QmpClient::answer(int id, Result<QJsonValue> result)
{
    const auto found = m_pending.find(id);
    if (found == m_pending.end())
        return; // answered by its time-out before
    const Pending pending = *found;
    m_pending.erase(found);
    pending.timer->stop();
    pending.timer->deleteLater();
    if (pending.reply)
        pending.reply(std::move(result));
}

void QmpClient::giveUp(const Error &error)
{
    if (m_isFinished)
        return;
    const QPointer<QmpClient> self(this);
    emit broken(error);
    if (self)
        finish(errorText(error));
}

void QmpClient::finish(const QString &reason)
{
    if (m_isFinished)
        return;
    m_isFinished = true;
    m_isReady = false;
    m_greetingTimer->stop();
    m_socket->disconnect(this);
    m_socket->abort();
    const QPointer<QmpClient> self(this);
    answerAll(reason);
    if (self)
        emit closed();
}

void QmpClient::answerAll(const QString &reason)
{
    QList<int> ids = m_pending.keys();
    std::sort(ids.begin(), ids.end());
    const QPointer<QmpClient> self(this);
    for (const int id : std::as_const(ids)) {
        const QString command = m_pending.value(id).command;
        answer(
            id,
            makeError(ErrorKind::Io, QString("%1 before it answered \"%2\"").arg(reason, command)));
        if (!self)
            return;
    }
}

} // namespace engine
