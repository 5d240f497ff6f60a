// SPDX-License-Identifier: GPL-3.0-or-later
// Devices for hands: Device Class Definition for Human Interface Devices (HID) 1.11, HID Usage
// Tables 1.12. A tablet whose places are absolute, a keyboard that firmware can use too (boot
// protocol), and a gamepad.
//
// Threads: the pointer's, keyboard's and gamepad's functions on any; otherwise as usb_model.h.
#pragma once

#include "engine/devices/usb/usb_model.h"
#include "engine/host/absolute_pointer.h"
#include "engine/host/gamepad.h"
#include "engine/host/input_sink.h"

#include <set>

namespace engine {

// What all have: one interrupt endpoint, and reports that wait for the guest to ask.
class UsbHid : public UsbModel
{
public:
    static constexpr std::size_t MaxWaiting = 64; // reports

protected:
    static constexpr std::uint8_t ReportEndpoint = 0x81;

    struct Kind
    {
        std::string name;
        std::string product;
        std::string serial; // another one for each kind: their other numbers are the same
        std::array<std::uint8_t, 3> interfaceClass;
        std::span<const std::uint8_t> reportDescriptor;
        std::uint16_t packetBytes = 8;
    };
    UsbHid(const Kind &kind, Later later);

    // A driver in the guest has configured it and asks for reports.
    bool isListenedTo() const { return isConfigured() && m_wasAsked; }
    // Empty: there is nothing new.
    virtual std::vector<std::uint8_t> takeReport() = 0;
    virtual std::vector<std::uint8_t> currentReport() const = 0;
    virtual bool setReport(std::span<const std::uint8_t>) { return false; }
    virtual void listeningChanged() { }
    virtual void forgetReports() = 0;
    virtual void serializeReports(StateArchive &archive) = 0;

    void transfersWait() final;

private:
    bool request(const UsbSetup &setup, std::vector<std::uint8_t> &data) final;
    void resetModel() final;
    void configurationChanged() final;
    void serializeModel(StateArchive &archive) final;

    const std::vector<std::uint8_t> m_reportDescriptor;
    const std::vector<std::uint8_t> m_hidDescriptor;
    bool m_wasAsked = false;
    std::uint8_t m_idleRate = 0;
    std::uint8_t m_protocol = 1; // report
};

class UsbTablet final : public UsbHid, public AbsolutePointer
{
public:
    explicit UsbTablet(Later later);

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
        std::uint8_t buttons = 0;
        int right = 0; // notches
        int up = 0;
    };

    std::vector<std::uint8_t> takeReport() override;
    std::vector<std::uint8_t> currentReport() const override;
    void listeningChanged() override;
    void forgetReports() override;
    void serializeReports(StateArchive &archive) override;
    Report &nextReport(bool isMove);

    std::function<void()> m_readyChanged;
    std::deque<Report> m_waiting;
    Report m_sent; // what the guest knows
};

class UsbKeyboard final : public UsbHid
{
public:
    explicit UsbKeyboard(Later later);

    bool isReady() const;
    // Keys that no USB keyboard has are dropped.
    void key(ScanCode code, KeyMotion motion);
    LockLights lockLights() const;
    // Called with the model's lock held when isReady() or lockLights() became another.
    void setListener(std::function<void()> changed);

private:
    struct Keys
    {
        std::uint8_t modifiers = 0;
        std::set<std::uint8_t> pressed;
        bool operator==(const Keys &) const = default;
    };

    std::vector<std::uint8_t> takeReport() override;
    std::vector<std::uint8_t> currentReport() const override;
    bool setReport(std::span<const std::uint8_t> report) override;
    void listeningChanged() override;
    void forgetReports() override;
    void serializeReports(StateArchive &archive) override;
    static std::vector<std::uint8_t> reportOf(const Keys &keys);

    std::function<void()> m_changed;
    std::deque<Keys> m_waiting;
    Keys m_sent;
    std::uint8_t m_lights = 0;
};

// Buttons and axes in the order by which systems without a driver of their own for it know what is
// what (usb_gamepad.cpp).
class UsbGamepad final : public UsbHid
{
public:
    explicit UsbGamepad(Later later);

    // What hands do now; kept for a guest that does not listen yet.
    void move(const GamepadState &state);

private:
    std::vector<std::uint8_t> takeReport() override;
    std::vector<std::uint8_t> currentReport() const override;
    void listeningChanged() override;
    void forgetReports() override;
    void serializeReports(StateArchive &archive) override;
    static std::vector<std::uint8_t> reportOf(const GamepadState &state);

    GamepadState m_now;
    std::deque<GamepadState> m_waiting; // the last is m_now
    GamepadState m_sent; // what the guest knows
};

} // namespace engine
