// SPDX-License-Identifier: GPL-3.0-or-later
// The port of the guest's agent (qemu_command_line.cpp, addVirtioHelpers()). QEMU serves one
// connection to its socket at a time, and tells whether the guest has opened its end by the event
// VSERPORT_CHANGE, which is of changes only: what was before is asked for (query-chardev).
#include "engine/base/log.h"
#include "engine/drivers/guest_agent.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace engine {

namespace {

Result<Fd> connectToSocket(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() >= qsizetype(sizeof address.sun_path))
        return makeError(ErrorKind::Invalid,
                         QString("The path \"%1\" is too long for a socket").arg(path));
    std::memcpy(address.sun_path, name.constData(), std::size_t(name.size()));
    // Never waits: QEMU's queue has room for one that comes while another one leaves.
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.isOpen()
        || ::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
            != 0)
        return makeError(ErrorKind::Io, QString::fromLocal8Bit(std::strerror(errno)));
    return socket;
}

} // namespace

void QemuDriver::makeAgent()
{
    if (!m_hasAgentChannel)
        return;
    m_agent = std::make_unique<GuestAgent>(
        [path = agentSocketPath(m_place)] { return connectToSocket(path); });
}

void QemuDriver::lookForAgent()
{
    if (!m_agent)
        return;
    m_qmp->execute("query-chardev", {}, [this](const Result<QJsonValue> &result) {
        if (!result || isOver())
            return;
        const QJsonArray devices = result->toArray();
        for (const QJsonValue &device : devices)
            if (device["label"].toString() == "guest-agent")
                m_agent->setPortOpen(device["frontend-open"].toBool());
    });
}

void QemuDriver::agentPortChanged(const QJsonObject &data)
{
    if (!m_agent || data["id"].toString() != "guest-agent-port")
        return;
    const bool isOpen = data["open"].toBool();
    log(LogLevel::Info, "qemu",
        isOpen ? "the guest's agent is there" : "the guest's agent has ended");
    m_agent->setPortOpen(isOpen);
}

} // namespace engine
