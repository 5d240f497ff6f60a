// SPDX-License-Identifier: GPL-3.0-or-later
// The bar of full screen: slides in while the pointer is at its edge, the top or the bottom one,
// slides away when it has left, unless pinned. Holds the menus, the machine's name and the window's
// buttons.
#pragma once

#include "engine/control/control_protocol.h"

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QFrame>

class QLabel;
class QMenu;
class QPropertyAnimation;
class QToolButton;

namespace ui {

class ConsoleActions;
class RecordingSign;

class MiniToolBar final : public QFrame
{
    Q_OBJECT
    Q_PROPERTY(int slide READ slide WRITE setSlide) // visible pixels
public:
    MiniToolBar(ConsoleActions &actions, QMenu &menus, QWidget *parent);

    void setMachineName(const QString &name);
    void setRecording(const engine::RecordingStatus &recording);
    // In full screen only; shows itself for a moment at first.
    void setActive(bool isActive);
    void setAtBottom(bool isAtBottom);
    bool isSlidIn() const { return m_isSlidIn; }
    // Where the pointer is, in the parent's coordinates.
    void pointerMoved(const QPoint &position);
    void pointerLeft();
    void place(); // the parent's size changed

protected:
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    int slide() const { return m_slide; }
    void setSlide(int pixels);
    void slideTo(bool isIn);
    bool mustStay() const;
    QToolButton *addButton(const QString &name, const QString &iconName, const QString &text);

    QMenu &m_menus;
    QLabel *m_name;
    RecordingSign *m_recording;
    QToolButton *m_pin;
    QPropertyAnimation *m_animation;
    QTimer m_leave{this};
    int m_slide = 0;
    bool m_isAtBottom = false;
    bool m_isActive = false;
    bool m_isSlidIn = false;
    bool m_isPointerAtEdge = false; // it rests where the bar slides in under it
};

} // namespace ui
