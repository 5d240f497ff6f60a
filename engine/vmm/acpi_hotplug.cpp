// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/acpi_hotplug.h"

#include "engine/devices/pci_hotplug.h"

#include <string>
#include <string_view>

namespace engine {

namespace {

using Body = AmlWriter::Body;

// 5.6.6, table 5.186: what a device's notification asks for.
constexpr std::uint64_t DeviceCheck = 1;
constexpr std::uint64_t EjectRequest = 3;

Body object(std::string_view path)
{
    return [path](AmlWriter &aml) { aml.reference(path); };
}

Body bitOf(unsigned slot)
{
    return [slot](AmlWriter &aml) { aml.integer(std::uint64_t(1) << slot); };
}

std::string nameOf(unsigned slot)
{
    constexpr std::string_view Digits = "0123456789ABCDEF";
    return {'S', 'L', Digits[slot >> 4], Digits[slot & 15]};
}

// What is in the register is cleared and told to the slots' devices: what comes meanwhile raises
// the event again.
void tellSlots(AmlWriter &method, const std::vector<unsigned> &slots, std::string_view field,
               std::uint64_t notification)
{
    const Body local = [](AmlWriter &aml) { aml.local(0); };
    method.store(object(field), local);
    method.store(local, object(field));
    for (const unsigned slot : slots)
        method.ifThen([&](AmlWriter &condition) { condition.bitAnd(local, bitOf(slot)); },
                      [&](AmlWriter &body) { body.notify(nameOf(slot), notification); });
}

} // namespace

// A device for each slot, whether it has a card or not: the guest looks by configuration space. By
// _EJ0 it knows the slots whose cards come and go (6.3.3).
void writeHotplugSlots(AmlWriter &bridge, const std::vector<unsigned> &slots)
{
    static constexpr std::string_view Fields[] = {"HPIN", "HPLV", "HPPR"};
    static_assert(PciHotplug::Inserted == 0 && PciHotplug::Leaving == 4
                  && PciHotplug::Present == 8);
    bridge.portRegion("HPRG", PciHotplug::BasePort, std::uint8_t(PciHotplug::PortCount));
    bridge.dwordFields("HPRG", Fields);
    for (const unsigned slot : slots)
        bridge.device(nameOf(slot), [slot](AmlWriter &device) {
            device.name("_ADR").integer(slot << 16);
            device.name("_SUN").integer(slot);
            device.method("_EJ0", 1,
                          [slot](AmlWriter &method) { method.store(bitOf(slot), object("HPPR")); });
        });
    bridge.method(
        "HPTL", 0,
        [&](AmlWriter &method) {
            tellSlots(method, slots, "HPIN", DeviceCheck);
            tellSlots(method, slots, "HPLV", EjectRequest);
        },
        true);
}

// The event's status bit is cleared before its method runs (5.6.4.1.1).
void writeHotplugEvent(AmlWriter &aml)
{
    static_assert(PciHotplug::GpeEvent == 1);
    aml.scope("\\_GPE", [](AmlWriter &events) {
        events.method("_E01", 0, [](AmlWriter &method) { method.reference("\\_SB.PCI0.HPTL"); });
    });
}

} // namespace engine
