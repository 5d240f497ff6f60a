// SPDX-License-Identifier: GPL-3.0-or-later
// A SoundBackend that remembers what is played and lets the guest record a saw tooth.
#pragma once

#include "engine/host/sound_backend.h"

#include <memory>
#include <vector>

namespace tests {

class SoundRecorder final : public engine::SoundBackend
{
public:
    std::unique_ptr<engine::SoundOutput> openOutput(unsigned rate) override
    {
        outputRates.push_back(rate);
        return std::make_unique<Output>(*this);
    }
    std::unique_ptr<engine::SoundInput> openInput(unsigned rate) override
    {
        inputRates.push_back(rate);
        return std::make_unique<Input>(*this);
    }

    std::vector<std::int16_t> played; // left, right, left
    std::vector<unsigned> outputRates; // of every opened stream
    std::vector<unsigned> inputRates;
    int openOutputs = 0;
    int openInputs = 0;
    std::int16_t next = 1; // the next recorded frame; both sides alike
    std::optional<std::chrono::microseconds> excess;

private:
    class Output final : public engine::SoundOutput
    {
    public:
        explicit Output(SoundRecorder &owner)
            : m_owner(owner)
        {
            ++m_owner.openOutputs;
        }
        ~Output() override { --m_owner.openOutputs; }
        void push(std::span<const std::int16_t> samples) override
        {
            m_owner.played.insert(m_owner.played.end(), samples.begin(), samples.end());
        }
        std::optional<std::chrono::microseconds> excess() override { return m_owner.excess; }

    private:
        SoundRecorder &m_owner;
    };

    class Input final : public engine::SoundInput
    {
    public:
        explicit Input(SoundRecorder &owner)
            : m_owner(owner)
        {
            ++m_owner.openInputs;
        }
        ~Input() override { --m_owner.openInputs; }
        void pull(std::span<std::int16_t> samples) override
        {
            for (std::size_t i = 0; i + 1 < samples.size(); i += 2)
                samples[i] = samples[i + 1] = m_owner.next++;
        }

    private:
        SoundRecorder &m_owner;
    };
};

} // namespace tests
