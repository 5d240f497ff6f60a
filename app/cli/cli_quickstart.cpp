// SPDX-License-Identifier: GPL-3.0-or-later
// quickstart: the short way from an ISO or a disk image to a running machine.
#include "app/cli/os_choice.h"
#include "app/cli/show_format.h"
#include "app/cli/start_machine.h"
#include "app/cli/vbox_network_words.h"
#include "app/cli/vbox_words.h"
#include "app/cli/verbs.h"
#include "engine/catalog/existing_disk.h"
#include "engine/drivers/acceleration.h"
#include "engine/machine/machine_json.h"
#include "engine/media/disk_image.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec QuickOptions[] = {
    {.name = "name", .value = "<name>"},
    {.name = "folder", .value = "<folder>", .aliases = "basefolder"},
    {.name = "memory", .value = "<MB>"},
    {.name = "cpus", .value = "<number>"},
    {.name = "os-type", .value = "<type>"},
    {.name = "disk-size", .value = "<size>"},
    {.name = "disk-format", .value = "qcow2|raw|vdi|vmdk|vhd|vhdx"},
    {.name = "disk-folder", .value = "<folder>"},
    {.name = "disk-full"},
    {.name = "disk-discard", .value = "on|off"},
    {.name = "disk-ssd"},
    {.name = "add-disk", .value = "<size|image>"},
    {.name = "copy-disks"},
    {.name = "network-boot"},
    {.name = "nic", .value = "nat|null|none"},
    {.name = "firmware", .value = "bios|efi"},
    {.name = "secure-boot", .value = "on|off"},
    {.name = "tpm-type", .value = "none|1.2|2.0"},
    {.name = "engine", .value = "auto|kvm|qemu"},
    {.name = "no-disk"},
    {.name = "disposable"},
    {.name = "type", .value = "gui|sdl|headless|separate"},
    {.name = "no-start"},
    {.name = "dry-run", .aliases = "n"},
};

// "20G", "512M", "1T"; a number alone is gigabytes, as in the wizard.
Result<qint64> sizeFromWord(const QString &word)
{
    QString digits = word.trimmed().toUpper();
    if (digits.endsWith(QLatin1String("IB")))
        digits.chop(2);
    else if (digits.endsWith(QLatin1Char('B')))
        digits.chop(1);
    int shift = 30;
    if (!digits.isEmpty() && digits.back().isLetter()) {
        const qsizetype at = QStringLiteral("KMGT").indexOf(digits.back());
        shift = at < 0 ? 0 : int(at + 1) * 10;
        digits.chop(1);
    }
    bool isNumber = false;
    const double value = digits.toDouble(&isNumber);
    if (!isNumber || shift == 0 || value <= 0 || value > 64.0 * 1024 * 1024 * 1024)
        return makeError(
            ErrorKind::Invalid,
            QStringLiteral("Invalid size \"%1\": a number with M, G or T is needed, as in "
                           "20G")
                .arg(word));
    const double bytes = value * double(qint64(1) << shift);
    if (bytes > double(qint64(1) << 55))
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("The size \"%1\" is too large").arg(word));
    return qint64(bytes) / 512 * 512;
}

Result<ImageFormat> formatFromWord(const QString &word)
{
    for (const ImageFormat format : {ImageFormat::Raw, ImageFormat::Qcow2, ImageFormat::Vdi,
                                     ImageFormat::Vmdk, ImageFormat::Vhd, ImageFormat::Vhdx}) {
        const QString name =
            format == ImageFormat::Vhd ? QStringLiteral("vhd") : imageFormatName(format);
        if (word.compare(name, Qt::CaseInsensitive) == 0)
            return format;
    }
    return makeError(ErrorKind::Invalid,
                     QStringLiteral("Unknown disk format \"%1\": known are qcow2, raw, vdi, vmdk, "
                                    "vhd, vhdx")
                         .arg(word));
}

// An image that exists, or else the size of a new disk.
Result<PlannedDisk> diskFromWord(const QString &word)
{
    const QFileInfo file(word);
    if (file.exists())
        return PlannedDisk{.source = DiskSource::Existing, .path = file.absoluteFilePath()};
    if (word.contains(QLatin1Char('/')))
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("There is no file \"%1\"").arg(file.absoluteFilePath()));
    return PlannedDisk{.sizeBytes = TRY(sizeFromWord(word))};
}

Result<> applyDiskWishes(NewMachinePlan &plan, const Arguments &arguments)
{
    const bool isExisting =
        !plan.disks.isEmpty() && plan.disks.front().source == DiskSource::Existing;
    if (arguments.has("disk-size")) {
        if (isExisting)
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("--disk-size has no meaning for an existing disk"));
        plan.disks = {PlannedDisk{.sizeBytes = TRY(sizeFromWord(arguments.value("disk-size")))}};
    }
    if (arguments.has("no-disk") || arguments.has("disposable")) {
        if (isExisting || arguments.has("disk-size") || arguments.has("add-disk"))
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("--no-disk and a disk exclude each other"));
        plan.disks.clear();
        plan.isDisposable = arguments.has("disposable");
    }
    for (const Option &option : arguments.options) {
        if (option.name == QLatin1String("add-disk"))
            plan.disks.append(TRY(diskFromWord(option.value())));
    }
    for (PlannedDisk &disk : plan.disks) {
        if (disk.source == DiskSource::Existing && arguments.has("copy-disks"))
            disk.source = DiskSource::Copy;
        if (arguments.has("disk-format"))
            disk.format = TRY(formatFromWord(arguments.value("disk-format")));
        if (arguments.has("disk-folder"))
            disk.folder = QFileInfo(arguments.value("disk-folder")).absoluteFilePath();
        disk.isFullyAllocated = arguments.has("disk-full");
        if (arguments.has("disk-discard"))
            disk.isDiscardOn =
                TRY(toSwitch(arguments.value("disk-discard"), QStringLiteral("--disk-discard")));
        disk.isSolidState = arguments.has("disk-ssd");
    }
    return {};
}

// What the user said wins over what was suggested.
Result<> applyWishes(NewMachinePlan &plan, const Arguments &arguments)
{
    plan.name = arguments.value("name", plan.name);
    if (arguments.has("folder"))
        plan.folder = QFileInfo(arguments.value("folder")).absoluteFilePath();
    if (arguments.has("memory"))
        plan.memoryMiB =
            TRY(toNumber(arguments.value("memory"), QStringLiteral("--memory"),
                         MachineDefinition::MinMemoryMiB, MachineDefinition::MaxMemoryMiB));
    if (arguments.has("cpus"))
        plan.cpus = TRY(toNumber(arguments.value("cpus"), QStringLiteral("--cpus"), 1,
                                 MachineDefinition::MaxCpus));
    if (arguments.has("firmware"))
        plan.firmware = TRY(firmwareFromWord(arguments.value("firmware")));
    if (arguments.has("engine")) {
        const auto engine = enumFromName<EngineChoice>(arguments.value("engine"));
        if (!engine)
            return makeError(
                ErrorKind::Invalid,
                QStringLiteral("Unknown engine \"%1\"").arg(arguments.value("engine")));
        plan.engine = *engine;
    }
    plan.isNetworkBoot = arguments.has("network-boot");
    if (arguments.has("nic"))
        plan.network = TRY(networkFromWord(arguments.value("nic")));
    if (arguments.has("firmware") && plan.firmware == Firmware::Bios)
        plan.isSecureBootOn = false;
    if (arguments.has("secure-boot")) {
        plan.isSecureBootOn =
            TRY(toSwitch(arguments.value("secure-boot"), QStringLiteral("--secure-boot")));
        if (plan.isSecureBootOn)
            plan.firmware = Firmware::Uefi;
    }
    if (arguments.has("tpm-type"))
        plan.tpm = TRY(tpmFromWord(arguments.value("tpm-type")));
    return applyDiskWishes(plan, arguments);
}

QString gigabytes(qint64 bytes)
{
    return QString::number(double(bytes) / double(1 << 30), 'g', 4) + QStringLiteral(" GB");
}

QString planText(const NewMachinePlan &plan, const QString &system)
{
    QString text;
    const auto put = [&text](const char *label, const QString &value) {
        text += labelled(QString::fromLatin1(label), value, 11);
    };
    put("System", system);
    put("Name", plan.name);
    put("Memory", QStringLiteral("%1 MB").arg(plan.memoryMiB));
    put("CPUs", QString::number(plan.cpus));
    put("Firmware",
        firmwareWord(plan.firmware)
            + (plan.isSecureBootOn ? QStringLiteral(" with Secure Boot") : QString()));
    if (plan.tpm != TpmModel::None)
        put("TPM", tpmWord(plan.tpm));
    if (plan.isNetworkBoot)
        put("Boot", QStringLiteral("from the network first"));
    for (const PlannedDisk &disk : plan.disks) {
        switch (disk.source) {
        case DiskSource::New:
            put("Disk",
                QStringLiteral("%1, new, %2%3")
                    .arg(gigabytes(disk.sizeBytes), imageFormatName(disk.format),
                         disk.isFullyAllocated ? QStringLiteral(", allocated in full")
                                               : QString()));
            break;
        case DiskSource::Existing:
            put("Disk", disk.path);
            break;
        case DiskSource::Copy:
            put("Disk", QStringLiteral("copy of ") + disk.path);
            break;
        }
    }
    if (plan.disks.isEmpty())
        put("Disk",
            plan.isDisposable ? QStringLiteral("none; the machine goes away at power-off")
                              : QStringLiteral("none"));
    return text;
}

struct Suggestion
{
    NewMachinePlan plan;
    QString system; // what was detected, for people
};

Result<Suggestion> suggest(Session &session, const QString &path)
{
    const auto catalog = TRY(OsCatalog::load());
    const HostFacts host = HostFacts::current();
    if (path.isEmpty())
        return Suggestion{suggestPlan(*catalog, MediaInfo(), session.store(), host),
                          QStringLiteral("none given")};
    const ImageFormat format = imageFormatFromSuffix(path);
    const bool isDisk = format != ImageFormat::Unknown
        && !path.endsWith(QLatin1String(".iso"), Qt::CaseInsensitive);
    // A raw image may as well be an ISO by another name; only its contents tell.
    if (!isDisk || format == ImageFormat::Raw) {
        auto media = catalog->identify(path);
        if (media) {
            QString system =
                media->label.isEmpty() ? QStringLiteral("not recognized") : media->label;
            if (media->osId.isEmpty())
                system += QStringLiteral(" (not recognized; a recent Linux is assumed)");
            else if (!media->isExact)
                system += QStringLiteral(" (%1)").arg(media->note);
            if (!media->isBootable)
                system += QStringLiteral(", which does not look bootable");
            return Suggestion{suggestPlan(*catalog, *media, session.store(), host), system};
        }
        if (!isDisk)
            return std::move(media).error();
    }
    return Suggestion{suggestPlanForDisk(*catalog, path, session.store(), host),
                      QStringLiteral("an existing disk")};
}

// The system that the user names, in place of the one that was detected.
Result<> applySystem(Session &session, Suggestion &suggestion, const QString &type)
{
    MachineDefinition definition;
    TRY(setOsType(definition, type));
    const auto catalog = TRY(OsCatalog::load());
    MediaInfo media;
    media.osId = definition.osId;
    media.label = suggestion.plan.name;
    NewMachinePlan plan = suggestPlan(*catalog, media, session.store(), HostFacts::current());
    plan.name = suggestion.plan.name;
    plan.isoPath = suggestion.plan.isoPath;
    if (!suggestion.plan.disks.isEmpty()
        && suggestion.plan.disks.front().source == DiskSource::Existing)
        plan.disks = suggestion.plan.disks;
    suggestion.plan = plan;
    suggestion.system = definition.osId;
    return {};
}

// What an existing disk is, and why it cannot be had.
Outcome checkExistingDisks(Session &session, const NewMachinePlan &plan,
                           QHash<QString, ExistingSize> &sizes)
{
    for (const PlannedDisk &disk : plan.disks) {
        if (disk.source == DiskSource::New)
            continue;
        const DiskFacts facts = TRY(probeDisk(disk.path));
        sizes.insert(disk.path, {facts.virtualSizeBytes, facts.allocatedBytes});
        for (const FitSentence &remark :
             existingDiskRemarks(facts, disk.source, userOfDisk(disk.path, session.store()))) {
            if (remark.severity == FitSentence::Severity::Problem)
                return Outcome::failure(
                    ResultCode::ObjectInUse,
                    QStringLiteral("Cannot use the disk \"%1\": %2").arg(disk.path, remark.text));
            if (remark.severity == FitSentence::Severity::Warning)
                session.warn(remark.text);
        }
    }
    return {};
}

Outcome warnOfFit(Session &session, const NewMachinePlan &plan,
                  const QHash<QString, ExistingSize> &sizes)
{
    if (const QString ended = endOfLifeText(plan.preset.endOfLife); !ended.isEmpty())
        session.warn(ended + QStringLiteral(": this system gets no updates any more"));
    FitRequest request = fitRequestFor(plan, session.store(),
                                       [&sizes](const QString &path) { return sizes.value(path); });
    const Acceleration acceleration = hostAcceleration();
    request.isAccelerationKnown = true;
    request.isAccelerated = acceleration.kind == Acceleration::Kind::Hardware;
    request.accelerationReason = acceleration.reason;
    request.accelerationRemedy = acceleration.remedy;
    for (const FitSentence &sentence :
         predictFit(request, HostFacts::current(session.store().machines()))) {
        if (sentence.severity == FitSentence::Severity::Problem
            && sentence.topic == FitSentence::Topic::Disk)
            return makeError(ErrorKind::NoSpace, sentence.text);
        if (sentence.severity != FitSentence::Severity::Good)
            session.warn(sentence.text);
    }
    return {};
}

Result<MachineEntry> makeMachine(Session &session, const NewMachinePlan &plan)
{
    std::optional<Result<MachineEntry>> made;
    ProgressLine progress(session.output());
    MachineMaker maker(session.store(), plan,
                       [&made](Result<MachineEntry> result) { made = std::move(result); });
    QObject::connect(&maker, &MachineMaker::progressed, &maker,
                     [&progress](int percent) { progress.setPercent(percent); });
    maker.start();
    maker.waitForFinished();
    if (!made)
        made = makeError(ErrorKind::Cancelled, QStringLiteral("Making the machine did not end"));
    if (*made)
        progress.finish();
    else
        progress.fail(QStringLiteral("failed"));
    return *made;
}

Outcome quickstart(Session &session, const Arguments &arguments)
{
    const QString type = arguments.value("type", QStringLiteral("gui"));
    const Outcome known = checkStartType(type);
    if (!known.isGood())
        return known;
    QString path;
    if (!arguments.words.isEmpty()) {
        const QFileInfo file(arguments.words.first());
        path = QDir::cleanPath(file.absoluteFilePath());
        if (!file.exists())
            return makeError(ErrorKind::NotFound,
                             QStringLiteral("There is no file \"%1\"").arg(path));
    } else if (!arguments.has("network-boot")) {
        return Outcome::syntax(
            QStringLiteral("An ISO or a disk image is needed, or --network-boot"));
    }
    Suggestion suggestion = TRY(suggest(session, path));
    if (arguments.has("os-type"))
        TRY(applySystem(session, suggestion, arguments.value("os-type")));
    auto wishes = applyWishes(suggestion.plan, arguments);
    if (!wishes)
        return wishes.error().kind() == ErrorKind::Invalid
            ? Outcome::syntax(std::move(wishes).error())
            : Outcome(std::move(wishes).error());
    QStringList problems;
    for (const PlanProblem &problem : planProblems(suggestion.plan, session.store()))
        problems.append(problem.text);
    if (!problems.isEmpty())
        return Outcome::failure(
            ResultCode::InvalidArgument,
            QStringLiteral("Cannot make the machine \"%1\": %2")
                .arg(suggestion.plan.name, problems.join(QStringLiteral("; "))));
    QHash<QString, ExistingSize> sizes;
    const Outcome usable = checkExistingDisks(session, suggestion.plan, sizes);
    if (!usable.isGood())
        return usable;
    if (!session.isJson())
        session.output().print(planText(suggestion.plan, suggestion.system));
    session.output().flush();
    const Outcome fits = warnOfFit(session, suggestion.plan, sizes);
    if (!fits.isGood())
        return fits;
    if (arguments.has("dry-run"))
        return {};
    const MachineEntry entry = TRY(makeMachine(session, suggestion.plan));
    if (!session.isJson())
        session.output().line(
            QStringLiteral("Virtual machine '%1' is created and registered.\n"
                           "UUID: %2\nSettings file: '%3'")
                .arg(entry.definition.name, uuidWord(entry.definition.uuid), entry.definitionPath));
    Outcome started;
    if (!arguments.has("no-start"))
        started = startMachine(session, entry.folder, type,
                               session.isJson() ? Telling::Silent : Telling::Aloud);
    if (session.isJson())
        session.output().json(listJson(entry, Session::observe(entry).word));
    return started;
}

constexpr Verb Verbs[] = {
    {.name = "quickstart",
     .aliases = "",
     .summary = "From an ISO or a disk image to a running machine in one step",
     .usage = "<iso|disk image> [--name <name>] [--os-type <type>] [--memory <MB>]\n"
              "    [--cpus <number>] [--disk-size <size>] [--no-disk | --disposable]\n"
              "    [--disk-format qcow2|raw|vdi|vmdk|vhd|vhdx] [--disk-folder <folder>]\n"
              "    [--disk-full] [--disk-discard on|off] [--disk-ssd]\n"
              "    [--add-disk <size|image>]... [--copy-disks] [--nic nat|null|none]\n"
              "    [--firmware bios|efi] [--secure-boot on|off] [--tpm-type none|1.2|2.0]\n"
              "    [--network-boot] [--engine auto|kvm|qemu] [--folder <folder>]\n"
              "    [--type gui|sdl|headless|separate] [--no-start | --dry-run]\n"
              "--network-boot [--name <name>] ...",
     .help =
         "Finds out which system the image holds and makes a machine that suits it and this\n"
         "computer, then starts it. Says before how it will fit: memory, space, speed.\n\n"
         "  --disk-size <size>  20G, 512M, 1T\n"
         "  --no-disk           only the optical medium, for live systems\n"
         "  --disposable        no disk, and the machine's folder goes away at power-off\n"
         "  --add-disk <what>   a further disk: the size of a new one, or an existing image\n"
         "  --copy-disks        existing images are copied into the machine; they themselves\n"
         "                      are never changed\n"
         "  --disk-format, --disk-folder, --disk-full, --disk-discard, --disk-ssd\n"
         "                      for all disks that are made: format, where, all space at once,\n"
         "                      space back that the guest frees, no rotation\n"
         "  --network-boot      start from the network (PXE) first; needs no image\n"
         "  --secure-boot on    UEFI with Microsoft's keys\n"
         "  --no-start          make it only\n"
         "  -n, --dry-run       show what would be made, and make nothing",
     .options = QuickOptions,
     .minimumWords = 0,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = quickstart},
};

} // namespace

std::span<const Verb> quickstartVerbs()
{
    return Verbs;
}

} // namespace app
