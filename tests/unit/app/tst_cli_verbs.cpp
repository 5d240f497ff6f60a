// SPDX-License-Identifier: GPL-3.0-or-later
// The table of verbs, its help, and that the manual page and the completions know every verb.
#include "app/cli/command_line.h"
#include "app/cli/verbs.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>

using namespace app;

namespace {

QString sourceText(const QString &path)
{
    QFile file(qEnvironmentVariable("VITRINE_SOURCE_DIR") + QLatin1Char('/') + path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

struct Said
{
    int exitCode = -1;
    QString out;
    QString err;
};

Said say(const QStringList &words)
{
    Said said;
    Output output([&](const QByteArray &bytes) { said.out += QString::fromUtf8(bytes); },
                  [&](const QByteArray &bytes) { said.err += QString::fromUtf8(bytes); });
    said.exitCode = runCommandLine(words, output);
    return said;
}

} // namespace

class TestCliVerbs : public QObject
{
    Q_OBJECT
private slots:
    void everyVerbHasHelp();
    void aliasesFindTheirVerb();
    void helpIsReachedBothWays();
    void everyOptionIsExplained();
    void manualAndCompletionsKnowEveryVerb();
    void noWordsShowTheOverview();
    void unknownWordsAreSyntaxErrors();
};

void TestCliVerbs::everyVerbHasHelp()
{
    QStringList names;
    for (const Verb *verb : allVerbs()) {
        QVERIFY(!names.contains(QLatin1String(verb->name)));
        names.append(QLatin1String(verb->name));
        QVERIFY2(*verb->summary && *verb->usage && *verb->help, verb->name);
        QVERIFY2(verb->run, verb->name);
        QVERIFY(overviewText("vitrinectl").contains(QLatin1String(verb->name)));
        const QStringList lines = helpText(*verb, "vitrinectl").split('\n');
        for (const QString &line : lines)
            QVERIFY2(line.size() <= 100, qPrintable(line));
    }
    QVERIFY(names.size() >= 16);
    // One form may take several lines.
    const QString usage = usageText(*findVerb("storagectl"), "vitrinectl");
    QCOMPARE(usage.count("vitrinectl storagectl <machine>"), 3);
    QVERIFY(usage.contains("\n      [--controller <chip>]"));
}

void TestCliVerbs::aliasesFindTheirVerb()
{
    QCOMPARE(findVerb("createhd"), findVerb("createmedium"));
    QCOMPARE(findVerb("showhdinfo"), findVerb("showmediuminfo"));
    QVERIFY(!findVerb("nothing"));
    QVERIFY(!findVerb(QString()));
}

void TestCliVerbs::helpIsReachedBothWays()
{
    for (const Verb *verb : allVerbs()) {
        const Said help = say({"vitrinectl", "help", QLatin1String(verb->name)});
        QCOMPARE(help.exitCode, 0);
        QVERIFY(help.out.contains("Usage:"));
        QCOMPARE(say({"vitrinectl", QLatin1String(verb->name), "--help"}).out, help.out);
        QCOMPARE(help.err, QString());
    }
}

void TestCliVerbs::everyOptionIsExplained()
{
    // Except where the help says that there are more, and VirtualBox's inert ones.
    for (const char *name : {"createvm", "storagectl", "quickstart"}) {
        const Verb *verb = findVerb(QLatin1String(name));
        for (const OptionSpec &option : verb->options) {
            if (qstrcmp(option.name, "platform-architecture") == 0)
                continue;
            const QString text = QStringLiteral("--") + QLatin1String(option.name);
            QVERIFY2(helpText(*verb, "vitrinectl").contains(text), qPrintable(text));
        }
    }
}

void TestCliVerbs::manualAndCompletionsKnowEveryVerb()
{
    const QString manual = sourceText("resources/man/vitrinectl.1");
    const QString bash = sourceText("resources/completions/vitrinectl.bash");
    const QString zsh = sourceText("resources/completions/_vitrinectl");
    for (const Verb *verb : allVerbs()) {
        const QString name = QLatin1String(verb->name);
        QVERIFY2(manual.contains(".B " + name), verb->name);
        QVERIFY2(bash.contains(name), verb->name);
        QVERIFY2(zsh.contains(name), verb->name);
    }
}

void TestCliVerbs::noWordsShowTheOverview()
{
    QCOMPARE(say({"vitrinectl"}).exitCode, 2);
    const Said help = say({"/usr/bin/VBoxManage", "--help"});
    QCOMPARE(help.exitCode, 0);
    QVERIFY(help.out.startsWith("Usage:\n  VBoxManage"));
    QVERIFY(say({"vboxmanage", "--version"}).out.startsWith("7.0.26_Vitrine"));
}

void TestCliVerbs::unknownWordsAreSyntaxErrors()
{
    const Said verb = say({"vitrinectl", "frobnicate"});
    QCOMPARE(verb.exitCode, 2);
    QVERIFY(verb.err.startsWith("error: Unknown verb \"frobnicate\"\n"));
    const Said option = say({"VBoxManage", "list", "vms", "--frobnicate"});
    QCOMPARE(option.exitCode, 2);
    QVERIFY(option.err.startsWith("VBoxManage: error: Unknown option: --frobnicate\n"));
    QVERIFY(option.err.contains("Usage:"));
}

QTEST_GUILESS_MAIN(TestCliVerbs)
#include "tst_cli_verbs.moc"
