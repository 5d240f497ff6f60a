// SPDX-License-Identifier: GPL-3.0-or-later
// Which of this computer's sound systems QEMU uses, and what is heard of it. QEMU itself has no
// switch: its streams are muted where they end (sound_switch.h). A guest without a microphone in
// this run has no recording stream either, so that nothing depends on its being muted in time.
#include "engine/base/log.h"
#include "engine/drivers/missing_features.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/qemu_host.h"
#include "engine/drivers/sound_switch.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QProcess>

namespace engine {

namespace {

constexpr int SoundProbeMilliseconds = 5000;

} // namespace

void QemuDriver::chooseSoundIfAny()
{
    if (m_state != State::Restoring)
        m_hasMicrophone = m_definition.isAudioInputOn; // else as it was saved
    m_isCapturing = m_hasMicrophone && m_definition.isAudioInputOn;
    if (m_definition.audio == AudioModel::None)
        launch();
    else
        chooseSound();
}

// The first sound system that answers here and that this QEMU has a module for. A machine without
// sound is better than no machine.
void QemuDriver::chooseSound()
{
    const QStringList systems = reachableSoundSystems();
    if (systems.isEmpty()) {
        m_whyNoSoundSwitch = "No sound server answers on this computer";
        log(LogLevel::Warning, "qemu", "no sound server answers: the guest's sound goes nowhere");
        launch();
        return;
    }
    auto *probe = new QProcess(this);
    probe->setStandardErrorFile(QProcess::nullDevice());
    auto done = [this, probe, systems] {
        probe->disconnect(this);
        const QStringList known = parseAudioHelp(probe->readAllStandardOutput());
        if (probe->state() != QProcess::NotRunning)
            probe->kill();
        probe->deleteLater();
        for (const QString &system : systems) {
            if (known.contains(system)) {
                m_audioDriver = system;
                break;
            }
        }
        if (m_audioDriver == "none") {
            m_whyNoSoundSwitch = QString("QEMU has no module for the sound systems here (%1)")
                                     .arg(systems.join(", "));
            log(LogLevel::Warning, "qemu",
                (m_whyNoSoundSwitch + ": the guest's sound goes nowhere").toStdString());
        }
        startSoundSwitch(systems);
    };
    connect(probe, &QProcess::finished, this, done);
    connect(probe, &QProcess::errorOccurred, this, done);
    QTimer::singleShot(SoundProbeMilliseconds, probe, done);
    probe->start(m_program, {"-audiodev", "help"});
}

void QemuDriver::startSoundSwitch(const QStringList &systems)
{
    const auto goOn = [this] {
        if (!isComingUp())
            return; // powered off meanwhile
        // Silence that was asked for is not to depend on anything else.
        if (m_sound == nullptr && !m_definition.isAudioOutputOn && m_audioDriver != "none") {
            log(LogLevel::Info, "qemu", "the guest's sound is off and goes nowhere");
            m_audioDriver = "none";
        }
        launch();
    };
    if (m_audioDriver == "none") {
        goOn();
        return;
    }
    // PipeWire shows its streams to PulseAudio's programs, too.
    if (m_audioDriver == "alsa" || !systems.contains("pa")) {
        m_whyNoSoundSwitch = m_audioDriver == "alsa"
            ? QString("The guest's sound goes straight to the sound card; only a sound server "
                      "(PipeWire or PulseAudio) can switch it")
            : QString("PipeWire's stand-in for PulseAudio, which can switch the guest's sound, is "
                      "not running (package pipewire-pulse)");
        goOn();
        return;
    }
    m_sound = new SoundSwitch(m_options.soundProgram, this);
    connect(m_sound, &SoundSwitch::ended, this, [this] {
        m_whyNoSoundSwitch = "The sound server does not answer any more";
        emit supportChanged();
    });
    m_sound->start([this, goOn](const Result<> &ready) {
        if (!ready) {
            m_whyNoSoundSwitch = errorText(ready.error());
            m_sound->deleteLater();
            m_sound = nullptr;
        }
        goOn();
    });
}

// Once QEMU has its streams and before the guest runs.
void QemuDriver::switchSound(std::function<void()> then)
{
    if (m_sound == nullptr || !m_sound->isUsable()) {
        then();
        return;
    }
    m_soundState = {m_definition.isAudioOutputOn, m_isCapturing};
    m_sound->set(processId(), m_soundState, [this, then = std::move(then)](const Result<> &result) {
        if (!result)
            log(LogLevel::Warning, "qemu", result.error().text());
        if (isComingUp() && m_qmp)
            then();
    });
}

Support QemuDriver::audioSupport(Feature feature) const
{
    if (!m_hasStarted)
        return {true, {}};
    if (m_definition.audio == AudioModel::None)
        return {false, "The machine has no sound card"};
    if (m_sound == nullptr || !m_sound->isUsable())
        return {false, m_whyNoSoundSwitch};
    if (feature == Feature::AudioInputSwitch && !m_isCapturing)
        return {false, "The machine was started without a microphone"};
    return {true, {}};
}

void QemuDriver::setAudioOutput(bool isOn, Reply reply)
{
    SoundSwitch::State wanted = m_soundState;
    wanted.isOutputOn = isOn;
    applySound(Feature::AudioOutputSwitch, wanted, std::move(reply));
}

void QemuDriver::setAudioInput(bool isOn, Reply reply)
{
    SoundSwitch::State wanted = m_soundState;
    wanted.isInputOn = isOn;
    applySound(Feature::AudioInputSwitch, wanted, std::move(reply));
}

void QemuDriver::applySound(Feature feature, SoundSwitch::State wanted, Reply reply)
{
    if (refuse(reply, false))
        return;
    if (const Support support = audioSupport(feature); !support.isAvailable) {
        answerLater(std::move(reply),
                    makeError(ErrorKind::Unsupported, support.reason,
                              "Power the machine off and change it in its settings"));
        return;
    }
    m_sound->set(processId(), wanted, [this, wanted, reply = std::move(reply)](Result<> result) {
        if (result)
            m_soundState = wanted;
        if (reply)
            reply(std::move(result));
    });
}

} // namespace engine
