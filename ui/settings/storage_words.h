// SPDX-License-Identifier: GPL-3.0-or-later
// Words, icons and places of the storage page.
#pragma once

#include "engine/machine/machine_definition.h"

#include <QtCore/QString>

#include <optional>

namespace ui {

QString controllerTitle(engine::ControllerKind kind); // "SATA (AHCI)"
QString slotTitle(engine::ControllerKind kind, int port, int device); // "Port 1"
QString mediumIconName(engine::MediumKind kind);
QString byteText(qint64 bytes); // "20.0 GB"

int usualPortCount(engine::ControllerKind kind);
// The first place where nothing is; nullopt when all are taken.
std::optional<engine::StorageSlot> freeSlot(const engine::StorageController &controller);
QString freeControllerName(const QList<engine::StorageController> &controllers,
                           engine::ControllerKind kind);
bool takes(engine::ControllerKind controller, engine::MediumKind medium);

// As a definition holds it: relative below the machine's folder.
QString portablePath(const QString &path, const QString &machineFolder);

} // namespace ui
