// SPDX-License-Identifier: GPL-3.0-or-later
// Machine ▸ File Manager: this computer's files beside the guest's, copied by its agent. Has a
// connection to the machine of its own, and stays when the machine ends, to say so.
#pragma once

#include "engine/control/guest_copy.h"

#include <QtCore/QPointer>
#include <QtWidgets/QDialog>

class QLabel;
class QProgressBar;
class QPushButton;

namespace ui {

class FilePane;

class FileManager final : public QDialog
{
    Q_OBJECT
public:
    FileManager(const QString &machine, const QString &controlSocket, QWidget *parent);
    ~FileManager() override;

    bool isCopying() const { return !m_copy.isNull(); }

public slots:
    void reject() override; // asks while something is copied

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    using Direction = engine::GuestCopyOrder::Direction;

    void follow(const engine::MachineStatus &status);
    void blockGuest(const QString &why);
    void updateActions();
    FilePane *paneFrom(Direction direction) const;
    FilePane *paneTo(Direction direction) const;
    void copySelected(Direction direction);
    void askToReplace(Direction direction, QStringList sources, const QStringList &there);
    void copy(Direction direction, const QStringList &sources);
    void copied(Direction direction, const engine::Result<engine::GuestCopyResult> &result);
    void setProgress(qint64 done, qint64 total, const QString &name);

    engine::ControlClient m_client;
    engine::GuestLink m_link;
    FilePane *m_host;
    FilePane *m_guest;
    QPushButton *m_toGuest;
    QPushButton *m_toHost;
    QPushButton *m_cancel;
    QProgressBar *m_progress;
    QLabel *m_message;
    QPointer<engine::GuestCopy> m_copy;
    QString m_machine;
    bool m_hasAgent = false;
    bool m_isClosing = false; // as soon as the copy has ended
};

} // namespace ui
