// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/image_files.h"

#include "engine/base/fd.h"
#include "engine/base/log.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace engine {

namespace {

bool isSocket(const QString &path)
{
    struct stat status = {};
    return ::stat(QFile::encodeName(path).constData(), &status) == 0 && S_ISSOCK(status.st_mode);
}

} // namespace

bool isBlockDevice(const QString &path)
{
    struct stat status = {};
    return ::stat(QFile::encodeName(path).constData(), &status) == 0 && S_ISBLK(status.st_mode);
}

bool canBypassCache(const QString &path)
{
    const Fd file(::open(QFile::encodeName(path).constData(),
                         O_RDONLY | O_DIRECT | O_CLOEXEC | O_NONBLOCK));
    if (!file.isOpen() && errno == EINVAL) // open(2); other reasons are told by who opens it
        log(LogLevel::Warning, "disks",
            ("\"" + path + "\" goes through this computer's cache: its file system knows no way past it")
                .toStdString());
    return file.isOpen();
}

Result<QString> diskFormat(const QString &path)
{
    if (isBlockDevice(path))
        return QString("raw");
    const ImageFormat format = TRY(probeImageFormat(path));
    if (format == ImageFormat::Unknown)
        return makeError(ErrorKind::Unsupported,
                         QString("The file \"%1\" is not a disk image of a known kind").arg(path));
    return imageFormatName(format);
}

Result<> checkMediaExist(const MachineDefinition &definition, const QString &machineFolder)
{
    for (const StorageController &controller : definition.controllers) {
        for (const StorageAttachment &attachment : controller.attachments) {
            const QString path = resolvedPath(attachment, machineFolder);
            if (!path.isEmpty() && !QFileInfo::exists(path))
                return makeError(
                    ErrorKind::NotFound,
                    QString("There is no file \"%1\" (%2, port %3, device %4)")
                        .arg(path, controller.name)
                        .arg(attachment.port)
                        .arg(attachment.device),
                    "Put the file back, or take the medium out of the machine's storage settings");
        }
    }
    return {};
}

Result<> checkSerialSockets(const MachineDefinition &definition, const QString &machineFolder)
{
    for (const SerialPort &port : definition.serialPorts) {
        const QFileInfo info(serialPath(port, machineFolder));
        if (port.isEnabled && port.mode == SerialMode::SocketServer && info.exists()
            && !isSocket(info.filePath()))
            return makeError(ErrorKind::Busy,
                             QString("\"%1\" is to become the socket of a serial port, but there "
                                     "is another file of that name")
                                 .arg(info.filePath()),
                             "Choose another path in the machine's serial settings");
    }
    return {};
}

} // namespace engine
