// SPDX-License-Identifier: GPL-3.0-or-later
// guestproperty
#include "app/cli/guest_properties.h"
#include "app/cli/verbs.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QThread>

namespace app {

using namespace engine;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds WaitPause = 500ms;
// The agent is asked several things, one after another.
constexpr std::chrono::milliseconds AnswerPatience = 60s;

// What the guest says; nothing while it does not run.
Result<QList<GuestProperty>> guestsProperties(Session &session, const MachineEntry &entry)
{
    QList<GuestProperty> properties;
    ControlClient client;
    if (!session.connect(entry, client).isGood())
        return properties;
    const QJsonObject answer =
        TRY(client.callAndWait(QStringLiteral("guest.properties"), {}, AnswerPatience));
    for (const QJsonValue &one : answer[QLatin1String("properties")].toArray())
        properties.append(guestPropertyFromJson(one.toObject()));
    return properties;
}

Result<QList<GuestProperty>> allProperties(Session &session, const QString &machine)
{
    const MachineEntry entry = TRY(session.machine(machine));
    const QList<GuestProperty> guests = TRY(guestsProperties(session, entry));
    return mergedProperties(storedProperties(entry.definition), guests);
}

QJsonObject propertyJson(const GuestProperty &property)
{
    QJsonObject json = toJson(property);
    json[QLatin1String("flags")] = property.flags;
    return json;
}

Outcome getProperty(Session &session, const Arguments &arguments)
{
    const QString name = arguments.words.at(2);
    const QList<GuestProperty> all = TRY(allProperties(session, arguments.words.at(1)));
    Output &output = session.output();
    for (const GuestProperty &property : all) {
        if (property.name != name)
            continue;
        if (session.isJson()) {
            output.json(propertyJson(property));
            return {};
        }
        output.line(QStringLiteral("Value: ") + property.value);
        if (arguments.has("verbose")) {
            output.line(QStringLiteral("Timestamp: ") + timestampWord(property.changed));
            output.line(QStringLiteral("Flags: ") + property.flags);
        }
        return {};
    }
    if (session.isJson())
        output.json(QJsonObject());
    else
        output.line(QStringLiteral("No value set!"));
    return {};
}

Outcome setProperty(Session &session, const Arguments &arguments)
{
    GuestProperty property{arguments.words.at(2), arguments.words.value(3),
                           QDateTime::currentDateTimeUtc()};
    if (const Result<> good = checkPropertyName(property.name); !good)
        return Outcome::syntax(good.error());
    if (const Option *const flags = arguments.find("flags")) {
        const Result<QString> known = flagsFrom(flags->value());
        if (!known)
            return Outcome::syntax(known.error());
        property.flags = *known;
    }
    return session.changeMachine(arguments.words.at(1),
                                 [&property](MachineEntry &entry) -> Outcome {
                                     storeProperty(entry.definition, property);
                                     return {};
                                 });
}

Outcome enumerateProperties(Session &session, const Arguments &arguments)
{
    QStringList patterns = arguments.words.mid(2);
    for (const Option &option : arguments.options)
        if (option.name == QLatin1String("patterns"))
            patterns.append(option.value());
    QList<GuestProperty> all = TRY(allProperties(session, arguments.words.at(1)));
    all.removeIf([&patterns](const GuestProperty &property) {
        return !fitsPatterns(property.name, patterns);
    });
    if (session.isJson()) {
        QJsonArray json;
        for (const GuestProperty &property : std::as_const(all))
            json.append(propertyJson(property));
        session.output().json(json);
        return {};
    }
    if (all.isEmpty()) {
        session.output().line(QStringLiteral("No properties found."));
        return {};
    }
    session.output().print(propertiesText(all,
                                          {.hasTime = !arguments.has("no-timestamp"),
                                           .hasFlags = !arguments.has("no-flags"),
                                           .isOldFormat = arguments.has("old-format")}));
    return {};
}

// The first one of these names whose value becomes another one.
Outcome waitForProperty(Session &session, const Arguments &arguments)
{
    const QStringList patterns = arguments.words.mid(2);
    QDeadlineTimer deadline(QDeadlineTimer::Forever);
    if (const Option *const timeout = arguments.find("timeout")) {
        const Result<int> milliseconds =
            toNumber(timeout->value(), timeout->display(), 0, 1000000000);
        if (!milliseconds)
            return Outcome::syntax(milliseconds.error());
        deadline.setRemainingTime(*milliseconds);
    }
    QHash<QString, QString> before;
    for (bool isFirst = true;; isFirst = false) {
        const QList<GuestProperty> all = TRY(allProperties(session, arguments.words.at(1)));
        for (const GuestProperty &property : all) {
            if (!fitsPatterns(property.name, patterns))
                continue;
            if (!isFirst && before.value(property.name) != property.value) {
                session.output().line(QStringLiteral("Name: %1, value: %2, flags: %3")
                                          .arg(property.name, property.value, property.flags));
                return {};
            }
            before.insert(property.name, property.value);
        }
        if (deadline.hasExpired())
            break;
        QThread::msleep(quint64(std::min<qint64>(
            WaitPause.count(),
            deadline.remainingTime() < 0 ? WaitPause.count() : deadline.remainingTime())));
    }
    session.output().note(formatOutcome(
        Outcome::failure(ResultCode::None,
                         QStringLiteral("Time out or interruption while waiting for a "
                                        "notification.")),
        session.dialect(), session.program()));
    return arguments.has("fail-on-timeout") ? Outcome::exit(2) : Outcome();
}

struct PropertyAction
{
    const char *name;
    int minimumWords; // the action's own among them
    int maximumWords; // -1: any number
    Outcome (*run)(Session &, const Arguments &);
};

constexpr PropertyAction Actions[] = {
    {"get", 3, 3, getProperty},
    {"set", 3, 4, setProperty},
    {"delete", 3, 3, setProperty},
    {"unset", 3, 3, setProperty},
    {"enumerate", 2, -1, enumerateProperties},
    {"wait", 3, -1, waitForProperty},
};

Outcome guestProperty(Session &session, const Arguments &arguments)
{
    const QString action = arguments.words.first();
    for (const PropertyAction &one : Actions) {
        if (action != QLatin1String(one.name))
            continue;
        if (arguments.words.size() < one.minimumWords)
            return Outcome::syntax(QStringLiteral("\"%1\" needs more words").arg(action));
        if (one.maximumWords >= 0 && arguments.words.size() > one.maximumWords)
            return Outcome::syntax(QStringLiteral("Unexpected word: \"%1\"")
                                       .arg(arguments.words.at(one.maximumWords)));
        return one.run(session, arguments);
    }
    return Outcome::syntax(
        QStringLiteral("Unknown action \"%1\": get, set, unset, enumerate or wait").arg(action));
}

constexpr OptionSpec PropertySpecs[] = {
    {.name = "verbose"},
    {.name = "flags", .value = "<flags>"},
    {.name = "patterns", .value = "<patterns>", .aliases = "p"},
    {.name = "no-timestamp"},
    {.name = "no-flags"},
    {.name = "relative"},
    {.name = "old-format"},
    {.name = "timeout", .value = "<milliseconds>"},
    {.name = "fail-on-timeout"},
};

constexpr Verb Verbs[] = {
    {.name = "guestproperty",
     .aliases = "",
     .summary = "Show what a guest says about itself, and values stored for it",
     .usage = "get <machine> <name> [--verbose]\n"
              "set <machine> <name> [<value>] [--flags=<flags>]\n"
              "unset <machine> <name>\n"
              "enumerate <machine> [<patterns>...] [--no-timestamp] [--no-flags]\n"
              "  [--old-format]\n"
              "wait <machine> <patterns> [--timeout=<milliseconds>] [--fail-on-timeout]",
     .help =
         "While a machine runs and qemu-guest-agent answers in it, there are among others\n"
         "  /VirtualBox/GuestInfo/OS/Product, .../Release, .../LoggedInUsersList\n"
         "  /VirtualBox/GuestInfo/Net/Count, /VirtualBox/GuestInfo/Net/0/V4/IP, .../MAC\n"
         "What is set is kept with the machine; the guest does not see it. Patterns know * and ?,\n"
         "and | between several. \"get\" prints \"No value set!\" when there is none.",
     .options = PropertySpecs,
     .minimumWords = 2,
     .maximumWords = -1,
     .literalAfter = -1,
     .run = guestProperty},
};

} // namespace

std::span<const Verb> guestPropertyVerbs()
{
    return Verbs;
}

} // namespace app
