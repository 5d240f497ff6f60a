// SPDX-License-Identifier: GPL-3.0-or-later
// One QAction per command of the machine window, shared by its menus, its pop-up menu, the mini
// tool bar and the host chords. While the guest has the keyboard no QKeySequence could fire, so the
// actions carry none: the chord stands in the menu's shortcut column and arrives by trigger().
//
// An action that cannot be used now is grey and says why in its tool tip and status tip.
#pragma once

#include "engine/control/control_protocol.h"
#include "engine/host/input_sink.h"
#include "engine/machine/preferences.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtGui/QAction>

#include <map>

namespace ui {

enum class Command {
    Settings,
    Pause,
    Reset,
    PowerButton,
    PowerOff,
    SaveState,
    SessionInformation,
    ShowActivity,
    FileManager,
    ShowLog,
    Background,
    Close,
    FullScreen,
    ScaledMode,
    ZoomIn,
    ZoomOut,
    ZoomActual,
    AutoResize,
    FitWindow,
    Minimize,
    Screenshot,
    Record,
    ShowMenuBar,
    ShowStatusBar,
    ShowMiniToolBar,
    PopUpMenu,
    CaptureKeyboard,
    CapturePointer,
    TypeClipboard,
    SoftKeyboard,
    Preferences,
    KeyboardHelp,
    About,
};

// Why the machine cannot do it now; empty when it can.
QString whyNot(const engine::MachineStatus &status, engine::Feature feature);

class ConsoleActions final : public QObject
{
    Q_OBJECT
public:
    explicit ConsoleActions(QObject *parent = nullptr);

    QAction *action(Command command) const;
    QList<QAction *> guestKeyActions() const { return m_guestKeys; }
    QList<QAction *> guestConsoleActions() const { return m_guestConsoleKeys; }
    QList<QAction *> guestRescueActions() const { return m_guestRescueKeys; }

    void setStatus(const engine::MachineStatus &status);
    void setHostKeys(const QList<engine::ScanCode> &hostKeys);
    void setPointerCanBeCaptured(bool canBeCaptured);
    void setTyping(bool isTyping); // TypeClipboard stops it meanwhile

    // By action name: the key that goes with the host key instead of the usual one; see
    // ui/shortcuts.h.
    void setChords(const QHash<QString, QString> &choices);
    // The user's own combinations (engine::SavedKeys), anew.
    void setSavedKeys(const QList<engine::SavedKeys> &saved);
    QList<QAction *> savedKeyActions() const { return m_savedKeys; }

    // nullptr when the chord means nothing.
    QAction *actionForChord(int qtKey) const;
    QList<QAction *> actionsWithChords() const; // in menu order, for the keyboard help
    QList<QAction *> allActions() const; // in the same order
    static constexpr const char *ChordProperty = "hostChord"; // Qt::Key; 0: none
    static QString chordOf(const QAction *action);
    static int usualChordOf(const QAction *action); // Qt::Key; 0: none
    static QString plainText(const QAction *action); // without mnemonic, dots and chord

signals:
    void commandGiven(ui::Command command);
    void guestKeysWanted(const QList<engine::ScanCode> &chord);
    void savedKeysChanged(); // other actions in savedKeyActions()

private:
    QAction *addGuestKeys(const struct GuestKeys &keys);
    void setChord(QAction *action, int chord);
    static void setText(QAction *action, const QString &text);
    void setUsable(Command command, const QString &whyNot);

    std::map<Command, QAction *> m_actions;
    QList<QAction *> m_guestKeys;
    QList<QAction *> m_guestConsoleKeys;
    QList<QAction *> m_guestRescueKeys;
    QList<QAction *> m_savedKeys;
    QList<engine::SavedKeys> m_savedChoices;
    QString m_whyNoKeys;
    QHash<int, QAction *> m_chords;
    QList<engine::ScanCode> m_hostKeys;
};

// Grey with the reason, or usable with its ordinary explanation.
void setUsable(QAction *action, const QString &whyNot);

} // namespace ui
