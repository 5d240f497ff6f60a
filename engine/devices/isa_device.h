// SPDX-License-Identifier: GPL-3.0-or-later
// A chip with eight data lines on the ISA bus. The bus makes byte cycles of wider accesses, the
// lowest address first (IEEE P996, 16-bit cycles to 8-bit resources), so the chip only sees bytes.
#pragma once

#include "engine/bus/device.h"

namespace engine {

class IsaDevice : public Device
{
public:
    using Device::Device;

    std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size) final
    {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < size && i < 8; ++i)
            value |= std::uint64_t(readPort(region, offset + i)) << (8 * i);
        return value;
    }

    void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value) final
    {
        for (unsigned i = 0; i < size && i < 8; ++i)
            writePort(region, offset + i, std::uint8_t(value >> (8 * i)));
    }

protected:
    virtual std::uint8_t readPort(unsigned region, std::uint64_t offset) = 0;
    virtual void writePort(unsigned region, std::uint64_t offset, std::uint8_t value) = 0;
};

} // namespace engine
