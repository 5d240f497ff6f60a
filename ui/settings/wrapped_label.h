// SPDX-License-Identifier: GPL-3.0-or-later
// A label of several lines that asks for exactly the height its text takes at the width it has.
// QLabel's own hint is made for a width of its choosing, which in a scroll area leaves holes.
#pragma once

#include <QtGui/QResizeEvent>
#include <QtWidgets/QLabel>

namespace ui {

class WrappedLabel final : public QLabel
{
public:
    explicit WrappedLabel(QWidget *parent = nullptr)
        : QLabel(parent)
    {
        setTextFormat(Qt::PlainText); // names come from files of anybody's making
        setWordWrap(true);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

    QSize sizeHint() const override
    {
        const bool isPlaced = testAttribute(Qt::WA_Resized) && width() > 1;
        return {UsualWidth, heightForWidth(isPlaced ? width() : UsualWidth)};
    }

    QSize minimumSizeHint() const override
    {
        return {1, sizeHint().height()}; // a name without a space must not widen the dialog
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QLabel::resizeEvent(event);
        if (event->oldSize().width() != event->size().width())
            updateGeometry();
    }

private:
    static constexpr int UsualWidth = 360;
};

} // namespace ui
