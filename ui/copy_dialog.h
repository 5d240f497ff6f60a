// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for the name, place and network addresses of a machine's copy, says what the copy will be,
// and makes it.
#pragma once

#include "engine/media/machine_copy.h"
#include "ui/machine_task_dialog.h"

class QComboBox;

namespace ui {

class CopyDialog final : public MachineTaskDialog
{
    Q_OBJECT
public:
    CopyDialog(engine::MachineStore &store, const engine::MachineEntry &source, QWidget *parent);

protected:
    Verdict verdict() override;
    engine::Result<engine::MachineTask *> begin() override;
    QString failureText() const override;

private:
    engine::MachineCopyRequest request() const;

    engine::MachineStore &m_store;
    engine::MachineEntry m_source;
    QLineEdit *m_name;
    QLineEdit *m_folder;
    QComboBox *m_addresses;
};

} // namespace ui
