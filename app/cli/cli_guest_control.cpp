// SPDX-License-Identifier: GPL-3.0-or-later
// guestcontrol: programs in the guest. Files: cli_guest_files.cpp.
#include "app/cli/guest_session.h"
#include "app/cli/verbs.h"

#include <QtCore/QFile>
#include <QtCore/QJsonObject>

namespace app {

using namespace engine;

namespace {

// VBoxManage's exit codes of "run" (VBoxManageGuestCtrl.cpp): those of the guest's programs are
// moved behind its own.
constexpr int ExitSignal = 18;
constexpr int ExitTimeout = 20;
constexpr int ExitShift = 32;
constexpr int ExitMostShifted = 93;
constexpr int ExitBig = 126;

constexpr OptionSpec CommonSpecs[] = {
    {.name = "username", .value = "<user>", .aliases = "user u"},
    {.name = "password", .value = "<password>"},
    {.name = "passwordfile", .value = "<file>"},
    {.name = "domain", .value = "<domain>"},
    {.name = "verbose", .aliases = "v"},
    {.name = "quiet", .aliases = "q"},
};

constexpr OptionSpec RunSpecs[] = {
    {.name = "exe", .value = "<path>", .aliases = "e"},
    {.name = "arg0", .value = "<text>"},
    {.name = "cwd", .value = "<folder>", .aliases = "C"},
    {.name = "putenv", .value = "<name=value>", .aliases = "E"},
    {.name = "timeout", .value = "<milliseconds>", .aliases = "t"},
    {.name = "unquoted-args"},
    {.name = "ignore-orphaned-processes"},
    {.name = "profile"},
    {.name = "no-profile"},
    {.name = "dos2unix"},
    {.name = "unix2dos"},
    {.name = "wait-stdout"},
    {.name = "no-wait-stdout"},
    {.name = "wait-stderr"},
    {.name = "no-wait-stderr"},
};

Result<GuestCommand> readCommand(const Arguments &arguments)
{
    GuestCommand command;
    QStringList words = arguments.words;
    // As VBoxManage has it: the first word is what the program is called, and where it is when
    // --exe does not say so. The agent cannot call it otherwise.
    command.program = arguments.value("exe");
    if (command.program.isEmpty())
        command.program = words.value(0);
    if (!arguments.has("arg0"))
        words = words.mid(1);
    command.arguments = words;
    if (command.program.isEmpty())
        return makeError(ErrorKind::Invalid, QStringLiteral("No program is named"));
    command.folder = arguments.value("cwd");
    if (const Option *const timeout = arguments.find("timeout"))
        command.timeout = std::chrono::milliseconds(
            TRY(toNumber(timeout->value(), timeout->display(), 0, 1000000000)));
    for (const Option &option : arguments.options) {
        if (option.name != QLatin1String("putenv"))
            continue;
        if (option.value().indexOf(QLatin1Char('=')) < 1)
            return makeError(
                ErrorKind::Invalid,
                QStringLiteral("--putenv takes <name>=<value>, not \"%1\"").arg(option.value()));
        command.environment.append(option.value());
    }
    return command;
}

int exitCodeOf(const GuestOutcome &outcome, Dialect dialect)
{
    if (outcome.end == GuestOutcome::End::TimedOut)
        return ExitTimeout;
    if (outcome.end == GuestOutcome::End::Killed)
        return dialect == Dialect::Native ? 128 + (outcome.code & 0x7f) : ExitSignal;
    if (dialect == Dialect::Native || outcome.code == 0)
        return outcome.code & 0xff;
    return outcome.code > 0 && outcome.code <= ExitMostShifted ? outcome.code + ExitShift : ExitBig;
}

Outcome runProgram(GuestSession &guest, const Arguments &arguments)
{
    auto command = readCommand(arguments);
    if (!command)
        return Outcome::syntax(std::move(command).error());
    command->user = guest.login().user;
    GuestProgram program(guest.link(), *command);
    const auto outcome = TRY(GuestSession::wait<GuestOutcome>(
        [&program](std::function<void(Result<GuestOutcome>)> reply) {
            program.run(std::move(reply));
        }));
    Output &output = guest.session().output();
    if (guest.session().isJson()) {
        output.json(
            QJsonObject{{QStringLiteral("exitCode"), outcome.code},
                        {QStringLiteral("killed"), outcome.end == GuestOutcome::End::Killed},
                        {QStringLiteral("timedOut"), outcome.end == GuestOutcome::End::TimedOut},
                        {QStringLiteral("stdout"), QString::fromUtf8(outcome.output)},
                        {QStringLiteral("stderr"), QString::fromUtf8(outcome.errors)}});
    } else {
        if (!arguments.has("no-wait-stdout"))
            output.printBytes(outcome.output);
        if (!arguments.has("no-wait-stderr") && !outcome.errors.isEmpty())
            output.noteBytes(outcome.errors);
        if (outcome.isCut)
            guest.session().warn(QStringLiteral(
                "The program printed more than the guest's agent keeps; the rest is lost"));
        if (guest.login().isVerbose)
            output.note(QStringLiteral("Exit code=%1\n").arg(outcome.code));
    }
    const int code = exitCodeOf(outcome, guest.session().dialect());
    return code == 0 ? Outcome() : Outcome::exit(code);
}

Outcome startProgram(GuestSession &guest, const Arguments &arguments)
{
    auto command = readCommand(arguments);
    if (!command)
        return Outcome::syntax(std::move(command).error());
    command->user = guest.login().user;
    GuestProgram program(guest.link(), *command);
    const qint64 process =
        TRY(GuestSession::wait<qint64>([&program](std::function<void(Result<qint64>)> reply) {
            program.start(std::move(reply));
        }));
    Output &output = guest.session().output();
    if (guest.session().isJson())
        output.json(QJsonObject{{QStringLiteral("process"), process}});
    else if (!guest.login().isQuiet)
        output.line(QStringLiteral("Process %1 was started in the guest").arg(process));
    return {};
}

// Sessions are VirtualBox's: here every command is one of its own.
Outcome listSessions(GuestSession &guest, const Arguments &arguments)
{
    static const QStringList Words{QStringLiteral("all"), QStringLiteral("sessions"),
                                   QStringLiteral("processes"), QStringLiteral("files")};
    if (arguments.words.size() != 1 || !Words.contains(arguments.words.first()))
        return Outcome::syntax(QStringLiteral("\"list\" takes all, sessions, processes or files; "
                                              "\"ls\" lists a folder"));
    guest.session().output().line(QStringLiteral("No active guest sessions found"));
    return {};
}

GuestFileAction actionNamed(const QString &name)
{
    if (name == QLatin1String("run"))
        return {RunSpecs, 0, runProgram};
    if (name == QLatin1String("start"))
        return {RunSpecs, 0, startProgram};
    if (name == QLatin1String("list"))
        return {{}, 1, listSessions};
    return guestFileAction(name);
}

Outcome guestControl(Session &session, const Arguments &arguments)
{
    // Common options may stand before the action and after it.
    auto before = parseArguments(arguments.words.mid(1), CommonSpecs, 1);
    if (!before)
        return Outcome::syntax(std::move(before).error());
    if (before->words.isEmpty())
        return Outcome::syntax(QStringLiteral("What to do in the guest is not said"));
    const QString name = before->words.takeFirst();
    for (const char *known : {"closeprocess", "closesession", "updatega", "watch", "fsinfo"})
        if (name == QLatin1String(known))
            return makeError(
                ErrorKind::Unsupported,
                QStringLiteral("This version cannot do \"%1\" with a guest").arg(name));
    const GuestFileAction action = actionNamed(name);
    if (action.run == nullptr)
        return Outcome::syntax(QStringLiteral("Unknown action \"%1\"").arg(name));

    QList<OptionSpec> specs(action.options.begin(), action.options.end());
    specs.append(QList<OptionSpec>(std::begin(CommonSpecs), std::end(CommonSpecs)));
    const bool isProgram = name == QLatin1String("run") || name == QLatin1String("start");
    auto parsed = parseArguments(before->words, {specs.constData(), std::size_t(specs.size())},
                                 isProgram ? 1 : -1);
    if (!parsed)
        return Outcome::syntax(std::move(parsed).error());
    parsed->options = before->options + parsed->options;
    if (parsed->words.size() < action.minimumWords)
        return Outcome::syntax(QStringLiteral("\"%1\" needs more words").arg(name));
    if (const QString file = parsed->value("passwordfile"); !file.isEmpty() && !QFile::exists(file))
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("The password file \"%1\" does not exist").arg(file));
    if (!parsed->value("domain").isEmpty())
        return makeError(ErrorKind::Unsupported,
                         QStringLiteral("The guest's agent knows no domains"));

    GuestLogin login{parsed->value("username"), parsed->has("verbose"), parsed->has("quiet")};
    if (login.user == QLatin1String("root"))
        login.user.clear();
    GuestSession guest(session, login);
    Outcome opened = guest.open(arguments.words.first());
    if (!opened.isGood())
        return opened;
    return action.run(guest, *parsed);
}

constexpr Verb Verbs[] = {
    {.name = "guestcontrol",
     .aliases = "",
     .summary = "Run programs in a guest and copy files",
     .usage = "<machine> run [--exe <path>] [--cwd <folder>] [--putenv <name=value>]...\n"
              "  [--timeout <ms>] [--username <user>] -- <program> [<arguments>...]\n"
              "<machine> start [options as for run] -- <program> [<arguments>...]\n"
              "<machine> copyto [--recursive] [--no-replace]\n"
              "  [--target-directory <folder>] <file here>... <in the guest>\n"
              "<machine> copyfrom [--recursive] [--no-replace]\n"
              "  [--target-directory <folder>] <file in the guest>... <here>\n"
              "<machine> mkdir [--parents] [--mode <octal>] <folder>...\n"
              "<machine> rmdir [--recursive] <folder>...\n"
              "<machine> rm <file>...\n"
              "<machine> mv <from>... <to>\n"
              "<machine> mktemp [--directory] [--tmpdir <folder>] <name with XXX>\n"
              "<machine> stat <path>...\n"
              "<machine> ls <folder>\n"
              "<machine> list all|sessions|processes|files",
     .help =
         "All this is done by the package qemu-guest-agent in the guest, which must be installed\n"
         "and running there.\n"
         "  run         waits for the program and prints what it printed; the exit code is the\n"
         "              program's, in VBoxManage's dialect 32 more\n"
         "  --username  a user of the guest; without it everything is done as root. No password\n"
         "              is asked for: who may use this machine may use its guest. --password and\n"
         "              --passwordfile are accepted and not needed.\n"
         "Where an action makes use of the guest's own tools (all but run, start, copyto and\n"
         "copyfrom of single files) the guest is a Unix.",
     .options = {},
     .minimumWords = 2,
     .maximumWords = -1,
     .literalAfter = 1,
     .run = guestControl},
};

} // namespace

std::span<const Verb> guestControlVerbs()
{
    return Verbs;
}

} // namespace app
