// SPDX-License-Identifier: GPL-3.0-or-later
// A DisplaySession over SPICE, on a Unix socket or by TCP, by spice-client-glib. Four channels are
// opened: main, display, cursor, inputs; a fifth, playback, for those who have asked for sound. The library works in GLib's default main context, which
// Qt's event dispatcher on Linux runs; where it does not (QT_NO_GLIB) the session closes with a
// sentence saying so. On a Unix socket the main channel goes through a SpiceRelay (see
// spice_agent_filter.h for what it mends). Specified in "SPICE protocol", spice-space.org. Main
// thread only.
#pragma once

#include "display/open_display.h"

namespace display {

class SpiceDisplaySession final : public DisplaySession
{
    Q_OBJECT
public:
    explicit SpiceDisplaySession(const engine::SpiceAddress &address, QObject *parent = nullptr);
    ~SpiceDisplaySession() override;

    engine::FrameSource &frameSource() override;
    engine::InputSink &inputSink() override;
    GuestLink *guestLink() override;
    void setSound(SoundMaker maker) override;
    bool wantsPassword() const override;
    bool distrustsCertificate() const override;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace display
