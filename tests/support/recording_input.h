// SPDX-License-Identifier: GPL-3.0-or-later
// A keyboard and a mouse that write down what they are told.
#pragma once

#include "engine/host/input_sink.h"

#include <QtCore/QStringList>

#include <utility>

// "+1d" is a press of that scan code, "-1d" its release; "+left", "at 3,4", "by -1,2", "locks 10",
// "gamepad NAME", "no gamepad". What a gamepad shows is in `gamepad`.
class RecordingInputSink final : public engine::InputSink
{
public:
    engine::PointerMode mode = engine::PointerMode::Absolute;
    std::optional<engine::LockLights> lights;
    std::function<void()> changed;
    QStringList log;
    engine::GamepadState gamepad;

    QStringList take() { return std::exchange(log, {}); }

    void key(engine::ScanCode code, engine::KeyMotion motion) override
    {
        log.append(sign(motion) + QString::number(code, 16));
    }
    void button(engine::PointerButton button, engine::KeyMotion motion) override
    {
        static const char *const names[] = {"left", "middle", "right",     "wheelUp",   "wheelDown",
                                            "side", "extra",  "wheelLeft", "wheelRight"};
        log.append(sign(motion) + QLatin1String(names[int(button)]));
    }
    void position(int x, int y) override { log.append(QStringLiteral("at %1,%2").arg(x).arg(y)); }
    void positionOn(unsigned monitor, int x, int y) override
    {
        position(x, y);
        if (monitor != 0)
            log.last() += QStringLiteral(" on %1").arg(monitor);
    }
    void motion(int dx, int dy) override { log.append(QStringLiteral("by %1,%2").arg(dx).arg(dy)); }
    engine::PointerMode pointerMode() const override { return mode; }
    std::optional<engine::LockLights> lockLights() const override { return lights; }
    void setChangeListener(std::function<void()> value) override { changed = std::move(value); }
    void setLockLights(bool capsLock, bool numLock) override
    {
        log.append(QStringLiteral("locks %1%2").arg(capsLock).arg(numLock));
    }
    void plugGamepad(const std::string &name) override
    {
        log.append(QStringLiteral("gamepad ") + QString::fromStdString(name));
    }
    void moveGamepad(const engine::GamepadState &state) override { gamepad = state; }
    void unplugGamepad() override { log.append(QStringLiteral("no gamepad")); }

private:
    static QString sign(engine::KeyMotion motion)
    {
        return motion == engine::KeyMotion::Press ? QStringLiteral("+") : QStringLiteral("-");
    }
};
