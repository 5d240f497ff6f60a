// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.1: task management and asynchronous notifications 5.6.6.2, events 5.6.6.3.
#include "engine/base/log.h"
#include "engine/devices/virtio/virtio_scsi_task.h"

#include <algorithm>
#include <array>
#include <utility>

namespace engine::virtio {

namespace {

enum ControlType : std::uint32_t { TaskManagement = 0, QueryNotices = 1, SubscribeNotices = 2 };
enum Function : std::uint32_t {
    AbortTask = 0,
    AbortTaskSet = 1,
    ClearTaskSet = 3,
    NexusReset = 4,
    UnitReset = 5,
    QueryTask = 6,
    QueryTaskSet = 7,
};
// struct virtio_scsi_ctrl_tmf: type, subtype, address, tag.
constexpr std::size_t ManagementBytes = 24;
constexpr std::size_t ManagedUnit = 8;
constexpr std::size_t ManagedTag = 16;
// struct virtio_scsi_ctrl_an: type, address, events; the answer: events, response.
constexpr std::size_t NoticesBytes = 16;
constexpr std::size_t NoticesAnswerBytes = 5;

constexpr std::uint32_t NoEvent = 0;
constexpr std::uint32_t EventsMissed = 0x80000000;
constexpr std::size_t EventBytes = 16; // event, address, reason

} // namespace

void VirtioScsi::control(const Chain &chain)
{
    std::array<std::uint8_t, ManagementBytes> request = {};
    const std::size_t size = copyFrom(chain.readable, 0, request);
    const auto type = loadLe<std::uint32_t>(&request[0]);
    const std::size_t needed = type == TaskManagement ? ManagementBytes : NoticesBytes;
    const std::size_t room = type == TaskManagement ? 1 : NoticesAnswerBytes;
    if (size < needed || chain.writableBytes < room) {
        needsReset("a SCSI order without its parts");
        return;
    }
    if (type == TaskManagement) {
        if (const std::optional<std::uint8_t> response = manage(chain, request)) {
            copyTo(chain.writable, 0, std::span(&*response, 1));
            queue(ControlQueue).push(chain.head, 1);
        }
        return;
    }
    // There is nothing that could be told this way (media are, by the event queue).
    std::array<std::uint8_t, NoticesAnswerBytes> answer = {};
    answer[4] = type == QueryNotices || type == SubscribeNotices ? ScsiOk : ScsiFailure;
    copyTo(chain.writable, 0, answer);
    queue(ControlQueue).push(chain.head, answer.size());
}

// The response, or nothing while tasks that it is about are at an image.
std::optional<std::uint8_t> VirtioScsi::manage(const Chain &chain,
                                               std::span<const std::uint8_t> request)
{
    Address address = {};
    std::copy_n(request.begin() + ManagedUnit, address.size(), address.begin());
    const auto tag = loadLe<std::uint64_t>(&request[ManagedTag]);
    const std::optional<Place> place = placeOf(address);
    if (!place || !m_targets[place->target].unit)
        return ScsiBadTarget;
    const auto function = loadLe<std::uint32_t>(&request[4]);
    if (place->unit != 0 && function != NexusReset)
        return ScsiIncorrectUnit;

    const bool isOfOneTask = function == AbortTask || function == QueryTask;
    std::vector<TaskPtr> tasks;
    for (const TaskPtr &task : m_tasks) {
        const std::optional<Place> itsPlace = placeOf(task->address);
        if (itsPlace && itsPlace->target == place->target && (!isOfOneTask || task->tag == tag))
            tasks.push_back(task);
    }
    switch (function) {
    case AbortTask:
    case AbortTaskSet:
    case ClearTaskSet:
        return hold(chain, std::move(tasks), ScsiAborted);
    case NexusReset:
    case UnitReset:
        m_targets[place->target].wasReset = true;
        return hold(chain, std::move(tasks), ScsiReset);
    case QueryTask:
    case QueryTaskSet: // whether there is any
        return tasks.empty() ? ScsiOk : ScsiFunctionSucceeded;
    default:
        return ScsiFunctionRejected;
    }
}

std::optional<std::uint8_t> VirtioScsi::hold(const Chain &chain, std::vector<TaskPtr> tasks,
                                             std::uint8_t response)
{
    if (tasks.empty())
        return ScsiOk;
    for (const TaskPtr &task : tasks)
        task->abort(response);
    m_orders.push_back(
        {.head = chain.head, .response = chain.writable.front().data(), .tasks = std::move(tasks)});
    return std::nullopt;
}

void VirtioScsi::settleOrders()
{
    bool isAnySettled = false;
    std::erase_if(m_orders, [&](const Order &order) {
        if (!order.tasks.empty())
            return false;
        *order.response = ScsiOk;
        queue(ControlQueue).push(order.head, 1);
        isAnySettled = true;
        return true;
    });
    if (isAnySettled)
        finish(ControlQueue);
}

// Events

bool VirtioScsi::writeEvent(std::span<const std::uint8_t> event)
{
    Virtqueue &ring = queue(EventQueue);
    const std::optional<Chain> chain = isLive() && ring.isEnabled() ? ring.pop() : std::nullopt;
    if (!chain) {
        finish(EventQueue); // it may have broken
        return false;
    }
    const std::size_t size = copyTo(chain->writable, 0, event);
    ring.push(chain->head, size);
    finish(EventQueue);
    return true;
}

void VirtioScsi::report(unsigned target, std::uint32_t event, std::uint32_t reason)
{
    std::array<std::uint8_t, EventBytes> bytes = {};
    storeLe(&bytes[0], event | (m_hasMissedEvents ? EventsMissed : 0));
    bytes[4] = 1;
    bytes[5] = std::uint8_t(target);
    storeLe(&bytes[12], reason);
    m_hasMissedEvents = !writeEvent(bytes);
}

// Once there are buffers again.
void VirtioScsi::reportMissed()
{
    std::array<std::uint8_t, EventBytes> bytes = {};
    storeLe(&bytes[0], NoEvent | EventsMissed);
    m_hasMissedEvents = !writeEvent(bytes);
}

} // namespace engine::virtio
