// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's gamepad: plugged in while a window has one of this computer's (display_hub.h), and
// one and the same device whichever that is.
#include "engine/base/log.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/machine/qt_text.h"

#include <utility>

namespace engine {

void KvmDriver::wantGamepad(const std::optional<std::string> &name)
{
    m_gamepadTimer.stop();
    m_wantedGamepad.reset();
    if (name)
        m_wantedGamepad = toQString(*name);
    settleGamepad();
}

void KvmDriver::settleGamepad()
{
    if (!isAlive() || m_end || m_isGamepadOnItsWay || !supports(Feature::Gamepad).isAvailable)
        return;
    if (m_wantedGamepad.has_value() == m_gamepad.has_value()) {
        tellGamepad();
        return;
    }
    m_isGamepadOnItsWay = true;
    auto connector = std::make_shared<std::optional<unsigned>>(m_gamepad);
    post(
        [connector](Machine &machine) -> Result<> {
            if (const std::optional<unsigned> from = std::exchange(*connector, std::nullopt))
                return machine.vm->unplugUsb(*from);
            Result<unsigned> plugged = machine.vm->plugGamepad(0);
            if (!plugged)
                return std::move(plugged).error().context(
                    "The guest could not be given the gamepad");
            *connector = *plugged;
            return {};
        },
        [this, connector](const Result<> &result) {
            if (m_end)
                return;
            m_isGamepadOnItsWay = false;
            m_gamepad = *connector;
            if (!result) {
                m_wantedGamepad.reset(); // until there is another one
                log(LogLevel::Warning, "kvm", result.error().text());
                emit noticed(errorText(result.error()));
            }
            settleGamepad();
        });
}

void KvmDriver::tellGamepad()
{
    const QString name = m_wantedGamepad.value_or(QString());
    if (std::exchange(m_toldGamepad, name) == name)
        return;
    const QString text = name.isEmpty() ? QString("The guest has no gamepad any more")
                                        : QString("The guest has the gamepad \"%1\"").arg(name);
    log(LogLevel::Info, "kvm", text.toStdString());
    emit noticed(text);
}

} // namespace engine
