// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's screen as an SDL window: what FrameView is to Qt's windows, with the same keys and
// the same ways of capturing (frame_view.h says them). It shares with it what the guest holds down
// (guest_keyboard.h, guest_pointer.h), where the picture lies (frame_painter.h) and how damage
// arrives (frame_notes.h).
//
// Each guest pixel is a square of whole device pixels where the window has the room for it, and the
// rest is black; setSmooth() fills the window instead. The window follows the guest's size until
// the user gives it another one. Nothing is drawn while nothing changes.
//
// One a process. It needs a QGuiApplication for fonts. Main thread only.
#pragma once

#include "display/frame_painter.h"
#include "engine/base/result.h"
#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtGui/QImage>

#include <memory>

namespace display {

class SdlView final : public QObject
{
    Q_OBJECT
public:
    // Hidden at first. The error says what SDL misses: a display, mostly.
    static engine::Result<std::unique_ptr<SdlView>> open(const QString &title, const QImage &icon);
    ~SdlView() override;

    // Not owned; nullptr detaches, which must happen before they go.
    void setSource(engine::FrameSource *source);
    void setSink(engine::InputSink *sink);
    void setPlaceholderText(const QString &text); // shown, centred, while there is no frame
    void setDimmed(bool isDimmed, const QString &words = {}); // a paused guest
    void showHint(const QString &text); // for a moment
    void setTitle(const QString &title);

    void present(); // shown, not minimized, in front
    void hide();
    void minimize();
    bool isShown() const;
    void setFullScreen(bool isFullScreen);
    bool isFullScreen() const;
    void setSmooth(bool isSmooth); // the picture as large as fits
    bool isSmooth() const;
    // The window as large as the guest's screen at this size, no larger than the host's allows.
    // Between whole multiples the picture becomes smooth.
    void showAt(int percent);
    QSize guestSize() const;
    QSize guestRoom() const; // for a guest that follows the window: guest pixels at showAt()
    int shownPercent() const;
    QRect place() const; // the window's, as the desktop counts
    unsigned long x11Window() const; // 0 elsewhere
    QString description() const; // how SDL shows it, for the log

    void setHostKeys(const QList<engine::ScanCode> &hostKeys);
    void setDesktopKeysCaptured(bool areCaptured);
    void setAutoCapture(bool isOn);
    bool isKeyboardCaptured() const;
    bool isPointerCaptured() const; // Relative mode only
    bool hasFocus() const;
    QString gamepadName() const; // this computer's that the guest is to have; empty: none
    void capture();
    void releaseCapture();
    void updatePointerMode();

signals:
    void guestSizeChanged(const QSize &size);
    void captureChanged();
    void captureFailed(const QString &reason);
    void hostKeyChord(int qtKey);
    void closeRequested();
    void roomChanged(); // or what the room is counted by
    void focusChanged(bool hasFocus);
    void gamepadChanged();
    void filesDropped(const QStringList &paths); // onto the window

private:
    struct Private;
    explicit SdlView(std::unique_ptr<Private> parts);

    std::unique_ptr<Private> m_private;
};

} // namespace display
