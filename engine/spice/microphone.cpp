// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/microphone.h"

#include "engine/host/sound_protocol.h"

#include <cstring>
#include <utility>

#include <sys/socket.h>

namespace engine::spice {

namespace {

static_assert(sizeof(std::uint32_t) == SoundFrameBytes, "the library counts frames as words");

const SpiceRecordInterface &recordInterface()
{
    static const SpiceRecordInterface functions = [] {
        SpiceRecordInterface record = {};
        record.base.type = SPICE_INTERFACE_RECORD;
        record.base.description = "vitrine";
        record.base.major_version = SPICE_INTERFACE_RECORD_MAJOR;
        record.base.minor_version = SPICE_INTERFACE_RECORD_MINOR;
        return record;
    }();
    return functions;
}

} // namespace

Microphone::Microphone(SpiceServer *server)
{
    m_record.base.sif = &recordInterface().base;
    spice_server_add_interface(server, &m_record.base);
}

Microphone::~Microphone()
{
    stop();
    spice_server_remove_interface(&m_record.base);
}

void Microphone::start(unsigned rate)
{
    stop();
    spice_server_set_record_rate(&m_record, rate);
    spice_server_record_start(&m_record);
    m_isOn = true;
}

void Microphone::stop()
{
    if (std::exchange(m_isOn, false))
        spice_server_record_stop(&m_record);
}

void Microphone::passOn(int socket)
{
    std::array<std::uint32_t, MaxSoundFrames> frames;
    while (m_isOn) { // the library may be asked only then
        const std::uint32_t count = spice_server_record_get_samples(
            &m_record, frames.data(), std::uint32_t(frames.size()));
        if (count == 0 || count > frames.size())
            return;
        SoundPacket packet;
        packet.message = {SoundWord::Samples, 0};
        std::memcpy(packet.samples.data(), frames.data(), count * SoundFrameBytes);
        const std::size_t size = sizeof packet.message + count * SoundFrameBytes;
        // A full socket is one that nobody reads.
        [[maybe_unused]] const ssize_t sent =
            ::send(socket, &packet, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

} // namespace engine::spice
