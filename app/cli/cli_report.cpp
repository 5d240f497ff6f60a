// SPDX-License-Identifier: GPL-3.0-or-later
// report
#include "app/cli/verbs.h"
#include "engine/control/report.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec Options[] = {
    {.name = "screen"},
};

Outcome reportVerb(Session &session, const Arguments &arguments)
{
    ReportRequest request;
    request.entry = TRY(session.listedMachine(arguments.words.first()));
    const QString path =
        QFileInfo(arguments.words.value(1, reportFileName(request.entry))).absoluteFilePath();
    QTemporaryDir folder;
    if (request.entry.isAccessible()) {
        request.status = Session::observe(request.entry).status;
        if (arguments.has("screen")) {
            ControlClient client;
            Outcome connected = session.connect(request.entry, client);
            if (!connected.isGood())
                return connected;
            const QString file = folder.filePath(QStringLiteral("screen.png"));
            TRY(client.callAndWait(QStringLiteral("machine.screenshot"),
                                   {{QStringLiteral("path"), file},
                                    {QStringLiteral("format"), QStringLiteral("png")}}));
            request.screenFile = file;
        }
    }
    const QList<ReportPart> parts = collectReport(request, Redaction::current());
    TRY(writeReport(parts, path));
    if (session.isJson()) {
        QJsonArray names;
        for (const ReportPart &part : parts)
            names.append(part.name);
        session.output().json(
            QJsonObject{{QStringLiteral("path"), path}, {QStringLiteral("parts"), names}});
        return {};
    }
    session.output().line(path);
    for (const ReportPart &part : parts)
        session.output().line(QStringLiteral("  %1 %2").arg(part.name, -26).arg(part.description));
    return {};
}

constexpr Verb Verbs[] = {
    {.name = "report",
     .aliases = "",
     .summary = "Collect what is needed to find out what is wrong with a machine",
     .usage = "<machine> [<file.tar.gz>] [--screen]",
     .help = "Definition, state, logs, QEMU's command line and facts about this computer. Your\n"
             "user name, home folder and the computer's name are replaced by USER, ~ and HOST;\n"
             "look through it all the same before you give it to anybody.\n\n"
             "  --screen  also a picture of the running machine's screen, as it is",
     .options = Options,
     .minimumWords = 1,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = reportVerb},
};

} // namespace

std::span<const Verb> reportVerbs()
{
    return Verbs;
}

} // namespace app
