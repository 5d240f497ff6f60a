// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the machine window that deals with an agent in the guest.
#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/console_menus.h"
#include "ui/console_screen.h"
#include "ui/console_status_bar.h"
#include "ui/console_window.h"
#include "ui/guest_services.h"
#include "ui/sharing_menu.h"

namespace ui {

void ConsoleWindow::connectGuest()
{
    SharingMenu &clipboard = m_menus->clipboardMenu();
    m_guest = std::make_unique<GuestServices>(*m_display, *m_screen, *m_commands, clipboard,
                                              m_menus->dragAndDropMenu());
    connect(m_guest.get(), &GuestServices::said, this, &ConsoleWindow::say);
    connect(m_guest.get(), &GuestServices::agentChanged, this, &ConsoleWindow::updateCapture);
    connect(m_display.get(), &ConsoleDisplay::pointerModeChanged, this,
            &ConsoleWindow::updateCapture);
    const auto showClipboard = [this, &clipboard] {
        m_statusBar->setClipboard(
            clipboard.modeText(),
            tr("Shared clipboard: %1. %2").arg(clipboard.modeText(), clipboard.agentText()));
    };
    connect(&clipboard, &SharingMenu::changed, m_statusBar, showClipboard);
    showClipboard();
    m_guest->setWindowActive(isActiveWindow());
}

} // namespace ui
