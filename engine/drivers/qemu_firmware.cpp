// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_firmware.h"

#include "engine/drivers/uefi_variables.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QMap>
#include <QtCore/QSaveFile>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace engine {

namespace {

// For distributions without descriptors: Debian and Ubuntu, Fedora, Arch, openSUSE. None of these
// does Secure Boot.
constexpr const char *KnownFirmware[][2] = {
    {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
    {"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"},
    {"/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"},
    {"/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"},
    {"/usr/share/edk2-ovmf/x64/OVMF_CODE.fd", "/usr/share/edk2-ovmf/x64/OVMF_VARS.fd"},
    {"/usr/share/qemu/ovmf-x86_64-code.bin", "/usr/share/qemu/ovmf-x86_64-vars.bin"},
};

// What does Secure Boot without System Management Mode, with the template that has the vendors' keys:
// Debian and Ubuntu (/usr/share/doc/ovmf/README.Debian). Their descriptors do not tell.
constexpr const char *SecureWithoutSmm[][2] = {
    {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.ms.fd"},
};

QString under(const QString &root, const QString &path)
{
    return root == QStringLiteral("/") ? path : root + path;
}

bool fits(const QJsonObject &descriptor, const FirmwareRequest &request)
{
    if (!descriptor["interface-types"].toArray().contains("uefi"))
        return false;
    const QJsonArray features = descriptor["features"].toArray();
    if (features.contains("amd-sev-es") || features.contains("intel-tdx"))
        return false;
    const bool hasKeys = features.contains("secure-boot") && features.contains("enrolled-keys");
    // Plain firmware boots everything that does not insist on Secure Boot, on either board.
    const bool needsSmm = features.contains("requires-smm");
    if (request.isSecureBootOn ? !hasKeys || (needsSmm && !request.hasSmm) : hasKeys || needsSmm)
        return false;
    const QString board = request.chipset == Chipset::Q35 ? "pc-q35-" : "pc-i440fx-";
    for (const QJsonValue &target : descriptor["targets"].toArray()) {
        if (target["architecture"].toString() != "x86_64")
            continue;
        for (const QJsonValue &machine : target["machines"].toArray())
            if (machine.toString().startsWith(board) || machine.toString() == "*")
                return true;
    }
    return false;
}

QList<UefiFirmware> describedFirmware(const FirmwareRequest &request)
{
    QList<UefiFirmware> found;
    // The file names begin with a number: lower comes first, also across the two folders.
    QMap<QString, QString> files;
    for (const char *folder : {"/usr/share/qemu/firmware", "/etc/qemu/firmware"}) {
        const QDir directory(under(request.root, folder));
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
            || variables["format"].toString() != "raw" || !fits(descriptor, request))
            continue;
        const QJsonArray features = descriptor["features"].toArray();
        found.append({under(request.root, code["filename"].toString()),
                      under(request.root, variables["filename"].toString()),
                      features.contains("requires-smm"), features.contains("acpi-s3")});
    }
    return found;
}

Error noFirmware(const FirmwareRequest &request)
{
    if (request.isSecureBootOn && !request.hasSmm)
        return makeError(ErrorKind::NotFound,
                         "The built-in engine has no System Management Mode, and this computer has "
                         "no UEFI firmware that does Secure Boot without",
                         "Install Debian's or Ubuntu's package ovmf, set the machine's engine to "
                         "qemu, or turn Secure Boot off");
    if (request.isSecureBootOn)
        return makeError(ErrorKind::NotFound,
                         "The machine starts with Secure Boot, and no UEFI firmware with the "
                         "vendors' keys is installed",
                         "Install the package ovmf, or turn Secure Boot off");
    return makeError(ErrorKind::NotFound,
                     "The machine starts by UEFI, and no UEFI firmware is installed",
                     "Install the package ovmf, or choose BIOS as the machine's firmware");
}

} // namespace

QString firmwareRoot()
{
    return qEnvironmentVariable("VITRINE_FIRMWARE_ROOT", "/");
}

Result<UefiFirmware> findUefiFirmware(const FirmwareRequest &request)
{
    if (request.isSecureBootOn && request.hasSmm && request.chipset != Chipset::Q35)
        return makeError(ErrorKind::Unsupported,
                         "Secure Boot needs the ICH9 chipset (Q35): the older one cannot protect "
                         "the keys from the guest",
                         "Choose the chipset ICH9, or turn Secure Boot off");
    QList<UefiFirmware> candidates = describedFirmware(request);
    const auto add = [&](const auto &known) {
        for (const auto &[code, variables] : known)
            candidates.append({under(request.root, code), under(request.root, variables)});
    };
    if (!request.isSecureBootOn)
        add(KnownFirmware);
    else if (!request.hasSmm)
        add(SecureWithoutSmm);
    const QFileInfo existing(request.existingVariables);
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
                .arg(request.existingVariables)
                .arg(existing.size()),
            "Remove that file to start with empty variables; the guest's boot entries are lost");
    return noFirmware(request);
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

Result<QString> renewVariables(const UefiFirmware &firmware, const QString &nvramPath)
{
    QString note;
    if (QFileInfo::exists(nvramPath)) {
        const QString previous = nvramPath + ".prev";
        // rename(2), because QFile's does not replace.
        if (std::rename(QFile::encodeName(nvramPath).constData(),
                        QFile::encodeName(previous).constData())
            != 0)
            return makeError(ErrorKind::Io,
                             QString("Cannot keep the machine's UEFI variables as \"%1\": %2")
                                 .arg(previous, QString::fromLocal8Bit(std::strerror(errno))));
        note = QString("The machine has fresh UEFI variables; the old ones, with the guest's boot "
                       "entries, are kept in \"%1\"")
                   .arg(previous);
    }
    TRY(makeVariableStore(firmware, nvramPath));
    return note;
}

Result<PreparedUefi> prepareUefi(const MachineDefinition &definition, const QString &root,
                                 const QString &nvramPath, bool hasSmm)
{
    const bool mustRenew =
        definition.isSecureBootOn && QFileInfo::exists(nvramPath) && !hasPlatformKey(nvramPath);
    const FirmwareRequest request{definition.chipset, definition.isSecureBootOn, hasSmm, root,
                                  mustRenew ? QString() : nvramPath};
    PreparedUefi prepared{TRY(findUefiFirmware(request)), {}};
    if (mustRenew) {
        const QString kept = TRY(renewVariables(prepared.firmware, nvramPath));
        prepared.note =
            "Secure Boot is on now, and the machine's UEFI variables held no keys. " + kept;
    } else {
        TRY(makeVariableStore(prepared.firmware, nvramPath));
    }
    return prepared;
}

} // namespace engine
