// SPDX-License-Identifier: GPL-3.0-or-later
// Runs one machine on the built-in engine without anything around it: for tests in the lab, where
// only exits and what a guest prints count, and for benchmarks.
//
//   vm_runner [--board q35|i440fx] [--cpus N] [--memory MIB] [--bios FILE] [--vga-bios FILE]
//             [--kernel FILE --initrd FILE --append TEXT] [--disk FILE]... [--cdrom FILE|none]...
//             [--variables FILE] [--pointer tablet|usb|mouse] [--usb-keyboard] [--usb-stick FILE]
//             [--until TEXT] [--press-power-at TEXT] [--timeout SECONDS] [--debug-port] [--network]
//             [--statistics FILE] [--screenshot FILE] [--commands] [--folder TAG=SOCKET]...
//             [--sound FILE] [--balloon] [--agents FOLDER] [--tpm SOCKET]
//             [--hyperv] [--nvme-disk FILE]... [--scsi-disk FILE]... [--scsi-cdrom FILE|none]...
//             [--save FILE] [--restore FILE]
//             [--monitors N] [--e1000]
//
// --folder: a shared folder, whose server (vitrine-share) listens on the Unix socket.
// --network: a virtio card behind our NAT; --e1000: an 82540EM there. --variables: UEFI's, written
// to. --commands: tests are told what to do on standard input (runner_commands.h); "quit" there
// ends the machine well.
// --agents: sockets to agents in the guest are made in the folder (runner_ports.h). --tpm: the
// control channel of a swtpm. The
// screenshot (PPM) is taken at the end. COM1 goes to standard output (and so does the debug port).
// Ends with 0 when the guest powers off or prints the text of --until, 1 when it fails or is late,
// 2 for wrong words, 77 without KVM. --save: its state at the end (where --until ended it), which
// --restore goes on from. --monitors: a virtio GPU with as many. --sound: a sound card whose sound
// goes there (sound_file.h).
#include "engine/base/log.h"
#include "engine/base/poll_loop.h"
#include "engine/block/raw_image.h"
#include "engine/devices/tpm_crb.h"
#include "engine/net/machine_network.h"
#include "engine/vmm/multiboot.h"
#include "engine/vmm/tpm_backends/swtpm_backend.h"
#include "engine/vmm/vm.h"
#include "tests/tools/runner_commands.h"
#include "tests/tools/runner_options.h"
#include "tests/tools/runner_outcome.h"
#include "tests/tools/runner_ports.h"
#include "tests/tools/sound_file.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace engine;

namespace {

constexpr int Skipped = 77;

std::vector<std::uint8_t> contents(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void writeStatistics(const ExitStatistics &statistics, const std::string &path)
{
    std::FILE *file = std::fopen(path.c_str(), "w");
    if (!file)
        return;
    std::fprintf(file, "{\"total\": %llu, \"coalesced\": %llu, \"unclaimed\": %llu, \"reasons\": {",
                 (unsigned long long)statistics.total,
                 (unsigned long long)statistics.coalescedWrites,
                 (unsigned long long)statistics.unclaimed);
    const char *separator = "";
    for (const auto &[reason, count] : statistics.byReason) {
        std::fprintf(file, "%s\"%s\": %llu", separator, reason.c_str(), (unsigned long long)count);
        separator = ", ";
    }
    std::fprintf(file, "}, \"ports\": {");
    separator = "";
    for (const auto &[port, access] : statistics.ports) {
        std::fprintf(file, "%s\"0x%x\": [%llu, %llu]", separator, unsigned(port),
                     (unsigned long long)access.reads, (unsigned long long)access.writes);
        separator = ", ";
    }
    std::fprintf(file, "}, \"addresses\": {");
    separator = "";
    for (const auto &[address, access] : statistics.addresses) {
        std::fprintf(file, "%s\"0x%llx\": [%llu, %llu]", separator, (unsigned long long)address,
                     (unsigned long long)access.reads, (unsigned long long)access.writes);
        separator = ", ";
    }
    std::fprintf(file, "}}\n");
    std::fclose(file);
}

// A card behind the NAT; its cable is pulled before the machine goes.
class Cable final
{
public:
    static Result<std::unique_ptr<net::MachineNetwork>> prepare(VmConfig &config,
                                                                VmNetworkModel model)
    {
        config.networkCards.push_back(
            {.macAddress = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56}, .model = model});
        return net::MachineNetwork::start({});
    }
    Cable(Vm &vm, net::MachineNetwork &network)
        : m_vm(vm)
        , m_network(network)
    { }
    Result<> plugIn()
    {
        net::AdapterPlan plan;
        plan.attachment = net::AdapterPlan::Attachment::Nat;
        plan.nat = TRY(net::NatPlan::make("", 0));
        net::NetAdapter *adapter = TRY(m_network.addCard(0, plan, m_vm.cardSink(0)));
        m_network.loop().run([&] { m_vm.connectCard(0, adapter); });
        return {};
    }
    ~Cable()
    {
        m_network.loop().run([&] { m_vm.connectCard(0, nullptr); });
        m_network.removeCard(0);
    }

private:
    Vm &m_vm;
    net::MachineNetwork &m_network;
};

Result<Fd> connectTo(const std::string &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    Fd server(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // sockaddr_un is made to be passed as sockaddr.
    if (::connect(server.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) < 0)
        return Error(ErrorKind::Io, "Nobody listens on \"" + path + "\": " + std::strerror(errno));
    return server;
}

Result<> connectFolders(Vm &vm, const std::vector<std::string> &sockets)
{
    for (unsigned folder = 0; folder < sockets.size(); ++folder) {
        Fd server = TRY(connectTo(sockets[folder]));
        vm.connectFolder(folder, std::move(server));
    }
    return {};
}

Result<std::shared_ptr<TpmBackend>> openTpm(const std::string &path, PollLoop &io)
{
    SwtpmBackend::Settings settings;
    settings.bufferBytes = TpmCrb::BufferBytes;
    settings.lost = [](const Error &error) { std::fprintf(stderr, "%s\n", error.text().c_str()); };
    Fd control = TRY(connectTo(path));
    std::shared_ptr<SwtpmBackend> tpm =
        TRY(SwtpmBackend::open(std::move(control), io, std::move(settings)));
    return std::shared_ptr<TpmBackend>(std::move(tpm));
}

int run(RunnerOptions options)
{
    auto io = PollLoop::start("io");
    if (!io) {
        std::fprintf(stderr, "%s\n", io.error().text().c_str());
        return 1;
    }
    VmConfig &config = options.config;
    config.firmware.image = contents(options.bios);
    if (options.variables.empty()) {
        config.firmware.vgaBios = contents(options.vgaBios);
    } else {
        config.firmware.variables = contents(options.variables);
        config.firmware.variablesPath = options.variables;
    }
    if (!options.kernel.empty()) {
        config.kernel.emplace();
        config.kernel->kernel = contents(options.kernel);
        if (!options.initrd.empty())
            config.kernel->initrd = contents(options.initrd);
        config.kernel->commandLine = options.commandLine;
        config.kernel->optionRom = contents(isMultibootKernel(config.kernel->kernel)
                                                ? "/usr/share/qemu/multiboot_dma.bin"
                                                : "/usr/share/qemu/linuxboot_dma.bin");
    }
    tests::RunnerOutcome outcome;
    tests::RunnerEvents events(outcome);
    config.serialPorts[0] =
        std::make_shared<tests::RunnerConsole>(outcome, options.until, options.pressPowerAt);
    config.hasTestDevices = options.hasDebugPort;
    if (!options.sound.empty()) {
        config.hasSoundCard = true;
        config.sound = std::make_shared<SoundFile>(options.sound);
    }
    if (options.hasDebugPort)
        config.debugPrinted = [](std::uint8_t byte) {
            [[maybe_unused]] const ssize_t written = ::write(1, &byte, 1);
        };

    unsigned port = 0;
    for (const auto &[path, kind] : options.drives) {
        const bool isOptical = kind == VmDriveKind::AhciOptical || kind == VmDriveKind::ScsiOptical;
        const bool hasPort = kind != VmDriveKind::VirtioDisk && kind != VmDriveKind::NvmeDisk;
        std::shared_ptr<BlockDevice> image;
        if (!isOptical || path != "none") {
            auto opened = RawImage::open({.path = path, .isReadOnly = isOptical}, **io);
            if (!opened) {
                std::fprintf(stderr, "%s\n", opened.error().text().c_str());
                return 1;
            }
            image = *std::move(opened);
        }
        config.drives.push_back({.kind = kind,
                                 .port = hasPort ? port++ : 0,
                                 .image = std::move(image),
                                 .label = path,
                                 .serial = "TEST" + std::to_string(port),
                                 .bootIndex = unsigned(config.drives.size())});
    }
    if (!options.tpm.empty()) {
        auto tpm = openTpm(options.tpm, **io);
        if (!tpm) {
            std::fprintf(stderr, "%s\n", tpm.error().text().c_str());
            return 1;
        }
        config.tpm = *std::move(tpm);
    }
    std::optional<tests::RunnerPorts> ports;
    if (!options.agents.empty())
        ports.emplace(options.agents, config);
    const auto begin = std::chrono::steady_clock::now();
    std::unique_ptr<net::MachineNetwork> network;
    if (options.hasNetwork || options.hasE1000) {
        auto started = Cable::prepare(
            config, options.hasE1000 ? VmNetworkModel::E1000 : VmNetworkModel::Virtio);
        if (!started) {
            std::fprintf(stderr, "%s\n", started.error().text().c_str());
            return 1;
        }
        network = *std::move(started);
    }
    auto vm = Vm::create(std::move(config), events, **io, network ? &network->loop() : nullptr);
    if (!vm) {
        std::fprintf(stderr, "%s\n", vm.error().text().c_str());
        return 1;
    }
    if (!options.stick.empty()) {
        auto stick = RawImage::open({.path = options.stick}, **io);
        if (!stick) {
            std::fprintf(stderr, "%s\n", stick.error().text().c_str());
            return 1;
        }
        if (const auto plugged = (*vm)->plugUsbStick(*std::move(stick), "STICK"); !plugged) {
            std::fprintf(stderr, "%s\n", plugged.error().text().c_str());
            return 1;
        }
    }
    std::unique_ptr<Cable> cable;
    if (network) {
        cable = std::make_unique<Cable>(**vm, *network);
        if (const Result<> pluggedIn = cable->plugIn(); !pluggedIn) {
            std::fprintf(stderr, "%s\n", pluggedIn.error().text().c_str());
            return 1;
        }
    }
    if (const Result<> connected = connectFolders(**vm, options.folderSockets); !connected) {
        std::fprintf(stderr, "%s\n", connected.error().text().c_str());
        return 1;
    }
    if (!options.restore.empty()) {
        const Fd file(::open(options.restore.c_str(), O_RDONLY | O_CLOEXEC));
        if (const Result<> restored = (*vm)->restore(file.get()); !restored) {
            std::fprintf(stderr, "%s\n", restored.error().text().c_str());
            return 1;
        }
    }
    if (const Result<> resumed = (*vm)->resume(); !resumed) {
        std::fprintf(stderr, "%s\n", resumed.error().text().c_str());
        return 1;
    }
    std::optional<RunnerCommands> commands;
    if (options.hasCommands)
        commands.emplace(**vm, **io, [&outcome] { outcome.end(true); });
    {
        std::unique_lock lock(outcome.mutex);
        const auto end = begin + std::chrono::seconds(options.timeoutSeconds);
        while (outcome.changed.wait_until(lock, end, [&] {
            return outcome.isOver || outcome.wantsPower;
        }) && !outcome.isOver) {
            outcome.wantsPower = false;
            lock.unlock(); // what the guest does now may end it
            (*vm)->pressPowerButton();
            lock.lock();
        }
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    commands.reset();
    [[maybe_unused]] const Result<> paused = (*vm)->pause();
    if (!options.save.empty() && outcome.isGood) {
        const Fd file(::open(options.save.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        const Result<> saved = (*vm)->save(file.get(), [](int) { return true; });
        if (!saved) {
            std::fprintf(stderr, "%s\n", saved.error().text().c_str());
            return 1;
        }
    }
    if (!options.screenshot.empty()) {
        const Result<> written = writeScreenshot((*vm)->screen(0), options.screenshot);
        if (!written)
            std::fprintf(stderr, "%s\n", written.error().text().c_str());
    }
    const ExitStatistics statistics = (*vm)->statistics();
    std::fprintf(stderr, "\n[%s after %.2f s and %llu exits]\n",
                 !outcome.isOver      ? "late"
                     : outcome.isGood ? "good"
                                      : "failed",
                 seconds.count(), (unsigned long long)statistics.total);
    if (!outcome.isOver)
        std::fprintf(stderr, "%s", (*vm)->describeVcpus().c_str());
    if (!options.statistics.empty())
        writeStatistics(statistics, options.statistics);
    return outcome.isOver && outcome.isGood ? 0 : 1;
}

} // namespace

int main(int count, char **words)
{
    RunnerOptions options;
    if (!parseRunnerOptions(count, words, options)) {
        std::fprintf(stderr, "vm_runner: wrong words; see the head of its source\n");
        return 2;
    }
    if (::access("/dev/kvm", R_OK | W_OK) != 0) {
        std::fprintf(stderr, "There is no /dev/kvm that this user may use\n");
        return Skipped;
    }
    return run(std::move(options));
}
