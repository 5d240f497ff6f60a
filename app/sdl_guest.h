// SPDX-License-Identifier: GPL-3.0-or-later
// What an SDL window does with an agent in the guest: the shared clipboard, and a resolution that
// follows the window. What ui::GuestServices is to the usual window. And what it says of a gamepad
// that the guest cannot have; of one that it has, the engine tells.
#pragma once

#include "engine/control/control_protocol.h"
#include "ui/clipboard_bridge.h"
#include "ui/guest_resizer.h"

#include <QtCore/QPointer>

namespace display {
class SdlView;
}

namespace app {

class SdlScreen;

class SdlGuest final : public QObject
{
    Q_OBJECT
public:
    SdlGuest(SdlScreen &screen, display::SdlView &view);

    void setStatus(const engine::MachineStatus &status);
    void setAutoResize(bool isOn);

signals:
    void said(const QString &message);

private:
    void linkChanged();
    void update();
    void tellGamepad();

    SdlScreen &m_screen;
    display::SdlView &m_view;
    ui::ClipboardBridge m_clipboard;
    ui::GuestResizer m_resizer;
    QPointer<display::GuestLink> m_link;
    bool m_isAutoResizeOn = false;
    QString m_whyNoGamepad;
    QString m_toldGamepad;
};

} // namespace app
