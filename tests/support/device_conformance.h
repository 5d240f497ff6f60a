// SPDX-License-Identifier: GPL-3.0-or-later
// What every chip has to bear, whatever it is. From a test of the chip:
//
//     void conforms() { QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); })); }
//
// where Rig owns the chip and all it is connected to, and has `engine::Device &device()`,
// `std::vector<tests::Region> regions()` (all that the bus can reach) and `void disturb()` (use the
// chip so that its state is far from that after reset). Optionally `void settle()`: answer what is
// in flight, so that the device is idle; and `void removeBattery()`: bring back what a reset leaves
// alone in a chip with a battery.
#pragma once

#include "engine/bus/device.h"
#include "tests/support/saved_device.h"

#include <QtTest/QTest>

#include <cstdint>
#include <memory>
#include <vector>

namespace tests {

struct Region
{
    unsigned index = 0;
    std::uint64_t size = 0;
};

template <class Rig>
void settle(Rig &rig)
{
    if constexpr (requires { rig.settle(); })
        rig.settle();
}

template <class Rig>
void resetRig(Rig &rig)
{
    resetDevice(rig.device());
    if constexpr (requires { rig.removeBattery(); })
        rig.removeBattery();
}

template <class MakeRig>
bool conforms(MakeRig makeRig)
{
    const auto fails = [](const char *why) {
        qWarning("the device does not conform: %s", why);
        return false;
    };
    // Resetting twice is as good as once, and a used chip comes back to the same state.
    auto rig = makeRig();
    resetDevice(rig->device());
    const std::vector<std::uint8_t> fresh = savedBytes(rig->device());
    resetDevice(rig->device());
    if (savedBytes(rig->device()) != fresh)
        return fails("a second reset changes something");
    rig->disturb();
    settle(*rig);
    const std::vector<std::uint8_t> used = savedBytes(rig->device());
    if (used == fresh)
        return fails("disturb() changes nothing that is saved");
    resetRig(*rig);
    settle(*rig);
    if (savedBytes(rig->device()) != fresh)
        return fails("reset does not undo all of disturb()");

    // Save, disturb, restore, save: equal bytes. On this machine and on a new one.
    if (!loadBytes(rig->device(), used))
        return fails("it does not load what it saved");
    if (savedBytes(rig->device()) != used)
        return fails("loading and saving again gives other bytes");
    auto other = makeRig();
    resetDevice(other->device());
    if (!loadBytes(other->device(), used) || savedBytes(other->device()) != used)
        return fails("a new device loads it differently");

    // Cut anywhere, it fails cleanly. (Every length near both ends, steps between.)
    for (std::size_t length = 0; length < used.size();
         length += (length < 64 || length + 64 > used.size()) ? 1 : 61) {
        resetDevice(other->device());
        if (loadBytes(other->device(),
                      std::vector<std::uint8_t>(used.begin(), used.begin() + long(length))))
            return fails("a truncated state is accepted");
    }
    // Any byte turned over is either refused or harmless.
    for (std::size_t i = 0; i<used.size(); i += used.size()> 4096 ? 37 : 1) {
        std::vector<std::uint8_t> wrong = used;
        wrong[i] ^= 0xff;
        resetDevice(other->device());
        [[maybe_unused]] const bool isAccepted = loadBytes(other->device(), wrong);
        settle(*other);
        resetDevice(other->device());
        settle(*other);
    }

    // Every size at every offset (every 4096th page whole, the others at their edges).
    for (const Region &region : rig->regions()) {
        for (std::uint64_t offset = 0; offset < region.size;
             offset += (region.size > 65536 && (offset & 0xfff) >= 16 && (offset & 0xffffff) > 4096)
                 ? 4096 - (offset & 0xfff)
                 : 1) {
            for (const unsigned size : {1u, 2u, 4u, 8u}) {
                if (region.size - offset < size)
                    continue;
                for (const std::uint64_t value : {std::uint64_t(0), ~std::uint64_t(0), offset}) {
                    const std::lock_guard lock(rig->device().lock());
                    rig->device().write(region.index, offset, size, value);
                    rig->device().read(region.index, offset, size);
                }
            }
        }
        settle(*rig);
    }
    resetRig(*rig);
    settle(*rig);
    if (savedBytes(rig->device()) != fresh)
        return fails("reset does not undo what random accesses did");
    return true;
}

} // namespace tests
