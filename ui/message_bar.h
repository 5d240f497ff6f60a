// SPDX-License-Identifier: GPL-3.0-or-later
// Slim notices above the guest's picture, one line each with buttons, instead of boxes that take
// the keyboard away. Each notice has a key: posting it again replaces it.
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtWidgets/QWidget>

#include <chrono>
#include <functional>

class QVBoxLayout;

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

    QString key = {}; // also the object name of its line
    Kind kind = Kind::Hint;
    QString text = {};
    QString toolTip = {};
    QList<Button> buttons = {};
    bool canBeDismissed = true;
    std::chrono::milliseconds time{0}; // goes away by itself; 0: stays
};

class MessageBar final : public QWidget
{
    Q_OBJECT
public:
    explicit MessageBar(QWidget *parent);

    void post(const Notice &notice);
    // Other words in a notice that is there, whose buttons stay as they are.
    void setText(const QString &key, const QString &text);
    void dismiss(const QString &key);
    bool has(const QString &key) const { return m_lines.contains(key); }

signals:
    void heightChanged();
    void dismissedByUser(const QString &key);

protected:
    bool event(QEvent *event) override;

private:
    QWidget *makeLine(const Notice &notice);

    QVBoxLayout *m_layout;
    QHash<QString, QWidget *> m_lines;
};

} // namespace ui
