// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's screen as a widget: paints a FrameSource, feeds an InputSink. It pulls: damage marks
// a region, the paint asks for the newest frame. Guest pixels map to whole device pixels unless the
// picture is scaled.
//
// Keyboard: while the view has the keyboard focus, keys go to the guest by scan code (keymap.h).
// With the keyboard grabbed (pointer_grab.h) the window manager's shortcuts go there too. The host
// key is never sent: pressed and released alone it toggles capture; with another key it is a chord
// that the window handles (hostKeyChord). At focus-out every key held in the guest is released.
// Under Wayland the desktop may grant a capture later, and take it back: captureChanged().
//
// At focus-in the guest's Caps Lock and Num Lock become the host's.
//
// Pointer: Absolute follows the host pointer, whose picture becomes the guest's. Relative needs
// capture: a click captures, the host key lets go; isPointerCaptured says which.
#pragma once

#include "display/frame_painter.h"
#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"

#include <QtGui/QImage>
#include <QtWidgets/QWidget>

#include <memory>
#include <optional>

namespace display {

class FrameView final : public QWidget
{
    Q_OBJECT
public:
    explicit FrameView(QWidget *parent = nullptr);
    ~FrameView() override;

    // Not owned; nullptr detaches, which must happen before they go.
    void setSource(engine::FrameSource *source);
    void setSink(engine::InputSink *sink);
    void setPlaceholderText(const QString &text); // shown, centred, while there is no frame
    void setDimmed(bool dimmed); // a paused guest

    // `zoom`: device pixels a guest pixel, for ScaleMode::Zoom; it also makes the sizeHint().
    void setScale(ScaleMode mode, qreal zoom = 1.0);
    ScaleMode scaleMode() const;
    qreal zoom() const;
    qreal shownZoom() const; // as the picture is painted now, however it comes about
    QSize guestSize() const; // guest pixels; empty without a frame
    QSize sizeHint() const override; // logical size at zoom()

    // Held together they are the host key: one or two of hostKeyChoices() (keymap.h); default right
    // Ctrl (0x11d).
    void setHostKeys(const QList<engine::ScanCode> &hostKeys);
    void setHostKey(engine::ScanCode hostKey) { setHostKeys({hostKey}); }
    QList<engine::ScanCode> hostKeys() const;
    // Captured, the desktop's own shortcuts go to the guest; on by default.
    void setDesktopKeysCaptured(bool areCaptured);

    bool isKeyboardCaptured() const;
    bool isPointerCaptured() const; // Relative mode only
    void capture(); // keyboard, and the pointer when it is relative
    void captureKeyboard();
    void releaseCapture();
    // The window manager's shortcuts go to the guest too; only where the platform allows it.
    bool capturesSystemShortcuts() const;
    // Takes the keyboard by itself whenever the view gets the focus.
    void setAutoCapture(bool isOn);
    std::optional<engine::LockLights> lockLights() const; // of the guest's keyboard
    // The sink's pointer mode changed.
    void updatePointerMode();

    // Presses in order, releases in reverse: Ctrl+Alt+Del and friends.
    void sendChord(const QList<engine::ScanCode> &chord);

    QImage screenshot() const; // a copy of the newest frame in guest pixels

signals:
    void guestSizeChanged(const QSize &size);
    void captureChanged();
    // The desktop keeps its shortcuts, or the pointer; the rest is captured.
    void captureFailed(const QString &reason);
    void hostKeyChord(int qtKey); // Host+F arrives as Qt::Key_F
    void framePainted(); // after a paint that showed new damage

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void moveEvent(QMoveEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool focusNextPrevChild(bool next) override; // Tab belongs to the guest
    bool event(QEvent *event) override; // so do shortcuts

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace display
