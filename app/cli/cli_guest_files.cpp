// SPDX-License-Identifier: GPL-3.0-or-later
// guestcontrol's actions on files.
#include "app/cli/guest_session.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec CopySpecs[] = {
    {.name = "recursive", .aliases = "R r"},
    {.name = "follow", .aliases = "L"},
    {.name = "dryrun"},
    {.name = "no-replace", .aliases = "n"},
    {.name = "update"},
    {.name = "target-directory", .value = "<folder>"},
};
constexpr OptionSpec MakeSpecs[] = {
    {.name = "parents", .aliases = "P p"},
    {.name = "mode", .value = "<octal>", .aliases = "m"},
};
constexpr OptionSpec RemoveFolderSpecs[] = {
    {.name = "recursive", .aliases = "R r"},
};
constexpr OptionSpec RemoveSpecs[] = {
    {.name = "force", .aliases = "f"},
};
constexpr OptionSpec TemporarySpecs[] = {
    {.name = "directory", .aliases = "D"},
    {.name = "mode", .value = "<octal>", .aliases = "m"},
    {.name = "secure"},
    {.name = "tmpdir", .value = "<folder>", .aliases = "t"},
};

using Done = std::function<void(Result<>)>;
using Entry = GuestEntry;

Result<int> modeFrom(const Arguments &arguments)
{
    const Option *const mode = arguments.find("mode");
    if (mode == nullptr)
        return -1;
    bool isOctal = false;
    const int value = mode->value().toInt(&isOctal, 8);
    if (!isOctal || value < 0 || value > 07777)
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("--mode takes an octal number such as 755, not \"%1\"")
                             .arg(mode->value()));
    return value;
}

bool existsInGuest(GuestSession &guest, const QString &path)
{
    return GuestSession::wait<Entry>([&](std::function<void(Result<Entry>)> reply) {
               guest.files().stat(path, std::move(reply));
           })
        .has_value();
}

// --no-replace: takes away what is there already.
void keepMissing(GuestSession &guest, GuestCopyOrder &order)
{
    const bool isToGuest = order.direction == GuestCopyOrder::Direction::ToGuest;
    order.sources.removeIf([&](const QString &source) {
        const QString inside = guestPath(
            order.target, source.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty));
        if (!isToGuest)
            return QFileInfo(order.target).isDir() ? QFileInfo::exists(inside)
                                                   : QFileInfo::exists(order.target);
        const auto target =
            GuestSession::wait<Entry>([&](std::function<void(Result<Entry>)> reply) {
                guest.files().stat(order.target, std::move(reply));
            });
        return target && (!target->isFolder() || existsInGuest(guest, inside));
    });
}

Outcome copyFiles(GuestSession &guest, const Arguments &arguments,
                  GuestCopyOrder::Direction direction)
{
    GuestCopyOrder order;
    order.direction = direction;
    order.sources = arguments.words;
    order.target = arguments.value("target-directory");
    if (order.target.isEmpty() && order.sources.size() > 1)
        order.target = order.sources.takeLast();
    if (order.target.isEmpty())
        return Outcome::syntax(QStringLiteral("Where to copy to is not said"));
    if (arguments.has("update"))
        return makeError(ErrorKind::Unsupported,
                         QStringLiteral("This version copies everything or, with --no-replace, "
                                        "what is missing"));
    order.isRecursive = arguments.has("recursive");
    order.user = guest.login().user;
    const bool isToGuest = direction == GuestCopyOrder::Direction::ToGuest;
    const auto local = [](const QString &path) {
        return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    };
    if (isToGuest)
        std::transform(order.sources.cbegin(), order.sources.cend(), order.sources.begin(), local);
    else
        order.target = local(order.target);
    if (arguments.has("no-replace"))
        keepMissing(guest, order);
    Output &output = guest.session().output();
    if (arguments.has("dryrun") || order.sources.isEmpty()) {
        for (const QString &source : std::as_const(order.sources))
            output.line(QStringLiteral("%1 -> %2").arg(source, order.target));
        return {};
    }

    GuestCopy copy(guest.link(), order);
    std::optional<ProgressLine> progress;
    if (!guest.login().isQuiet && !guest.session().isJson())
        progress.emplace(output);
    QObject::connect(&copy, &GuestCopy::progressed,
                     [&progress](qint64 done, qint64 total, const QString &) {
                         if (progress && total > 0)
                             progress->setPercent(int(done * 100 / total));
                     });
    auto result = GuestSession::wait<GuestCopyResult>(
        [&copy](std::function<void(Result<GuestCopyResult>)> reply) {
            copy.start(std::move(reply));
        });
    if (!result) {
        if (progress)
            progress->fail(QStringLiteral("FAILED"));
        return std::move(result).error();
    }
    if (progress)
        progress->finish();
    for (const QString &path : std::as_const(result->leftOut))
        guest.session().warn(
            QStringLiteral("\"%1\" is neither file nor folder, and was left out").arg(path));
    if (guest.session().isJson())
        output.json(
            QJsonObject{{QStringLiteral("files"), result->files},
                        {QStringLiteral("folders"), result->folders},
                        {QStringLiteral("bytes"), result->bytes},
                        {QStringLiteral("leftOut"), QJsonArray::fromStringList(result->leftOut)}});
    else if (guest.login().isVerbose)
        output.line(QStringLiteral("%1 files, %2 folders, %3 bytes")
                        .arg(result->files)
                        .arg(result->folders)
                        .arg(result->bytes));
    return {};
}

Outcome copyTo(GuestSession &guest, const Arguments &arguments)
{
    return copyFiles(guest, arguments, GuestCopyOrder::Direction::ToGuest);
}

Outcome copyFrom(GuestSession &guest, const Arguments &arguments)
{
    return copyFiles(guest, arguments, GuestCopyOrder::Direction::FromGuest);
}

// One after another, until one fails.
Outcome forEach(const QStringList &paths, const std::function<void(const QString &, Done)> &act)
{
    for (const QString &path : paths)
        TRY(GuestSession::wait<>([&](Done reply) { act(path, std::move(reply)); }));
    return {};
}

Outcome makeFolders(GuestSession &guest, const Arguments &arguments)
{
    const Result<int> mode = modeFrom(arguments);
    if (!mode)
        return Outcome::syntax(mode.error());
    const auto parents =
        arguments.has("parents") ? GuestFiles::Parents::Make : GuestFiles::Parents::No;
    return forEach(arguments.words, [&](const QString &path, Done reply) {
        guest.files().makeFolder(path, parents, *mode, std::move(reply));
    });
}

Outcome removeFolders(GuestSession &guest, const Arguments &arguments)
{
    return forEach(arguments.words, [&](const QString &path, Done reply) {
        if (arguments.has("recursive"))
            guest.files().remove(path, GuestFiles::Depth::All, std::move(reply));
        else
            guest.files().removeFolder(path, std::move(reply));
    });
}

Outcome removeFiles(GuestSession &guest, const Arguments &arguments)
{
    return forEach(arguments.words, [&](const QString &path, Done reply) {
        guest.files().remove(path, GuestFiles::Depth::One, std::move(reply));
    });
}

Outcome moveFiles(GuestSession &guest, const Arguments &arguments)
{
    QStringList sources = arguments.words;
    const QString target = sources.takeLast();
    TRY(GuestSession::wait<>(
        [&](Done reply) { guest.files().move(sources, target, std::move(reply)); }));
    return {};
}

Outcome makeTemporary(GuestSession &guest, const Arguments &arguments)
{
    const bool isFolder = arguments.has("directory");
    const QString path =
        TRY(GuestSession::wait<QString>([&](std::function<void(Result<QString>)> reply) {
            guest.files().makeTemporary(arguments.value("tmpdir"), arguments.words.first(),
                                        isFolder, std::move(reply));
        }));
    if (guest.session().isJson())
        guest.session().output().json(QJsonObject{{QStringLiteral("path"), path}});
    else
        guest.session().output().line(
            (isFolder ? QStringLiteral("Directory name: ") : QStringLiteral("File name: ")) + path);
    return {};
}

QString kindWord(const Entry &entry)
{
    switch (entry.kind) {
    case Entry::Kind::File:
        return QStringLiteral("file");
    case Entry::Kind::Folder:
        return QStringLiteral("directory");
    case Entry::Kind::Link:
        return QStringLiteral("symbolic link");
    case Entry::Kind::Other:
        break;
    }
    return QStringLiteral("other");
}

QJsonObject entryJson(const Entry &entry)
{
    return {{QStringLiteral("name"), entry.name},
            {QStringLiteral("kind"), kindWord(entry)},
            {QStringLiteral("size"), entry.sizeBytes},
            {QStringLiteral("mode"), QString::number(entry.mode, 8)},
            {QStringLiteral("owner"), entry.owner},
            {QStringLiteral("group"), entry.group},
            {QStringLiteral("modified"), entry.modified.toUTC().toString(Qt::ISODate)}};
}

Outcome statFiles(GuestSession &guest, const Arguments &arguments)
{
    Output &output = guest.session().output();
    QJsonArray json;
    for (const QString &path : arguments.words) {
        const Entry entry =
            TRY(GuestSession::wait<Entry>([&](std::function<void(Result<Entry>)> reply) {
                guest.files().stat(path, std::move(reply));
            }));
        json.append(entryJson(entry));
        if (guest.session().isJson())
            continue;
        output.line(QStringLiteral("  File: '%1'").arg(path));
        output.line(
            QStringLiteral("  Size: %1  Type: %2").arg(entry.sizeBytes).arg(kindWord(entry)));
        output.line(QStringLiteral("  Mode: %1  Owner: %2  Group: %3")
                        .arg(entry.mode, 4, 8, QLatin1Char('0'))
                        .arg(entry.owner, entry.group));
        output.line(QStringLiteral("Modify: %1").arg(entry.modified.toUTC().toString(Qt::ISODate)));
    }
    if (guest.session().isJson())
        output.json(json);
    return {};
}

Outcome listFolder(GuestSession &guest, const Arguments &arguments)
{
    Output &output = guest.session().output();
    auto entries =
        TRY(GuestSession::wait<QList<Entry>>([&](std::function<void(Result<QList<Entry>>)> reply) {
            guest.files().list(arguments.words.first(), std::move(reply));
        }));
    std::sort(entries.begin(), entries.end(),
              [](const Entry &a, const Entry &b) { return a.name < b.name; });
    QJsonArray json;
    for (const Entry &entry : std::as_const(entries)) {
        json.append(entryJson(entry));
        if (!guest.session().isJson())
            output.line(QStringLiteral("%1 %2 %3 %4 %5 %6")
                            .arg(kindWord(entry).at(0))
                            .arg(entry.mode, 4, 8, QLatin1Char('0'))
                            .arg(entry.owner, -8)
                            .arg(entry.sizeBytes, 12)
                            .arg(entry.modified.toUTC().toString(Qt::ISODate), entry.name));
    }
    if (guest.session().isJson())
        output.json(json);
    return {};
}

struct NamedAction
{
    const char *names; // separated by blanks
    GuestFileAction action;
};

constexpr NamedAction Actions[] = {
    {"copyto cp", {CopySpecs, 1, copyTo}},
    {"copyfrom", {CopySpecs, 1, copyFrom}},
    {"mkdir md createdir createdirectory", {MakeSpecs, 1, makeFolders}},
    {"rmdir removedir removedirectory", {RemoveFolderSpecs, 1, removeFolders}},
    {"rm removefile", {RemoveSpecs, 1, removeFiles}},
    {"mv move ren rename", {{}, 2, moveFiles}},
    {"mktemp createtemp createtemporary", {TemporarySpecs, 1, makeTemporary}},
    {"stat", {{}, 1, statFiles}},
    {"ls", {{}, 1, listFolder}},
};

} // namespace

GuestFileAction guestFileAction(const QString &name)
{
    for (const NamedAction &one : Actions)
        if (QString::fromLatin1(one.names).split(QLatin1Char(' ')).contains(name))
            return one.action;
    return {};
}

} // namespace app
