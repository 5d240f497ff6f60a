// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mini_tool_bar.h"

#include "ui/console_actions.h"
#include "ui/icons.h"
#include "ui/recording_sign.h"

#include <QtCore/QPropertyAnimation>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QToolButton>

#include <algorithm>
#include <chrono>

namespace ui {

namespace {

constexpr int EdgePixels = 2;
constexpr auto SlideTime = std::chrono::milliseconds(160);
constexpr auto LeaveTime = std::chrono::milliseconds(700);
constexpr auto FirstLookTime = std::chrono::milliseconds(2500);

} // namespace

MiniToolBar::MiniToolBar(ConsoleActions &actions, QMenu &menus, QWidget *parent)
    : QFrame(parent)
    , m_menus(menus)
    , m_name(new QLabel(this))
    , m_animation(new QPropertyAnimation(this, "slide", this))
{
    setObjectName(QStringLiteral("miniToolBar"));
    setAccessibleName(tr("Mini tool bar"));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Window);
    setCursor(Qt::ArrowCursor);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->setSpacing(2);

    m_pin = addButton(QStringLiteral("miniPin"), QStringLiteral("window-pin"),
                      tr("Keep this tool bar in sight"));
    m_pin->setCheckable(true);
    connect(m_pin, &QToolButton::toggled, this, [this] { m_leave.start(LeaveTime); });

    QToolButton *menu =
        addButton(QStringLiteral("miniMenu"), QStringLiteral("application-menu"), tr("Menus"));
    menu->setText(tr("Menu"));
    menu->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(menu, &QToolButton::clicked, this, [this, menu] {
        // Qt moves a menu up that does not fit below.
        m_menus.popup(menu->mapToGlobal(QPoint(0, menu->height())));
    });
    connect(&m_menus, &QMenu::aboutToHide, this, [this] { m_leave.start(LeaveTime); });

    QFont bold = m_name->font();
    bold.setBold(true);
    m_name->setFont(bold);
    m_name->setObjectName(QStringLiteral("miniName"));
    m_name->setTextFormat(Qt::PlainText);
    m_name->setContentsMargins(24, 0, 24, 0);
    m_name->setAlignment(Qt::AlignCenter);
    layout->addWidget(m_name, 1);
    m_recording = new RecordingSign(QStringLiteral("miniRecording"), this);
    layout->addWidget(m_recording);
    connect(m_recording, &RecordingSign::stopWanted, actions.action(Command::Record),
            &QAction::trigger);
    connect(m_recording, &RecordingSign::shownChanged, this, &MiniToolBar::place);

    const struct
    {
        const char *name;
        const char *iconName;
        Command command;
        QString text;
    } buttons[] = {
        {"miniMinimize", "window-minimize", Command::Minimize, tr("Minimize")},
        {"miniRestore", "window-restore", Command::FullScreen, tr("Leave full screen")},
        {"miniClose", "window-close", Command::Close, tr("Close…")},
    };
    for (const auto &button : buttons) {
        QToolButton *widget = addButton(QString::fromLatin1(button.name),
                                        QString::fromLatin1(button.iconName), button.text);
        connect(widget, &QToolButton::clicked, actions.action(button.command), &QAction::trigger);
    }

    m_animation->setDuration(int(SlideTime.count()));
    m_animation->setEasingCurve(QEasingCurve::OutCubic);
    m_leave.setSingleShot(true);
    connect(&m_leave, &QTimer::timeout, this, [this] {
        if (!mustStay())
            slideTo(false);
    });
    hide();
}

QToolButton *MiniToolBar::addButton(const QString &name, const QString &iconName,
                                    const QString &text)
{
    auto *button = new QToolButton(this);
    button->setObjectName(name);
    button->setIcon(icon(iconName));
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::NoFocus);
    button->setToolTip(text);
    button->setAccessibleName(text);
    layout()->addWidget(button);
    return button;
}

void MiniToolBar::setMachineName(const QString &name)
{
    m_name->setText(name);
    place();
}

void MiniToolBar::setRecording(const engine::RecordingStatus &recording)
{
    m_recording->setStatus(recording);
}

void MiniToolBar::setActive(bool isActive)
{
    if (m_isActive == isActive)
        return;
    m_isActive = isActive;
    m_leave.stop();
    if (!isActive) {
        m_animation->stop();
        m_isPointerAtEdge = false;
        m_isSlidIn = false;
        setSlide(0);
        return;
    }
    slideTo(true);
    m_leave.start(FirstLookTime);
}

void MiniToolBar::setAtBottom(bool isAtBottom)
{
    m_isAtBottom = isAtBottom;
    place();
}

bool MiniToolBar::mustStay() const
{
    return m_pin->isChecked() || underMouse() || m_isPointerAtEdge || m_menus.isVisible();
}

void MiniToolBar::pointerMoved(const QPoint &position)
{
    if (!m_isActive)
        return;
    m_isPointerAtEdge = m_isAtBottom ? position.y() >= parentWidget()->height() - EdgePixels
                                     : position.y() < EdgePixels;
    if (m_isPointerAtEdge) {
        slideTo(true);
        m_leave.stop();
    } else if (m_isSlidIn && !m_leave.isActive() && !mustStay()) {
        m_leave.start(LeaveTime);
    }
}

void MiniToolBar::pointerLeft()
{
    m_isPointerAtEdge = false;
    if (m_isSlidIn && !m_leave.isActive())
        m_leave.start(LeaveTime);
}

void MiniToolBar::slideTo(bool isIn)
{
    if (m_isSlidIn == isIn)
        return;
    m_isSlidIn = isIn;
    m_animation->stop();
    m_animation->setStartValue(m_slide);
    m_animation->setEndValue(isIn ? sizeHint().height() : 0);
    m_animation->start();
}

void MiniToolBar::setSlide(int pixels)
{
    m_slide = pixels;
    place();
    setVisible(m_isActive && pixels > 0);
}

void MiniToolBar::place()
{
    const int available = parentWidget()->width();
    const QSize size(std::min(sizeHint().width(), available), sizeHint().height());
    const int visible = std::min(m_slide, size.height());
    const int top = m_isAtBottom ? parentWidget()->height() - visible : visible - size.height();
    setGeometry((available - size.width()) / 2, top, size.width(), size.height());
    raise();
}

void MiniToolBar::enterEvent(QEnterEvent *event)
{
    m_isPointerAtEdge = false;
    m_leave.stop();
    QFrame::enterEvent(event);
}

void MiniToolBar::leaveEvent(QEvent *event)
{
    m_leave.start(LeaveTime);
    QFrame::leaveEvent(event);
}

} // namespace ui
