// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/kvm_driver.h"

#include "engine/base/log.h"
#include "engine/drivers/adapter_plan.h"
#include "engine/drivers/guest_agent.h"
#include "engine/drivers/kvm_events.h"
#include "engine/drivers/missing_features.h"
#include "engine/drivers/picture_file.h"
#include "engine/drivers/place_finder.h"
#include "engine/drivers/run_checks.h"
#include "engine/drivers/spice_process.h"
#include "engine/drivers/storage_daemon.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QPointer>
#include <QtCore/QThreadPool>

namespace engine {

namespace {

constexpr std::chrono::milliseconds ActivityInterval{250};
constexpr std::chrono::milliseconds PointerInterval{500};
// The keyboard's buffer holds sixteen bytes, and a guest may be slow to empty it.
constexpr int KeysAtOnce = 4;
constexpr std::chrono::milliseconds KeysInterval{20};

} // namespace

KvmDriver::KvmDriver(KvmDriverOptions options, QObject *parent)
    : Driver(parent)
    , m_options(std::move(options))
    , m_placeFinder(new PlaceFinder(this))
    , m_events(std::make_unique<Events>(*this))
{
    m_activityTimer.setInterval(ActivityInterval);
    connect(&m_activityTimer, &QTimer::timeout, this, &KvmDriver::pollActivity);
    m_pointerTimer.setInterval(PointerInterval);
    connect(&m_pointerTimer, &QTimer::timeout, this, &KvmDriver::refreshPointer);
    m_gamepadTimer.setSingleShot(true);
    m_gamepadTimer.setInterval(m_options.gamepadTime);
    connect(&m_gamepadTimer, &QTimer::timeout, this, [this] { wantGamepad(std::nullopt); });
    m_hub.setGamepadPort([this](const std::optional<std::string> &name) { wantGamepad(name); });
}

KvmDriver::~KvmDriver()
{
    blockSignals(true);
    if (m_hasStarted && !isOver()) {
        endWith(State::Off, {});
        m_control.reset(); // waits for what was posted
        finish();
    }
}

void KvmDriver::post(Job job, Reply then)
{
    const quint64 id = ++m_lastJob;
    m_jobs.insert(id, std::move(then));
    m_control->post([this, id, job = std::move(job)] {
        Result<> result = job(m_machine);
        QMetaObject::invokeMethod(
            this,
            [this, id, result = std::move(result)] {
                if (const Reply reply = m_jobs.take(id))
                    reply(result);
            },
            Qt::QueuedConnection);
    });
}

void KvmDriver::command(Job job, Reply reply, std::function<void()> succeeded)
{
    post(std::move(job),
         [this, reply = std::move(reply), succeeded = std::move(succeeded)](Result<> result) {
             if (result && succeeded && !m_end)
                 succeeded();
             if (reply)
                 reply(std::move(result));
         });
}

void KvmDriver::pause(Reply reply)
{
    if (refuse(reply, true))
        return;
    command([](Machine &machine) { return machine.vm->pause(); }, std::move(reply),
            [this] {
                if (m_state != State::Running)
                    return;
                m_sincePause.start();
                setState(State::Paused);
                settleProblem();
            });
}

void KvmDriver::resume(Reply reply)
{
    if (m_state == State::Running) {
        answerLater(std::move(reply), makeError(ErrorKind::Invalid, "The machine is not paused"));
        return;
    }
    if (refuse(reply, false))
        return;
    if (m_isResuming) {
        answerLater(std::move(reply),
                    makeError(ErrorKind::Busy, "The machine is being resumed already"));
        return;
    }
    m_isResuming = true;
    m_problem.reset();
    const auto resumeVm = [this, reply] {
        post([](Machine &machine) { return machine.vm->resume(); },
             [this, reply](Result<> result) {
                 m_isResuming = false;
                 if (result && !m_end) {
                     guestContinued();
                     settleProblem();
                 }
                 if (reply)
                     reply(std::move(result));
             });
    };
    if (!m_daemon || !m_isDaemonWorn) {
        resumeVm();
        return;
    }
    m_daemon->restart([this, reply, resumeVm](Result<> restarted) {
        if (m_end || m_state != State::Paused) {
            m_isResuming = false;
            if (reply)
                reply(makeError(ErrorKind::Cancelled, "The machine has ended"));
            return;
        }
        if (!restarted) {
            m_isResuming = false;
            if (reply)
                reply(std::move(restarted).error().context(
                    "The machine's disks cannot be opened again"));
            return;
        }
        m_isDaemonWorn = false;
        resumeVm();
    });
}

void KvmDriver::reset(Reply reply)
{
    if (!refuse(reply, false))
        command([](Machine &machine) { return machine.vm->reset(); }, std::move(reply));
}

void KvmDriver::pressPowerButton(Reply reply)
{
    if (refuse(reply, true))
        return;
    m_vm->pressPowerButton();
    answerLater(std::move(reply), {});
}

void KvmDriver::powerOff(Reply reply)
{
    if (isOver()) {
        answerLater(std::move(reply), makeError(ErrorKind::Invalid, "The machine is not running"));
        return;
    }
    m_powerOffReplies.append(std::move(reply));
    if (m_isPoweringOff)
        return;
    m_isPoweringOff = true;
    const bool isSaved = m_state == State::Restoring || (m_save && m_save->isComplete);
    setState(State::Stopping);
    endWith(isSaved ? State::Saved : State::Off, {});
}

void KvmDriver::sendScanCodes(const QByteArray &bytes, Reply reply)
{
    if (refuse(reply, true))
        return;
    m_typing.enqueue({keyStrokes(bytes), std::move(reply)});
    if (!m_isTyping)
        typeNext();
}

void KvmDriver::typeNext()
{
    m_isTyping = false;
    if (m_typing.isEmpty() || m_end)
        return;
    m_isTyping = true;
    Typing &typing = m_typing.head();
    for (int i = 0; i < KeysAtOnce && !typing.strokes.isEmpty(); ++i) {
        const KeyStroke stroke = typing.strokes.takeFirst();
        m_view.input->key(stroke.code, stroke.motion);
    }
    QTimer::singleShot(KeysInterval, this, [this] {
        if (!m_typing.isEmpty() && m_typing.head().strokes.isEmpty()) {
            const Typing done = m_typing.dequeue();
            if (done.reply)
                done.reply({});
        }
        typeNext();
    });
}

void KvmDriver::screenshot(const QString &path, const QString &format, int monitor, Reply reply)
{
    if (refuse(reply, false))
        return;
    if (const Result<> known = checkMonitor(monitor); !known) {
        answerLater(std::move(reply), known.error());
        return;
    }
    if (const Result<> known = checkPictureFormat(format); !known) {
        answerLater(std::move(reply), known.error());
        return;
    }
    // Packing takes its time; copying does not.
    const quint64 id = ++m_lastJob;
    m_jobs.insert(id, std::move(reply));
    QThreadPool::globalInstance()->start([self = QPointer<KvmDriver>(this), id, format,
                                          picture = pictureOf(
                                              monitor == 0
                                                  ? m_view.screen->frame()
                                                  : m_vm->screen(unsigned(monitor)).frame()),
                                          target = QFileInfo(path).absoluteFilePath()] {
        const Result<> result = writePicture(picture, target, format);
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, id, result] {
                if (!self)
                    return;
                if (const Reply waiting = self->m_jobs.take(id))
                    waiting(result);
            },
            Qt::QueuedConnection);
    });
}

Support KvmDriver::supports(Feature feature) const
{
    switch (feature) {
    case Feature::Pause:
    case Feature::Reset:
    case Feature::PowerButton:
    case Feature::ChangeMedium:
    case Feature::LinkState:
    case Feature::ChangeNetwork:
    case Feature::Screenshot:
    case Feature::RemoteDisplayChange:
        return {true, {}};
    case Feature::SaveState:
        if (m_place.isDisposableRun)
            return {false, "Nothing of a disposable run is kept"};
        if (m_definition.isNestedVirtualizationOn)
            return {false,
                    "The built-in engine cannot save a guest that may run machines of its own"};
        return {true, {}};
    case Feature::UsbPassthrough:
        return usbSupport();
    case Feature::Clipboard:
    case Feature::GuestAgent:
        if (m_hasStarted && !m_hasAgentPorts)
            return missingAgentChannel(feature);
        return {true, {}};
    case Feature::SharedFolders:
        return folderSupport();
    case Feature::AudioOutputSwitch:
    case Feature::AudioInputSwitch:
        return audioSupport();
    case Feature::SoundTap:
        return soundTapSupport();
    case Feature::MemoryBalloon:
        if (m_hasStarted && !m_hasBalloon)
            return missingBalloon(m_definition);
        return {true, {}};
    case Feature::Monitors:
        if (m_hasStarted && m_graphics != VmGraphics::VirtioGpu)
            return {false,
                    "The guest's graphics card has one monitor, of a size that only the guest "
                    "chooses; a VirtIO GPU (vmsvga) has several"};
        return {true, {}};
    case Feature::Gamepad:
        return usbControllerSupport();
    case Feature::Snapshots:
        return missingInEveryDriver(feature);
    }
    return {};
}

void KvmDriver::setBalloon(int mebibytes, Reply reply)
{
    if (refuse(reply, false))
        return;
    if (!supports(Feature::MemoryBalloon).isAvailable) {
        Driver::setBalloon(mebibytes, std::move(reply));
        return;
    }
    m_vm->setBalloon(std::uint64_t(mebibytes) << 20);
    m_definition.balloonMiB = mebibytes;
    answerLater(std::move(reply), {});
}

QList<bool> KvmDriver::monitors() const
{
    QList<bool> plugged;
    const int count = monitorCount();
    for (int i = 0; count > 1 && i < count; ++i)
        plugged.append(m_vm->screen(unsigned(i)).isPluggedIn());
    return plugged;
}

int KvmDriver::monitorCount() const
{
    return m_vm ? int(m_vm->screenCount()) : 1;
}

Result<> KvmDriver::checkMonitor(int monitor) const
{
    const int count = monitorCount();
    if (monitor >= 0 && monitor < count)
        return {};
    return makeError(
        ErrorKind::NotFound,
        count == 1 ? QString("The machine has one monitor only")
                   : QString("The machine's monitors are numbered from 0 to %1").arg(count - 1));
}

void KvmDriver::setMonitor(int monitor, bool isPluggedIn, int width, int height, Reply reply)
{
    if (refuse(reply, false))
        return;
    const auto answer = [&reply](Result<> result) {
        answerLater(std::move(reply), std::move(result));
    };
    if (const Support support = supports(Feature::Monitors); !support.isAvailable)
        return answer(makeError(ErrorKind::Unsupported, support.reason));
    if (Result<> known = checkMonitor(monitor); !known)
        return answer(std::move(known));
    if (monitor == 0 && !isPluggedIn)
        return answer(makeError(ErrorKind::Invalid, "The first monitor stays plugged in"));
    FrameSource &screen = m_vm->screen(unsigned(monitor));
    const bool hasSize = isPluggedIn && width > 0 && height > 0;
    if (hasSize && !screen.takesSize())
        return answer(makeError(ErrorKind::Unsupported,
                                "The guest's driver for its graphics card is not at work, and "
                                "without it the guest takes no size"));
    if (screen.isPluggedIn() != isPluggedIn) {
        screen.setPluggedIn(isPluggedIn);
        Q_EMIT monitorsChanged();
    }
    if (hasSize)
        screen.wantSize(width, height);
    answer({});
}

DisplayEndpoint KvmDriver::display() const
{
    DisplayEndpoint endpoint;
    if (isOver() || isComingUp())
        return endpoint;
    endpoint.kind = DisplayEndpoint::Kind::InProcess;
    // Who has the machine's driver may look at it and type into it.
    endpoint.hub = &const_cast<KvmDriver *>(this)->m_hub;
    endpoint.monitorCount = monitorCount();
    if (m_spiceProcess) // for others than windows
        endpoint.spice = m_spiceProcess->address();
    return endpoint;
}

QString KvmDriver::name() const
{
    return QStringLiteral("kvm ") + QStringLiteral(VITRINE_VERSION);
}

// The guest's real-time clock is this computer's time of day whenever it is read, and KVM's
// paravirtual clock follows the host by itself (get_kvmclock_base_ns() in arch/x86/kvm/x86.c), so
// there is nothing to be set from here. What the guest's system keeps by itself its agent corrects,
// or the system when it next looks at one of them.
void KvmDriver::correctClock()
{
    if (m_state != State::Running)
        return;
    log(LogLevel::Debug, "kvm", "the guest's clocks follow this computer's");
    if (m_agent && m_agent->isPortOpen())
        m_agent->setClock();
}

void KvmDriver::setActivityWanted(bool wanted)
{
    if (wanted == m_activityTimer.isActive())
        return;
    if (wanted)
        m_activityTimer.start();
    else
        m_activityTimer.stop();
}

std::optional<ExitStatistics> KvmDriver::exitStatistics() const
{
    if (m_vm == nullptr)
        return {};
    return difference(m_vm->statistics(), m_exitsAtReset);
}

void KvmDriver::resetExitStatistics()
{
    if (m_vm != nullptr)
        m_exitsAtReset = m_vm->statistics();
}

void KvmDriver::setState(State state)
{
    if (state == m_state)
        return;
    m_state = state;
    log(LogLevel::Info, "machine", stateName(state).toStdString());
    settleGamepad();
    if (m_shares)
        m_shares->setRunning(state == State::Running);
    bringLateFolders();
    emit stateChanged(state);
}

bool KvmDriver::refuse(Reply &reply, bool mustRun)
{
    const bool isPaused = m_state == State::Paused;
    if (m_vm != nullptr && !m_end && (m_state == State::Running || (isPaused && !mustRun)))
        return false;
    answerLater(std::move(reply),
                makeError(ErrorKind::Invalid,
                          isPaused && !m_end             ? "The machine is paused"
                              : m_state == State::Saving ? "The machine is being saved"
                                                         : "The machine is not running"));
    return true;
}

} // namespace engine
