// SPDX-License-Identifier: GPL-3.0-or-later
// A number by slider and by box, with a stripe below the slider that says how much of it this
// computer can spare: green, then orange; beyond that there is nothing to be had.
#pragma once

#include <QtWidgets/QWidget>

class QSlider;
class QSpinBox;

namespace ui {

class AmountField final : public QWidget
{
    Q_OBJECT
public:
    struct Range
    {
        int least = 1;
        int most = 1; // what can be typed
        int sliderMost = 1; // what can be pulled
        int step = 1;
        int comfortable = 0; // up to here the stripe is green; 0: no stripe
        int possible = 0; // up to here it is orange
    };

    AmountField(const Range &range, const QString &suffix, QWidget *parent);

    int value() const;
    void setValue(int value);
    void setNames(const QString &accessibleName); // of the slider and the box

signals:
    void valueChanged(int value);

private:
    QSlider *m_slider;
    QSpinBox *m_box;
    const int m_step;
    bool m_isFollowing = false;
};

} // namespace ui
