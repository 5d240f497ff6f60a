// SPDX-License-Identifier: GPL-3.0-or-later
// A label that wraps at whatever width it gets. QLabel's own least height is that of its least
// width, which makes windows taller than screens.
#pragma once

#include <QtGui/QResizeEvent>
#include <QtWidgets/QLabel>

namespace wizards {

class WrapLabel final : public QLabel
{
    Q_OBJECT
public:
    explicit WrapLabel(QWidget *parent = nullptr)
        : QLabel(parent)
    {
        setTextFormat(Qt::PlainText);
        setWordWrap(true);
        QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
    }

    QSize minimumSizeHint() const override { return {1, fontMetrics().height()}; }
    // At the width that it has, so that layouts which do not ask for a width's height are right
    // too.
    QSize sizeHint() const override
    {
        return {UsualWidth, heightForWidth(qMax(width(), UsualWidth))};
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QLabel::resizeEvent(event);
        if (event->oldSize().width() != event->size().width())
            updateGeometry();
    }

private:
    static constexpr int UsualWidth = 300;
};

} // namespace wizards
