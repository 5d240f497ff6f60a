// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/audio_page.h"

#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>

namespace ui {

AudioPage::AudioPage(SettingsContext &context, QWidget *parent)
    : SettingsPage(QStringLiteral("audio"), tr("Audio"), QStringLiteral("audio-card"), context,
                   parent)
    , m_card(new QComboBox(this))
    , m_output(new QCheckBox(tr("Enable Audio &Output"), this))
    , m_input(new QCheckBox(tr("Enable Audio &Input"), this))
    , m_films(new QCheckBox(tr("Sound in &Recordings of the Screen"), this))
{
    QFormLayout *form = makePageForm();
    addChoice(*m_card, engine::AudioModel::None, tr("None"));
    addChoice(*m_card, engine::AudioModel::Hda, tr("Intel HD Audio: for systems since 2006"));
    addChoice(*m_card, engine::AudioModel::Ac97, tr("ICH AC97: for older systems"));
    addField(*form, QStringLiteral("audio"),
             {tr("&Sound card:"), tr("The guest's sound comes out of this computer"),
              tr("audio controller speaker hda ac97 output")},
             m_card);
    addField(
        *form, QStringLiteral("audioOutput"),
        {{}, tr("Without it you do not hear the guest"), tr("speaker mute output sound audio")},
        m_output);
    addField(*form, QStringLiteral("audioInput"),
             {{},
              tr("The guest may hear the microphone; without it the guest hears silence"),
              tr("microphone record input audio")},
             m_input);
    addField(*form, QStringLiteral("recording/sound"),
             {{},
              tr("Films have a sound track with what the guest plays, never with what the "
                 "microphone hears. Films of machines that QEMU runs are silent"),
              tr("recording film video capture sound audio")},
             m_films);
    connect(m_card, &QComboBox::currentIndexChanged, this, &AudioPage::offer);
}

void AudioPage::offer()
{
    const bool hasCard = currentChoice(*m_card) != int(engine::AudioModel::None);
    setOffered(QStringLiteral("audioOutput"), !m_output->isChecked() || hasCard);
    setOffered(QStringLiteral("audioInput"), m_input->isChecked() || hasCard);
    setOffered(QStringLiteral("recording/sound"), hasCard);
}

void AudioPage::load(const engine::MachineDefinition &definition)
{
    m_output->setChecked(definition.isAudioOutputOn);
    m_input->setChecked(definition.isAudioInputOn);
    m_films->setChecked(definition.recording.hasSound);
    setCurrentChoice(*m_card, int(definition.audio));
    offer();
}

void AudioPage::save(engine::MachineDefinition &definition) const
{
    definition.audio = engine::AudioModel(currentChoice(*m_card));
    definition.isAudioOutputOn = m_output->isChecked();
    definition.isAudioInputOn = m_input->isChecked();
    definition.recording.hasSound = m_films->isChecked();
}

} // namespace ui
