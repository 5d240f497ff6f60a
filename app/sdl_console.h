// SPDX-License-Identifier: GPL-3.0-or-later
// The SDL window of one running machine (vitrine-vm --type sdl). It has no bars: commands come by
// the host key, which has the same ones as the usual window (ui/console_actions.h), and what is to
// be said stands over the picture for a moment. Questions and troubles are Qt's dialogs, so that
// they read as they do elsewhere and the machine's process goes on meanwhile.
//
// It commands the machine through a ControlClient, as ui::ConsoleWindow does.
#pragma once

#include "app/sdl_guest.h"
#include "app/sdl_notices.h"
#include "app/sdl_screen.h"
#include "display/sdl/sdl_view.h"
#include "engine/control/control_client.h"
#include "ui/file_drop.h"
#include "ui/preferences.h"

#include <QtCore/QPointer>
#include <QtWidgets/QWidget>

#include <memory>

namespace ui {
class CloseDialog;
class ConsoleActions;
class ConsoleCommands;
enum class Command;
} // namespace ui

namespace app {

class SdlConsole final : public QObject
{
    Q_OBJECT
public:
    // `client` is connecting and outlives this, as does `view`.
    SdlConsole(engine::ControlClient &client, display::SdlView &view, SdlScreen::OpenDisplay open);
    ~SdlConsole() override;

    // Shown, in front: at once, or as soon as the machine's name is known.
    void present();

signals:
    // The machine has ended and the user has read why. Not to be shown again.
    void finished();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void connectClient();
    void connectView();
    void statusChanged(const engine::MachineStatus &status);
    void updateTitle();
    void updateActions();
    void readPreferences();
    void chordPressed(int qtKey);
    void run(ui::Command command);
    void zoom(int percent);
    void typeClipboard();
    void say(const QString &message);
    void askToClose(ui::CloseChoice preferred);
    void closeBy(ui::CloseChoice choice);
    void goToBackground();
    void endWith(const QString &asked, const engine::Error &error);
    void connectionLost();
    void finish();
    QWidget &dialogParent();

    engine::ControlClient &m_client;
    display::SdlView &m_view;
    QWidget m_anchor; // never shown: dialogs belong to it
    ui::ConsoleActions *m_actions;
    const std::unique_ptr<ui::ConsoleCommands> m_commands;
    SdlNotices m_notices;
    ui::FileDrop m_files;
    SdlScreen m_screen;
    SdlGuest m_guest; // what it has of the screen goes first
    ui::Preferences m_preferences;
    QString m_hostKeyName;
    QPointer<ui::CloseDialog> m_closeDialog;
    QPointer<QWidget> m_lastWords; // the error box the end waits for
    bool m_isPresentWanted = false;
    bool m_isKnown = false; // the first status has come
    bool m_hasRun = false;
    bool m_hasEnded = false;
    bool m_isFinished = false;
    bool m_hasSentShutdown = false;
    bool m_hasSlowNotice = false;
};

} // namespace app
