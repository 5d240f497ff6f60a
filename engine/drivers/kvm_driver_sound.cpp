// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's sound: a card of the Vm's, two switches, and a vitrine-sound that plays and records;
// SPICE clients and films hear it too. A machine whose sound goes nowhere is better than no machine.
#include "engine/base/log.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/sound_process.h"
#include "engine/machine/qt_text.h"
#include "engine/vmm/sound_backends/piped_sound.h"
#include "engine/vmm/sound_backends/shared_sound.h"
#include "engine/vmm/sound_backends/switched_sound.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>

namespace engine {

namespace {

constexpr std::size_t MostSoundTaps = 4; // a film is one at a time

} // namespace

void KvmDriver::openSound()
{
    if (!m_plan.config.hasSoundCard)
        return;
    m_soundProcess = new SoundProcess(m_options.soundProgram, this);
    connect(m_soundProcess, &SoundProcess::changed, this, &KvmDriver::supportChanged);
    Result<Fd> socket = m_soundProcess->start();
    if (!socket) {
        m_whyNoSound = errorText(socket.error());
        log(LogLevel::Warning, "kvm", "the guest's sound goes nowhere: " + socket.error().text());
        closeSound();
        return;
    }
    m_sharedSound = std::make_shared<SharedSound>(makePipedSound(std::move(*socket)));
    m_sound = std::make_shared<SwitchedSound>(m_sharedSound, m_definition.isAudioOutputOn,
                                              m_definition.isAudioInputOn);
    m_plan.config.sound = m_sound;
}

void KvmDriver::closeSound()
{
    if (SoundProcess *process = std::exchange(m_soundProcess, nullptr)) {
        process->disconnect(this);
        process->deleteLater();
    }
    endClientsSound();
    m_soundTaps.clear();
    m_sharedSound.reset();
    m_sound.reset();
}

Fd KvmDriver::connectClientsSound()
{
    endClientsSound();
    std::array<int, 2> ends = {-1, -1};
    if (!m_sharedSound
        || ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return {};
    const std::shared_ptr<PipedSound> sound = makePipedSound(Fd(ends[0]));
    m_clientsSound = sound;
    m_sharedSound->add(sound, [sound] { return sound->isSpokenInto(); });
    return Fd(ends[1]);
}

void KvmDriver::endClientsSound()
{
    if (const auto sound = std::exchange(m_clientsSound, {}))
        m_sharedSound->remove(sound);
}

Support KvmDriver::soundTapSupport() const
{
    if (!m_hasStarted)
        return {true, {}};
    if (m_definition.audio == AudioModel::None)
        return {false, "The machine has no sound card"};
    return {m_sharedSound != nullptr, m_whyNoSound};
}

Result<Fd> KvmDriver::tapSound()
{
    if (const Support support = soundTapSupport(); !m_sharedSound)
        return makeError(ErrorKind::Unsupported,
                         support.isAvailable ? "The machine does not run" : support.reason);
    if (m_soundTaps.size() >= MostSoundTaps)
        return Error(ErrorKind::Busy, "too many listen to the guest's sound already");
    std::array<int, 2> ends = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return Error(ErrorKind::Io,
                     std::string("there is no way for the guest's sound: ") + std::strerror(errno));
    Fd ours(ends[0]);
    Fd theirs(ends[1]);
    SoundTap tap;
    tap.socket = Fd(::fcntl(ours.get(), F_DUPFD_CLOEXEC, 0));
    tap.end = makePipedSound(std::move(ours));
    if (!tap.socket.isOpen())
        return Error(ErrorKind::Io,
                     std::string("there is no way for the guest's sound: ") + std::strerror(errno));
    tap.notifier =
        std::make_unique<QSocketNotifier>(tap.socket.get(), QSocketNotifier::Read);
    connect(tap.notifier.get(), &QSocketNotifier::activated, this,
            [this, notifier = tap.notifier.get(), end = tap.end.get()] {
                notifier->setEnabled(false);
                // Later: it is what speaks.
                QMetaObject::invokeMethod(
                    this, [this, end] { endSoundTap(end); }, Qt::QueuedConnection);
            });
    m_sharedSound->add(tap.end);
    m_soundTaps.push_back(std::move(tap));
    return theirs;
}

void KvmDriver::endSoundTap(const SoundBackend *end)
{
    const auto tap = std::find_if(m_soundTaps.begin(), m_soundTaps.end(),
                                  [end](const SoundTap &one) { return one.end.get() == end; });
    if (tap == m_soundTaps.end())
        return;
    m_sharedSound->remove(tap->end);
    m_soundTaps.erase(tap);
}

Support KvmDriver::audioSupport() const
{
    if (!m_hasStarted)
        return {true, {}};
    if (m_definition.audio == AudioModel::None)
        return {false, "The machine has no sound card"};
    if (m_definition.audio != AudioModel::Hda)
        return {false, "The built-in engine has Intel HD Audio only; QEMU has other sound cards"};
    if (m_soundProcess == nullptr)
        return {false, m_whyNoSound};
    return {m_soundProcess->isHeard(), m_soundProcess->whyNot()};
}

void KvmDriver::setAudioOutput(bool isOn, Reply reply)
{
    if (refuse(reply, false) || refuseAudio(Feature::AudioOutputSwitch, reply))
        return;
    m_sound->setOutputOn(isOn);
    m_definition.isAudioOutputOn = isOn;
    answerLater(std::move(reply), {});
}

void KvmDriver::setAudioInput(bool isOn, Reply reply)
{
    if (refuse(reply, false) || refuseAudio(Feature::AudioInputSwitch, reply))
        return;
    m_sound->setInputOn(isOn);
    m_definition.isAudioInputOn = isOn;
    answerLater(std::move(reply), {});
}

bool KvmDriver::refuseAudio(Feature feature, Reply &reply)
{
    const Support support = supports(feature);
    if (support.isAvailable && m_sound)
        return false;
    answerLater(std::move(reply),
                makeError(ErrorKind::Unsupported, support.reason,
                          "Power the machine off and change it in its settings"));
    return true;
}

} // namespace engine
