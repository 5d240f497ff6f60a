// SPDX-License-Identifier: GPL-3.0-or-later
#include "usb/hot_plug.h"

#include <atomic>
#include <string>
#include <thread>

#include <libusb.h>

namespace usb {

namespace {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

class LibusbHotPlug final : public HotPlug
{
public:
    explicit LibusbHotPlug(std::function<void()> changed)
        : m_changed(std::move(changed))
    { }

    ~LibusbHotPlug() override
    {
        if (m_thread.joinable()) {
            m_isEnding = true;
            libusb_hotplug_deregister_callback(m_context, m_callback);
            // Deregistering wakes the thread as well; this is for a loop that was just about to
            // wait again (libusb 1.0.21 and later).
            libusb_interrupt_event_handler(m_context);
            m_thread.join();
        }
        if (m_context != nullptr)
            libusb_exit(m_context);
    }

    Result<> start()
    {
        if (const int code = libusb_init(&m_context); code != LIBUSB_SUCCESS) {
            m_context = nullptr;
            return failure(code);
        }
        if (libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) == 0)
            return Error(ErrorKind::Unsupported,
                         "This computer's libusb does not tell when USB devices come and go");
        const int code = libusb_hotplug_register_callback(
            m_context, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT,
            LIBUSB_HOTPLUG_NO_FLAGS, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
            LIBUSB_HOTPLUG_MATCH_ANY, &LibusbHotPlug::notify, this, &m_callback);
        if (code != LIBUSB_SUCCESS)
            return failure(code);
        m_thread = std::thread([this] {
            while (!m_isEnding)
                libusb_handle_events_completed(m_context, nullptr);
        });
        return {};
    }

private:
    static Error failure(int code)
    {
        return Error(ErrorKind::Unsupported,
                     std::string("This computer's USB devices cannot be watched: ")
                         + libusb_strerror(code));
    }

    static int LIBUSB_CALL notify(libusb_context *, libusb_device *, libusb_hotplug_event,
                                  void *self)
    {
        static_cast<LibusbHotPlug *>(self)->m_changed();
        return 0; // stay registered
    }

    std::function<void()> m_changed;
    libusb_context *m_context = nullptr;
    libusb_hotplug_callback_handle m_callback = 0;
    std::atomic<bool> m_isEnding = false;
    std::thread m_thread;
};

} // namespace

Result<std::unique_ptr<HotPlug>> HotPlug::watch(std::function<void()> changed)
{
    auto watch = std::make_unique<LibusbHotPlug>(std::move(changed));
    TRY(watch->start());
    return std::unique_ptr<HotPlug>(std::move(watch));
}

} // namespace usb
