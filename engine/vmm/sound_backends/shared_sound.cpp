// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/sound_backends/shared_sound.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace engine {

class SharedSound::Ends
{
public:
    struct End
    {
        std::shared_ptr<SoundBackend> backend;
        SpokenInto isSpokenInto; // none: it has no microphone
    };
    using List = std::vector<End>;

    template <class Change>
    void change(Change change)
    {
        const std::lock_guard lock(m_mutex);
        change(m_list);
        ++m_version;
    }
    // nullopt: as they were at `version`, which is brought up to date.
    std::optional<List> newerThan(unsigned &version) const
    {
        if (m_version == version) // looked at with every few samples
            return std::nullopt;
        const std::lock_guard lock(m_mutex);
        version = m_version;
        return m_list;
    }

private:
    mutable std::mutex m_mutex;
    List m_list;
    std::atomic<unsigned> m_version = 0;
};

class SharedSound::Output final : public SoundOutput
{
public:
    Output(std::unique_ptr<SoundOutput> first, std::shared_ptr<Ends> ends, unsigned rate)
        : m_first(std::move(first))
        , m_ends(std::move(ends))
        , m_rate(rate)
    { }

    void push(std::span<const std::int16_t> samples) override
    {
        m_first->push(samples);
        if (const auto ends = m_ends->newerThan(m_version))
            follow(*ends);
        for (auto &[end, stream] : m_others)
            stream->push(samples);
    }
    std::optional<std::chrono::microseconds> excess() override { return m_first->excess(); }

private:
    using Streams = std::map<std::shared_ptr<SoundBackend>, std::unique_ptr<SoundOutput>>;

    void follow(const Ends::List &ends)
    {
        Streams now;
        for (const Ends::End &end : ends) {
            const auto open = m_others.find(end.backend);
            now.emplace(end.backend,
                        open != m_others.end() ? std::move(open->second)
                                               : end.backend->openOutput(m_rate));
        }
        m_others = std::move(now);
    }

    const std::unique_ptr<SoundOutput> m_first;
    const std::shared_ptr<Ends> m_ends;
    const unsigned m_rate;
    unsigned m_version = 0; // before any end came
    Streams m_others;
};

// Another end's microphone while somebody speaks into it, else the first one's, which is closed
// meanwhile.
class SharedSound::Input final : public SoundInput
{
public:
    Input(std::shared_ptr<SoundBackend> first, std::shared_ptr<Ends> ends, unsigned rate)
        : m_firstEnd(std::move(first))
        , m_ends(std::move(ends))
        , m_rate(rate)
    { }

    void pull(std::span<std::int16_t> samples) override
    {
        if (const auto ends = m_ends->newerThan(m_version))
            follow(*ends);
        for (const Other &other : m_others) {
            other.stream->pull(samples);
            if (other.end.isSpokenInto()) {
                m_first.reset();
                return;
            }
        }
        if (!m_first)
            m_first = m_firstEnd->openInput(m_rate);
        m_first->pull(samples);
    }

private:
    struct Other
    {
        Ends::End end;
        std::unique_ptr<SoundInput> stream;
    };

    void follow(const Ends::List &ends)
    {
        std::vector<Other> now;
        for (const Ends::End &end : ends) {
            if (!end.isSpokenInto)
                continue;
            const auto open =
                std::find_if(m_others.begin(), m_others.end(), [&end](const Other &other) {
                    return other.end.backend == end.backend;
                });
            now.push_back({end,
                           open != m_others.end() ? std::move(open->stream)
                                                  : end.backend->openInput(m_rate)});
        }
        m_others = std::move(now);
    }

    const std::shared_ptr<SoundBackend> m_firstEnd;
    const std::shared_ptr<Ends> m_ends;
    const unsigned m_rate;
    unsigned m_version = 0; // before any end came
    std::unique_ptr<SoundInput> m_first; // none while another one is heard
    std::vector<Other> m_others;
};

SharedSound::SharedSound(std::shared_ptr<SoundBackend> first)
    : m_first(std::move(first))
    , m_ends(std::make_shared<Ends>())
{ }

SharedSound::~SharedSound() = default;

void SharedSound::add(std::shared_ptr<SoundBackend> end, SpokenInto isSpokenInto)
{
    m_ends->change([&](Ends::List &list) {
        list.push_back({std::move(end), std::move(isSpokenInto)});
    });
}

void SharedSound::remove(const std::shared_ptr<SoundBackend> &end)
{
    m_ends->change([&end](Ends::List &list) {
        std::erase_if(list, [&end](const Ends::End &one) { return one.backend == end; });
    });
}

std::unique_ptr<SoundOutput> SharedSound::openOutput(unsigned rate)
{
    return std::make_unique<Output>(m_first->openOutput(rate), m_ends, rate);
}

std::unique_ptr<SoundInput> SharedSound::openInput(unsigned rate)
{
    return std::make_unique<Input>(m_first, m_ends, rate);
}

} // namespace engine
