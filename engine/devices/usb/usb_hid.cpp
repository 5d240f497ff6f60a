// SPDX-License-Identifier: GPL-3.0-or-later
// HID 1.11: descriptors 6.2, requests 7.2.
#include "engine/devices/usb/usb_hid.h"

#include <utility>

namespace engine {

namespace {

// As QEMU's: guests' rules know them.
constexpr std::uint16_t HidVendor = 0x0627;
constexpr std::uint16_t HidProduct = 0x0001;
constexpr std::uint8_t HidInterval = 4; // milliseconds, at full speed

enum HidDescriptor : std::uint8_t { HidHeader = 0x21, HidReport = 0x22 };
enum HidRequest : std::uint16_t { // with the request's type in the high byte
    HidGetReport = 0xa101,
    HidGetIdle = 0xa102,
    HidGetProtocol = 0xa103,
    HidSetReport = 0x2109,
    HidSetIdle = 0x210a,
    HidSetProtocol = 0x210b,
    HidGetDescriptor = 0x8106,
};

std::vector<std::uint8_t> hidDescriptor(std::size_t reportBytes)
{
    return {9,
            HidHeader,
            0x11,
            0x01,
            0,
            1,
            HidReport,
            std::uint8_t(reportBytes),
            std::uint8_t(reportBytes >> 8)};
}

} // namespace

UsbHid::UsbHid(const Kind &kind, Later later)
    : UsbModel({.name = kind.name,
                .speed = UsbLinkSpeed::Full,
                .vendorId = HidVendor,
                .productId = HidProduct,
                .product = kind.product,
                .serial = kind.serial,
                .interfaceClass = kind.interfaceClass,
                .classDescriptor = hidDescriptor(kind.reportDescriptor.size()),
                .endpoints = {{.address = ReportEndpoint,
                               .kind = UsbTransferKind::Interrupt,
                               .packetBytes = kind.packetBytes,
                               .interval = HidInterval}}},
               std::move(later))
    , m_reportDescriptor(kind.reportDescriptor.begin(), kind.reportDescriptor.end())
    , m_hidDescriptor(hidDescriptor(kind.reportDescriptor.size()))
{ }

bool UsbHid::request(const UsbSetup &setup, std::vector<std::uint8_t> &data)
{
    if (setup.index != 0)
        return false;
    switch (setup.requestType << 8 | setup.request) {
    case HidGetDescriptor:
        data = setup.value >> 8 == HidReport ? m_reportDescriptor : m_hidDescriptor;
        return setup.value == HidReport << 8 || setup.value == HidHeader << 8;
    case HidGetReport:
        data = currentReport();
        return setup.value >> 8 == 1; // input
    case HidSetReport:
        return setup.value >> 8 == 2 && setReport(data); // output
    case HidGetIdle:
        data = {m_idleRate};
        return true;
    case HidSetIdle:
        m_idleRate = std::uint8_t(setup.value >> 8);
        return true;
    case HidGetProtocol:
        data = {m_protocol};
        return true;
    case HidSetProtocol:
        m_protocol = std::uint8_t(setup.value & 1);
        return true;
    default:
        return false;
    }
}

void UsbHid::transfersWait()
{
    auto &queue = waiting(ReportEndpoint);
    if (!queue.empty() && !std::exchange(m_wasAsked, true))
        listeningChanged();
    while (isRunning() && !queue.empty()) {
        const std::vector<std::uint8_t> report = takeReport();
        if (report.empty())
            return;
        std::shared_ptr<UsbTransfer> transfer = std::move(queue.front());
        queue.pop_front();
        finishWith(std::move(transfer), report);
    }
}

void UsbHid::resetModel()
{
    m_wasAsked = false;
    m_idleRate = 0;
    m_protocol = 1;
    forgetReports();
}

void UsbHid::configurationChanged()
{
    listeningChanged();
}

void UsbHid::serializeModel(StateArchive &archive)
{
    archive.value(m_wasAsked);
    archive.value(m_idleRate);
    archive.value(m_protocol);
    serializeReports(archive);
}

} // namespace engine
