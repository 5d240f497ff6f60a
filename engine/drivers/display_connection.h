// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's side of a window in another process: tells it what the screen shows and where in
// memory that is, and passes on its keys and pointer. The messages are in display_protocol.h.
//
// Whatever the window does, the machine goes on: an update is sent only when the one before was
// acknowledged, what changes meanwhile is gathered to a bounded list, and a window that does not
// answer for a while counts as hidden until it does.
//
// Main thread only.
#pragma once

#include "engine/drivers/display_hub.h"
#include "engine/drivers/display_stream.h"
#include "engine/host/damage_list.h"

#include <QtCore/QTimer>

#include <mutex>

namespace engine {

class DisplayConnection final : public QObject, private FrameListener
{
    Q_OBJECT
public:
    // `request`: the id of the request that is answered with this; what came after it on the
    // connection is in `alreadyRead`.
    DisplayConnection(Fd socket, const QByteArray &alreadyRead, const QJsonValue &request,
                      DisplayHub::View view);
    ~DisplayConnection() override; // the window is told that it is over

    void setPatience(std::chrono::milliseconds patience) { m_patience.setInterval(patience); }

signals:
    void closed(); // by the window; once

private:
    struct Notes
    {
        bool isPictureNew = false;
        bool isCursorNew = false;
        bool isInputNew = false;
        bool isSizeNew = false; // whether the guest takes one
        DamageList damage;

        bool isEmpty() const
        {
            return !isPictureNew && !isCursorNew && !isInputNew && !isSizeNew && damage.isEmpty();
        }
    };

    void frameDamaged(FrameRect damage) override;
    void frameResized() override;
    void cursorChanged() override;
    void post(); // m_mutex is held
    void update();
    void describePicture(const Frame &frame, bool isForced, QJsonObject &into, int &descriptor);
    QJsonObject describeCursor() const;
    QJsonObject describeInput() const;
    void receive(const QJsonObject &message);
    void setVisible(bool isVisible);

    DisplayStream m_stream;
    const DisplayHub::View m_view;
    Frame m_sent; // its memory is what the window has
    bool m_isAwaitingAnswer = false;
    bool m_isStalled = false;
    bool m_isVisible = true; // as the window says
    bool m_wantsAgent = false;
    QTimer m_patience;

    std::mutex m_mutex; // for what follows
    Notes m_notes;
    bool m_isPosted = false;
};

} // namespace engine
