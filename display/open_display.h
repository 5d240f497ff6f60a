// SPDX-License-Identifier: GPL-3.0-or-later
// From an endpoint (in this process, in the machine's by its control socket, or SPICE) to something
// a FrameView can show and type into. SPICE's headers appear in spice_session.cpp only.
#pragma once

#include "display/guest_link.h"
#include "engine/base/result.h"
#include "engine/drivers/driver.h"
#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"
#include "engine/host/sound_backend.h"

#include <QtCore/QObject>

#include <functional>
#include <memory>

namespace display {

// Where sound goes, made when there is some; null: nowhere.
using SoundMaker = std::function<std::shared_ptr<engine::SoundBackend>()>;

class DisplaySession : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    virtual engine::FrameSource &frameSource() = 0;
    virtual engine::InputSink &inputSink() = 0;
    // The way to an agent in the guest; nullptr where the engine has none.
    virtual GuestLink *guestLink() { return nullptr; }
    // What the far end plays goes there; none: it is not heard. Before opened() for the first time,
    // or the session has no sound.
    virtual void setSound(SoundMaker) { }
    // After closed(): the server wants a password, or another one than it was given.
    virtual bool wantsPassword() const { return false; }
    // After closed(): the connection was not encrypted by whom it should be.
    virtual bool distrustsCertificate() const { return false; }

signals:
    void opened(); // the first surface is there
    void pointerModeChanged();
    // What the input sink could not send: the wheel turned by a notch, 1 to the right or -1.
    void wheelTurnedSideways(int notches);
    void closed(
        const QString &reason); // empty reason: the machine ended, or another client took over
};

// Connects in the background; opened() or closed() follows.
std::unique_ptr<DisplaySession> openDisplay(const engine::DisplayEndpoint &endpoint);

} // namespace display
