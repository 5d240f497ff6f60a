// SPDX-License-Identifier: GPL-3.0-or-later
// What the details pane says about a machine, as words: boxes of label and value. No widgets, so
// that the words can be tested.
#pragma once

#include "engine/control/control_protocol.h"
#include "engine/machine/machine_store.h"

#include <QtCore/QList>
#include <QtCore/QString>

namespace ui {

struct Fact
{
    QString label;
    QString value;
};

struct FactBox
{
    QString id; // "storage": also the widget's object name
    QString title;
    QString iconName;
    QList<Fact> facts;
};

// `status` is that of the running machine or nullptr: media and cables are then as they are now.
QList<FactBox> machineFacts(const engine::MachineEntry &entry,
                            const engine::MachineStatus *status = nullptr);

QString memoryText(int mebibytes); // "2048 MB", as VirtualBox says it

} // namespace ui
