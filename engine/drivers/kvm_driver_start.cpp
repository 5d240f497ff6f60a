// SPDX-License-Identifier: GPL-3.0-or-later
// Off to Running, and the end: what the host has, the storage daemon, images, the Vm.
#include "engine/base/log.h"
#include "engine/drivers/image_files.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/kvm_events.h"
#include "engine/drivers/kvm_firmware.h"
#include "engine/drivers/place_finder.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_firmware.h"
#include "engine/drivers/saving.h"
#include "engine/drivers/serial_socket.h"
#include "engine/drivers/storage_daemon.h"
#include "engine/drivers/swtpm_process.h"
#include "engine/machine/atomic_file.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDateTime>
#include <QtCore/QFile>

#include <cerrno>
#include <utility>

#include <fcntl.h>

namespace engine {

namespace {

struct Parts
{
    VmConfig config;
    QList<KvmDrive> drives;
    QList<std::shared_ptr<DriveCounters>> counters;
    QList<KvmSerialPort> serialPorts;
    QString daemonSocket;
    Fd tpm; // swtpm's control channel; none without a TPM
    PollLoop *network = nullptr;
};

} // namespace

void KvmDriver::start(const MachineDefinition &definition, const MachinePlace &place)
{
    check(!m_hasStarted, "a driver runs one machine once");
    m_hasStarted = true;
    m_definition = definition;
    m_place = place;
    m_sinceStart.start();
    setState(place.savedState.isEmpty() ? State::Starting : State::Restoring);
    QTimer::singleShot(0, this, &KvmDriver::prepare);
}

void KvmDriver::prepare()
{
    if (m_end)
        return; // powered off at once
    Result<> prepared = preparePlan();
    if (!prepared) {
        failStart(std::move(prepared).error());
        return;
    }
    offerScreen([this](Result<> offered) {
        if (!offered)
            failStart(std::move(offered).error());
        else if (m_plan.daemonDisks.isEmpty())
            startTpm();
        else
            startDaemon();
    });
}

Result<> KvmDriver::preparePlan()
{
    if (m_options.acceleration.kind != Acceleration::Kind::Hardware)
        log(LogLevel::Warning, "kvm",
            (m_options.acceleration.text + ": " + m_options.acceleration.reason).toStdString());
    TRY(paths::makePrivateFolder(m_place.runFolder));
    m_plan = TRY(kvmPlan(
        m_definition,
        {m_place.folder, diskFormat, isBlockDevice, canBypassCache,
         QDateTime::currentDateTime().offsetFromUtc()}));
    for (KvmSerialPort &port : m_plan.serialPorts) {
        if (port.mode == SerialMode::Disconnected) // from anything but the machine's own windows
            port.path = serialSocketPath(m_place.runFolder, port.index);
    }
    m_hasAgentPorts = wantsAgentChannel(m_definition);
    for (const QString &loss : kvmLosses(m_definition))
        log(LogLevel::Warning, "kvm", "the built-in engine: " + loss.toStdString());
    TRY(checkSerialSockets(m_definition, m_place.folder));
    TRY(checkMediaExist(m_definition, m_place.folder));
    if (!m_place.savedState.isEmpty())
        TRY(checkSavedFacts());
    m_hasUsb = m_plan.config.hasUsb;
    m_isHyperV = m_plan.config.isHyperV;
    m_hasBalloon = m_plan.config.hasBalloon;
    m_graphics = m_plan.config.graphics;
    makeAgents();
    const QString root = m_options.firmwareRoot.isEmpty() ? firmwareRoot() : m_options.firmwareRoot;
    KvmFirmware firmware = TRY(openKvmFirmware(m_definition, root, nvramPath(m_place)));
    if (!firmware.note.isEmpty())
        log(LogLevel::Warning, "kvm", firmware.note.toStdString());
    m_plan.config.firmware = std::move(firmware.firmware);
    for (const KvmDrive &drive : std::as_const(m_plan.drives)) {
        Drive present;
        present.path = drive.path;
        m_drives.append(present);
    }
    m_cards = m_plan.config.networkCards;
    prepareFolders();
    openSound();
    return openNetwork();
}

void KvmDriver::startDaemon()
{
    const Result<QString> program = m_options.storageDaemon.isEmpty()
        ? findStorageDaemon()
        : Result<QString>(m_options.storageDaemon);
    if (!program) {
        failStart(Error(program.error()));
        return;
    }
    m_daemon = new StorageDaemon(*program, m_plan.daemonDisks, daemonSocketPath(m_place), this);
    connect(m_daemon, &StorageDaemon::gaveUp, this, [this](const QString &reason) {
        log(LogLevel::Error, "disks", reason.toStdString());
        m_isDaemonWorn = true;
        m_placeFinder->forgetAll();
    });
    m_daemon->start([this](const Result<> &started) {
        if (m_end)
            return;
        if (started)
            startTpm();
        else
            failStart(Error(started.error()).context("The machine's disks cannot be opened"));
    });
}

void KvmDriver::makeVm()
{
    Result<std::unique_ptr<PollLoop>> control = PollLoop::start("control");
    if (!control) {
        failStart(std::move(control).error());
        return;
    }
    m_control = std::move(*control);
    // Shared, as what is posted has to be copyable.
    auto parts = std::make_shared<Parts>();
    parts->config = std::move(m_plan.config);
    parts->drives = m_plan.drives;
    for (const Drive &drive : std::as_const(m_drives))
        parts->counters.append(drive.counters);
    parts->serialPorts = m_plan.serialPorts;
    parts->daemonSocket = daemonSocketPath(m_place);
    parts->tpm = std::move(m_tpmControl);
    parts->network = m_network ? &m_network->loop() : nullptr;
    post(
        [this, parts](Machine &machine) -> Result<> {
            machine.io = TRY(PollLoop::start("io"));
            for (qsizetype i = 0; i < parts->drives.size(); ++i) {
                const KvmDrive &drive = parts->drives[i];
                if (drive.path.isEmpty())
                    continue;
                std::shared_ptr<BlockDevice> opened =
                    TRY(m_options.openImage(drive, parts->daemonSocket, *machine.io,
                                            *m_placeFinder));
                auto image = std::make_shared<CountedImage>(std::move(opened), parts->counters[i]);
                image->setDiscardOn(drive.isDiscardOn);
                machine.images.push_back(image);
                parts->config.drives[std::size_t(i)].image = std::move(image);
            }
            for (const KvmSerialPort &port : std::as_const(parts->serialPorts)) {
                auto opened = openKvmSerialPort(port);
                if (!opened)
                    return std::move(opened).error().context("Serial port COM"
                                                             + std::to_string(port.index + 1));
                parts->config.serialPorts[std::size_t(port.index)] = std::move(*opened);
            }
            if (parts->tpm.isOpen())
                parts->config.tpm = TRY(openTpm(std::move(parts->tpm), *machine.io));
            machine.vm = TRY(
                m_options.makeVm(std::move(parts->config), *m_events, *machine.io, parts->network));
            return {};
        },
        [this](Result<> made) {
            if (m_end)
                return;
            if (made)
                vmMade();
            else
                failStart(std::move(made).error());
        });
}

void KvmDriver::vmMade()
{
    m_vm = m_machine.vm.get();
    std::vector<FrameSource *> screens;
    for (unsigned i = 0; i < m_vm->screenCount(); ++i)
        screens.push_back(&m_vm->screen(i));
    m_hub.setTargets(screens, &m_vm->input());
    if (m_shares)
        m_shares->setVm(m_vm);
    Result<> pluggedIn = plugInCards();
    if (!pluggedIn)
        failStart(std::move(pluggedIn).error());
    else if (m_state == State::Restoring)
        restoreThenRun();
    else
        run();
}

void KvmDriver::restoreThenRun()
{
    post(
        [path = m_place.savedState + SavedMemoryFile,
         gamepad = m_gamepad](Machine &machine) -> Result<> {
            if (gamepad)
                TRY(machine.vm->plugGamepad(*gamepad));
            const Fd file(::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC));
            if (!file.isOpen())
                return fileError("read", path, errno);
            return machine.vm->restore(file.get());
        },
        [this](Result<> restored) {
            if (m_end)
                return;
            if (restored)
                run();
            else
                failStart(std::move(restored).error());
        });
}

void KvmDriver::run()
{
    m_isResuming = true;
    post([](Machine &machine) { return machine.vm->resume(); },
         [this](Result<> result) {
             m_isResuming = false;
             if (m_end)
                 return;
             if (!result) {
                 failStart(std::move(result).error());
                 return;
             }
             guestContinued();
             settleProblem();
             bringFolders();
         });
}

void KvmDriver::failStart(Error error)
{
    const QString what = m_state == State::Restoring
        ? QString("The saved state of \"%1\" could not be loaded").arg(m_definition.name)
        : QString("Cannot start the machine \"%1\"").arg(m_definition.name);
    endWith(stateBefore(), std::move(error).context(what.toStdString()));
}

// The machine is over when its threads have ended and its disks are free.
void KvmDriver::endWith(State state, std::optional<Error> error)
{
    if (m_end)
        return;
    m_end = End{state, std::move(error)};
    m_activityTimer.stop();
    m_pointerTimer.stop();
    m_isSaveCancelled = true;
    m_hub.setTargets(nullptr, nullptr);
    endAgents();
    endScreenServer();
    unplugCards();
    if (m_shares)
        m_shares->setVm(nullptr);
    m_vm = nullptr;
    auto changes = std::make_shared<QHash<int, MediumChange>>(std::exchange(m_changes, {}));
    for (MediumChange &change : *changes)
        answerLater(std::exchange(change.reply, {}),
                    makeError(ErrorKind::Cancelled, "The machine has ended"));
    const auto freed = [this](const Result<> &) {
        if (isOver())
            return;
        if (m_daemon && m_daemon->isRunning())
            m_daemon->stop([this] { finish(); });
        else
            finish();
    };
    if (!m_control) { // nothing was made yet
        QTimer::singleShot(0, this, [freed] { freed({}); });
        return;
    }
    post(
        [changes](Machine &machine) -> Result<> {
            changes->clear();
            machine.vm.reset();
            machine.images.clear();
            return {};
        },
        freed);
}

void KvmDriver::finish()
{
    if (isOver())
        return;
    const End end = *m_end;
    m_control.reset();
    if (StorageDaemon *daemon = std::exchange(m_daemon, nullptr)) {
        daemon->disconnect(this);
        daemon->deleteLater(); // this may be its answer
    }
    if (SwtpmProcess *tpm = std::exchange(m_tpm, nullptr)) {
        tpm->disconnect(this);
        tpm->deleteLater(); // likewise
    }
    m_network.reset();
    delete std::exchange(m_shares, nullptr);
    closeSound();
    m_hasAbsolutePointer = false;
    if (end.error)
        emit failed(*end.error); // whoever hears it logs it
    setState(end.state);
    const Error gone = makeError(ErrorKind::Cancelled, "The machine has ended");
    const auto answer = [&gone](const Reply &reply) {
        if (reply)
            reply(gone);
    };
    QHash<quint64, Reply> jobs = std::exchange(m_jobs, {});
    for (const Reply &reply : std::as_const(jobs))
        answer(reply);
    jobs.clear();
    m_machine.io.reset(); // no image is left anywhere
    if (const std::optional<Save> save = std::exchange(m_save, {})) {
        answer(save->reply);
        for (const Reply &reply : save->abandoned)
            answer(reply);
    }
    forgetUsb(gone);
    answer(std::exchange(m_remoteDisplayReply, {}));
    const QQueue<Typing> typing = std::exchange(m_typing, {});
    for (const Typing &waiting : typing)
        answer(waiting.reply);
    const QList<Reply> replies = std::exchange(m_powerOffReplies, {});
    for (const Reply &reply : replies)
        if (reply)
            reply({});
}

} // namespace engine
