// SPDX-License-Identifier: GPL-3.0-or-later
// guesttools
#include "app/cli/verbs.h"
#include "engine/media/guest_tools.h"

#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec Options[] = {
    {.name = "output", .value = "<file.iso>"},
    {.name = "packages", .value = "<folder>"},
    {.name = "offline"},
};

Outcome guestToolsVerb(Session &session, const Arguments &arguments)
{
    GuestToolsRequest request = usualGuestTools();
    if (arguments.has("output"))
        request.path = arguments.value("output");
    if (arguments.has("packages")) {
        const QFileInfo folder(arguments.value("packages"));
        if (!folder.isDir())
            return makeError(ErrorKind::NotFound,
                             QStringLiteral("There is no folder \"%1\"").arg(folder.filePath()));
        request.packageFolders = {folder.absoluteFilePath()};
        request.download = {};
    }
    if (arguments.has("offline"))
        request.download = {};
    const GuestTools tools = TRY(makeGuestTools(request));
    if (session.isJson()) {
        session.output().json(
            QJsonObject{{QStringLiteral("path"), tools.path},
                        {QStringLiteral("packages"), QJsonArray::fromStringList(tools.packages)},
                        {QStringLiteral("note"), tools.note}});
        return {};
    }
    session.output().line(tools.path);
    for (const QString &package : tools.packages)
        session.output().line(QStringLiteral("  ") + package);
    if (!tools.note.isEmpty())
        session.output().line(
            QStringLiteral("Without packages of this computer (%1): its guests get them from their "
                           "own distributions.")
                .arg(tools.note));
    return {};
}

constexpr Verb Verbs[] = {
    {.name = "guesttools",
     .aliases = "",
     .summary = "Make the disc with the guest tools for Linux",
     .usage = "[--output <file.iso>] [--packages <folder>] [--offline]",
     .help = "An image with a script that installs a Linux guest's agents and mounts its shared\n"
             "folders. The agents' packages are on it where they are found in apt's cache or can\n"
             "be downloaded; every other guest gets them from its own distribution. Prints where\n"
             "it is. storageattach --medium additions makes it and inserts it.\n\n"
             "  --output    where to write it, instead of where storageattach looks for it\n"
             "  --packages  take .deb packages from this folder, and only from there\n"
             "  --offline   download nothing",
     .options = Options,
     .minimumWords = 0,
     .maximumWords = 0,
     .literalAfter = -1,
     .run = guestToolsVerb},
};

} // namespace

std::span<const Verb> guestToolsVerbs()
{
    return Verbs;
}

} // namespace app
