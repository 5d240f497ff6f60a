// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_host.h"

#include "engine/base/fd.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSaveFile>
#include <QtCore/QStandardPaths>

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace engine {

namespace {

// For distributions without descriptors: Debian and Ubuntu, Fedora, Arch, openSUSE.
constexpr const char *KnownFirmware[][2] = {
    {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
    {"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"},
    {"/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"},
    {"/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"},
    {"/usr/share/edk2-ovmf/x64/OVMF_CODE.fd", "/usr/share/edk2-ovmf/x64/OVMF_VARS.fd"},
    {"/usr/share/qemu/ovmf-x86_64-code.bin", "/usr/share/qemu/ovmf-x86_64-vars.bin"},
};

QString under(const QString &root, const QString &path)
{
    return root == QStringLiteral("/") ? path : root + path;
}

bool fits(const QJsonObject &descriptor, Chipset chipset)
{
    if (!descriptor["interface-types"].toArray().contains("uefi"))
        return false;
    // Without System Management Mode these stop at once, with it they need a board set up
    // for it; plain firmware boots everything that does not insist on Secure Boot.
    const QJsonArray features = descriptor["features"].toArray();
    if (features.contains("requires-smm") || features.contains("amd-sev-es")
        || features.contains("intel-tdx"))
        return false;
    const QString board = chipset == Chipset::Q35 ? "pc-q35-" : "pc-i440fx-";
    for (const QJsonValue &target : descriptor["targets"].toArray()) {
        if (target["architecture"].toString() != "x86_64")
            continue;
        for (const QJsonValue &machine : target["machines"].toArray())
            if (machine.toString().startsWith(board) || machine.toString() == "*")
                return true;
    }
    return false;
}

QList<UefiFirmware> describedFirmware(Chipset chipset, const QString &root)
{
    QList<UefiFirmware> found;
    // The file names begin with a number: lower comes first, also across the two folders.
    QMap<QString, QString> files;
    for (const char *folder : {"/usr/share/qemu/firmware", "/etc/qemu/firmware"}) {
        const QDir directory(under(root, folder));
        for (const QString &name : directory.entryList({"*.json"}, QDir::Files, QDir::Name))
            files.insert(name, directory.filePath(name));
    }
    for (const QString &path : std::as_const(files)) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QJsonObject descriptor = QJsonDocument::fromJson(file.readAll()).object();
        const QJsonObject mapping = descriptor["mapping"].toObject();
        const QJsonObject code = mapping["executable"].toObject();
        const QJsonObject variables = mapping["nvram-template"].toObject();
        if (mapping["device"].toString() != "flash" || code["format"].toString() != "raw"
            || variables["format"].toString() != "raw" || !fits(descriptor, chipset))
            continue;
        found.append({under(root, code["filename"].toString()),
                      under(root, variables["filename"].toString())});
    }
    return found;
}

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

QString firmwareRoot()
{
    return qEnvironmentVariable("VITRINE_FIRMWARE_ROOT", "/");
}

Result<UefiFirmware> findUefiFirmware(Chipset chipset, const QString &root,
                                      const QString &existingVariables)
{
    QList<UefiFirmware> candidates = describedFirmware(chipset, root);
    for (const auto &[code, variables] : KnownFirmware)
        candidates.append({under(root, code), under(root, variables)});

    const QFileInfo existing(existingVariables);
    bool isAnyPresent = false;
    for (const UefiFirmware &candidate : std::as_const(candidates)) {
        const QFileInfo code(candidate.codePath);
        const QFileInfo variables(candidate.variablesPath);
        if (!code.isReadable() || !variables.isReadable())
            continue;
        isAnyPresent = true;
        if (!existing.exists() || existing.size() == variables.size())
            return candidate;
    }
    if (isAnyPresent)
        return makeError(
            ErrorKind::Unsupported,
            QString("No UEFI firmware on this computer fits the machine's stored UEFI variables "
                    "(\"%1\", %2 bytes)")
                .arg(existingVariables)
                .arg(existing.size()),
            "Remove that file to start with empty variables; the guest's boot entries are lost");
    return makeError(ErrorKind::NotFound,
                     "The machine starts by UEFI, and no UEFI firmware is installed",
                     "Install the package ovmf, or choose BIOS as the machine's firmware");
}

Result<> makeVariableStore(const UefiFirmware &firmware, const QString &nvramPath)
{
    if (QFileInfo::exists(nvramPath))
        return {};
    QFile source(firmware.variablesPath);
    QSaveFile target(nvramPath);
    if (!source.open(QIODevice::ReadOnly))
        return makeError(
            ErrorKind::Io,
            QString("Cannot read \"%1\": %2").arg(firmware.variablesPath, source.errorString()));
    const QByteArray variables = source.readAll();
    if (!target.open(QIODevice::WriteOnly) || target.write(variables) != variables.size()
        || !target.commit())
        return makeError(ErrorKind::Io,
                         QString("Cannot write the machine's UEFI variables to \"%1\": %2")
                             .arg(nvramPath, target.errorString()));
    return {};
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
