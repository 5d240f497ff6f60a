// SPDX-License-Identifier: GPL-3.0-or-later
// A SoundBackend for tests: what the guest plays goes into a file (16 bit stereo, nothing before or
// after), and its microphone hears a square wave of 1000 Hz.
#pragma once

#include "engine/host/sound_backend.h"

#include <cstdio>
#include <memory>
#include <string>

class SoundFile final : public engine::SoundBackend
{
public:
    explicit SoundFile(const std::string &path)
        : m_file(std::fopen(path.c_str(), "wb"))
    { }

    std::unique_ptr<engine::SoundOutput> openOutput(unsigned rate) override
    {
        std::fprintf(stderr, "[sound: plays at %u Hz]\n", rate);
        return std::make_unique<Output>(m_file.get());
    }
    std::unique_ptr<engine::SoundInput> openInput(unsigned rate) override
    {
        std::fprintf(stderr, "[sound: records at %u Hz]\n", rate);
        return std::make_unique<Input>(rate);
    }

private:
    struct Closer
    {
        void operator()(std::FILE *file) const { std::fclose(file); }
    };

    class Output final : public engine::SoundOutput
    {
    public:
        explicit Output(std::FILE *file)
            : m_file(file)
        { }
        void push(std::span<const std::int16_t> samples) override
        {
            if (m_file)
                std::fwrite(samples.data(), sizeof samples[0], samples.size(), m_file);
        }
        std::optional<std::chrono::microseconds> excess() override { return std::nullopt; }

    private:
        std::FILE *m_file;
    };

    class Input final : public engine::SoundInput
    {
    public:
        explicit Input(unsigned rate)
            : m_period(rate / 1000)
        { }
        void pull(std::span<std::int16_t> samples) override
        {
            for (std::size_t i = 0; i + 1 < samples.size(); i += 2) {
                samples[i] = samples[i + 1] =
                    std::int16_t(m_frame % m_period < m_period / 2 ? 8000 : -8000);
                ++m_frame;
            }
        }

    private:
        const unsigned m_period;
        unsigned m_frame = 0;
    };

    std::unique_ptr<std::FILE, Closer> m_file;
};
