// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/medium_format.h"

#include "app/cli/medium_list.h"
#include "app/cli/show_format.h"
#include "engine/machine/machine_json.h"

#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>

namespace app {

using namespace engine;

namespace {

struct FormatWord
{
    ImageFormat format;
    const char *word;
    const char *suffix;
};

constexpr FormatWord Formats[] = {
    {ImageFormat::Qcow2, "QCOW2", "qcow2"}, {ImageFormat::Vdi, "VDI", "vdi"},
    {ImageFormat::Vmdk, "VMDK", "vmdk"},    {ImageFormat::Vhd, "VHD", "vhd"},
    {ImageFormat::Vhdx, "VHDX", "vhdx"},    {ImageFormat::Raw, "RAW", "img"},
};

QString megabytes(qint64 bytes)
{
    return QStringLiteral("%1 MBytes").arg(bytes / (1024 * 1024));
}

QString stateWord(const MediumView &view)
{
    if (view.error)
        return QStringLiteral("inaccessible");
    if (!view.isRunning)
        return QStringLiteral("created");
    return view.kind == MediumKind::HardDisk ? QStringLiteral("locked write")
                                             : QStringLiteral("locked read");
}

} // namespace

QString imageFormatWord(ImageFormat format)
{
    for (const FormatWord &known : Formats) {
        if (known.format == format)
            return QLatin1String(known.word);
    }
    return QStringLiteral("RAW");
}

ImageFormat imageFormatFromWord(const QString &word)
{
    for (const FormatWord &known : Formats) {
        if (word.compare(QLatin1String(known.word), Qt::CaseInsensitive) == 0)
            return known.format;
    }
    return ImageFormat::Unknown;
}

QString imageSuffix(ImageFormat format)
{
    for (const FormatWord &known : Formats) {
        if (known.format == format)
            return QLatin1String(known.suffix);
    }
    return QStringLiteral("img");
}

MediumView viewMedium(Session &session, const QString &path, MediumKind kind)
{
    MediumView view;
    view.path = path;
    view.kind = kind;
    const QList<MachineEntry> users = machinesUsing(session, path);
    for (const MachineEntry &entry : users) {
        view.users.append(QStringLiteral("%1 (UUID: %2)")
                              .arg(entry.definition.name, uuidWord(entry.definition.uuid)));
        view.isRunning = view.isRunning || MachineLock::isHeld(entry.folder);
    }
    if (kind == MediumKind::HardDisk) {
        auto info = imageInfo(path);
        if (info)
            view.info = *info;
        else
            view.error = std::move(info).error();
        return view;
    }
    const QFileInfo file(path);
    view.info.format = ImageFormat::Raw;
    view.info.virtualSizeBytes = file.size();
    view.info.fileSizeBytes = file.size();
    if (!file.isReadable())
        view.error = makeError(ErrorKind::NotFound,
                               QStringLiteral("There is no readable file \"%1\"").arg(path));
    return view;
}

QString mediumText(const MediumView &view, bool isLong)
{
    constexpr int Column = 16;
    QString text;
    const auto put = [&text](const char *label, const QString &value) {
        text += labelled(QString::fromLatin1(label), value, Column);
    };
    const bool isDisk = view.kind == MediumKind::HardDisk;
    put("UUID", uuidWord(mediumUuid(view.path)));
    if (isDisk)
        put("Parent UUID",
            view.info.backingPath.isEmpty() ? QStringLiteral("base")
                                            : uuidWord(mediumUuid(view.info.backingPath)));
    put("State", stateWord(view));
    if (isLong && view.error)
        put("Access Error", errorText(*view.error));
    put("Type",
        !isDisk                               ? QStringLiteral("readonly")
            : view.info.backingPath.isEmpty() ? QStringLiteral("normal (base)")
                                              : QStringLiteral("normal (differencing)"));
    put("Location", view.path);
    put("Storage format",
        imageFormatWord(view.error ? imageFormatFromSuffix(view.path) : view.info.format));
    if (isLong)
        put("Format variant",
            view.info.isPreallocated ? QStringLiteral("fixed default")
                                     : QStringLiteral("dynamic default"));
    put("Capacity", megabytes(view.info.virtualSizeBytes));
    if (isLong)
        put("Size on disk", megabytes(view.info.fileSizeBytes));
    put("Encryption", QStringLiteral("disabled"));
    if (isLong && !view.users.isEmpty())
        put("In use by VMs", view.users.join(QStringLiteral(", ")));
    return text + QLatin1Char('\n');
}

QJsonObject mediumJson(const MediumView &view)
{
    QJsonObject json{{QStringLiteral("uuid"), uuidWord(mediumUuid(view.path))},
                     {QStringLiteral("path"), view.path},
                     {QStringLiteral("kind"), enumName(view.kind)},
                     {QStringLiteral("accessible"), !view.error.has_value()},
                     {QStringLiteral("usedBy"), QJsonArray::fromStringList(view.users)}};
    if (view.error) {
        json.insert(QStringLiteral("error"), errorText(*view.error));
        return json;
    }
    json.insert(QStringLiteral("format"), imageFormatName(view.info.format));
    json.insert(QStringLiteral("sizeBytes"), view.info.virtualSizeBytes);
    json.insert(QStringLiteral("fileSizeBytes"), view.info.fileSizeBytes);
    json.insert(QStringLiteral("preallocated"), view.info.isPreallocated);
    json.insert(QStringLiteral("backing"), view.info.backingPath);
    return json;
}

} // namespace app
