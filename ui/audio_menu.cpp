// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audio_menu.h"

#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/icons.h"

namespace ui {

AudioMenu::AudioMenu(ConsoleCommands &commands, QWidget *parent)
    : QMenu(tr("&Audio"), parent)
    , m_output(addAction(tr("Audio &Output")))
    , m_input(addAction(tr("Audio &Input")))
{
    setObjectName(QStringLiteral("audioMenu"));
    setIcon(ui::icon(QStringLiteral("audio-volume-high")));
    setToolTipsVisible(true);
    m_output->setObjectName(QStringLiteral("audioOutput"));
    m_input->setObjectName(QStringLiteral("audioInput"));
    for (QAction *action : {m_output, m_input})
        action->setCheckable(true);
    connect(m_output, &QAction::triggered, &commands,
            [&commands](bool isOn) { commands.setAudio(true, isOn); });
    connect(m_input, &QAction::triggered, &commands,
            [&commands](bool isOn) { commands.setAudio(false, isOn); });
    // A mark that the machine refused goes back to what is true.
    connect(&commands, &ConsoleCommands::audioRefused, this, &AudioMenu::update,
            Qt::QueuedConnection);
    update();
}

void AudioMenu::setStatus(const engine::MachineStatus &status)
{
    m_status = status;
    update();
}

void AudioMenu::update()
{
    using engine::Feature;
    m_output->setChecked(hasCard() && m_status.isAudioOutputOn);
    m_input->setChecked(hasCard() && m_status.isAudioInputOn);
    const auto why = [this](Feature feature) {
        return hasCard() ? whyNot(m_status, feature) : tr("This machine has no sound card.");
    };
    setUsable(m_output, why(Feature::AudioOutputSwitch));
    setUsable(m_input, why(Feature::AudioInputSwitch));
    menuAction()->setEnabled(hasCard());
    menuAction()->setToolTip(hasCard() ? QString() : tr("This machine has no sound card."));
}

} // namespace ui
