// SPDX-License-Identifier: GPL-3.0-or-later
// What the machine window does with an agent in the guest: the shared clipboard, files dropped onto
// the guest, and its resolution, which follows the window. Joins the display's GuestLink, the
// machine's switches, the menus and the status bar's button.
#pragma once

#include "ui/clipboard_bridge.h"
#include "ui/file_drop.h"
#include "ui/guest_resizer.h"

#include <QtCore/QPointer>

namespace ui {

class ConsoleCommands;
class ConsoleDisplay;
class ConsoleScreen;
class SharingMenu;

class GuestServices final : public QObject
{
    Q_OBJECT
public:
    GuestServices(ConsoleDisplay &display, ConsoleScreen &screen, ConsoleCommands &commands,
                  SharingMenu &clipboardMenu, SharingMenu &dropMenu);

    void setStatus(const engine::MachineStatus &status);
    void setAutoResize(bool isOn);
    void setWindowActive(bool isActive);
    // The guest has another resolution; true: because it was asked to.
    bool guestResized(const QSize &size);
    void scaleChanged();

signals:
    void said(const QString &message);
    void agentChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override; // the screen's size

private:
    void linkChanged();
    void update();

    ConsoleDisplay &m_display;
    ConsoleScreen &m_screen;
    SharingMenu &m_clipboardMenu;
    SharingMenu &m_dropMenu;
    ClipboardBridge m_clipboard;
    FileDrop m_files;
    GuestResizer m_resizer;
    QPointer<display::GuestLink> m_link;
    bool m_isAutoResizeOn = false;
};

} // namespace ui
