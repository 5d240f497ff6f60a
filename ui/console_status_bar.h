// SPDX-License-Identifier: GPL-3.0-or-later
// The machine window's status bar: messages at the left; at the right the lights of disks and
// network, how the guest is executed, its resolution, who has pointer and keyboard, the host key.
#pragma once

#include "engine/control/control_protocol.h"

#include <QtWidgets/QStatusBar>

#include <optional>

class QLabel;
class QToolButton;
class QMenu;

namespace ui {

class ActivityLight;
class AudioMenu;
class ConsoleMenus;
class RecordingSign;

struct CaptureState
{
    bool isKeyboardCaptured = false;
    bool hasSystemShortcuts = false; // while it is
    bool isPointerCaptured = false;
    bool isPointerIntegrated = false; // the guest follows the host's pointer
    QString hostKey; // "Right Ctrl"
};

class ConsoleStatusBar final : public QStatusBar
{
    Q_OBJECT
public:
    ConsoleStatusBar(ConsoleMenus &menus, QWidget *parent);

    // Beside what always stands there.
    bool hasRoomFor(const QString &message) const;
    void setStatus(const engine::MachineStatus &status);
    void setActivity(const engine::ActivityCounters &counters);
    void setCapture(const CaptureState &state);
    void setGuestSize(const QSize &size);
    // The shared clipboard: which way, and what of it; never hidden.
    void setClipboard(const QString &text, const QString &toolTip);

signals:
    void keyboardClicked(); // toggle its capture
    void pointerClicked(); // capture it
    void recordingClicked(); // stop it
    void accelerationClicked(); // why is it slow?

private:
    ActivityLight *addLight(const QString &name, const QString &iconName, const QString &label);
    QToolButton *addButton(const QString &name, const QString &iconName);
    QLabel *addLabel(const QString &name);
    void updateToolTips();
    void updateAudio();
    QStringList driveLines(engine::MediumKind kind) const;

    engine::MachineStatus m_status;
    std::optional<engine::ActivityCounters> m_counters;
    ActivityLight *m_hardDisk;
    ActivityLight *m_optical;
    ActivityLight *m_floppy;
    ActivityLight *m_network;
    QToolButton *m_audio; // the mute
    AudioMenu &m_audioMenu;
    RecordingSign *m_recording;
    QLabel *m_disposable;
    QToolButton *m_acceleration;
    QLabel *m_guestSize;
    QToolButton *m_clipboard;
    QToolButton *m_pointer;
    QToolButton *m_keyboard;
    QLabel *m_hostKey;
};

} // namespace ui
