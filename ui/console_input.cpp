// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the machine window that types for the user: the clipboard, the soft keyboard, and
// what the preferences say about keys.
#include "display/frame_view.h"
#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/console_screen.h"
#include "ui/console_window.h"
#include "ui/message_bar.h"
#include "ui/session_information.h"
#include "ui/soft_keyboard.h"
#include "ui/type_dialog.h"

#include <QtGui/QAction>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>

namespace ui {

namespace {

const QString TypingNotice = QStringLiteral("typing");

} // namespace

void ConsoleWindow::connectInput()
{
    // Changed by whatever program, felt at once.
    connect(new engine::PreferencesWatcher(this), &engine::PreferencesWatcher::changed, this,
            &ConsoleWindow::readPreferences);
    connect(&m_client, &engine::ControlClient::noticed, this, &ConsoleWindow::say);
    connect(&m_client, &engine::ControlClient::typingProgressed, this, &ConsoleWindow::showTyping);
}

void ConsoleWindow::typeClipboard()
{
    if (m_screen->messages().has(TypingNotice)) { // the menu's entry says so
        m_commands->cancelTyping();
        return;
    }
    const QString text = QGuiApplication::clipboard()->text();
    if (text.isEmpty()) {
        say(tr("There is no text in your clipboard."));
        return;
    }
    m_screen->view().releaseCapture();
    auto *dialog = new TypeDialog(text, m_client.status().uuid, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_commands->typeText(dialog->text(), dialog->layoutName(), dialog->rate());
        m_screen->view().setFocus();
    });
    dialog->open();
}

// Also what another program has the machine type.
void ConsoleWindow::showTyping(int done, int total)
{
    MessageBar &messages = m_screen->messages();
    m_actions->setTyping(total > 0);
    if (total == 0) {
        messages.dismiss(TypingNotice);
        return;
    }
    const QString words = tr("Typing into the guest: %1 of %2 keys").arg(done).arg(total);
    if (messages.has(TypingNotice)) {
        messages.setText(TypingNotice, words);
        return;
    }
    messages.post({.key = TypingNotice,
                   .text = words,
                   .buttons = {{QStringLiteral("cancelTyping"), tr("&Cancel"),
                                [this] { m_commands->cancelTyping(); }}},
                   .canBeDismissed = false});
}

void ConsoleWindow::describeScreen()
{
    const engine::MachineStatus &status = m_client.status();
    display::FrameView &view = m_screen->view();
    const QSize size = view.guestSize();
    view.setAccessibleName(tr("Screen of %1").arg(status.name));
    view.setAccessibleDescription(
        size.isEmpty()
            ? stateText(status.state)
            : tr("%1 × %2, %3").arg(size.width()).arg(size.height()).arg(stateText(status.state)));
}

void ConsoleWindow::showSoftKeyboard(bool isShown)
{
    if (m_softKeyboard == nullptr) {
        m_softKeyboard = new SoftKeyboard(m_client.status().uuid, this);
        m_softKeyboard->setMachineName(m_client.status().name);
        m_softKeyboard->setLights([this] { return m_screen->view().lockLights(); });
        connect(m_softKeyboard, &SoftKeyboard::keyMoved, m_commands.get(),
                &ConsoleCommands::sendKey);
        connect(m_softKeyboard, &SoftKeyboard::visibilityChanged, this, [this](bool isVisible) {
            m_actions->action(Command::SoftKeyboard)->setChecked(isVisible);
        });
    }
    m_softKeyboard->setVisible(isShown);
}

} // namespace ui
