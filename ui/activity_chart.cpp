// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity_chart.h"

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtWidgets/QStyle>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int Gap = 6;
constexpr int GridLines = 4;
constexpr int GridSeconds = 30;

} // namespace

double niceMaximum(double value)
{
    if (value <= 1)
        return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 5.0, 10.0}) {
        if (value <= step * power * 1.0000001)
            return step * power;
    }
    return 10 * power;
}

ActivityChart::ActivityChart(const QString &title, const QStringList &series, Unit unit,
                             QWidget *parent)
    : QWidget(parent)
    , m_title(title)
    , m_series(series)
    , m_unit(std::move(unit))
{
    setAccessibleName(title);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setValues({});
}

void ActivityChart::setUnit(Unit unit)
{
    m_unit = std::move(unit);
    update();
}

void ActivityChart::setLeastMaximum(double maximum)
{
    m_leastMaximum = maximum;
    setValues(m_values);
}

void ActivityChart::setMessage(const QString &message)
{
    m_message = message;
    setAccessibleDescription(summary());
    update();
}

void ActivityChart::setValues(const QList<QList<double>> &values)
{
    m_values = values;
    double highest = 0;
    for (const QList<double> &line : std::as_const(m_values)) {
        const qsizetype first = std::max<qsizetype>(0, line.size() - ShownSeconds - 1);
        for (qsizetype i = first; i < line.size(); ++i)
            highest = std::max(highest, line.at(i));
    }
    m_maximum =
        m_leastMaximum > 0 && highest <= m_leastMaximum ? m_leastMaximum : niceMaximum(highest);
    setAccessibleDescription(summary());
    update();
}

QString ActivityChart::summary() const
{
    if (!m_message.isEmpty())
        return m_message;
    QStringList parts;
    for (qsizetype i = 0; i < m_values.size() && i < m_series.size(); ++i) {
        const QList<double> &line = m_values.at(i);
        if (line.isEmpty())
            continue;
        const double highest = *std::max_element(line.begin(), line.end());
        parts.append(m_series.size() == 1
                         //: Of a chart, read aloud
                         ? tr("now %1, at most %2").arg(m_unit(line.last()), m_unit(highest))
                         : tr("%1: now %2, at most %3")
                               .arg(m_series.at(i), m_unit(line.last()), m_unit(highest)));
    }
    return parts.isEmpty() ? tr("nothing measured yet") : parts.join(QStringLiteral("; "));
}

QSize ActivityChart::sizeHint() const
{
    return {fontMetrics().averageCharWidth() * 52, fontMetrics().height() * 9};
}

QSize ActivityChart::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 26, fontMetrics().height() * 6};
}

QColor ActivityChart::seriesColor(int series) const
{
    // Blue and orange can be told apart by nearly everybody, and on dark and light grounds.
    const bool isDark = palette().color(QPalette::Base).lightness() < 128;
    if (series == 0)
        return isDark ? QColor(0x6c, 0xb6, 0xff) : QColor(0x1b, 0x6a, 0xc9);
    return isDark ? QColor(0xff, 0xb3, 0x5c) : QColor(0xb8, 0x5a, 0x00);
}

void ActivityChart::paintLegend(QPainter &painter, const QRect &place) const
{
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(palette().color(QPalette::Text));
    const QFontMetrics titleMetrics(bold);
    const QString title = titleMetrics.elidedText(m_title, Qt::ElideRight, place.width());
    const bool isLeft = layoutDirection() == Qt::LeftToRight;
    painter.drawText(place, int(isLeft ? Qt::AlignLeft : Qt::AlignRight) | int(Qt::AlignTop),
                     title);
    painter.setFont(font());
    if (!m_message.isEmpty())
        return;
    // From the far end, as far as there is room.
    int right = place.right();
    const int left = place.left() + titleMetrics.horizontalAdvance(title) + 2 * Gap;
    const QFontMetrics metrics(font());
    for (int i = int(m_series.size()) - 1; i >= 0; --i) {
        const QString now = i < m_values.size() && !m_values.at(i).isEmpty()
            ? m_unit(m_values.at(i).last())
            : QStringLiteral("\u2013");
        const QString text = m_series.size() == 1 ? now : tr("%1 %2").arg(m_series.at(i), now);
        const int width = metrics.horizontalAdvance(text);
        const int key = m_series.size() == 1 ? 0 : 20;
        if (right - width - key < left)
            return;
        const QRect words(right - width, place.top(), width + 1, metrics.height());
        const auto mirrored = [&](const QRect &rect) {
            return QStyle::visualRect(layoutDirection(), place, rect);
        };
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(mirrored(words), int(Qt::AlignLeft) | int(Qt::AlignTop), text);
        if (key > 0) {
            const QRect line(words.left() - key, words.center().y(), key - 5, 1);
            const QRect shown = mirrored(line);
            painter.setPen(QPen(seriesColor(i), 2, i == 0 ? Qt::SolidLine : Qt::DotLine));
            painter.drawLine(shown.topLeft(), shown.topRight());
        }
        right -= width + key + 2 * Gap;
    }
}

void ActivityChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QFontMetrics metrics(font());
    const QRect inner = rect().adjusted(Gap, Gap, -Gap, -Gap);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    QColor frame = palette().color(QPalette::Text);
    frame.setAlphaF(0.25F);
    painter.setPen(QPen(frame, 1));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    paintLegend(painter, inner);

    QColor quiet = palette().color(QPalette::Text);
    quiet.setAlphaF(0.7F);
    const QString top = m_unit(m_maximum);
    const QString bottom = m_unit(0);
    const int scale =
        std::max(metrics.horizontalAdvance(top), metrics.horizontalAdvance(bottom)) + Gap;
    const QRect plot(inner.left() + scale, inner.top() + metrics.height() + Gap,
                     inner.width() - scale, inner.height() - metrics.height() - Gap);
    if (!m_message.isEmpty()) {
        painter.setPen(quiet);
        painter.drawText(inner.adjusted(0, metrics.height(), 0, 0),
                         int(Qt::AlignCenter) | int(Qt::TextWordWrap), m_message);
        return;
    }
    if (plot.width() < 10 || plot.height() < 10)
        return;
    painter.setPen(quiet);
    painter.drawText(QRect(inner.left(), plot.top(), scale - Gap, metrics.height()),
                     int(Qt::AlignRight) | int(Qt::AlignTop), top);
    painter.drawText(
        QRect(inner.left(), plot.bottom() - metrics.height() + 1, scale - Gap, metrics.height()),
        int(Qt::AlignRight) | int(Qt::AlignBottom), bottom);

    // Cosmetic lines at pixel positions stay crisp at every scale.
    QColor grid = palette().color(QPalette::Text);
    grid.setAlphaF(0.14F);
    QPen thin(grid, 1);
    thin.setCosmetic(true);
    painter.setPen(thin);
    for (int i = 0; i <= GridLines; ++i) {
        const int y = plot.top() + (plot.height() - 1) * i / GridLines;
        painter.drawLine(plot.left(), y, plot.right(), y);
    }
    for (int second = 0; second <= ShownSeconds; second += GridSeconds) {
        const int x = plot.right() - (plot.width() - 1) * second / ShownSeconds;
        painter.drawLine(x, plot.top(), x, plot.bottom());
    }

    painter.setClipRect(plot.adjusted(-1, -2, 2, 2));
    painter.setRenderHint(QPainter::Antialiasing);
    for (qsizetype i = 0; i < m_values.size(); ++i) {
        const QList<double> &line = m_values.at(i);
        if (line.size() < 2)
            continue;
        const qsizetype first = std::max<qsizetype>(0, line.size() - ShownSeconds - 1);
        QPainterPath path;
        for (qsizetype at = first; at < line.size(); ++at) {
            const double age = double(line.size() - 1 - at);
            const QPointF point(plot.right() - age * (plot.width() - 1) / ShownSeconds,
                                plot.bottom() - line.at(at) / m_maximum * (plot.height() - 1));
            if (at == first)
                path.moveTo(point);
            else
                path.lineTo(point);
        }
        if (m_values.size() == 1) {
            QPainterPath area = path;
            area.lineTo(plot.right(), plot.bottom());
            area.lineTo(plot.right()
                            - double(line.size() - 1 - first) * (plot.width() - 1) / ShownSeconds,
                        plot.bottom());
            QColor fill = seriesColor(0);
            fill.setAlphaF(0.18F);
            painter.fillPath(area, fill);
        }
        painter.strokePath(path,
                           QPen(seriesColor(int(i)), 1.6, i == 0 ? Qt::SolidLine : Qt::DotLine,
                                Qt::RoundCap, Qt::RoundJoin));
    }
}

} // namespace ui
