// SPDX-License-Identifier: GPL-3.0-or-later
#include "usb/claimed_device.h"

#include "engine/base/log.h"

#include <algorithm>
#include <string>
#include <utility>

#include <libusb.h>

namespace usb {

namespace {

using engine::Error;
using engine::ErrorKind;
using engine::LogLevel;
using engine::Result;
using engine::UsbLinkSpeed;

Error failure(int code)
{
    const ErrorKind kind = code == LIBUSB_ERROR_BUSY ? ErrorKind::Busy
        : code == LIBUSB_ERROR_ACCESS                ? ErrorKind::Denied
        : code == LIBUSB_ERROR_NO_DEVICE             ? ErrorKind::NotFound
                                                     : ErrorKind::Io;
    return Error(kind, libusb_strerror(code));
}

UsbLinkSpeed linkSpeed(int speed)
{
    switch (speed) {
    case LIBUSB_SPEED_LOW:
        return UsbLinkSpeed::Low;
    case LIBUSB_SPEED_FULL:
        return UsbLinkSpeed::Full;
    case LIBUSB_SPEED_SUPER:
    case LIBUSB_SPEED_SUPER_PLUS:
        return UsbLinkSpeed::Super;
    default:
        return UsbLinkSpeed::High;
    }
}

constexpr int LeastStreams = 2; // parse_usbdevfs_streams() in drivers/usb/core/devio.c

// USB 3.2, 9.6.7: MaxStreams, of bulk endpoints.
constexpr std::uint8_t MaxStreamsMask = 0x1f;

bool hasStreams(libusb_context *context, const libusb_endpoint_descriptor &endpoint)
{
    libusb_ss_endpoint_companion_descriptor *companion = nullptr;
    if ((endpoint.bmAttributes & 3) != LIBUSB_TRANSFER_TYPE_BULK
        || libusb_get_ss_endpoint_companion_descriptor(context, &endpoint, &companion)
            != LIBUSB_SUCCESS)
        return false;
    const bool hasAny = (companion->bmAttributes & MaxStreamsMask) != 0;
    libusb_free_ss_endpoint_companion_descriptor(companion);
    return hasAny;
}

// The one that the device is in.
class Configuration final
{
public:
    explicit Configuration(libusb_device_handle *handle)
    {
        if (libusb_get_active_config_descriptor(libusb_get_device(handle), &m_descriptor)
            != LIBUSB_SUCCESS)
            m_descriptor = nullptr;
    }
    ~Configuration()
    {
        if (m_descriptor != nullptr)
            libusb_free_config_descriptor(m_descriptor);
    }
    Configuration(const Configuration &) = delete;
    Configuration &operator=(const Configuration &) = delete;

    template <typename Visit>
    void forEachSetting(Visit visit) const
    {
        for (unsigned i = 0; m_descriptor != nullptr && i < m_descriptor->bNumInterfaces; ++i) {
            const libusb_interface &interface = m_descriptor->interface[i];
            for (int setting = 0; setting < interface.num_altsetting; ++setting)
                visit(interface.altsetting[setting]);
        }
    }

private:
    libusb_config_descriptor *m_descriptor = nullptr;
};

} // namespace

Result<std::unique_ptr<ClaimedDevice>> ClaimedDevice::open(engine::Fd node)
{
    std::unique_ptr<ClaimedDevice> device(new ClaimedDevice(std::move(node)));
    TRY(device->start());
    return device;
}

// A context of its own, so that its events are on the machine's io thread and nobody else's are.
// LIBUSB_OPTION_NO_DEVICE_DISCOVERY would spare the look at the other devices, but libusb 1.0.26
// takes it for all contexts to come, of which hot_plug.cpp's may be one.
Result<> ClaimedDevice::start()
{
    if (const int code = libusb_init(&m_context); code != LIBUSB_SUCCESS) {
        m_context = nullptr;
        return failure(code);
    }
    const int wrapped = libusb_wrap_sys_device(m_context, std::intptr_t(m_node.get()), &m_handle);
    if (wrapped != LIBUSB_SUCCESS) {
        m_handle = nullptr;
        return failure(wrapped);
    }
    libusb_device *const device = libusb_get_device(m_handle);
    m_speed = linkSpeed(libusb_get_device_speed(device));
    libusb_device_descriptor descriptor = {};
    if (libusb_get_device_descriptor(device, &descriptor) == LIBUSB_SUCCESS)
        m_configurations = descriptor.bNumConfigurations;
    if (libusb_get_configuration(m_handle, &m_firstConfiguration) != LIBUSB_SUCCESS)
        m_firstConfiguration = 0;
    if (const int code = claim(); code != LIBUSB_SUCCESS)
        return failure(code);
    m_streams = tryStreams();
    return {};
}

ClaimedDevice::~ClaimedDevice()
{
    if (m_handle != nullptr) {
        giveBack();
        libusb_close(m_handle);
    }
    if (m_context != nullptr)
        libusb_exit(m_context);
}

std::vector<std::uint8_t> ClaimedDevice::interfaces() const
{
    std::vector<std::uint8_t> numbers;
    const Configuration configuration(m_handle);
    configuration.forEachSetting([&](const libusb_interface_descriptor &setting) {
        if (numbers.empty() || numbers.back() != setting.bInterfaceNumber)
            numbers.push_back(setting.bInterfaceNumber);
    });
    return numbers;
}

std::set<std::uint8_t> ClaimedDevice::endpointsOf(std::uint8_t interface) const
{
    std::set<std::uint8_t> addresses;
    const Configuration configuration(m_handle);
    configuration.forEachSetting([&](const libusb_interface_descriptor &setting) {
        if (setting.bInterfaceNumber == interface)
            for (unsigned i = 0; i < setting.bNumEndpoints; ++i)
                addresses.insert(setting.endpoint[i].bEndpointAddress);
    });
    return addresses;
}

// Whether the kernel and the host's controller give any is told by none of them but to who asks,
// and the endpoints have to be there. The setting is the first one again before the guest comes.
unsigned ClaimedDevice::tryStreams()
{
    if (m_speed != UsbLinkSpeed::Super)
        return 0;
    const libusb_interface_descriptor *found = nullptr;
    std::uint8_t endpoint = 0;
    const Configuration configuration(m_handle);
    configuration.forEachSetting([&](const libusb_interface_descriptor &setting) {
        for (unsigned i = 0; i < setting.bNumEndpoints && !found; ++i) {
            if (!hasStreams(m_context, setting.endpoint[i]))
                continue;
            found = &setting;
            endpoint = setting.endpoint[i].bEndpointAddress;
        }
    });
    if (!found)
        return 0;
    const std::uint8_t interface = found->bInterfaceNumber;
    const int number = found->bAlternateSetting;
    m_wasTried = true;
    if (number != 0) {
        m_otherSettings.insert(interface);
        const int code = libusb_set_interface_alt_setting(m_handle, interface, number);
        if (code != LIBUSB_SUCCESS) {
            warn("a device does not take the setting that has its streams", code);
            return 0;
        }
    }
    const int count = libusb_alloc_streams(m_handle, engine::MaxUsbStreams, &endpoint, 1);
    if (count > 0)
        libusb_free_streams(m_handle, &endpoint, 1);
    if (count < LeastStreams)
        engine::log(LogLevel::Info, "usb",
                    std::string("a device has no streams here: ")
                        + (count < 0 ? libusb_strerror(count) : "the host gives too few"));
    if (number != 0) {
        const int code = libusb_set_interface_alt_setting(m_handle, interface, 0);
        if (code == LIBUSB_SUCCESS)
            m_otherSettings.erase(interface);
        else
            warn("a device does not go back to its first setting", code);
    }
    return count < LeastStreams ? 0 : std::min(unsigned(count), engine::MaxUsbStreams);
}

int ClaimedDevice::claim()
{
    for (const std::uint8_t interface : interfaces()) {
        if (libusb_kernel_driver_active(m_handle, interface) == 1) {
            const int code = libusb_detach_kernel_driver(m_handle, interface);
            if (code != LIBUSB_SUCCESS && code != LIBUSB_ERROR_NOT_FOUND)
                return code;
            m_drivers.insert(interface);
        }
        if (const int code = libusb_claim_interface(m_handle, interface); code != LIBUSB_SUCCESS)
            return code;
        m_claimed.push_back(interface);
    }
    return LIBUSB_SUCCESS;
}

void ClaimedDevice::release()
{
    for (const std::uint8_t interface : std::exchange(m_claimed, {}))
        libusb_release_interface(m_handle, interface);
}

int ClaimedDevice::setConfiguration(std::uint8_t value)
{
    release(); // and the kernel ends their streams
    m_streamsOf.clear();
    int code = LIBUSB_SUCCESS;
    int current = 0;
    libusb_get_configuration(m_handle, &current);
    // To set the only configuration anew confuses many devices, and the kernel does not do it at
    // every enumeration either. Without a configuration the guest speaks to endpoint 0 only.
    if (value != 0 && (m_configurations != 1 || current != value)) {
        code = libusb_set_configuration(m_handle, value);
        m_otherSettings.clear();
    }
    const int claimed = claim();
    for (const std::uint8_t interface : std::exchange(m_otherSettings, {}))
        libusb_set_interface_alt_setting(m_handle, interface, 0);
    return code != LIBUSB_SUCCESS ? code : claimed;
}

int ClaimedDevice::setInterface(std::uint8_t interface, std::uint8_t setting)
{
    const int code = libusb_set_interface_alt_setting(m_handle, interface, setting);
    // The kernel ends its streams before it knows whether the device takes the setting, but not for
    // one that there is not (usb_set_interface() in drivers/usb/core/message.c).
    if (code != LIBUSB_ERROR_NOT_FOUND)
        for (const std::uint8_t endpoint : endpointsOf(interface))
            m_streamsOf.erase(endpoint);
    if (code != LIBUSB_SUCCESS)
        return code;
    if (setting == 0)
        m_otherSettings.erase(interface);
    else
        m_otherSettings.insert(interface);
    return code;
}

int ClaimedDevice::clearHalt(std::uint8_t endpoint)
{
    return libusb_clear_halt(m_handle, endpoint);
}

int ClaimedDevice::reset()
{
    m_streamsOf.clear();
    return libusb_reset_device(m_handle);
}

// One endpoint after the other: the kernel's call is for those of one interface only.
void ClaimedDevice::setStreams(const std::vector<engine::UsbStreams> &streams)
{
    for (const engine::UsbStreams &each : streams) {
        std::uint8_t endpoint = each.endpoint;
        if (m_streamsOf.erase(endpoint) > 0)
            libusb_free_streams(m_handle, &endpoint, 1);
    }
    for (const engine::UsbStreams &each : streams) {
        std::uint8_t endpoint = each.endpoint;
        if (each.count == 0)
            continue;
        const int count = libusb_alloc_streams(m_handle, each.count, &endpoint, 1);
        if (count > 0)
            m_streamsOf[endpoint] = unsigned(count);
        else
            warn("the guest does not get a device's streams", count);
    }
}

// Once of a device: a guest can bring it about as often as it likes.
void ClaimedDevice::warn(std::string_view what, int code)
{
    if (m_warnings.insert(what).second)
        engine::log(LogLevel::Warning, "usb", std::string(what) + ": " + libusb_strerror(code));
}

unsigned ClaimedDevice::streamsOf(std::uint8_t endpoint) const
{
    const auto found = m_streamsOf.find(endpoint);
    return found == m_streamsOf.end() ? 0 : found->second;
}

// As it came: without what the guest has begun, which the kernel's drivers would stumble over.
void ClaimedDevice::giveBack()
{
    release();
    int current = 0;
    libusb_get_configuration(m_handle, &current);
    const int code = libusb_reset_device(m_handle);
    if (code == LIBUSB_ERROR_NO_DEVICE || code == LIBUSB_ERROR_NOT_FOUND)
        return; // it has left, or begins anew as another one
    if (m_firstConfiguration != 0 && current != m_firstConfiguration)
        libusb_set_configuration(m_handle, m_firstConfiguration); // with its drivers
    for (const std::uint8_t interface : m_drivers) {
        const int attached = libusb_attach_kernel_driver(m_handle, interface);
        if (attached != LIBUSB_SUCCESS && attached != LIBUSB_ERROR_BUSY
            && attached != LIBUSB_ERROR_NOT_FOUND)
            engine::log(LogLevel::Warning, "usb",
                        std::string("a driver of this computer's does not take its device back: ")
                            + libusb_strerror(attached));
    }
}

} // namespace usb
