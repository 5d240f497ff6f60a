// SPDX-License-Identifier: GPL-3.0-or-later
// Asks what Remove means: off the list only, or files and all, which it names.
#pragma once

#include "engine/machine/machine_store.h"

#include <QtWidgets/QDialog>

namespace ui {

// What MachineStore::deleteMachine() would delete, as the user knows it; absolute paths.
QStringList filesToDelete(const engine::MachineEntry &entry, const engine::MachineStore &store);

class RemoveDialog final : public QDialog
{
    Q_OBJECT
public:
    RemoveDialog(const engine::MachineEntry &entry, const QStringList &files,
                 QWidget *parent = nullptr);

signals:
    // Exactly one of them, or none when the user cancels.
    void unregisterChosen();
    void deleteChosen();
};

} // namespace ui
