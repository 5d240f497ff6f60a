// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/scan_code_keys.h"

namespace engine {

namespace {

constexpr int BreakBit = 0x80;
// QEMU's key numbers are set 1 make codes; this bit stands for the E0 prefix.
constexpr int ExtendedBit = 0x80;

QJsonObject keyEvent(const QJsonObject &key, bool isDown)
{
    return {{"type", "key"}, {"data", QJsonObject{{"down", isDown}, {"key", key}}}};
}

QJsonObject numbered(int number)
{
    return {{"type", "number"}, {"data", number}};
}

// Keyboards wrap some extended keys in shifts that no one pressed.
bool isFakeShift(int make)
{
    return make == 0x2a || make == 0x36;
}

} // namespace

QList<QJsonObject> keyEvents(const QByteArray &scanCodes)
{
    QList<QJsonObject> events;
    for (qsizetype i = 0; i < scanCodes.size(); ++i) {
        const auto at = [&](qsizetype index) {
            return index < scanCodes.size() ? int(static_cast<unsigned char>(scanCodes[index])) : 0;
        };
        const int byte = at(i);
        if (byte == 0xe1) { // Pause: E1 1D 45, E1 9D C5
            const int make = at(i + 1) & ~BreakBit;
            if (make == 0x1d && (at(i + 2) & ~BreakBit) == 0x45)
                events.append(
                    keyEvent({{"type", "qcode"}, {"data", "pause"}}, (at(i + 1) & BreakBit) == 0));
            i += 2;
        } else if (byte == 0xe0) {
            const int code = at(++i);
            const int make = code & ~BreakBit;
            if (make != 0 && !isFakeShift(make))
                events.append(keyEvent(numbered(make | ExtendedBit), (code & BreakBit) == 0));
        } else if ((byte & ~BreakBit) != 0) {
            events.append(keyEvent(numbered(byte & ~BreakBit), (byte & BreakBit) == 0));
        }
    }
    return events;
}

} // namespace engine
