// SPDX-License-Identifier: GPL-3.0-or-later
// A guest's sound for several ends: each of them plays it; the microphone is the first one's, and so
// is the clock that the card follows.
//
// Ends come and go on any thread; it is seen with the next samples, and an end that has gone lives
// until then.
#pragma once

#include "engine/host/sound_backend.h"

#include <memory>

namespace engine {

class SharedSound final : public SoundBackend
{
public:
    explicit SharedSound(std::shared_ptr<SoundBackend> first);
    ~SharedSound() override;

    void add(std::shared_ptr<SoundBackend> end);
    void remove(const std::shared_ptr<SoundBackend> &end); // not the first; nothing where it is not

    std::unique_ptr<SoundOutput> openOutput(unsigned rate) override;
    std::unique_ptr<SoundInput> openInput(unsigned rate) override;

private:
    class Ends;
    class Output;

    const std::shared_ptr<SoundBackend> m_first;
    const std::shared_ptr<Ends> m_ends; // the others
};

} // namespace engine
