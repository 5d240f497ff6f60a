// SPDX-License-Identifier: GPL-3.0-or-later
// Notes what a FrameSource says, on whichever thread, and tells the view about it once per round of
// its event loop.
#pragma once

#include "engine/host/frame_source.h"

#include <QtCore/QObject>
#include <QtGui/QRegion>

#include <mutex>

namespace display {

class FrameNotes final : public QObject, public engine::FrameListener
{
    Q_OBJECT
public:
    struct Notes
    {
        QRegion damage; // guest pixels
        bool isResized = false;
        bool hasNewCursor = false;
    };

    Notes take(); // the view's thread
    void clear() { take(); }

    void frameDamaged(engine::FrameRect damage) override;
    void frameResized() override;
    void cursorChanged() override;

signals:
    void arrived(); // queued to the view's thread

private:
    void post(std::unique_lock<std::mutex> lock);

    std::mutex m_mutex; // guards what follows; nothing is called with it held
    Notes m_notes;
    bool m_isPosted = false;
};

} // namespace display
