// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/screen.h"

#include "engine/base/bytes.h"
#include "engine/base/log.h"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

constexpr GuestTime SettleTime = std::chrono::milliseconds(20);
constexpr GuestTime PromptAgain = std::chrono::milliseconds(30);
// At 60 Hz the cursor changes every 8 frames, blinking text every 16.
constexpr GuestTime CursorBlinkTime = std::chrono::milliseconds(133);
constexpr std::uint32_t SampledLines = 16;
constexpr std::uint32_t LinesPerLock = 32; // a vCPU waits for no more than that
constexpr std::uint32_t SmallGap = 8; // lines between two damaged parts: painted, not counted

PixelFormat lentFormat(const VgaPicture &picture)
{
    if (picture.kind != VgaPicture::Kind::Packed || picture.isBlank || picture.isBigEndian)
        return PixelFormat::None;
    switch (picture.depth) {
    case 15:
        return PixelFormat::Rgb16_555;
    case 16:
        return PixelFormat::Rgb16_565;
    case 32:
        return PixelFormat::Xrgb32;
    default:
        return PixelFormat::None;
    }
}

bool isSameSize(const VgaPicture &a, const VgaPicture &b)
{
    return a.width == b.width && a.height == b.height
        && (a.kind == VgaPicture::Kind::None) == (b.kind == VgaPicture::Kind::None);
}

VgaBlink blinkAt(GuestTime time)
{
    const auto half = time / CursorBlinkTime;
    return {.isCursorShown = half % 2 == 0, .isTextShown = half / 2 % 2 == 0};
}

bool isAnyPageSet(std::span<const std::uint64_t> pages, std::uint64_t first, std::uint64_t last)
{
    for (std::uint64_t page = first; page <= last && page / 64 < pages.size(); ++page)
        if ((pages[std::size_t(page / 64)] >> (page % 64) & 1) != 0)
            return true;
    return false;
}

} // namespace

Screen::Screen(VgaCore &vga, GuestClock &clock, Post post)
    : m_vga(vga)
    , m_clock(clock)
    , m_post(std::move(post))
    , m_gate(std::make_shared<Gate>())
    , m_pages((vga.pageCount() + 63) / 64)
{
    m_gate->screen = this;
    m_timer = clock.makeTimer(m_gate->mutex, [this] { look(); });
    const std::lock_guard lock(vga.cardLock());
    vga.setWatcher(this);
}

Screen::~Screen()
{
    const std::lock_guard gate(m_gate->mutex);
    m_gate->screen = nullptr;
    m_timer.reset();
    const std::lock_guard lock(m_vga.cardLock());
    m_vga.setWatcher(nullptr);
    m_vga.setDirtyLogged(false);
}

CursorImage Screen::cursor() const
{
    return {.isVisible = false};
}

Screen::Size Screen::size() const
{
    if (!m_isLooking)
        refreshUnseen();
    const std::lock_guard lock(m_shared);
    return {int(m_shown.width), int(m_shown.height)};
}

void Screen::setListener(FrameListener *listener)
{
    {
        const std::lock_guard lock(m_listenerMutex);
        m_listener = listener;
        m_hasListener = listener != nullptr;
    }
    m_mustPush = true;
    postLook();
}

void Screen::setVisible(bool visible)
{
    if (m_isVisible.exchange(visible) == visible)
        return;
    m_mustPush = true;
    postLook();
}

void Screen::expectChange()
{
    const GuestTime now = m_clock.now();
    const std::int64_t until = (now + PromptAgain).count();
    // A pointer's motion comes in many small steps.
    if (!m_isLooking || m_promptUntil.load(std::memory_order_relaxed) > now.count())
        return;
    m_promptUntil.store(until, std::memory_order_relaxed);
    postLook();
}

void Screen::pictureChanged()
{
    if (m_isLooking)
        postLook();
}

void Screen::guestStopped()
{
    m_mustPush = true;
    if (m_isLooking)
        postLook();
}

void Screen::postLook()
{
    if (m_isPosted.exchange(true))
        return;
    m_post([gate = m_gate] {
        const std::lock_guard lock(gate->mutex);
        if (!gate->screen)
            return;
        gate->screen->m_isPosted = false;
        gate->screen->look();
    });
}

void Screen::look()
{
    if (!m_isVisible || !m_hasListener)
        return stopLooking();
    const GuestTime now = m_clock.now();
    const bool isNew = !m_isLooking.exchange(true);
    const bool mustPush = m_mustPush.exchange(false) || isNew;
    if (m_promptUntil.load(std::memory_order_relaxed) > now.count())
        m_policy.expectChange(now);
    if (!mustPush && !m_policy.mayPush(now)) {
        m_timer->arm(m_policy.nextPush());
        return;
    }
    if (MemoryMapper *const mapper = m_vga.mapper())
        mapper->drainCoalesced();

    VgaPicture picture;
    {
        const std::lock_guard lock(m_vga.cardLock());
        const bool mustShowAll = isNew || m_vga.isDirtyLogged() != m_policy.wantsLog();
        m_vga.setDirtyLogged(m_policy.wantsLog());
        picture = m_vga.picture();
        m_areFontsTouched = m_vga.harvest(m_pages) || m_areFontsTouched;
        if (mustShowAll || !m_policy.wantsLog())
            std::fill(m_pages.begin(), m_pages.end(), ~std::uint64_t(0));
    }
    RefreshPolicy::Look result;
    if (std::optional<VgaPicture> shown =
            mustPush ? believable(picture, GuestTime::max()) : believable(picture, now)) {
        Damage damage = findDamage(*shown, now);
        damage.isResized = damage.isResized || isNew; // it may have been, unseen
        std::fill(m_pages.begin(), m_pages.end(), 0);
        m_areFontsTouched = false;
        result = {.isChanged = !damage.isEmpty(), .isDense = damage.isDense};
        if (!m_policy.wantsLog())
            m_policy.sampled(now, sampleChecksum(*shown));
        tell(damage);
    }
    m_policy.looked(now, result);
    m_timer->arm(m_isSettling ? std::min(m_policy.nextLook(), m_candidateSince + SettleTime)
                              : m_policy.nextLook());
}

void Screen::stopLooking()
{
    if (!m_isLooking.exchange(false))
        return;
    m_timer->disarm();
    const std::lock_guard lock(m_vga.cardLock());
    m_vga.setDirtyLogged(false);
}

// What to show of a picture that may be half programmed; nothing: wait and see.
std::optional<VgaPicture> Screen::believable(const VgaPicture &now, GuestTime time)
{
    const std::lock_guard lock(m_shared);
    const bool isDark = now.isBlank || now.kind == VgaPicture::Kind::None;
    const bool isSame = isSameSize(now, m_shown);
    if (isDark && !isSame && m_shown.kind != VgaPicture::Kind::None) {
        m_isSettling = false;
        VgaPicture dark = m_shown;
        dark.isBlank = true;
        return dark;
    }
    if (isSame || !now.isFirmware) {
        m_isSettling = false;
        return now;
    }
    if (isDark || !hasSettled(now, time))
        return std::nullopt;
    m_isSettling = false;
    return now;
}

bool Screen::hasSettled(const VgaPicture &now, GuestTime time)
{
    if (time == GuestTime::max())
        return true;
    if (!m_isSettling || !isSameSize(m_candidate, now)) {
        m_isSettling = true;
        m_candidate = now;
        m_candidateSince = time;
        return false;
    }
    return time - m_candidateSince >= SettleTime;
}

Screen::Damage Screen::findDamage(const VgaPicture &now, GuestTime time)
{
    const std::lock_guard lock(m_shared);
    Damage damage;
    const VgaBlink blink = now.isText() ? blinkAt(time) : m_blink;
    if (now == m_shown && blink == m_blink && isClean())
        return damage;
    std::vector<bool> lines(now.height);
    VgaPicture without = now;
    without.cursor = m_shown.cursor;
    if (without != m_shown) {
        damage.isResized = !isSameSize(now, m_shown) || lentFormat(now) != lentFormat(m_shown);
        showAnew(now);
        lines.assign(lines.size(), true);
    } else {
        markWritten(now, lines, damage.isDense);
        if (now.cursor != m_shown.cursor) {
            for (const VgaPicture *picture : {&std::as_const(m_shown), &now}) {
                const VgaLines at = vgaCursorLines(*picture);
                for (std::uint32_t y = at.first; y <= at.last && y < now.height; ++y)
                    lines[y] = true;
            }
            m_shown.cursor = now.cursor;
        }
        if (blink != m_blink)
            markBlinking(now, blink, lines);
        for (std::size_t y = 0; y < lines.size(); ++y)
            if (lines[y])
                m_staleLines[y] = true;
    }
    // Runs of lines; what lies between two close ones is painted along.
    std::uint32_t end = 0;
    for (std::uint32_t y = 0; y < now.height; ++y) {
        if (!lines[y])
            continue;
        if (!damage.rects.empty() && y - end <= SmallGap) {
            damage.rects.back().height = int(y + 1) - damage.rects.back().y;
        } else {
            damage.rects.push_back({0, int(y), int(now.width), 1});
        }
        end = y + 1;
    }
    return damage;
}

bool Screen::isClean() const
{
    return std::all_of(m_pages.begin(), m_pages.end(),
                       [](std::uint64_t bits) { return bits == 0; });
}

void Screen::markWritten(const VgaPicture &now, std::vector<bool> &lines, bool &isDense) const
{
    if (isClean())
        return;
    std::uint32_t written = 0;
    for (std::uint32_t y = 0; y < now.height; ++y) {
        const VgaLineMemory place = vgaLineMemory(now, y);
        if (place.size == 0
            || !isAnyPageSet(m_pages, place.first / VgaCore::PageBytes,
                             (place.first + place.size - 1) / VgaCore::PageBytes))
            continue;
        lines[y] = true;
        ++written;
    }
    if (now.isText() && m_areFontsTouched)
        lines.assign(lines.size(), true);
    isDense = now.kind == VgaPicture::Kind::Packed && written > now.height / 5 * 2;
}

void Screen::markBlinking(const VgaPicture &now, VgaBlink blink, std::vector<bool> &lines)
{
    const bool isTextTurned = blink.isTextShown != m_blink.isTextShown;
    m_blink = blink;
    const VgaLines cursor = vgaCursorLines(now);
    for (std::uint32_t y = cursor.first; y <= cursor.last && y < now.height; ++y)
        lines[y] = true;
    if (!isTextTurned || !now.scan.isBlinking)
        return;
    const std::span<const std::uint8_t> memory = m_vga.memory()->bytes();
    bool hasBlinking = false;
    for (std::uint32_t y = 0; y < now.height; ++y) {
        const VgaRow row = vgaRow(now.scan, y);
        if (row.line == 0 || y == 0) {
            hasBlinking = false;
            for (std::uint32_t column = 0; column < vgaShownColumns(now.scan); ++column) {
                const std::uint32_t cell = vgaAddress(now.scan, row.counter + column, row.line);
                hasBlinking = hasBlinking || (memory[std::size_t(cell) * 4 + 1] & 0x80) != 0;
            }
        }
        if (hasBlinking)
            lines[y] = true;
    }
}

// FNV-1a over 8 bytes at a time of a few lines.
std::uint64_t Screen::sampleChecksum(const VgaPicture &now) const
{
    std::uint64_t sum = 0xcbf29ce484222325u;
    const std::span<const std::uint8_t> memory = m_vga.memory()->bytes();
    for (std::uint32_t i = 0; i < SampledLines; ++i) {
        const VgaLineMemory place = vgaLineMemory(now, now.height * i / SampledLines);
        for (std::uint64_t at = 0; at + 8 <= place.size; at += 8)
            sum = (sum ^ loadLe<std::uint64_t>(&memory[std::size_t(place.first + at)]))
                * 0x100000001b3u;
    }
    return sum;
}

void Screen::tell(const Damage &damage)
{
    const std::lock_guard lock(m_listenerMutex);
    if (!m_listener)
        return;
    if (damage.isResized)
        return m_listener->frameResized();
    for (const FrameRect &rect : damage.rects)
        m_listener->frameDamaged(rect);
}

void Screen::showAnew(const VgaPicture &picture) const
{
    m_shown = picture;
    m_staleLines.assign(picture.height, true);
}

Frame Screen::frame() const
{
    if (!m_isLooking)
        refreshUnseen();
    {
        const std::lock_guard lock(m_shared);
        if (m_shown.kind == VgaPicture::Kind::None)
            return {};
        if (const PixelFormat format = lentFormat(m_shown); format != PixelFormat::None)
            return lentFrame(format);
        if (m_shown.kind == VgaPicture::Kind::Packed) {
            convertStaleLines(m_shown.height);
            return convertedFrame();
        }
    }
    // vCPUs write these by way of the card: they wait for a few lines at most.
    for (;;) {
        const std::lock_guard card(m_vga.cardLock());
        const std::lock_guard lock(m_shared);
        if (convertStaleLines(LinesPerLock))
            return convertedFrame();
    }
}

// Nobody looks: the window is hidden, or there is none.
void Screen::refreshUnseen() const
{
    if (MemoryMapper *const mapper = m_vga.mapper())
        mapper->drainCoalesced();
    const std::lock_guard card(m_vga.cardLock());
    const VgaPicture now = m_vga.picture();
    const std::lock_guard lock(m_shared);
    const bool isDark = now.isBlank || now.kind == VgaPicture::Kind::None;
    if (!isDark || isSameSize(now, m_shown) || m_shown.kind == VgaPicture::Kind::None) {
        showAnew(now);
    } else {
        m_shown.isBlank = true;
        showAnew(m_shown);
    }
}

Frame Screen::lentFrame(PixelFormat format) const
{
    return {.pixels = m_vga.memory()->bytes().data() + m_shown.start,
            .width = int(m_shown.width),
            .height = int(m_shown.height),
            .strideBytes = std::ptrdiff_t(m_shown.pitch),
            .format = format,
            .keepAlive = m_vga.memory(),
            .memoryFile = m_vga.memory()->sharedDescriptor(),
            .memoryOffset = std::size_t(m_shown.start)};
}

Frame Screen::convertedFrame() const
{
    if (!m_converted)
        return {};
    return {.pixels = m_converted->bytes().data(),
            .width = int(m_shown.width),
            .height = int(m_shown.height),
            .strideBytes = std::ptrdiff_t(m_shown.width) * 4,
            .format = PixelFormat::Xrgb32,
            .keepAlive = m_converted,
            .memoryFile = m_converted->sharedDescriptor()};
}

bool Screen::convertStaleLines(std::uint32_t atMost) const
{
    if (!m_converted || m_convertedWidth != m_shown.width || m_convertedLines != m_shown.height) {
        constexpr std::size_t Page = VgaCore::PageBytes;
        const std::size_t bytes = std::size_t(m_shown.width) * m_shown.height * 4;
        Result<std::shared_ptr<VideoMemory>> memory =
            VideoMemory::create(std::max(Page, (bytes + Page - 1) / Page * Page));
        if (!memory) {
            log(LogLevel::Warning, "screen", memory.error().text());
            m_converted.reset();
            return true;
        }
        m_converted = *memory;
        m_convertedWidth = m_shown.width;
        m_convertedLines = m_shown.height;
        m_staleLines.assign(m_shown.height, true);
    }
    // Mapped at a page's start, and nobody else's: any object may be made in it.
    const std::span<std::uint32_t> all(
        reinterpret_cast<std::uint32_t *>(m_converted->bytes().data()),
        std::size_t(m_shown.width) * m_shown.height);
    const std::span<const std::uint8_t> memory = m_vga.memory()->bytes();
    for (std::uint32_t y = 0; y < m_shown.height; ++y) {
        if (!m_staleLines[y])
            continue;
        if (atMost-- == 0)
            return false;
        m_staleLines[y] = false;
        m_renderer.drawLine(m_shown, memory, y, m_blink,
                            all.subspan(std::size_t(y) * m_shown.width, m_shown.width));
    }
    return true;
}

} // namespace engine
