// SPDX-License-Identifier: GPL-3.0-or-later
// Exit statistics on the control socket. 64-bit numbers beyond a JSON number's 53 bits do not occur
// in counters; addresses are hexadecimal text.
#pragma once

#include "engine/vmm/exit_statistics.h"

#include <QtCore/QJsonObject>

namespace engine {

QJsonObject toJson(const ExitStatistics &statistics);
// What is missing or makes no sense is left out.
ExitStatistics exitStatisticsFromJson(const QJsonObject &json);

} // namespace engine
