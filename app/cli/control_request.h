// SPDX-License-Identifier: GPL-3.0-or-later
// What "controlvm <machine> <verb> <words>" asks of the machine's process.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QJsonObject>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <chrono>

namespace app {

// One call to the machine's process.
struct ControlRequest
{
    QString method;
    QJsonObject params;
    bool isStateChange = false; // shows progress, as VBoxManage does
    std::chrono::milliseconds patience = std::chrono::seconds(60);
    QString screenshot = {}; // the file that a screenshot is wanted in
};

// Invalid: wrong words; Unsupported: VirtualBox's, which this version cannot do.
engine::Result<ControlRequest> readControlRequest(const QString &verb, const QStringList &words,
                                                  const engine::MachineDefinition &definition);

} // namespace app
