// SPDX-License-Identifier: GPL-3.0-or-later
// The graphics card's picture as a FrameSource. Where the guest's pixels are 32 or 16 bits in a
// linear frame buffer, the frame is the video memory itself; other pictures are converted when they
// are asked for, only the lines that changed. Both lie in memory that another process can map.
//
// While somebody watches, the io thread looks which pages the guest wrote (refresh_policy.h) and
// tells the listener; a change of registers (a page flip, a new mode) makes it look at once.
// Otherwise nothing happens and writes are not logged: a hidden window costs nothing.
//
// The sizes of VGA modes are programmed register by register: a new size is believed when it has
// stood still for a moment, and a dark screen keeps the size it had.
//
// Threads: frame() and cursor() on the view's; listeners are called on the io thread. Locks, in
// this order: the gate's (looking), the card's, then the shared state's, the listener's.
#pragma once

#include "engine/devices/vga_core.h"
#include "engine/devices/vga_render.h"
#include "engine/host/frame_source.h"
#include "engine/vmm/refresh_policy.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace engine {

class Screen final : public FrameSource, private VgaWatcher
{
public:
    using Post = std::function<void(std::function<void()>)>; // to the io thread
    // The card and the clock live longer. What was posted may still run after the screen is gone.
    Screen(VgaCore &vga, GuestClock &clock, Post post);
    ~Screen() override; // any thread; nobody calls frame() then

    Frame frame() const override;
    CursorImage cursor() const override; // invisible: the guest draws its own
    void setListener(FrameListener *listener) override;
    bool tellsWholePictures() const override { return true; }
    void setVisible(bool visible) override;

    // Guest pixels, as frame() would have them; 0 by 0 without a picture. Any thread.
    struct Size
    {
        int width = 0;
        int height = 0;
    };
    Size size() const;
    // Input went to the guest. Any thread.
    void expectChange();

private:
    // What posted functions and the timer hold on to.
    struct Gate
    {
        std::mutex mutex;
        Screen *screen = nullptr;
    };
    struct Damage
    {
        std::vector<FrameRect> rects;
        bool isResized = false;
        bool isDense = false;

        bool isEmpty() const { return rects.empty() && !isResized; }
    };

    void pictureChanged() override;
    void guestStopped() override;
    void postLook();
    void refreshUnseen() const;
    // The gate's mutex is held for these; on the io thread.
    void look();
    void stopLooking();
    std::optional<VgaPicture> believable(const VgaPicture &now, GuestTime time);
    bool hasSettled(const VgaPicture &now, GuestTime time);
    Damage findDamage(const VgaPicture &now, GuestTime time);
    bool isClean() const;
    void markWritten(const VgaPicture &now, std::vector<bool> &lines, bool &isDense) const;
    void markBlinking(const VgaPicture &now, VgaBlink blink, std::vector<bool> &lines);
    std::uint64_t sampleChecksum(const VgaPicture &now) const;
    void tell(const Damage &damage);
    // The shared state's mutex is held for these.
    void showAnew(const VgaPicture &picture) const;
    Frame lentFrame(PixelFormat format) const;
    Frame convertedFrame() const;
    bool convertStaleLines(std::uint32_t atMost) const; // false: there are more

    VgaCore &m_vga;
    GuestClock &m_clock;
    const Post m_post;
    const std::shared_ptr<Gate> m_gate;
    std::unique_ptr<Timer> m_timer;

    // Behind the gate.
    RefreshPolicy m_policy;
    std::vector<std::uint64_t> m_pages; // written since the last look
    bool m_areFontsTouched = false;
    VgaPicture m_candidate; // a size that has yet to settle
    GuestTime m_candidateSince = {};
    bool m_isSettling = false;

    std::atomic<bool> m_isVisible = true;
    std::atomic<bool> m_hasListener = false;
    std::atomic<bool> m_isLooking = false;
    std::atomic<bool> m_isPosted = false;
    std::atomic<bool> m_mustPush = false; // whatever the policy says
    std::atomic<std::int64_t> m_promptUntil = 0; // what expectChange() asked for last, nanoseconds

    mutable std::mutex m_shared;
    mutable VgaPicture m_shown;
    mutable VgaBlink m_blink;
    mutable std::vector<bool> m_staleLines; // of m_converted
    mutable std::shared_ptr<VideoMemory> m_converted; // as large as the picture, in whole pages
    mutable std::uint32_t m_convertedLines = 0; // of the picture that it was made for
    mutable std::uint32_t m_convertedWidth = 0;
    mutable VgaRenderer m_renderer;

    std::mutex m_listenerMutex; // held while it is called
    FrameListener *m_listener = nullptr;
};

} // namespace engine
