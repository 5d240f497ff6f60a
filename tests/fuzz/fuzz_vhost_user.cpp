// SPDX-License-Identifier: GPL-3.0-or-later
// What the other half of a vhost-user connection answers, or says without being asked.
#include "engine/devices/virtio/vhost_user_channel.h"
#include "tests/support/fuzz_input.h"

#include <string>

#include <sys/socket.h>

namespace {

using engine::virtio::VhostUserChannel;

// Answers as a good one would give them, some of them spoiled.
std::string answers(tests::FuzzInput &input)
{
    std::string all;
    const auto add = [&](std::uint32_t request, std::uint64_t number, std::size_t size = 8) {
        std::uint32_t header[3] = {request, 5, std::uint32_t(size)};
        std::string payload(size, '\0');
        for (std::size_t i = 0; i < std::min<std::size_t>(size, sizeof number); ++i)
            payload[i] = char(number >> (8 * i));
        const std::uint8_t fault = input.byte();
        if ((fault & 0x80) != 0) {
            if ((fault & 3) < 3)
                header[fault & 3] ^= std::uint32_t(input.number(4));
            else
                payload.resize(input.byte());
            for (std::size_t i = 0; i < payload.size() && (fault & 4) != 0; ++i)
                payload[i] = char(input.byte());
        }
        all.append(reinterpret_cast<const char *>(header), sizeof header);
        all += payload;
    };
    add(1, ~std::uint64_t(0)); // features
    add(15, 1 | 8 | (1 << 9));
    add(17, 2);
    add(24, std::uint64_t(40) << 32, 52);
    for (const std::uint32_t request : {2u, 5u, 8u, 10u, 9u, 13u, 12u, 18u})
        add(request, 0);
    add(11, 0);
    const auto more = input.take(64);
    all.append(more.begin(), more.end());
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::FuzzInput input(data, size);
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return 0;
    VhostUserChannel channel((engine::Fd(ends[0])));
    const engine::Fd other(ends[1]);
    const std::string said = answers(input);
    engine::check(::send(ends[1], said.data(), said.size(), MSG_NOSIGNAL) == ssize_t(said.size()),
                  "not sent");
    ::shutdown(ends[1], SHUT_WR); // so that nothing is waited for

    const auto talk = [&]() -> engine::Result<> {
        TRY(channel.agree(std::uint64_t(1) << 32, 2));
        const std::vector<std::uint8_t> config = TRY(channel.readConfig(40));
        engine::check(config.size() == 40, "a configuration of another size");
        TRY(channel.prepare(
            std::uint64_t(1) << 32,
            std::vector{engine::virtio::VhostUserRegion{.size = 4096, .descriptor = ends[1]}}));
        TRY(channel.startRing({.size = 8, .kick = ends[1], .call = ends[1]}));
        [[maybe_unused]] const std::uint16_t position = TRY(channel.stopRing(0));
        return {};
    };
    [[maybe_unused]] const engine::Result<> done = talk();
    return 0;
}
