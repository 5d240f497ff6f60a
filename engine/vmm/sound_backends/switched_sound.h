// SPDX-License-Identifier: GPL-3.0-or-later
// Another backend behind two switches: what is played, and the microphone. A switch that is off has
// no stream behind it: nothing reaches the host, and nobody listens to the room.
//
// The switches on any thread; they are seen with the next samples.
#pragma once

#include "engine/host/sound_backend.h"

#include <atomic>
#include <memory>

namespace engine {

class SwitchedSound final : public SoundBackend
{
public:
    explicit SwitchedSound(std::shared_ptr<SoundBackend> behind, bool isOutputOn, bool isInputOn)
        : m_state(std::make_shared<State>())
    {
        m_state->behind = std::move(behind);
        m_state->isOutputOn = isOutputOn;
        m_state->isInputOn = isInputOn;
    }

    void setOutputOn(bool isOn) { m_state->isOutputOn = isOn; }
    void setInputOn(bool isOn) { m_state->isInputOn = isOn; }

    std::unique_ptr<SoundOutput> openOutput(unsigned rate) override;
    std::unique_ptr<SoundInput> openInput(unsigned rate) override;

private:
    struct State
    {
        std::shared_ptr<SoundBackend> behind;
        std::atomic<bool> isOutputOn = true;
        std::atomic<bool> isInputOn = false;
    };
    class Output;
    class Input;

    const std::shared_ptr<State> m_state;
};

} // namespace engine
