// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the machine window that deals with films of its screen.
#include "display/film/screen_recorder.h"
#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/console_screen.h"
#include "ui/console_status_bar.h"
#include "ui/console_window.h"
#include "ui/message_bar.h"
#include "ui/mini_tool_bar.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QUrl>
#include <QtGui/QDesktopServices>

#include <utility>

namespace ui {

namespace {

const QString FilmKey = QStringLiteral("film");

} // namespace

void ConsoleWindow::connectRecording()
{
    m_recorder = std::make_unique<display::ScreenRecorder>(m_client, *m_display);
    connect(m_statusBar, &ConsoleStatusBar::recordingClicked, m_actions->action(Command::Record),
            &QAction::trigger);
    connect(m_commands.get(), &ConsoleCommands::recordingRefused, this,
            [this] { m_actions->action(Command::Record)->setChecked(false); });
}

// The mark follows the film, not the click.
void ConsoleWindow::toggleRecording()
{
    const bool isRecording = m_client.status().recording.isActive();
    m_actions->action(Command::Record)->setChecked(isRecording);
    if (isRecording)
        m_commands->stopRecording();
    else
        m_commands->startRecording();
}

void ConsoleWindow::showRecording(const engine::RecordingStatus &recording)
{
    using Phase = engine::RecordingStatus::Phase;
    m_screen->miniToolBar().setRecording(recording);
    const engine::RecordingStatus before = std::exchange(m_recording, recording);
    if (before.phase == recording.phase && before.number == recording.number)
        return;
    if (recording.phase == Phase::Running) {
        m_screen->messages().dismiss(FilmKey);
        say(tr("The guest's screen is being recorded."));
        return;
    }
    if (!before.isActive() || recording.isActive())
        return;
    const QString file = QDir::toNativeSeparators(recording.file);
    const bool isWhole = recording.phase == Phase::Done;
    const auto openFolder = [folder = QFileInfo(recording.file).absolutePath()] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
    };
    m_screen->messages().post(
        {.key = FilmKey,
         .kind = isWhole ? Notice::Kind::Hint : Notice::Kind::Warning,
         .text = isWhole
             ? tr("The film of the guest's screen is \"%1\".").arg(file)
             : tr("The recording to \"%1\" has ended: %2.").arg(file, recording.trouble),
         .buttons = {{QStringLiteral("openFilmFolder"), tr("Open Folder"), openFolder}}});
}

} // namespace ui
