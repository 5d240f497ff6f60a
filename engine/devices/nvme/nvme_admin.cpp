// SPDX-License-Identifier: GPL-3.0-or-later
// The admin command set (5).
#include "engine/devices/nvme/nvme.h"

#include <algorithm>

namespace engine::nvme {

namespace {

// 5.21.1.7: numbers of I/O queues, from 0 on.
constexpr std::uint32_t MostIoQueues = Controller::QueueCount - 2;
constexpr std::uint32_t QueueNumbers = MostIoQueues | (MostIoQueues << 16);

// What the host sets is kept and told; nothing else comes of it.
bool isKept(std::uint8_t feature)
{
    switch (feature) {
    case Arbitration:
    case TemperatureThreshold:
    case ErrorRecovery:
    case VolatileWriteCache:
    case InterruptCoalescing:
    case WriteAtomicity:
    case EventConfiguration:
        return true;
    default:
        return false;
    }
}

} // namespace

std::uint32_t Controller::defaultFeature(std::uint8_t feature)
{
    constexpr std::uint32_t WarmKelvin = 343;
    return feature == TemperatureThreshold ? WarmKelvin : feature == VolatileWriteCache ? 1 : 0;
}

void Controller::resetFeatures()
{
    for (std::uint8_t feature = 0; feature < FeatureCount; ++feature)
        m_features[feature] = defaultFeature(feature);
}

void Controller::executeAdmin(const Entry &entry, const Command &command)
{
    std::uint32_t result = 0;
    switch (entry.opcode()) {
    case CreateSubmissionQueue:
        return complete(command, createSubmissionQueue(entry));
    case CreateCompletionQueue:
        return complete(command, createCompletionQueue(entry));
    case DeleteSubmissionQueue:
        return deleteSubmissionQueue(entry, command);
    case DeleteCompletionQueue:
        return complete(command, deleteCompletionQueue(entry));
    case nvme::Identify:
        return complete(command, identify(entry));
    case GetLogPage:
        return complete(command, logPage(entry));
    case SetFeatures: {
        const std::uint16_t status = setFeatures(entry, result);
        return complete(command, status, result);
    }
    case GetFeatures: {
        const std::uint16_t status = getFeatures(entry, result);
        return complete(command, status, result);
    }
    case AbortCommand:
        return complete(command, Success, 1); // it was not: the disk has it
    case AsynchronousEvent:
        if (m_eventRequests.size() >= MostEventRequests)
            return complete(command, TooManyEventRequests);
        m_eventRequests.push_back(command.id);
        --m_submissions[0].inFlight; // its completion stays owed
        return;
    default:
        return complete(command, InvalidOpcode);
    }
}

// 5.3
std::uint16_t Controller::createCompletionQueue(const Entry &entry)
{
    const unsigned index = entry.word(10) & 0xffff;
    const std::uint32_t size = (entry.word(10) >> 16) + 1;
    const std::uint32_t vector = entry.word(11) >> 16;
    const bool hasInterrupt = (entry.word(11) & 2) != 0;
    if (index == 0 || index >= QueueCount || m_completions[index].exists)
        return InvalidQueueId;
    if (size < 2 || size > MostEntries)
        return InvalidQueueSize;
    if ((entry.word(11) & 1) == 0) // in one piece, CAP says
        return InvalidField;
    if (entry.prp(0) % PageBytes != 0)
        return InvalidPrpOffset;
    if (vector >= QueueCount || (vector != 0 && !isMsixEnabled()))
        return InvalidVector;
    m_completions[index] = {.exists = true,
                            .address = entry.prp(0),
                            .size = size,
                            .hasInterrupt = hasInterrupt,
                            .vector = std::uint16_t(vector)};
    return Success;
}

// 5.4
std::uint16_t Controller::createSubmissionQueue(const Entry &entry)
{
    const unsigned index = entry.word(10) & 0xffff;
    const std::uint32_t size = (entry.word(10) >> 16) + 1;
    const std::uint32_t completions = entry.word(11) >> 16;
    if (index == 0 || index >= QueueCount || m_submissions[index].exists)
        return InvalidQueueId;
    if (completions == 0 || completions >= QueueCount || !m_completions[completions].exists)
        return InvalidCompletionQueue;
    if (size < 2 || size > MostEntries)
        return InvalidQueueSize;
    if ((entry.word(11) & 1) == 0)
        return InvalidField;
    if (entry.prp(0) % PageBytes != 0)
        return InvalidPrpOffset;
    m_submissions[index] = {.exists = true,
                            .address = entry.prp(0),
                            .size = size,
                            .completions = std::uint16_t(completions)};
    return Success;
}

// 5.5
std::uint16_t Controller::deleteCompletionQueue(const Entry &entry)
{
    const unsigned index = entry.word(10) & 0xffff;
    if (index == 0 || index >= QueueCount || !m_completions[index].exists)
        return InvalidQueueId;
    for (const SubmissionQueue &queue : m_submissions)
        if (queue.exists && queue.completions == index)
            return InvalidQueueDeletion;
    m_completions[index] = {};
    updatePin();
    return Success;
}

// 5.6: done when the last of its commands is, so that no disk writes to memory that was given back.
void Controller::deleteSubmissionQueue(const Entry &entry, const Command &command)
{
    const unsigned index = entry.word(10) & 0xffff;
    if (index == 0 || index >= QueueCount || !m_submissions[index].exists
        || m_submissions[index].deletion)
        return complete(command, InvalidQueueId);
    SubmissionQueue &queue = m_submissions[index];
    if (queue.inFlight > 0) {
        queue.deletion = command.id;
        return;
    }
    queue = {};
    complete(command, Success);
}

// 5.21
std::uint16_t Controller::setFeatures(const Entry &entry, std::uint32_t &result)
{
    const auto feature = std::uint8_t(entry.word(10));
    if ((entry.word(10) >> 31) != 0)
        return FeatureNotSaveable;
    if (feature == NumberOfQueues) {
        const std::uint32_t wanted = entry.word(11);
        if ((wanted & 0xffff) == 0xffff || (wanted >> 16) == 0xffff)
            return InvalidField;
        result = QueueNumbers;
        return Success;
    }
    if (feature == PowerManagement) // the one state that there is
        return (entry.word(11) & 0x1f) == 0 ? Success : InvalidField;
    if (feature == VectorConfiguration)
        return (entry.word(11) & 0xffff) < QueueCount ? Success : InvalidField;
    if (!isKept(feature))
        return InvalidField;
    m_features[feature] = entry.word(11);
    return Success;
}

// 5.14: the current value, the default one, the saved one (which is that), and what can be done.
std::uint16_t Controller::getFeatures(const Entry &entry, std::uint32_t &result) const
{
    const auto feature = std::uint8_t(entry.word(10));
    const std::uint32_t selector = (entry.word(10) >> 8) & 7;
    const bool isFixed =
        feature == NumberOfQueues || feature == PowerManagement || feature == VectorConfiguration;
    if ((!isKept(feature) && !isFixed) || selector > 3)
        return InvalidField;
    if (selector == 3) {
        constexpr std::uint32_t Changeable = 1u << 2;
        result = Changeable;
    } else if (feature == NumberOfQueues) {
        result = QueueNumbers;
    } else if (feature == VectorConfiguration) {
        result = entry.word(11) & 0xffff;
    } else if (feature == PowerManagement) {
        result = 0;
    } else {
        result = selector == 0 ? m_features[feature] : defaultFeature(feature);
    }
    return Success;
}

} // namespace engine::nvme
