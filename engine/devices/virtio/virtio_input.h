// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio tablet (VIRTIO 1.1, 5.8): axes from 0 to 32767, five buttons and two wheels, as Linux's
// input events (include/uapi/linux/input-event-codes.h).
//
// Threads: as VirtioPci on the machine's io thread; the pointer's functions on any. Reports that
// the guest has no buffers for wait; movements in a row become one, and when too many wait the
// newest ones melt into one, so that the pointer and the buttons end up where they are.
#pragma once

#include "engine/devices/virtio/virtio_pci.h"
#include "engine/host/absolute_pointer.h"

#include <deque>
#include <functional>
#include <string>

namespace engine::virtio {

class VirtioInput final : public VirtioPci, public AbsolutePointer
{
public:
    static constexpr std::uint16_t QueueSize = 64;
    static constexpr std::size_t MaxWaiting = 64;

    VirtioInput(std::string name, PollLoop *loop);
    ~VirtioInput() override;

    bool isReady() const override;
    void setReadyListener(std::function<void()> readyChanged) override;
    void moveTo(std::uint16_t x, std::uint16_t y) override;
    void setButton(PointerButton button, KeyMotion motion) override;
    void turnWheel(int right, int up) override;

private:
    struct Report
    {
        std::uint16_t x = 0;
        std::uint16_t y = 0;
        std::uint8_t buttons = 0; // a bit for each of ButtonCodes
        int right = 0; // notches
        int up = 0;
    };
    struct Event
    {
        std::uint16_t type = 0;
        std::uint16_t code = 0;
        std::uint32_t value = 0;
    };

    bool processQueue(unsigned index) override;
    void driverReady() override { tellReady(); }
    void resetVirtio() override;
    void writeDeviceConfig(std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serializeVirtio(StateArchive &archive, std::uint32_t version) override;

    void tellReady();
    void showConfig();
    Report &nextReport(bool isMove);
    std::vector<Event> eventsOf(const Report &report) const;
    bool send(const std::vector<Event> &events);
    void sendWaiting();

    std::function<void()> m_readyChanged;
    bool m_wasReady = false;
    std::deque<Report> m_waiting;
    Report m_sent; // what the guest knows
};

} // namespace engine::virtio
