// SPDX-License-Identifier: GPL-3.0-or-later
// Keys and wheels that do not come by the guest's screen.
#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/scan_code_keys.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QJsonArray>

#include <algorithm>
#include <cstdlib>

namespace engine {

namespace {

// The keyboard's buffer holds sixteen bytes, and a guest may be slow to empty it.
constexpr int KeysAtOnce = 4;
constexpr int MostNotches = 100; // nobody turns a wheel further at once
constexpr std::chrono::milliseconds KeysInterval{20};

} // namespace

void QemuDriver::sendScanCodes(const QByteArray &bytes, Reply reply)
{
    if (refuse(reply, true))
        return;
    m_typing.enqueue({keyEvents(bytes), std::move(reply)});
    if (!m_isTyping)
        typeNext();
}

// Of QEMU 7.2's pointing devices only the PS/2 mouse has a second wheel axis (hw/input/ps2.c); its
// USB tablet and mouse drop the turn without a word (hw/input/hid.c, hw/usb/dev-hid.c).
void QemuDriver::turnSideways(int notches, Reply reply)
{
    if (refuse(reply, true))
        return;
    if (m_definition.pointing != PointingDevice::Ps2Mouse) {
        answerLater(std::move(reply),
                    makeError(ErrorKind::Unsupported,
                              "The guest's pointing device has no wheel that turns sideways",
                              "Power the machine off and give it a PS/2 mouse"));
        return;
    }
    QJsonArray events;
    const QString button =
        notches < 0 ? QStringLiteral("wheel-left") : QStringLiteral("wheel-right");
    for (int i = 0; i < std::min(std::abs(notches), MostNotches); ++i) {
        for (const bool isDown : {true, false})
            events.append(QJsonObject{{"type", "btn"},
                                      {"data", QJsonObject{{"button", button}, {"down", isDown}}}});
    }
    execute("input-send-event", {{"events", events}}, std::move(reply));
}

void QemuDriver::typeNext()
{
    m_isTyping = false;
    if (m_typing.isEmpty())
        return;
    m_isTyping = true;
    Typing &typing = m_typing.head();
    QJsonArray events;
    while (!typing.events.isEmpty() && events.size() < KeysAtOnce)
        events.append(typing.events.takeFirst());
    execute("input-send-event", {{"events", events}}, [this](const Result<> &result) {
        if (m_typing.isEmpty())
            return;
        if (!result || m_typing.head().events.isEmpty()) {
            const Typing done = m_typing.dequeue();
            if (done.reply)
                done.reply(result);
        }
        QTimer::singleShot(KeysInterval, this, &QemuDriver::typeNext);
    });
}

} // namespace engine
