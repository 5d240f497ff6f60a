// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.1: queues 5.6.2, features 5.6.3, configuration 5.6.4, commands 5.6.6.1.
#include "engine/devices/virtio/virtio_scsi.h"

#include "engine/base/log.h"
#include "engine/devices/scsi/scsi_commands.h"
#include "engine/devices/virtio/virtio_scsi_task.h"

#include <algorithm>
#include <utility>

namespace engine::virtio {

namespace {

constexpr std::uint16_t DeviceType = 8;
constexpr std::uint32_t ClassCode = 0x010000; // SCSI storage controller
constexpr std::uint64_t FeatureChange = 1 << 2; // media that change are told

constexpr std::uint32_t MaxSegments = VirtioScsi::QueueSize - 2; // request and answer
constexpr std::uint32_t MaxSectors = 65536;
constexpr std::uint32_t CommandsOfUnit = 128;
constexpr std::uint32_t EventBytes = 16;
constexpr std::uint32_t UsualSenseBytes = 96;
constexpr std::uint32_t UsualCommandBytes = 32;
constexpr std::uint32_t MostBytes = 255; // that a driver may set one of these two to

constexpr std::uint8_t CheckCondition = 2;

// struct virtio_scsi_config
enum Config : std::size_t {
    QueueCount = 0,
    SegmentCount = 4,
    SectorCount = 8,
    CommandCount = 12,
    EventSize = 16,
    SenseSize = 20,
    CommandSize = 24,
    MaxChannel = 28,
    MaxTarget = 30,
    MaxUnit = 32,
    ConfigBytes = 36,
};

} // namespace

VirtioScsi::VirtioScsi(std::string name, EjectNotice ejected, PollLoop *loop)
    : VirtioPci(std::move(name),
                {.deviceType = DeviceType,
                 .classCode = ClassCode,
                 .features = FeatureChange,
                 .queueSizes = {QueueSize, QueueSize, QueueSize},
                 .configBytes = ConfigBytes},
                loop)
    , m_ejected(std::move(ejected))
{
    std::uint8_t *const config = deviceConfig().data();
    storeLe(config + QueueCount, std::uint32_t(1));
    storeLe(config + SegmentCount, MaxSegments);
    storeLe(config + SectorCount, MaxSectors);
    storeLe(config + CommandCount, CommandsOfUnit);
    storeLe(config + EventSize, EventBytes);
    storeLe(config + MaxTarget, std::uint16_t(MaxTargets - 1));
    setConfigDefaults();
}

VirtioScsi::~VirtioScsi()
{
    leaveLoop();
}

void VirtioScsi::attachDisk(unsigned target, std::shared_ptr<BlockDevice> image,
                            ScsiDiskIdentity identity)
{
    check(target < MaxTargets && !m_targets[target].unit && image,
          "a disk has a target of its own, and an image");
    m_targets[target].unit = std::make_unique<ScsiDisk>(std::move(image), std::move(identity));
}

void VirtioScsi::attachOptical(unsigned target, std::shared_ptr<BlockDevice> medium,
                               std::string serial)
{
    check(target < MaxTargets && !m_targets[target].unit, "a drive has a target of its own");
    auto drive = std::make_unique<OpticalUnit>(
        std::move(medium), OpticalIdentity{.serial = std::move(serial)}, [this, target] {
            if (m_ejected)
                m_ejected(target);
        });
    m_targets[target].optical = drive.get();
    m_targets[target].unit = std::move(drive);
}

Result<> VirtioScsi::changeMedium(unsigned target, std::shared_ptr<BlockDevice> medium, bool force)
{
    if (target >= MaxTargets || !m_targets[target].optical)
        return Error(ErrorKind::NotFound, "There is no optical drive at this target");
    // The old one goes after the lock: closing may take its time.
    std::shared_ptr<BlockDevice> old;
    const std::lock_guard guard(lock());
    TRY(m_targets[target].optical->changeMedium(std::move(medium), force, old));
    constexpr std::uint32_t ParametersChanged = 3; // 5.6.6.3, with the sense as the reason
    if (hasFeature(FeatureChange))
        report(target, ParametersChanged,
               scsi::MediumChanged.code | std::uint32_t(scsi::MediumChanged.qualifier) << 8);
    return {};
}

// Configuration

void VirtioScsi::setConfigDefaults()
{
    m_senseBytes = UsualSenseBytes;
    m_commandBytes = UsualCommandBytes;
    storeLe(&deviceConfig()[SenseSize], m_senseBytes);
    storeLe(&deviceConfig()[CommandSize], m_commandBytes);
}

// 5.6.4: how long commands and sense are is the driver's choice.
void VirtioScsi::writeDeviceConfig(std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (size != 4 || value == 0 || value > MostBytes)
        return;
    if (offset == SenseSize)
        m_senseBytes = std::uint32_t(value);
    else if (offset == CommandSize)
        m_commandBytes = std::uint32_t(value);
    else
        return;
    storeLe(&deviceConfig()[std::size_t(offset)], std::uint32_t(value));
}

// Life

void VirtioScsi::resetVirtio()
{
    ++m_generation;
    m_stale = m_inFlight;
    m_tasks.clear();
    m_orders.clear();
    m_hasMissedEvents = false;
    setConfigDefaults();
}

void VirtioScsi::resetCard()
{
    for (Target &target : m_targets) {
        target.wasReset = false;
        if (target.unit)
            target.unit->reset();
    }
}

void VirtioScsi::serializeVirtio(StateArchive &archive, std::uint32_t)
{
    archive.value(m_senseBytes);
    archive.value(m_commandBytes);
    archive.value(m_hasMissedEvents);
    for (Target &target : m_targets) {
        if (!target.unit)
            continue;
        archive.value(target.wasReset);
        target.unit->serialize(archive);
    }
    if (!archive.isLoading() || archive.hasFailed())
        return;
    const auto isPossible = [](std::uint32_t size) { return size != 0 && size <= MostBytes; };
    if (!isPossible(m_senseBytes) || !isPossible(m_commandBytes))
        return archive.fail("its driver has set an impossible size");
    storeLe(&deviceConfig()[SenseSize], m_senseBytes);
    storeLe(&deviceConfig()[CommandSize], m_commandBytes);
}

// Commands

bool VirtioScsi::processQueue(unsigned index)
{
    Virtqueue &ring = queue(index);
    if (index == EventQueue) { // its buffers wait for events
        if (m_hasMissedEvents)
            reportMissed();
        return true;
    }
    bool isDone = false;
    ring.setNotified(false);
    for (unsigned i = 0; i < ring.size() && !isDone && isLive(); ++i) {
        std::optional<Chain> chain = ring.pop();
        if (!chain)
            isDone = true;
        else if (index == ControlQueue)
            control(*chain);
        else
            startCommand(std::move(*chain));
    }
    ring.setNotified(true);
    finish(index);
    return isDone && !ring.hasAvailable();
}

// 1, the target, and the unit by flat space addressing (SAM-5 4.7.7.3) or as it is.
std::optional<VirtioScsi::Place> VirtioScsi::placeOf(const Address &address)
{
    const unsigned unit = (address[2] & 0x3fu) << 8 | address[3];
    if (address[0] != 1 || address[1] >= MaxTargets || (address[2] & 0x80) != 0)
        return std::nullopt;
    return Place{address[1], unit};
}

void VirtioScsi::startCommand(Chain chain)
{
    std::array<std::uint8_t, ScsiRequestBytes + MostBytes> request = {};
    const std::size_t size = ScsiRequestBytes + m_commandBytes;
    if (copyFrom(chain.readable, 0, std::span(request).first(size)) < size
        || chain.writableBytes < ScsiAnswerBytes + m_senseBytes) {
        needsReset("a SCSI command without its header or room for the answer");
        return;
    }
    Address address = {};
    std::copy_n(request.begin(), address.size(), address.begin());
    ScsiTask::Command command = {};
    std::copy_n(request.begin() + ScsiRequestBytes,
                std::min<std::size_t>(m_commandBytes, command.size()), command.begin());
    const auto task = std::make_shared<Task>(*this, command, std::move(chain), address,
                                             loadLe<std::uint64_t>(&request[ScsiTagOffset]));
    const std::optional<Place> place = placeOf(address);
    if (!place || !m_targets[place->target].unit)
        return task->end(ScsiBadTarget);
    execute(task, *place);
}

void VirtioScsi::execute(const TaskPtr &task, const Place &place)
{
    Target &target = m_targets[place.target];
    if (place.unit != 0) { // SPC-4 6.4.1 and 6.33: what one says that is not there
        constexpr std::array<std::uint8_t, 36> Absent = {0x7f, 0, 6, 2, 31};
        const std::uint8_t *const cdb = task->command.data();
        const std::size_t allocated = loadBe<std::uint16_t>(cdb + 3);
        if (cdb[0] == scsi::Inquiry && (cdb[1] & 1) == 0)
            return task->answer(std::span(Absent).first(std::min(Absent.size(), allocated)));
        if (cdb[0] != scsi::ReportLuns)
            return task->fail(scsi::NoSuchUnit);
    }
    const std::uint8_t code = task->command[0];
    const bool isAlwaysAnswered =
        code == scsi::Inquiry || code == scsi::ReportLuns || code == scsi::RequestSense;
    if (!isAlwaysAnswered && std::exchange(target.wasReset, false))
        return task->fail(scsi::WasReset);
    target.unit->execute(task);
}

// One way or the other.
void VirtioScsi::taskLeft(Task &task)
{
    std::erase_if(m_tasks, [&](const TaskPtr &one) { return one.get() == &task; });
    for (Order &order : m_orders)
        std::erase_if(order.tasks, [&](const TaskPtr &one) { return one.get() == &task; });
}

// Tasks

VirtioScsi::Task::Task(VirtioScsi &device, const Command &commandBytes, Chain chain,
                       const Address &unitAddress, std::uint64_t commandTag)
    : ScsiTask(commandBytes)
    , address(unitAddress)
    , tag(commandTag)
    , m_device(device)
    , m_chain(std::move(chain))
    , m_requestBytes(ScsiRequestBytes + device.m_commandBytes)
    , m_answerBytes(ScsiAnswerBytes + device.m_senseBytes)
    , m_generation(device.m_generation)
{ }

void VirtioScsi::Task::answer(std::span<const std::uint8_t> data)
{
    if (!data.empty())
        m_moved = copyTo(m_chain.writable, m_answerBytes, data);
    finish(ScsiOk, 0, {});
}

void VirtioScsi::Task::fail(const ScsiSense &sense)
{
    m_moved = 0;
    finish(ScsiOk, CheckCondition, fixedSense(sense));
}

std::optional<std::uint64_t> VirtioScsi::Task::buffers(BlockOperation operation,
                                                       std::uint64_t bytes,
                                                       std::vector<iovec> &pieces)
{
    const bool isRead = operation == BlockOperation::Read;
    const Chain::Pieces found = isRead ? part(m_chain.writable, m_answerBytes, bytes)
                                       : part(m_chain.readable, m_requestBytes, bytes);
    std::uint64_t total = 0;
    for (const std::span<std::uint8_t> piece : found) {
        pieces.push_back({piece.data(), piece.size()});
        total += piece.size();
    }
    if (total < bytes) { // 5.6.6.1: more data than the driver has room for, or sent
        end(ScsiOverrun);
        return std::nullopt;
    }
    m_moved = total;
    return total;
}

std::optional<std::uint64_t> VirtioScsi::Task::receive(std::span<std::uint8_t> parameters)
{
    m_moved = copyFrom(m_chain.readable, m_requestBytes, parameters);
    return m_moved;
}

void VirtioScsi::Task::submit(std::shared_ptr<BlockDevice> image, BlockRequest request,
                              std::function<void(Result<>)> then)
{
    ++m_device.m_inFlight;
    if (!std::exchange(isAtImage, true))
        m_device.m_tasks.push_back(shared_from_this());
    request.completed = [self = shared_from_this(), image, then = std::move(then)](
                            Result<> result) { self->returned(then, std::move(result)); };
    image->submit(std::move(request));
}

void VirtioScsi::Task::returned(const std::function<void(Result<>)> &then, Result<> result)
{
    const std::lock_guard guard(m_device.lock());
    --m_device.m_inFlight;
    if (m_generation != m_device.m_generation) {
        if (--m_device.m_stale == 0)
            m_device.kickAll();
        return;
    }
    if (m_aborted)
        end(*m_aborted);
    else
        then(std::move(result));
    m_device.settleOrders();
    m_device.finish(RequestQueue);
}

void VirtioScsi::Task::finish(std::uint8_t response, std::uint8_t status,
                              std::span<const std::uint8_t> sense)
{
    check(!m_isEnded, "a SCSI task ends once");
    m_isEnded = true;
    const std::uint64_t readable = m_chain.readableBytes - m_requestBytes;
    const std::uint64_t writable = m_chain.writableBytes - m_answerBytes;
    const std::uint64_t expected = writable != 0 ? writable : readable;
    std::array<std::uint8_t, ScsiAnswerBytes + MostBytes> answer = {};
    const std::size_t senseBytes = std::min(sense.size(), m_answerBytes - ScsiAnswerBytes);
    storeLe(&answer[SenseLength], std::uint32_t(senseBytes));
    storeLe(
        &answer[Residual],
        std::uint32_t(std::min<std::uint64_t>(expected - std::min(expected, m_moved), 0xffffffff)));
    answer[ScsiStatus] = status;
    answer[Response] = response;
    std::copy_n(sense.begin(), senseBytes, answer.begin() + ScsiAnswerBytes);
    copyTo(m_chain.writable, 0, std::span(answer).first(m_answerBytes));
    const std::uint64_t toGuest = writable != 0 ? std::min(m_moved, writable) : 0;
    m_device.queue(RequestQueue).push(m_chain.head, m_answerBytes + toGuest);
    if (isAtImage)
        m_device.taskLeft(*this);
}

} // namespace engine::virtio
