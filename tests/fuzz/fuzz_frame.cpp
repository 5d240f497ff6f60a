// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile guest can put on its cable, and what somebody on a network can send it: through
// rules, list of connections and answers, both ways.
#include "engine/net/net_adapter.h"
#include "engine/net/packet_builder.h"

#include <memory>

using namespace engine::net;

namespace {

struct Nowhere final : NetBackend, FrameSink
{
    void send(Frame) override { }
    void deliver(Frame) override { }
    bool isReady() const override { return true; }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const NatPlan plan = *NatPlan::make("", 0);
    static const EgressRules rules[] = {
        {},
        *EgressRules::make(EgressRules::Policy::NoLan, {}),
        *EgressRules::make(EgressRules::Policy::ListOnly, {"a.b", "*.c", "10.0.0.0/8"}),
        *EgressRules::make(EgressRules::Policy::Off, {}),
    };
    if (size == 0)
        return 0;
    Nowhere guest;
    NetAdapter adapter(guest);
    adapter.setBackend(std::make_unique<Nowhere>());
    adapter.setFilter(EgressFilter(plan, rules[data[0] % 4]));
    // Frames, each behind its length and direction.
    std::size_t at = 1;
    while (size - at >= 2) {
        const std::size_t length = std::min<std::size_t>(data[at], size - at - 2);
        const bool isOutward = (data[at + 1] & 1) == 0;
        // A copy of its own, so that a byte too far is seen.
        const FrameBuffer frame(data + at + 2, data + at + 2 + length);
        if (isOutward)
            adapter.send(frame);
        else
            adapter.deliver(frame);
        if (const auto packet = parsePacket(frame)) {
            const FrameBuffer refusal = buildRefusal(frame, *packet);
            engine::check(refusal.empty() || parsePacket(refusal)->isIp,
                          "our own answer makes no sense");
            [[maybe_unused]] const auto dns = parseDns(packet->udpPayload);
        }
        at += 2 + length;
    }
    [[maybe_unused]] const auto connections = adapter.connections();
    return 0;
}
