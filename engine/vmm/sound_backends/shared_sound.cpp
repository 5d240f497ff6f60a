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
    using List = std::vector<std::shared_ptr<SoundBackend>>;

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
    void follow(const Ends::List &ends)
    {
        std::erase_if(m_others, [&ends](const auto &other) {
            return std::find(ends.begin(), ends.end(), other.first) == ends.end();
        });
        for (const std::shared_ptr<SoundBackend> &end : ends)
            if (!m_others.contains(end))
                m_others.emplace(end, end->openOutput(m_rate));
    }

    const std::unique_ptr<SoundOutput> m_first;
    const std::shared_ptr<Ends> m_ends;
    const unsigned m_rate;
    unsigned m_version = 0; // before any end came
    std::map<std::shared_ptr<SoundBackend>, std::unique_ptr<SoundOutput>> m_others;
};

SharedSound::SharedSound(std::shared_ptr<SoundBackend> first)
    : m_first(std::move(first))
    , m_ends(std::make_shared<Ends>())
{ }

SharedSound::~SharedSound() = default;

void SharedSound::add(std::shared_ptr<SoundBackend> end)
{
    m_ends->change([&end](Ends::List &list) { list.push_back(std::move(end)); });
}

void SharedSound::remove(const std::shared_ptr<SoundBackend> &end)
{
    m_ends->change([&end](Ends::List &list) { std::erase(list, end); });
}

std::unique_ptr<SoundOutput> SharedSound::openOutput(unsigned rate)
{
    return std::make_unique<Output>(m_first->openOutput(rate), m_ends, rate);
}

std::unique_ptr<SoundInput> SharedSound::openInput(unsigned rate)
{
    return m_first->openInput(rate);
}

} // namespace engine
