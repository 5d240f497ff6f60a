// SPDX-License-Identifier: GPL-3.0-or-later
// Running to Saved and back. A state is QEMU's migration stream in the file `memory`
// (docs/devel/migration.rst): QEMU gets the open file, so neither a path nor a helper program is
// needed. `qemu.json` says what this driver must do the same way again.
#include "engine/base/log.h"
#include "engine/drivers/guest_agent.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/qemu_failure.h"
#include "engine/drivers/qemu_process.h"
#include "engine/drivers/qemu_shares.h"
#include "engine/drivers/saving.h"
#include "engine/machine/atomic_file.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"
#include "engine/media/disk_image.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QThreadPool>

#include <cerrno>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

const QString FactsFile = "/qemu.json";
constexpr qint64 MiB = 1024 * 1024;
constexpr qint64 Unlimited = qint64(1) << 50; // bytes a second

std::chrono::nanoseconds clockTime(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

} // namespace

void QemuDriver::saveState(const QString &folder, Reply reply)
{
    if (refuse(reply, false))
        return;
    const Support support = supports(Feature::SaveState);
    if (!support.isAvailable) {
        answerLater(std::move(reply), makeError(ErrorKind::Unsupported, support.reason));
        return;
    }
    if (!m_changes.isEmpty()) {
        answerLater(std::move(reply),
                    makeError(ErrorKind::Busy, "A medium of the machine is being changed",
                              "Try again when that is done"));
        return;
    }
    const qint64 memory = qint64(m_definition.memoryMiB + m_definition.videoMemoryMiB) * MiB;
    const Result<> hasSpace =
        checkSpaceForMemory(folder, memory, residentBytes(processId()), m_place.folder);
    if (!hasSpace) {
        answerLater(std::move(reply), hasSpace.error());
        return;
    }
    if (!m_shares->hasCards()) {
        beginSave(folder, std::move(reply));
        return;
    }
    m_shares->takeAway([this, folder, reply = std::move(reply)](Result<> away) {
        if (!away) {
            if (reply)
                reply(std::move(away).error().context(
                    "The shared folders could not be taken from the guest"));
            return;
        }
        Reply answer = reply;
        // Meanwhile the guest may have stopped, or the machine ended.
        if (refuse(answer, false)) {
            if (m_shares)
                m_shares->bringBack();
            return;
        }
        beginSave(folder, std::move(answer));
    });
}

void QemuDriver::beginSave(const QString &folder, Reply reply)
{
    const QString path = folder + SavedMemoryFile;
    m_memory = Fd(
        ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!m_memory.isOpen()) {
        answerLater(std::move(reply), fileError("make", path, errno));
        m_shares->bringBack();
        return;
    }
    m_save = Save{};
    m_save->folder = folder;
    m_save->reply = std::move(reply);
    m_save->wasPaused = m_state == State::Paused;
    m_percent = -1;
    setState(State::Saving);
    startSaving();
}

// The next step, unless the save was called off meanwhile or this one failed.
void QemuDriver::saveStep(const QString &command, const QJsonObject &arguments,
                          std::function<void(const QJsonValue &)> next)
{
    m_qmp->execute(command, arguments,
                   [this, next = std::move(next)](const Result<QJsonValue> &result) {
                       if (!m_save || isOver())
                           return;
                       if (!m_save->abandoned.isEmpty())
                           failSave(makeError(ErrorKind::Cancelled, "Saving was called off"));
                       else if (!result)
                           failSave(result.error());
                       else
                           next(*result);
                   });
}

void QemuDriver::startSaving()
{
    const auto afterPicture = [this](const QJsonValue &) {
        const QJsonArray events{QJsonObject{{"capability", "events"}, {"state", true}}};
        saveStep("migrate-set-capabilities", {{"capabilities", events}},
                 [this](const QJsonValue &) {
                     saveStep("migrate-set-parameters", {{"max-bandwidth", Unlimited}},
                              [this](const QJsonValue &) { writeMemory(); });
                 });
    };
    saveStep("stop", {}, [this, afterPicture](const QJsonValue &) {
        saveStep("qom-get", {{"path", "/machine"}, {"property", "type"}},
                 [this, afterPicture](const QJsonValue &type) {
                     // "pc-q35-7.2-machine"
                     m_machineType = type.toString();
                     m_machineType.remove(QRegularExpression("-machine$"));
                     if (m_definition.video == VideoModel::None) {
                         afterPicture({});
                         return;
                     }
                     // A state without a picture is as good.
                     m_qmp->execute(
                         "screendump",
                         {{"filename", m_save->folder + SavedPictureFile}, {"format", "png"}},
                         [this, afterPicture](const Result<QJsonValue> &result) {
                             if (!result)
                                 log(LogLevel::Warning, "qemu", result.error().text());
                             if (m_save && !isOver())
                                 afterPicture({});
                         });
                 });
    });
}

void QemuDriver::writeMemory()
{
    m_qmp->executeWith(m_memory.get(), "getfd", {{"fdname", "memory"}},
                       [this](const Result<QJsonValue> &result) {
                           if (!m_save || isOver())
                               return;
                           if (!result) {
                               failSave(result.error());
                               return;
                           }
                           m_save->isMigrating = true;
                           m_progressTimer.start();
                           saveStep("migrate", {{"uri", "fd:memory"}}, [](const QJsonValue &) {});
                       });
}

void QemuDriver::migrationChanged(const QString &status)
{
    if (m_state == State::Restoring) {
        if (status == "completed") {
            m_progressTimer.stop();
            m_memory.reset();
            runGuest();
        }
        return; // after a failure QEMU ends
    }
    if (!m_save || !m_save->isMigrating)
        return;
    if (status == "completed") {
        m_save->isMigrating = false;
        m_progressTimer.stop();
        memoryWritten();
    } else if (status == "cancelled") {
        m_save->isMigrating = false;
        failSave(makeError(ErrorKind::Cancelled, "Saving was called off"));
    } else if (status == "failed") {
        m_save->isMigrating = false;
        m_qmp->execute("query-migrate", {}, [this](const Result<QJsonValue> &result) {
            if (!m_save || isOver())
                return;
            QString reason = result ? (*result)["error-desc"].toString() : QString();
            const qint64 available = freeBytesFor(m_save->folder);
            if (available >= 0 && available < MiB) {
                failSave(makeError(ErrorKind::NoSpace,
                                   QString("There is no space left for the guest's memory in "
                                           "\"%1\"")
                                       .arg(m_place.folder),
                                   "Free some space there, or shut the guest down instead"));
                return;
            }
            if (reason.isEmpty() && !m_process->lastLines().isEmpty())
                reason = m_process->lastLines().last();
            failSave(makeError(ErrorKind::Io,
                               QString("QEMU could not write the guest's memory: %1")
                                   .arg(reason.isEmpty() ? "it did not say why" : reason)));
        });
    }
}

// What QEMU has written goes to the disk beside the event loop: it may take seconds.
void QemuDriver::memoryWritten()
{
    const QJsonObject facts{
        {"version", 1},
        {"qemu", m_version},
        {"machine", m_machineType},
        {"agentChannel", m_hasAgentChannel},
        {"balloon", m_hasBalloon},
        {"microphone", m_hasMicrophone},
        {"acceleration",
         m_acceleration.kind == Acceleration::Kind::Hardware ? "hardware" : "emulated"},
        {"roomForFolders", m_hasRoomForFolders},
        {"processor", processorName()}};
    const QByteArray json = QJsonDocument(facts).toJson();
    const QString folder = m_save->folder;
    const auto done = [self = QPointer(this)](const Result<> &result) {
        if (!self || !self->m_save || self->isOver())
            return;
        if (!self->m_save->abandoned.isEmpty() || !result) {
            self->failSave(result ? makeError(ErrorKind::Cancelled, "Saving was called off")
                                  : Error(result.error()));
            return;
        }
        self->m_memory.reset();
        self->m_save->isComplete = true;
        emit self->progressed(100);
        if (const Reply reply = std::exchange(self->m_save->reply, {}))
            reply({});
    };
    const int file = ::fcntl(m_memory.get(), F_DUPFD_CLOEXEC, 0);
    QThreadPool::globalInstance()->start([file, folder, json, done] {
        Result<> result;
        if (file < 0 || ::fsync(file) != 0)
            result = fileError("write", folder + SavedMemoryFile, errno);
        if (file >= 0)
            ::close(file);
        if (result)
            result = writeFileAtomically(folder + FactsFile, json);
        QMetaObject::invokeMethod(
            QCoreApplication::instance(), [done, result] { done(result); }, Qt::QueuedConnection);
    });
}

void QemuDriver::pollProgress()
{
    if (!m_memory.isOpen() || !m_qmp)
        return;
    const auto tell = [this](int percent) {
        if (percent > m_percent && percent < 100) {
            m_percent = percent;
            emit progressed(percent);
        }
    };
    if (m_state == State::Restoring) {
        // The descriptor is QEMU's too, and with it the place it has read to.
        const off_t position = ::lseek(m_memory.get(), 0, SEEK_CUR);
        struct stat facts = {};
        if (position >= 0 && ::fstat(m_memory.get(), &facts) == 0 && facts.st_size > 0)
            tell(int(position * 100 / facts.st_size));
        return;
    }
    m_qmp->execute("query-migrate", {}, [this, tell](const Result<QJsonValue> &result) {
        if (!result || m_state != State::Saving)
            return;
        const QJsonValue ram = (*result)["ram"];
        const double total = ram["total"].toDouble();
        if (total > 0)
            tell(int(100 * (1 - ram["remaining"].toDouble() / total)));
    });
}

void QemuDriver::abandonSave(Reply reply)
{
    if (m_state != State::Saving || !m_save || m_isPoweringOff) {
        answerLater(std::move(reply),
                    makeError(ErrorKind::Invalid, "The machine is not being saved"));
        return;
    }
    m_save->abandoned.append(std::move(reply));
    if (m_save->isComplete)
        failSave(makeError(ErrorKind::Cancelled, "Saving was called off"));
    else if (m_save->isMigrating)
        m_qmp->execute("migrate_cancel"); // MIGRATION tells how it ended
    // Else the step under way looks when it is done.
}

void QemuDriver::failSave(const Error &error)
{
    m_progressTimer.stop();
    m_memory.reset();
    Save save = std::move(*std::exchange(m_save, {}));
    log(LogLevel::Warning, "qemu", "the state was not saved: " + error.text());
    QFile::remove(save.folder + SavedMemoryFile);
    if (save.wasPaused) {
        goOnAfterSave(std::move(save), error);
        return;
    }
    m_qmp->execute(
        "cont", {}, [this, save = std::move(save), error](const Result<QJsonValue> &result) {
            if (!isOver() && result) {
                setState(State::Paused); // for guestContinued(), as RESUME may have come before
                guestContinued();
            }
            goOnAfterSave(save, error);
        });
}

void QemuDriver::goOnAfterSave(Save save, Result<> result)
{
    if (m_state == State::Saving) {
        setState(State::Paused);
        if (m_toldProblem)
            raise(*m_toldProblem);
    }
    if (m_shares)
        m_shares->bringBack();
    if (save.reply)
        save.reply(std::move(result));
    for (const Reply &reply : std::as_const(save.abandoned))
        if (reply)
            reply({});
}

Result<> QemuDriver::readSavedFacts()
{
    const QByteArray json = TRY(readSmallFile(m_place.savedState + FactsFile));
    const QJsonObject facts = QJsonDocument::fromJson(json).object();
    m_machineType = facts["machine"].toString();
    // The version before this one gave it to machines with virtio devices only.
    m_hasAgentChannel = facts["agentChannel"].toBool(usesVirtio(m_definition));
    m_hasBalloon = facts["balloon"].toBool();
    m_hasRoomForFolders = facts["roomForFolders"].toBool();
    // Until it could be switched while the machine ran, it was as the definition says.
    m_hasMicrophone = facts["microphone"].toBool(m_definition.isAudioInputOn);
    if (m_machineType.isEmpty())
        return makeError(ErrorKind::Corrupt,
                         QString("\"%1\" is damaged").arg(m_place.savedState + FactsFile),
                         "Discard the saved state");
    const QString processor = facts["processor"].toString();
    if (facts["acceleration"].toString() == "hardware") {
        if (m_acceleration.kind != Acceleration::Kind::Hardware)
            return makeError(ErrorKind::Unsupported,
                             QString("The machine was saved while the processor ran it, and now it "
                                     "cannot: %1")
                                 .arg(m_acceleration.reason),
                             m_acceleration.remedy.isEmpty()
                                 ? QString("Discard the saved state, or resume the machine on the "
                                           "computer where it was saved")
                                 : m_acceleration.remedy);
        if (processor != processorName())
            return makeError(ErrorKind::Unsupported,
                             QString("The machine was saved on a computer with another processor "
                                     "(\"%1\", this is \"%2\")")
                                 .arg(processor, processorName()),
                             "Resume it there and shut it down, or discard the saved state");
    } else if (m_acceleration.kind == Acceleration::Kind::Hardware) {
        m_acceleration.kind = Acceleration::Kind::Emulated;
        m_acceleration.text = "Software emulation (slow)";
        m_acceleration.reason = "The machine was saved while it ran by software emulation";
        m_acceleration.remedy = "Shut the guest down and start the machine again";
    }
    return {};
}

void QemuDriver::restoreMemory()
{
    const QString path = m_place.savedState + SavedMemoryFile;
    m_memory = Fd(::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC));
    if (!m_memory.isOpen()) {
        failRestore(fileError("read", path, errno));
        return;
    }
    const auto orFail = [this](std::function<void()> next) {
        return [this, next = std::move(next)](const Result<QJsonValue> &result) {
            if (m_state != State::Restoring || m_isPoweringOff)
                return;
            if (!result)
                failRestore(result.error());
            else
                next();
        };
    };
    const auto load = [this, orFail] {
        m_percent = -1;
        m_progressTimer.start();
        m_qmp->execute("migrate-incoming", {{"uri", "fd:memory"}}, orFail([] {}));
    };
    const auto setCapabilities = [this, orFail, load] {
        const QJsonArray events{QJsonObject{{"capability", "events"}, {"state", true}}};
        m_qmp->execute("migrate-set-capabilities", {{"capabilities", events}}, orFail(load));
    };
    m_qmp->executeWith(m_memory.get(), "getfd", {{"fdname", "memory"}}, orFail(setCapabilities));
}

void QemuDriver::failRestore(const Error &error)
{
    if (m_qmp && m_qmp->isReady())
        breakDown(Error(error).context(QString("The saved state of \"%1\" could not be loaded")
                                           .arg(m_definition.name)
                                           .toStdString()));
}

void QemuDriver::noteTimeAsleep()
{
    // CLOCK_BOOTTIME goes on while the computer sleeps, CLOCK_MONOTONIC does not
    // (clock_gettime(2)).
    m_timeAsleep = m_options.timeAsleep ? m_options.timeAsleep()
                                        : clockTime(CLOCK_BOOTTIME) - clockTime(CLOCK_MONOTONIC);
}

// QEMU's real-time clock follows this computer's (-rtc clock=host), so it is right; what may be
// behind is the time the guest's system keeps by itself. The ticks that the RTC owes the guest for
// the time asleep are dropped (rtc-reset-reinjection): with driftfix=slew a Windows guest would
// else run fast for a long while. Then the guest agent, where there is one, sets the clock.
// kvmclock and Hyper-V's reference time follow CLOCK_BOOTTIME by themselves (since Linux 5.16,
// get_kvmclock_base_ns() in arch/x86/kvm/x86.c).
void QemuDriver::correctClock()
{
    if (m_state != State::Running || !m_qmp)
        return;
    noteTimeAsleep();
    log(LogLevel::Info, "qemu", "the guest's clock is set");
    m_qmp->execute("rtc-reset-reinjection");
    if (m_agent && m_agent->isPortOpen())
        m_agent->setClock();
}

} // namespace engine
