// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/flash_cfi.h"

#include "engine/base/bytes.h"
#include "engine/base/replace_file.h"

#include <algorithm>

namespace engine {

namespace {

// Intel 28F640J3 datasheet 290667, table 4.
enum Command : std::uint8_t {
    ProgramByteAlternate = 0x10,
    EraseBlock = 0x20,
    ProgramByte = 0x40,
    ClearStatus = 0x50,
    ReadStatus = 0x70,
    Confirm = 0xd0,
    ReadArray = 0xff,
};

// Status register, table 16.
enum Status : std::uint8_t {
    ProgramError = 0x10, // both errors: a command sequence that makes no sense
    EraseError = 0x20,
    Ready = 0x80,
};

} // namespace

Result<std::unique_ptr<FlashCfi>> FlashCfi::create(std::span<const std::uint8_t> contents,
                                                   Settings settings, MemoryMapper &mapper,
                                                   GuestClock &clock)
{
    if (contents.empty() || contents.size() % BlockBytes != 0 || contents.size() > MaxBytes)
        return Error(ErrorKind::Invalid,
                     "The file with the UEFI variables has an impossible size: "
                         + std::to_string(contents.size()) + " bytes");
    PageBuffer pages = TRY(PageBuffer::allocate(contents.size()));
    std::copy(contents.begin(), contents.end(), pages.bytes().begin());
    return std::unique_ptr<FlashCfi>(
        new FlashCfi(std::move(pages), contents.size(), std::move(settings), mapper, clock));
}

FlashCfi::FlashCfi(PageBuffer pages, std::size_t size, Settings settings, MemoryMapper &mapper,
                   GuestClock &clock)
    : Device("uefi_variables")
    , m_settings(std::move(settings))
    , m_clock(clock)
    , m_pages(std::move(pages))
    , m_contents(m_pages.bytes().first(size))
    , m_window(mapper.makeWindow("uefi-variables", m_pages.bytes(), MappedAccess::ReadOnly))
    , m_timer(clock.makeTimer(lock(), [this] { writeBack(); }))
{
    m_status = Ready;
}

FlashCfi::~FlashCfi()
{
    const std::lock_guard guard(lock());
    m_timer.reset();
    writeBack();
}

void FlashCfi::reset()
{
    m_status = Ready;
    setMode(Mode::Array);
}

// Mapping is slow: only when it changes something.
void FlashCfi::setMode(Mode mode)
{
    m_mode = mode;
    const bool mustBeMapped = mode == Mode::Array;
    if (mustBeMapped == m_isMapped)
        return;
    if (mustBeMapped)
        m_window->map(m_settings.guestAddress, 0, m_contents.size());
    else
        m_window->unmap();
    m_isMapped = mustBeMapped;
}

// A wider access is as many cycles on the 8-bit bus.
std::uint64_t FlashCfi::read(unsigned, std::uint64_t offset, unsigned size)
{
    if (m_mode == Mode::Array)
        return loadPart(m_contents, offset, size);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i)
        value |= std::uint64_t(m_status) << (8 * i);
    return value;
}

void FlashCfi::write(unsigned, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    for (unsigned i = 0; i < size; ++i)
        cycle(offset + i, std::uint8_t(value >> (8 * i)));
}

void FlashCfi::cycle(std::uint64_t offset, std::uint8_t value)
{
    switch (m_mode) {
    case Mode::Array:
    case Mode::Status:
        return command(value);
    case Mode::Program:
        if (m_contents[std::size_t(offset)] != value) {
            m_contents[std::size_t(offset)] = value;
            changed();
        }
        m_status |= Ready;
        return setMode(Mode::Status);
    case Mode::Erase:
        if (value == Confirm) {
            const auto block =
                m_contents.subspan(std::size_t(offset) / BlockBytes * BlockBytes, BlockBytes);
            std::ranges::fill(block, std::uint8_t(0xff));
            changed();
            m_status |= Ready;
            return setMode(Mode::Status);
        }
        if (value != ReadArray)
            m_status |= ProgramError | EraseError;
        return setMode(value == ReadArray ? Mode::Array : Mode::Status);
    }
}

void FlashCfi::command(std::uint8_t code)
{
    switch (code) {
    case ProgramByte:
    case ProgramByteAlternate:
        return setMode(Mode::Program);
    case EraseBlock:
        return setMode(Mode::Erase);
    case ReadStatus:
        return setMode(Mode::Status);
    case ClearStatus:
        m_status = 0;
        return setMode(Mode::Array);
    default: // also what it does not know, as QEMU does
        return setMode(Mode::Array);
    }
}

void FlashCfi::changed()
{
    const GuestTime now = m_clock.now();
    if (!m_isChanged)
        m_firstChange = now;
    m_isChanged = true;
    if (!m_settings.path.empty())
        m_timer->arm(std::min<GuestTime>(now + WriteDelay, m_firstChange + MaxWriteDelay));
}

void FlashCfi::writeBack()
{
    if (!m_isChanged || m_settings.path.empty())
        return;
    if (m_timer)
        m_timer->disarm();
    Result<> result = replaceFile(m_settings.path, m_contents);
    if (result) {
        m_isChanged = false;
        m_hasFailed = false;
        return;
    }
    m_firstChange = m_clock.now(); // the next change waits a while again
    if (!m_hasFailed && m_settings.writeFailed)
        m_settings.writeFailed(result.error());
    m_hasFailed = true;
}

// Stopped: nothing is left to the moment. Going on: what failed is tried again.
void FlashCfi::setRunning(bool)
{
    writeBack();
}

void FlashCfi::serialize(StateArchive &archive, std::uint32_t)
{
    Mode mode = m_mode;
    archive.value(mode);
    archive.value(m_status);
    auto size = std::uint32_t(m_contents.size());
    archive.value(size);
    if (archive.isLoading() && size != m_contents.size())
        archive.fail("the flash has another size");
    if (archive.isLoading() && mode > Mode::Erase)
        archive.fail("the flash is in no mode");
    if (archive.isSaving())
        return archive.bytes(m_contents);
    std::vector<std::uint8_t> contents(m_contents.size());
    archive.bytes(contents);
    if (archive.hasFailed())
        return;
    setMode(mode);
    if (!std::ranges::equal(contents, m_contents)) {
        std::ranges::copy(contents, m_contents.begin());
        changed(); // the file belongs to another moment
    }
}

} // namespace engine
