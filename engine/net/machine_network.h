// SPDX-License-Identifier: GPL-3.0-or-later
// All network adapters of one running machine, and the thread that serves them: what a driver
// holds. The guest's card is behind a stream socket (frame_stream.h), or in this process.
//
// Any one thread, the driver's. Calls wait for the network thread, which never waits itself; only
// joining a bridge takes the bridge helper's time.
#pragma once

#include "engine/base/fd.h"
#include "engine/net/bridge_access.h"
#include "engine/net/connection_table.h"
#include "engine/net/egress_rules.h"
#include "engine/net/nat_network.h"
#include "engine/net/net_loop.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace engine::net {

class FrameSink;
class FrameStream;
class NetAdapter;

// What an adapter is plugged into, and on which terms.
struct AdapterPlan
{
    enum class Attachment { NotAttached, Nat, Internal, Bridged };

    Attachment attachment = Attachment::NotAttached;
    bool isCableConnected = true;
    std::uint64_t bytesPerSecond = 0; // each way; 0: no limit
    std::string internalNetwork; // Internal
    std::string hostInterface; // Bridged
    // Nat.
    NatPlan nat;
    std::vector<NatForward> forwards;
    EgressRules egress;

    // Whether the guest would be in another network, so that it should ask for an address anew.
    bool isSameNetwork(const AdapterPlan &other) const;
};

struct AdapterConnection
{
    int adapter = 0;
    Connection connection;
};

class MachineNetwork final
{
public:
    static constexpr int MaxAdapters = 8;

    struct Totals
    {
        std::uint64_t sentPackets = 0; // by the guest
        std::uint64_t sentBytes = 0;
        std::uint64_t receivedPackets = 0;
        std::uint64_t receivedBytes = 0;
    };

    // Internal networks of this user are in `internalFolder`.
    static Result<std::unique_ptr<MachineNetwork>> start(std::string internalFolder,
                                                         HostPlaces places = {});
    ~MachineNetwork();

    // Connects one adapter; the other end is for the card (QEMU).
    Result<Fd> add(int adapter, const AdapterPlan &plan);
    // The same for a card in this process: what comes from the network goes to `card`, what the
    // card sends goes into the answer; both on the loop's thread. The card outlives removeCard(),
    // after which it does not use the answer any more.
    Result<NetAdapter *> addCard(int adapter, const AdapterPlan &plan, FrameSink &card);
    void removeCard(int adapter); // which may be there or not
    PollLoop &loop() { return *m_loop; }
    // From now on so. On failure the adapter is as it was.
    Result<> change(int adapter, const AdapterPlan &plan);
    const AdapterPlan *plan(int adapter) const; // nullptr: there is no such adapter

    Totals totals() const;
    std::vector<AdapterConnection> connections(); // of all adapters, one after the other

private:
    struct Slot
    {
        Slot();
        ~Slot();
        NetAdapter &adapter() const;
        PollSource *source() const;

        AdapterPlan plan;
        // One of the two; the network thread's.
        std::unique_ptr<FrameStream> stream;
        std::unique_ptr<NetAdapter> direct;
    };

    explicit MachineNetwork(std::string internalFolder, HostPlaces places,
                            std::unique_ptr<NetLoop> loop);
    Result<> plugIn(NetAdapter &adapter, const AdapterPlan *before, const AdapterPlan &plan);
    Result<std::unique_ptr<NetBackend>> openBackend(NetAdapter &sink, const AdapterPlan &plan,
                                                    Fd &tap);
    Result<> place(int adapter, const AdapterPlan &plan, std::unique_ptr<Slot> slot);

    std::string m_internalFolder;
    HostPlaces m_places;
    std::unique_ptr<NetLoop> m_loop;
    std::array<std::unique_ptr<Slot>, MaxAdapters> m_slots;
};

} // namespace engine::net
