// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/kvm_firmware.h"

#include "engine/drivers/qemu_firmware.h"
#include "engine/machine/atomic_file.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <cerrno>

namespace engine {

namespace {

// Larger than any that ends at 4 GiB could be.
constexpr qint64 MostBytes = 16 * 1024 * 1024;

// Debian and Ubuntu, Fedora, Arch, openSUSE.
constexpr const char *BiosFolders[] = {"/usr/share/seabios", "/usr/share/qemu",
                                       "/usr/share/seavgabios", "/usr/share/qemu/firmware"};

Result<std::vector<std::uint8_t>> readImage(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return makeError(ErrorKind::Io,
                         QString("Cannot read \"%1\": %2").arg(path, file.errorString()));
    if (file.size() == 0 || file.size() > MostBytes)
        return makeError(
            ErrorKind::Corrupt,
            QString("\"%1\" is no firmware image: it has %2 bytes").arg(path).arg(file.size()));
    const QByteArray bytes = file.readAll();
    if (bytes.size() != file.size())
        return makeError(ErrorKind::Io,
                         QString("Cannot read \"%1\": %2").arg(path, file.errorString()));
    return std::vector<std::uint8_t>(bytes.cbegin(), bytes.cend());
}

Result<QString> findBios(const QString &root, const QString &name)
{
    for (const char *folder : BiosFolders) {
        const QString path = (root == QLatin1String("/") ? QString() : root) + QLatin1String(folder)
            + QLatin1Char('/') + name;
        if (QFileInfo(path).isReadable())
            return path;
    }
    return makeError(
        ErrorKind::NotFound,
        QString("The machine starts by BIOS, and SeaBIOS (\"%1\") is not installed").arg(name),
        "Install the package seabios");
}

} // namespace

Result<KvmFirmware> openKvmFirmware(const MachineDefinition &definition, const QString &root,
                                    const QString &nvramPath)
{
    KvmFirmware result;
    if (definition.firmware == Firmware::Uefi) {
        PreparedUefi prepared = TRY(prepareUefi(definition, root, nvramPath, false));
        result.note = prepared.note;
        result.firmware.image = TRY(readImage(prepared.firmware.codePath));
        result.firmware.variables = TRY(readImage(nvramPath));
        result.firmware.variablesPath = QFile::encodeName(nvramPath).toStdString();
        return result;
    }
    const QString bios = TRY(findBios(root, "bios-256k.bin"));
    const QString vgaBios = TRY(findBios(root, "vgabios-stdvga.bin"));
    result.firmware.image = TRY(readImage(bios));
    result.firmware.vgaBios = TRY(readImage(vgaBios));
    return result;
}

} // namespace engine
