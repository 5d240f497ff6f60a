// SPDX-License-Identifier: GPL-3.0-or-later
// A guest's sound for several ends: each of them plays it. The microphone is that of another end
// while somebody speaks into one, else the first one's; the clock that the card follows is that one's.
//
// Ends come and go on any thread; it is seen with the next samples, and an end that has gone lives
// until then.
#pragma once

#include "engine/host/sound_backend.h"

#include <functional>
#include <memory>

namespace engine {

class SharedSound final : public SoundBackend
{
public:
    explicit SharedSound(std::shared_ptr<SoundBackend> first);
    ~SharedSound() override;

    // Whether somebody speaks into an end's microphone; asked where the sound is used, after what
    // was recorded there was pulled. None: its microphone is not for the guest.
    using SpokenInto = std::function<bool()>;
    void add(std::shared_ptr<SoundBackend> end, SpokenInto isSpokenInto = {});
    void remove(const std::shared_ptr<SoundBackend> &end); // not the first; nothing where it is not

    std::unique_ptr<SoundOutput> openOutput(unsigned rate) override;
    std::unique_ptr<SoundInput> openInput(unsigned rate) override;

private:
    class Ends;
    class Input;
    class Output;

    const std::shared_ptr<SoundBackend> m_first;
    const std::shared_ptr<Ends> m_ends; // the others
};

} // namespace engine
