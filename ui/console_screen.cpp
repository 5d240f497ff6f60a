// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console_screen.h"

#include "display/frame_view.h"
#include "ui/message_bar.h"
#include "ui/mini_tool_bar.h"

#include <QtCore/QPropertyAnimation>
#include <QtCore/QSequentialAnimationGroup>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QGraphicsOpacityEffect>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int OverlayMargin = 12;
constexpr int HintFadeMs = 900;

// White on translucent black is read over any guest picture, in light and dark desktops.
class OverlayLabel final : public QLabel
{
public:
    OverlayLabel(const QString &name, int pointSizeFactorPercent, QWidget *parent)
        : QLabel(parent)
    {
        setObjectName(name);
        setTextFormat(Qt::PlainText);
        setAlignment(Qt::AlignCenter);
        setMargin(14);
        setAttribute(Qt::WA_TransparentForMouseEvents);
        QPalette colors = palette();
        colors.setColor(QPalette::WindowText, Qt::white);
        setPalette(colors);
        QFont large = font();
        large.setPointSizeF(large.pointSizeF() * pointSizeFactorPercent / 100);
        setFont(large);
        hide();
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(QColor(0, 0, 0, 190));
        painter.drawRoundedRect(rect(), 8, 8);
        painter.end();
        QLabel::paintEvent(event);
    }
};

} // namespace

ConsoleScreen::ConsoleScreen(ConsoleActions &actions, QMenu &menus, QWidget *parent)
    : QWidget(parent)
    , m_layout(new QVBoxLayout(this))
    , m_scrollArea(new QScrollArea(this))
    , m_view(new display::FrameView)
    , m_messages(new MessageBar(this))
    , m_miniToolBar(new MiniToolBar(actions, menus, this))
    , m_paused(new OverlayLabel(QStringLiteral("pausedLabel"), 180, this))
    , m_hint(new OverlayLabel(QStringLiteral("fullScreenHint"), 130, this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(0);
    m_layout->addWidget(m_messages);
    m_layout->addWidget(m_scrollArea, 1);

    m_view->setObjectName(QStringLiteral("guestScreen"));
    m_view->setAccessibleName(tr("The guest's screen"));
    m_view->setMouseTracking(true);
    m_view->installEventFilter(this);
    m_scrollArea->setFrameShape(QFrame::NoFrame);
    m_scrollArea->setFocusPolicy(Qt::NoFocus);
    m_scrollArea->setWidgetResizable(true);
    m_scrollArea->setWidget(m_view);
    QPalette black = m_scrollArea->palette();
    black.setColor(QPalette::Window, Qt::black);
    m_scrollArea->viewport()->setPalette(black);
    setFocusProxy(m_view);

    m_paused->setText(tr("Paused"));
    m_paused->setAccessibleName(tr("The machine is paused"));
    connect(m_messages, &MessageBar::heightChanged, this, [this] {
        placeOverlays();
        emit noticesChanged();
    });
    connect(m_view, &display::FrameView::guestSizeChanged, this, [this](const QSize &size) {
        updateScale();
        emit guestSizeChanged(size);
    });
}

void ConsoleScreen::setScale(const ScreenScale &scale)
{
    m_scale = scale;
    updateScale();
}

void ConsoleScreen::setFullScreen(bool isFullScreen)
{
    if (m_isFullScreen != isFullScreen) {
        m_isFullScreen = isFullScreen;
        const auto policy = isFullScreen ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded;
        m_scrollArea->setHorizontalScrollBarPolicy(policy);
        m_scrollArea->setVerticalScrollBarPolicy(policy);
        if (isFullScreen) {
            m_layout->removeWidget(m_messages);
        } else {
            m_layout->insertWidget(0, m_messages);
            m_hint->hide();
        }
        placeOverlays();
    }
    updateScale();
}

QSize ConsoleScreen::guestRoom() const
{
    const qreal perGuestPixel = m_scale.percent / 100.0 / devicePixelRatioF();
    const QSize room = m_scrollArea->maximumViewportSize();
    return {int(room.width() / perGuestPixel), int(room.height() / perGuestPixel)};
}

int ConsoleScreen::noticesHeight(int width) const
{
    if (m_messages->isHidden())
        return 0;
    return m_messages->hasHeightForWidth() ? m_messages->heightForWidth(width)
                                           : m_messages->sizeHint().height();
}

// In full screen there are no scroll bars: a picture larger than the screen is scaled down.
void ConsoleScreen::updateScale()
{
    const qreal zoom = m_scale.percent / 100.0;
    if (m_view->zoom() != zoom)
        m_view->setScale(m_view->scaleMode(), zoom);
    const QSize picture = m_view->sizeHint();
    // At a fractional ratio a screen has no whole number of logical pixels. A guest of the screen's
    // own size is then one too large, and better cut by a line than blurred.
    const bool isTooLarge = picture.width() > width() + 1 || picture.height() > height() + 1;
    const bool mustFit = m_isFullScreen && isTooLarge;
    m_view->setScale(mustFit && !m_scale.isFitted() ? display::ScaleMode::Fit : m_scale.mode, zoom);
    const bool hasPicture = !m_view->guestSize().isEmpty();
    const bool isRoomNeeded = hasPicture && !m_isFullScreen && !m_scale.isFitted();
    m_view->setMinimumSize(isRoomNeeded ? picture : QSize(0, 0));
}

QSize ConsoleScreen::pictureSize() const
{
    return m_view->guestSize().isEmpty() ? QSize(720, 400) : m_view->sizeHint();
}

void ConsoleScreen::setPaused(bool isPaused)
{
    m_view->setDimmed(isPaused);
    m_paused->setVisible(isPaused);
    placeOverlays();
}

void ConsoleScreen::setMachineName(const QString &name)
{
    m_miniToolBar->setMachineName(name);
}

void ConsoleScreen::showHint(const QString &text, std::chrono::milliseconds time)
{
    m_hint->setText(text);
    auto *effect = new QGraphicsOpacityEffect(m_hint); // replaces and deletes an earlier one
    m_hint->setGraphicsEffect(effect);
    auto *sequence = new QSequentialAnimationGroup(effect);
    sequence->addPause(int(time.count()));
    auto *fade = new QPropertyAnimation(effect, "opacity");
    fade->setDuration(HintFadeMs);
    fade->setStartValue(1.0);
    fade->setEndValue(0.0);
    sequence->addAnimation(fade);
    connect(sequence, &QAbstractAnimation::finished, m_hint, &QWidget::hide);
    m_hint->show();
    placeOverlays();
    sequence->start();
}

void ConsoleScreen::hideHint()
{
    m_hint->hide();
}

void ConsoleScreen::placeOverlays()
{
    const int top = m_isFullScreen ? 0 : noticesHeight(width());
    const int room = height() - top;
    // Its middle at this part of the room, in several lines where the window is narrow.
    const auto center = [this, top, room](QLabel *overlay, double part) {
        overlay->setWordWrap(false);
        QSize size = overlay->sizeHint();
        if (const int most = std::max(1, width() - 2 * OverlayMargin); size.width() > most) {
            overlay->setWordWrap(true);
            size = {most, overlay->heightForWidth(most)};
        }
        size = size.boundedTo(this->size());
        overlay->setGeometry((width() - size.width()) / 2,
                             top + std::max(0, int(room * part) - size.height() / 2), size.width(),
                             size.height());
        overlay->raise();
    };
    center(m_paused, 0.5);
    center(m_hint, 0.25);
    if (m_isFullScreen) {
        // At the bottom: the top edge brings the mini tool bar.
        const int wanted = noticesHeight(width());
        m_messages->setGeometry(0, height() - wanted, width(), wanted);
        m_messages->raise();
    }
    m_miniToolBar->place();
}

bool ConsoleScreen::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view && event->type() == QEvent::MouseMove) {
        const auto *mouse = static_cast<QMouseEvent *>(event);
        m_miniToolBar->pointerMoved(m_view->mapTo(this, mouse->position().toPoint()));
    } else if (watched == m_view && event->type() == QEvent::Leave) {
        m_miniToolBar->pointerLeft();
    }
    return QWidget::eventFilter(watched, event);
}

void ConsoleScreen::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    updateScale();
    placeOverlays();
}

} // namespace ui
