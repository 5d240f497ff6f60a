// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/sound_backends/switched_sound.h"

#include <algorithm>

namespace engine {

class SwitchedSound::Output final : public SoundOutput
{
public:
    Output(std::shared_ptr<State> state, unsigned rate)
        : m_state(std::move(state))
        , m_rate(rate)
    { }

    void push(std::span<const std::int16_t> samples) override
    {
        if (!m_state->isOutputOn) {
            m_behind.reset();
            return;
        }
        if (!m_behind)
            m_behind = m_state->behind->openOutput(m_rate);
        m_behind->push(samples);
    }
    std::optional<std::chrono::microseconds> excess() override
    {
        return m_behind ? m_behind->excess() : std::nullopt;
    }

private:
    const std::shared_ptr<State> m_state;
    const unsigned m_rate;
    std::unique_ptr<SoundOutput> m_behind;
};

class SwitchedSound::Input final : public SoundInput
{
public:
    Input(std::shared_ptr<State> state, unsigned rate)
        : m_state(std::move(state))
        , m_rate(rate)
    { }

    void pull(std::span<std::int16_t> samples) override
    {
        if (!m_state->isInputOn) {
            m_behind.reset();
            std::fill(samples.begin(), samples.end(), std::int16_t(0));
            return;
        }
        if (!m_behind)
            m_behind = m_state->behind->openInput(m_rate);
        m_behind->pull(samples);
    }

private:
    const std::shared_ptr<State> m_state;
    const unsigned m_rate;
    std::unique_ptr<SoundInput> m_behind;
};

std::unique_ptr<SoundOutput> SwitchedSound::openOutput(unsigned rate)
{
    return std::make_unique<Output>(m_state, rate);
}

std::unique_ptr<SoundInput> SwitchedSound::openInput(unsigned rate)
{
    return std::make_unique<Input>(m_state, rate);
}

} // namespace engine
