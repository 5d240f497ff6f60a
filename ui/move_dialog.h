// SPDX-License-Identifier: GPL-3.0-or-later
// Asks where a machine's folder shall go, and moves it there.
#pragma once

#include "ui/machine_task_dialog.h"

namespace ui {

class MoveDialog final : public MachineTaskDialog
{
    Q_OBJECT
public:
    MoveDialog(engine::MachineStore &store, const engine::MachineEntry &entry, QWidget *parent);

    QString leftover() const { return m_leftover; } // an old folder that could not be deleted

protected:
    Verdict verdict() override;
    engine::Result<engine::MachineTask *> begin() override;
    QString failureText() const override;

private:
    QString folder() const;

    engine::MachineStore &m_store;
    engine::MachineEntry m_entry;
    QLineEdit *m_folder;
    QString m_leftover;
};

} // namespace ui
