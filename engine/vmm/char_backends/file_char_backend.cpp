// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/char_backends/open_char_backend.h"
#include "engine/vmm/char_backends/stream_char_backend.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>

namespace engine {

namespace {

class FileCharBackend final : public StreamCharBackend
{
public:
    FileCharBackend(const std::string &path, Fd file)
        : StreamCharBackend("The serial port's file \"" + path + "\"", Direction::OutOnly)
    {
        setStream(std::move(file));
    }

private:
    bool outlivesFailure() const override { return true; }
};

Error openError(const std::string &path, int number)
{
    ErrorKind kind = ErrorKind::Io;
    std::string why = std::strerror(number);
    if (number == EACCES || number == EPERM || number == EROFS) {
        kind = ErrorKind::Denied;
    } else if (number == ENOENT || number == ENOTDIR) {
        kind = ErrorKind::NotFound;
    } else if (number == ENXIO) {
        kind = ErrorKind::NotFound;
        why = "Nobody reads from it";
    } else if (number == EISDIR) {
        kind = ErrorKind::Invalid;
    } else if (number == ENOSPC || number == EDQUOT) {
        kind = ErrorKind::NoSpace;
    }
    return Error(kind, "Cannot open the serial port's file \"" + path + "\": " + why)
        .withRemedy("Choose another file in the machine's serial settings");
}

} // namespace

Result<std::shared_ptr<CharBackend>> openSerialFile(const std::string &path, SerialFileStart start)
{
    // Not blocking: a named pipe without a reader must not hold up the machine.
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        | (start == SerialFileStart::Append ? O_APPEND : O_TRUNC);
    Fd file(::open(path.c_str(), flags, 0666));
    if (!file.isOpen())
        return openError(path, errno);
    return std::shared_ptr<CharBackend>(std::make_shared<FileCharBackend>(path, std::move(file)));
}

} // namespace engine
