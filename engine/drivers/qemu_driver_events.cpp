// SPDX-License-Identifier: GPL-3.0-or-later
// What QEMU tells by itself or when it is polled. Events of newer versions are ignored.
#include "engine/base/log.h"
#include "engine/drivers/json_counter.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/qemu_failure.h"
#include "engine/drivers/qemu_medium_change.h"
#include "engine/drivers/qemu_process.h"
#include "engine/drivers/qemu_shares.h"
#include "engine/drivers/qemu_storage.h"
#include "engine/drivers/storage_daemon.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"

#include <QtCore/QJsonArray>

#include <cerrno>
#include <cstring>

namespace engine {

namespace {

constexpr int PollsPerPointerCheck = 4;
constexpr std::chrono::milliseconds ReconnectPause{300};
constexpr qint64 LongPauseMilliseconds = 2000;
constexpr qint64 FullBytes = 1024 * 1024;
constexpr int PollsPerExitCount = 4;

} // namespace

void QemuDriver::handleEvent(const QString &name, const QJsonObject &data)
{
    log(LogLevel::Debug, "qemu", ("event " + name).toStdString());
    if (name == "STOP") {
        guestStopped();
    } else if (name == "RESUME") {
        guestContinued();
    } else if (name == "SHUTDOWN") {
        log(LogLevel::Info, "qemu", ("shutdown: " + data["reason"].toString()).toStdString());
        m_hasShutDown = true;
        setState(State::Stopping);
        if (!m_killTimer.isActive())
            m_killTimer.start(m_options.quitTimeout);
    } else if (name == "RESET") {
        m_guestMemoryBytes = 0;
        m_shares->guestWasReset();
        emit wasReset();
    } else if (name == "BLOCK_IO_ERROR") {
        blockError(data);
    } else if (name == "MIGRATION") {
        migrationChanged(data["status"].toString());
    } else if (name == "DEVICE_TRAY_MOVED") {
        trayMoved(data["id"].toString(), data["tray-open"].toBool());
    } else if (name == "DEVICE_DELETED") {
        if (!m_shares->deviceDeleted(data["device"].toString()))
            usbDeleted(data["device"].toString());
    } else if (name == "VSERPORT_CHANGE") {
        agentPortChanged(data);
    } else if (name == "GUEST_PANICKED") {
        m_problem = RunProblem{RunProblem::Kind::GuestPanic, "The guest system has crashed",
                               "Reset the machine or power it off"};
    }
}

void QemuDriver::guestStopped()
{
    if (m_hasShutDown || m_isPoweringOff || m_state != State::Running)
        return;
    const bool isOfOldConnection = m_problem && m_problem->kind == RunProblem::Kind::DiskError
        && m_isDaemonWorn && m_daemonTrouble.isEmpty();
    if (isOfOldConnection && m_reconnects > 0) {
        --m_reconnects;
        m_isDaemonWorn = false;
        m_problem.reset();
        QTimer::singleShot(ReconnectPause, this, [this] {
            if (m_state == State::Running && m_qmp)
                m_qmp->execute("cont");
        });
        return;
    }
    m_sincePause.start();
    setState(State::Paused);
    if (m_problem) {
        const RunProblem problem = *m_problem;
        m_problem.reset();
        raise(problem);
        return;
    }
    if (m_isPauseWanted)
        return;
    m_qmp->execute("query-status", {}, [this](const Result<QJsonValue> &result) {
        const QString status = result ? (*result)["status"].toString() : QString();
        if (m_state != State::Paused)
            return;
        if (status == "internal-error")
            raise({RunProblem::Kind::EmulationFailure,
                   "The processor of the machine has stopped in a state that cannot be emulated",
                   "Reset the machine; if it comes again, set VITRINE_ACCELERATION=none to run "
                   "it without hardware acceleration"});
        else if (status == "guest-panicked")
            raise({RunProblem::Kind::GuestPanic, "The guest system has crashed",
                   "Reset the machine or power it off"});
        else if (status == "io-error")
            raise({RunProblem::Kind::DiskError,
                   "A disk of the machine could not be written; the machine is paused",
                   "Mend the storage that holds it, then resume the machine"});
    });
}

void QemuDriver::guestContinued()
{
    if (!isComingUp() && m_state != State::Paused)
        return;
    const bool isFirst = isComingUp();
    const bool isBehind = m_state == State::Restoring
        || (m_sincePause.isValid() && m_sincePause.hasExpired(LongPauseMilliseconds));
    m_isPauseWanted = false;
    m_toldProblem.reset();
    m_sincePause.invalidate();
    if (isFirst) {
        log(LogLevel::Info, "qemu",
            QString("running after %1 ms, %2, %3, sound: %4")
                .arg(m_sinceStart.elapsed())
                .arg(name(), m_acceleration.text, m_audioDriver)
                .toStdString());
        m_heartbeat.start(m_options.heartbeatInterval);
        lookForAgent();
    }
    const bool wasRestored = m_state == State::Restoring;
    setState(State::Running);
    if (isFirst) {
        emit displayChanged();
        bringFolders(wasRestored);
        if (m_hasBalloon && m_definition.balloonMiB > 0)
            setBalloon(m_definition.balloonMiB, {});
    }
    if (isBehind)
        correctClock();
}

void QemuDriver::blockError(const QJsonObject &data)
{
    const QString device = deviceOfNode(data["node-name"].toString());
    const QString path = m_drives.value(device).path;
    RunProblem problem = blockProblem(data, path.isEmpty() ? device : path);
    const bool isStopping = data["action"].toString() == "stop";
    const QJsonObject options = m_daemon ? m_daemon->nodeOf(device) : QJsonObject();
    if (isStopping && !options.isEmpty()) {
        m_isDaemonWorn = true;
        // vmdk's driver calls every error an invalid argument.
        const qint64 free = freeBytesFor(path);
        if (free >= 0 && free < FullBytes && problem.kind != RunProblem::Kind::DiskFull) {
            QJsonObject full = data;
            full["nospace"] = true;
            full["reason"] = QString::fromLocal8Bit(std::strerror(ENOSPC));
            problem = blockProblem(full, path);
        }
        if (!m_daemonTrouble.isEmpty()) {
            problem.text += QString(". %1").arg(m_daemonTrouble);
            problem.remedy = "Resume the machine to open the disk image again; the machine's log "
                             "tells more";
        }
    }
    if (isStopping && m_state == State::Running)
        m_problem = problem; // logged when it is raised
    else // the guest is told of the error and goes on
        log(LogLevel::Warning, "qemu", problem.text.toStdString());
}

void QemuDriver::raise(const RunProblem &problem)
{
    log(LogLevel::Error, "qemu", problem.text.toStdString());
    m_toldProblem = problem;
    emit problemRaised(problem);
}

void QemuDriver::trayMoved(const QString &device, bool isOpen)
{
    const std::optional<StorageSlot> slot = slotOfDevice(m_definition, device);
    if (!slot)
        return;
    const QString id = deviceId(m_definition, *slot);
    if (QemuMediumChange *change = m_changes.value(id))
        change->trayMoved(isOpen);
    else if (isOpen && !m_drives[id].node.isEmpty())
        guestEjected(*slot, id);
}

// The tray is open with the medium still in it: take it out, so that the file is free and the
// guest finds an empty drive when it closes the tray.
void QemuDriver::guestEjected(const StorageSlot &slot, const QString &device)
{
    Drive &drive = m_drives[device];
    const QString node = std::exchange(drive.node, {});
    drive.path.clear();
    m_qmp->execute("blockdev-remove-medium", {{"id", device}},
                   [this, node](const Result<QJsonValue> &result) {
                       if (!result)
                           log(LogLevel::Warning, "qemu", result.error().text());
                       else
                           execute("blockdev-del", {{"node-name", node}}, {});
                   });
    emit mediumEjectedByGuest(slot);
}

void QemuDriver::beat()
{
    if (m_isBeating || !isAlive())
        return;
    m_isBeating = true;
    m_qmp->execute(
        "query-status", {},
        [this](const Result<QJsonValue> &result) {
            m_isBeating = false;
            // An answer of whatever kind is a sign of life; so is a connection that just ended,
            // which is the process's business.
            if (!result && m_qmp && m_qmp->isReady() && isAlive())
                breakDown(Error(result.error())
                              .context(QString("The machine \"%1\" has stopped responding and "
                                               "was ended")
                                           .arg(m_definition.name)
                                           .toStdString()));
        },
        m_options.heartbeatTimeout);
    refreshPointer();
    const std::chrono::nanoseconds before = m_timeAsleep;
    noteTimeAsleep();
    if (m_timeAsleep - before > std::chrono::seconds(1))
        correctClock();
}

void QemuDriver::setActivityWanted(bool wanted)
{
    if (wanted == m_activityTimer.isActive())
        return;
    if (wanted)
        m_activityTimer.start();
    else
        m_activityTimer.stop();
    setMemoryReports(wanted);
}

void QemuDriver::pollActivity()
{
    if (!isAlive() || m_isPolling)
        return;
    if (m_polls++ % PollsPerPointerCheck == 0)
        refreshPointer();
    m_isPolling = true;
    m_qmp->execute("query-blockstats", {}, [this](const Result<QJsonValue> &result) {
        m_isPolling = false;
        if (!result)
            return;
        ActivityCounters counters;
        const QJsonArray devices = result->toArray();
        for (const QJsonValue &device : devices) {
            const std::optional<StorageSlot> slot =
                slotOfDevice(m_definition, device["qdev"].toString());
            const StorageAttachment *attachment =
                slot ? findAttachment(m_definition, *slot) : nullptr;
            if (!attachment)
                continue;
            const QJsonValue stats = device["stats"];
            const quint64 read = counterFromJson(stats["rd_bytes"]);
            const quint64 written = counterFromJson(stats["wr_bytes"]);
            switch (attachment->kind) {
            case MediumKind::HardDisk:
                counters.diskReadBytes += read;
                counters.diskWrittenBytes += written;
                break;
            case MediumKind::Optical:
                counters.opticalReadBytes += read;
                break;
            case MediumKind::Floppy:
                counters.floppyBytes += read + written;
                break;
            }
        }
        countNetwork(counters);
        m_meter.update();
        counters.cpuNanoseconds = m_meter.cpuNanoseconds();
        counters.memoryBytes = m_meter.memoryBytes();
        counters.areExitsCounted = m_exits.has_value();
        counters.exits = m_exits.value_or(0);
        counters.guestMemoryBytes = m_guestMemoryBytes;
        counters.guestAvailableBytes = m_guestAvailableBytes;
        counters.balloonBytes = m_balloonBytes;
        m_activity = counters;
        emit activityChanged();
    });
    pollExits();
    pollGuestMemory();
}

// KVM counts why each processor left the guest (QEMU 7.1, qapi/stats.json). Software emulation
// has no exits, and an older QEMU does not know the question: then nothing is counted.
void QemuDriver::pollExits()
{
    if (m_acceleration.kind != Acceleration::Kind::Hardware || m_polls % PollsPerExitCount != 0)
        return;
    const QJsonObject provider{{"provider", "kvm"}, {"names", QJsonArray{"exits"}}};
    m_qmp->execute("query-stats", {{"target", "vcpu"}, {"providers", QJsonArray{provider}}},
                   [this](const Result<QJsonValue> &result) {
                       if (result)
                           m_exits = exitsOfProcessors(*result);
                   });
}

void QemuDriver::refreshPointer()
{
    if (!hasUsbPointer(m_definition))
        return;
    m_qmp->execute("query-mice", {}, [this](const Result<QJsonValue> &result) {
        if (!result || !isAlive())
            return;
        bool isAbsolute = false;
        const QJsonArray mice = result->toArray();
        for (const QJsonValue &mouse : mice)
            if (mouse["current"].toBool())
                isAbsolute = mouse["absolute"].toBool();
        if (isAbsolute == m_hasAbsolutePointer)
            return;
        m_hasAbsolutePointer = isAbsolute;
        emit displayChanged();
    });
}

} // namespace engine
