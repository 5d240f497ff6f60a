// SPDX-License-Identifier: GPL-3.0-or-later
// Shares a folder of this computer with a running guest: name, place, rights, for how long, and the
// command that mounts it there. It stays open until the guest has the folder, and then says so.
#pragma once

#include "engine/machine/machine_definition.h"

#include <QtWidgets/QDialog>

class QCheckBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace ui {

class ShareDialog final : public QDialog
{
    Q_OBJECT
public:
    // `taken`: the names of the guest's folders. With an agent the guest mounts it by itself.
    ShareDialog(const QString &path, const QStringList &taken, const QString &machine,
                bool hasAgent, QWidget *parent = nullptr);

    engine::SharedFolder folder() const;
    bool isKept() const; // after the machine is powered off

    // The guest has it; or, with a reason, not: then it can be tried again.
    void setShared();
    void setFailed();

signals:
    void shareWanted();

private:
    void chooseFolder();
    void look();
    void setBusy(bool isBusy);

    const QStringList m_taken;
    QLabel *m_heading;
    QLineEdit *m_path;
    QPushButton *m_choose;
    QLineEdit *m_name;
    QCheckBox *m_isReadOnly;
    QCheckBox *m_isKept;
    QCheckBox *m_isMounted; // by the agent
    const bool m_hasAgent;
    QLabel *m_problem;
    QLineEdit *m_command;
    QDialogButtonBox *m_buttons;
    QPushButton *m_share;
    bool m_isNamed = false; // by the user
};

// Puts it where programs of this computer paste from.
void copyMountCommand(const engine::SharedFolder &folder);

} // namespace ui
