// SPDX-License-Identifier: GPL-3.0-or-later
// What the Vm tells by itself, and what is looked at regularly.
#include "engine/base/log.h"
#include "engine/drivers/adapter_plan.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"
#include "engine/media/disk_image.h"

#include <utility>

namespace engine {

namespace {

constexpr qint64 FullBytes = 1024 * 1024;

} // namespace

void KvmDriver::vmStopped(VmStop kind, const QString &text, const std::string &details)
{
    if (m_end)
        return;
    if (kind == VmStop::PoweredOff) {
        log(LogLevel::Info, "kvm", "the guest has switched itself off");
        setState(State::Stopping);
        endWith(State::Off, {});
        return;
    }
    if (!details.empty())
        log(LogLevel::Error, "kvm", details);
    const QString what =
        QString("The machine \"%1\" has stopped unexpectedly").arg(m_definition.name);
    Error error = makeError(
        ErrorKind::Io, text,
        QString("The processor's registers are in the machine's log (\"%1\"). If it comes "
                "again, set the machine's engine to qemu")
            .arg(paths::logFile(m_place.folder)));
    endWith(isComingUp() ? stateBefore() : State::Aborted,
            std::move(error).context(what.toStdString()));
}

void KvmDriver::vmHasProblem(const RunProblem &problem)
{
    if (m_end)
        return;
    // The first one tells; what comes while it waits is mostly of the same kind.
    if (!m_problem)
        m_problem = asDaemonsProblem(problem);
    settleProblem();
}

// A format driver whose write failed may remember more than it wrote, so that another daemon has to
// take over; and some of them (vmdk) call every error an invalid argument.
RunProblem KvmDriver::asDaemonsProblem(RunProblem problem)
{
    if (!m_daemon)
        return problem;
    m_isDaemonWorn = true;
    for (const KvmDrive &drive : std::as_const(m_plan.drives)) {
        const qint64 free = drive.exportName.isEmpty() ? -1 : freeBytesFor(drive.path);
        if (problem.kind == RunProblem::Kind::DiskFull || free < 0 || free >= FullBytes)
            continue;
        problem.kind = RunProblem::Kind::DiskFull;
        problem.remedy = QString("Free some space on the file system that holds \"%1\", then "
                                 "resume the machine")
                             .arg(drive.path);
    }
    return problem;
}

// Told once the guest stands still, so that who reads it can do something about it and resume.
void KvmDriver::settleProblem()
{
    if (!m_problem || m_isPausing || m_isResuming || m_end)
        return;
    if (m_state == State::Paused) {
        const RunProblem problem = *std::exchange(m_problem, {});
        if (!m_toldProblem)
            raise(problem);
        return;
    }
    if (m_state != State::Running)
        return; // when saving is over
    m_isPausing = true;
    post([](Machine &machine) { return machine.vm->pause(); },
         [this](const Result<> &result) {
             m_isPausing = false;
             if (m_end)
                 return;
             if (!result) {
                 log(LogLevel::Error, "kvm", result.error().text());
                 return;
             }
             if (m_state == State::Running) {
                 m_sincePause.start();
                 setState(State::Paused);
             }
             settleProblem();
         });
}

void KvmDriver::raise(const RunProblem &problem)
{
    log(LogLevel::Error, "kvm", problem.text.toStdString());
    m_toldProblem = problem;
    emit problemRaised(problem);
}

void KvmDriver::guestContinued()
{
    const bool isFirst = isComingUp();
    m_toldProblem.reset();
    m_sincePause.invalidate();
    if (isFirst) {
        log(LogLevel::Info, "kvm",
            QString("running after %1 ms, %2, %3")
                .arg(m_sinceStart.elapsed())
                .arg(name(), m_options.acceleration.text)
                .toStdString());
        m_pointerTimer.start();
        if (m_wantedGamepad && m_wantedGamepad->isEmpty())
            m_gamepadTimer.start();
        m_vm->setBalloon(std::uint64_t(m_definition.balloonMiB) << 20);
    }
    setState(State::Running);
    if (isFirst)
        emit displayChanged();
    refreshPointer();
}

void KvmDriver::refreshPointer()
{
    if (!isAlive() || m_end)
        return;
    const bool isAbsolute = m_view.input->pointerMode() == PointerMode::Absolute;
    if (isAbsolute == m_hasAbsolutePointer)
        return;
    m_hasAbsolutePointer = isAbsolute;
    emit displayChanged();
}

void KvmDriver::pollActivity()
{
    if (!isAlive() || m_end)
        return;
    ActivityCounters counters;
    for (qsizetype i = 0; i < m_drives.size(); ++i) {
        const DriveCounters &moved = *m_drives[i].counters;
        const auto read = moved.readBytes.load(std::memory_order_relaxed);
        const auto written = moved.writtenBytes.load(std::memory_order_relaxed);
        if (m_plan.drives[i].kind == MediumKind::Optical) {
            counters.opticalReadBytes += read;
        } else {
            counters.diskReadBytes += read;
            counters.diskWrittenBytes += written;
        }
    }
    if (m_network)
        countPackets(*m_network, counters);
    m_meter.update();
    counters.cpuNanoseconds = m_meter.cpuNanoseconds();
    counters.memoryBytes = m_meter.memoryBytes();
    counters.exits = m_vm->statistics().total;
    counters.areExitsCounted = true;
    if (const std::optional<GuestMemoryUse> memory = m_vm->guestMemory()) {
        counters.guestMemoryBytes = memory->totalBytes;
        counters.guestAvailableBytes = memory->availableBytes;
        counters.balloonBytes = memory->balloonBytes;
    }
    m_activity = counters;
    emit activityChanged();
}

} // namespace engine
