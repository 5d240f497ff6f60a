// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/test_device.h"

namespace engine {

namespace {

constexpr std::uint8_t ConsoleIsHere = 0xe9;

} // namespace

TestDevice::TestDevice(std::function<void(std::uint32_t)> exited,
                       std::function<void(std::uint8_t)> printed)
    : Device("test-device")
    , m_exited(std::move(exited))
    , m_printed(std::move(printed))
{ }

void TestDevice::attach(Bus &ports)
{
    ports.add({.base = ExitPort, .size = 4, .device = this, .region = Exit});
    ports.add({.base = ConsolePort, .size = 1, .device = this, .region = Console});
}

void TestDevice::reset()
{
    m_lastExit = 0;
}

std::uint64_t TestDevice::read(unsigned region, std::uint64_t offset, unsigned)
{
    if (region == Console)
        return ConsoleIsHere;
    return region == Exit && offset == 0 ? m_lastExit : ~std::uint64_t(0);
}

void TestDevice::write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (region == Console && m_printed)
        m_printed(std::uint8_t(value));
    if (region != Exit || offset != 0 || size > 4)
        return;
    m_lastExit = std::uint32_t(value);
    if (m_exited)
        m_exited(m_lastExit);
}

void TestDevice::serialize(StateArchive &archive, std::uint32_t)
{
    archive.value(m_lastExit);
}

} // namespace engine
