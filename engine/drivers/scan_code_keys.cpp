// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/scan_code_keys.h"

namespace engine {

namespace {

constexpr int BreakBit = 0x80;
// QEMU's key numbers are set 1 make codes; this bit stands for the E0 prefix.
constexpr int ExtendedBit = 0x80;

QJsonObject keyOf(ScanCode code)
{
    if (code == ScanCodePause)
        return {{"type", "qcode"}, {"data", "pause"}};
    const int make = code & ~ScanCodeExtended;
    return {{"type", "number"},
            {"data", (code & ScanCodeExtended) != 0 ? make | ExtendedBit : make}};
}

// Keyboards wrap some extended keys in shifts that no one pressed.
bool isFakeShift(int make)
{
    return make == 0x2a || make == 0x36;
}

} // namespace

QList<KeyStroke> keyStrokes(const QByteArray &scanCodes)
{
    QList<KeyStroke> strokes;
    const auto add = [&strokes](int code, int byte) {
        strokes.append(
            {ScanCode(code), (byte & BreakBit) == 0 ? KeyMotion::Press : KeyMotion::Release});
    };
    for (qsizetype i = 0; i < scanCodes.size(); ++i) {
        const auto at = [&](qsizetype index) {
            return index < scanCodes.size() ? int(static_cast<unsigned char>(scanCodes[index])) : 0;
        };
        const int byte = at(i);
        if (byte == 0xe1) { // Pause: E1 1D 45, E1 9D C5
            const int make = at(i + 1) & ~BreakBit;
            if (make == 0x1d && (at(i + 2) & ~BreakBit) == 0x45)
                add(ScanCodePause, at(i + 1));
            i += 2;
        } else if (byte == 0xe0) {
            const int code = at(++i);
            const int make = code & ~BreakBit;
            if (make != 0 && !isFakeShift(make))
                add(make | ScanCodeExtended, code);
        } else if ((byte & ~BreakBit) != 0) {
            add(byte & ~BreakBit, byte);
        }
    }
    return strokes;
}

QList<QJsonObject> keyEvents(const QByteArray &scanCodes)
{
    QList<QJsonObject> events;
    for (const KeyStroke &stroke : keyStrokes(scanCodes))
        events.append({{"type", "key"},
                       {"data",
                        QJsonObject{{"down", stroke.motion == KeyMotion::Press},
                                    {"key", keyOf(stroke.code)}}}});
    return events;
}

} // namespace engine
