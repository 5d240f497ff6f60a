// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/screen_channel.h"

#include "engine/base/result.h"

#include <chrono>
#include <cstddef>
#include <cstring>
#include <thread>
#include <utility>

namespace engine::spice {

using namespace std::chrono_literals;

namespace {

// One group of memory slots with one slot, which is all of this process: addresses are pointers.
// The slot's number and generation are in an address's highest sixteen bits, and zero.
constexpr int SlotGroup = 0;
constexpr std::uint8_t SlotBits = 8;
constexpr int FirstWidth = 640;
constexpr int FirstHeight = 480;
constexpr int MaxCursorSide = 512;
constexpr std::uint32_t Surfaces = 1; // the primary one
constexpr std::chrono::milliseconds StuckPatience{2000};
constexpr std::chrono::milliseconds StuckInterval{5};
constexpr int StuckTimes = 3; // in a row: anything may sleep for a moment

QXLPHYSICAL addressOf(const void *object)
{
    return reinterpret_cast<std::uintptr_t>(object);
}

} // namespace

// The library gives back the release info, whose id is the command's address.
struct ScreenChannel::Command
{
    virtual ~Command() = default;
    QXLCommandExt ext = {};

protected:
    // The answer is the release info's id.
    std::uint64_t describe(std::uint32_t type, const void *data)
    {
        ext.cmd.type = type;
        ext.cmd.data = addressOf(data);
        ext.group_id = SlotGroup;
        return addressOf(this);
    }
};

struct ScreenChannel::DrawCommand final : Command
{
    DrawCommand(const PictureMirror &mirror, const FrameRect &rect, std::uint32_t number)
        : pixels(std::size_t(rect.width) * std::size_t(rect.height))
    {
        for (int y = 0; y < rect.height; ++y)
            std::memcpy(pixels.data() + std::size_t(y) * std::size_t(rect.width),
                        mirror.row(rect.y + y) + rect.x, std::size_t(rect.width) * 4);
        const auto width = std::uint32_t(rect.width);
        const auto height = std::uint32_t(rect.height);
        drawable.bbox = {rect.y, rect.x, rect.y + rect.height, rect.x + rect.width};
        drawable.clip.type = SPICE_CLIP_TYPE_NONE;
        drawable.effect = QXL_EFFECT_OPAQUE;
        drawable.type = QXL_DRAW_COPY;
        for (int i = 0; i < 3; ++i)
            drawable.surfaces_dest[i] = -1;
        drawable.u.copy.rop_descriptor = SPICE_ROPD_OP_PUT;
        drawable.u.copy.src_bitmap = addressOf(image.get());
        drawable.u.copy.src_area = {0, 0, rect.height, rect.width};
        image->descriptor.id = std::uint64_t(number) << 32 | QXL_IMAGE_GROUP_DEVICE;
        image->descriptor.type = SPICE_IMAGE_TYPE_BITMAP;
        image->descriptor.width = width;
        image->descriptor.height = height;
        image->bitmap.format = SPICE_BITMAP_FMT_32BIT;
        image->bitmap.flags = QXL_BITMAP_DIRECT | QXL_BITMAP_TOP_DOWN;
        image->bitmap.x = width;
        image->bitmap.y = height;
        image->bitmap.stride = width * 4;
        image->bitmap.data = addressOf(pixels.data());
        drawable.release_info.id = describe(QXL_CMD_DRAW, &drawable);
    }

    QXLDrawable drawable = {};
    // Apart: its type has an array without a size.
    const std::unique_ptr<QXLImage> image = std::make_unique<QXLImage>();
    std::vector<std::uint32_t> pixels;
};

struct ScreenChannel::PointerCommand final : Command
{
    explicit PointerCommand(const CursorImage &cursor)
        : shape(sizeof(QXLCursor) / 4 + 1 + cursor.pixels.size())
    {
        command.release_info.id = describe(QXL_CMD_CURSOR, &command);
        if (!cursor.isVisible) {
            command.type = QXL_CURSOR_HIDE;
            return;
        }
        const auto bytes = std::uint32_t(cursor.pixels.size() * sizeof(std::uint32_t));
        QXLCursor header = {};
        header.header.type = SPICE_CURSOR_TYPE_ALPHA; // its unique is 0: not to be remembered
        header.header.width = std::uint16_t(cursor.width);
        header.header.height = std::uint16_t(cursor.height);
        header.header.hot_spot_x = std::uint16_t(cursor.hotSpotX);
        header.header.hot_spot_y = std::uint16_t(cursor.hotSpotY);
        header.data_size = bytes;
        header.chunk.data_size = bytes;
        std::memcpy(shape.data(), &header, sizeof(header));
        auto *const place = reinterpret_cast<std::uint8_t *>(shape.data());
        std::memcpy(place + offsetof(QXLCursor, chunk) + offsetof(QXLDataChunk, data),
                    cursor.pixels.data(), bytes);
        command.type = QXL_CURSOR_SET;
        command.u.set.visible = 1;
        command.u.set.shape = addressOf(shape.data());
    }

    QXLCursorCmd command = {};
    std::vector<std::uint32_t> shape; // a QXLCursor and its pixels
};

ScreenChannel &ScreenChannel::of(QXLInstance *instance)
{
    return *reinterpret_cast<Instance *>(instance)->self;
}

const QXLInterface &ScreenChannel::interface()
{
    static const QXLInterface functions = [] {
        QXLInterface qxl = {};
        qxl.base.type = SPICE_INTERFACE_QXL;
        qxl.base.description = "vitrine";
        qxl.base.major_version = SPICE_INTERFACE_QXL_MAJOR;
        qxl.base.minor_version = SPICE_INTERFACE_QXL_MINOR;
        qxl.attached_worker = [](QXLInstance *) {};
        qxl.set_compression_level = [](QXLInstance *, int) {};
        qxl.get_init_info = [](QXLInstance *, QXLDevInitInfo *info) {
            *info = {};
            info->num_memslots_groups = 1;
            info->num_memslots = 1;
            info->memslot_gen_bits = SlotBits;
            info->memslot_id_bits = SlotBits;
            info->n_surfaces = Surfaces;
        };
        qxl.get_command = [](QXLInstance *instance, QXLCommandExt *command) -> int {
            return of(instance).take(of(instance).m_draws, command) ? 1 : 0;
        };
        qxl.get_cursor_command = [](QXLInstance *instance, QXLCommandExt *command) -> int {
            return of(instance).take(of(instance).m_pointers, command) ? 1 : 0;
        };
        // Whoever adds a command wakes the library up.
        qxl.req_cmd_notification = [](QXLInstance *) { return 1; };
        qxl.req_cursor_notification = [](QXLInstance *) { return 1; };
        qxl.release_resource = [](QXLInstance *, QXLReleaseInfoExt release) {
            delete reinterpret_cast<Command *>(std::uintptr_t(release.info->id));
        };
        qxl.notify_update = [](QXLInstance *, std::uint32_t) {};
        qxl.flush_resources = [](QXLInstance *) { return 0; };
        qxl.async_complete = [](QXLInstance *, std::uint64_t) {};
        qxl.set_client_capabilities = [](QXLInstance *instance, std::uint8_t, std::uint8_t *) {
            of(instance).clientComesOrGoes();
        };
        qxl.update_area_complete = [](QXLInstance *, std::uint32_t, QXLRect *, std::uint32_t) {};
        return qxl;
    }();
    return functions;
}

ScreenChannel::ScreenChannel(SpiceServer *server, std::function<void()> taken,
                             std::function<bool()> isServerStuck)
    : m_taken(std::move(taken))
    , m_isServerStuck(std::move(isServerStuck))
{
    m_instance.self = this;
    m_instance.qxl.base.sif = &interface().base;
    const int added = spice_server_add_interface(server, &m_instance.qxl.base);
    check(added == 0, "the library does not take its own screen interface");
    QXLDevMemSlot slot = {};
    slot.slot_group_id = SlotGroup;
    slot.virt_end = ~std::uintptr_t(0);
    spice_qxl_add_memslot(&m_instance.qxl, &slot);
    m_mirror.resize(FirstWidth, FirstHeight);
    createSurface();
}

ScreenChannel::~ScreenChannel() = default;

void ScreenChannel::createSurface()
{
    const auto width = std::uint32_t(m_mirror.width());
    const auto height = std::uint32_t(m_mirror.height());
    m_surface.assign(std::size_t(width) * height, 0);
    m_surface.shrink_to_fit();
    QXLDevSurfaceCreate surface = {};
    surface.width = width;
    surface.height = height;
    surface.stride = -std::int32_t(width) * 4;
    surface.format = SPICE_SURFACE_FMT_32_xRGB;
    surface.mouse_mode = 1; // pointers may be placed on it
    surface.mem = addressOf(m_surface.data());
    surface.group_id = SlotGroup;
    spice_qxl_create_primary_surface(&m_instance.qxl, 0, &surface);
}

void ScreenChannel::resize(int width, int height)
{
    {
        const std::lock_guard lock(m_mutex);
        m_draws.clear(); // of the old picture
    }
    spice_qxl_destroy_primary_surface(&m_instance.qxl, 0);
    m_mirror.resize(width, height);
    createSurface();
}

void ScreenChannel::show(const Frame &frame, const std::vector<FrameRect> &damage)
{
    const FrameRect area = PictureMirror::areaOf(frame);
    if (frame.isEmpty()) {
        m_taken();
        return;
    }
    std::vector<FrameRect> changed;
    if (area.width != m_mirror.width() || area.height != m_mirror.height()) {
        resize(area.width, area.height);
        changed = m_mirror.update(frame, std::vector{area});
    } else {
        changed = m_mirror.update(frame, damage);
    }
    if (changed.empty()) {
        m_taken();
        return;
    }
    Queue commands;
    for (const FrameRect &rect : changed)
        commands.push_back(copyOf(rect));
    {
        const std::lock_guard lock(m_mutex);
        for (std::unique_ptr<Command> &command : commands)
            m_draws.push_back(std::move(command));
        m_owesTaken = true;
    }
    spice_qxl_wakeup(&m_instance.qxl);
}

std::unique_ptr<ScreenChannel::Command> ScreenChannel::copyOf(const FrameRect &rect)
{
    return std::make_unique<DrawCommand>(m_mirror, rect, ++m_lastImage);
}

void ScreenChannel::showCursor(const CursorImage &cursor)
{
    const bool isShape = cursor.width > 0 && cursor.height > 0 && cursor.width <= MaxCursorSide
        && cursor.height <= MaxCursorSide && cursor.hotSpotX >= 0 && cursor.hotSpotY >= 0
        && cursor.hotSpotX < cursor.width && cursor.hotSpotY < cursor.height
        && cursor.pixels.size() == std::size_t(cursor.width) * std::size_t(cursor.height);
    if (cursor.isVisible && !isShape)
        return; // the guest has none of its own: the client's arrow serves
    {
        const std::lock_guard lock(m_mutex);
        m_pointers.clear(); // only the last counts
        m_pointers.push_back(std::make_unique<PointerCommand>(cursor));
    }
    spice_qxl_wakeup(&m_instance.qxl);
}

// The library says so when a client's channel has come, and just before one goes. It looks at the
// channel once more after its end when that goes while it is still coming up (spice-server 0.15,
// display_channel_client_wait_for_init in its dcc.cpp): that is good only while the server's thread
// holds it, which takes the client away at the same moment and waits for this thread. So this one
// lets it come that far.
void ScreenChannel::clientComesOrGoes()
{
    if (!std::exchange(m_isClientNew, true))
        return;
    int times = 0;
    for (auto waited = 0ms; waited < StuckPatience && times < StuckTimes; waited += StuckInterval) {
        std::this_thread::sleep_for(StuckInterval);
        times = m_isServerStuck() ? times + 1 : 0;
    }
}

bool ScreenChannel::take(Queue &queue, QXLCommandExt *into)
{
    m_isClientNew = false;
    bool isTaken = false;
    {
        const std::lock_guard lock(m_mutex);
        if (!queue.empty()) {
            Command *const command = queue.front().release(); // the library's until it is released
            queue.pop_front();
            *into = command->ext;
            return true;
        }
        isTaken = &queue == &m_draws && std::exchange(m_owesTaken, false);
    }
    if (isTaken)
        m_taken();
    return false;
}

} // namespace engine::spice
