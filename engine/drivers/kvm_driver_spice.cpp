// SPDX-License-Identifier: GPL-3.0-or-later
// The screen for SPICE clients, where the machine offers it: before the guest starts, so that a
// port that is taken is told at once.
#include "engine/drivers/hub_screen_server.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/spice_server.h"
#include "engine/machine/remote_display.h"

#include <utility>

namespace engine {

void KvmDriver::offerScreen(std::function<void(Result<>)> done)
{
    const RemoteDisplay &remote = m_definition.remoteDisplay;
    if (!remote.isEnabled)
        return done({});
    const QString folder = spiceCertificateFolder(m_place);
    const auto serve = [this, folder, done = std::move(done)](Result<> prepared) {
        if (m_end)
            return;
        if (!prepared)
            return done(std::move(prepared));
        auto server = HubScreenServer::open(m_definition, folder, m_hub);
        if (!server)
            return done(std::move(server).error());
        m_screenServer = std::move(*server);
        done({});
    };
    if (remote.isTlsOn)
        prepareSpiceCertificate(folder, listenAddress(remote), this, serve);
    else
        serve({});
}

// The library may wait for a slow client, and this thread for nobody.
void KvmDriver::endScreenServer()
{
    if (!m_screenServer || !m_control)
        return;
    // Shared, as what is posted has to be copyable.
    auto server = std::make_shared<std::unique_ptr<spice::ScreenServer>>(m_screenServer->release());
    m_control->post([server] { server->reset(); });
}

} // namespace engine
