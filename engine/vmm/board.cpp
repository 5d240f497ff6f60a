// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/board.h"

#include "engine/base/page_buffer.h"
#include "engine/devices/e1000/e1000.h"
#include "engine/devices/flash_cfi.h"
#include "engine/devices/fw_cfg.h"
#include "engine/devices/hda_controller.h"
#include "engine/devices/i8042.h"
#include "engine/devices/nvme/nvme.h"
#include "engine/devices/reset_ports.h"
#include "engine/devices/rtc_mc146818.h"
#include "engine/devices/test_device.h"
#include "engine/devices/tpm_crb.h"
#include "engine/devices/uart_16550.h"
#include "engine/devices/virtio/virtio_balloon.h"
#include "engine/devices/virtio/virtio_blk.h"
#include "engine/devices/virtio/virtio_console.h"
#include "engine/devices/virtio/virtio_input.h"
#include "engine/devices/virtio/virtio_net.h"
#include "engine/devices/virtio/virtio_rng.h"
#include "engine/vmm/board_drives.h"
#include "engine/vmm/board_folders.h"
#include "engine/vmm/board_graphics.h"
#include "engine/vmm/board_usb.h"
#include "engine/vmm/chipset.h"
#include "engine/vmm/firmware_files.h"
#include "engine/vmm/machine_input.h"

#include <algorithm>
#include <map>

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
        if (m_usb.hasDisks())
            m_drives->giveUp(); // or what waits for space would keep them from being unplugged
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
        TRY(addDrives());
        TRY(addNetworkCards());
        TRY(addSmallVirtio());
        TRY(addUsb());
        TRY(addBalloon());
        TRY(addSound());
        TRY(addConsole());
        TRY(addFolders());
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
        return m_drives->changeMedium(drive, std::move(image), force);
    }
    void retryDisks() override { m_drives->retry(); }
    void giveUpDisks() override { m_drives->giveUp(); }

    Result<unsigned> plugUsb(std::shared_ptr<UsbBackend> device) override
    {
        return m_usb.plug(std::move(device));
    }
    Result<unsigned> plugUsbStick(std::shared_ptr<BlockDevice> image,
                                  const std::string &serial) override
    {
        return m_usb.plugStick(std::move(image), serial);
    }
    Result<unsigned> plugGamepad(unsigned from) override { return m_usb.plugGamepad(from); }
    Result<> unplugUsb(unsigned connector) override { return m_usb.unplug(connector); }

    net::FrameSink &cardSink(unsigned card) override { return *m_cards.at(card); }
    void connectCard(unsigned card, net::NetAdapter *adapter) override
    {
        m_cards.at(card)->connectCard(adapter);
    }
    void setLinkUp(unsigned card, bool isUp) override { m_cards.at(card)->setLinkUp(isUp); }
    void connectFolder(unsigned folder, Fd server) override
    {
        m_folders->connect(folder, std::move(server));
    }
    void disconnectFolder(unsigned folder) override { m_folders->disconnect(folder); }
    virtio::VirtioBalloon *balloon() override { return m_balloon; }
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
        add(m_graphics->takeCard(), m_chipset->videoPlace());
        m_graphics->mapLegacy(m_services.ports, m_services.memory);
        return {};
    }

    void addChipset()
    {
        Bus &ports = m_services.ports;
        m_resetPorts.attach(ports); // within the next one's range
        m_configAccess.attach(ports);
        m_power.attach(ports);
        ports.add({.base = RtcPort, .size = 2, .device = &m_rtc});
        ports.add({.base = FwCfg::BasePort, .size = FwCfg::PortCount, .device = &m_fwCfg});
        ports.add({.base = KeyboardDataPort, .size = 1, .device = &m_keyboard});
        ports.add({.base = KeyboardCommandPort, .size = 1, .device = &m_keyboard, .offset = 4});
        m_devices = {&m_router, &m_configAccess, &m_resetPorts, &m_power,
                     &m_rtc,    &m_keyboard,     &m_fwCfg};
        if (m_variables)
            m_devices.push_back(m_variables.get());
        for (const Chipset::Function &each : m_chipset->functions())
            plug(*each.function, each.place);
        m_nextSlot = m_chipset->firstFreeSlot();
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

    Result<> addDrives()
    {
        m_drives = std::make_unique<BoardDrives>(config().drives, m_services.io,
                                                 m_services.requests.problem,
                                                 m_services.requests.mediumEjected);
        std::unique_ptr<Ahci> ahci = TRY(m_drives->makeAhci());
        PciPlace ahciPlace;
        if (ahci) {
            const std::optional<PciPlace> fixed = m_chipset->ahciPlace();
            ahciPlace = fixed ? *fixed : TRY(freePlace());
            add(std::move(ahci), ahciPlace);
        }
        std::map<unsigned, PciPlace> scsiPlaces;
        for (unsigned i = 0; i < config().drives.size(); ++i) {
            const VmDrive &drive = config().drives[i];
            if (drive.kind == VmDriveKind::ScsiDisk || drive.kind == VmDriveKind::ScsiOptical) {
                if (!scsiPlaces.contains(drive.scsiCard)) {
                    const PciPlace place = TRY(freePlace());
                    add(TRY(m_drives->makeScsi(drive.scsiCard)), place);
                    scsiPlaces[drive.scsiCard] = place;
                }
                m_drivePlaces.push_back(scsiPlaces[drive.scsiCard]);
                continue;
            }
            const bool isNvme = drive.kind == VmDriveKind::NvmeDisk;
            if (!isNvme && drive.kind != VmDriveKind::VirtioDisk) {
                m_drivePlaces.push_back(ahciPlace); // a USB disk's comes with its controller
                continue;
            }
            const PciPlace place = TRY(freePlace());
            if (isNvme)
                add(std::make_unique<nvme::Controller>("nvme-" + std::to_string(i),
                                                       m_drives->takeImage(i), drive.serial),
                    place);
            else
                add(std::make_unique<virtio::VirtioBlk>("virtio-blk-" + std::to_string(i),
                                                        m_drives->takeImage(i), drive.serial,
                                                        &m_services.io),
                    place);
            m_drivePlaces.push_back(place);
        }
        return {};
    }

    Result<> addNetworkCards()
    {
        check(config().networkCards.empty() || m_services.network, "cards need a network thread");
        for (const VmNetworkCard &card : config().networkCards) {
            const PciPlace place = TRY(freePlace());
            const std::string number = std::to_string(card.adapter);
            if (card.model == VmNetworkModel::E1000)
                m_cards.push_back(&add(std::make_unique<e1000::E1000>(
                                           "e1000-" + number, card.macAddress, card.isLinkUp,
                                           m_services.clock, *m_services.network),
                                       place));
            else
                m_cards.push_back(&add(
                    std::make_unique<virtio::VirtioNet>("virtio-net-" + number, card.macAddress,
                                                        card.isLinkUp, *m_services.network),
                    place));
            m_cardPlaces.push_back(place);
        }
        return {};
    }

    Result<> addSmallVirtio()
    {
        const PciPlace rng = TRY(freePlace());
        add(std::make_unique<virtio::VirtioRng>("virtio-rng", m_services.clock, &m_services.io),
            rng);
        if (config().pointer != VmPointer::VirtioTablet)
            return {};
        const PciPlace tablet = TRY(freePlace());
        m_tablet =
            &add(std::make_unique<virtio::VirtioInput>("virtio-tablet", &m_services.io), tablet);
        return {};
    }

    Result<> addBalloon()
    {
        if (!config().hasBalloon)
            return {};
        const PciPlace place = TRY(freePlace());
        m_balloon =
            &add(std::make_unique<virtio::VirtioBalloon>("virtio-balloon", &m_services.io), place);
        return {};
    }

    // After these, so that a machine with sound has its other cards where it had them without.
    Result<> addSound()
    {
        if (!config().hasSoundCard)
            return {};
        const std::optional<PciPlace> fixed = m_chipset->soundPlace();
        const PciPlace place = fixed ? *fixed : TRY(freePlace());
        add(std::make_unique<hda::Controller>("hda",
                                              config().board == VmBoard::I440fx
                                                  ? hda::Controller::Model::Ich6
                                                  : hda::Controller::Model::Ich9,
                                              m_services.clock, config().sound),
            place);
        return {};
    }

    Result<> addConsole()
    {
        if (config().ports.empty())
            return {};
        std::vector<virtio::ConsolePort> ports;
        for (const VmPort &port : config().ports)
            ports.push_back({port.name, port.backend});
        const PciPlace place = TRY(freePlace());
        add(std::make_unique<virtio::VirtioConsole>("virtio-console", std::move(ports),
                                                    &m_services.io),
            place);
        return {};
    }

    // Last of the cards, so that the others' places do not depend on folders.
    Result<> addFolders()
    {
        if (config().sharedFolders.empty())
            return {};
        m_folders = TRY(BoardFolders::create());
        for (const VmSharedFolder &folder : config().sharedFolders) {
            const PciPlace place = TRY(freePlace());
            add(m_folders->makeCard(folder), place);
        }
        return {};
    }

    Result<> addUsb()
    {
        if (!config().hasUsb) {
            for (const VmDrive &drive : config().drives)
                if (drive.kind == VmDriveKind::UsbDisk)
                    return Error(ErrorKind::Invalid,
                                 "The disk \"" + drive.label + "\" needs a USB controller");
            return {};
        }
        const PciPlace place = TRY(freePlace());
        m_usb.use(add(std::make_unique<Xhci>(m_services.clock, &m_services.io), place));
        if (config().pointer == VmPointer::UsbTablet)
            m_tablet = TRY(m_usb.plugTablet());
        if (config().hasUsbKeyboard)
            TRY(m_usb.plugKeyboard());
        for (unsigned i = 0; i < config().drives.size(); ++i) {
            VmDrive &drive = config().drives[i];
            if (drive.kind != VmDriveKind::UsbDisk)
                continue;
            drive.port = TRY(m_usb.plugDisk(m_drives->takeImage(i), drive));
            m_drivePlaces[i] = place;
        }
        return {};
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
            MachineInput::Hands{
                .tablet = m_tablet, .keyboard = m_usb.keyboard(), .gamepad = m_usb.gamepad()},
            MachineInput::Hooks{
                .placeOf = [this](unsigned monitor) { return m_graphics->placeOf(monitor); },
                .wasUsed =
                    [this] {
                        m_graphics->inputSent(m_input->pointerMode() == PointerMode::Absolute);
                    }});
    }

    template <class Function>
    Function &add(std::unique_ptr<Function> function, PciPlace place)
    {
        Function &added = *function;
        m_functions.push_back(std::move(function));
        plug(added, place);
        return added;
    }

    Result<PciPlace> freePlace()
    {
        if (m_nextSlot >= PciBus::SlotCount || m_pci.function(m_nextSlot))
            return Error(ErrorKind::Invalid, "The machine has more PCI devices than slots");
        return PciPlace{m_nextSlot++, 0};
    }

    void plug(PciFunction &function, PciPlace place)
    {
        PciConnections connections;
        connections.memory = &m_services.memory;
        connections.ports = &m_services.ports;
        connections.ram = &m_services.ram.memory();
        connections.msi = &m_services.kvm;
        connections.mapper = &m_services.kvm;
        connections.doorbells = &m_services.kvm;
        connections.msiEvents = &m_services.kvm;
        if (function.interruptPin() != 0)
            connections.interruptPin = &m_router.pciPin(place.slot, function.interruptPin());
        function.connect(connections);
        m_pci.add(function, place.slot, place.function);
        m_devices.push_back(&function);
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
        facts.drives = m_drivePlaces;
        facts.networkCards = m_cardPlaces;
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
    std::unique_ptr<Chipset> m_chipset;
    RtcMc146818 m_rtc;
    I8042 m_keyboard;
    FwCfg m_fwCfg;
    std::array<std::unique_ptr<Uart16550>, SerialPlaces.size()> m_serialPorts;
    std::unique_ptr<BoardFolders> m_folders; // its thread outlives its cards
    std::unique_ptr<BoardGraphics> m_graphics; // likewise
    std::vector<std::unique_ptr<PciFunction>> m_functions;
    std::unique_ptr<BoardDrives> m_drives; // after the functions: it waits for their requests
    BoardUsb m_usb{m_services.io}; // likewise
    std::vector<NetworkCard *> m_cards; // of these, as is the following
    AbsolutePointer *m_tablet = nullptr;
    virtio::VirtioBalloon *m_balloon = nullptr;
    std::unique_ptr<MachineInput> m_input;
    std::unique_ptr<TpmCrb> m_tpm;
    std::unique_ptr<TestDevice> m_testDevice;

    unsigned m_nextSlot = 0;
    std::vector<PciPlace> m_drivePlaces;
    std::vector<PciPlace> m_cardPlaces;
    std::vector<Device *> m_devices;
};

} // namespace

Result<std::unique_ptr<Board>> Board::create(BoardServices services)
{
    auto board = std::make_unique<PcBoard>(std::move(services));
    TRY(board->build());
    return std::unique_ptr<Board>(std::move(board));
}

} // namespace engine
