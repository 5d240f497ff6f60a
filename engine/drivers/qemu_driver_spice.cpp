// SPDX-License-Identifier: GPL-3.0-or-later
// Where QEMU's SPICE server listens: on a socket in the run folder, or by TCP for clients anywhere.
// It listens at one place only, so that the machine's own window comes by TCP then, too.
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/spice_server.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/remote_display.h"

#include <QtCore/QFile>

namespace engine {

Result<> QemuDriver::prepareSpice()
{
    m_spice = {};
    const RemoteDisplay &remote = m_definition.remoteDisplay;
    if (!remote.isEnabled) {
        m_spice.socket = spiceSocketPath(m_place);
        return checkSpiceSocket(m_spice.socket);
    }
    m_spice = TRY(chooseSpiceAddress(remote, spiceSocketPath(m_place),
                                     spiceCertificateFolder(m_place)));
    if (!remote.password.isEmpty())
        TRY(writeSpicePassword(spicePasswordPath(m_place), remote.password));
    return {};
}

void QemuDriver::prepareCertificateIfAny()
{
    if (m_spice.tlsPort == 0)
        return startHelpers();
    prepareSpiceCertificate(
        spiceCertificateFolder(m_place), listenAddress(m_definition.remoteDisplay), this,
        [this](Result<> ready) {
            if (!isComingUp())
                return; // powered off meanwhile
            if (ready)
                return startHelpers();
            finish(stateBefore(),
                   std::move(ready).error().context(QString("Cannot start the machine \"%1\"")
                                                        .arg(m_definition.name)
                                                        .toStdString()));
        });
}

void QemuDriver::removeSpiceFiles()
{
    QFile::remove(spiceSocketPath(m_place));
    QFile::remove(spicePasswordPath(m_place));
}

} // namespace engine
