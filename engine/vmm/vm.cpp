// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/vm.h"

#include "engine/base/log.h"
#include "engine/devices/virtio/virtio_balloon.h"
#include "engine/vmm/board.h"
#include "engine/vmm/vcpu.h"
#include "engine/vmm/vm_state_file.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace engine {

namespace {

using namespace std::chrono_literals;

constexpr auto ParkTimeout = 10s;
constexpr auto DrainTimeout = 60s;
constexpr auto DrainPoll = 1ms;
// A guest that resets itself by triple fault does it once; one whose firmware cannot run does
// nothing else.
constexpr int MaxTripleFaults = 3;
constexpr auto TripleFaultWindow = 5s;
constexpr unsigned MaxVcpus = 16;

class Machine final : public Vm, private VcpuEvents
{
public:
    Machine(VmConfig config, VmEvents &events, PollLoop &io, PollLoop *network)
        : m_config(std::move(config))
        , m_events(events)
        , m_io(io)
        , m_network(network)
    { }

    ~Machine() override
    {
        m_isEnding = true;
        m_supervisor.reset(); // ends what the guest asked for
        if (!m_vcpus.empty()) {
            const std::lock_guard lock(m_commandMutex);
            [[maybe_unused]] const Result<> paused = pauseLocked();
        }
        m_vcpus.clear();
        if (m_clock)
            m_clock->detach();
        if (m_kvm)
            m_kvm->setCoalescedRing(nullptr, m_memory, m_ports);
        m_board.reset();
    }

    Result<> build()
    {
        if (m_config.vcpus < 1 || m_config.vcpus > MaxVcpus)
            return Error(ErrorKind::Invalid,
                         "The built-in engine runs 1 to " + std::to_string(MaxVcpus)
                             + " processors, not " + std::to_string(m_config.vcpus));
        m_kvm = TRY(KvmMachine::create(ReservedPages));
        m_ram = TRY(GuestRam::allocate(memoryLayout(m_config.board, m_config.memoryBytes),
                                       m_config.sharedFolders.empty() ? RamKind::Private
                                                                      : RamKind::Shared));
        TRY(addRam());
        m_clock = std::make_unique<VmClock>(m_io);
        m_supervisor = TRY(PollLoop::start("vm"));
        m_board = TRY(Board::create({.config = m_config,
                                     .kvm = *m_kvm,
                                     .ram = *m_ram,
                                     .memory = m_memory,
                                     .ports = m_ports,
                                     .clock = *m_clock,
                                     .io = m_io,
                                     .network = m_network,
                                     .requests = requests()}));
        for (unsigned index = 0; index < m_config.vcpus; ++index)
            m_vcpus.push_back(
                TRY(Vcpu::create(*m_kvm, m_memory, m_ports, *this,
                                 {.index = index,
                                  .vcpus = m_config.vcpus,
                                  .isNestedVirtualizationOn = m_config.isNestedVirtualizationOn,
                                  .isHyperV = m_config.isHyperV})));
        if (void *ring = m_vcpus.front()->coalescedRing())
            m_kvm->setCoalescedRing(ring, m_memory, m_ports);
        resetDevices();
        return {};
    }

    Result<> resume() override
    {
        const std::lock_guard lock(m_commandMutex);
        return resumeLocked();
    }

    Result<> pause() override
    {
        const std::lock_guard lock(m_commandMutex);
        return pauseLocked();
    }

    Result<> reset() override
    {
        const std::lock_guard lock(m_commandMutex);
        return resetLocked();
    }

    void pressPowerButton() override { m_board->pressPowerButton(); }

    Result<> save(int file, const std::function<bool(int)> &progressed) override
    {
        const std::lock_guard lock(m_commandMutex);
        check(!m_isRunning, "a machine is saved while it runs");
        TRY(waitForIdleDevices());
        StateArchive archive;
        TRY(serialize(archive));
        return writeStateFile(file, *m_ram, m_board->videoMemory(), archive.take(), progressed);
    }

    Result<> restore(int file) override
    {
        const std::lock_guard lock(m_commandMutex);
        check(!m_isRunning, "a machine is restored while it runs");
        StateArchive archive(TRY(readStateFile(file, *m_ram, m_board->videoMemory())));
        return serialize(archive);
    }

    Result<> changeMedium(unsigned drive, std::shared_ptr<BlockDevice> image, bool force) override
    {
        return m_board->changeMedium(drive, std::move(image), force);
    }

    Result<unsigned> plugUsb(std::shared_ptr<UsbBackend> device) override
    {
        return m_board->plugUsb(std::move(device));
    }
    Result<unsigned> plugUsbStick(std::shared_ptr<BlockDevice> image,
                                  const std::string &serial) override
    {
        return m_board->plugUsbStick(std::move(image), serial);
    }
    Result<unsigned> plugGamepad(unsigned from) override { return m_board->plugGamepad(from); }
    Result<> unplugUsb(unsigned connector) override { return m_board->unplugUsb(connector); }

    net::FrameSink &cardSink(unsigned card) override { return m_board->cardSink(card); }
    void connectCard(unsigned card, net::NetAdapter *adapter) override
    {
        m_board->connectCard(card, adapter);
    }
    void setLinkUp(unsigned card, bool isUp) override { m_board->setLinkUp(card, isUp); }

    unsigned folderPlaces() const override { return m_board->folderPlaces(); }
    void plugFolder(unsigned place, const std::string &tag) override
    {
        m_board->plugFolder(place, tag);
    }
    void unplugFolder(unsigned place) override { m_board->unplugFolder(place); }
    void connectFolder(unsigned place, Fd server) override
    {
        m_board->connectFolder(place, std::move(server));
    }
    void disconnectFolder(unsigned place) override { m_board->disconnectFolder(place); }
    bool hasFolderServer(unsigned place) const override { return m_board->hasFolderServer(place); }

    std::optional<GuestMemoryUse> guestMemory() override
    {
        virtio::VirtioBalloon *const balloon = m_board->balloon();
        if (balloon == nullptr)
            return {};
        const virtio::VirtioBalloon::Facts facts = balloon->facts();
        balloon->askForStatistics();
        // The guest's numbers, of which it may say anything.
        const std::uint64_t all = m_config.memoryBytes;
        GuestMemoryUse use{.balloonBytes = std::min(facts.actualBytes, all)};
        if (facts.statistics && facts.statistics->total && facts.statistics->available) {
            use.totalBytes = std::min(*facts.statistics->total, all);
            use.availableBytes = std::min(*facts.statistics->available, use.totalBytes);
        }
        return use;
    }

    void setBalloon(std::uint64_t bytes) override
    {
        if (virtio::VirtioBalloon *const balloon = m_board->balloon())
            balloon->setTarget(bytes);
    }

    unsigned screenCount() const override { return m_board->screenCount(); }
    FrameSource &screen(unsigned number) override { return m_board->screen(number); }
    InputSink &input() override { return m_board->input(); }

    ExitStatistics statistics() const override
    {
        ExitStatistics statistics;
        for (const auto &vcpu : m_vcpus)
            vcpu->addStatistics(statistics);
        statistics.coalescedWrites = m_kvm->coalescedWrites();
        statistics.unclaimed = m_ports.unclaimedAccesses() + m_memory.unclaimedAccesses();
        return statistics;
    }

    std::string describeVcpus() override
    {
        std::string text;
        for (const auto &vcpu : m_vcpus)
            text += vcpu->describe();
        return text;
    }

private:
    // Guest physical addresses of RAM: all but the VGA window.
    Result<> addRam()
    {
        for (const GuestMemory::Region &region : m_ram->memory().regions())
            TRY(m_kvm->addRam(region.guestAddress, region.host));
        return {};
    }

    BoardRequests requests()
    {
        BoardRequests requests;
        requests.reset = [this] { guestAsksForReset(); };
        requests.powerOff = [this] { guestAsksForPowerOff(); };
        requests.mediumEjected = [this](unsigned drive) { m_events.mediumEjected(drive); };
        requests.problem = [this](const VmProblem &problem) { m_events.problemRaised(problem); };
        requests.testExit = [this](std::uint8_t code) {
            stopAllVcpus();
            m_events.stopped(VmStop::PoweredOff, "test exit " + std::to_string(code), {});
        };
        return requests;
    }

    // From a chip or a vCPU: no instruction runs beyond this one; the rest is done by the
    // supervisor, which may wait.
    void stopAllVcpus()
    {
        for (const auto &vcpu : m_vcpus)
            vcpu->requestPause();
    }

    void guestAsksForReset() override
    {
        if (m_isEnding)
            return;
        stopAllVcpus();
        m_supervisor->post([this] {
            const std::lock_guard lock(m_commandMutex);
            if (m_isEnding)
                return;
            if (const Result<> done = resetLocked(); !done)
                m_events.stopped(VmStop::Failed, done.error().text(), {});
        });
    }

    void guestAsksForPowerOff() override
    {
        if (m_isEnding)
            return;
        stopAllVcpus();
        m_supervisor->post([this] { stop(VmStop::PoweredOff, {}, {}); });
    }

    void vcpuFailed(unsigned, const std::string &text, const std::string &details) override
    {
        if (m_isEnding)
            return;
        stopAllVcpus();
        m_supervisor->post([this, text, details] { stop(VmStop::Failed, text, details); });
    }

    void vcpuTripleFaulted(unsigned vcpu, const std::string &registers) override
    {
        log(LogLevel::Warning, "vm",
            "The guest reset itself by a triple fault on vCPU " + std::to_string(vcpu) + "\n"
                + registers);
        const auto now = std::chrono::steady_clock::now();
        bool isLoop = false;
        {
            const std::lock_guard lock(m_faultMutex);
            if (now - m_firstTripleFault > TripleFaultWindow) {
                m_firstTripleFault = now;
                m_tripleFaults = 0;
            }
            isLoop = ++m_tripleFaults >= MaxTripleFaults;
        }
        if (isLoop)
            vcpuFailed(vcpu,
                       "The guest crashed again and again right after its start (triple fault)",
                       registers);
        else
            guestAsksForReset();
    }

    void stop(VmStop kind, const std::string &text, const std::string &details)
    {
        const std::lock_guard lock(m_commandMutex);
        if (m_isEnding || m_hasStopped)
            return;
        m_hasStopped = true;
        if (const Result<> paused = pauseLocked(); !paused)
            log(LogLevel::Error, "vm", paused.error().text());
        m_events.stopped(kind, text, details);
    }

    Result<> resumeLocked()
    {
        if (m_isRunning)
            return {};
        if (m_hasStopped)
            return Error(ErrorKind::Invalid, "The machine has stopped and cannot go on");
        setDevicesRunning(true);
        m_board->retryDisks();
        m_kvm->startClock();
        m_clock->start();
        for (const auto &vcpu : m_vcpus) {
            if (m_hasRun)
                vcpu->noteResumed();
            vcpu->letRun();
        }
        m_hasRun = true;
        m_isRunning = true;
        return {};
    }

    Result<> pauseLocked()
    {
        stopAllVcpus();
        for (unsigned index = 0; index < m_vcpus.size(); ++index)
            if (!m_vcpus[index]->waitUntilParked(ParkTimeout))
                return Error(ErrorKind::Io,
                             "vCPU " + std::to_string(index) + " does not come back from KVM");
        if (!m_isRunning)
            return {};
        m_clock->stop();
        m_kvm->stopClock();
        m_kvm->drainCoalesced();
        setDevicesRunning(false);
        m_isRunning = false;
        return {};
    }

    Result<> waitForIdleDevices()
    {
        const auto end = std::chrono::steady_clock::now() + DrainTimeout;
        for (Device *device : m_board->devices()) {
            for (;;) {
                {
                    const std::lock_guard lock(device->lock());
                    if (device->isIdle())
                        break;
                }
                if (std::chrono::steady_clock::now() > end)
                    return Error(ErrorKind::Io,
                                 "\"" + device->name()
                                     + "\" waits for a disk that does not answer or has no space")
                        .withRemedy("Mend the disk's problem and let the machine go on, then save");
                std::this_thread::sleep_for(DrainPoll);
            }
        }
        return {};
    }

    void setDevicesRunning(bool isRunning)
    {
        for (Device *device : m_board->devices()) {
            const std::lock_guard lock(device->lock());
            device->setRunning(isRunning);
        }
    }

    void resetDevices()
    {
        m_board->resetMemory();
        for (Device *device : m_board->devices()) {
            const std::lock_guard lock(device->lock());
            device->reset();
        }
    }

    Result<> resetLocked()
    {
        const bool wasRunning = m_isRunning;
        TRY(pauseLocked());
        // No disk writes to memory any more when the firmware starts.
        m_board->giveUpDisks();
        TRY(waitForIdleDevices());
        TRY(m_kvm->resetInterruptControllers());
        resetDevices();
        for (const auto &vcpu : m_vcpus)
            TRY(vcpu->reset());
        m_events.wasReset();
        return wasRunning ? resumeLocked() : Result<>();
    }

    Result<> serialize(StateArchive &archive)
    {
        archive.beginChunk("machine", 1);
        std::uint8_t board = std::uint8_t(m_config.board);
        std::uint32_t vcpus = m_config.vcpus;
        std::int64_t time = m_clock->now().count();
        archive.value(board);
        archive.value(vcpus);
        archive.value(time);
        archive.endChunk();
        TRY(archive.result());
        if (board != std::uint8_t(m_config.board) || vcpus != m_config.vcpus)
            return Error(ErrorKind::Invalid,
                         "The machine had another chipset or number of processors when its state "
                         "was saved")
                .withRemedy("Set them as they were, or discard the saved state");
        if (archive.isLoading())
            m_clock->setTime(GuestTime(time));
        // The local APICs before the chips whose lines lead to them.
        for (const auto &vcpu : m_vcpus)
            TRY(archive.isLoading() ? vcpu->loadFrom(archive) : vcpu->saveTo(archive));
        for (Device *device : m_board->devices()) {
            // A version that did not have it yet saved this state: it is as after a reset.
            if (archive.isLoading() && archive.nextChunkName() != device->name()) {
                log(LogLevel::Info, "vm",
                    "the saved state has no \"" + device->name() + "\": it begins anew");
                continue;
            }
            serializeDevice(archive, *device);
            TRY(archive.result());
        }
        // Last: loading a chip sets its line, which the saved interrupt controllers know already.
        TRY(m_kvm->serialize(archive));
        if (archive.isLoading()) {
            m_hasRun = true;
            if (!archive.isAtEnd())
                return Error(ErrorKind::Corrupt,
                             "The saved state has a device that this machine has not: "
                                 + std::string(archive.nextChunkName()));
        }
        return {};
    }

    VmConfig m_config;
    VmEvents &m_events;
    PollLoop &m_io;
    PollLoop *m_network;
    Bus m_memory;
    Bus m_ports;
    std::unique_ptr<GuestRam> m_ram;
    std::unique_ptr<KvmMachine> m_kvm;
    std::unique_ptr<VmClock> m_clock;
    std::unique_ptr<Board> m_board;
    std::vector<std::unique_ptr<Vcpu>> m_vcpus;
    std::unique_ptr<PollLoop> m_supervisor;

    std::mutex m_commandMutex; // before any device's lock: one command at a time
    bool m_isRunning = false;
    bool m_hasRun = false;
    bool m_hasStopped = false;
    std::atomic<bool> m_isEnding = false;
    std::mutex m_faultMutex;
    std::chrono::steady_clock::time_point m_firstTripleFault = {};
    int m_tripleFaults = 0;
};

} // namespace

Result<std::unique_ptr<Vm>> Vm::create(VmConfig config, VmEvents &events, PollLoop &io,
                                       PollLoop *network)
{
    auto machine = std::make_unique<Machine>(std::move(config), events, io, network);
    TRY(machine->build());
    return std::unique_ptr<Vm>(std::move(machine));
}

} // namespace engine
