// SPDX-License-Identifier: GPL-3.0-or-later
// What an agent in the guest says to a window, in pieces of any length.
#include "display/vdagent/vdagent_messages.h"
#include "tests/support/fuzz_input.h"

#include <cstdlib>

using namespace display::vdagent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    constexpr qsizetype MaxClipboard = 1000;
    tests::FuzzInput input(data, size);
    MessageReader reader(MaxClipboard);
    while (!input.isAtEnd()) {
        const auto piece = input.take(std::size_t(input.byte()) + 1);
        reader.feed(
            QByteArrayView(reinterpret_cast<const char *>(piece.data()), qsizetype(piece.size())));
        while (const auto message = reader.next()) {
            if (message->data.size() > MessageReader::MaxData)
                std::abort();
            for (const bool hasSelection : {false, true}) {
                readGrab(message->data, hasSelection);
                readRelease(message->data, hasSelection);
                const auto part = readClipboard(message->data, hasSelection);
                if (message->type == Message::Clipboard && part
                    && part->data.size() > MaxClipboard + 8)
                    std::abort();
            }
            readTransferStatus(message->data);
            if (const auto announcement = readAnnouncement(message->data))
                announcement->capabilities.has(Capability::ClipboardGrabSerial);
        }
    }
    return 0;
}
