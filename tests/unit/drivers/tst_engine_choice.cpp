// SPDX-License-Identifier: GPL-3.0-or-later
// Which engine runs a machine, and what is said when it is not the one that was asked for.
#include "engine/drivers/engine_choice.h"
#include "engine/drivers/hardware_support.h"
#include "engine/drivers/swtpm_process.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

MachineDefinition plainMachine()
{
    MachineDefinition definition;
    definition.name = "m";
    return definition;
}

BuiltInAcceleration native()
{
    return {true, {Acceleration::Kind::Hardware, "KVM, built-in engine", {}, {}}};
}

// What the tests may use, and nobody else.
BuiltInAcceleration allowedEmulation()
{
    return {true, {Acceleration::Kind::Emulated, "KVM that emulates", "only emulates", "do this"}};
}

BuiltInAcceleration unusable()
{
    return {false, {Acceleration::Kind::Emulated, "Software", "only emulates", "Do this"}};
}

} // namespace

Q_DECLARE_METATYPE(engine::BuiltInAcceleration)

class TestEngineChoice final : public QObject
{
    Q_OBJECT
private slots:
    void theEngineIsChosen_data()
    {
        QTest::addColumn<int>("wanted");
        QTest::addColumn<bool>("hasSound");
        QTest::addColumn<bool>("hasTpm");
        QTest::addColumn<BuiltInAcceleration>("host");
        QTest::addColumn<QString>("savedBy");
        QTest::addColumn<QString>("expected"); // engine and why, or the error
        const auto row = [](const char *name, EngineChoice wanted, const char *parts,
                            const BuiltInAcceleration &host, const char *savedBy,
                            const char *expected) {
            const QString has = QString::fromLatin1(parts);
            QTest::newRow(name) << int(wanted) << has.contains("sound") << has.contains("tpm")
                                << host << QString(savedBy) << QString(expected);
        };
        using E = EngineChoice;
        row("auto, plain", E::Auto, "", native(), "", "kvm");
        row("auto, the sound card would be lost", E::Auto, "sound", native(), "", "qemu: It has no AC'97 sound card (Intel HD Audio it has)");
        row("auto, impossible", E::Auto, "tpm", native(), "", "qemu: It has no TPM 1.2 (TPM 2.0 it has)");
        row("auto, no KVM", E::Auto, "", unusable(), "", "qemu: only emulates");
        row("auto never takes a KVM that emulates", E::Auto, "", allowedEmulation(), "",
            "qemu: only emulates");
        row("qemu", E::Qemu, "", native(), "", "qemu");
        row("kvm", E::Kvm, "", native(), "", "kvm");
        row("kvm goes without that sound", E::Kvm, "sound", native(), "", "kvm");
        row("kvm for tests", E::Kvm, "", allowedEmulation(), "", "kvm");
        row("kvm, impossible", E::Kvm, "tpm", native(), "",
            "The machine \"m\" asks for the built-in engine (kvm), which cannot run it: It has no "
            "TPM 1.2 (TPM 2.0 it has) | Set the machine's engine to auto or qemu");
        row("kvm, no KVM", E::Kvm, "", unusable(), "",
            "The machine \"m\" asks for the built-in engine (kvm), which cannot run here: only "
            "emulates | Do this; or set the machine's engine to auto or qemu");
        row("saved by QEMU", E::Kvm, "", native(), "qemu 7.2.22",
            "qemu: The machine was saved by QEMU");
        row("saved by the built-in engine", E::Qemu, "", native(), "kvm 0.1.0", "kvm");
        row("saved by the built-in engine, no KVM now", E::Auto, "", unusable(), "kvm 0.1.0",
            "The machine \"m\" was saved by the built-in engine (kvm), which cannot run here: only "
            "emulates | Do this; or discard the saved state");
    }
    void theEngineIsChosen()
    {
        QFETCH(int, wanted);
        QFETCH(bool, hasSound);
        QFETCH(bool, hasTpm);
        QFETCH(BuiltInAcceleration, host);
        QFETCH(QString, savedBy);
        QFETCH(QString, expected);
        MachineDefinition definition = plainMachine();
        definition.engine = EngineChoice(wanted);
        definition.audio = hasSound ? AudioModel::Ac97 : AudioModel::Hda;
        definition.tpm = hasTpm ? TpmModel::Tpm12 : TpmModel::None;
        const Result<EngineDecision> decision = decideEngine(definition, savedBy, host);
        QString got;
        if (!decision) {
            QCOMPARE(decision.error().kind(), ErrorKind::Unsupported);
            got =
                QString::fromStdString(decision.error().text() + " | " + decision.error().remedy());
        } else {
            got = decision->engine == EngineChoice::Kvm ? "kvm" : "qemu";
            if (!decision->whyNotBuiltIn.isEmpty())
                got += ": " + decision->whyNotBuiltIn;
        }
        QCOMPARE(got, expected);
    }

    void severalMonitorsAreTheBuiltInEngines()
    {
        MachineDefinition definition = plainMachine();
        definition.video = VideoModel::Virtio;
        definition.monitors = 2;
        const auto decide = [&definition](const BuiltInAcceleration &host) -> QString {
            const Result<EngineDecision> decision = decideEngine(definition, {}, host);
            if (decision)
                return decision->engine == EngineChoice::Kvm ? "kvm" : "qemu";
            return QString::fromStdString(decision.error().text() + " | "
                                          + decision.error().remedy());
        };
        QCOMPARE(decide(native()), "kvm");
        definition.audio = AudioModel::Ac97; // which alone would speak for QEMU
        QCOMPARE(decide(native()), "kvm");
        QCOMPARE(decide(unusable()),
                 "The machine \"m\" has 2 monitors, which only the built-in engine (kvm) gives it: "
                 "only emulates | Do this; or give the machine one monitor");
        definition.tpm = TpmModel::Tpm12;
        QVERIFY(decide(native()).contains("no TPM 1.2"));
        definition.tpm = TpmModel::None;
        definition.engine = EngineChoice::Qemu;
        QCOMPARE(decide(native()),
                 "The machine \"m\" has 2 monitors, which only the built-in engine (kvm) gives it: "
                 "it asks for QEMU | Set the machine's engine to auto; or give the machine one "
                 "monitor");
        QCOMPARE(engineProblems(definition).size(), 1);
        QVERIFY(!supportsHardware(definition, Hardware::SeveralMonitors).isAvailable);
        definition.engine = EngineChoice::Kvm;
        QCOMPARE(decide(native()), "kvm");
        definition.osId = "win11";
        QVERIFY(decide(native()).contains("one monitor"));
        QVERIFY(supportsHardware(definition, Hardware::SeveralMonitors)
                    .reason.contains("Windows has no driver"));
        definition.monitors = 1;
        QCOMPARE(decide(native()), "kvm");
    }

    void settingsSayWhatSpeaksAgainstTheEngine()
    {
        qputenv("VITRINE_ACCELERATION", "none");
        MachineDefinition definition = plainMachine();
        definition.audio = AudioModel::Ac97;
        definition.tpm = TpmModel::Tpm12;
        QVERIFY(engineProblems(definition).isEmpty()); // auto finds a way
        definition.engine = EngineChoice::Kvm;
        const QList<DefinitionProblem> problems = engineProblems(definition);
        QCOMPARE(problems.size(), 3);
        QCOMPARE(problems[0].severity, DefinitionProblem::Severity::Error);
        QVERIFY(problems[0].text.contains("no TPM 1.2"));
        QCOMPARE(problems[1].severity, DefinitionProblem::Severity::Warning);
        QVERIFY(problems[1].text.contains("no AC'97"));
        QVERIFY(problems[2].text.contains("VITRINE_ACCELERATION"));
        for (const DefinitionProblem &problem : problems)
            QCOMPARE(problem.field, "engine");
        QVERIFY(!supportsHardware(definition, Hardware::BuiltInEngine).isAvailable);
        QVERIFY(!supportsHardware(definition, Hardware::Tpm12).isAvailable);
        QCOMPARE(supportsHardware(definition, Hardware::Tpm20).isAvailable,
                 checkTpmPrograms().has_value());
        QVERIFY(supportsHardware(definition, Hardware::NatNetwork).isAvailable);
        QVERIFY(supportsHardware(definition, Hardware::RemoteDisplay).isAvailable);
        definition.engine = EngineChoice::Qemu;
        QVERIFY(supportsHardware(definition, Hardware::RemoteDisplay).isAvailable);
    }
};

QTEST_GUILESS_MAIN(TestEngineChoice)
#include "tst_engine_choice.moc"
