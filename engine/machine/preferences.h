// SPDX-License-Identifier: GPL-3.0-or-later
// What the user chose once for all machines: $XDG_CONFIG_HOME/vitrine/preferences.json, written
// atomically; unknown keys are kept. Every program reads it when it needs it; there is no cache to
// go stale between processes, and PreferencesWatcher tells when the file has changed.
//
// The machine folder is not here: engine::MachineStore keeps it.
#pragma once

#include "engine/base/result.h"
#include "engine/host/input_sink.h"

#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <optional>

class QFileSystemWatcher;
class QTimer;

namespace engine {

enum class CloseChoice { Ask, Background, Shutdown, PowerOff, SaveState };

// What becomes of running machines when the user's session or the computer ends. SaveState falls
// back to Shutdown where a state cannot be saved, and that to PowerOff when the guest does not
// react.
enum class SessionEndChoice { SaveState, Shutdown, PowerOff };

// Where downloads go through.
enum class ProxyMode { None, System, Manual };

struct ProxyChoice
{
    ProxyMode mode = ProxyMode::System;
    QString host; // Manual
    int port = 8080;

    bool operator==(const ProxyChoice &) const = default;
};

// A key combination of the user's own for the Input menu.
struct SavedKeys
{
    QString label;
    QList<ScanCode> codes; // in the order they go down

    bool operator==(const SavedKeys &) const = default;
};

struct Preferences
{
    // Held together they are the host key; one or two.
    QList<ScanCode> hostKeys = {0x11d}; // right Ctrl
    CloseChoice closeChoice = CloseChoice::Ask;
    SessionEndChoice sessionEnd = SessionEndChoice::SaveState;
    bool showMiniToolBar = true;
    bool isScaledByDefault = false; // windows of machines that were never shown start scaled
    QString fullScreenMonitor; // ui::ScreenIdentity as text; empty: the one the window is on
    bool isAutoCaptureOn = false; // a machine window takes the keyboard when it becomes active
    // Captured, the desktop's shortcuts (Alt+Tab, Super) go to the guest.
    bool areDesktopKeysCaptured = true;
    bool isTrayIconShown = false; // the manager's, where the desktop has a place for such icons
    QString language; // "de", "en"; empty: the session's
    ProxyChoice proxy;
    // Action name to keys: "Ctrl+N"; empty: none. What is missing has its default.
    QHash<QString, QString> managerShortcuts;
    // Command name to the key that goes with the host key: "F", "Home"; empty: none.
    QHash<QString, QString> machineShortcuts;
    QList<SavedKeys> savedKeys;
    // Machine uuid to the keyboard layout its guest has: "de", "ch(fr)". Without one: the host's.
    QHash<QString, QString> guestLayouts;
    QStringList recentOpticalImages; // newest first, at most 10
    QJsonObject unknownKeys;

    static Preferences load();
    Result<> save() const;
    void addRecentOptical(const QString &path);
    static QString fileName();
};

// "none" | "system" | "manual" and back; nullopt for other words.
QString proxyModeName(ProxyMode mode);
std::optional<ProxyMode> proxyModeFromName(const QString &name);

// "proxy.example:3128", with or without "http://"; the port may be left out.
Result<ProxyChoice> proxyFromUrl(const QString &url);

// Emits changed() when the file was written, by whatever program. Main thread only.
class PreferencesWatcher final : public QObject
{
    Q_OBJECT
public:
    explicit PreferencesWatcher(QObject *parent = nullptr);

signals:
    void changed();

private:
    void look();

    QFileSystemWatcher *m_watcher;
    QTimer *m_settle;
    QByteArray m_seen; // so that a file touched without a change is no change
};

} // namespace engine
