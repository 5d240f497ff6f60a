// SPDX-License-Identifier: GPL-3.0-or-later
// One machine of the built-in engine's driver over a Vm that has no guest (fake_vm.h): what the tests
// of that driver share.
#pragma once

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
#include <QtTest/QTest>

#include <array>
#include <optional>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

namespace fakes {

using namespace engine;
using namespace std::chrono_literals;

inline QStringList texts(const std::vector<std::string> &calls)
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
struct KvmDriverFixture
{
    KvmDriverFixture()
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
                                   PollLoop &io,
                                   PlaceFinder &) -> Result<std::shared_ptr<BlockDevice>> {
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
        options.gamepadTime = gamepadTime;
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
    std::chrono::milliseconds gamepadTime{60s};
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

} // namespace fakes
