// SPDX-License-Identifier: GPL-3.0-or-later
// createmedium, showmediuminfo, closemedium
#include "app/cli/medium_format.h"
#include "app/cli/medium_list.h"
#include "app/cli/verbs.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec CreateOptions[] = {
    {.name = "filename", .value = "<file>"},
    {.name = "size", .value = "<MB>"},
    {.name = "size-byte", .value = "<bytes>"},
    {.name = "format", .value = "QCOW2|VDI|VMDK|VHD|VHDX|RAW"},
    {.name = "variant", .value = "Standard|Fixed"},
    {.name = "type", .value = "normal"},
    {.name = "diffparent", .value = "<medium>"},
    {.name = "property", .value = "<name=value>"},
    {.name = "property-file", .value = "<name=value>"},
    {.name = "static"}, // VirtualBox's old word for --variant Fixed
};

// A leading word says the kind; the old verb names mean disks.
bool takeKind(QStringList &words, QString *kind)
{
    *kind = QStringLiteral("disk");
    for (const char *known : {"disk", "dvd", "floppy"}) {
        if (words.value(0) == QLatin1String(known)) {
            *kind = words.takeFirst();
            return true;
        }
    }
    return false;
}

Result<qint64> wantedSize(const Arguments &arguments)
{
    const bool isBytes = arguments.has("size-byte");
    bool isNumber = false;
    const QString text = arguments.value(isBytes ? "size-byte" : "size");
    const qint64 number = text.toLongLong(&isNumber);
    constexpr qint64 MegaByte = 1024 * 1024;
    if (!isNumber || number <= 0 || number > (qint64(1) << 62) / MegaByte)
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("The medium's size is needed: --size <MB> or --size-byte "
                                        "<bytes>, greater than 0"));
    // Sectors of 512 bytes; a size in between is rounded up.
    return isBytes ? (number + 511) / 512 * 512 : number * MegaByte;
}

Outcome createMedium(Session &session, const Arguments &arguments)
{
    QStringList words = arguments.words;
    QString kind;
    takeKind(words, &kind);
    if (!words.isEmpty())
        return Outcome::syntax(QStringLiteral("Unexpected word: \"%1\"").arg(words.first()));
    if (kind != QLatin1String("disk"))
        return Outcome::failure(ResultCode::NotSupported,
                                QStringLiteral("Only disks can be made, not a %1").arg(kind),
                                QStringLiteral("An empty floppy image is a file of 1474560 bytes"));
    if (arguments.has("diffparent"))
        return Outcome::failure(ResultCode::NotSupported,
                                QStringLiteral("This version makes no differencing images"));
    const QString given = arguments.value("filename");
    if (given.isEmpty())
        return Outcome::syntax(QStringLiteral("A file name is needed: --filename <file>"));

    const QString formatWord =
        arguments.value("format", session.isVirtualBox() ? QStringLiteral("VDI") : QString());
    CreateImageRequest request;
    request.path = QDir::cleanPath(QFileInfo(given).absoluteFilePath());
    request.format = formatWord.isEmpty() ? imageFormatFromSuffix(request.path)
                                          : imageFormatFromWord(formatWord);
    if (request.format == ImageFormat::Unknown && formatWord.isEmpty())
        request.format = ImageFormat::Qcow2;
    if (request.format == ImageFormat::Unknown)
        return Outcome::syntax(QStringLiteral("Unknown image format \"%1\": known are QCOW2, VDI, "
                                              "VMDK, VHD, VHDX, RAW")
                                   .arg(formatWord));
    auto size = wantedSize(arguments);
    if (!size)
        return Outcome::syntax(std::move(size).error());
    request.sizeBytes = *size;
    if (QFileInfo(request.path).suffix().isEmpty())
        request.path += QLatin1Char('.') + imageSuffix(request.format);

    const QStringList variants = arguments.value("variant", QStringLiteral("Standard"))
                                     .split(QLatin1Char(','), Qt::SkipEmptyParts);
    for (const QString &variant : variants) {
        const QString word = variant.toLower();
        if (word == QLatin1String("fixed"))
            request.isPreallocated = true;
        else if (word != QLatin1String("standard"))
            return Outcome::failure(
                ResultCode::NotSupported,
                QStringLiteral("This version makes no images of variant \"%1\"").arg(variant),
                QStringLiteral("Use Standard or Fixed"));
    }
    request.isPreallocated = request.isPreallocated || arguments.has("static");

    if (QFileInfo::exists(request.path))
        return Outcome::failure(ResultCode::FileError,
                                QStringLiteral("Cannot make the medium: the file \"%1\" exists "
                                               "(VERR_ALREADY_EXISTS)")
                                    .arg(request.path),
                                QStringLiteral("Choose another name, or delete the file"));
    const QString folder = QFileInfo(request.path).path();
    if (!QDir().mkpath(folder))
        return Outcome::failure(ResultCode::FileError,
                                QStringLiteral("Cannot make the folder \"%1\"").arg(folder));

    ProgressLine progress(session.output());
    std::optional<Error> failure;
    ImageJob *job = ImageJob::create(request, [&failure](Result<> result) {
        if (!result)
            failure = std::move(result).error();
    });
    QObject::connect(job, &ImageJob::progressed, job,
                     [&progress](int percent) { progress.setPercent(percent); });
    job->waitForFinished();
    delete job;
    if (failure) {
        progress.fail(QStringLiteral("VBOX_E_FILE_ERROR"));
        return Outcome::failure(ResultCode::FileError, std::move(*failure));
    }
    progress.finish();
    const auto listed = MediumList::add(request.path);
    if (!listed)
        session.warn(errorText(listed.error()));
    const QString uuid = mediumUuid(request.path).toString(QUuid::WithoutBraces);
    if (session.isJson())
        session.output().json(
            QJsonObject{{QStringLiteral("uuid"), uuid}, {QStringLiteral("path"), request.path}});
    else
        session.output().line(QStringLiteral("Medium created. UUID: %1").arg(uuid));
    return {};
}

Outcome showMedium(Session &session, const Arguments &arguments)
{
    QStringList words = arguments.words;
    QString kind;
    const bool hasKind = takeKind(words, &kind);
    if (words.size() != 1)
        return Outcome::syntax(QStringLiteral("One medium is needed: a file or a UUID"));
    const QString path = TRY(findMedium(session, words.first()));
    MediumView view = viewMedium(session, path,
                                 kind == QLatin1String("dvd")          ? MediumKind::Optical
                                     : kind == QLatin1String("floppy") ? MediumKind::Floppy
                                     : hasKind                         ? MediumKind::HardDisk
                                                                       : mediumKindOf(path));
    if (view.error)
        return Outcome::failure(ResultCode::FileError, std::move(*view.error));
    if (session.isJson())
        session.output().json(mediumJson(view));
    else
        session.output().print(mediumText(view, true));
    return {};
}

constexpr OptionSpec CloseOptions[] = {{.name = "delete"}};

Outcome closeMedium(Session &session, const Arguments &arguments)
{
    QStringList words = arguments.words;
    QString kind;
    takeKind(words, &kind);
    if (words.size() != 1)
        return Outcome::syntax(QStringLiteral("One medium is needed: a file or a UUID"));
    const QString path = TRY(findMedium(session, words.first()));
    const QList<MachineEntry> users = machinesUsing(session, path);
    if (!users.isEmpty())
        return Outcome::failure(
            ResultCode::ObjectInUse,
            QStringLiteral("The medium \"%1\" is attached to the machine '%2'")
                .arg(path, users.first().definition.name),
            QStringLiteral("Take it off with storageattach ... --medium none first"));
    if (arguments.has("delete")) {
        QFile file(path);
        if (!file.remove())
            return Outcome::failure(ResultCode::FileError,
                                    QStringLiteral("Cannot delete the medium \"%1\": %2")
                                        .arg(path, file.errorString()));
        ProgressLine(session.output()).finish();
    }
    return MediumList::remove(path);
}

constexpr Verb Verbs[] = {
    {.name = "createmedium",
     .aliases = "createhd createvdi",
     .summary = "Make a disk image",
     .usage = "[disk] --filename <file> --size <MB> | --size-byte <bytes>\n"
              "    [--format QCOW2|VDI|VMDK|VHD|VHDX|RAW] [--variant Standard|Fixed]",
     .help =
         "  --filename <file>  where; folders are made; an existing file is never overwritten\n"
         "  --size <MB>        the size the guest sees\n"
         "  --format <word>    without it: by the file's suffix, else QCOW2 (as VBoxManage: VDI)\n"
         "  --variant <word>   Standard grows as it is written, Fixed takes its space at once",
     .options = CreateOptions,
     .minimumWords = 0,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = createMedium},
    {.name = "showmediuminfo",
     .aliases = "showhdinfo showvdiinfo",
     .summary = "Show facts of a disk or optical image",
     .usage = "[disk|dvd|floppy] <file|uuid> [--json]",
     .help = "Shows size, format, place and the machines that use it.",
     .options = {},
     .minimumWords = 1,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = showMedium},
    {.name = "closemedium",
     .aliases = "",
     .summary = "Forget, or delete, an image that no machine uses",
     .usage = "[disk|dvd|floppy] <file|uuid> [--delete]",
     .help = "  --delete  delete the file, too. There is no way back",
     .options = CloseOptions,
     .minimumWords = 1,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = closeMedium},
};

} // namespace

std::span<const Verb> mediumVerbs()
{
    return Verbs;
}

} // namespace app
