// SPDX-License-Identifier: GPL-3.0-or-later
// libusb without a device behind it: fake_libusb.cpp defines the functions that usb/ calls, for a
// program that is not linked with the library. One device, two interfaces, a driver of the kernel's
// on the first. It may have streams: two bulk endpoints in another setting of the first interface.
// Any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <libusb.h>

namespace fakes {

struct FakeLibusb
{
    static FakeLibusb &instance();
    void begin(); // anew

    // What was called, in order: "claim 0", "configure 2", "attach 0".
    std::vector<std::string> seen();
    bool has(const std::string &call);
    // The next call of this name fails so.
    void failNext(const std::string &call, int code);
    // Calls of this name wait until release().
    void hold(const std::string &call);
    void release();

    // Transfers that the kernel has.
    std::size_t pending();
    libusb_transfer *transfer(std::size_t index);
    std::uint32_t stream(std::size_t index); // of that transfer; 0: none
    // They land: the callback comes with libusb's next events. For transfers to the host `data` is
    // what came.
    void land(std::size_t index, int status, const std::vector<std::uint8_t> &data);
    void land(std::size_t index, int status, int actual);
    void vanish(); // it is unplugged

    // For the functions.
    int call(const std::string &text);
    void note(const std::string &text);
    int handleEvents();
    void wake();

    std::mutex mutex;
    std::condition_variable released;
    std::vector<std::string> calls;
    std::map<std::string, std::deque<int>> failures;
    std::string held;
    std::deque<libusb_transfer *> inKernel;
    std::deque<libusb_transfer *> landed;
    std::map<libusb_transfer *, std::uint32_t> streamOf;
    int event = -1;
    int node = -1;
    bool isGone = false;
    bool isRemovalTold = false;
    int configuration = 1;
    int configurations = 1;
    int streamExponent = 0; // MaxStreams of its endpoints
    int streamsGiven = 15; // by the host, at most; negative: its error
    int speed = LIBUSB_SPEED_HIGH;
    std::map<int, bool> drivers = {{0, true}, {1, false}};
    libusb_pollfd_removed_cb removed = nullptr;
    void *watcher = nullptr;
};

} // namespace fakes
