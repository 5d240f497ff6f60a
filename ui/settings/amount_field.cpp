// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/amount_field.h"

#include <QtGui/QPainter>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QSlider>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QStyle>
#include <QtWidgets/QStyleOptionSlider>

#include <utility>

namespace ui {

namespace {

constexpr int StripeHeight = 4;

class Stripe final : public QWidget
{
public:
    Stripe(const AmountField::Range &range, const QSlider &slider, QWidget *parent)
        : QWidget(parent)
        , m_range(range)
        , m_slider(slider)
    {
        setFixedHeight(StripeHeight);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        // The groove ends half a handle before the slider does.
        QStyleOptionSlider option;
        option.initFrom(&m_slider);
        const int handle = style()->pixelMetric(QStyle::PM_SliderLength, &option, &m_slider);
        const double width = this->width() - handle;
        const auto at = [&](int value) {
            const double share =
                double(value - m_range.least) / double(qMax(1, m_range.sliderMost - m_range.least));
            return handle / 2.0 + width * qBound(0.0, share, 1.0);
        };
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setOpacity(isEnabled() ? 1.0 : 0.4);
        const double green = at(m_range.comfortable);
        painter.setBrush(QColor(0x3f, 0xa3, 0x4d));
        painter.drawRect(QRectF(at(m_range.least), 0, green - at(m_range.least), height()));
        painter.setBrush(QColor(0xe8, 0x8a, 0x1a));
        painter.drawRect(QRectF(green, 0, at(m_range.possible) - green, height()));
    }

private:
    const AmountField::Range m_range;
    const QSlider &m_slider;
};

} // namespace

AmountField::AmountField(const Range &range, const QString &suffix, QWidget *parent)
    : QWidget(parent)
    , m_slider(new QSlider(Qt::Horizontal, this))
    , m_box(new QSpinBox(this))
    , m_step(range.step)
{
    m_slider->setObjectName(QStringLiteral("slider"));
    m_slider->setRange(qMax(1, range.least / range.step), qMax(1, range.sliderMost / range.step));
    m_slider->setPageStep(qMax(1, m_slider->maximum() / 16));
    m_slider->setFocusPolicy(Qt::StrongFocus);
    m_box->setObjectName(QStringLiteral("box"));
    m_box->setRange(range.least, range.most);
    m_box->setSingleStep(range.step);
    m_box->setSuffix(suffix);
    m_box->setKeyboardTracking(true);
    setFocusProxy(m_box);

    auto *layout = new QGridLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setVerticalSpacing(0);
    layout->setColumnStretch(0, 1);
    layout->addWidget(m_slider, 0, 0);
    const bool hasStripe = range.comfortable > 0;
    if (hasStripe)
        layout->addWidget(new Stripe(range, *m_slider, this), 1, 0);
    layout->addWidget(m_box, 0, 1, hasStripe ? 2 : 1, 1);

    connect(m_slider, &QSlider::valueChanged, this, [this](int steps) {
        if (!m_isFollowing)
            m_box->setValue(steps * m_step);
    });
    connect(m_box, &QSpinBox::valueChanged, this, [this](int value) {
        const bool wasFollowing = std::exchange(m_isFollowing, true); // 700 MB stays 700 MB
        m_slider->setValue(value / m_step);
        m_isFollowing = wasFollowing;
        emit valueChanged(value);
    });
}

int AmountField::value() const
{
    return m_box->value();
}

void AmountField::setValue(int value)
{
    m_box->setValue(value);
}

void AmountField::setNames(const QString &accessibleName)
{
    m_slider->setAccessibleName(accessibleName);
    m_box->setAccessibleName(accessibleName);
}

} // namespace ui
