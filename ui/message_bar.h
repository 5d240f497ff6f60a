// SPDX-License-Identifier: GPL-3.0-or-later
// Slim notices above the guest's picture, one line each with buttons, instead of boxes that take
// the keyboard away. A notice's key is the object name of its line.
#pragma once

#include "ui/notice_board.h"

#include <QtCore/QHash>
#include <QtWidgets/QWidget>

class QVBoxLayout;

namespace ui {

class MessageBar final : public QWidget, public NoticeBoard
{
    Q_OBJECT
public:
    explicit MessageBar(QWidget *parent);

    void post(const Notice &notice) override;
    void setText(const QString &key, const QString &text) override;
    void dismiss(const QString &key) override;
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
