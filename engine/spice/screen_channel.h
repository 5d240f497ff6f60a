// SPDX-License-Identifier: GPL-3.0-or-later
// The picture and the pointer's shape, as a QXL card without a guest's driver would draw them
// (spice-qxl.h, and qxl_dev.h of spice-protocol): one primary surface of the picture's size, and a
// copy of bits for everything new.
//
// The library's drawing thread asks for the commands when the clients have room for them; what
// changes meanwhile is gathered by whoever calls show(). Every bitmap is a copy of its own, for the
// library looks at it again when it compresses later ones.
//
// Threads: everything on the server's but the QXL interface's functions, which come on the drawing
// thread; the queue between the two has a lock.
#pragma once

#include "engine/host/frame_source.h"
#include "engine/spice/picture_mirror.h"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <spice.h>

namespace engine::spice {

class ScreenChannel final
{
public:
    // `taken` is called on the drawing thread when all of a show() is on its way. `isServerStuck`
    // as well: whether the server's thread sleeps inside the library, as it does while it waits for
    // the drawing thread.
    ScreenChannel(SpiceServer *server, std::function<void()> taken,
                  std::function<bool()> isServerStuck);
    ~ScreenChannel(); // after the server

    // May wait for the drawing thread, when the size is another.
    void show(const Frame &frame, const std::vector<FrameRect> &damage);
    void showCursor(const CursorImage &cursor);

private:
    struct Command;
    struct DrawCommand;
    struct PointerCommand;
    using Queue = std::deque<std::unique_ptr<Command>>;
    struct Instance // as the library knows it: the first member
    {
        QXLInstance qxl = {};
        ScreenChannel *self = nullptr;
    };

    static ScreenChannel &of(QXLInstance *instance);
    static const QXLInterface &interface();
    void resize(int width, int height);
    void createSurface();
    std::unique_ptr<Command> copyOf(const FrameRect &rect);
    bool take(Queue &queue, QXLCommandExt *into);
    void clientComesOrGoes();

    const std::function<void()> m_taken;
    const std::function<bool()> m_isServerStuck;
    bool m_isClientNew = false; // the drawing thread's
    Instance m_instance;
    PictureMirror m_mirror;
    std::vector<std::uint32_t> m_surface; // the library draws into it
    std::uint32_t m_lastImage = 0;

    std::mutex m_mutex; // for what follows
    Queue m_draws;
    Queue m_pointers;
    bool m_owesTaken = false;
};

} // namespace engine::spice
