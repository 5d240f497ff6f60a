// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/virtio_gpu.h"

#include <algorithm>
#include <utility>

namespace engine::virtio {

namespace {

constexpr std::uint16_t DeviceType = 16;
constexpr std::uint32_t ClassCode = 0x030000;
constexpr GpuHead::Wish FirstWish = {1280, 800}; // as the VGA's monitor
constexpr unsigned ChainsAtOnce = 16;
// The lock is let go after as many: a window waits for it when it wants a picture.
constexpr std::uint64_t BytesAtOnce = 16 << 20;
constexpr std::size_t MostPixelsOfState = 16384;

} // namespace

// VgaCore keeps the reference only, so that this is not made yet does not matter.
VirtioGpu::VirtioGpu(std::string name, unsigned heads, std::shared_ptr<VideoMemory> videoMemory,
                     GuestClock &clock, PollLoop *loop)
    : VirtioPci(std::move(name),
                {.deviceType = DeviceType,
                 .classCode = ClassCode,
                 .features = gpu::FeatureEdid,
                 .queueSizes = {ControlQueueSize, CursorQueueSize},
                 .configBytes = gpu::ConfigBytes,
                 .bar = TransportBar},
                loop)
    , VgaCore(std::move(videoMemory), clock, *this)
    , m_heads(heads)
{
    check(heads >= 1 && heads <= MaxHeads, "a virtio GPU has 1 to 4 monitors");
    for (GpuHead &head : m_heads)
        head.wish = FirstWish;
    defineBar(MemoryBar, BarKind::Memory32, memory()->size(), true);
    backBar(MemoryBar, "video memory", memory()->bytes());
    defineBar(RegisterBar, BarKind::Memory32, RegisterBytes);
    storeLe(&deviceConfig()[gpu::ScanoutCount], std::uint32_t(heads));
}

VirtioGpu::~VirtioGpu()
{
    leaveLoop();
}

// The VGA's side

void VirtioGpu::resetCard()
{
    resetVga(connections().mapper, barWindow(MemoryBar));
}

std::uint64_t VirtioGpu::readOther(unsigned region, std::uint64_t offset, unsigned size)
{
    return readVga(region, offset, size);
}

void VirtioGpu::writeOther(unsigned region, std::uint64_t offset, unsigned size,
                           std::uint64_t value)
{
    writeVga(region, offset, size, value);
}

void VirtioGpu::otherBarMapped(unsigned bar)
{
    vgaBarMapped(bar);
}

void VirtioGpu::runningChanged(bool isRunning)
{
    vgaRunningChanged(isRunning);
}

// The host's side

void VirtioGpu::setGpuWatcher(GpuWatcher *watcher)
{
    const std::lock_guard guard(lock());
    m_watcher = watcher;
}

void VirtioGpu::wantSize(unsigned head, std::uint32_t width, std::uint32_t height)
{
    const std::lock_guard guard(lock());
    if (head < m_heads.size())
        wish(head, GpuHead::nearest(width, height));
}

void VirtioGpu::wish(unsigned head, const GpuHead::Wish &wish)
{
    if (wish == std::exchange(m_heads[head].wish, wish))
        return;
    storeLe(&deviceConfig()[gpu::EventsRead], gpu::EventDisplay);
    configChanged();
}

bool VirtioGpu::isPluggedIn(unsigned head) const
{
    const std::lock_guard guard(lock());
    return m_heads.at(head).wish.width != 0;
}

void VirtioGpu::setPluggedIn(unsigned head, bool isPluggedIn)
{
    const std::lock_guard guard(lock());
    GpuHead &monitor = m_heads.at(head);
    if (isPluggedIn == (monitor.wish.width != 0))
        return;
    if (!isPluggedIn)
        monitor.wishBefore = monitor.wish;
    wish(head,
         !isPluggedIn                        ? GpuHead::Wish()
             : monitor.wishBefore.width != 0 ? monitor.wishBefore
                                             : FirstWish);
}

VirtioGpu::Place VirtioGpu::placeOf(unsigned head) const
{
    const std::lock_guard guard(lock());
    const GpuHead &asked = m_heads.at(head);
    const auto picture = m_resources.find(asked.resource());
    if (picture == m_resources.end()) // the number of none is never one
        return {};
    const auto isOther = [&asked](const GpuHead &one) {
        return one.resource() != 0 && one.resource() != asked.resource();
    };
    if (std::none_of(m_heads.begin(), m_heads.end(), isOther))
        return {asked.place().x, asked.place().y, int(picture->second.width()),
                int(picture->second.height())};
    Place place;
    for (const GpuHead &one : m_heads) {
        if (one.resource() == 0)
            continue;
        if (&one == &asked)
            place.x = place.desktopWidth;
        place.desktopWidth += one.width();
        place.desktopHeight = std::max(place.desktopHeight, one.height());
    }
    return place;
}

void VirtioGpu::setCursorDrawn(bool isDrawn)
{
    const std::lock_guard guard(lock());
    for (unsigned i = 0; i < m_heads.size(); ++i) {
        GpuHead &head = m_heads[i];
        if (head.isCursorDrawn() == isDrawn)
            continue;
        head.setCursorDrawn(true); // so that its place is known
        const FrameRect part = head.cursorPart();
        head.setCursorDrawn(isDrawn);
        redraw(i, part);
        if (m_watcher)
            m_watcher->cursorChanged(i);
    }
}

Frame VirtioGpu::frame(unsigned head)
{
    const std::lock_guard guard(lock());
    GpuHead &shown = m_heads.at(head);
    if (shown.isStale())
        shown.drawAll(shownBy(shown));
    return shown.frame();
}

CursorImage VirtioGpu::cursor(unsigned head) const
{
    const std::lock_guard guard(lock());
    const GpuHead &shown = m_heads.at(head);
    if (shown.isCursorDrawn())
        return {.isVisible = false};
    return shown.cursor();
}

VirtioGpu::Facts VirtioGpu::facts() const
{
    const std::lock_guard guard(lock());
    return {m_resources.size(), m_resourceBytes, m_backingEntries};
}

// The driver's side

// The driver says which events it has seen; the rest is the device's (5.7.4).
void VirtioGpu::writeDeviceConfig(std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (offset != gpu::EventsClear || size != 4)
        return;
    std::uint8_t *const events = &deviceConfig()[gpu::EventsRead];
    storeLe(events, loadLe<std::uint32_t>(events) & ~std::uint32_t(value));
}

void VirtioGpu::resetVirtio()
{
    storeLe(&deviceConfig()[gpu::EventsRead], std::uint32_t(0));
    releaseAll();
}

void VirtioGpu::releaseAll()
{
    m_resources.clear();
    m_resourceBytes = 0;
    m_backingEntries = 0;
    for (GpuHead &head : m_heads)
        head.clear();
    if (!std::exchange(m_isTaken, false))
        return;
    for (unsigned i = 0; i < m_heads.size(); ++i)
        tellReplaced(i);
}

void VirtioGpu::tellReplaced(unsigned head)
{
    if (!m_watcher)
        return;
    m_watcher->pictureReplaced(head);
    m_watcher->cursorChanged(head);
}

bool VirtioGpu::processQueue(unsigned index)
{
    m_copiedBytes = 0;
    for (unsigned i = 0; i < ChainsAtOnce && m_copiedBytes < BytesAtOnce; ++i) {
        const std::optional<Chain> chain = queue(index).pop();
        if (!chain) {
            finish(index);
            return true;
        }
        const Reply reply = index == Cursor ? handleCursor(*chain) : answer(*chain);
        queue(index).push(chain->head, copyTo(chain->writable, 0, reply));
    }
    finish(index);
    return false;
}

GpuResource *VirtioGpu::resource(std::uint32_t id)
{
    const auto found = m_resources.find(id);
    return found == m_resources.end() ? nullptr : &found->second;
}

const GpuResource *VirtioGpu::shownBy(const GpuHead &head)
{
    return head.resource() == 0 ? nullptr : resource(head.resource());
}

void VirtioGpu::redraw(unsigned number, const FrameRect &part)
{
    GpuHead &head = m_heads[number];
    if (part.width <= 0 || part.height <= 0 || !head.hasPicture())
        return;
    if (!isWatched(number)) {
        head.makeStale();
        return;
    }
    const bool isAllNew = head.takeNews();
    if (head.isStale())
        head.drawAll(shownBy(head));
    else
        head.draw(shownBy(head), part);
    m_watcher->pictureDamaged(number,
                              isAllNew ? FrameRect{0, 0, head.width(), head.height()} : part);
}

void VirtioGpu::darken(unsigned number)
{
    GpuHead &head = m_heads[number];
    if (head.resource() == 0)
        return;
    head.darken();
    if (isWatched(number)) {
        head.drawAll(nullptr);
        m_watcher->pictureDamaged(number, {0, 0, head.width(), head.height()});
    }
}

// State

void VirtioGpu::serializeVirtio(StateArchive &archive, std::uint32_t)
{
    serializeVga(archive);
    auto heads = std::uint32_t(m_heads.size());
    auto events = loadLe<std::uint32_t>(&deviceConfig()[gpu::EventsRead]);
    archive.value(heads);
    archive.value(events);
    archive.value(m_isTaken);
    if (archive.isLoading()) {
        if (!archive.hasFailed() && heads != m_heads.size())
            archive.fail("it has another number of monitors");
        storeLe(&deviceConfig()[gpu::EventsRead], events & gpu::EventDisplay);
    }
    serializeResources(archive);
    for (GpuHead &head : m_heads)
        if (!archive.hasFailed())
            serializeHead(archive, head);
    if (!archive.isLoading())
        return;
    if (archive.hasFailed()) {
        m_isTaken = false;
        m_resources.clear();
        m_resourceBytes = 0;
        m_backingEntries = 0;
        for (GpuHead &head : m_heads)
            head.clear();
    }
    for (unsigned i = 0; i < m_heads.size(); ++i)
        tellReplaced(i);
}

void VirtioGpu::serializeResources(StateArchive &archive)
{
    auto count = std::uint32_t(m_resources.size());
    archive.value(count);
    if (archive.isLoading() && !archive.hasFailed() && count > MaxResources)
        archive.fail("it has more resources than can be");
    auto existing = m_resources.begin();
    for (std::uint32_t i = 0; i < count && !archive.hasFailed(); ++i) {
        std::uint32_t id = archive.isLoading() ? 0 : existing->first;
        GpuResource *known = archive.isLoading() ? nullptr : &(existing++)->second;
        std::uint32_t format = known ? known->formatWord() : 0;
        std::uint32_t width = known ? known->width() : 0;
        std::uint32_t height = known ? known->height() : 0;
        auto entries = std::uint32_t(known ? known->backing().entries().size() : 0);
        archive.value(id);
        archive.value(format);
        archive.value(width);
        archive.value(height);
        archive.value(entries);
        if (archive.hasFailed())
            return;
        if (!known) {
            const std::optional<GpuFormat> places = GpuFormat::of(format);
            const bool isPossible = id != 0 && places && width >= 1 && height >= 1
                && width <= GpuResource::MaxSide && height <= GpuResource::MaxSide
                && GpuResource::bytesOf(width, height) <= MaxResourceBytes - m_resourceBytes
                && entries <= MaxBackingEntries
                && entries <= MaxAllBackingEntries - m_backingEntries && !m_resources.contains(id);
            if (!isPossible)
                return archive.fail("a resource is not possible");
            std::optional<GpuResource> made = GpuResource::make(format, *places, width, height);
            if (!made)
                return archive.fail("there is no memory for a resource");
            known = &m_resources.emplace(id, *std::move(made)).first->second;
            m_resourceBytes += GpuResource::bytesOf(width, height);
        }
        std::vector<GpuBacking::Entry> list = known->backing().entries();
        if (archive.isLoading())
            list.resize(entries);
        for (GpuBacking::Entry &entry : list) {
            archive.value(entry.address);
            archive.value(entry.length);
        }
        archive.bytes(known->pixels());
        if (!archive.isLoading() || archive.hasFailed())
            continue;
        if (!list.empty()
            && (!connections().ram
                || !known->backing().attach(*connections().ram, std::move(list))))
            return archive.fail("a resource's pages are no memory");
        m_backingEntries += entries;
    }
}

void VirtioGpu::serializeHead(StateArchive &archive, GpuHead &head)
{
    GpuHead::Wish wish = head.wish;
    archive.value(wish.width);
    archive.value(wish.height);
    std::uint32_t id = head.resource();
    FrameRect place = head.place();
    bool hasPicture = head.hasPicture();
    archive.value(id);
    archive.value(hasPicture);
    for (int *number : {&place.x, &place.y, &place.width, &place.height})
        archive.value(*number);
    int x = head.cursorX();
    int y = head.cursorY();
    CursorImage image = head.cursor();
    archive.value(x);
    archive.value(y);
    bool isCursorDrawn = head.isCursorDrawn();
    archive.value(isCursorDrawn);
    archive.value(image.isVisible);
    archive.value(image.width);
    archive.value(image.height);
    archive.value(image.hotSpotX);
    archive.value(image.hotSpotY);
    archive.list(image.pixels, MostPixelsOfState);
    if (!archive.isLoading() || archive.hasFailed())
        return;
    const bool isWishKnown = wish == GpuHead::nearest(wish.width, wish.height);
    constexpr int Far = GpuHead::FarthestCursor;
    const bool isCursor = x >= -Far && x <= Far && y >= -Far && y <= Far && image.hotSpotX >= 0
        && image.hotSpotX < gpu::CursorSide && image.hotSpotY >= 0
        && image.hotSpotY < gpu::CursorSide
        && (image.pixels.empty()
            || (image.width == gpu::CursorSide && image.height == gpu::CursorSide
                && image.pixels.size() == std::size_t(gpu::CursorSide * gpu::CursorSide)));
    const GpuResource *const shown = id == 0 ? nullptr : resource(id);
    const bool isPlaced = !hasPicture ? id == 0
                                      : place.width >= 1 && place.height >= 1
            && place.width <= int(GpuResource::MaxSide) && place.height <= int(GpuResource::MaxSide)
            && (id == 0 || (shown && shown->contains(place)));
    bool isReplaced = false;
    if (!isWishKnown || !isCursor || !isPlaced || (hasPicture && !head.show(id, place, isReplaced)))
        return archive.fail("a monitor is not possible");
    head.wish = wish;
    head.setCursor(std::move(image));
    head.setCursorDrawn(isCursorDrawn);
    head.moveCursor(x, y);
}

} // namespace engine::virtio
