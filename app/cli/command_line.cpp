// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command_line.h"

#include "app/cli/verbs.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

namespace app {

using namespace engine;

namespace {

bool isWord(const QString &word, std::initializer_list<const char *> names)
{
    for (const char *name : names) {
        if (word == QLatin1String(name))
            return true;
    }
    return false;
}

bool isHelp(const QString &word)
{
    return isWord(word, {"-h", "-help", "--help", "-?"});
}

Result<QStringList> responseWords(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("Cannot read the response file \"%1\": %2")
                             .arg(path, file.errorString()));
    return splitShellWords(QString::fromUtf8(file.readAll()));
}

class Run final
{
public:
    Run(const QStringList &arguments, Output &output)
        : m_output(output)
        , m_words(arguments.mid(1))
    {
        m_program = QFileInfo(arguments.value(0)).fileName();
        const bool isVirtualBox =
            m_program.compare(QLatin1String("VBoxManage"), Qt::CaseInsensitive) == 0;
        m_dialect = isVirtualBox ? Dialect::VirtualBox : Dialect::Native;
        // Programs look for this spelling, however the link is called.
        m_program = isVirtualBox ? QStringLiteral("VBoxManage") : QStringLiteral("vitrinectl");
    }

    int run()
    {
        // What the options before the verb ask for; an exit code ends here.
        const std::optional<int> early = takeGlobalOptions();
        if (early)
            return *early;
        if (m_words.isEmpty()) {
            m_output.print(overviewText(m_program));
            return isNative() ? 2 : 1;
        }
        const QString name = m_words.takeFirst();
        if (name == QLatin1String("help"))
            return help();
        const Verb *verb = findVerb(name);
        if (!verb)
            return say(Outcome::syntax(QStringLiteral("Unknown verb \"%1\"").arg(name)),
                       QStringLiteral("See \"%1 help\" for all verbs.\n").arg(m_program));
        return runVerb(*verb);
    }

private:
    bool isNative() const { return m_dialect == Dialect::Native; }

    int say(const Outcome &outcome, const QString &more = {})
    {
        m_output.note(formatOutcome(outcome, m_dialect, m_program) + more);
        return outcome.exitCode();
    }

    std::optional<int> takeGlobalOptions()
    {
        while (!m_words.isEmpty()) {
            const QString word = m_words.first();
            if (isWord(word, {"-q", "--nologo", "-nologo", "-d", "--detailed-progress"})) {
                m_words.removeFirst();
            } else if (word == QLatin1String("--json")) {
                m_isJson = true;
                m_words.removeFirst();
            } else if (isWord(word, {"-v", "-V", "--version", "-version", "-Version"})) {
                m_output.print(versionText(m_dialect));
                return 0;
            } else if (isHelp(word)) {
                m_output.print(overviewText(m_program));
                return 0;
            } else if (isWord(word, {"--settingspw", "--settingspwfile"})) {
                // Passwords for encrypted settings, which do not exist here.
                m_words = m_words.mid(2);
            } else if (word.startsWith(QLatin1Char('@'))) {
                auto words = responseWords(m_words.takeFirst().mid(1));
                if (!words)
                    return say(Outcome::syntax(std::move(words).error()));
                m_words = *words + m_words;
            } else if (word.startsWith(QLatin1Char('-'))) {
                return say(Outcome::syntax(QStringLiteral("Unknown option: %1").arg(word)),
                           QStringLiteral("See \"%1 help\".\n").arg(m_program));
            } else {
                break;
            }
        }
        return std::nullopt;
    }

    int help()
    {
        if (m_words.isEmpty()) {
            m_output.print(overviewText(m_program));
            return 0;
        }
        const Verb *verb = findVerb(m_words.first());
        if (!verb)
            return say(Outcome::syntax(QStringLiteral("Unknown verb \"%1\"").arg(m_words.first())));
        m_output.print(helpText(*verb, m_program));
        return 0;
    }

    int runVerb(const Verb &verb)
    {
        if (m_words.size() == 1 && isHelp(m_words.first())) {
            m_output.print(helpText(verb, m_program));
            return 0;
        }
        if (m_words.isEmpty() && verb.minimumWords > 0 && !isNative()) {
            m_output.print(usageText(verb, m_program));
            return 1;
        }
        // Valid for every verb, and before the verb as well.
        QList<OptionSpec> specs{{.name = "json"}, {.name = "nologo"}};
        specs.append(QList<OptionSpec>(verb.options.begin(), verb.options.end()));
        // Only Ansible gives it here, behind everything.
        specs.append(OptionSpec{.name = "settingspwfile", .value = "<file>"});
        const QString usage = usageText(verb, m_program);

        auto parsed = parseArguments(m_words, {specs.constData(), std::size_t(specs.size())},
                                     verb.literalAfter);
        if (!parsed)
            return say(Outcome::syntax(std::move(parsed).error()), usage);
        if (parsed->words.size() < verb.minimumWords)
            return say(
                Outcome::syntax(
                    QStringLiteral("The verb %1 needs more words").arg(QLatin1String(verb.name))),
                usage);
        if (verb.maximumWords >= 0 && parsed->words.size() > verb.maximumWords)
            return say(Outcome::syntax(QStringLiteral("Unexpected word: \"%1\"")
                                           .arg(parsed->words.at(verb.maximumWords))),
                       usage);

        Session session(m_output, m_dialect, m_program);
        session.setJson(m_isJson || parsed->has("json"));
        const Outcome outcome = verb.run(session, *parsed);
        if (outcome.error())
            return say(outcome, outcome.isSyntaxError() ? usage : QString());
        return outcome.exitCode();
    }

    Output &m_output;
    QStringList m_words;
    QString m_program;
    Dialect m_dialect = Dialect::Native;
    bool m_isJson = false;
};

} // namespace

int runCommandLine(const QStringList &arguments, Output &output)
{
    const int exitCode = Run(arguments, output).run();
    output.flush();
    return exitCode;
}

} // namespace app
