// SPDX-License-Identifier: GPL-3.0-or-later
// What hangs on a machine of the built-in engine and changes while it runs.
#include "engine/host/sound_protocol.h"
#include "tests/support/kvm_driver_fixture.h"

using namespace engine;
using namespace std::chrono_literals;
using fakes::texts;
using Fixture = fakes::KvmDriverFixture;

class TestKvmDevices final : public QObject
{
    Q_OBJECT
private slots:
    void serialPortsHaveTheirOtherEnds()
    {
        Fixture f;
        f.definition.serialPorts = {
            {.isEnabled = true},
            {},
            {.isEnabled = true, .mode = SerialMode::File, .path = "com3.txt"}};
        QVERIFY(QDir().mkpath(f.place.runFolder));
        QLocalServer session; // which listens for the machine's windows
        QVERIFY(session.listen(serialSocketPath(f.place.runFolder, 0)));
        QVERIFY(f.run());
        QVERIFY(session.waitForNewConnection(5000));
        QVERIFY(f.machine.config.serialPorts[0] != nullptr);
        QVERIFY(f.machine.config.serialPorts[1] == nullptr);
        QVERIFY(f.machine.config.serialPorts[2] != nullptr);
        QVERIFY(QFile::exists(f.folder.path() + "/com3.txt"));

        Fixture other;
        other.definition.serialPorts = {
            {.isEnabled = true, .mode = SerialMode::SocketClient, .path = "nobody.sock"}};
        other.start();
        QVERIFY(other.waitFor(Driver::State::Off));
        QVERIFY2(other.errorLine().contains("Serial port COM1: "), qPrintable(other.errorLine()));
    }

    void aDiscIsChanged()
    {
        Fixture f;
        QVERIFY(f.run());
        const StorageSlot slot{"SATA", 1, 0};
        f.driver->changeMedium(slot, "c.iso", false, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(texts(f.machine.seen()).mid(5),
                 QStringList({"open c.iso", "medium 1 image", "changeMedium", "closed b.iso"}));
        f.driver->changeMedium(slot, "c.iso", false, f.reply()); // it is there
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        f.driver->changeMedium(slot, {}, true, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QTRY_VERIFY(f.machine.has("closed c.iso"));
        QVERIFY(f.machine.has("medium 1 eject force"));
    }

    void aLockedTrayIsAskedForAWhile()
    {
        Fixture f;
        QVERIFY(f.run());
        f.machine.failNext("changeMedium", Error(ErrorKind::Busy, "locked"));
        f.machine.failNext("changeMedium", Error(ErrorKind::Busy, "locked"));
        f.driver->changeMedium({"SATA", 1, 0}, "c.iso", false, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(std::count(f.machine.calls.begin(), f.machine.calls.end(), "medium 1 image"), 3);
    }

    void aTrayThatStaysLockedIsBusy()
    {
        Fixture f;
        QVERIFY(f.run());
        for (int i = 0; i < 100; ++i)
            f.machine.failNext("changeMedium", Error(ErrorKind::Busy, "locked"));
        f.driver->changeMedium({"SATA", 1, 0}, {}, false, f.reply());
        f.machine.hold("nothing");
        QString second;
        f.driver->changeMedium({"SATA", 1, 0}, "c.iso", false, [&](const Result<> &result) {
            second = result ? "ok" : QString::fromStdString(result.error().text());
        });
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Busy);
        QVERIFY2(f.answer.startsWith("The guest has locked the drive (SATA, port 1, device 0)"),
                 qPrintable(f.answer));
        QVERIFY(second.contains("is being changed already"));
    }

    void whatIsNoDriveIsNotChanged_data()
    {
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("expected");
        QTest::newRow("hard disk") << 0 << "c.iso"
                                   << "A hard disk (SATA, port 0, device 0) cannot";
        QTest::newRow("no drive") << 4 << "c.iso"
                                  << "There is no drive at SATA, port 4, device 0";
        QTest::newRow("no file") << 1 << "d.iso"
                                 << "There is no file";
    }

    void whatIsNoDriveIsNotChanged()
    {
        QFETCH(int, port);
        QFETCH(QString, path);
        QFETCH(QString, expected);
        Fixture f;
        QVERIFY(f.run());
        f.driver->changeMedium({"SATA", port, 0}, path, false, f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY2(f.answer.startsWith(expected), qPrintable(f.answer));
        QVERIFY(!f.machine.has("changeMedium"));
    }

    void aDiscThatCannotBeOpenedLeavesTheOldOne()
    {
        Fixture f;
        QVERIFY(f.run());
        f.machine.failNext("open c.iso", Error(ErrorKind::Denied, "locked by another"));
        f.driver->changeMedium({"SATA", 1, 0}, "c.iso", false, f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY2(f.answer.endsWith("c.iso\": locked by another"), qPrintable(f.answer));
        QVERIFY(!f.machine.has("changeMedium"));
        QVERIFY(!f.machine.has("closed b.iso"));
    }

    void theGuestEjects()
    {
        Fixture f;
        QVERIFY(f.run());
        QSignalSpy ejected(f.driver.get(), &Driver::mediumEjectedByGuest);
        f.machine.events->mediumEjected(1);
        f.machine.events->mediumEjected(1); // empty already
        f.machine.events->mediumEjected(77);
        QTRY_COMPARE(ejected.size(), 1);
        QCOMPARE(ejected[0][0].value<StorageSlot>(), (StorageSlot{"SATA", 1, 0}));
        f.driver->changeMedium({"SATA", 1, 0}, "b.iso", false, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QVERIFY(f.machine.has("medium 1 image"));
    }

    void theCableIsPulled()
    {
        Fixture f;
        f.definition.adapters[0].mode = NetworkMode::Internal;
        f.definition.adapters[0].internalNetwork = "kvm-driver-test";
        QVERIFY(f.run());
        f.driver->setLinkConnected(0, false, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QVERIFY(f.machine.has("link 0 down"));
        f.driver->setLinkConnected(0, true, f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY(f.machine.has("link 0 up"));
        f.driver->setLinkConnected(3, true, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::NotFound);
    }

    void anotherNetworkLooksLikeAnotherCable()
    {
        Fixture f;
        f.definition.adapters[0].mode = NetworkMode::Internal;
        f.definition.adapters[0].internalNetwork = "kvm-driver-test";
        QVERIFY(f.run());
        NetworkAdapter wanted = f.definition.adapters[0];
        wanted.internalNetwork = "kvm-driver-other";
        f.driver->changeAdapter(0, wanted, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QTRY_VERIFY(f.machine.has("link 0 up"));
        QCOMPARE(texts(f.machine.seen()).mid(5), QStringList({"link 0 down", "link 0 up"}));
        wanted.model = NicModel::E1000;
        f.driver->changeAdapter(0, wanted, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Unsupported);
        QCOMPARE(f.driver->connections().size(), 0);
    }

    void usbDevicesComeAndGo()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(f.machine.config.hasUsb);
        QCOMPARE(int(f.machine.config.pointer), int(VmPointer::UsbTablet));
        QVERIFY(f.driver->supports(Feature::UsbPassthrough).isAvailable);
        const auto node = [] { return Fd(::open("/dev/null", O_RDWR | O_CLOEXEC)); };
        f.machine.calls.clear();
        QSignalSpy detached(f.driver.get(), &Driver::usbDetached);
        f.driver->attachUsb({"usb-1", "Stick", UsbSpeed::High}, node(), f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        f.driver->attachUsb({"usb-1", "Stick", UsbSpeed::High}, node(), f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Busy);
        f.driver->detachUsb("usb-1", f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(texts(f.machine.seen()), QStringList({"openUsb", "plugUsb", "unplugUsb 1"}));
        f.driver->detachUsb("usb-1", f.reply()); // gone already
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");

        // It leaves by itself.
        f.driver->attachUsb({"usb-2", "Stick", UsbSpeed::High}, node(), f.reply());
        QVERIFY(f.isAnswered());
        f.usbLeft();
        QTRY_COMPARE(detached.size(), 1);
        QCOMPARE(detached.first().at(0).toString(), "usb-2");
        QVERIFY(f.machine.has("unplugUsb 2"));

        // It is given back before it is there.
        f.machine.hold("openUsb");
        f.driver->attachUsb({"usb-3", "Stick", UsbSpeed::High}, node(), {});
        f.driver->detachUsb("usb-3", f.reply());
        f.machine.release();
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QVERIFY(f.machine.has("unplugUsb 3"));
        QCOMPARE(detached.size(), 1);
    }

    void aUsbDeviceThatCannotBeHadSaysWhy()
    {
        Fixture f;
        QVERIFY(f.run());
        f.machine.failNext("openUsb", Error(ErrorKind::Busy, "Somebody has it"));
        f.driver->attachUsb({"usb-1", "Stick", UsbSpeed::High},
                            Fd(::open("/dev/null", O_RDWR | O_CLOEXEC)), f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY2(f.answer.contains("\"Stick\"") && f.answer.contains("Somebody has it"),
                 qPrintable(f.answer));
        QVERIFY(!f.machine.has("plugUsb"));
        f.driver->attachUsb({"usb-1", "Stick", UsbSpeed::High},
                            Fd(::open("/dev/null", O_RDWR | O_CLOEXEC)), f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
    }

    void aStickOfFilesIsReadOnly()
    {
        Fixture f;
        QVERIFY(f.run());
        f.driver->attachUsbStick({"stick", "Files", UsbSpeed::High}, f.folder.path() + "/c.iso",
                                 f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QVERIFY(f.machine.has("open c.iso"));
        const QStringList calls = texts(f.machine.seen());
        QCOMPARE(calls.filter(QRegularExpression("^stick [0-9A-F]{12} read-only$")).size(), 1);
        f.driver->detachUsb("stick", f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY(f.machine.has("closed c.iso"));
    }

    void aMachineWithoutAUsbControllerTakesNoDevice()
    {
        Fixture f;
        f.definition.usb = UsbController::None;
        QVERIFY(f.run());
        QVERIFY(!f.machine.config.hasUsb);
        QVERIFY(f.driver->supports(Feature::UsbPassthrough).reason.contains("no USB controller"));
        f.driver->attachUsb({"usb-1", "Stick", UsbSpeed::High}, Fd(), f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Unsupported);
    }

    void theGuestsSoundIsSwitched()
    {
        Fixture f;
        f.definition.audio = AudioModel::Hda;
        f.soundProgram = f.folder.path() + "/sound";
        Fixture::write(f.soundProgram, "#!/bin/sh\necho ready\nexec sleep 600\n");
        QFile::setPermissions(f.soundProgram, QFile::ReadOwner | QFile::ExeOwner);
        f.make();
        QVERIFY(f.driver->supports(Feature::AudioOutputSwitch).isAvailable);
        QVERIFY(f.run());
        QTRY_VERIFY(f.driver->supports(Feature::AudioOutputSwitch).isAvailable);
        for (const bool isOn : {false, true}) {
            f.driver->setAudioOutput(isOn, f.reply());
            QVERIFY(f.isAnswered());
            QCOMPARE(f.answer, "ok");
            f.driver->setAudioInput(isOn, f.reply());
            QVERIFY(f.isAnswered());
            QCOMPARE(f.answer, "ok");
        }
    }

    void whatTheGuestPlaysCanBeHeard()
    {
        Fixture f;
        f.make();
        QVERIFY(f.driver->supports(Feature::SoundTap).isAvailable);
        QVERIFY_ERROR(f.driver->tapSound(), ErrorKind::Unsupported);
        QVERIFY(f.run());
        QVERIFY(f.driver->supports(Feature::SoundTap).reason.contains("no sound card"));
        QVERIFY_ERROR(f.driver->tapSound(), ErrorKind::Unsupported);

        Fixture loud;
        loud.definition.audio = AudioModel::Hda;
        loud.soundProgram = loud.folder.path() + "/sound";
        Fixture::write(loud.soundProgram, "#!/bin/sh\nexec sleep 600\n"); // it never plays
        QFile::setPermissions(loud.soundProgram, QFile::ReadOwner | QFile::ExeOwner);
        QVERIFY(loud.run());
        QVERIFY(loud.driver->supports(Feature::SoundTap).isAvailable);
        const auto output = loud.machine.config.sound->openOutput(44100);
        {
            const Result<Fd> tap = loud.driver->tapSound();
            QVERIFY_OK(tap);
            output->push(std::vector<std::int16_t>(20, 7));
            SoundPacket packet;
            const auto receive = [&] {
                return ::recv(tap->get(), &packet, sizeof packet, MSG_DONTWAIT);
            };
            QCOMPARE(receive(), ssize_t(sizeof packet.message));
            QCOMPARE(int(packet.message.word), int(SoundWord::OpenOutput));
            QCOMPARE(packet.message.value, 44100U);
            QCOMPARE(receive(), ssize_t(sizeof packet.message + 40));
            QCOMPARE(int(packet.message.word), int(SoundWord::Samples));
            QCOMPARE(packet.samples[19], std::int16_t(7));
        }
        // Who has gone makes room for the next.
        for (int i = 0; i < 8; ++i)
            QVERIFY(QTest::qWaitFor([&] { return loud.driver->tapSound().has_value(); }));
        std::vector<Fd> many;
        Result<Fd> last = Error(ErrorKind::Io, "none");
        while ((last = loud.driver->tapSound()) && many.size() < 100)
            many.push_back(std::move(*last));
        QVERIFY(many.size() < 100);
        QCOMPARE(last.error().kind(), ErrorKind::Busy);
        loud.driver->powerOff(loud.reply());
        QVERIFY(loud.isAnswered());
        QVERIFY_ERROR(loud.driver->tapSound(), ErrorKind::Unsupported);
    }

    void withoutAHelperTheMachineRunsSilently()
    {
        Fixture f;
        f.definition.audio = AudioModel::Hda;
        f.soundProgram = f.folder.path() + "/nowhere";
        QVERIFY(f.run());
        const Support support = f.driver->supports(Feature::AudioInputSwitch);
        QVERIFY(!support.isAvailable);
        QVERIFY2(support.reason.contains("nowhere"), qPrintable(support.reason));
        f.driver->setAudioInput(true, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Unsupported);
    }

    void theTpmIsASwtpmThatTheGuestMayLose()
    {
        if (!checkTpmPrograms())
            QSKIP("no swtpm (packages swtpm, swtpm-tools)");
        Fixture f;
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(f.folder.path()));
        f.definition.tpm = TpmModel::Tpm20;
        f.start();
        QTRY_COMPARE_WITH_TIMEOUT(f.driver->state(), Driver::State::Running, 60000);
        QVERIFY(f.machine.hasTpm);
        QVERIFY(QFile::exists(f.folder.path() + "/tpm/tpm2-00.permall"));
        const auto *const tpm = f.driver->findChild<SwtpmProcess *>();
        QVERIFY(tpm && tpm->isRunning());
        QCOMPARE(::kill(pid_t(tpm->processId()), SIGKILL), 0);
        QTRY_COMPARE(f.driver->state(), Driver::State::Paused);
        QTRY_COMPARE(f.problems.size(), 1);
        QVERIFY2(f.problems[0].text.contains("TPM (swtpm)"), qPrintable(f.problems[0].text));
        // It can be resumed once more, and is not stopped again.
        f.driver->resume(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.driver->state(), Driver::State::Running);
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.problems.size(), 1);
    }

    void aTpmThatDoesNotWorkKeepsTheMachineOff()
    {
        if (!checkTpmPrograms())
            QSKIP("no swtpm (packages swtpm, swtpm-tools)");
        Fixture f;
        f.definition.tpm = TpmModel::Tpm20;
        QDir(f.folder.path()).mkdir("tpm");
        Fixture::write(f.folder.path() + "/tpm/tpm2-00.permall", "damaged");
        f.start();
        QTRY_VERIFY(f.error.has_value());
        QVERIFY2(f.errorLine().contains("TPM"), qPrintable(f.errorLine()));
        QTRY_COMPARE(f.driver->state(), Driver::State::Off);
        QVERIFY(!f.machine.hasTpm);
    }

    void aMissingSwtpmNamesThePackages()
    {
        Fixture f;
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", QFile::encodeName(f.folder.path()));
        f.definition.tpm = TpmModel::Tpm20;
        f.start();
        QTRY_VERIFY(f.error.has_value());
        qputenv("PATH", path);
        QVERIFY(QString::fromStdString(f.error->remedy()).contains("swtpm and swtpm-tools"));
        QTRY_COMPARE(f.driver->state(), Driver::State::Off);
    }

    void aMachineWithoutASoundCardHasNothingToSwitch()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(!f.driver->supports(Feature::AudioOutputSwitch).isAvailable);
        f.driver->setAudioOutput(false, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Unsupported);
    }

    void theBalloonIsAskedForFromTheStart()
    {
        Fixture f;
        f.definition.balloonMiB = 16;
        const auto asked = [&f] {
            const std::lock_guard lock(f.machine.mutex);
            return f.machine.balloonBytes >> 20;
        };
        QVERIFY(f.run());
        QCOMPARE(asked(), 16u);
        f.driver->setBalloon(24, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(asked(), 24u);
        {
            const std::lock_guard lock(f.machine.mutex);
            f.machine.guestMemory = GuestMemoryUse{.balloonBytes = 24 << 20,
                                                   .totalBytes = 40 << 20,
                                                   .availableBytes = 10 << 20};
        }
        f.driver->setActivityWanted(true);
        QTRY_COMPARE(f.driver->activity().balloonBytes, quint64(24) << 20);
        QCOMPARE(f.driver->activity().guestMemoryBytes, quint64(40) << 20);
        QCOMPARE(f.driver->activity().guestAvailableBytes, quint64(10) << 20);
    }

    void windowsHasNoBalloon()
    {
        Fixture f;
        f.definition.osId = "win11";
        QVERIFY(f.run());
        QVERIFY(!f.driver->supports(Feature::MemoryBalloon).isAvailable);
        f.driver->setBalloon(8, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Unsupported);
    }

    void foldersAreThereFromTheStart()
    {
        Fixture f;
        makeShareProgram(f);
        f.definition.sharedFolders = {{.name = "music", .path = f.folder.path()}};
        QVERIFY(f.run());
        QCOMPARE(f.machine.config.sharedFolders.at(0).tag, std::string("music"));
        QVERIFY(f.machine.has("folder 0"));
        QTRY_VERIFY(f.driver->sharedFolders().at(0).isMounted);
        QVERIFY(f.driver->supports(Feature::SaveState).isAvailable); // they are part of it
        f.machine.events->wasReset();
        QTRY_VERIFY(!f.driver->sharedFolders().at(0).isMounted);
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY(f.driver->sharedFolders().isEmpty());
    }

    void foldersComeAndGoWhileItRuns()
    {
        Fixture f;
        makeShareProgram(f);
        QVERIFY(f.driver == nullptr);
        f.make();
        QVERIFY(f.driver->supports(Feature::SharedFolders).isAvailable);
        QVERIFY(f.run());
        QVERIFY(f.machine.config.sharedFolders.empty());
        QVERIFY(f.driver->supports(Feature::SharedFolders).isAvailable);
        f.driver->attachFolder({.name = "late", .path = f.folder.path()}, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, QString("ok"));
        QVERIFY(f.machine.has("plug late in 0"));
        QTRY_VERIFY(f.driver->sharedFolders().at(0).isMounted);
        f.driver->detachFolder("late", f.reply());
        QVERIFY(f.machine.has("unplug 0"));
        f.machine.config.folderEvents.released(0);
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, QString("ok"));
        QVERIFY(f.driver->sharedFolders().isEmpty());
        f.driver->pause(f.reply());
        QVERIFY(f.waitFor(Driver::State::Paused));
        f.driver->attachFolder({.name = "late", .path = f.folder.path()}, f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY(f.answer.contains("paused"));
    }

private:
    // A script that says that the guest has mounted its folder.
    static void makeShareProgram(Fixture &f)
    {
        f.shareProgram = f.folder.path() + "/server";
        Fixture::write(f.shareProgram, "#!/bin/sh\necho mounted\nexec tail -f /dev/null\n");
        QFile::setPermissions(f.shareProgram,
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
};

QTEST_GUILESS_MAIN(TestKvmDevices)
#include "tst_kvm_devices.moc"
