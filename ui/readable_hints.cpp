// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/readable_hints.h"

#include <QtCore/QEvent>
#include <QtWidgets/QApplication>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr double LeastContrast = 3; // WCAG 2.1, 1.4.3, what large text needs
constexpr float HintAlpha = 0.65f;

QColor over(const QColor &color, const QColor &ground)
{
    const float alpha = color.alphaF();
    const auto mix = [alpha](float above, float below) {
        return alpha * above + (1 - alpha) * below;
    };
    return QColor::fromRgbF(mix(color.redF(), ground.redF()), mix(color.greenF(), ground.greenF()),
                            mix(color.blueF(), ground.blueF()));
}

// WCAG 2.1, "relative luminance" and "contrast ratio".
double luminance(const QColor &color)
{
    const auto linear = [](float value) {
        return value <= 0.03928f ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF());
}

double contrast(const QColor &color, const QColor &ground)
{
    const double a = luminance(over(color, ground));
    const double b = luminance(ground);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

} // namespace

bool areHintsReadable(const QPalette &palette, QPalette::ColorGroup group)
{
    const QColor hint = palette.color(group, QPalette::PlaceholderText);
    return contrast(hint, palette.color(group, QPalette::Base)) >= LeastContrast
        && contrast(hint, palette.color(group, QPalette::Window)) >= LeastContrast;
}

QColor readableHintColor(const QPalette &palette, QPalette::ColorGroup group)
{
    QColor color = palette.color(group, QPalette::Text);
    color.setAlphaF(HintAlpha);
    return color;
}

ReadableHints::ReadableHints(QApplication &application)
    : QObject(&application)
{
    application.installEventFilter(this);
    mend();
}

bool ReadableHints::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ApplicationPaletteChange && watched == parent())
        mend();
    return false;
}

void ReadableHints::mend()
{
    const QPalette now = QApplication::palette();
    QPalette mended = now; // what nobody set in it stays the desktop's
    bool isNew = false;
    for (const QPalette::ColorGroup group : {QPalette::Active, QPalette::Inactive}) {
        // Once mended, the desktop's own color is not seen any more.
        if (!m_isMended && areHintsReadable(now, group))
            continue;
        const QColor color = readableHintColor(now, group);
        isNew = isNew || now.color(group, QPalette::PlaceholderText) != color;
        mended.setColor(group, QPalette::PlaceholderText, color);
        mended.setColor(QPalette::Disabled, QPalette::PlaceholderText,
                        now.color(QPalette::Disabled, QPalette::Text));
    }
    if (!isNew)
        return;
    m_isMended = true;
    QApplication::setPalette(mended);
}

} // namespace ui
