// SPDX-License-Identifier: GPL-3.0-or-later
// Where a machine's window says things that may have an answer: slim lines in the usual window
// (message_bar.h), boxes and words over the picture in the SDL window.
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

#include <chrono>
#include <functional>

namespace ui {

struct Notice
{
    enum class Kind { Hint, Warning };

    struct Button
    {
        QString name = {};
        QString text = {};
        std::function<void()> clicked = {}; // the notice stays until it is dismissed
    };

    QString key = {}; // posting it again replaces it
    Kind kind = Kind::Hint;
    QString text = {};
    QString toolTip = {};
    QList<Button> buttons = {};
    bool canBeDismissed = true;
    std::chrono::milliseconds time{0}; // goes away by itself; 0: stays
};

class NoticeBoard
{
public:
    virtual ~NoticeBoard() = default;
    virtual void post(const Notice &notice) = 0;
    // Other words in a notice that is there, whose buttons stay as they are.
    virtual void setText(const QString &key, const QString &text) = 0;
    virtual void dismiss(const QString &key) = 0;
};

} // namespace ui
