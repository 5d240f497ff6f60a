// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's sound, played and recorded by a vitrine-sound at the other end of a socket
// (engine/host/sound_protocol.h). When that is gone, nothing is heard and silence recorded.
#pragma once

#include "engine/base/fd.h"
#include "engine/host/sound_backend.h"

#include <memory>

namespace engine {

class PipedSound : public SoundBackend
{
public:
    // Whether anything was recorded lately, as far as the guest has listened: else it hears silence.
    // Where the backend is used.
    virtual bool isSpokenInto() const = 0;
};

std::shared_ptr<PipedSound> makePipedSound(Fd socket);

} // namespace engine
