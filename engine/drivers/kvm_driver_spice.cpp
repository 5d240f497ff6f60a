// SPDX-License-Identifier: GPL-3.0-or-later
// The screen for SPICE clients, where the machine offers it: before the guest starts, so that a
// port that is taken is told at once.
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/spice_process.h"
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
        SpiceProcessOptions options;
        options.program = m_options.spiceProgram;
        m_spiceProcess = new SpiceProcess(m_definition, folder, m_hub, std::move(options), this);
        connect(m_spiceProcess, &SpiceProcess::gaveUp, this, &Driver::noticed);
        m_spiceProcess->start([this, done](Result<> serving) {
            if (!m_end)
                done(std::move(serving));
        });
    };
    if (remote.isTlsOn)
        prepareSpiceCertificate(folder, listenAddress(remote), this, serve);
    else
        serve({});
}

void KvmDriver::endScreenServer()
{
    if (SpiceProcess *process = std::exchange(m_spiceProcess, nullptr)) {
        process->stop();
        process->deleteLater(); // this may be its answer
    }
}

} // namespace engine
