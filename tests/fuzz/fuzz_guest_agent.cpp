// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest's agent may say, in any pieces: the framing, the facts, a folder's listing.
#include "engine/control/guest_facts.h"
#include "engine/control/guest_files.h"
#include "engine/drivers/agent_reader.h"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace engine;
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    for (const GuestEntry &entry : parseGuestListing(bytes))
        if (entry.name.isEmpty() || entry.name.contains(QLatin1Char('/'))
            || entry.name == QLatin1String("..") || entry.sizeBytes < 0)
            std::abort();

    AgentReader reader;
    reader.synchronize(1);
    const qsizetype piece = size > 0 ? 1 + data[0] % 64 : 1;
    GuestFacts facts;
    for (qsizetype at = 0; at < bytes.size(); at += piece) {
        if (!reader.feed(bytes.mid(at, std::min(piece, bytes.size() - at))))
            return 0;
        while (const auto message = reader.next()) {
            if (!*message)
                return 0;
            const QJsonValue answer = (**message)[QLatin1String("return")];
            takeInterfaces(facts, answer);
            takeUsers(facts, answer);
            takeSystem(facts, answer);
            takeHostName(facts, answer);
            takeAgent(facts, answer);
            for (const GuestValue &value : guestValues(facts))
                if (value.value.contains(QLatin1Char('\n')))
                    std::abort();
        }
    }
    return 0;
}
