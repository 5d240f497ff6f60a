// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/soft_keyboard.h"

#include "engine/control/keyboard_layout.h"
#include "ui/layout_choice.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QScreen>
#include <QtWidgets/QApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

namespace ui {

namespace {

using engine::KeyMotion;
using engine::ScanCode;
using Level = engine::KeyboardLayout::Level;

constexpr auto LightsInterval = std::chrono::milliseconds(250);
constexpr qreal Gap = 0.06; // between keys, in key widths
constexpr qreal UsualKeySide = 38;
constexpr qreal SmallestKeySide = 24;
constexpr int SmallestLetters = 9; // pixels
constexpr int FirstRepeatMs =
    500; // typematic, as keyboards come (IBM PS/2 reference: 500 ms, 10.9/s)
constexpr int RepeatMs = 92;

bool isShift(ScanCode code)
{
    return code == 0x2a || code == 0x36;
}

bool isAltGr(ScanCode code)
{
    return code == (engine::ScanCodeExtended | 0x38);
}

} // namespace

SoftKeyButton::SoftKeyButton(const SoftKey &key, QWidget *parent)
    : QAbstractButton(parent)
    , m_key(key)
{
    setObjectName(key.name);
    setFocusPolicy(Qt::TabFocus); // a click must not move the focus
    setText(key.label);
    setCheckable(key.kind == SoftKey::Kind::Modifier);
    if (key.kind != SoftKey::Kind::Modifier) {
        setAutoRepeat(true);
        setAutoRepeatDelay(FirstRepeatMs);
        setAutoRepeatInterval(RepeatMs);
    }
    updateName();
}

void SoftKeyButton::setLetters(const engine::KeyboardLayout *layout)
{
    if (m_key.kind != SoftKey::Kind::Character)
        return;
    for (const Level level : {Level::Plain, Level::Shift, Level::AltGr, Level::ShiftAltGr})
        m_letters[int(level)] = layout == nullptr ? QString() : layout->label(m_key.code, level);
    // A letter and its capital are one label, as on real keys.
    updateName();
    update();
}

void SoftKeyButton::setLevel(bool hasShift, bool hasAltGr)
{
    const int level = (hasShift ? 1 : 0) + (hasAltGr ? 2 : 0);
    if (std::exchange(m_level, level) == level)
        return;
    updateName();
    update();
}

void SoftKeyButton::setHold(Hold hold)
{
    m_hold = hold;
    setChecked(hold != Hold::None);
    setAccessibleDescription(hold == Hold::Once         ? tr("held for the next key")
                                 : hold == Hold::Locked ? tr("locked")
                                                        : QString());
    update();
}

void SoftKeyButton::updateName()
{
    QString name = m_key.spoken.isEmpty() ? m_key.label : m_key.spoken;
    if (m_key.kind == SoftKey::Kind::Character) {
        name = m_letters[m_level].isEmpty() ? m_letters[0] : m_letters[m_level];
        if (name.isEmpty())
            name = tr("Key %1").arg(m_key.code, 2, 16, QLatin1Char('0'));
    }
    setAccessibleName(name);
}

void SoftKeyButton::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPalette &colors = palette();
    const bool isOn = isDown() || m_hold != Hold::None;
    const QColor fill = isOn ? colors.color(QPalette::Highlight) : colors.color(QPalette::Button);
    const QColor ink =
        isOn ? colors.color(QPalette::HighlightedText) : colors.color(QPalette::ButtonText);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setBrush(fill);
    // Half text, half button: seen on every palette, the contrasting ones too.
    QColor line = colors.color(QPalette::ButtonText);
    line.setAlphaF(m_hold == Hold::Locked ? 1.0F : 0.45F);
    painter.setPen(QPen(line, m_hold == Hold::Locked ? 2.5 : 1));
    painter.drawRoundedRect(frame, 4, 4);

    painter.setPen(ink);
    const QRectF inner = frame.adjusted(4, 2, -4, -2);
    if (m_key.kind != SoftKey::Kind::Character) {
        QFont words = font();
        // Keys of two rows have the letters of one.
        words.setPixelSize(qMax(8, int(inner.height() / m_key.place.height() * 0.36)));
        painter.setFont(words);
        // Smaller at first, then narrower: every word stays whole on every key.
        const QRectF face = frame.adjusted(2, 2, -2, -2);
        const auto width = [&painter, this] {
            return qreal(painter.fontMetrics().horizontalAdvance(text()));
        };
        if (width() > face.width()) {
            words.setPixelSize(
                qMax(SmallestLetters, int(words.pixelSize() * face.width() / width())));
            painter.setFont(words);
        }
        const qreal squeeze = qMin(1.0, face.width() / qMax(1.0, width()));
        painter.translate(face.center());
        painter.scale(squeeze, 1);
        painter.drawText(QRectF(-face.width() / squeeze / 2, -face.height() / 2,
                                face.width() / squeeze, face.height()),
                         Qt::AlignCenter, text());
        painter.resetTransform();
    } else {
        const bool isLetter = !m_letters[0].isEmpty() && m_letters[0] != m_letters[1]
            && m_letters[0].toUpper() == m_letters[1];
        const auto draw = [&](int level, Qt::Alignment where, const QString &letter) {
            if (letter.isEmpty())
                return;
            QFont words = font();
            const bool isCurrent =
                level == m_level || (isLetter && (m_level & 2) == (level & 2) && m_level < 2);
            words.setPixelSize(qMax(8, int(inner.height() * (isLetter && level < 2 ? 0.5 : 0.38))));
            words.setBold(isCurrent);
            painter.setFont(words);
            QColor color = ink;
            color.setAlphaF(isCurrent ? 1.0F : 0.7F);
            painter.setPen(color);
            painter.drawText(inner, int(where), letter);
        };
        if (isLetter) {
            draw(0, Qt::AlignLeft | Qt::AlignTop,
                 m_level == 0 ? m_letters[0].toUpper() : m_letters[1]);
        } else {
            draw(0, Qt::AlignLeft | Qt::AlignBottom, m_letters[0]);
            draw(1, Qt::AlignLeft | Qt::AlignTop, m_letters[1]);
        }
        draw(2, Qt::AlignRight | Qt::AlignBottom, m_letters[2]);
        if (!isLetter)
            draw(3, Qt::AlignRight | Qt::AlignTop, m_letters[3]);
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(ink, 1, Qt::DotLine));
        painter.drawRect(frame.adjusted(3, 3, -3, -3));
    }
}

void SoftKeyButton::keyPressEvent(QKeyEvent *event)
{
    // QAbstractButton would walk in the order of creation.
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        event->ignore();
        return;
    default:
        QAbstractButton::keyPressEvent(event);
    }
}

// Puts the keys where they are on a keyboard, at any size.
class SoftKeyboard::Board final : public QWidget
{
public:
    explicit Board(QWidget *parent)
        : QWidget(parent)
    {
        setMinimumSize((softKeyboardSize() * SmallestKeySide).toSize());
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    }

    QSize sizeHint() const override { return (softKeyboardSize() * UsualKeySide).toSize(); }

protected:
    void resizeEvent(QResizeEvent *) override
    {
        const QSizeF units = softKeyboardSize();
        const qreal side = std::min(width() / units.width(), height() / units.height());
        const QPointF origin((width() - side * units.width()) / 2,
                             (height() - side * units.height()) / 2);
        const QList<SoftKeyButton *> buttons =
            findChildren<SoftKeyButton *>(Qt::FindDirectChildrenOnly);
        for (SoftKeyButton *button : buttons) {
            const QRectF place = button->key().place.adjusted(Gap / 2, Gap / 2, -Gap / 2, -Gap / 2);
            button->setGeometry(
                QRectF(origin + place.topLeft() * side, place.size() * side).toRect());
        }
    }
};

SoftKeyboard::SoftKeyboard(const QUuid &machine, QWidget *window)
    : QDialog(window, Qt::Tool | Qt::WindowDoesNotAcceptFocus)
    , m_machine(machine)
    , m_layout(new LayoutChoice(machine, this))
    , m_lights(new QLabel(this))
    , m_board(new Board(this))
{
    setObjectName(QStringLiteral("softKeyboard"));
    setAttribute(Qt::WA_ShowWithoutActivating);
    setWindowTitle(tr("Soft Keyboard"));
    m_lights->setObjectName(QStringLiteral("lights"));
    m_lights->setAccessibleName(tr("Lights of the guest's keyboard"));

    auto *label = new QLabel(tr("&Layout:"), this);
    label->setBuddy(m_layout);
    auto *top = new QHBoxLayout;
    top->addWidget(label);
    top->addWidget(m_layout);
    top->addStretch();
    top->addWidget(m_lights);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(top);
    layout->addWidget(m_board, 1);

    // In reading order, which is the order of the Tab key and of screen readers.
    QList<SoftKey> keys = softKeys();
    std::stable_sort(keys.begin(), keys.end(), [](const SoftKey &left, const SoftKey &right) {
        return std::pair(left.place.y(), left.place.x())
            < std::pair(right.place.y(), right.place.x());
    });
    for (const SoftKey &key : std::as_const(keys)) {
        auto *button = new SoftKeyButton(key, m_board);
        m_buttons.append(button);
        if (key.kind == SoftKey::Kind::Modifier) {
            connect(button, &QAbstractButton::clicked, this,
                    [this, button] { toggleModifier(button); });
        } else {
            connect(button, &QAbstractButton::pressed, this, [this, button] { pressed(button); });
            connect(button, &QAbstractButton::released, this, [this, button] { released(button); });
        }
    }
    connect(m_layout, &LayoutChoice::layoutChanged, this, [this](const QString &id) {
        rememberGuestLayout(m_machine, id);
        setLayoutId(id);
    });
    m_lightsTimer.setInterval(LightsInterval);
    connect(&m_lightsTimer, &QTimer::timeout, this, &SoftKeyboard::showLights);
    setLayoutId(m_layout->layoutId());
    showLights();
    resize(sizeHint());
}

SoftKeyboard::~SoftKeyboard()
{
    blockSignals(true); // whoever made us has let go of the guest's keys
}

QSize SoftKeyboard::sizeHint() const
{
    return QDialog::sizeHint().boundedTo(QSize(1240, 480));
}

void SoftKeyboard::setMachineName(const QString &name)
{
    setWindowTitle(name.isEmpty() ? tr("Soft Keyboard") : tr("Soft Keyboard – %1").arg(name));
}

void SoftKeyboard::setLights(std::function<std::optional<engine::LockLights>()> lights)
{
    m_askLights = std::move(lights);
    showLights();
}

QString SoftKeyboard::layoutId() const
{
    return m_layout->layoutId();
}

void SoftKeyboard::setLayoutId(const QString &id)
{
    const auto loaded = engine::KeyboardLayout::load(id);
    m_letters = loaded ? *loaded : nullptr;
    for (SoftKeyButton *button : std::as_const(m_buttons))
        button->setLetters(m_letters.get());
}

void SoftKeyboard::pressed(SoftKeyButton *button)
{
    const ScanCode code = button->key().code;
    if (!m_down.contains(code))
        m_down.append(code);
    emit keyMoved(code, KeyMotion::Press);
}

void SoftKeyboard::released(SoftKeyButton *button)
{
    // A key that repeats is released only when the pointer lets it go.
    if (button->isDown())
        return;
    if (!m_down.removeOne(button->key().code))
        return;
    emit keyMoved(button->key().code, KeyMotion::Release);
    letGo(false);
}

void SoftKeyboard::toggleModifier(SoftKeyButton *button)
{
    using Hold = SoftKeyButton::Hold;
    switch (button->hold()) {
    case Hold::None:
        emit keyMoved(button->key().code, KeyMotion::Press);
        button->setHold(Hold::Once);
        break;
    case Hold::Once:
        button->setHold(Hold::Locked);
        break;
    case Hold::Locked:
        emit keyMoved(button->key().code, KeyMotion::Release);
        button->setHold(Hold::None);
        break;
    }
    updateLevel();
}

void SoftKeyboard::letGo(bool lockedToo)
{
    using Hold = SoftKeyButton::Hold;
    for (auto button = m_buttons.rbegin(); button != m_buttons.rend(); ++button) {
        const Hold hold = (*button)->hold();
        if (hold == Hold::None || (hold == Hold::Locked && !lockedToo))
            continue;
        emit keyMoved((*button)->key().code, KeyMotion::Release);
        (*button)->setHold(Hold::None);
    }
    updateLevel();
}

void SoftKeyboard::updateLevel()
{
    bool hasShift = false;
    bool hasAltGr = false;
    for (const SoftKeyButton *button : std::as_const(m_buttons)) {
        if (button->hold() == SoftKeyButton::Hold::None)
            continue;
        hasShift = hasShift || isShift(button->key().code);
        hasAltGr = hasAltGr || isAltGr(button->key().code);
    }
    for (SoftKeyButton *button : std::as_const(m_buttons))
        button->setLevel(hasShift, hasAltGr);
}

void SoftKeyboard::showLights()
{
    const std::optional<engine::LockLights> lights =
        m_askLights ? m_askLights() : std::optional<engine::LockLights>();
    m_lights->setVisible(lights.has_value());
    if (!lights)
        return;
    const auto light = [](bool isOn, const QString &name) {
        return (isOn ? QStringLiteral("\u25cf ") : QStringLiteral("\u25cb ")) + name;
    };
    const QString words = light(lights->numLock, tr("Num")) + QLatin1String("   ")
        + light(lights->capsLock, tr("Caps")) + QLatin1String("   ")
        + light(lights->scrollLock, tr("Scroll"));
    if (words == m_lights->text())
        return;
    m_lights->setText(words);
    const auto state = [](bool isOn) { return isOn ? tr("on") : tr("off"); };
    m_lights->setAccessibleDescription(
        tr("Num Lock %1, Caps Lock %2, Scroll Lock %3")
            .arg(state(lights->numLock), state(lights->capsLock), state(lights->scrollLock)));
}

void SoftKeyboard::keyPressEvent(QKeyEvent *event)
{
    QPointF step;
    switch (event->key()) {
    case Qt::Key_Left:
        step = {-1, 0};
        break;
    case Qt::Key_Right:
        step = {1, 0};
        break;
    case Qt::Key_Up:
        step = {0, -1};
        break;
    case Qt::Key_Down:
        step = {0, 1};
        break;
    default:
        QDialog::keyPressEvent(event);
        return;
    }
    const auto *from = qobject_cast<SoftKeyButton *>(focusWidget());
    if (from == nullptr)
        return;
    // The nearest key in that direction; what lies aside counts double.
    SoftKeyButton *best = nullptr;
    qreal bestDistance = std::numeric_limits<qreal>::max();
    for (SoftKeyButton *button : std::as_const(m_buttons)) {
        const QPointF way = button->key().place.center() - from->key().place.center();
        const qreal along = QPointF::dotProduct(way, step);
        const qreal aside = std::abs(way.x() * step.y()) + std::abs(way.y() * step.x());
        if (along < 0.4 || along + 2 * aside >= bestDistance)
            continue;
        best = button;
        bestDistance = along + 2 * aside;
    }
    if (best != nullptr)
        best->setFocus(Qt::OtherFocusReason);
}

// Not over the guest's screen, which one looks at while typing, as far as there is room.
void SoftKeyboard::placeBelowWindow()
{
    const QWidget *window = parentWidget() == nullptr ? nullptr : parentWidget()->window();
    if (window == nullptr || !window->isVisible())
        return;
    const QRect available = window->screen()->availableGeometry();
    const QRect frame = window->frameGeometry();
    QRect place(QPoint(frame.center().x() - width() / 2, frame.bottom() + 1), size());
    place.moveLeft(qBound(available.left(), place.left(),
                          qMax(available.left(), available.right() - place.width())));
    const int titleBar = frame.height() - window->height();
    place.moveTop(qMin(place.top(), available.bottom() - place.height() - titleBar));
    move(place.topLeft());
}

void SoftKeyboard::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    if (!std::exchange(m_isPlaced, true))
        placeBelowWindow();
    m_lightsTimer.start();
    showLights();
    emit visibilityChanged(true);
}

void SoftKeyboard::hideEvent(QHideEvent *event)
{
    QDialog::hideEvent(event);
    m_lightsTimer.stop();
    for (const ScanCode code : std::exchange(m_down, {}))
        emit keyMoved(code, KeyMotion::Release);
    letGo(true);
    emit visibilityChanged(false);
}

} // namespace ui
