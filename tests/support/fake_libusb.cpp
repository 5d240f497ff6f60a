// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_libusb.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace fakes {

FakeLibusb &FakeLibusb::instance()
{
    static FakeLibusb fake;
    return fake;
}

void FakeLibusb::begin()
{
    const std::lock_guard lock(mutex);
    calls.clear();
    failures.clear();
    held.clear();
    inKernel.clear();
    landed.clear();
    if (event < 0)
        event = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    eventfd_t ignored = 0;
    [[maybe_unused]] const int read = ::eventfd_read(event, &ignored);
    isGone = false;
    isRemovalTold = false;
    configuration = 1;
    configurations = 1;
    streamExponent = 0;
    streamsGiven = 15;
    speed = LIBUSB_SPEED_HIGH;
    drivers = {{0, true}, {1, false}};
}

std::vector<std::string> FakeLibusb::seen()
{
    const std::lock_guard lock(mutex);
    return calls;
}

bool FakeLibusb::has(const std::string &call)
{
    const std::lock_guard lock(mutex);
    return std::find(calls.begin(), calls.end(), call) != calls.end();
}

void FakeLibusb::failNext(const std::string &call, int code)
{
    const std::lock_guard lock(mutex);
    failures[call].push_back(code);
}

void FakeLibusb::hold(const std::string &call)
{
    const std::lock_guard lock(mutex);
    held = call;
}

void FakeLibusb::release()
{
    {
        const std::lock_guard lock(mutex);
        held.clear();
    }
    released.notify_all();
}

std::size_t FakeLibusb::pending()
{
    const std::lock_guard lock(mutex);
    return inKernel.size();
}

libusb_transfer *FakeLibusb::transfer(std::size_t index)
{
    const std::lock_guard lock(mutex);
    return inKernel.at(index);
}

std::uint32_t FakeLibusb::stream(std::size_t index)
{
    const std::lock_guard lock(mutex);
    const auto found = streamOf.find(inKernel.at(index));
    return found == streamOf.end() ? 0 : found->second;
}

void FakeLibusb::land(std::size_t index, int status, const std::vector<std::uint8_t> &data)
{
    libusb_transfer *const transfer = this->transfer(index);
    const std::size_t start =
        transfer->type == LIBUSB_TRANSFER_TYPE_CONTROL ? LIBUSB_CONTROL_SETUP_SIZE : 0;
    std::copy(data.begin(), data.end(), transfer->buffer + start);
    land(index, status, int(data.size()));
}

void FakeLibusb::land(std::size_t index, int status, int actual)
{
    const std::lock_guard lock(mutex);
    libusb_transfer *const transfer = inKernel.at(index);
    inKernel.erase(inKernel.begin() + std::ptrdiff_t(index));
    transfer->status = libusb_transfer_status(status);
    transfer->actual_length = actual;
    landed.push_back(transfer);
    wake();
}

void FakeLibusb::vanish()
{
    const std::lock_guard lock(mutex);
    isGone = true;
    for (libusb_transfer *transfer : std::exchange(inKernel, {})) {
        transfer->status = LIBUSB_TRANSFER_NO_DEVICE;
        transfer->actual_length = 0;
        landed.push_back(transfer);
    }
    wake();
}

void FakeLibusb::wake()
{
    [[maybe_unused]] const int written = ::eventfd_write(event, 1);
}

void FakeLibusb::note(const std::string &text)
{
    const std::lock_guard lock(mutex);
    calls.push_back(text);
}

int FakeLibusb::call(const std::string &text)
{
    std::unique_lock lock(mutex);
    calls.push_back(text);
    released.wait(lock, [&] { return held != text; });
    std::deque<int> &waiting = failures[text];
    if (!waiting.empty()) {
        const int code = waiting.front();
        waiting.pop_front();
        return code;
    }
    return isGone ? int(LIBUSB_ERROR_NO_DEVICE) : int(LIBUSB_SUCCESS);
}

int FakeLibusb::handleEvents()
{
    eventfd_t ignored = 0;
    [[maybe_unused]] const int read = ::eventfd_read(event, &ignored);
    std::deque<libusb_transfer *> now;
    bool isRemoved = false;
    {
        const std::lock_guard lock(mutex);
        now.swap(landed);
        isRemoved = isGone && !std::exchange(isRemovalTold, isGone);
    }
    if (isRemoved && removed != nullptr)
        removed(node, watcher);
    for (libusb_transfer *transfer : now)
        transfer->callback(transfer);
    return LIBUSB_SUCCESS;
}

} // namespace fakes

using fakes::FakeLibusb;

namespace {

FakeLibusb &fake()
{
    return FakeLibusb::instance();
}

std::string numbered(const char *name, int number)
{
    return std::string(name) + " " + std::to_string(number);
}

} // namespace

extern "C" {

int LIBUSB_CALL libusb_init(libusb_context **context)
{
    *context = reinterpret_cast<libusb_context *>(&fake()); // never looked into
    return LIBUSB_SUCCESS;
}

void LIBUSB_CALL libusb_exit(libusb_context *)
{
    fake().note("exit");
}

int LIBUSB_CALL libusb_wrap_sys_device(libusb_context *, std::intptr_t node,
                                       libusb_device_handle **handle)
{
    *handle = reinterpret_cast<libusb_device_handle *>(&fake());
    fake().node = int(node);
    return fake().call("open");
}

void LIBUSB_CALL libusb_close(libusb_device_handle *)
{
    fake().note("close");
}

libusb_device *LIBUSB_CALL libusb_get_device(libusb_device_handle *)
{
    return reinterpret_cast<libusb_device *>(&fake());
}

int LIBUSB_CALL libusb_get_device_speed(libusb_device *)
{
    return fake().speed;
}

int LIBUSB_CALL libusb_get_device_descriptor(libusb_device *, libusb_device_descriptor *descriptor)
{
    *descriptor = {};
    descriptor->bNumConfigurations = std::uint8_t(fake().configurations);
    return LIBUSB_SUCCESS;
}

int LIBUSB_CALL libusb_get_configuration(libusb_device_handle *, int *configuration)
{
    *configuration = fake().configuration;
    return LIBUSB_SUCCESS;
}

int LIBUSB_CALL libusb_set_configuration(libusb_device_handle *, int configuration)
{
    const int code = fake().call(numbered("configure", configuration));
    if (code == LIBUSB_SUCCESS)
        fake().configuration = configuration;
    return code;
}

int LIBUSB_CALL libusb_get_active_config_descriptor(libusb_device *,
                                                    libusb_config_descriptor **descriptor)
{
    static libusb_endpoint_descriptor endpoints[2] = {};
    static libusb_interface_descriptor settings[3] = {};
    static libusb_interface interfaces[2] = {};
    static libusb_config_descriptor configuration = {};
    const bool hasStreams = fake().streamExponent != 0;
    for (int i = 0; i < 2; ++i) {
        endpoints[i].bmAttributes = LIBUSB_TRANSFER_TYPE_BULK;
        endpoints[i].bEndpointAddress = i == 0 ? 0x81 : 0x02;
    }
    settings[1].bAlternateSetting = 1;
    settings[1].bNumEndpoints = 2;
    settings[1].endpoint = endpoints;
    settings[2].bInterfaceNumber = 1;
    interfaces[0] = {&settings[0], hasStreams ? 2 : 1};
    interfaces[1] = {&settings[2], 1};
    configuration.bNumInterfaces = 2;
    configuration.interface = interfaces;
    *descriptor = &configuration;
    return LIBUSB_SUCCESS;
}

void LIBUSB_CALL libusb_free_config_descriptor(libusb_config_descriptor *) { }

int LIBUSB_CALL
libusb_get_ss_endpoint_companion_descriptor(libusb_context *, const libusb_endpoint_descriptor *,
                                            libusb_ss_endpoint_companion_descriptor **companion)
{
    static libusb_ss_endpoint_companion_descriptor descriptor = {};
    descriptor.bmAttributes = std::uint8_t(fake().streamExponent);
    *companion = &descriptor;
    return LIBUSB_SUCCESS;
}

void LIBUSB_CALL
libusb_free_ss_endpoint_companion_descriptor(libusb_ss_endpoint_companion_descriptor *)
{ }

int LIBUSB_CALL libusb_alloc_streams(libusb_device_handle *, std::uint32_t count,
                                     unsigned char *endpoints, int)
{
    const int code = fake().call(numbered("streams", endpoints[0]) + " " + std::to_string(count));
    return code != LIBUSB_SUCCESS ? code : std::min(int(count), fake().streamsGiven);
}

int LIBUSB_CALL libusb_free_streams(libusb_device_handle *, unsigned char *endpoints, int)
{
    return fake().call(numbered("no streams", endpoints[0]));
}

void LIBUSB_CALL libusb_transfer_set_stream_id(libusb_transfer *transfer, std::uint32_t stream)
{
    const std::lock_guard lock(fake().mutex);
    fake().streamOf[transfer] = stream;
}

int LIBUSB_CALL libusb_kernel_driver_active(libusb_device_handle *, int interface)
{
    return fake().drivers[interface] ? 1 : 0;
}

int LIBUSB_CALL libusb_detach_kernel_driver(libusb_device_handle *, int interface)
{
    fake().drivers[interface] = false;
    return fake().call(numbered("detach", interface));
}

int LIBUSB_CALL libusb_attach_kernel_driver(libusb_device_handle *, int interface)
{
    fake().drivers[interface] = true;
    return fake().call(numbered("attach", interface));
}

int LIBUSB_CALL libusb_claim_interface(libusb_device_handle *, int interface)
{
    return fake().call(numbered("claim", interface));
}

int LIBUSB_CALL libusb_release_interface(libusb_device_handle *, int interface)
{
    return fake().call(numbered("release", interface));
}

int LIBUSB_CALL libusb_set_interface_alt_setting(libusb_device_handle *, int interface, int setting)
{
    return fake().call(numbered("setting", interface) + " " + std::to_string(setting));
}

int LIBUSB_CALL libusb_clear_halt(libusb_device_handle *, unsigned char endpoint)
{
    return fake().call(numbered("clear", endpoint));
}

int LIBUSB_CALL libusb_reset_device(libusb_device_handle *)
{
    return fake().call("reset");
}

const char *LIBUSB_CALL libusb_strerror(int)
{
    return "It did not work";
}

libusb_transfer *LIBUSB_CALL libusb_alloc_transfer(int packets)
{
    const std::size_t bytes =
        sizeof(libusb_transfer) + std::size_t(packets) * sizeof(libusb_iso_packet_descriptor);
    return static_cast<libusb_transfer *>(std::calloc(1, bytes));
}

void LIBUSB_CALL libusb_free_transfer(libusb_transfer *transfer)
{
    {
        const std::lock_guard lock(fake().mutex);
        fake().streamOf.erase(transfer);
    }
    std::free(transfer);
}

int LIBUSB_CALL libusb_submit_transfer(libusb_transfer *transfer)
{
    const int code = fake().call("submit");
    if (code == LIBUSB_SUCCESS) {
        const std::lock_guard lock(fake().mutex);
        fake().inKernel.push_back(transfer);
    }
    return code;
}

int LIBUSB_CALL libusb_cancel_transfer(libusb_transfer *transfer)
{
    const std::lock_guard lock(fake().mutex);
    const auto found = std::find(fake().inKernel.begin(), fake().inKernel.end(), transfer);
    if (found == fake().inKernel.end())
        return LIBUSB_ERROR_NOT_FOUND;
    fake().inKernel.erase(found);
    transfer->status = LIBUSB_TRANSFER_CANCELLED;
    fake().landed.push_back(transfer);
    fake().calls.emplace_back("cancel");
    fake().wake();
    return LIBUSB_SUCCESS;
}

const libusb_pollfd **LIBUSB_CALL libusb_get_pollfds(libusb_context *)
{
    static libusb_pollfd event = {};
    static const libusb_pollfd *list[] = {&event, nullptr};
    event = {fake().event, POLLIN};
    return list;
}

void LIBUSB_CALL libusb_free_pollfds(const libusb_pollfd **) { }

void LIBUSB_CALL libusb_set_pollfd_notifiers(libusb_context *, libusb_pollfd_added_cb,
                                             libusb_pollfd_removed_cb removed, void *watcher)
{
    fake().removed = removed;
    fake().watcher = watcher;
}

int LIBUSB_CALL libusb_handle_events_timeout_completed(libusb_context *, timeval *, int *)
{
    return fake().handleEvents();
}

} // extern "C"
