// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/atapi_drive.h"

#include "engine/devices/scsi/scsi_commands.h"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

// ATA8-ACS 7.18.6: command and data bit, direction bit.
constexpr std::uint16_t PacketEnd = 3;

enum AtaCommand : std::uint8_t {
    AtaDeviceReset = 0x08,
    AtaReadSectors = 0x20,
    AtaExecuteDiagnostic = 0x90,
    AtaPacket = 0xa0,
    AtaIdentifyPacket = 0xa1,
    AtaStandbyImmediate = 0xe0,
    AtaIdleImmediate = 0xe1,
    AtaStandby = 0xe2,
    AtaIdle = 0xe3,
    AtaCheckPowerMode = 0xe5,
    AtaSleep = 0xe6,
    AtaIdentify = 0xec,
    AtaSetFeatures = 0xef,
};

ScsiTask::Command commandOf(const AtaRequest &request)
{
    ScsiTask::Command command = {};
    std::copy(request.packet.begin(), request.packet.end(), command.begin());
    return command;
}

} // namespace

// A packet of the port's, which keeps it until it is finished.
class AtapiDrive::Task final : public ScsiTask
{
public:
    Task(AtapiDrive &drive, const AtaRequest &request, AtaHost &host)
        : ScsiTask(commandOf(request))
        , m_drive(drive)
        , m_request(request)
        , m_host(host)
    { }

    void answer(std::span<const std::uint8_t> data) override
    {
        if (!data.empty() && !m_host.send(m_request, data))
            return;
        m_drive.m_sense = {};
        // ATA8-ACS 7.18 PACKET: bit 0 of the features asks for DMA; interrupt reason in the count.
        const bool isDma = (m_request.features() & 1) != 0;
        m_host.finish(m_request,
                      {.protocol = isDma ? AtaProtocol::Plain : AtaProtocol::PacketPio,
                       .device = m_request.device(),
                       .count = PacketEnd,
                       .lba = m_request.lba()});
    }

    void fail(const ScsiSense &sense) override
    {
        m_drive.m_sense = sense;
        m_host.finish(m_request,
                      {.status = AtaReady | AtaSeekComplete | AtaError,
                       .error = std::uint8_t(sense.key << 4 | AtaAborted),
                       .device = m_request.device(),
                       .count = PacketEnd,
                       .lba = m_request.lba()});
    }

    std::optional<std::uint64_t> buffers(BlockOperation, std::uint64_t bytes,
                                         std::vector<iovec> &pieces) override
    {
        return m_host.buffers(m_request, bytes, pieces);
    }
    std::optional<std::uint64_t> receive(std::span<std::uint8_t> parameters) override
    {
        return m_host.receive(m_request, parameters);
    }
    void submit(std::shared_ptr<BlockDevice> image, BlockRequest request,
                std::function<void(Result<>)> then) override
    {
        m_host.submit(m_request, std::move(image), std::move(request), std::move(then));
    }

private:
    AtapiDrive &m_drive;
    const AtaRequest m_request;
    AtaHost &m_host;
};

AtapiDrive::AtapiDrive(std::shared_ptr<BlockDevice> medium, std::string serial,
                       std::function<void()> ejected)
    : m_serial(serial)
    , m_unit(std::move(medium), {.serial = std::move(serial), .isAtapi = true}, std::move(ejected))
{ }

AtaResult AtapiDrive::signature() const
{
    return {.status = 0, .error = 0x01, .count = 1, .lba = 0xeb1401};
}

void AtapiDrive::reset()
{
    m_unit.reset();
    m_transferMode = 0x45;
    resetLink();
}

void AtapiDrive::resetLink()
{
    m_sense = {};
}

void AtapiDrive::execute(const AtaRequest &request, AtaHost &host)
{
    switch (request.command()) {
    case AtaPacket:
        return packet(request, host);
    case AtaIdentifyPacket:
        return identify(request, host);
    case AtaDeviceReset:
        resetLink();
        return host.finish(request, signature());
    case AtaExecuteDiagnostic:
        return host.finish(request, signature());
    case AtaSetFeatures:
        return setFeatures(request, host);
    case AtaCheckPowerMode:
        return host.finish(request, {.device = request.device(), .count = 0xff});
    case AtaStandbyImmediate:
    case AtaIdleImmediate:
    case AtaStandby:
    case AtaIdle:
    case AtaSleep:
        return host.finish(request, {.device = request.device()});
    case AtaIdentify:
    case AtaReadSectors: {
        // ATA8-ACS 4.3: aborted, with the signature that says what kind of device this is.
        AtaResult result = signature();
        result.status = AtaReady | AtaError;
        result.error = AtaAborted;
        return host.finish(request, result);
    }
    default:
        return abort(request, host);
    }
}

void AtapiDrive::packet(const AtaRequest &request, AtaHost &host)
{
    const auto task = std::make_shared<Task>(*this, request, host);
    if (task->command[0] != scsi::RequestSense)
        return m_unit.execute(task);
    // There is no other way that sense data could take (SPC-4 6.39).
    const ScsiSense sense = m_sense.key == 0 ? m_unit.takeAttention() : m_sense;
    const auto data = fixedSense(sense);
    task->answer(std::span(data).first(std::min<std::size_t>(data.size(), task->command[4])));
}

void AtapiDrive::abort(const AtaRequest &request, AtaHost &host)
{
    host.finish(request,
                {.status = AtaReady | AtaSeekComplete | AtaError,
                 .error = AtaAborted,
                 .device = request.device(),
                 .count = request.count(),
                 .lba = request.lba()});
}

void AtapiDrive::setFeatures(const AtaRequest &request, AtaHost &host)
{
    // ATA8-ACS 7.47: the transfer mode; keeping of settings.
    const auto feature = std::uint8_t(request.features());
    const auto mode = std::uint8_t(request.count());
    const bool isDmaMode = (mode >= 0x20 && mode <= 0x22) || (mode >= 0x40 && mode <= 0x46);
    if (feature == 0x03 && (isDmaMode || mode <= 0x0c)) {
        if (isDmaMode)
            m_transferMode = mode;
    } else if (feature != 0x66 && feature != 0xcc) {
        return abort(request, host);
    }
    host.finish(request, {.device = request.device()});
}

void AtapiDrive::serialize(StateArchive &archive)
{
    archive.value(m_sense.key);
    archive.value(m_sense.code);
    archive.value(m_sense.qualifier);
    m_unit.serialize(archive);
    archive.value(m_transferMode);
    if (archive.isLoading())
        m_sense.key &= 0xf;
}

// ATA8-ACS 7.17
void AtapiDrive::identify(const AtaRequest &request, AtaHost &host)
{
    std::array<std::uint8_t, 512> data = {};
    const auto word = [&](std::size_t index, unsigned value) {
        storeLe(&data[2 * index], std::uint16_t(value));
    };
    word(0, 0x85c0); // ATAPI, CD/DVD, removable, quick, 12-byte packets
    storeAtaString(std::span(data).subspan(20, 20), m_serial);
    storeAtaString(std::span(data).subspan(46, 8), "1.0");
    storeAtaString(std::span(data).subspan(54, 40), "Vitrine DVD-ROM");
    word(49, 0x0f00); // DMA, LBA, IORDY
    word(50, 0x4000);
    word(53, 0x0006);
    const bool isUltra = (m_transferMode & 0x40) != 0;
    const unsigned active = 0x100u << (m_transferMode & 7);
    word(63, 0x0007 | (isUltra ? 0 : active));
    word(64, 0x0003);
    for (std::size_t i = 65; i <= 68; ++i)
        word(i, 120);
    word(71, 30); // nanoseconds until the bus is free
    word(72, 30);
    word(76, 0x000e); // 1.5, 3 and 6 Gb/s
    word(80, 0x01f0);
    word(82, 0x4218); // NOP, device reset, packet, power management
    word(83, 0x4000);
    word(84, 0x4000);
    word(85, 0x4218);
    word(87, 0x4000);
    word(88, 0x007f | (isUltra ? active : 0));
    word(222, 0x1020);
    storeAtaChecksum(data);
    if (host.send(request, data))
        host.finish(request, {.protocol = AtaProtocol::PioIn, .device = request.device()});
}

} // namespace engine
