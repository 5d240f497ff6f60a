// SPDX-License-Identifier: GPL-3.0-or-later
// quickstart: the short way from an ISO or a disk image to a running machine.
#include "app/cli/show_format.h"
#include "app/cli/start_machine.h"
#include "app/cli/vbox_words.h"
#include "app/cli/verbs.h"
#include "engine/catalog/machine_maker.h"
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
    {.name = "disk-size", .value = "<size>"},
    {.name = "firmware", .value = "bios|efi"},
    {.name = "engine", .value = "auto|kvm|qemu"},
    {.name = "no-disk"},
    {.name = "disposable"},
    {.name = "type", .value = "gui|headless|separate"},
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
    if (arguments.has("disk-size")) {
        if (plan.disk == DiskChoice::ExistingDisk)
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("--disk-size has no meaning for an existing disk"));
        plan.diskBytes = TRY(sizeFromWord(arguments.value("disk-size")));
        plan.disk = DiskChoice::NewDisk;
    }
    if (arguments.has("no-disk") || arguments.has("disposable")) {
        if (plan.disk == DiskChoice::ExistingDisk || arguments.has("disk-size"))
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("--no-disk and a disk exclude each other"));
        plan.disk = DiskChoice::NoDisk;
        plan.isDisposable = arguments.has("disposable");
    }
    return {};
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
    put("Firmware", firmwareWord(plan.firmware));
    switch (plan.disk) {
    case DiskChoice::NewDisk:
        put("Disk", QStringLiteral("%1, new").arg(gigabytes(plan.diskBytes)));
        break;
    case DiskChoice::ExistingDisk:
        put("Disk", plan.existingDisk);
        break;
    case DiskChoice::NoDisk:
        put("Disk",
            plan.isDisposable ? QStringLiteral("none; the machine goes away at power-off")
                              : QStringLiteral("none"));
        break;
    }
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
    const QFileInfo file(arguments.words.first());
    if (!file.exists())
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("There is no file \"%1\"").arg(file.absoluteFilePath()));
    Suggestion suggestion = TRY(suggest(session, QDir::cleanPath(file.absoluteFilePath())));
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
    if (!session.isJson())
        session.output().print(planText(suggestion.plan, suggestion.system));
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
     .usage = "<iso|disk image> [--name <name>] [--memory <MB>] [--cpus <number>]\n"
              "    [--disk-size <size>] [--no-disk | --disposable] [--firmware bios|efi]\n"
              "    [--engine auto|kvm|qemu] [--folder <folder>] [--type gui|headless|separate]\n"
              "    [--no-start | --dry-run]",
     .help = "Finds out which system the image holds and makes a machine that suits it and this\n"
             "computer, then starts it.\n\n"
             "  --disk-size <size>  20G, 512M, 1T\n"
             "  --no-disk           only the optical medium, for live systems\n"
             "  --disposable        no disk, and the machine's folder goes away at power-off\n"
             "  --no-start          make it only\n"
             "  -n, --dry-run       show what would be made, and make nothing",
     .options = QuickOptions,
     .minimumWords = 1,
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
