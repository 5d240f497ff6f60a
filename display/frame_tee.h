// SPDX-License-Identifier: GPL-3.0-or-later
// Lets one more look on at a FrameSource that has a view already: a recorder, which is told only
// that something changed. Goes between the source and the view.
//
// Threads: as FrameSource. The count may be read on any.
#pragma once

#include "engine/host/frame_source.h"

#include <atomic>
#include <cstdint>

namespace display {

class FrameTee final : public engine::FrameSource, private engine::FrameListener
{
public:
    explicit FrameTee(engine::FrameSource &source); // not owned
    ~FrameTee() override;

    engine::Frame frame() const override { return m_source.frame(); }
    engine::CursorImage cursor() const override { return m_source.cursor(); }
    void setListener(engine::FrameListener *listener) override;
    bool tellsWholePictures() const override { return m_source.tellsWholePictures(); }
    void setVisible(bool visible) override;

    // While watched the source tells of changes even if the view is hidden.
    void setWatched(bool isWatched);
    std::uint64_t changes() const { return m_changes; } // of the picture, so far

private:
    void frameDamaged(engine::FrameRect damage) override;
    void frameResized() override;
    void cursorChanged() override;
    void update();

    engine::FrameSource &m_source;
    std::atomic<engine::FrameListener *> m_listener = nullptr;
    std::atomic<std::uint64_t> m_changes = 0;
    bool m_isVisible = true;
    bool m_isWatched = false;
};

} // namespace display
