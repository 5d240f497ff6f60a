// SPDX-License-Identifier: GPL-3.0-or-later
// setproperty, osdata: choices for all machines, and the data on guest systems
#include "app/cli/verbs.h"
#include "engine/machine/os_data_update.h"
#include "engine/machine/preferences.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QEventLoop>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonObject>
#include <QtCore/QLocale>
#include <QtCore/QUrl>

#include <optional>

namespace app {

using namespace engine;

namespace {

Outcome setMachineFolder(Session &session, const QString &value)
{
    const QString folder = value == QLatin1String("default")
        ? paths::defaultMachineFolder()
        : QDir::cleanPath(QFileInfo(value).absoluteFilePath());
    return session.store().setMachineFolder(folder);
}

Result<> setLanguage(Preferences &preferences, const QString &value)
{
    // VirtualBox says C for English.
    const QString code = value == QLatin1String("C") ? QStringLiteral("en") : value;
    const bool isUsual = value.isEmpty() || value == QLatin1String("default");
    if (!isUsual && QLocale(code).language() == QLocale::C)
        return makeError(ErrorKind::Invalid, QStringLiteral("\"%1\" is no language").arg(value),
                         QStringLiteral("Give a code such as en or de, or \"default\" for the "
                                        "session's"));
    preferences.language = isUsual ? QString() : code;
    return {};
}

Result<> setProxyMode(Preferences &preferences, const QString &value)
{
    const QString word = value == QLatin1String("noproxy") ? QStringLiteral("none") : value;
    const std::optional<ProxyMode> mode = proxyModeFromName(word);
    if (!mode)
        return makeError(
            ErrorKind::Invalid,
            QStringLiteral("The proxy mode is system, noproxy or manual, not \"%1\"").arg(value));
    preferences.proxy.mode = *mode;
    return {};
}

Result<> setProxyUrl(Preferences &preferences, const QString &value)
{
    const ProxyChoice proxy = TRY(proxyFromUrl(value));
    preferences.proxy.host = proxy.host;
    preferences.proxy.port = proxy.port;
    return {};
}

Outcome setProperty(Session &session, const Arguments &arguments)
{
    const QString name = arguments.words.at(0);
    const QString value = arguments.words.at(1);
    if (name == QLatin1String("machinefolder"))
        return setMachineFolder(session, value);

    Preferences preferences = Preferences::load();
    Result<> set;
    if (name == QLatin1String("language")) {
        set = setLanguage(preferences, value);
    } else if (name == QLatin1String("proxymode")) {
        set = setProxyMode(preferences, value);
    } else if (name == QLatin1String("proxyurl")) {
        set = setProxyUrl(preferences, value);
    } else {
        for (const char *known :
             {"hwvirtexclusive", "vrdeauthlibrary", "websrvauthlibrary", "vrdeextpack",
              "autostartdbpath", "loghistorycount", "defaultfrontend", "logginglevel"}) {
            if (name == QLatin1String(known))
                return makeError(ErrorKind::Unsupported,
                                 QStringLiteral("This version has no property \"%1\"").arg(name));
        }
        return Outcome::syntax(QStringLiteral("There is no property \"%1\"").arg(name));
    }
    if (!set)
        return Outcome::syntax(std::move(set).error());
    return preferences.save();
}

Outcome showOsData(Session &session)
{
    const OsDataFacts facts = osDataFacts();
    if (session.isJson()) {
        session.output().json(QJsonObject{{QStringLiteral("version"), facts.version},
                                          {QStringLiteral("folder"), facts.folder},
                                          {QStringLiteral("isUpdate"), facts.isOurs},
                                          {QStringLiteral("canUndo"), facts.canUndo}});
        return {};
    }
    constexpr int Column = 10;
    Output &output = session.output();
    output.print(labelled(QStringLiteral("Version"),
                          facts.version.isEmpty() ? QStringLiteral("none") : facts.version,
                          Column));
    output.print(labelled(
        QStringLiteral("From"),
        facts.isOurs ? QStringLiteral("an update") : QStringLiteral("the distribution"), Column));
    output.print(labelled(QStringLiteral("Folder"), facts.folder, Column));
    return {};
}

Outcome updateOsData(Session &session, const Arguments &arguments, const QString &file)
{
    OsDataUpdate update(Preferences::load().proxy);
    if (const Option *from = arguments.find("from"))
        update.setIndex(QUrl(from->value()));
    QEventLoop loop;
    std::optional<Error> failure;
    QObject::connect(&update, &OsDataUpdate::progressed, &loop,
                     [&session, last = QString()](const QString &what) mutable {
                         if (what != last)
                             session.output().note(what + QStringLiteral("...\n"));
                         last = what;
                     });
    QObject::connect(&update, &OsDataUpdate::failed, &loop, [&](const Error &error) {
        failure = error;
        loop.quit();
    });
    QObject::connect(&update, &OsDataUpdate::upToDate, &loop, [&](const QString &version) {
        session.output().line(
            QStringLiteral("There is nothing newer than release %1.").arg(version));
        loop.quit();
    });
    QObject::connect(&update, &OsDataUpdate::installed, &loop, [&](const QString &version) {
        session.output().line(QStringLiteral("Release %1 is installed.").arg(version));
        loop.quit();
    });
    // From inside the loop: it may fail at once, and quit() needs a loop to end.
    QMetaObject::invokeMethod(
        &update,
        [&] {
            if (file.isEmpty())
                update.start();
            else
                update.importFile(file);
        },
        Qt::QueuedConnection);
    loop.exec();
    if (failure)
        return Outcome(*failure);
    return {};
}

Outcome osData(Session &session, const Arguments &arguments)
{
    const QString action = arguments.words.value(0, QStringLiteral("show"));
    const qsizetype wanted = action == QLatin1String("import") ? 2 : 1;
    if (arguments.words.size() > wanted)
        return Outcome::syntax(
            QStringLiteral("\"%1\" is one word too many").arg(arguments.words.at(wanted)));
    if (action == QLatin1String("show"))
        return showOsData(session);
    if (action == QLatin1String("update"))
        return updateOsData(session, arguments, {});
    if (action == QLatin1String("undo"))
        return OsDataUpdate::undo();
    if (action != QLatin1String("import"))
        return Outcome::syntax(QStringLiteral("Unknown action \"%1\"").arg(action));
    if (arguments.words.size() < 2)
        return Outcome::syntax(QStringLiteral("The file of a release is needed"));
    return updateOsData(session, arguments, arguments.words.at(1));
}

constexpr OptionSpec OsDataOptions[] = {
    {.name = "from", .value = "url"},
};

constexpr Verb Verbs[] = {
    {.name = "setproperty",
     .aliases = "",
     .summary = "Choose something for all machines",
     .usage = "machinefolder default|<folder>\n"
              "language default|<code>\n"
              "proxymode system|noproxy|manual\n"
              "proxyurl <host>[:<port>]",
     .help = "  machinefolder  where new machines are made\n"
             "  language       of windows: en, de; the session's by default\n"
             "  proxymode      for what Vitrine itself downloads; manual uses proxyurl\n\n"
             "list systemproperties shows them.",
     .options = {},
     .minimumWords = 2,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = setProperty},
    {.name = "osdata",
     .aliases = "",
     .summary = "Show or update the data on guest systems",
     .usage = "[show] [--json]\n"
              "update [--from <url>]\n"
              "import <file>\n"
              "undo",
     .help = "  update  fetches osinfo-db's newest release, if it is newer, and installs it for "
             "you\n"
             "  import  the same with the archive of a release\n"
             "  undo    back to what was used before the last update\n"
             "  --from  a page that links to osinfo-db-YYYYMMDD.tar.xz, over https",
     .options = OsDataOptions,
     .minimumWords = 0,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = osData},
};

} // namespace

std::span<const Verb> preferenceVerbs()
{
    return Verbs;
}

} // namespace app
