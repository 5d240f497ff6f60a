// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine shows to its windows, for SPICE clients: the seam between a DisplayClient and the
// library's server (engine/spice/screen_server.h).
//
// A picture is handed over when the one before is on its way to the clients; what changes meanwhile
// is gathered.
//
// Main thread only.
#pragma once

#include "engine/base/fd.h"
#include "engine/control/display_client.h"
#include "engine/host/damage_list.h"
#include "engine/spice/screen_server.h"

#include <QtCore/QObject>

#include <memory>

namespace app {

class SpiceFeed final : public QObject,
                        private engine::FrameListener,
                        private engine::spice::ScreenServerListener
{
    Q_OBJECT
public:
    SpiceFeed() = default;
    ~SpiceFeed() override; // the clients are sent away

    // Listens at once.
    engine::Result<> serve(const engine::spice::ScreenServerConfig &config);

    // From now on this machine's screen, by a connection that carries display_protocol.h's
    // messages.
    void show(engine::Fd connection);

    // From now on what this machine plays (engine/host/sound_protocol.h).
    void hear(engine::Fd socket);

signals:
    void clientsChanged(int clients);

private:
    void frameDamaged(engine::FrameRect damage) override;
    void frameResized() override;
    void cursorChanged() override;
    void clientsCame(int clients) override;
    void pictureTaken() override;
    void inputCame(std::function<void(engine::InputSink &)> what) override;
    void sizeWanted(int width, int height) override;

    void drop();
    void update();
    void updateInput();

    std::unique_ptr<engine::DisplayClient> m_machine; // none while nobody is to look
    bool m_isUnderWay = false; // a picture
    bool m_isPictureNew = false;
    engine::DamageList m_damage;
    std::unique_ptr<engine::spice::ScreenServer> m_server; // last: it calls from its threads
};

} // namespace app
