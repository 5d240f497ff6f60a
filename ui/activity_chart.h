// SPDX-License-Identifier: GPL-3.0-or-later
// Lines over the last minutes, with a scale, a grid and a legend that says the newest values. Drawn
// in the palette's colours, on whole device pixels.
#pragma once

#include <QtCore/QList>
#include <QtCore/QPointF>
#include <QtCore/QString>
#include <QtWidgets/QWidget>

#include <functional>

namespace ui {

class ActivityChart final : public QWidget
{
    Q_OBJECT
public:
    using Unit = std::function<QString(double)>;

    // `unit` writes a value. Series are drawn in different colours and strokes.
    ActivityChart(const QString &title, const QStringList &series, Unit unit,
                  QWidget *parent = nullptr);

    void setUnit(Unit unit);
    void setSeries(const QStringList &series) { m_series = series; } // setValues() follows
    // At least that much is shown: 100 for percent. 0: as the values need it.
    void setLeastMaximum(double maximum);
    // For each series its values, oldest first, a second apart, ending now.
    void setValues(const QList<QList<double>> &values);
    // Instead of lines: why there are none.
    void setMessage(const QString &message);

    QString summary() const; // in words, also the accessible description
    double maximum() const { return m_maximum; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

    static constexpr int ShownSeconds = 120;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QColor seriesColor(int series) const;
    void paintLegend(QPainter &painter, const QRect &place) const;

    QString m_title;
    QStringList m_series;
    Unit m_unit;
    double m_leastMaximum = 0;
    double m_maximum = 1;
    QList<QList<double>> m_values;
    QString m_message;
};

// The next of 1, 2, 5, 10, 20, ... that is not below; in steps of 1024 for bytes it looks right as
// well, since the unit rounds.
double niceMaximum(double value);

} // namespace ui
