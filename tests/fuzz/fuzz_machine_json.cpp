// SPDX-License-Identifier: GPL-3.0-or-later
// A definition anybody may have written. What is accepted must survive being written and read.
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray json(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto definition = engine::machineFromJson(json);
    if (!definition)
        return 0;
    [[maybe_unused]] const auto problems = engine::checkDefinition(*definition);
    const auto again = engine::machineFromJson(engine::machineToJson(*definition));
    engine::check(again.has_value(), "what was accepted cannot be read back");
    engine::check(*again == *definition, "a definition changes when written and read");
    return 0;
}
