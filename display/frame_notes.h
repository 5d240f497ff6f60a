// SPDX-License-Identifier: GPL-3.0-or-later
// Notes what a FrameSource says, on whichever thread, and tells the view about it when the source
// has been quiet for a millisecond: a frame comes in many pieces over some milliseconds, and
// painting each as it comes would cost more than they do. A source that is never quiet is not
// waited for, nor is one that tells of whole pictures.
#pragma once

#include "engine/host/frame_source.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QTimer>
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

    FrameNotes();

    // Off: what is noted arrives with the next turn of the event loop. The view's thread.
    void setWaitingForQuiet(bool isOn) { m_waitsForQuiet = isOn; }
    Notes take(); // the view's thread
    void clear() { take(); }

    void frameDamaged(engine::FrameRect damage) override;
    void frameResized() override;
    void cursorChanged() override;

signals:
    void arrived(); // on the view's thread, from its event loop

private:
    void post(std::unique_lock<std::mutex> lock);
    void begin();
    void lookWhetherQuiet();

    std::mutex m_mutex; // guards what follows; nothing is called with it held
    Notes m_notes;
    quint64 m_count = 0;
    bool m_isPosted = false;

    QTimer m_quiet; // from here on the view's thread only
    QElapsedTimer m_sinceFirst;
    quint64 m_seenCount = 0;
    bool m_waitsForQuiet = true;
};

} // namespace display
