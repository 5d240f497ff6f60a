// SPDX-License-Identifier: GPL-3.0-or-later
// Universal Serial Bus Specification 2.0: standard requests 9.4; where it says USB 3.2, the
// sections are those of the Universal Serial Bus 3.2 Specification.
#include "engine/devices/usb/usb_model.h"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

constexpr std::uint8_t TypeMask = 0x60; // of bmRequestType
constexpr std::uint8_t RecipientMask = 0x1f;
enum Recipient : std::uint8_t { ToDevice = 0, ToInterface = 1, ToEndpoint = 2 };

enum Request : std::uint8_t {
    GetStatus = 0,
    ClearFeature = 1,
    SetFeature = 3,
    GetDescriptor = 6,
    GetConfiguration = 8,
    SetConfiguration = 9,
    GetInterface = 10,
    SetInterface = 11,
    SetExitLatencies = 48, // SET_SEL, USB 3.2, 9.4.12
    SetIsochronousDelay = 49, // USB 3.2, 9.4.11
};
enum Feature : std::uint16_t {
    EndpointHalt = 0,
    FunctionSuspend = 0, // of an interface: USB 3.2, 9.4.9
    U1Enable = 48,
    U2Enable = 49,
};
// GET_STATUS of a device at SuperSpeed: USB 3.2, 9.4.5.
enum LinkFeature : std::uint8_t { U1IsOn = 1u << 2, U2IsOn = 1u << 3 };
constexpr std::size_t ExitLatencyBytes = 6;

} // namespace

UsbModel::UsbModel(Identity identity, Later later)
    : m_identity(std::move(identity))
    , m_later(std::move(later))
{
    for (const Endpoint &endpoint : m_identity.endpoints)
        m_queues.push_back({endpoint, {}, false});
}

// Transfers

UsbModel::Queue *UsbModel::find(std::uint8_t endpoint)
{
    const auto found = std::ranges::find_if(
        m_queues, [endpoint](const Queue &queue) { return queue.endpoint.address == endpoint; });
    return found == m_queues.end() ? nullptr : &*found;
}

const UsbModel::Queue *UsbModel::find(std::uint8_t endpoint) const
{
    return const_cast<UsbModel *>(this)->find(endpoint);
}

std::deque<std::shared_ptr<UsbTransfer>> &UsbModel::waiting(std::uint8_t endpoint)
{
    Queue *const queue = find(endpoint);
    check(queue, "a USB model has the endpoints that it names");
    return queue->waiting;
}

bool UsbModel::isHalted(std::uint8_t endpoint) const
{
    const Queue *const queue = find(endpoint);
    return queue && queue->isHalted;
}

void UsbModel::halt(std::uint8_t endpoint)
{
    Queue *const queue = find(endpoint);
    check(queue, "a USB model has the endpoints that it names");
    queue->isHalted = true;
    for (auto &transfer : std::exchange(queue->waiting, {}))
        finish(std::move(transfer), UsbOutcome::Stalled, 0);
}

void UsbModel::submit(std::shared_ptr<UsbTransfer> transfer)
{
    const Locked locked(m_mutex);
    if (transfer->kind == UsbTransferKind::Control)
        return control(std::move(transfer));
    Queue *const queue = find(transfer->endpoint);
    // An endpoint that is not there does not answer.
    if (!queue || !isConfigured())
        return finish(std::move(transfer), UsbOutcome::Failed, 0);
    if (queue->isHalted)
        return finish(std::move(transfer), UsbOutcome::Stalled, 0);
    queue->waiting.push_back(std::move(transfer));
    transfersWait();
}

void UsbModel::cancel(const std::shared_ptr<UsbTransfer> &transfer)
{
    const Locked locked(m_mutex);
    for (Queue &queue : m_queues)
        std::erase(queue.waiting, transfer);
}

void UsbModel::finish(std::shared_ptr<UsbTransfer> transfer, UsbOutcome outcome, std::size_t actual)
{
    transfer->outcome = outcome;
    transfer->actual = std::min(actual, transfer->data.size());
    ++*m_answersOnTheirWay;
    m_later([transfer = std::move(transfer), count = m_answersOnTheirWay] {
        transfer->completed(*transfer);
        --*count;
    });
}

void UsbModel::finishWith(std::shared_ptr<UsbTransfer> transfer, std::span<const std::uint8_t> data)
{
    const std::size_t count = std::min(data.size(), transfer->data.size());
    std::copy_n(data.begin(), count, transfer->data.begin());
    finish(std::move(transfer), UsbOutcome::Done, count);
}

void UsbModel::becomeUnconfigured()
{
    for (Queue &queue : m_queues) {
        queue.isHalted = false;
        for (auto &transfer : std::exchange(queue.waiting, {}))
            finish(std::move(transfer), UsbOutcome::Failed, 0);
    }
    m_configuration = 0;
    m_linkFeatures = 0;
    resetModel();
}

void UsbModel::resetDevice()
{
    const Locked locked(m_mutex);
    const bool wasConfigured = isConfigured();
    becomeUnconfigured();
    if (wasConfigured)
        configurationChanged();
}

void UsbModel::setRunning(bool isRunning)
{
    const Locked locked(m_mutex);
    m_isRunning = isRunning;
    if (isRunning)
        transfersWait();
}

// Requests

void UsbModel::control(std::shared_ptr<UsbTransfer> transfer)
{
    const UsbSetup setup = transfer->setup;
    const bool isIn = (setup.requestType & UsbToHost) != 0;
    std::vector<std::uint8_t> data;
    if (!isIn)
        data = transfer->data;
    const bool isOfInterface = (setup.requestType & (TypeMask | RecipientMask)) == ToInterface
        && setup.request == GetDescriptor;
    const bool isKnown = (setup.requestType & TypeMask) == 0 && !isOfInterface
        ? standardRequest(setup, data)
        : request(setup, data);
    if (!isKnown)
        return finish(std::move(transfer), UsbOutcome::Stalled, 0);
    if (isIn)
        return finishWith(std::move(transfer), data);
    const std::size_t sent = transfer->data.size();
    finish(std::move(transfer), UsbOutcome::Done, sent);
}

bool UsbModel::standardRequest(const UsbSetup &setup, std::vector<std::uint8_t> &data)
{
    const auto recipient = Recipient(setup.requestType & RecipientMask);
    Queue *const queue = recipient == ToEndpoint ? find(std::uint8_t(setup.index)) : nullptr;
    switch (setup.request) {
    case GetDescriptor:
        return recipient == ToDevice && describe(setup, data);
    case GetStatus:
        data = {std::uint8_t(queue && queue->isHalted ? 1 : 0), 0};
        if (recipient == ToDevice)
            data[0] = m_linkFeatures;
        return true;
    case ClearFeature:
    case SetFeature:
        if (recipient == ToDevice)
            return changeLinkFeature(setup.value, setup.request == SetFeature);
        if (recipient == ToInterface) // it is never asleep
            return isSuperSpeed() && setup.value == FunctionSuspend;
        if (recipient != ToEndpoint || setup.value != EndpointHalt)
            return false;
        if (!queue)
            return (setup.index & 0x7f) == 0; // the control endpoint's is of no effect
        if (setup.request == SetFeature) {
            halt(queue->endpoint.address);
            return true;
        }
        queue->isHalted = false;
        transfersWait();
        return true;
    case GetConfiguration:
        data = {m_configuration};
        return true;
    case SetConfiguration:
        if (setup.value > 1)
            return false;
        becomeUnconfigured();
        m_configuration = std::uint8_t(setup.value);
        configurationChanged();
        return true;
    case GetInterface:
        data = {0};
        return isConfigured() && setup.index == 0;
    case SetInterface:
        return isConfigured() && setup.index == 0 && setup.value == 0;
    // What a link of wire needs to know; this one has neither length nor sleep.
    case SetExitLatencies:
        return isSuperSpeed() && recipient == ToDevice && data.size() == ExitLatencyBytes;
    case SetIsochronousDelay:
        return isSuperSpeed() && recipient == ToDevice && setup.length == 0;
    default:
        return false;
    }
}

// USB 3.2, 9.4.9: of a configured device.
bool UsbModel::changeLinkFeature(std::uint16_t feature, bool isOn)
{
    if (!isSuperSpeed() || !isConfigured() || (feature != U1Enable && feature != U2Enable))
        return false;
    const auto bit = std::uint8_t(feature == U1Enable ? U1IsOn : U2IsOn);
    m_linkFeatures = std::uint8_t(isOn ? m_linkFeatures | bit : m_linkFeatures & ~bit);
    return true;
}

void UsbModel::serialize(StateArchive &archive)
{
    const Locked locked(m_mutex);
    if (archive.isLoading())
        becomeUnconfigured();
    // 2: the features of a SuperSpeed link.
    const std::uint32_t version =
        archive.beginChunk(m_identity.name, m_identity.knowsSuperSpeed ? 2 : 1);
    archive.value(m_configuration);
    if (version >= 2)
        archive.value(m_linkFeatures);
    for (Queue &queue : m_queues)
        archive.value(queue.isHalted);
    m_linkFeatures = std::uint8_t(isSuperSpeed() ? m_linkFeatures & (U1IsOn | U2IsOn) : 0);
    if (archive.isLoading() && m_configuration > 1) {
        m_configuration = 0;
        archive.fail("a configuration that there is not");
    }
    serializeModel(archive);
    archive.endChunk();
    if (archive.isLoading() && archive.hasFailed())
        becomeUnconfigured();
    if (archive.isLoading())
        configurationChanged();
}

} // namespace engine
