// SPDX-License-Identifier: GPL-3.0-or-later
// What plans of the built-in engine are made from: a usual machine, its host, and what a row of a
// test changes.
#pragma once

#include "engine/drivers/kvm_plan.h"
#include "tests/support/test_main.h"

#include <functional>

namespace fakes {

using DefinitionChange = std::function<void(engine::MachineDefinition &)>;

inline engine::StorageController controller(engine::ControllerKind kind,
                                            QList<engine::StorageAttachment> attachments)
{
    engine::StorageController value;
    value.name = "C" + QString::number(int(kind));
    value.kind = kind;
    value.attachments = std::move(attachments);
    return value;
}

// As the wizard makes one for a Linux of today.
inline engine::MachineDefinition linuxMachine()
{
    engine::MachineDefinition definition;
    definition.uuid = QUuid("{11111111-2222-3333-4444-555555555555}");
    definition.name = "plain";
    definition.osId = "debian12";
    definition.memoryMiB = 2048;
    definition.cpus = 2;
    definition.controllers = {
        controller(engine::ControllerKind::Virtio, {{.path = "disks/a.qcow2", .format = "qcow2"}}),
        controller(engine::ControllerKind::Sata,
                   {{.kind = engine::MediumKind::Optical, .port = 1, .path = "/isos/debian.iso"}})};
    definition.adapters = {{.mode = engine::NetworkMode::Nat, .macAddress = "52:54:00:12:34:56"}};
    definition.audio = engine::AudioModel::Hda;
    return definition;
}

inline engine::KvmHost plainHost()
{
    return {"/machines/plain",
            [](const QString &path) -> engine::Result<QString> {
                return path.endsWith(".img") ? QString("raw") : QString("qcow2");
            },
            [](const QString &path) { return path.startsWith("/dev/"); },
            [](const QString &path) { return !path.contains("tmpfs"); }, 7200};
}

} // namespace fakes

Q_DECLARE_METATYPE(fakes::DefinitionChange)
