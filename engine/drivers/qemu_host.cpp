// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_host.h"

#include "engine/base/fd.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QStandardPaths>

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace engine {

namespace {

bool isSocketAnswering(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.isEmpty() || name.size() >= int(sizeof address.sun_path))
        return false;
    std::memcpy(address.sun_path, name.constData(), std::size_t(name.size()));
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    return socket.isOpen()
        // sockaddr_un is made to be passed as sockaddr.
        && ::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
        == 0;
}

bool isSoundCardWritable()
{
    const QDir cards("/dev/snd");
    for (const QString &name : cards.entryList({"pcmC*D*p"}, QDir::System))
        if (QFileInfo(cards.filePath(name)).isWritable())
            return true;
    return false;
}

} // namespace

Result<QString> findQemu()
{
    const QString chosen = qEnvironmentVariable("VITRINE_QEMU");
    if (!chosen.isEmpty()) {
        if (QFileInfo(chosen).isExecutable())
            return chosen;
        return makeError(ErrorKind::NotFound,
                         QString("VITRINE_QEMU names \"%1\", which is not a program").arg(chosen));
    }
    const QString found = QStandardPaths::findExecutable("qemu-system-x86_64");
    if (found.isEmpty())
        return makeError(ErrorKind::NotFound, "QEMU is not installed",
                         "Install the package qemu-system-x86");
    return found;
}

QStringList reachableSoundSystems()
{
    QStringList found;
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    if (!runtime.isEmpty()) {
        if (isSocketAnswering(runtime + "/"
                              + qEnvironmentVariable("PIPEWIRE_REMOTE", "pipewire-0")))
            found.append("pipewire");
        if (isSocketAnswering(runtime + "/pulse/native"))
            found.append("pa");
    }
    if (isSoundCardWritable())
        found.append("alsa");
    return found;
}

QStringList parseAudioHelp(const QByteArray &output)
{
    QStringList drivers;
    const QList<QByteArray> lines = output.split('\n');
    for (const QByteArray &line : lines) {
        const QString word = QString::fromUtf8(line).trimmed();
        if (!word.isEmpty() && !word.contains(' '))
            drivers.append(word);
    }
    return drivers;
}

} // namespace engine
