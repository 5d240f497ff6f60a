// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/control_connection.h"

#include <QtCore/QFile>

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace engine {

Result<Fd> connectControlSocket(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (std::size_t(name.size()) >= sizeof address.sun_path)
        return Error(ErrorKind::Invalid, "the path of the machine's control socket is too long");
    std::memcpy(address.sun_path, name.constData(), std::size_t(name.size()));
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // The socket calls take any kind of address as a sockaddr.
    if (!socket.isOpen()
        || ::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
            != 0)
        return Error(ErrorKind::Io,
                     std::string("the machine's process cannot be reached: ")
                         + std::strerror(errno));
    return socket;
}

} // namespace engine
