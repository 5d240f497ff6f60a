// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the SDL window that obeys the host key's combinations.
#include "app/sdl_console.h"
#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/keyboard_help.h"
#include "ui/log_window.h"
#include "ui/screen_scale.h"
#include "ui/session_information.h"
#include "ui/type_dialog.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeySequence>

#include <utility>

namespace app {

using ui::CloseChoice;
using ui::Command;

namespace {

// The rest needs room beside the picture, or the manager.
constexpr Command Here[] = {
    Command::Pause,          Command::Reset,         Command::PowerButton,
    Command::PowerOff,       Command::SaveState,     Command::SessionInformation,
    Command::ShowActivity,   Command::FileManager,   Command::ShowLog,
    Command::Background,     Command::Close,         Command::FullScreen,
    Command::ScaledMode,     Command::ZoomIn,        Command::ZoomOut,
    Command::ZoomActual,     Command::AutoResize,    Command::FitWindow,
    Command::Minimize,       Command::Screenshot,    Command::CaptureKeyboard,
    Command::CapturePointer, Command::TypeClipboard, Command::KeyboardHelp,
    Command::About,
};

} // namespace

void SdlConsole::updateActions()
{
    const engine::MachineStatus &status = m_client.status();
    m_actions->setStatus(status);
    QList<QAction *> notHere = m_actions->allActions();
    for (const Command command : Here)
        notHere.removeOne(m_actions->action(command));
    for (QAction *keys : m_actions->guestKeyActions() + m_actions->guestConsoleActions())
        notHere.removeOne(keys);
    for (QAction *action : std::as_const(notHere))
        ui::setUsable(action, tr("The plain window does not have this; the usual one does."));
    m_actions->action(Command::CaptureKeyboard)->setChecked(m_view.isKeyboardCaptured());
    m_actions->action(Command::CapturePointer)->setChecked(m_view.isPointerCaptured());
    m_actions->setPointerCanBeCaptured(!m_screen.isPointerAbsolute());
}

void SdlConsole::chordPressed(int qtKey)
{
    QAction *action = m_actions->actionForChord(qtKey);
    if (action == nullptr)
        return;
    if (action->isEnabled())
        action->trigger();
    else
        say(action->toolTip());
}

void SdlConsole::run(Command command)
{
    switch (command) {
    case Command::Pause:
        m_commands->setPaused(m_client.status().state != engine::Driver::State::Paused);
        updateActions(); // the mark follows the machine, not the key
        break;
    case Command::Reset:
        m_commands->reset();
        break;
    case Command::PowerButton:
        m_hasSentShutdown = true;
        m_commands->pressPowerButton();
        break;
    case Command::PowerOff:
        m_commands->powerOff();
        break;
    case Command::SaveState:
        m_commands->saveState();
        break;
    case Command::SessionInformation:
    case Command::ShowActivity: {
        auto *information = new ui::SessionInformation(&dialogParent());
        information->setAttribute(Qt::WA_DeleteOnClose);
        information->setStatus(m_client.status());
        information->setGuestSize(m_view.guestSize());
        connect(&m_client, &engine::ControlClient::activityChanged, information,
                &ui::SessionInformation::setActivity);
        connect(information, &QObject::destroyed, &m_client,
                [client = &m_client] { client->setActivityWanted(false); });
        m_client.setActivityWanted(true);
        if (command == Command::ShowActivity)
            information->showActivity();
        information->show();
        break;
    }
    case Command::FileManager:
        m_commands->showFileManager();
        break;
    case Command::ShowLog: {
        auto *log =
            new ui::LogWindow(m_client.status().name, m_commands->logFile(), &dialogParent());
        log->setAttribute(Qt::WA_DeleteOnClose);
        log->show();
        break;
    }
    case Command::Background:
        goToBackground();
        break;
    case Command::Close:
        askToClose(CloseChoice::Ask);
        break;
    case Command::FullScreen:
        m_view.setFullScreen(!m_view.isFullScreen());
        m_actions->action(command)->setChecked(m_view.isFullScreen());
        if (const int wayOut =
                m_actions->action(command)->property(ui::ConsoleActions::ChordProperty).toInt();
            wayOut != 0 && m_view.isFullScreen())
            say(tr("Press %1 to leave full screen")
                    .arg(m_hostKeyName + u'+' + QKeySequence(wayOut).toString()));
        break;
    case Command::ScaledMode:
        m_view.setSmooth(m_actions->action(command)->isChecked());
        say(tr("Zoom: %1 %").arg(m_view.shownPercent()));
        break;
    case Command::ZoomIn:
        zoom(ui::zoomedIn(m_view.shownPercent()));
        break;
    case Command::ZoomOut:
        zoom(ui::zoomedOut(m_view.shownPercent()));
        break;
    case Command::ZoomActual:
        zoom(100);
        break;
    case Command::AutoResize:
        m_guest.setAutoResize(m_actions->action(command)->isChecked());
        break;
    case Command::FitWindow:
        zoom(m_view.shownPercent());
        break;
    case Command::Minimize:
        m_view.minimize();
        break;
    case Command::Screenshot:
        m_commands->takeScreenshot();
        break;
    case Command::CaptureKeyboard:
    case Command::CapturePointer:
        if (m_view.isKeyboardCaptured())
            m_view.releaseCapture();
        else
            m_view.capture();
        break;
    case Command::TypeClipboard:
        typeClipboard();
        break;
    case Command::KeyboardHelp:
        ui::showKeyboardHelp(*m_actions, m_hostKeyName, &dialogParent());
        break;
    case Command::About:
        ui::showAbout(&dialogParent());
        break;
    default:
        break; // never enabled
    }
}

void SdlConsole::zoom(int percent)
{
    m_view.showAt(percent);
    m_actions->action(Command::ScaledMode)->setChecked(m_view.isSmooth());
    say(tr("Zoom: %1 %").arg(m_view.shownPercent()));
}

void SdlConsole::typeClipboard()
{
    const QString text = QGuiApplication::clipboard()->text();
    if (text.isEmpty()) {
        say(tr("There is no text in your clipboard."));
        return;
    }
    auto *dialog = new ui::TypeDialog(text, m_client.status().uuid, &dialogParent());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_commands->typeText(dialog->text(), dialog->layoutName(), dialog->rate());
    });
    dialog->open();
}

} // namespace app
