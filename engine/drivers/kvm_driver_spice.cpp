// SPDX-License-Identifier: GPL-3.0-or-later
// The screen for SPICE clients, where the machine offers it: before the guest starts, so that a
// port that is taken is told at once, or while it runs.
#include "engine/base/log.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/spice_process.h"
#include "engine/drivers/spice_server.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/remote_display.h"

#include <utility>

namespace engine {

void KvmDriver::offerScreen(std::function<void(Result<>)> done)
{
    const RemoteDisplay &remote = m_definition.remoteDisplay;
    if (!remote.isEnabled)
        return done({});
    // Before a certificate is made for it, which its clients would have to trust.
    const QString folder = spiceCertificateFolder(m_place);
    if (auto free = chooseSpiceAddress(remote, spiceSocketPath(m_place), folder); !free)
        return done(std::move(free).error());
    const auto serve = [this, folder, done = std::move(done)](Result<> prepared) {
        if (m_end)
            return;
        if (!prepared)
            return done(std::move(prepared));
        SpiceProcessOptions options;
        options.program = m_options.spiceProgram;
        options.socket = spiceSocketPath(m_place);
        if (m_sharedSound)
            options.connectSound = [this] { return connectClientsSound(); };
        m_spiceProcess = new SpiceProcess(m_definition, folder, m_hub, std::move(options), this);
        connect(m_spiceProcess, &SpiceProcess::gaveUp, this, &Driver::noticed);
        connect(m_spiceProcess, &SpiceProcess::gaveUp, this, &Driver::displayChanged);
        connect(m_spiceProcess, &SpiceProcess::clientsChanged, this, [this] {
            if (m_spiceProcess == nullptr || m_spiceProcess->clients() == 0)
                endClientsSound();
        });
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

void KvmDriver::setRemoteDisplay(const RemoteDisplay &remote, Reply reply)
{
    if (refuse(reply, false))
        return;
    if (m_remoteDisplayReply) {
        answerLater(std::move(reply),
                    makeError(ErrorKind::Busy, "The machine's remote screen is just being changed",
                              "Try again in a moment"));
        return;
    }
    m_remoteDisplayReply = reply ? std::move(reply) : [](const Result<> &) {};
    const RemoteDisplay before = std::exchange(m_definition.remoteDisplay, remote);
    delete std::exchange(m_spiceProcess, nullptr); // its port is free then
    endClientsSound();
    offerScreen([this, before](Result<> offered) {
        // Later: what answers may be what is to go.
        QMetaObject::invokeMethod(
            this,
            [this, before, offered = std::move(offered)] {
                if (!m_end)
                    remoteDisplayChanged(before, offered);
            },
            Qt::QueuedConnection);
    });
}

void KvmDriver::remoteDisplayChanged(const RemoteDisplay &before, Result<> offered)
{
    if (offered)
        return answerRemoteDisplay({});
    m_definition.remoteDisplay = before;
    endScreenServer();
    offerScreen([this, offered = std::move(offered)](const Result<> &again) {
        if (again)
            return answerRemoteDisplay(offered);
        log(LogLevel::Error, "spice", again.error().text());
        const QString text = QStringLiteral("The screen is no longer offered to SPICE clients: ")
            + errorText(again.error());
        QMetaObject::invokeMethod(
            this,
            [this, offered, text] {
                endScreenServer();
                emit displayChanged();
                emit noticed(text);
                answerRemoteDisplay(offered);
            },
            Qt::QueuedConnection);
    });
}

// The next change may come.
void KvmDriver::answerRemoteDisplay(const Result<> &result)
{
    if (const Reply reply = std::exchange(m_remoteDisplayReply, {}))
        reply(result);
}

void KvmDriver::endScreenServer()
{
    if (SpiceProcess *process = std::exchange(m_spiceProcess, nullptr)) {
        process->stop();
        process->deleteLater(); // this may be its answer
    }
    endClientsSound();
}

} // namespace engine
