// SPDX-License-Identifier: GPL-3.0-or-later
// Off to Running: what the host has, the child, the first commands.
#include "engine/base/log.h"
#include "engine/drivers/acceleration.h"
#include "engine/drivers/image_files.h"
#include "engine/drivers/missing_features.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/qemu_failure.h"
#include "engine/drivers/qemu_host.h"
#include "engine/drivers/qemu_process.h"
#include "engine/drivers/qemu_shares.h"
#include "engine/drivers/qemu_storage.h"
#include "engine/drivers/storage_daemon.h"
#include "engine/drivers/swtpm_process.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>

namespace engine {

void QemuDriver::start(const MachineDefinition &definition, const MachinePlace &place)
{
    check(!m_hasStarted, "a driver runs one machine once");
    m_hasStarted = true;
    m_definition = definition;
    m_place = place;
    m_sinceStart.start();
    setState(place.savedState.isEmpty() ? State::Starting : State::Restoring);
    QTimer::singleShot(0, this, &QemuDriver::prepare);
}

void QemuDriver::prepare()
{
    if (!isComingUp())
        return; // powered off at once
    Result<> prepared = prepareLaunch();
    if (!prepared) {
        finish(
            stateBefore(),
            std::move(prepared).error().context(
                QString("Cannot start the machine \"%1\"").arg(m_definition.name).toStdString()));
        return;
    }
    prepareCertificateIfAny();
}

void QemuDriver::startHelpers()
{
    if (m_definition.tpm == TpmModel::None)
        chooseSoundIfAny();
    else
        startTpm();
}

void QemuDriver::startTpm()
{
    m_tpm = new SwtpmProcess(this);
    connect(m_tpm, &SwtpmProcess::ended, this, &QemuDriver::tpmEnded);
    m_tpm->start({.model = m_definition.tpm,
                  .machineFolder = keptFolder(m_place),
                  .machine = m_definition.uuid,
                  .socketPath = tpmSocketPath(m_place),
                  .authorityFolder = paths::configFolder() + "/tpm-authority"},
                 [this](Result<> ready) {
                     if (!isComingUp())
                         return; // powered off meanwhile
                     if (ready)
                         return chooseSoundIfAny();
                     finish(
                         stateBefore(),
                         std::move(ready).error().context(QString("Cannot start the machine \"%1\"")
                                                              .arg(m_definition.name)
                                                              .toStdString()));
                 });
}

// QEMU cannot connect to another one: the guest is without its TPM until the next start.
void QemuDriver::tpmEnded(const QString &how)
{
    if (m_isPoweringOff || m_hasShutDown || m_state == State::Stopping)
        return;
    const QString text = QString("The machine's TPM (swtpm) %1").arg(how);
    if (isComingUp()) {
        m_fatalError = makeError(ErrorKind::Io, text,
                                 QString("Its state is in \"%1/tpm\"; see also \"%2\"")
                                     .arg(m_place.folder, paths::logFile(m_place.folder)))
                           .context(QString("Cannot start the machine \"%1\"")
                                        .arg(m_definition.name)
                                        .toStdString());
        if (m_process && m_process->isRunning())
            m_process->kill();
        else
            finish(stateBefore(), m_fatalError);
        return;
    }
    const RunProblem problem{
        RunProblem::Kind::EmulationFailure, text,
        "Power the machine off and start it again. You can resume it to shut the guest down in "
        "order, but it has no TPM until then"};
    if (m_state != State::Running || !m_qmp || !m_qmp->isReady()) {
        raise(problem);
        return;
    }
    m_problem = problem; // told when the guest stands still
    m_qmp->execute("stop");
}

Result<> QemuDriver::prepareLaunch()
{
    m_program = m_options.program.isEmpty() ? TRY(findQemu()) : m_options.program;
    m_acceleration = hostAcceleration();
    noteTimeAsleep();
    if (!m_place.savedState.isEmpty())
        TRY(readSavedFacts());
    if (m_acceleration.kind != Acceleration::Kind::Hardware)
        log(LogLevel::Warning, "qemu",
            (m_acceleration.text + ": " + m_acceleration.reason).toStdString());
    TRY(paths::makePrivateFolder(m_place.runFolder));
    TRY(prepareSpice());

    if (m_definition.firmware == Firmware::Uefi) {
        const QString root =
            m_options.firmwareRoot.isEmpty() ? firmwareRoot() : m_options.firmwareRoot;
        PreparedUefi prepared = TRY(prepareUefi(m_definition, root, nvramPath(m_place)));
        m_firmware = std::move(prepared.firmware);
        if (!prepared.note.isEmpty())
            log(LogLevel::Warning, "qemu", prepared.note.toStdString());
    }
    TRY(checkSerialSockets(m_definition, m_place.folder));
    TRY(checkMediaExist(m_definition, m_place.folder));
    return {};
}

// The storage daemon first, when a disk needs one.
void QemuDriver::launch()
{
    if (!isComingUp())
        return;
    const auto fail = [this](Error error) {
        finish(
            stateBefore(),
            std::move(error).context(
                QString("Cannot start the machine \"%1\"").arg(m_definition.name).toStdString()));
    };
    Result<QList<DaemonDisk>> disks = daemonDisks(
        m_definition, {m_place.folder, diskFormat, isBlockDevice, canBypassCache, daemonSocketPath(m_place)});
    if (!disks) {
        fail(std::move(disks).error());
        return;
    }
    if (disks->isEmpty()) {
        launchQemu();
        return;
    }
    const Result<QString> program = m_options.storageDaemon.isEmpty()
        ? findStorageDaemon()
        : Result<QString>(m_options.storageDaemon);
    if (!program) {
        fail(Error(program.error()));
        return;
    }
    m_daemon = new StorageDaemon(*program, *disks, daemonSocketPath(m_place), this);
    connect(m_daemon, &StorageDaemon::gaveUp, this, [this](const QString &reason) {
        log(LogLevel::Error, "disks", reason.toStdString());
        m_daemonTrouble = reason;
        m_isDaemonWorn = true;
    });
    m_daemon->start([this, fail](const Result<> &started) {
        if (!isComingUp())
            return;
        if (started)
            launchQemu();
        else if (m_daemon->lastLines().isEmpty())
            fail(Error(started.error()));
        else
            finish(stateBefore(),
                   qemuStartFailure(m_definition, m_daemon->lastLines(),
                                    "could not be started, as its storage daemon ended",
                                    paths::logFile(m_place.folder)));
    });
}

void QemuDriver::launchQemu()
{
    Result<> launched = launchProcess();
    if (!launched)
        endWith(
            stateBefore(),
            std::move(launched).error().context(
                QString("Cannot start the machine \"%1\"").arg(m_definition.name).toStdString()));
}

Result<> QemuDriver::launchProcess()
{
    auto *process = new QemuProcess(this);
    m_process = process;
    TRY(process->openChannel());
    QemuLaunch launch;
    launch.place = m_place;
    launch.acceleration = m_acceleration.kind;
    launch.machineType = m_machineType;
    launch.isRestoring = m_state == State::Restoring;
    if (!launch.isRestoring) {
        m_hasAgentChannel = wantsAgentChannel(m_definition);
        m_hasBalloon = hasBalloonDriver(m_definition);
    }
    launch.hasAgentChannel = m_hasAgentChannel;
    launch.hasBalloon = m_hasBalloon;
    launch.spicePort = qMax(m_spice.port, m_spice.tlsPort);
    launch.audioDriver = m_audioDriver;
    launch.hasMicrophone = m_hasMicrophone;
    launch.qmpDescriptor = process->childEnd();
    launch.firmware = m_firmware;
    launch.tpmSocket = tpmSocketPath(m_place);
    launch.imageFormat = diskFormat;
    launch.isBlockDevice = isBlockDevice;
    launch.canBypassCache = canBypassCache;
    startShares(launch);
    TRY(openNetwork(*process, launch));
    const QStringList arguments = TRY(qemuArguments(m_definition, launch));
    rememberDrives();
    makeAgent();

    m_qmp = new QmpClient(process->takeParentEnd(), this);
    m_shares->setClient(m_qmp);
    connect(m_qmp, &QmpClient::ready, this, &QemuDriver::setUp);
    connect(m_qmp, &QmpClient::eventReceived, this, &QemuDriver::handleEvent);
    connect(m_qmp, &QmpClient::broken, this, &QemuDriver::breakDown);
    connect(m_qmp, &QmpClient::closed, this, [this] {
        // It closes shortly before it ends; a process that stays is no use any more.
        if (m_process && m_process->isRunning() && !m_killTimer.isActive())
            m_killTimer.start(m_options.quitTimeout);
    });
    connect(process, &QemuProcess::ended, this, &QemuDriver::processEnded);
    connect(process, &QemuProcess::couldNotStart, this, [this](const QString &reason) {
        m_fatalError =
            makeError(ErrorKind::Io, QString("\"%1\" cannot be run: %2").arg(m_program, reason))
                .context(QString("Cannot start the machine \"%1\"")
                             .arg(m_definition.name)
                             .toStdString());
        endWith(stateBefore(), m_fatalError);
    });
    process->start(m_program, arguments);
    return {};
}

void QemuDriver::setUp()
{
    m_version = m_qmp->version();
    QFile::remove(spicePasswordPath(m_place)); // QEMU has read it
    for (int index = 0; index < int(m_definition.adapters.size()); ++index) {
        if (m_definition.adapters[index].mode != NetworkMode::None && !isLinkUp(index))
            m_qmp->execute("set_link", {{"name", nicId(index)}, {"up", false}},
                           [](const Result<QJsonValue> &result) {
                               if (!result)
                                   log(LogLevel::Warning, "qemu", result.error().text());
                           });
    }
    switchSound([this] {
        if (m_state == State::Restoring)
            restoreMemory();
        else
            runGuest();
    });
}

void QemuDriver::runGuest()
{
    m_qmp->execute("cont", {}, [this](const Result<QJsonValue> &result) {
        if (!result && m_qmp && m_qmp->isReady())
            breakDown(Error(result.error())
                          .context(QString("Cannot start the machine \"%1\"")
                                       .arg(m_definition.name)
                                       .toStdString()));
        else if (result)
            guestContinued();
    });
}

} // namespace engine
