// SPDX-License-Identifier: GPL-3.0-or-later
// A DisplayHub's picture, input and desktop agent for SPICE clients on TCP (VRDE): one more view of
// the hub beside the windows', served by lib/vitrine/vitrine-spice.so (engine/spice/screen_server.h).
//
// While no client is there, the view asks for nothing. A picture is handed over when the one before
// is on its way to the clients; what changes meanwhile is gathered. The agent is the clients' from
// when one comes until the last has gone, as display_hub.h says.
//
// Main thread only.
#pragma once

#include "engine/drivers/display_hub.h"
#include "engine/drivers/spice_address.h"
#include "engine/machine/machine_definition.h"
#include "engine/spice/screen_server.h"

#include <QtCore/QObject>

#include <memory>
#include <mutex>
#include <vector>

namespace engine {

class HubScreenServer final : public QObject,
                              private FrameListener,
                              private spice::ScreenServerListener
{
    Q_OBJECT
public:
    // Listens at once, at the first free port that the definition allows; with TLS by the
    // certificate in the folder, which prepareSpiceCertificate() made. Errors say where it cannot,
    // and why. Views keep what they need of the hub.
    static Result<std::unique_ptr<HubScreenServer>> open(const MachineDefinition &definition,
                                                         const QString &certificateFolder,
                                                         DisplayHub &hub);
    ~HubScreenServer() override; // the clients are sent away

    // For clients on this computer.
    const SpiceAddress &address() const { return m_address; }
    int clients() const { return m_clients; }

    // Serves nobody any more but by what is returned, whose end sends the clients away: it may wait
    // for the library, on any thread, and must come before this one's.
    std::unique_ptr<spice::ScreenServer> release();

private:
    static constexpr std::size_t MaxRects = 16; // gathered; more become one

    explicit HubScreenServer(DisplayHub &hub);

    void frameDamaged(FrameRect damage) override;
    void frameResized() override;
    void cursorChanged() override;
    void clientsChanged(int clients) override;
    void pictureTaken() override;
    void inputCame(std::function<void(InputSink &)> what) override;

    void post(); // m_mutex is held
    void update();
    void setClients(int clients);
    void look();

    struct Notes
    {
        bool isPictureNew = false;
        bool isCursorNew = false;
        bool isInputNew = false;
        std::vector<FrameRect> damage;
    };

    DisplayHub &m_hub;
    DisplayHub::View m_view;
    SpiceAddress m_address;
    int m_clients = 0;
    bool m_isUnderWay = false; // a picture
    std::unique_ptr<spice::ScreenServer> m_server;

    std::mutex m_mutex; // for what follows
    Notes m_notes;
    bool m_isPosted = false;
};

} // namespace engine
