// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"
#include "tests/support/test_main.h"

using namespace app;
using engine::Error;
using engine::ErrorKind;

class TestCliOutput : public QObject
{
    Q_OBJECT
private slots:
    void valuesAreEscaped();
    void keysWithBlanksAreQuoted();
    void labelsKeepTheirColumn();
    void nativeErrorsShowTheChainAndAHint();
    void everyVirtualBoxLineIsPrefixed();
    void syntaxErrorsCarryNoCode();
    void channelsStayApartAndInOrder();
    void progressNamesEveryTen();
};

void TestCliOutput::valuesAreEscaped()
{
    QCOMPARE(keyValue("name", "a \"b\" c\\d"), QStringLiteral("name=\"a \\\"b\\\" c\\\\d\"\n"));
    QCOMPARE(keyNumber("memory", 1024), QStringLiteral("memory=1024\n"));
}

void TestCliOutput::keysWithBlanksAreQuoted()
{
    QCOMPARE(keyValue("SATA Controller-0-0", "none"),
             QStringLiteral("\"SATA Controller-0-0\"=\"none\"\n"));
}

void TestCliOutput::labelsKeepTheirColumn()
{
    QCOMPARE(labelled("UUID", "1", 16), QStringLiteral("UUID:           1\n"));
    QCOMPARE(labelled("LongerThanThat", "1", 4), QStringLiteral("LongerThanThat: 1\n"));
    // Nothing is trimmed: readers split at the blanks.
    QCOMPARE(labelled("IPV6Address", "", 17), QStringLiteral("IPV6Address:     \n"));
}

void TestCliOutput::nativeErrorsShowTheChainAndAHint()
{
    const Outcome outcome(Error(ErrorKind::Io, "the disk is gone")
                              .context("Cannot start \"a\"")
                              .withRemedy("Plug it in"));
    QCOMPARE(outcome.exitCode(), 1);
    QCOMPARE(formatOutcome(outcome, Dialect::Native, "vitrinectl"),
             QStringLiteral("error: Cannot start \"a\": the disk is gone\nhint: Plug it in\n"));
}

void TestCliOutput::everyVirtualBoxLineIsPrefixed()
{
    const Outcome outcome = Outcome(Error(ErrorKind::NotFound, "No such machine"));
    QCOMPARE(formatOutcome(outcome, Dialect::VirtualBox, "VBoxManage"),
             QStringLiteral(
                 "VBoxManage: error: No such machine\n"
                 "VBoxManage: error: Details: code VBOX_E_OBJECT_NOT_FOUND (0x80bb0001), component "
                 "VirtualBoxWrap, interface IVirtualBox, callee nsISupports\n"));
    const Outcome wrongState =
        Outcome::failure(ResultCode::InvalidVmState, "The machine is not powered off");
    QVERIFY(formatOutcome(wrongState, Dialect::VirtualBox, "VBoxManage")
                .contains("VBOX_E_INVALID_VM_STATE (0x80bb0002)"));
}

void TestCliOutput::syntaxErrorsCarryNoCode()
{
    const Outcome outcome = Outcome::syntax(QStringLiteral("Unknown option: --x"));
    QCOMPARE(outcome.exitCode(), 2);
    QCOMPARE(formatOutcome(outcome, Dialect::VirtualBox, "VBoxManage"),
             QStringLiteral("VBoxManage: error: Unknown option: --x\n"));
    QCOMPARE(formatOutcome(Outcome(), Dialect::Native, "vitrinectl"), QString());
}

void TestCliOutput::channelsStayApartAndInOrder()
{
    QByteArray all;
    {
        Output output([&](const QByteArray &bytes) { all += "out:" + bytes; },
                      [&](const QByteArray &bytes) { all += "err:" + bytes; });
        output.line(QStringLiteral("a"));
        output.line(QStringLiteral("b"));
        output.note(QStringLiteral("c\n"));
        output.line(QStringLiteral("d"));
    }
    QCOMPARE(all, QByteArray("out:a\nb\nerr:c\nout:d\n"));
}

void TestCliOutput::progressNamesEveryTen()
{
    QByteArray notes;
    Output output([](const QByteArray &) {}, [&](const QByteArray &bytes) { notes += bytes; });
    ProgressLine progress(output);
    progress.setPercent(9);
    progress.setPercent(25);
    progress.setPercent(25);
    QCOMPARE(notes, QByteArray("0%...10%...20%..."));
    progress.finish();
    QCOMPARE(notes,
             QByteArray("0%...10%...20%...30%...40%...50%...60%...70%...80%...90%...100%\n"));
}

QTEST_GUILESS_MAIN(TestCliOutput)
#include "tst_cli_output.moc"
