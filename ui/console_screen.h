// SPDX-License-Identifier: GPL-3.0-or-later
// The middle of the machine window: the notices, below them the guest's picture in a scroll area
// and what floats over it (the word Paused, the mini tool bar, the full screen hint). In full
// screen, where there is no room to be made, the notices float too.
#pragma once

#include "ui/screen_scale.h"

#include <QtWidgets/QWidget>

#include <chrono>

class QLabel;
class QMenu;
class QScrollArea;
class QVBoxLayout;

namespace display {
class FrameView;
}

namespace ui {

class ConsoleActions;
class MessageBar;
class MiniToolBar;

class ConsoleScreen final : public QWidget
{
    Q_OBJECT
public:
    ConsoleScreen(ConsoleActions &actions, QMenu &menus, QWidget *parent);

    display::FrameView &view() const { return *m_view; }
    MessageBar &messages() const { return *m_messages; }
    MiniToolBar &miniToolBar() const { return *m_miniToolBar; }

    void setScale(const ScreenScale &scale);
    const ScreenScale &scale() const { return m_scale; }
    void setFullScreen(bool isFullScreen);
    void setPaused(bool isPaused);
    void setMachineName(const QString &name);
    // Fades away by itself.
    void showHint(const QString &text, std::chrono::milliseconds time = HintTime);
    static constexpr std::chrono::milliseconds HintTime{3500};
    void hideHint();
    // What there is room for without scroll bars, in guest pixels at the chosen zoom.
    QSize guestRoom() const;
    QSize pictureSize() const; // logical; what the window should have room for
    int noticesHeight(int width) const; // what the notices take of the room above the picture

signals:
    void guestSizeChanged(const QSize &size);
    void noticesChanged(); // noticesHeight() may be another

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void updateScale();
    void placeOverlays();

    QVBoxLayout *m_layout;
    QScrollArea *m_scrollArea;
    display::FrameView *m_view;
    MessageBar *m_messages;
    MiniToolBar *m_miniToolBar;
    QLabel *m_paused;
    QLabel *m_hint;
    ScreenScale m_scale;
    bool m_isFullScreen = false;
};

} // namespace ui
