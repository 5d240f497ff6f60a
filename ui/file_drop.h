// SPDX-License-Identifier: GPL-3.0-or-later
// Files for the guest: dropped onto the machine window, or chosen from the Devices menu. An agent
// in the guest takes them; where there is none, or for folders, which it does not know, a USB stick
// with the files on it is offered. One folder by itself is offered as a shared folder. What happens
// is said on the window's notice board, with a way to stop it.
#pragma once

#include "display/guest_link.h"
#include "engine/control/control_protocol.h"
#include "ui/notice_board.h"

#include <QtCore/QPointer>

class QMimeData;
class QWidget;

namespace ui {

class ConsoleCommands;

class FileDrop final : public QObject
{
    Q_OBJECT
public:
    // `target`: what files are dropped onto, if Qt tells of it.
    FileDrop(QWidget &target, NoticeBoard &notices, ConsoleCommands &commands);

    void setStatus(const engine::MachineStatus &status);
    void setLink(display::GuestLink *link); // nullptr before it goes

    void take(const QStringList &paths);
    void choose(); // asks for files
    static QStringList filesIn(const QMimeData *data); // local ones

signals:
    void said(const QString &message);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void copy(const QStringList &paths);
    void offerStick(const QStringList &paths, const QString &reason);
    void showProgress(qint64 done, qint64 total);
    void copyEnded(const QString &problem, bool wasCanceled);

    QWidget &m_target;
    NoticeBoard &m_notices;
    ConsoleCommands &m_commands;
    engine::MachineStatus m_status;
    QPointer<display::GuestLink> m_link;
    QStringList m_copying;
    int m_percent = -1; // shown
};

} // namespace ui
