// SPDX-License-Identifier: GPL-3.0-or-later
// Universal Serial Bus Specification 2.0: standard requests 9.4, descriptors 9.6.
#include "engine/devices/usb/usb_model.h"

#include "engine/base/bytes.h"

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
};
constexpr std::uint16_t EndpointHalt = 0;

enum DescriptorType : std::uint8_t {
    DeviceDescriptor = 1,
    ConfigurationDescriptor = 2,
    StringDescriptor = 3,
    InterfaceDescriptor = 4,
    EndpointDescriptor = 5,
    QualifierDescriptor = 6,
};
constexpr std::size_t DeviceDescriptorBytes = 18;
constexpr std::size_t QualifierBytes = 10;
constexpr std::size_t HeaderBytes = 9; // of configuration and interface

enum StringIndex : std::uint8_t { NoString = 0, Manufacturer = 1, Product = 2, Serial = 3 };
constexpr std::uint8_t PlainAttributes = 0x80; // bus-powered
constexpr std::uint8_t PowerIn2Milliamperes = 50;
constexpr std::uint16_t EnglishUs = 0x0409;
constexpr std::size_t LongestString = 126;

void append16(std::vector<std::uint8_t> &bytes, std::uint16_t value)
{
    bytes.push_back(std::uint8_t(value));
    bytes.push_back(std::uint8_t(value >> 8));
}

std::vector<std::uint8_t> stringDescriptor(const std::string &text)
{
    const std::size_t length = std::min(text.size(), LongestString);
    std::vector<std::uint8_t> bytes = {std::uint8_t(2 + 2 * length), StringDescriptor};
    for (std::size_t i = 0; i < length; ++i)
        append16(bytes, std::uint8_t(text[i]));
    return bytes;
}

std::uint8_t attributesOf(UsbTransferKind kind)
{
    switch (kind) {
    case UsbTransferKind::Control:
        return 0;
    case UsbTransferKind::Isochronous:
        return 1;
    case UsbTransferKind::Bulk:
        return 2;
    case UsbTransferKind::Interrupt:
        return 3;
    }
    return 0;
}

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
        return true;
    case ClearFeature:
    case SetFeature:
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
    default:
        return false;
    }
}

bool UsbModel::describe(const UsbSetup &setup, std::vector<std::uint8_t> &data)
{
    const auto index = std::uint8_t(setup.value);
    switch (setup.value >> 8) {
    case DeviceDescriptor:
        data = deviceDescriptor();
        return index == 0;
    case ConfigurationDescriptor:
        data = configurationDescriptor();
        return index == 0;
    case QualifierDescriptor: {
        // 9.6.2: what it would be at the other speed, the same; only of those that have two.
        const std::vector<std::uint8_t> device = deviceDescriptor();
        data.assign(device.begin(), device.begin() + 8);
        data[0] = QualifierBytes;
        data[1] = QualifierDescriptor;
        data.insert(data.end(), {1, 0});
        return m_identity.speed == UsbLinkSpeed::High;
    }
    case StringDescriptor:
        switch (index) {
        case NoString:
            data = {4, StringDescriptor, std::uint8_t(EnglishUs), EnglishUs >> 8};
            return true;
        case Manufacturer:
            data = stringDescriptor("Vitrine");
            return true;
        case Product:
            data = stringDescriptor(m_identity.product);
            return true;
        case Serial:
            data = stringDescriptor(m_identity.serial);
            return !m_identity.serial.empty();
        default:
            return false;
        }
    default:
        return false;
    }
}

std::vector<std::uint8_t> UsbModel::deviceDescriptor() const
{
    std::vector<std::uint8_t> bytes = {DeviceDescriptorBytes, DeviceDescriptor};
    append16(bytes, 0x0200);
    bytes.insert(bytes.end(), {0, 0, 0, 64}); // the class is the interface's
    append16(bytes, m_identity.vendorId);
    append16(bytes, m_identity.productId);
    append16(bytes, 0);
    bytes.insert(
        bytes.end(),
        {Manufacturer, Product, std::uint8_t(m_identity.serial.empty() ? NoString : Serial), 1});
    return bytes;
}

std::vector<std::uint8_t> UsbModel::configurationDescriptor() const
{
    const auto &of = m_identity.interfaceClass;
    std::vector<std::uint8_t> bytes = {
        HeaderBytes,     ConfigurationDescriptor, 0, 0, 1, 1, NoString,
        PlainAttributes, PowerIn2Milliamperes};
    bytes.insert(bytes.end(),
                 {HeaderBytes, InterfaceDescriptor, 0, 0, std::uint8_t(m_queues.size()), of[0],
                  of[1], of[2], NoString});
    bytes.insert(bytes.end(), m_identity.classDescriptor.begin(), m_identity.classDescriptor.end());
    for (const Endpoint &endpoint : m_identity.endpoints) {
        bytes.insert(bytes.end(),
                     {7, EndpointDescriptor, endpoint.address, attributesOf(endpoint.kind)});
        append16(bytes, endpoint.packetBytes);
        bytes.push_back(endpoint.interval);
    }
    storeLe(&bytes[2], std::uint16_t(bytes.size()));
    return bytes;
}

void UsbModel::serialize(StateArchive &archive)
{
    const Locked locked(m_mutex);
    if (archive.isLoading())
        becomeUnconfigured();
    archive.beginChunk(m_identity.name, 1);
    archive.value(m_configuration);
    for (Queue &queue : m_queues)
        archive.value(queue.isHalted);
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
