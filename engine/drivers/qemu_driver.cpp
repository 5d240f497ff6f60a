// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_driver.h"

#include "engine/base/log.h"
#include "engine/drivers/guest_agent.h"
#include "engine/drivers/missing_features.h"
#include "engine/drivers/picture_file.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_failure.h"
#include "engine/drivers/qemu_medium_change.h"
#include "engine/drivers/qemu_process.h"
#include "engine/drivers/qemu_shares.h"
#include "engine/drivers/qemu_storage.h"
#include "engine/drivers/run_checks.h"
#include "engine/drivers/storage_daemon.h"
#include "engine/drivers/swtpm_process.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

namespace engine {

namespace {

constexpr std::chrono::milliseconds ActivityInterval{250};
constexpr std::chrono::milliseconds ProgressInterval{200};
// QEMU's NBD client tells of a lost connection before it looks for a new one.
constexpr int ReconnectAttempts = 5;

} // namespace

QemuDriver::QemuDriver(QemuDriverOptions options, QObject *parent)
    : Driver(parent)
    , m_options(std::move(options))
{
    connect(&m_heartbeat, &QTimer::timeout, this, &QemuDriver::beat);
    m_activityTimer.setInterval(ActivityInterval);
    connect(&m_activityTimer, &QTimer::timeout, this, &QemuDriver::pollActivity);
    m_progressTimer.setInterval(ProgressInterval);
    connect(&m_progressTimer, &QTimer::timeout, this, &QemuDriver::pollProgress);
    m_killTimer.setSingleShot(true);
    connect(&m_killTimer, &QTimer::timeout, this, [this] {
        log(LogLevel::Warning, "qemu", "QEMU did not end by itself and is killed");
        if (m_process)
            m_process->kill();
    });
}

QemuDriver::~QemuDriver()
{
    blockSignals(true);
    finish(State::Off, {});
    // Kills and reaps the child before the members its signals would touch go away.
    delete m_process;
}

void QemuDriver::pause(Reply reply)
{
    if (refuse(reply, true))
        return;
    m_isPauseWanted = true;
    execute("stop", {}, std::move(reply));
}

void QemuDriver::resume(Reply reply)
{
    if (m_state == State::Running) {
        answerLater(std::move(reply), makeError(ErrorKind::Invalid, "The machine is not paused"));
        return;
    }
    if (refuse(reply, false))
        return;
    if (m_daemon && m_isDaemonWorn) {
        m_daemon->restart([this, reply = std::move(reply)](Result<> restarted) {
            if (m_state != State::Paused) {
                if (reply)
                    reply(makeError(ErrorKind::Cancelled, "The machine has ended"));
                return;
            }
            if (!restarted) {
                if (reply)
                    reply(std::move(restarted).error().context(
                        "The machine's disks cannot be opened again"));
                return;
            }
            m_isDaemonWorn = false;
            m_daemonTrouble.clear();
            m_reconnects = ReconnectAttempts;
            continueGuest(reply);
        });
        return;
    }
    continueGuest(std::move(reply));
}

void QemuDriver::continueGuest(Reply reply)
{
    execute("cont", {}, std::move(reply));
}

void QemuDriver::reset(Reply reply)
{
    if (!refuse(reply, false))
        execute("system_reset", {}, std::move(reply));
}

void QemuDriver::pressPowerButton(Reply reply)
{
    if (!refuse(reply, true))
        execute("system_powerdown", {}, std::move(reply));
}

void QemuDriver::powerOff(Reply reply)
{
    if (isOver()) {
        answerLater(std::move(reply), makeError(ErrorKind::Invalid, "The machine is not running"));
        return;
    }
    m_powerOffReplies.append(std::move(reply));
    if (m_isPoweringOff)
        return;
    m_isPoweringOff = true;
    if (!m_process || !m_process->isRunning()) {
        const State next = m_state == State::Restoring ? State::Saved : State::Off;
        setState(State::Stopping);
        QTimer::singleShot(0, this, [this, next] { endWith(next, {}); });
        return;
    }
    m_isSavedAtEnd = m_state == State::Restoring || (m_save && m_save->isComplete);
    if (m_qmp->isReady())
        m_qmp->execute("quit");
    else
        m_process->kill();
    m_killTimer.start(m_options.quitTimeout);
    setState(State::Stopping);
}

void QemuDriver::changeMedium(const StorageSlot &slot, const QString &path, bool force, Reply reply)
{
    if (refuse(reply, false))
        return;
    const Result<MediumWish> wish = checkMediumWish(m_definition, slot, path, m_place.folder);
    if (!wish) {
        answerLater(std::move(reply), wish.error());
        return;
    }
    const QString id = deviceId(m_definition, slot);
    Drive &drive = m_drives[id];
    if (m_changes.value(id)) {
        answerLater(std::move(reply), mediumIsBeingChanged(wish->title));
        return;
    }
    const QString file = wish->file;
    if (file == drive.path) {
        answerLater(std::move(reply), {}); // it is there, or nothing is
        return;
    }
    MediumChangeRequest request{id, wish->title, drive.node, {}, force, m_options.trayTimeout};
    if (const Result<> usable = checkMediumFile(file); !usable) {
        answerLater(std::move(reply), usable.error());
        return;
    }
    if (!file.isEmpty()) {
        const QFileInfo info(file);
        StorageAttachment wanted = wish->attachment;
        if (wanted.kind == MediumKind::Floppy && !info.isWritable())
            wanted.isReadOnly = true;
        // Nodes of a regular file and of the host's own drive differ.
        request.newNode =
            blockNode(wanted, file, nodeName(id, ++drive.generation), "raw", !info.isFile());
    }
    const QString node = request.newNode.value("node-name").toString();
    auto *change = new QemuMediumChange(
        *m_qmp, std::move(request),
        [this, id, node, file, reply = std::move(reply)](const Result<> &result) {
            m_changes.remove(id);
            if (result) {
                m_drives[id].node = node;
                m_drives[id].path = file;
            }
            if (reply)
                reply(result);
        },
        this);
    m_changes.insert(id, change);
    change->start();
}

void QemuDriver::screenshot(const QString &path, const QString &format, int monitor, Reply reply)
{
    if (refuse(reply, false))
        return;
    if (monitor != 0) {
        answerLater(std::move(reply),
                    makeError(ErrorKind::NotFound, "The machine has one monitor only"));
        return;
    }
    if (const Result<> known = checkPictureFormat(format); !known) {
        answerLater(std::move(reply), known.error());
        return;
    }
    if (m_definition.video == VideoModel::None) {
        answerLater(std::move(reply),
                    makeError(ErrorKind::Unsupported, "The machine has no screen"));
        return;
    }
    const QString file =
        QString("%1/screen-%2.%3").arg(m_place.runFolder).arg(++m_screenshots).arg(format);
    QJsonObject arguments{{"filename", file}};
    if (format == "png")
        arguments.insert("format", format); // ppm is what versions before 7.1 know
    const QString target = QFileInfo(path).absoluteFilePath();
    // QEMU writes a file of our own, so that no option of its ever meets a path of the user's.
    execute("screendump", arguments, [file, target, reply = std::move(reply)](Result<> result) {
        if (result)
            result = copyPicture(file, target);
        QFile::remove(file);
        if (reply)
            reply(std::move(result));
    });
}

Support QemuDriver::supports(Feature feature) const
{
    switch (feature) {
    case Feature::Pause:
    case Feature::Reset:
    case Feature::PowerButton:
    case Feature::ChangeMedium:
    case Feature::LinkState:
    case Feature::ChangeNetwork:
        return {true, {}};
    case Feature::SharedFolders:
        if (isAlive() && !m_hasRoomForFolders)
            return {false,
                    "The machine was started without room for shared folders: power it off, and add "
                    "the first one in its settings"};
        return {true, {}};
    case Feature::Screenshot:
        if (m_hasStarted && m_definition.video == VideoModel::None)
            return {false, "The machine has no screen"};
        return {true, {}};
    case Feature::SaveState:
        return savingSupport();
    case Feature::UsbPassthrough:
        if (m_hasStarted && m_definition.usb == UsbController::None)
            return {false, "The machine has no USB controller"};
        return {true, {}};
    case Feature::Clipboard:
    case Feature::GuestAgent:
        if (m_hasStarted && !m_hasAgentChannel)
            return missingAgentChannel(feature);
        return {true, {}};
    case Feature::AudioOutputSwitch:
    case Feature::AudioInputSwitch:
        return audioSupport(feature);
    case Feature::MemoryBalloon:
        return m_hasStarted && !m_hasBalloon ? missingBalloon(m_definition) : Support{true, {}};
    case Feature::RemoteDisplayChange:
        return {false, "QEMU offers the screen as it did when the machine was started"};
    case Feature::Monitors:
        return {false, "Only the built-in engine has a graphics card for several monitors"};
    case Feature::SoundTap:
        return {false,
                "QEMU plays the guest's sound without us: films of its machines are silent"};
    case Feature::Gamepad:
        return {false,
                "QEMU emulates no gamepad; Devices > USB in the usual window, or controlvm "
                "usbattach, gives the guest the real one"};
    case Feature::Snapshots:
        return missingInEveryDriver(feature);
    }
    return {};
}

DisplayEndpoint QemuDriver::display() const
{
    DisplayEndpoint endpoint;
    if (isAlive() || m_state == State::Stopping) {
        endpoint.kind = DisplayEndpoint::Kind::Spice;
        endpoint.spice = m_spice;
    }
    return endpoint;
}

QString QemuDriver::name() const
{
    return m_version.isEmpty() ? QString("qemu") : "qemu " + m_version;
}

qint64 QemuDriver::processId() const
{
    return m_process ? m_process->processId() : 0;
}

qint64 QemuDriver::storageDaemonId() const
{
    return m_daemon ? m_daemon->processId() : 0;
}

void QemuDriver::rememberDrives()
{
    for (const StorageController &controller : m_definition.controllers) {
        for (const StorageAttachment &attachment : controller.attachments) {
            const QString id =
                deviceId(m_definition, {controller.name, attachment.port, attachment.device});
            Drive drive;
            drive.path = resolvedPath(attachment, m_place.folder);
            if (!drive.path.isEmpty())
                drive.node = nodeName(id, 0);
            m_drives.insert(id, drive);
        }
    }
}

void QemuDriver::processEnded(bool isCrash, int codeOrSignal)
{
    const QString ending = howItEnded(isCrash, codeOrSignal);
    log(LogLevel::Info, "qemu", ("the process " + ending).toStdString());
    const QStringList lastLines = m_process->lastLines();
    const QString logPath = paths::logFile(m_place.folder);
    if (m_isPoweringOff || m_hasShutDown)
        endWith(m_isSavedAtEnd ? State::Saved : State::Off, {});
    else if (m_state == State::Starting)
        endWith(State::Off,
                m_fatalError ? *m_fatalError
                             : qemuStartFailure(m_definition, lastLines, ending, logPath));
    else if (m_state == State::Restoring)
        endWith(State::Saved,
                m_fatalError ? *m_fatalError
                             : qemuRestoreFailure(m_definition, lastLines, ending, logPath));
    else
        endWith(State::Aborted,
                m_fatalError ? *m_fatalError : qemuDeath(m_definition, lastLines, ending, logPath));
}

// The machine is over when its disks are free as well.
void QemuDriver::endWith(State state, const std::optional<Error> &error)
{
    if (m_daemon && m_daemon->isRunning())
        m_daemon->stop([this, state, error] { finish(state, error); });
    else
        finish(state, error);
}

// QEMU is there but no use any more: the end of the process does the rest.
void QemuDriver::breakDown(const Error &error)
{
    if (!m_fatalError)
        m_fatalError = error;
    if (m_process)
        m_process->kill();
}

void QemuDriver::finish(State state, const std::optional<Error> &error)
{
    if (isOver())
        return;
    m_heartbeat.stop();
    m_progressTimer.stop();
    m_activityTimer.stop();
    m_killTimer.stop();
    if (m_process && m_process->isRunning())
        m_process->kill();
    const Error gone = makeError(ErrorKind::Cancelled, "The machine has ended");
    const auto changes = std::exchange(m_changes, {});
    for (const QPointer<QemuMediumChange> &change : changes)
        if (change)
            change->cancel(gone);
    if (SoundSwitch *sound = std::exchange(m_sound, nullptr)) {
        sound->stop();
        sound->deleteLater(); // it may be the one that calls
    }
    if (QmpClient *qmp = std::exchange(m_qmp, nullptr)) {
        qmp->disconnect(this);
        qmp->close();
        qmp->deleteLater();
    }
    if (std::optional<Save> save = std::exchange(m_save, {})) {
        if (save->reply)
            save->reply(gone);
        for (const Reply &reply : std::as_const(save->abandoned))
            if (reply)
                reply(gone);
    }
    m_memory.reset();
    const auto plugs = std::exchange(m_usb, {});
    for (const UsbPlug &plug : plugs)
        for (const Reply &reply : plug.leaving)
            if (reply)
                reply({}); // the device is the host's again
    if (StorageDaemon *daemon = std::exchange(m_daemon, nullptr)) {
        daemon->disconnect(this);
        daemon->deleteLater(); // this may be its answer
    }
    if (m_agent)
        m_agent->setPortOpen(false);
    if (QemuShares *shares = std::exchange(m_shares, nullptr)) {
        shares->disconnect(this);
        shares->setClient(nullptr);
        shares->deleteLater(); // this may be its answer
    }
    QFile::remove(agentSocketPath(m_place));
    const QQueue<Typing> typing = std::exchange(m_typing, {});
    for (const Typing &waiting : typing)
        if (waiting.reply)
            waiting.reply(gone);
    m_network.reset();
    removeSpiceFiles();
    if (SwtpmProcess *tpm = std::exchange(m_tpm, nullptr)) {
        tpm->disconnect(this);
        tpm->deleteLater();
    }
    m_hasAbsolutePointer = false;
    if (error)
        emit failed(*error); // whoever hears it logs it
    setState(state);
    const QList<Reply> replies = std::exchange(m_powerOffReplies, {});
    for (const Reply &reply : replies)
        if (reply)
            reply({});
}

void QemuDriver::setState(State state)
{
    if (state == m_state)
        return;
    m_state = state;
    log(LogLevel::Info, "machine", stateName(state).toStdString());
    emit stateChanged(state);
}

bool QemuDriver::refuse(Reply &reply, bool mustRun)
{
    const bool isPaused = m_state == State::Paused;
    if (m_qmp && m_qmp->isReady() && (m_state == State::Running || (isPaused && !mustRun)))
        return false;
    answerLater(std::move(reply),
                makeError(ErrorKind::Invalid,
                          isPaused                       ? "The machine is paused"
                              : m_state == State::Saving ? "The machine is being saved"
                                                         : "The machine is not running"));
    return true;
}

void QemuDriver::execute(const QString &command, const QJsonObject &arguments, Reply reply)
{
    m_qmp->execute(command, arguments,
                   [reply = std::move(reply)](const Result<QJsonValue> &result) {
                       if (reply)
                           reply(result ? Result<>() : Result<>(result.error()));
                   });
}

} // namespace engine
