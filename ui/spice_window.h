// SPDX-License-Identifier: GPL-3.0-or-later
// The screen of a machine anywhere that a SPICE server offers: the machine window's view and keys,
// without anything that would need the machine itself. Asks for the password when the server wants
// one, and whether an unknown certificate is to be trusted; says why there is no connection, and
// offers another try.
#pragma once

#include "engine/drivers/sound_process.h"
#include "engine/drivers/spice_address.h"
#include "ui/clipboard_bridge.h"
#include "ui/console_display.h"
#include "ui/guest_resizer.h"
#include "ui/known_servers.h"

#include <QtWidgets/QMainWindow>

#include <memory>

class QMenu;
class QSslCertificate;

namespace ui {

class CertificateProbe;
class ConsoleActions;
class ConsoleScreen;
enum class Command;

class SpiceWindow final : public QMainWindow
{
    Q_OBJECT
public:
    // Connects at once.
    explicit SpiceWindow(const engine::SpiceAddress &address,
                         OpenDisplay open = display::openDisplay);
    ~SpiceWindow() override;

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override; // the screen's size

private:
    void fillMenus();
    void connectView();
    void readPreferences();
    void run(Command command);
    void takeScreenshot();
    void fitToGuest();
    void runScale(Command command);
    void updateBars();
    void updateCapture();
    void updateAgent();
    void updateSound();

    // spice_connection.cpp
    void connectToServer();
    void disconnectFromServer();
    void closedBy(const QString &reason);
    void showClosed(const QString &reason);
    void askForPassword(const QString &why);
    void judgeCertificate();
    void askForTrust(const QSslCertificate &certificate);

    engine::SpiceAddress m_address;
    OpenDisplay m_open;
    KnownServers m_servers;
    ConsoleActions *m_actions;
    QMenu *m_popUp; // of the mini tool bar
    ConsoleScreen *m_screen;
    QAction *m_connectAgain = nullptr;
    QAction *m_shareClipboard = nullptr;
    QAction *m_playSound = nullptr;
    std::unique_ptr<engine::SoundProcess> m_sound; // once something was played
    std::unique_ptr<display::DisplaySession> m_session;
    std::unique_ptr<CertificateProbe> m_probe;
    ClipboardBridge m_clipboard;
    GuestResizer m_resizer;
    QString m_hostKeyName;
    bool m_hasCaptureHint = false;
    bool m_hasFullScreenHint = false;
};

} // namespace ui
