// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"
#include "tests/support/test_main.h"

using namespace app;
using engine::ErrorKind;

namespace {

int forwardWords(const QString &first)
{
    return first == QLatin1String("delete") ? 2 : 1;
}

constexpr OptionSpec Specs[] = {
    {.name = "os-type", .value = "<type>"},
    {.name = "register"},
    {.name = "long", .aliases = "l"},
    {.name = "nic", .value = "<mode>", .isNumbered = true},
    {.name = "nat-pf", .value = "<rule>", .isNumbered = true, .wordCount = forwardWords},
    {.name = "x2apic", .value = "on|off"},
    {.name = "type", .value = "<type>"},
};

} // namespace

class TestCliArguments : public QObject
{
    Q_OBJECT
private slots:
    void bothSpellingsOfAValue();
    void dashesInsideANameDoNotMatter();
    void numbersAreGlued();
    void aNumberIsNotInventedForPlainOptions();
    void deleteTakesAnotherWord();
    void optionsRepeatInOrder();
    void optionsStandAnywhere();
    void oneDashBeforeALongName();
    void everythingAfterLiteralWordsIsPlain();
    void mistakes_data();
    void mistakes();
    void responseFilesAreQuotedLikeAShell();
    void anOpenQuoteIsAnError();
    void numbersAreBounded();
};

void TestCliArguments::bothSpellingsOfAValue()
{
    for (const QStringList &words :
         {QStringList{"--os-type", "Debian_64"}, QStringList{"--os-type=Debian_64"}}) {
        const auto arguments = parseArguments(words, Specs);
        QVERIFY_OK(arguments);
        QCOMPARE(arguments->value("os-type"), QStringLiteral("Debian_64"));
        QVERIFY(arguments->words.isEmpty());
    }
    const auto empty = parseArguments({"--os-type="}, Specs);
    QVERIFY_OK(empty);
    QVERIFY(empty->has("os-type"));
    QCOMPARE(empty->value("os-type"), QString());
}

void TestCliArguments::dashesInsideANameDoNotMatter()
{
    const auto arguments =
        parseArguments({"--ostype", "a", "--natpf1", "b", "--nat-pf2", "c"}, Specs);
    QVERIFY_OK(arguments);
    QCOMPARE(arguments->value("os-type"), QStringLiteral("a"));
    QCOMPARE(arguments->options.at(1).name, QStringLiteral("nat-pf"));
    QCOMPARE(arguments->options.at(1).number, 1);
    QCOMPARE(arguments->options.at(2).number, 2);
    QCOMPARE(arguments->options.at(2).display(), QStringLiteral("--nat-pf2"));
}

void TestCliArguments::numbersAreGlued()
{
    const auto arguments = parseArguments({"--nic1", "nat", "--nic36=none"}, Specs);
    QVERIFY_OK(arguments);
    QCOMPARE(arguments->options.at(0).number, 1);
    QCOMPARE(arguments->options.at(1).number, 36);
    QVERIFY_ERROR(parseArguments({"--nic", "nat"}, Specs), ErrorKind::Invalid);
    QVERIFY_ERROR(parseArguments({"--nic0", "nat"}, Specs), ErrorKind::Invalid);
}

void TestCliArguments::aNumberIsNotInventedForPlainOptions()
{
    QVERIFY_ERROR(parseArguments({"--ostype1", "a"}, Specs), ErrorKind::Invalid);
    const auto arguments = parseArguments({"--x2apic", "on"}, Specs);
    QVERIFY_OK(arguments);
    QCOMPARE(arguments->options.first().number, 0);
}

void TestCliArguments::deleteTakesAnotherWord()
{
    const auto arguments =
        parseArguments({"vm", "--natpf1", "delete", "ssh", "--natpf1", "a,tcp,,1,,2"}, Specs);
    QVERIFY_OK(arguments);
    QCOMPARE(arguments->options.at(0).values, QStringList({"delete", "ssh"}));
    QCOMPARE(arguments->options.at(1).values, QStringList({"a,tcp,,1,,2"}));
    QVERIFY_ERROR(parseArguments({"vm", "--natpf1", "delete"}, Specs), ErrorKind::Invalid);
}

void TestCliArguments::optionsRepeatInOrder()
{
    const auto arguments = parseArguments({"--type", "gui", "--type", "headless"}, Specs);
    QVERIFY_OK(arguments);
    QCOMPARE(arguments->options.size(), 2);
    QCOMPARE(arguments->value("type"), QStringLiteral("headless"));
}

void TestCliArguments::optionsStandAnywhere()
{
    const auto arguments = parseArguments({"--register", "name", "-l"}, Specs);
    QVERIFY_OK(arguments);
    QCOMPARE(arguments->words, QStringList{"name"});
    QVERIFY(arguments->has("register"));
    QVERIFY(arguments->has("long"));
}

void TestCliArguments::oneDashBeforeALongName()
{
    const auto arguments = parseArguments({"vm", "-type", "headless"}, Specs);
    QVERIFY_OK(arguments);
    QCOMPARE(arguments->value("type"), QStringLiteral("headless"));
}

void TestCliArguments::everythingAfterLiteralWordsIsPlain()
{
    const auto arguments = parseArguments({"vm", "keyboardputstring", "--nic1", "-l"}, Specs, 2);
    QVERIFY_OK(arguments);
    QCOMPARE(arguments->words, QStringList({"vm", "keyboardputstring", "--nic1", "-l"}));
    const auto dashes = parseArguments({"--", "--nic1"}, Specs);
    QVERIFY_OK(dashes);
    QCOMPARE(dashes->words, QStringList{"--nic1"});
}

void TestCliArguments::mistakes_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("said");
    QTest::newRow("unknown") << QStringList{"--nonsense"} << "Unknown option: --nonsense";
    QTest::newRow("unknown single") << QStringList{"-z"} << "Unknown option: -z";
    QTest::newRow("letter after two dashes") << QStringList{"--l"} << "Unknown option: --l";
    QTest::newRow("no value") << QStringList{"--type"} << "--type needs a value";
    QTest::newRow("value for a flag") << QStringList{"--register=yes"} << "takes no value";
}

void TestCliArguments::mistakes()
{
    QFETCH(QStringList, words);
    QFETCH(QString, said);
    const auto arguments = parseArguments(words, Specs);
    QVERIFY_ERROR(arguments, ErrorKind::Invalid);
    const QString text = QString::fromStdString(arguments.error().text());
    QVERIFY2(text.contains(said), qPrintable(text));
}

void TestCliArguments::responseFilesAreQuotedLikeAShell()
{
    const auto words = splitShellWords(
        QStringLiteral("modifyvm 'my vm' --description \"a \\\"b\\\" \\c\"\n  x\\ y '' \\\n z"));
    QVERIFY_OK(words);
    QCOMPARE(*words,
             QStringList({"modifyvm", "my vm", "--description", "a \"b\" \\c", "x y", "", "z"}));
}

void TestCliArguments::anOpenQuoteIsAnError()
{
    QVERIFY_ERROR(splitShellWords(QStringLiteral("a 'b")), ErrorKind::Invalid);
}

void TestCliArguments::numbersAreBounded()
{
    QCOMPARE(*toNumber("12", "--cpus", 1, 64), 12);
    QCOMPARE(*toNumber("0x10", "--cpus", 1, 64), 16);
    QVERIFY_ERROR(toNumber("65", "--cpus", 1, 64), ErrorKind::Invalid);
    QVERIFY_ERROR(toNumber("two", "--cpus", 1, 64), ErrorKind::Invalid);
    QVERIFY_ERROR(toNumber("", "--cpus", 1, 64), ErrorKind::Invalid);
    QCOMPARE(*toSwitch("On", "--pae"), true);
    QCOMPARE(*toSwitch("off", "--pae"), false);
    QVERIFY_ERROR(toSwitch("maybe", "--pae"), ErrorKind::Invalid);
}

QTEST_GUILESS_MAIN(TestCliArguments)
#include "tst_cli_arguments.moc"
