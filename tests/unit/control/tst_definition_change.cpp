// SPDX-License-Identifier: GPL-3.0-or-later
// What changes of a machine's definition while it runs: what is done and written, what is refused
// and why. Over a real socket, with a fake driver.
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"
#include "tests/support/running_machine.h"

#include <QtCore/QJsonDocument>

using namespace engine;

namespace {

QJsonObject asJson(const MachineDefinition &definition)
{
    return QJsonDocument::fromJson(machineToJson(definition)).object();
}

} // namespace

class TestDefinitionChange : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aChangedMediumIsWrittenToTheDefinition()
    {
        fakes::RunningMachine machine;
        machine.open();
        const QString iso = machine.filePath("a.iso");
        QFile file(iso);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();

        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        bool isAnswered = false;
        client.call("machine.setMedium",
                    {{"controller", "SATA"}, {"port", 1}, {"device", 0}, {"path", iso}},
                    [&](Result<QJsonObject> answer) {
                        QVERIFY_OK(answer);
                        isAnswered = true;
                    });
        QTRY_VERIFY(isAnswered);
        const auto read = readMachine(machine.entry().definitionPath);
        QVERIFY_OK(read);
        QCOMPARE(read->definition.controllers.first().attachments.first().path, iso);

        // The guest opens the tray: gone from the definition as well.
        Q_EMIT machine.driver().mediumEjectedByGuest({"SATA", 1, 0});
        const auto again = readMachine(machine.entry().definitionPath);
        QVERIFY_OK(again);
        QVERIFY(again->definition.controllers.first().attachments.first().path.isEmpty());
    }

    void aMissingImageIsRefusedBeforeTheDriverHearsOfIt()
    {
        fakes::RunningMachine machine;
        machine.open();
        std::optional<Error> received;
        machine.session().changeMedium({"SATA", 1, 0}, "/nowhere/a.iso", false,
                                       [&](Result<> result) { received = result.error(); });
        QVERIFY(received.has_value());
        QCOMPARE(received->kind(), ErrorKind::NotFound);
        QCOMPARE(machine.driver().calls.size(), 1);
    }

    void whatMayChangeNowIsDoneAndWritten()
    {
        MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        definition.adapters.append({.mode = NetworkMode::Nat, .macAddress = "52:54:00:12:34:57"});
        fakes::RunningMachine machine(definition);
        machine.open();
        const QString iso = machine.filePath("a.iso");
        QFile file(iso);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        const MachineDefinition base = machine.session().entry().definition;
        MachineDefinition wanted = base;
        wanted.description = "new";
        wanted.isAutostartOn = true;
        wanted.extraData = {{"GUI/MenuBar/Enabled", "false"}};
        wanted.controllers[0].attachments[0].path = iso;
        wanted.adapters[0].isCableConnected = false;
        wanted.adapters[0].rateLimitKiBps = 100;
        wanted.adapters[1].isCableConnected = false;

        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        bool isAnswered = false;
        client.call("machine.changeDefinition",
                    {{"definition", asJson(wanted)}, {"base", asJson(base)}},
                    [&](Result<QJsonObject> answer) {
                        QVERIFY_OK(answer);
                        isAnswered = true;
                    });
        QTRY_VERIFY(isAnswered);
        QCOMPARE(
            machine.driver().calls.mid(1),
            (QStringList{"setMedium SATA/1/0 " + iso, "changeAdapter 0 nat", "setLink 1 off"}));
        const auto read = readMachine(machine.entry().definitionPath);
        QVERIFY_OK(read);
        QCOMPARE(read->definition, wanted);
        QTRY_COMPARE(client.status().extraData, wanted.extraData);
    }

    void clipboardAndDropsAreSwitchedWhileItRuns()
    {
        fakes::RunningMachine machine;
        machine.open();
        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        client.call("machine.setSharing", {{"clipboard", "hosttoguest"}});
        QTRY_COMPARE(client.status().clipboard, SharingMode::HostToGuest);
        QCOMPARE(client.status().dragAndDrop, SharingMode::Disabled);
        client.call("machine.setSharing", {{"dragAndDrop", "bidirectional"}});
        QTRY_COMPARE(client.status().dragAndDrop, SharingMode::Bidirectional);
        bool isRefused = false;
        client.call("machine.setSharing", {{"clipboard", "sideways"}},
                    [&isRefused](Result<QJsonObject> answer) { isRefused = !answer; });
        QTRY_VERIFY(isRefused);
        const auto read = readMachine(machine.entry().definitionPath);
        QVERIFY_OK(read);
        QCOMPARE(read->definition.clipboard, SharingMode::HostToGuest);
        QCOMPARE(read->definition.dragAndDrop, SharingMode::Bidirectional);
    }

    void soundIsSwitchedWhileItRuns()
    {
        fakes::RunningMachine machine;
        machine.open();
        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        std::optional<Error> refusal;
        const auto keep = [&refusal](const Result<QJsonObject> &answer) {
            if (!answer)
                refusal = answer.error();
        };
        client.call("machine.setAudio", {{"output", false}}, keep);
        QTRY_VERIFY(refusal.has_value());
        QVERIFY(errorText(*refusal).contains("no sound card"));

        MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        definition.audio = AudioModel::Hda;
        fakes::RunningMachine loud(definition);
        loud.open();
        ControlClient other;
        other.connectTo(loud.socketPath());
        QTRY_VERIFY(other.isConnected());
        QVERIFY(other.status().isAudioOutputOn);
        other.call("machine.setAudio", {{"output", false}});
        QTRY_VERIFY(!other.status().isAudioOutputOn);
        QVERIFY(!other.status().isAudioInputOn);
        other.call("machine.setAudio", {{"input", true}, {"output", true}});
        QTRY_VERIFY(other.status().isAudioInputOn);
        QVERIFY(other.status().isAudioOutputOn);
        QCOMPARE(loud.driver().calls.mid(1),
                 (QStringList{"audioOutput off", "audioOutput on", "audioInput on"}));
        const auto read = readMachine(loud.entry().definitionPath);
        QVERIFY_OK(read);
        QVERIFY(read->definition.isAudioInputOn);

        // What the driver cannot do is refused with its words, and stays as it was.
        loud.driver().unsupported.insert(Feature::AudioInputSwitch, "started without a microphone");
        refusal.reset();
        other.call("machine.setAudio", {{"input", false}}, keep);
        QTRY_VERIFY(refusal.has_value());
        QVERIFY(QString::fromStdString(refusal->remedy()).contains("without a microphone"));
        QVERIFY(other.status().isAudioInputOn);
    }

    void theBalloonIsChangedWhileItRuns()
    {
        fakes::RunningMachine machine;
        machine.open();
        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        QString answer;
        const auto change = [&](int mebibytes) {
            MachineDefinition wanted = machine.entry().definition;
            wanted.balloonMiB = mebibytes;
            answer.clear();
            client.call("machine.changeDefinition",
                        {{"definition", QJsonDocument::fromJson(machineToJson(wanted)).object()}},
                        [&answer](const Result<QJsonObject> &result) {
                            answer = result ? "ok"
                                            : errorText(result.error()) + ". "
                                    + QString::fromStdString(result.error().remedy());
                        });
            return QTest::qWaitFor([&answer] { return !answer.isEmpty(); });
        };
        QVERIFY(change(64));
        QCOMPARE(answer, "ok");
        QCOMPARE(machine.driver().calls.mid(1), QStringList{"balloon 64"});
        const auto read = readMachine(machine.entry().definitionPath);
        QVERIFY_OK(read);
        QCOMPARE(read->definition.balloonMiB, 64);
        // It would leave the guest next to nothing.
        QVERIFY(change(machine.entry().definition.memoryMiB));
        QVERIFY2(answer.contains("memory balloon can take up to"), qPrintable(answer));
        machine.driver().unsupported.insert(Feature::MemoryBalloon, "no balloon here");
        QVERIFY(change(32));
        QVERIFY2(answer.contains("no balloon here"), qPrintable(answer));
    }

    void theRemoteScreenChangesWhileTheMachineRuns()
    {
        fakes::RunningMachine machine;
        machine.open();
        const auto change = [&machine](bool isOn, const QString &ports) {
            MachineDefinition wanted = machine.session().entry().definition;
            wanted.remoteDisplay.isEnabled = isOn;
            wanted.remoteDisplay.ports = ports;
            std::optional<Result<>> done;
            machine.session().changeDefinition(wanted, std::nullopt,
                                               [&](Result<> result) { done = std::move(result); });
            return QTest::qWaitFor([&done] { return done.has_value(); }) && done->has_value();
        };
        machine.driver().calls.clear();
        QVERIFY(change(false, "5900")); // of one that is off, nobody but the definition knows
        QVERIFY(machine.driver().calls.isEmpty());
        QVERIFY(change(true, "5900-5910"));
        QVERIFY(change(false, "5900-5910"));
        QCOMPARE(machine.driver().calls,
                 (QStringList{"remoteDisplay on 5900-5910", "remoteDisplay off 5900-5910"}));
        machine.driver().unsupported.insert(Feature::RemoteDisplayChange, "QEMU does not");
        QVERIFY(!change(true, "5900-5910"));
        QVERIFY(!machine.session().entry().definition.remoteDisplay.isEnabled);
    }

    void whatNeedsPowerOffIsRefusedByName()
    {
        fakes::RunningMachine machine;
        machine.open();
        MachineDefinition wanted = machine.session().entry().definition;
        wanted.description = "new";
        wanted.memoryMiB = 2048;
        wanted.cpus = 2;
        std::optional<Error> error;
        machine.session().changeDefinition(wanted, std::nullopt,
                                           [&](Result<> result) { error = result.error(); });
        QVERIFY(error.has_value());
        const QString text = QString::fromStdString(error->text());
        QVERIFY2(text.contains("the memory, the number of processors"), qPrintable(text));
        QVERIFY(QString::fromStdString(error->remedy()).contains("Power the machine off"));
        QVERIFY(machine.session().entry().definition.description.isEmpty());
        const auto read = readMachine(machine.entry().definitionPath);
        QVERIFY_OK(read);
        QCOMPARE(read->definition.memoryMiB, 1024);
    }

    void aChangeMadeOnAnOldDefinitionIsRefused()
    {
        fakes::RunningMachine machine;
        machine.open();
        MachineDefinition base = machine.session().entry().definition;
        base.description = "another";
        MachineDefinition wanted = base;
        wanted.description = "mine";
        std::optional<Error> error;
        machine.session().changeDefinition(wanted, base,
                                           [&](Result<> result) { error = result.error(); });
        QVERIFY(error.has_value());
        QCOMPARE(error->kind(), ErrorKind::Busy);
        QVERIFY(machine.session().entry().definition.description.isEmpty());
    }

    void newMistakesAreRefusedAndOldOnesAreNot()
    {
        MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        definition.groups = {"no slash"};
        fakes::RunningMachine machine(definition);
        machine.open();
        MachineDefinition wanted = machine.session().entry().definition;
        wanted.description = "new";
        bool isDone = false;
        machine.session().changeDefinition(wanted, std::nullopt, [&](Result<> result) {
            QVERIFY_OK(result);
            isDone = true;
        });
        QVERIFY(isDone);
        wanted.groups = {"/good", "bad"};
        std::optional<Error> error;
        machine.session().changeDefinition(wanted, std::nullopt,
                                           [&](Result<> result) { error = result.error(); });
        QVERIFY(error.has_value());
        QCOMPARE(error->kind(), ErrorKind::Invalid);
    }

    void whatTheDriverDidBeforeAFailureIsKept()
    {
        MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        definition.adapters.append({.mode = NetworkMode::Nat, .macAddress = "52:54:00:12:34:57"});
        fakes::RunningMachine machine(definition);
        machine.open();
        MachineDefinition wanted = machine.session().entry().definition;
        wanted.description = "new";
        wanted.adapters[0].isCableConnected = false;
        wanted.adapters[1].isCableConnected = false;
        machine.driver().failAfter = 1;
        machine.driver().nextFailure = Error(ErrorKind::Io, "The cable is stuck");
        std::optional<Error> error;
        machine.session().changeDefinition(wanted, std::nullopt,
                                           [&](Result<> result) { error = result.error(); });
        QVERIFY(error.has_value());
        QVERIFY(error->text().find("Only some") != std::string::npos);
        const auto read = readMachine(machine.entry().definitionPath);
        QVERIFY_OK(read);
        QVERIFY(!read->definition.adapters[0].isCableConnected);
        QVERIFY(read->definition.adapters[1].isCableConnected);
        QVERIFY(read->definition.description.isEmpty());
    }

    void anImagesFormatIsFixedAtTheFirstStart()
    {
        MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        QTemporaryDir folder;
        const QString path = folder.filePath("disk.img");
        QFile disk(path);
        QVERIFY(disk.open(QIODevice::WriteOnly));
        QVERIFY(disk.resize(1 << 20));
        definition.controllers[0].attachments.append(
            {.kind = MediumKind::HardDisk, .port = 0, .path = path});
        fakes::RunningMachine machine(definition);
        machine.open();
        machine.close();

        // The guest writes what looks like another format's header.
        QVERIFY(disk.seek(0));
        disk.write("QFI\xfb", 4);
        disk.close();
        machine.open();
        const auto read = readMachine(machine.entry().definitionPath);
        QVERIFY_OK(read);
        QCOMPARE(read->definition.controllers[0].attachments[1].format, QStringLiteral("raw"));
    }
};

QTEST_GUILESS_MAIN(TestDefinitionChange)
#include "tst_definition_change.moc"
