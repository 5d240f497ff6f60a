// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/board.h"

#include "engine/base/page_buffer.h"
#include "engine/devices/flash_cfi.h"
#include "engine/devices/fw_cfg.h"
#include "engine/devices/i8042.h"
#include "engine/devices/network_card.h"
#include "engine/devices/pci_hotplug.h"
#include "engine/devices/reset_ports.h"
#include "engine/devices/rtc_mc146818.h"
#include "engine/devices/test_device.h"
#include "engine/devices/tpm_crb.h"
#include "engine/devices/uart_16550.h"
#include "engine/vmm/board_cards.h"
#include "engine/vmm/board_graphics.h"
#include "engine/vmm/chipset.h"
#include "engine/vmm/firmware_files.h"
#include "engine/vmm/machine_input.h"

#include <algorithm>

#include <cpuid.h>

namespace engine {

namespace {

constexpr std::uint64_t ShadowEnd = 0x100000;
constexpr std::size_t MaxShadowBytes = 128 * 1024;
constexpr std::size_t MaxFirmwareBytes = 8 << 20;
constexpr std::uint64_t ReservedPageBytes = 4 * 4096;
constexpr std::uint16_t RtcPort = 0x70;
constexpr unsigned RtcIrq = 8;
constexpr std::uint16_t KeyboardDataPort = 0x60;
constexpr std::uint16_t KeyboardCommandPort = 0x64;
constexpr unsigned KeyboardIrq = 1;
constexpr unsigned MouseIrq = 12;

struct SerialPlace
{
    std::uint16_t port;
    unsigned irq;
};
constexpr std::array<SerialPlace, 4> SerialPlaces = {
    {{0x3f8, 4}, {0x2f8, 3}, {0x3e8, 4}, {0x2e8, 3}}};
constexpr std::uint64_t SerialPortCount = 8;

// The in-kernel interrupt controllers.
class KvmIrqChip final : public IrqChip
{
public:
    explicit KvmIrqChip(KvmMachine &kvm)
        : m_kvm(kvm)
    { }
    void setGsi(unsigned gsi, bool level) override { m_kvm.setGsi(gsi, level); }

private:
    KvmMachine &m_kvm;
};

CmosPresets cmosPresets(const VmConfig &config, const MemoryLayout &layout)
{
    CmosPresets presets;
    presets.memoryBelow4GiB = layout.lowBytes;
    presets.memoryAbove4GiB = layout.highBytes;
    presets.vcpus = config.vcpus;
    presets.clockOffsetSeconds = config.clockOffsetSeconds;
    return presets;
}

class PcBoard final : public Board
{
public:
    ~PcBoard() override
    {
        attachSerialPorts(nullptr);
        // Or what waits for space would keep them from being unplugged.
        if (m_cards.usb().hasDisks())
            m_cards.drives().giveUp();
        m_input.reset();
        if (m_graphics)
            m_graphics->closeScreen();
    }

    explicit PcBoard(BoardServices services)
        : m_services(std::move(services))
        , m_irqChip(m_services.kvm)
        , m_router(Chipset::wiring(config().board), m_irqChip)
        , m_configAccess(m_pci)
        , m_resetPorts(m_services.requests.reset)
        , m_power(Chipset::powerKind(config().board), m_services.clock,
                  m_router.isaLine(pci::SciIrq), m_services.requests.powerOff)
        , m_hotplug([this](std::uint32_t present) { m_cards.folders().showSlots(present); })
        , m_chipset(Chipset::make(config().board, m_router, m_configAccess, m_power))
        , m_rtc(m_router.isaLine(RtcIrq), m_services.clock,
                cmosPresets(config(), m_services.ram.layout()))
        , m_keyboard(m_router.isaLine(KeyboardIrq), m_router.isaLine(MouseIrq),
                     {.resetPulsed = m_services.requests.reset})
        , m_fwCfg(m_services.ram.memory())
    { }

    Result<> build()
    {
        TRY(addFirmware());
        addChipset();
        TRY(addVideo());
        addSerialPorts();
        TRY(m_cards.build(*m_chipset));
        addFolderSlots();
        addTpm();
        addInput();
        if (config().hasTestDevices)
            addTestDevice();
        return addFirmwareFiles(m_fwCfg, config(), facts(), [this] { return placements(); });
    }

    const std::vector<Device *> &devices() const override { return m_devices; }

    void resetMemory() override
    {
        // Below 1 MiB the firmware runs from a copy in RAM, which it changes.
        const std::span<std::uint8_t> image = m_firmware.bytes();
        const std::size_t size = std::min(image.size(), MaxShadowBytes);
        [[maybe_unused]] const bool isRam =
            m_services.ram.memory().write(ShadowEnd - size, image.last(size));
    }

    std::span<std::uint8_t> videoMemory() override { return m_graphics->videoMemory(); }

    void pressPowerButton() override
    {
        const std::lock_guard lock(m_power.lock());
        m_power.pressPowerButton();
    }

    Result<> changeMedium(unsigned drive, std::shared_ptr<BlockDevice> image, bool force) override
    {
        return m_cards.drives().changeMedium(drive, std::move(image), force);
    }
    void retryDisks() override { m_cards.drives().retry(); }
    void giveUpDisks() override { m_cards.drives().giveUp(); }

    Result<unsigned> plugUsb(std::shared_ptr<UsbBackend> device) override
    {
        return m_cards.usb().plug(std::move(device));
    }
    Result<unsigned> plugUsbStick(std::shared_ptr<BlockDevice> image,
                                  const std::string &serial) override
    {
        return m_cards.usb().plugStick(std::move(image), serial);
    }
    Result<unsigned> plugGamepad(unsigned from) override
    {
        return m_cards.usb().plugGamepad(from);
    }
    Result<> unplugUsb(unsigned connector) override { return m_cards.usb().unplug(connector); }

    net::FrameSink &cardSink(unsigned card) override { return m_cards.networkCard(card); }
    void connectCard(unsigned card, net::NetAdapter *adapter) override
    {
        m_cards.networkCard(card).connectCard(adapter);
    }
    void setLinkUp(unsigned card, bool isUp) override { m_cards.networkCard(card).setLinkUp(isUp); }
    unsigned folderPlaces() const override { return m_cards.folders().placeCount(); }
    void plugFolder(unsigned place, const std::string &tag) override
    {
        const unsigned slot = m_cards.folders().prepare(place, tag);
        {
            const std::lock_guard lock(m_hotplug.lock());
            m_hotplug.plug(slot);
        }
        raiseHotplug();
    }
    void unplugFolder(unsigned place) override
    {
        const unsigned slot = m_cards.folders().slotOf(place);
        bool isToTell = false;
        {
            const std::lock_guard lock(m_hotplug.lock());
            m_hotplug.requestEject(slot);
            isToTell = m_hotplug.isAnyToTell();
        }
        if (isToTell)
            raiseHotplug();
    }
    void connectFolder(unsigned place, Fd server) override
    {
        m_cards.folders().connect(place, std::move(server));
    }
    void disconnectFolder(unsigned place) override { m_cards.folders().disconnect(place); }
    bool hasFolderServer(unsigned place) const override
    {
        return m_cards.folders().isConnected(place);
    }
    virtio::VirtioBalloon *balloon() override { return m_cards.balloon(); }
    unsigned screenCount() const override { return m_graphics->screenCount(); }
    FrameSource &screen(unsigned number) override { return m_graphics->screen(number); }
    InputSink &input() override { return *m_input; }

private:
    VmConfig &config() { return m_services.config; }

    // The image ends at 4 GiB, where the processor starts.
    Result<> addFirmware()
    {
        const std::vector<std::uint8_t> &image = config().firmware.image;
        if (image.empty() || image.size() % 4096 != 0 || image.size() > MaxFirmwareBytes)
            return Error(ErrorKind::Invalid,
                         "The firmware's image has an impossible size: "
                             + std::to_string(image.size()) + " bytes");
        m_firmware = TRY(PageBuffer::allocate(image.size()));
        std::copy(image.begin(), image.end(), m_firmware.bytes().begin());
        TRY(m_services.kvm.addRom(FourGiB - image.size(), m_firmware.bytes()));
        return addVariables(FourGiB - image.size());
    }

    // UEFI's variables are in a flash chip right below its code.
    Result<> addVariables(std::uint64_t end)
    {
        const VmFirmware &firmware = config().firmware;
        if (firmware.variables.empty())
            return {};
        const std::uint64_t base = end - firmware.variables.size();
        m_variables = TRY(FlashCfi::create(
            firmware.variables,
            {.guestAddress = base,
             .path = firmware.variablesPath,
             .writeFailed =
                 [problem = m_services.requests.problem](const Error &error) {
                     problem({VmProblem::Kind::DiskError,
                              "The UEFI settings cannot be kept: " + error.text(), error.remedy()});
                 }},
            m_services.kvm, m_services.clock));
        m_services.memory.add(
            {.base = base, .size = firmware.variables.size(), .device = m_variables.get()});
        return {};
    }

    Result<> addVideo()
    {
        m_graphics = TRY(BoardGraphics::create(config(), m_services.clock, m_services.io));
        m_cards.slots().add(m_graphics->takeCard(), m_chipset->videoPlace());
        m_graphics->mapLegacy(m_services.ports, m_services.memory);
        return {};
    }

    void addChipset()
    {
        Bus &ports = m_services.ports;
        m_resetPorts.attach(ports); // within the next one's range
        m_configAccess.attach(ports);
        m_power.attach(ports);
        m_hotplug.attach(ports);
        ports.add({.base = RtcPort, .size = 2, .device = &m_rtc});
        ports.add({.base = FwCfg::BasePort, .size = FwCfg::PortCount, .device = &m_fwCfg});
        ports.add({.base = KeyboardDataPort, .size = 1, .device = &m_keyboard});
        ports.add({.base = KeyboardCommandPort, .size = 1, .device = &m_keyboard, .offset = 4});
        // The slots before the cards in them.
        m_devices = {&m_router, &m_configAccess, &m_resetPorts, &m_power,
                     &m_rtc,    &m_keyboard,     &m_fwCfg,      &m_hotplug};
        if (m_variables)
            m_devices.push_back(m_variables.get());
        for (const Chipset::Function &each : m_chipset->functions())
            m_cards.slots().plug(*each.function, each.place);
        m_cards.slots().startAt(m_chipset->firstFreeSlot());
    }

    void addFolderSlots()
    {
        const std::lock_guard lock(m_hotplug.lock());
        BoardFolders &folders = m_cards.folders();
        m_hotplug.setSlots(folders.slots(), folders.slotsAtStart());
    }

    void raiseHotplug()
    {
        const std::lock_guard lock(m_power.lock());
        m_power.raiseGpe(PciHotplug::GpeEvent);
    }

    void attachSerialPorts(PollLoop *loop)
    {
        m_services.io.run([&] {
            for (const auto &backend : config().serialPorts)
                if (backend)
                    backend->attach(loop);
        });
    }

    void addSerialPorts()
    {
        for (std::size_t i = 0; i < SerialPlaces.size(); ++i) {
            if (!config().serialPorts[i])
                continue;
            m_serialPorts[i] = std::make_unique<Uart16550>("com" + std::to_string(i + 1),
                                                           m_router.isaLine(SerialPlaces[i].irq),
                                                           config().serialPorts[i]);
            m_services.ports.add({.base = SerialPlaces[i].port,
                                  .size = SerialPortCount,
                                  .device = m_serialPorts[i].get()});
            m_devices.push_back(m_serialPorts[i].get());
        }
        attachSerialPorts(&m_services.io);
    }

    void addTpm()
    {
        if (!config().tpm)
            return;
        m_tpm = std::make_unique<TpmCrb>(config().tpm);
        m_services.memory.add(
            {.base = TpmCrb::BaseAddress, .size = TpmCrb::RegionBytes, .device = m_tpm.get()});
        m_devices.push_back(m_tpm.get());
    }

    void addInput()
    {
        m_input = std::make_unique<MachineInput>(
            m_keyboard,
            MachineInput::Hands{.tablet = m_cards.tablet(),
                                .keyboard = m_cards.usb().keyboard(),
                                .gamepad = m_cards.usb().gamepad()},
            MachineInput::Hooks{
                .placeOf = [this](unsigned monitor) { return m_graphics->placeOf(monitor); },
                .wasUsed =
                    [this] {
                        m_graphics->inputSent(m_input->pointerMode() == PointerMode::Absolute);
                    }});
    }

    void addTestDevice()
    {
        m_testDevice = std::make_unique<TestDevice>(
            [this](std::uint32_t code) { m_services.requests.testExit(std::uint8_t(code)); },
            config().debugPrinted);
        m_testDevice->attach(m_services.ports);
        m_devices.push_back(m_testDevice.get());
    }

    // Where firmware put what its tables name; any thread.
    FirmwarePlacements placements() const
    {
        FirmwarePlacements placements;
        if (m_power.base() != 0)
            placements.pmBase = m_power.base();
        if (m_configAccess.ecamBase() != 0)
            placements.ecamBase = std::uint32_t(m_configAccess.ecamBase());
        return placements;
    }

    BoardFacts facts()
    {
        BoardFacts facts;
        facts.board = config().board;
        facts.vcpus = config().vcpus;
        facts.lowMemoryBytes = m_services.ram.layout().lowBytes;
        facts.highMemoryBytes = m_services.ram.layout().highBytes;
        facts.reserved = {{ReservedPages, ReservedPageBytes}};
        // The guest has the host's addresses and, if any, its virtualization.
        unsigned registers[4] = {};
        if (__get_cpuid(0x80000008, &registers[0], &registers[1], &registers[2], &registers[3]))
            facts.physicalAddressBits = registers[0] & 0xff;
        if (__get_cpuid(1, &registers[0], &registers[1], &registers[2], &registers[3]))
            facts.isVmxOffered = (registers[2] & (1u << 5)) != 0;
        for (std::size_t i = 0; i < facts.serialPorts.size(); ++i)
            facts.serialPorts[i] = m_serialPorts[i] != nullptr;
        facts.hasTpm = m_tpm != nullptr;
        for (unsigned place = 0; place < folderPlaces(); ++place)
            facts.hotplugSlots.push_back(m_cards.folders().slotOf(place));
        facts.drives = m_cards.drivePlaces();
        facts.networkCards = m_cards.networkPlaces();
        return facts;
    }

    BoardServices m_services;
    PageBuffer m_firmware;
    std::unique_ptr<FlashCfi> m_variables;
    KvmIrqChip m_irqChip;
    PciBus m_pci;
    IrqRouter m_router;
    PciConfigAccess m_configAccess;
    ResetPorts m_resetPorts;
    AcpiPm m_power;
    PciHotplug m_hotplug;
    std::unique_ptr<Chipset> m_chipset;
    RtcMc146818 m_rtc;
    I8042 m_keyboard;
    FwCfg m_fwCfg;
    std::array<std::unique_ptr<Uart16550>, SerialPlaces.size()> m_serialPorts;
    std::vector<Device *> m_devices;
    std::unique_ptr<BoardGraphics> m_graphics; // its thread outlives its card
    BoardCards m_cards{m_services, m_pci, m_router, m_devices}; // after the chips they are wired to
    std::unique_ptr<MachineInput> m_input;
    std::unique_ptr<TpmCrb> m_tpm;
    std::unique_ptr<TestDevice> m_testDevice;
};

} // namespace

Result<std::unique_ptr<Board>> Board::create(BoardServices services)
{
    auto board = std::make_unique<PcBoard>(std::move(services));
    TRY(board->build());
    return std::unique_ptr<Board>(std::move(board));
}

} // namespace engine
