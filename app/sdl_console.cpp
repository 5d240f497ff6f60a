// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sdl_console.h"

#include "display/keymap.h"
#include "engine/machine/qt_text.h"
#include "ui/close_dialog.h"
#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/error_box.h"
#include "ui/machine_state.h"
#include "ui/window_look.h"

#include <QtCore/QEvent>
#include <QtGui/QWindow>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDialog>
#include <QtWidgets/QMessageBox>

#include <utility>

namespace app {

using ui::CloseChoice;
using ui::Command;

namespace {

bool isOver(engine::Driver::State state)
{
    using State = engine::Driver::State;
    return state == State::Off || state == State::Aborted || state == State::Saved;
}

} // namespace

SdlConsole::SdlConsole(engine::ControlClient &client, display::SdlView &view,
                       SdlScreen::OpenDisplay open)
    : m_client(client)
    , m_view(view)
    , m_actions(new ui::ConsoleActions(this))
    , m_commands(std::make_unique<ui::ConsoleCommands>(client, m_anchor))
    , m_notices([this](const QString &text) { say(text); },
                [this]() -> QWidget & { return dialogParent(); })
    , m_files(m_anchor, m_notices, *m_commands)
    , m_screen(client, view, std::move(open))
    , m_guest(m_screen, view)
{
    m_anchor.setObjectName(QStringLiteral("sdlAnchor"));
    qApp->installEventFilter(this);
    connect(m_actions, &ui::ConsoleActions::commandGiven, this, &SdlConsole::run);
    connect(m_actions, &ui::ConsoleActions::guestKeysWanted, m_commands.get(),
            &ui::ConsoleCommands::sendKeys);
    connect(m_commands.get(), &ui::ConsoleCommands::said, this, &SdlConsole::say);
    connect(m_commands.get(), &ui::ConsoleCommands::dialogOpened, this, [this] { dialogParent(); });
    connect(new engine::PreferencesWatcher(this), &engine::PreferencesWatcher::changed, this,
            &SdlConsole::readPreferences);
    connectView();
    connectClient();
    readPreferences();
}

SdlConsole::~SdlConsole()
{
    // What they tell while they let go is nobody's business anymore.
    m_view.disconnect(this);
    m_client.disconnect(this);
    m_screen.disconnect(this);
}

void SdlConsole::connectView()
{
    using display::SdlView;
    connect(&m_view, &SdlView::hostKeyChord, this, &SdlConsole::chordPressed);
    connect(&m_view, &SdlView::captureChanged, this, [this] {
        updateTitle();
        updateActions();
    });
    connect(&m_view, &SdlView::captureFailed, this, &SdlConsole::say);
    connect(&m_view, &SdlView::closeRequested, this, [this] {
        const ui::WindowLook look = ui::WindowLook::from(m_client.status().extraData);
        askToClose(look.closeChoice.value_or(ui::Preferences::load().closeChoice));
    });
    connect(&m_guest, &SdlGuest::said, this, &SdlConsole::say);
    connect(&m_view, &SdlView::filesDropped, &m_files, &ui::FileDrop::take);
    connect(&m_files, &ui::FileDrop::said, this, &SdlConsole::say);
    connect(&m_screen, &SdlScreen::sessionChanged, this, [this] {
        display::DisplaySession *session = m_screen.session();
        m_files.setLink(session != nullptr ? session->guestLink() : nullptr);
    });
    connect(&m_screen, &SdlScreen::pointerModeChanged, this, &SdlConsole::updateActions);
    connect(&m_screen, &SdlScreen::takenAway, &m_view, &SdlView::hide);
    connect(&m_screen, &SdlScreen::lost, this, [this](const QString &reason) {
        say(tr("The guest's screen was lost: %1. The machine runs on.").arg(reason));
    });
}

void SdlConsole::connectClient()
{
    using engine::ControlClient;
    connect(&m_client, &ControlClient::statusChanged, this, &SdlConsole::statusChanged);
    connect(&m_client, &ControlClient::disconnected, this, &SdlConsole::connectionLost);
    connect(&m_client, &ControlClient::raiseRequested, this, &SdlConsole::present);
    connect(&m_client, &ControlClient::noticed, this, &SdlConsole::say);
    connect(&m_client, &ControlClient::wasReset, this, [this] { m_hasSentShutdown = false; });
    connect(&m_client, &ControlClient::failed, this, [this](const engine::Error &error) {
        const QString name = m_client.status().name;
        endWith(m_hasRun ? tr("\"%1\" was stopped by an error").arg(name)
                         : tr("\"%1\" could not be started").arg(name),
                error);
    });
    connect(&m_client, &ControlClient::progressed, this, [this](int percent) {
        if (m_client.status().state == engine::Driver::State::Saving)
            say(tr("Saving the machine's state: %1 %").arg(percent));
    });
    connect(&m_client, &ControlClient::typingProgressed, this, [this](int done, int total) {
        m_actions->setTyping(total > 0);
        if (total > 0)
            say(tr("Typing into the guest: %1 of %2 keys").arg(done).arg(total));
    });
}

void SdlConsole::present()
{
    if (m_isFinished)
        return;
    m_isPresentWanted = true;
    if (!m_isKnown)
        return;
    m_view.present();
    m_screen.setWanted(true);
}

void SdlConsole::statusChanged(const engine::MachineStatus &status)
{
    if (m_hasEnded)
        return;
    using State = engine::Driver::State;
    const bool isFirst = !std::exchange(m_isKnown, true);
    if (status.state == State::Running)
        m_hasRun = true;
    updateTitle();
    updateActions();
    QString words;
    if (status.problem)
        words = status.problem->text + u'\n' + status.problem->remedy;
    else if (status.state == State::Paused)
        words = tr("Paused");
    m_view.setDimmed(status.state == State::Paused, words.trimmed());
    m_screen.setStatus(status);
    m_guest.setStatus(status);
    m_files.setStatus(status);
    if (isFirst) { // the window's own from here on
        const bool isResized = ui::WindowLook::from(status.extraData).isGuestResized;
        m_actions->action(Command::AutoResize)->setChecked(isResized);
        m_guest.setAutoResize(isResized);
    }
    if (m_closeDialog != nullptr)
        m_closeDialog->setStatus(status);
    if (status.acceleration.kind == engine::Acceleration::Kind::Emulated
        && !std::exchange(m_hasSlowNotice, true))
        say(tr("This machine runs by software emulation and will be slow."));
    if (isFirst && m_isPresentWanted)
        present();
    // A window that comes while the machine is about to start sees Off, too.
    if (!isOver(status.state)
        || (!m_hasRun && status.state != State::Aborted && m_lastWords == nullptr))
        return;
    if (status.state == State::Aborted)
        endWith(tr("\"%1\" has stopped unexpectedly").arg(status.name),
                engine::makeError(engine::ErrorKind::Io,
                                  tr("The engine that ran it ended without saying why"),
                                  tr("The log may tell more")));
    m_hasEnded = true;
    if (m_lastWords == nullptr)
        finish();
}

void SdlConsole::connectionLost()
{
    if (std::exchange(m_hasEnded, true))
        return;
    endWith(tr("\"%1\" has stopped unexpectedly").arg(m_client.status().name),
            engine::makeError(engine::ErrorKind::Io,
                              tr("The connection to the machine's engine is gone"),
                              tr("The log may tell more")));
}

void SdlConsole::updateTitle()
{
    const engine::MachineStatus &status = m_client.status();
    if (status.uuid.isNull())
        return;
    const QString state = ui::stateText(ui::machineState(status.state));
    QString title;
    if (m_view.isPointerCaptured())
        //: A window title: machine, state, the host key
        title = tr("%1 [%2] - %3 releases the pointer - Vitrine")
                    .arg(status.name, state, m_hostKeyName);
    else if (status.isDisposableRun)
        //: A window title: machine, state
        title = tr("%1 [%2, Disposable] - Vitrine").arg(status.name, state);
    else
        title = tr("%1 [%2] - Vitrine").arg(status.name, state);
    m_view.setTitle(title);
}

void SdlConsole::readPreferences()
{
    m_preferences = ui::Preferences::load();
    m_hostKeyName = display::keyNames(m_preferences.hostKeys);
    m_view.setHostKeys(m_preferences.hostKeys);
    m_view.setDesktopKeysCaptured(m_preferences.areDesktopKeysCaptured);
    m_view.setAutoCapture(m_preferences.isAutoCaptureOn);
    m_actions->setHostKeys(m_preferences.hostKeys);
    m_actions->setChords(m_preferences.machineShortcuts);
    m_actions->setSavedKeys(m_preferences.savedKeys);
    updateTitle();
}

void SdlConsole::say(const QString &message)
{
    m_view.showHint(message);
}

// The guest lets go of keyboard and pointer, and dialogs come up over the window.
QWidget &SdlConsole::dialogParent()
{
    m_view.releaseCapture();
    m_anchor.setGeometry(m_view.place());
    return m_anchor;
}

// To the window manager Qt's dialogs belong to SDL's window. Wayland has no way to say that.
bool SdlConsole::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Show && QGuiApplication::platformName() == QLatin1String("xcb")) {
        auto *const dialog = qobject_cast<QDialog *>(watched);
        const unsigned long window = m_view.x11Window();
        if (dialog != nullptr && dialog->parent() == &m_anchor && window != 0
            && dialog->windowHandle() != nullptr && m_view.isShown()) {
            QWindow *const ours = QWindow::fromWinId(WId(window));
            ours->setParent(nullptr);
            dialog->windowHandle()->setTransientParent(ours);
            connect(dialog, &QObject::destroyed, ours, &QObject::deleteLater);
        }
    }
    return QObject::eventFilter(watched, event);
}

void SdlConsole::askToClose(CloseChoice preferred)
{
    const engine::MachineStatus &status = m_client.status();
    if (m_isFinished || status.uuid.isNull())
        return;
    if (m_lastWords != nullptr) {
        m_lastWords->close();
        return;
    }
    const bool cannotShutDown = !ui::whyNot(status, engine::Feature::PowerButton).isEmpty();
    // A guest that does not react to the signal must not lock the user in.
    if (preferred == CloseChoice::Shutdown && (cannotShutDown || m_hasSentShutdown))
        preferred = CloseChoice::Ask;
    if (preferred == CloseChoice::SaveState
        && !ui::whyNot(status, engine::Feature::SaveState).isEmpty())
        preferred = CloseChoice::Ask;
    if (preferred != CloseChoice::Ask) {
        closeBy(preferred);
        return;
    }
    if (m_closeDialog == nullptr) {
        m_closeDialog = new ui::CloseDialog(
            status, cannotShutDown ? CloseChoice::Background : CloseChoice::Shutdown,
            &dialogParent());
        connect(m_closeDialog, &ui::CloseDialog::chosen, this,
                [this](CloseChoice choice, bool remember) {
                    ui::Preferences preferences = ui::Preferences::load();
                    preferences.closeChoice = choice;
                    if (const auto saved = remember ? preferences.save() : engine::Result<>();
                        !saved)
                        say(tr("The choice could not be remembered"));
                    closeBy(choice);
                });
    }
    m_closeDialog->open();
    m_closeDialog->raise();
    m_closeDialog->activateWindow();
}

void SdlConsole::closeBy(CloseChoice choice)
{
    switch (choice) {
    case CloseChoice::Ask:
        break;
    case CloseChoice::Background:
        goToBackground();
        break;
    case CloseChoice::Shutdown:
        m_hasSentShutdown = true;
        m_commands->pressPowerButton();
        break;
    case CloseChoice::PowerOff:
        m_commands->powerOffNow();
        break;
    case CloseChoice::SaveState:
        m_commands->saveState();
        break;
    }
}

void SdlConsole::goToBackground()
{
    m_isPresentWanted = false;
    m_view.setFullScreen(false);
    m_view.hide();
    m_screen.setWanted(false);
}

void SdlConsole::endWith(const QString &asked, const engine::Error &error)
{
    if (m_lastWords != nullptr)
        return;
    m_view.setFullScreen(false);
    QMessageBox *box = ui::showError(&dialogParent(), asked, error, m_commands->logFile());
    m_lastWords = box;
    connect(box, &QDialog::finished, this, [this] {
        m_lastWords = nullptr;
        if (m_hasEnded || !m_client.isConnected() || isOver(m_client.status().state))
            finish();
    });
}

void SdlConsole::finish()
{
    if (std::exchange(m_isFinished, true))
        return;
    m_hasEnded = true;
    const QList<QDialog *> dialogs = m_anchor.findChildren<QDialog *>();
    for (QDialog *dialog : dialogs)
        dialog->close();
    m_screen.setWanted(false);
    m_view.hide();
    emit finished();
}

} // namespace app
