// SPDX-License-Identifier: GPL-3.0-or-later
// The driver of the in-process engine over a Vm that has no guest: every command, every failure,
// each answered once, on the main thread.
#include "engine/drivers/exit_report.h"
#include "engine/drivers/guest_agent.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/network_connection.h"
#include "engine/drivers/serial_socket.h"
#include "engine/drivers/swtpm_process.h"
#include "tests/support/fake_vm.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>
#include <QtNetwork/QLocalServer>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>

#include <array>
#include <optional>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

using namespace engine;
using namespace std::chrono_literals;

namespace {

QStringList texts(const std::vector<std::string> &calls)
{
    QStringList list;
    for (const std::string &call : calls)
        list.append(QString::fromStdString(call));
    return list;
}

// Nothing is ever asked of it.
struct SilentUsbDevice final : UsbBackend
{
    UsbLinkSpeed speed() const override { return UsbLinkSpeed::High; }
    void submit(std::shared_ptr<UsbTransfer>) override { }
    void cancel(const std::shared_ptr<UsbTransfer> &) override { }
    void resetDevice() override { }
};

// One machine in folders of its own, with a disk, an optical drive and a network adapter.
struct Fixture
{
    Fixture()
    {
        const QString firmware = folder.path() + "/firmware/usr/share/seabios";
        QDir().mkpath(firmware);
        write(firmware + "/bios-256k.bin", "bios");
        write(firmware + "/vgabios-stdvga.bin", "vga");
        write(folder.path() + "/a.img", QByteArray(512, 'a'));
        write(folder.path() + "/b.iso", QByteArray(2048, 'b'));
        write(folder.path() + "/c.iso", QByteArray(2048, 'c'));
        definition.uuid = QUuid::createUuid();
        definition.name = "test";
        definition.memoryMiB = 64;
        StorageController sata;
        sata.name = "SATA";
        sata.attachments = {{.path = "a.img", .format = "raw"},
                            {.kind = MediumKind::Optical, .port = 1, .path = "b.iso"}};
        definition.controllers = {sata};
        definition.adapters = {
            {.mode = NetworkMode::NotAttached, .macAddress = "52:54:00:12:34:56"}};
        place.folder = folder.path();
        place.runFolder = folder.path() + "/run";
    }

    static void write(const QString &path, const QByteArray &bytes)
    {
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", qPrintable(path));
    }

    void make()
    {
        KvmDriverOptions options;
        options.makeVm = [this](VmConfig config, VmEvents &events, PollLoop &,
                                PollLoop *network) -> Result<std::unique_ptr<Vm>> {
            TRY(machine.outcome("make"));
            hadNetwork = network != nullptr;
            return std::unique_ptr<Vm>(
                std::make_unique<fakes::FakeVm>(machine, std::move(config), events));
        };
        options.openImage = [this](const KvmDrive &drive, const QString &,
                                   PollLoop &io) -> Result<std::shared_ptr<BlockDevice>> {
            const std::string name = QFileInfo(drive.path).fileName().toStdString();
            TRY(machine.outcome("open " + name));
            return std::shared_ptr<BlockDevice>(
                std::make_shared<fakes::FakeImage>(machine, name, io, drive.isReadOnly));
        };
        options.openUsb =
            [this](Fd node, PollLoop &,
                   std::function<void()> left) -> Result<std::shared_ptr<UsbBackend>> {
            TRY(machine.outcome(node.isOpen() ? "openUsb" : "openUsb closed"));
            usbLeft = std::move(left);
            return std::shared_ptr<UsbBackend>(std::make_shared<SilentUsbDevice>());
        };
        options.firmwareRoot = folder.path() + "/firmware";
        options.soundProgram = soundProgram;
        options.trayTimeout = 50ms;
        options.trayInterval = 5ms;
        options.replugTime = 1ms;
        options.shares.program = shareProgram;
        options.acceleration.kind = Acceleration::Kind::Hardware;
        driver = std::make_unique<KvmDriver>(std::move(options));
        QObject::connect(driver.get(), &Driver::stateChanged, driver.get(),
                         [this](Driver::State state) { states.append(stateName(state)); });
        QObject::connect(driver.get(), &Driver::failed, driver.get(),
                         [this](const Error &value) { error = value; });
        QObject::connect(driver.get(), &Driver::problemRaised, driver.get(),
                         [this](const RunProblem &value) { problems.append(value); });
    }
    void start()
    {
        if (!driver)
            make();
        driver->start(definition, place);
    }
    bool run()
    {
        start();
        return waitFor(Driver::State::Running);
    }
    bool waitFor(Driver::State state)
    {
        return QTest::qWaitFor([&] { return driver->state() == state; });
    }
    // The reply of a command, as text: "ok" or the error. Answered twice, it says so.
    Driver::Reply reply()
    {
        answer.clear();
        answers = 0;
        return [this](const Result<> &result) {
            ++answers;
            isMainThread = QThread::currentThread() == QCoreApplication::instance()->thread();
            answer = result ? "ok" : QString::fromStdString(result.error().text());
            kind = result ? std::nullopt : std::optional(result.error().kind());
        };
    }
    bool isAnswered()
    {
        return QTest::qWaitFor([this] { return answers > 0; }) && answers == 1 && isMainThread;
    }
    QString errorLine() const { return error ? QString::fromStdString(error->text()) : QString(); }

    QTemporaryDir folder;
    QString soundProgram;
    MachineDefinition definition;
    MachinePlace place;
    fakes::FakeMachine machine;
    std::function<void()> usbLeft; // of the device that was opened last
    bool hadNetwork = false;
    QString shareProgram;
    QStringList states;
    std::optional<Error> error;
    QList<RunProblem> problems;
    QString answer;
    std::optional<ErrorKind> kind;
    int answers = 0;
    bool isMainThread = false;
    std::unique_ptr<KvmDriver> driver;
};

// The guest's side of a port, as the device has it.
struct GuestEnd
{
    explicit GuestEnd(PortBackend &port)
        : backend(port)
    { }
    void say(const QByteArray &bytes)
    {
        backend.takeBreak();
        backend.write(
            {reinterpret_cast<const std::uint8_t *>(bytes.constData()), std::size_t(bytes.size())});
    }
    // All that has come so far.
    QByteArray take()
    {
        struct Round final : PollSource
        {
            void preparePoll(PollSet &set) override { port->preparePoll(set, true); }
            void handlePoll(const PollSet &set) override { port->handlePoll(set); }
            PortBackend *port = nullptr;
        } round;
        round.port = &backend;
        backend.takeBreak();
        loop->run([&] { loop->add(&round); });
        loop->run([] {});
        loop->run([&] { loop->remove(&round); });
        std::array<std::uint8_t, 4096> piece;
        const std::size_t count = backend.read(piece);
        all.append(reinterpret_cast<const char *>(piece.data()), qsizetype(count));
        return all;
    }
    PortBackend &backend;
    QByteArray all;
    std::unique_ptr<PollLoop> loop = *PollLoop::start("guest");
};

} // namespace

class TestKvmDriver final : public QObject
{
    Q_OBJECT
private slots:
    void aMachineStartsRunsAndEnds()
    {
        Fixture f;
        QVERIFY(f.run());
        QCOMPARE(f.states, QStringList({"starting", "running"}));
        QCOMPARE(texts(f.machine.seen()),
                 QStringList({"open a.img", "open b.iso", "make", "connect 0", "resume"}));
        QCOMPARE(f.machine.config.memoryBytes, std::uint64_t(64) << 20);
        QCOMPARE(f.machine.config.firmware.image.size(), std::size_t(4));
        QCOMPARE(f.machine.hadImage, (std::vector<bool>{true, true}));
        QVERIFY(f.hadNetwork);
        QCOMPARE(f.driver->display().kind, DisplayEndpoint::Kind::InProcess);
        QVERIFY(f.driver->name().startsWith("kvm "));
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.states, QStringList({"starting", "running", "stopping", "poweroff"}));
        // The card first, then the Vm, then its images.
        QCOMPARE(texts(f.machine.seen()).mid(5),
                 QStringList({"disconnect 0", "destroyed", "closed a.img", "closed b.iso"}));
        QVERIFY(!f.error);
    }

    void everyCommandReachesTheVm()
    {
        Fixture f;
        QVERIFY(f.run());
        f.driver->pause(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.driver->state(), Driver::State::Paused);
        f.driver->reset(f.reply());
        QVERIFY(f.isAnswered());
        f.driver->resume(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.driver->state(), Driver::State::Running);
        f.driver->pressPowerButton(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(texts(f.machine.seen()).mid(5),
                 QStringList({"pause", "reset", "resume", "powerButton"}));
    }

    void commandsThatDoNotFitTheStateAreRefused()
    {
        Fixture f;
        f.make();
        f.driver->pause(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "The machine is not running");
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "The machine is not running");
        QVERIFY(f.run());
        f.driver->resume(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "The machine is not paused");
        f.driver->pause({});
        QVERIFY(f.waitFor(Driver::State::Paused));
        for (const auto command : {&Driver::pause, &Driver::pressPowerButton}) {
            ((*f.driver).*command)(f.reply());
            QVERIFY(f.isAnswered());
            QCOMPARE(f.answer, "The machine is paused");
        }
        f.driver->abandonSave(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "The machine is not being saved");
    }

    void aFailureOfTheVmIsTheAnswer()
    {
        Fixture f;
        QVERIFY(f.run());
        f.machine.failNext("pause", Error(ErrorKind::Io, "no"));
        f.driver->pause(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "no");
        QCOMPARE(f.driver->state(), Driver::State::Running);
        f.machine.failNext("reset", Error(ErrorKind::Io, "neither"));
        f.driver->reset(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "neither");
    }

    void whatCannotStartSaysWhyAndIsOff_data()
    {
        QTest::addColumn<QString>("failing");
        QTest::newRow("image") << "open a.img";
        QTest::newRow("vm") << "make";
        QTest::newRow("first resume") << "resume";
    }
    void whatCannotStartSaysWhyAndIsOff()
    {
        QFETCH(QString, failing);
        Fixture f;
        f.machine.failNext(failing.toStdString(), Error(ErrorKind::Io, "it broke"));
        f.start();
        QVERIFY(f.waitFor(Driver::State::Off));
        QCOMPARE(f.errorLine(), "Cannot start the machine \"test\": it broke");
        QCOMPARE(f.states, QStringList({"starting", "poweroff"}));
        QCOMPARE(f.driver->display().kind, DisplayEndpoint::Kind::None);
    }

    void whatIsMissingIsNamedBeforeAnythingIsOpened()
    {
        Fixture f;
        QFile::remove(f.folder.path() + "/b.iso");
        f.start();
        QVERIFY(f.waitFor(Driver::State::Off));
        QVERIFY2(f.errorLine().contains("There is no file \"" + f.folder.path() + "/b.iso\""),
                 qPrintable(f.errorLine()));
        QCOMPARE(texts(f.machine.seen()), QStringList());
    }

    void aMachineThisEngineCannotRunIsRefused()
    {
        Fixture f;
        f.definition.adapters[0].model = NicModel::Rtl8139;
        f.start();
        QVERIFY(f.waitFor(Driver::State::Off));
        QCOMPARE(f.error->kind(), ErrorKind::Unsupported);
    }

    void poweringOffAtOnceStartsNothing()
    {
        Fixture f;
        f.start();
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.states, QStringList({"starting", "stopping", "poweroff"}));
        QCOMPARE(texts(f.machine.seen()), QStringList());
    }

    void poweringOffWhileTheVmIsMadeTakesItAway()
    {
        Fixture f;
        f.machine.hold("make");
        f.start();
        QTRY_VERIFY(f.machine.has("make"));
        f.driver->powerOff(f.reply());
        f.machine.release();
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QVERIFY(f.machine.has("destroyed"));
        QVERIFY(!f.machine.has("resume"));
        QVERIFY(!f.error);
    }

    void theGuestSwitchesItselfOff()
    {
        Fixture f;
        QVERIFY(f.run());
        f.machine.events->stopped(VmStop::PoweredOff, {}, {});
        QVERIFY(f.waitFor(Driver::State::Off));
        QCOMPARE(f.states.mid(2), QStringList({"stopping", "poweroff"}));
        QVERIFY(!f.error);
    }

    void aGuestThatCannotGoOnIsAborted()
    {
        Fixture f;
        QVERIFY(f.run());
        f.machine.events->stopped(VmStop::Failed, "The guest's processor has shut down",
                                  "rip 0000fff0\ncode f4");
        QVERIFY(f.waitFor(Driver::State::Aborted));
        QCOMPARE(f.errorLine(),
                 "The machine \"test\" has stopped unexpectedly: The guest's processor has shut "
                 "down");
        QVERIFY(f.error->remedy().find("vitrine.log") != std::string::npos);
        QVERIFY(f.machine.has("destroyed"));
    }

    void aFullDiskPausesUntilItIsTriedAgain()
    {
        Fixture f;
        QVERIFY(f.run());
        const VmProblem full{VmProblem::Kind::DiskFull, "a.img is full", "make room"};
        f.machine.events->problemRaised(full);
        f.machine.events->problemRaised(full); // several requests at once are one problem
        QTRY_COMPARE(f.problems.size(), 1);
        QCOMPARE(f.driver->state(), Driver::State::Paused);
        QCOMPARE(f.problems[0].kind, RunProblem::Kind::DiskFull);
        QCOMPARE(f.problems[0].text, "a.img is full");
        QCOMPARE(f.problems[0].remedy, "make room");
        QVERIFY(f.machine.has("pause"));
        f.driver->resume(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.driver->state(), Driver::State::Running);
        f.machine.events->problemRaised(full);
        QTRY_COMPARE(f.problems.size(), 2);
        QCOMPARE(f.driver->state(), Driver::State::Paused);
    }

    void aRetryThatFailsAtOncePausesAgain()
    {
        Fixture f;
        QVERIFY(f.run());
        const VmProblem full{VmProblem::Kind::DiskFull, "full", {}};
        f.machine.events->problemRaised(full);
        QTRY_COMPARE(f.problems.size(), 1);
        f.machine.hold("resume");
        f.driver->resume(f.reply());
        f.machine.events->problemRaised(full); // before the answer to the command is here
        QCoreApplication::processEvents();
        f.machine.release();
        QVERIFY(f.isAnswered());
        QTRY_COMPARE(f.problems.size(), 2);
        QCOMPARE(f.driver->state(), Driver::State::Paused);
    }

    void aProblemWhileThePersonPausesIsToldAsWell()
    {
        Fixture f;
        QVERIFY(f.run());
        f.driver->pause(f.reply());
        QVERIFY(f.isAnswered());
        f.machine.events->problemRaised({VmProblem::Kind::DiskError, "broken", {}});
        QTRY_COMPARE(f.problems.size(), 1);
        QCOMPARE(f.driver->state(), Driver::State::Paused);
    }

    void theGuestsAgentIsAskedByItsPort()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(f.driver->supports(Feature::GuestAgent).isAvailable);
        QCOMPARE(f.machine.config.ports.size(), std::size_t(2));
        QCOMPARE(f.machine.config.ports[1].name, std::string("org.qemu.guest_agent.0"));
        GuestEnd guest(*f.machine.config.ports[1].backend);
        QVERIFY(!f.driver->guestAgent()->isPortOpen());
        guest.backend.setGuestOpen(true);
        QTRY_VERIFY(f.driver->guestAgent()->isPortOpen());
        QString answer;
        f.driver->guestAgent()->execute(
            {"guest-ping"}, [&answer](const Result<QJsonValue> &result) {
                answer = result ? "ok" : QString::fromStdString(result.error().text());
            });
        QTRY_VERIFY(guest.take().contains("guest-sync-delimited"));
        const QByteArray token = guest.all.mid(guest.all.indexOf("\"id\":") + 5).split('}').first();
        guest.say("\xff{\"return\": " + token + "}\n");
        QTRY_VERIFY(guest.take().contains("guest-ping"));
        guest.say("{\"return\": {}}\n");
        QTRY_COMPARE(answer, "ok");
        guest.backend.setGuestOpen(false);
        QTRY_VERIFY(!f.driver->guestAgent()->isPortOpen());
        f.driver->guestAgent()->execute(
            {"guest-ping"}, [&answer](const Result<QJsonValue> &result) {
                answer = result ? "ok" : QString::fromStdString(result.error().text());
            });
        QTRY_COMPARE(answer, "No guest agent answers in the machine");
    }

    void theDesktopsAgentSpeaksWithTheNewestWindow()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(f.driver->supports(Feature::Clipboard).isAvailable);
        QCOMPARE(f.machine.config.ports[0].name, std::string("com.redhat.spice.0"));
        GuestEnd guest(*f.machine.config.ports[0].backend);
        struct Window
        {
            explicit Window(DisplayHub &hub)
                : view(hub.makeView())
            {
                view.agent->setTaker([this](Fd fd) { stream = std::move(fd), ++times; });
            }
            // One message of the type and nothing else.
            bool hears(char type)
            {
                std::array<char, 100> got = {};
                return ::recv(stream.get(), got.data(), got.size(), MSG_DONTWAIT) == 20
                    && got[4] == type;
            }
            DisplayHub::View view;
            Fd stream;
            int times = 0;
        };
        const auto message = [](char type) {
            return QByteArray("\1\0\0\0\x14\0\0\0\1\0\0\0", 12) + type + QByteArray(15, '\0');
        };
        Window first(*f.driver->display().hub);
        QCOMPARE(first.times, 0);
        guest.backend.setGuestOpen(true);
        QTRY_COMPARE(first.times, 1);
        guest.say(message(6));
        QVERIFY(first.hears(6));
        {
            Window second(*f.driver->display().hub);
            QCOMPARE(second.times, 1);
            guest.say(message(7));
            QVERIFY(second.hears(7));
        }
        QCOMPARE(first.times, 2);
        guest.say(message(8));
        QVERIFY(first.hears(8));
        guest.backend.setGuestOpen(false);
        QTRY_COMPARE(f.driver->state(), Driver::State::Running);
        char byte = 0;
        QCOMPARE(::recv(first.stream.get(), &byte, 1, MSG_DONTWAIT), ssize_t(0));
    }

    void theScreenIsOfferedToClientsWhileTheMachineRuns()
    {
        Fixture f;
        f.definition.remoteDisplay.isEnabled = true;
        QVERIFY(f.run());
        QCOMPARE(f.driver->display().kind, DisplayEndpoint::Kind::InProcess);
        const SpiceAddress address = f.driver->display().spice;
        QVERIFY(address.port > 0);
        QTcpSocket client;
        client.connectToHost(address.host, quint16(address.port));
        QVERIFY(client.waitForConnected());
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QTcpServer next; // the port is free again
        QVERIFY(next.listen(QHostAddress::LocalHost, quint16(address.port)));
        QCOMPARE(f.driver->display().spice.port, 0);
    }

    void aTakenPortIsToldBeforeTheMachineIsMade()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        Fixture f;
        f.definition.remoteDisplay = {.isEnabled = true,
                                      .ports = QString::number(other.serverPort())};
        f.start();
        QVERIFY(f.waitFor(Driver::State::Off));
        QVERIFY2(f.errorLine().contains(QString::number(other.serverPort())),
                 qPrintable(f.errorLine()));
        QVERIFY(!f.machine.has("make"));
    }

    void withoutAnotherVirtioDeviceThereAreNoPorts()
    {
        Fixture f;
        f.definition.adapters.clear();
        QVERIFY(f.run());
        QVERIFY(f.machine.config.ports.empty());
        QVERIFY(!f.driver->supports(Feature::GuestAgent).isAvailable);
        QVERIFY(f.driver->supports(Feature::Clipboard).reason.contains("from its next start on"));
        QVERIFY(f.driver->guestAgent() == nullptr);
    }

    void aStateOfAnOlderVersionHasNoPorts()
    {
        Fixture f;
        QVERIFY(f.run());
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        f.driver->saveState(saved, f.reply());
        QVERIFY(f.isAnswered());
        for (const bool isOld : {false, true}) {
            QFile file(saved + "/kvm.json");
            QVERIFY(file.open(QIODevice::ReadOnly));
            QJsonObject facts = QJsonDocument::fromJson(file.readAll()).object();
            QVERIFY(facts["agentPorts"].toBool());
            if (isOld) {
                facts.remove("agentPorts");
                Fixture::write(saved + "/kvm.json", QJsonDocument(facts).toJson());
            }
            Fixture next;
            next.place.savedState = saved;
            QVERIFY(next.run());
            QCOMPARE(next.machine.config.ports.empty(), isOld);
        }
    }

    // Whatever the definition says: the guest has seen that card.
    void aStateOfAnOlderVersionHasAVga()
    {
        Fixture f;
        f.definition.video = VideoModel::Virtio;
        QVERIFY(f.run());
        QCOMPARE(f.machine.config.graphics, VmGraphics::VirtioGpu);
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        f.driver->saveState(saved, f.reply());
        QVERIFY(f.isAnswered());
        for (const bool isOld : {false, true}) {
            QFile file(saved + "/kvm.json");
            QVERIFY(file.open(QIODevice::ReadOnly));
            QJsonObject facts = QJsonDocument::fromJson(file.readAll()).object();
            if (isOld) {
                facts.remove("graphics");
                Fixture::write(saved + "/kvm.json", QJsonDocument(facts).toJson());
            }
            Fixture next;
            next.definition.video = VideoModel::Virtio;
            next.place.savedState = saved;
            QVERIFY(next.run());
            QCOMPARE(next.machine.config.graphics, isOld ? VmGraphics::Vga : VmGraphics::VirtioGpu);
        }
    }

    void aStateIsSavedAndGoesOn()
    {
        Fixture f;
        QVERIFY(f.run());
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        QSignalSpy progress(f.driver.get(), &Driver::progressed);
        f.driver->saveState(saved, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.driver->state(), Driver::State::Saving);
        QCOMPARE(progress.last().at(0).toInt(), 100);
        // Disks are flushed between the guest's last write and the state; a CD has nothing to
        // flush.
        QCOMPARE(texts(f.machine.seen()).mid(5), QStringList({"pause", "save", "flush a.img"}));
        QFile picture(saved + "/screen.png");
        QVERIFY(picture.open(QIODevice::ReadOnly));
        QVERIFY(picture.readAll().startsWith("\x89PNG"));
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.driver->state(), Driver::State::Saved);

        Fixture next;
        next.place.savedState = saved;
        QVERIFY(next.run());
        QCOMPARE(next.states, QStringList({"restoring", "running"}));
        QCOMPARE(texts(next.machine.seen()).mid(3),
                 QStringList({"connect 0", "restore guest", "restore", "resume"}));
    }

    void aWindowsGuestKeepsTheProcessorsItWasSavedWith()
    {
        Fixture f;
        f.definition.osId = "win10";
        QVERIFY(f.run());
        QVERIFY(f.machine.config.isHyperV);
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        f.driver->saveState(saved, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QFile facts(saved + "/kvm.json");
        QVERIFY(facts.open(QIODevice::ReadOnly));
        QJsonObject json = QJsonDocument::fromJson(facts.readAll()).object();
        QCOMPARE(json["hyperV"].toBool(), true);
        // An older version's state says nothing of it.
        for (const bool isTold : {true, false}) {
            if (!isTold)
                json.remove("hyperV");
            Fixture::write(saved + "/kvm.json", QJsonDocument(json).toJson());
            Fixture next;
            next.definition.osId = "win10";
            next.place.savedState = saved;
            QVERIFY(next.run());
            QCOMPARE(next.machine.config.isHyperV, isTold);
        }
    }

    void aPausedMachineIsSavedWithoutAnotherResume()
    {
        Fixture f;
        QVERIFY(f.run());
        f.driver->pause({});
        QVERIFY(f.waitFor(Driver::State::Paused));
        QVERIFY(QDir().mkpath(f.folder.path() + "/s"));
        f.machine.failNext("save", Error(ErrorKind::NoSpace, "full"));
        f.driver->saveState(f.folder.path() + "/s", f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "full");
        QCOMPARE(f.driver->state(), Driver::State::Paused);
        QCOMPARE(std::count(f.machine.calls.begin(), f.machine.calls.end(), "resume"), 1);
    }

    void aFailedSaveLetsTheGuestGoOn()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(QDir().mkpath(f.folder.path() + "/s"));
        f.machine.failNext("save", Error(ErrorKind::NoSpace, "full"));
        f.driver->saveState(f.folder.path() + "/s", f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "full");
        QCOMPARE(f.driver->state(), Driver::State::Running);
        QVERIFY(!QFile::exists(f.folder.path() + "/s/memory"));
    }

    void savingIsCalledOff()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(QDir().mkpath(f.folder.path() + "/s"));
        f.machine.hold("save");
        f.driver->saveState(f.folder.path() + "/s", f.reply());
        QTRY_VERIFY(f.machine.has("save"));
        QString abandoned;
        f.driver->abandonSave([&](const Result<> &result) {
            abandoned = result ? "ok" : QString::fromStdString(result.error().text());
        });
        f.machine.release();
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "Saving was called off");
        QCOMPARE(f.kind, ErrorKind::Cancelled);
        QTRY_COMPARE(abandoned, "ok");
        QCOMPARE(f.driver->state(), Driver::State::Running);
    }

    void savingIsCalledOffWhenAllIsWritten()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(QDir().mkpath(f.folder.path() + "/s"));
        f.driver->saveState(f.folder.path() + "/s", f.reply());
        QVERIFY(f.isAnswered());
        f.driver->abandonSave(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.driver->state(), Driver::State::Running);
    }

    void poweringOffEndsASave()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(QDir().mkpath(f.folder.path() + "/s"));
        f.machine.hold("save");
        f.driver->saveState(f.folder.path() + "/s", f.reply());
        QTRY_VERIFY(f.machine.has("save"));
        f.driver->powerOff({});
        f.machine.release();
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Cancelled);
        QVERIFY(f.waitFor(Driver::State::Off));
    }

    void aStateThatDoesNotFitIsRefusedAndStays_data()
    {
        QTest::addColumn<QByteArray>("facts");
        QTest::addColumn<QString>("expected");
        QTest::newRow("damaged") << QByteArray("{}") << "is damaged";
        QTest::newRow("another processor")
            << QByteArray("{\"version\":1,\"processor\":\"Z80\"}") << "another processor (\"Z80\"";
    }
    void aStateThatDoesNotFitIsRefusedAndStays()
    {
        QFETCH(QByteArray, facts);
        QFETCH(QString, expected);
        Fixture f;
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        Fixture::write(saved + "/kvm.json", facts);
        f.place.savedState = saved;
        f.start();
        QVERIFY(f.waitFor(Driver::State::Saved));
        QVERIFY2(f.errorLine().contains(expected), qPrintable(f.errorLine()));
        QVERIFY(f.errorLine().startsWith("The saved state of \"test\" could not be loaded"));
        QVERIFY(!f.error->remedy().empty());
    }

    void aStateThatCannotBeLoadedStays()
    {
        Fixture f;
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        QVERIFY(f.run());
        f.driver->saveState(saved, f.reply());
        QVERIFY(f.isAnswered());
        Fixture next;
        next.place.savedState = saved;
        next.machine.failNext("restore", Error(ErrorKind::Corrupt, "cut off"));
        next.start();
        QVERIFY(next.waitFor(Driver::State::Saved));
        QVERIFY2(next.errorLine().endsWith("could not be loaded: cut off"),
                 qPrintable(next.errorLine()));
    }

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

    void aDisposableRunKeepsNothing()
    {
        Fixture f;
        f.place.isDisposableRun = true;
        QVERIFY(f.run());
        QVERIFY(!f.driver->supports(Feature::SaveState).isAvailable);
        f.driver->saveState(f.folder.path(), f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Unsupported);
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

    void aStateOfAVersionWithoutUsbHasItsTablet()
    {
        Fixture f;
        QVERIFY(f.run());
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        f.driver->saveState(saved, f.reply());
        QVERIFY(f.isAnswered());
        for (const bool isOld : {false, true}) {
            QFile file(saved + "/kvm.json");
            QVERIFY(file.open(QIODevice::ReadOnly));
            QJsonObject facts = QJsonDocument::fromJson(file.readAll()).object();
            QVERIFY(facts["usb"].toBool());
            if (isOld) {
                facts.remove("usb");
                Fixture::write(saved + "/kvm.json", QJsonDocument(facts).toJson());
            }
            Fixture next;
            next.place.savedState = saved;
            QVERIFY(next.run());
            QCOMPARE(next.machine.config.hasUsb, !isOld);
            QCOMPARE(int(next.machine.config.pointer),
                     int(isOld ? VmPointer::VirtioTablet : VmPointer::UsbTablet));
            const Support support = next.driver->supports(Feature::UsbPassthrough);
            QCOMPARE(support.isAvailable, !isOld);
            QVERIFY(!isOld || support.reason.contains("from its next start on"));
        }
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

    void keysGoIn()
    {
        Fixture f;
        QVERIFY(f.run());
        f.driver->sendScanCodes(QByteArray::fromHex("1e9ee04de0cde11d45e19dc5"), f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.machine.input->keys, "+30 -30 +333 -333 +541 -541 ");
    }

    void theScreenIsWrittenAsAFile()
    {
        Fixture f;
        QVERIFY(f.run());
        const QString path = f.folder.path() + "/shot.ppm";
        f.driver->screenshot(path, "ppm", f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.startsWith("P6\n4 2\n255\n\x33\x66\x99"));
        QCOMPARE(bytes.size(), 11 + 4 * 2 * 3);
        f.driver->screenshot(path, "bmp", f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Unsupported);
        f.driver->screenshot(f.folder.path() + "/nowhere/shot.png", "png", f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY(f.answer.startsWith("Cannot write the screenshot"));
    }

    void theLastPictureStaysWhenTheMachineIsGone()
    {
        Fixture f;
        QVERIFY(f.run());
        struct Listener final : FrameListener
        {
            void frameDamaged(FrameRect) override { }
            void frameResized() override { }
            void cursorChanged() override { }
        } listener;
        const DisplayHub::View view = f.driver->display().hub->makeView();
        view.screen->setListener(&listener);
        QVERIFY(f.machine.screen->listener != nullptr);
        QVERIFY(f.machine.screen->isVisible);
        view.screen->setVisible(false);
        QVERIFY(f.machine.screen->listener == nullptr);
        QVERIFY(!f.machine.screen->isVisible);
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        const Frame frame = view.screen->frame();
        QCOMPARE(frame.width, 4);
        QCOMPARE(int(frame.pixels[0]), 0x99);
        view.input->key(30, KeyMotion::Press); // goes nowhere
        view.screen->setListener(nullptr);
    }

    void thePointersModeIsTold()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(!f.driver->hasAbsolutePointer());
        QSignalSpy changed(f.driver.get(), &Driver::displayChanged);
        f.machine.input->mode = PointerMode::Absolute;
        QTRY_VERIFY(f.driver->hasAbsolutePointer());
        QCOMPARE(changed.size(), 1);
    }

    void activityIsCountedWhileSomebodyLooks()
    {
        Fixture f;
        QVERIFY(f.run());
        QSignalSpy changed(f.driver.get(), &Driver::activityChanged);
        {
            const std::lock_guard lock(f.machine.mutex);
            f.machine.statistics.total = 1234;
        }
        f.driver->setActivityWanted(true);
        QTRY_VERIFY(!changed.isEmpty());
        const ActivityCounters counters = f.driver->activity();
        QVERIFY(counters.areExitsCounted);
        QCOMPARE(counters.exits, quint64(1234));
        QVERIFY(counters.isNetworkCounted);
        QVERIFY(counters.cpuNanoseconds > 0);
        QVERIFY(counters.memoryBytes > 0);
        f.driver->setActivityWanted(false);
    }

    void exitStatisticsBeginAnew()
    {
        Fixture f;
        f.make();
        QVERIFY(!f.driver->exitStatistics());
        QVERIFY(f.run());
        const auto set = [&f](std::uint64_t total, std::uint64_t reads) {
            const std::lock_guard lock(f.machine.mutex);
            f.machine.statistics.total = total;
            f.machine.statistics.byReason["io"] = total;
            f.machine.statistics.ports[0x3f8] = {reads, 1};
            f.machine.statistics.addresses[0xfee00000] = {1, 1};
        };
        set(10, 4);
        QCOMPARE(f.driver->exitStatistics()->total, std::uint64_t(10));
        f.driver->resetExitStatistics();
        QCOMPARE(f.driver->exitStatistics()->total, std::uint64_t(0));
        QVERIFY(f.driver->exitStatistics()->byReason.empty());
        set(15, 6);
        const ExitStatistics now = *f.driver->exitStatistics();
        QCOMPARE(now.total, std::uint64_t(5));
        QCOMPARE(now.ports.at(0x3f8).reads, std::uint64_t(2));
        QCOMPARE(now.ports.at(0x3f8).writes, std::uint64_t(0));
        QVERIFY(now.addresses.empty());
    }

    void aResetIsTold()
    {
        Fixture f;
        QVERIFY(f.run());
        QSignalSpy reset(f.driver.get(), &Driver::wasReset);
        f.machine.events->wasReset();
        QTRY_COMPARE(reset.size(), 1);
    }

    void commandsUnderWayAreAnsweredWhenTheMachineEnds()
    {
        Fixture f;
        QVERIFY(f.run());
        f.machine.hold("reset");
        f.driver->reset(f.reply());
        QTRY_VERIFY(f.machine.has("reset"));
        QString tray;
        f.driver->changeMedium({"SATA", 1, 0}, {}, false, [&](const Result<> &result) {
            tray = result ? "ok" : QString::fromStdString(result.error().text());
        });
        QString keys;
        f.driver->sendScanCodes(QByteArray(200, '\x1e'), [&](const Result<> &result) {
            keys = result ? "ok" : QString::fromStdString(result.error().text());
        });
        f.driver->powerOff({});
        f.machine.release();
        QVERIFY(f.waitFor(Driver::State::Off));
        QVERIFY(f.isAnswered());
        QTRY_COMPARE(tray, "The machine has ended");
        QCOMPARE(keys, "The machine has ended");
    }

    void foldersAreThereFromTheStart()
    {
        Fixture f;
        const QString program = f.folder.path() + "/server";
        Fixture::write(program, "#!/bin/sh\necho mounted\nexec tail -f /dev/null\n");
        QFile::setPermissions(program, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        f.shareProgram = program;
        f.definition.sharedFolders = {{.name = "music", .path = f.folder.path()}};
        QVERIFY(f.run());
        QCOMPARE(f.machine.config.sharedFolders.at(0).tag, std::string("music"));
        QVERIFY(f.machine.has("folder 0"));
        QTRY_VERIFY(f.driver->sharedFolders().at(0).isMounted);
        QVERIFY(f.driver->supports(Feature::SaveState).isAvailable); // they are part of it
        f.machine.events->wasReset();
        QTRY_VERIFY(!f.driver->sharedFolders().at(0).isMounted);
        QVERIFY(!f.driver->supports(Feature::SharedFolders).isAvailable);
        f.driver->attachFolder({.name = "more", .path = f.folder.path()}, f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY(f.answer.contains("when it starts"));
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY(f.driver->sharedFolders().isEmpty());
    }

    void aDriverThatIsThrownAwayAnswersAndStopsTheVm()
    {
        Fixture f;
        QVERIFY(f.run());
        f.driver->pause(f.reply());
        f.driver.reset();
        QCOMPARE(f.answers, 1);
        QVERIFY(f.machine.has("destroyed"));
        QVERIFY(f.machine.has("closed a.img"));
    }
};

QTEST_GUILESS_MAIN(TestKvmDriver)
#include "tst_kvm_driver.moc"
