// SPDX-License-Identifier: GPL-3.0-or-later
// What arrives on a control socket, in any pieces.
#include "engine/control/control_protocol.h"
#include "engine/machine/json_lines.h"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    engine::JsonLineReader reader;
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const qsizetype piece = size > 0 ? 1 + data[0] % 64 : 1;
    for (qsizetype at = 0; at < bytes.size(); at += piece) {
        if (!reader.feed(bytes.mid(at, std::min(piece, bytes.size() - at))))
            return 0;
        while (const auto message = reader.next()) {
            [[maybe_unused]] const auto status = engine::statusFromJson(*message);
            [[maybe_unused]] const auto error = engine::errorFromJson(*message);
            [[maybe_unused]] const auto activity = engine::activityFromJson(*message);
        }
    }
    return 0;
}
