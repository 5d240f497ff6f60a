// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's TPM: a swtpm as with QEMU, on the same state, that the Vm's chip talks to.
#include "engine/base/log.h"
#include "engine/devices/tpm_crb.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/swtpm_process.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"
#include "engine/vmm/tpm_backends/swtpm_backend.h"

#include <utility>

namespace engine {

void KvmDriver::startTpm()
{
    if (m_definition.tpm == TpmModel::None) {
        makeVm();
        return;
    }
    m_tpm = new SwtpmProcess(this);
    connect(m_tpm, &SwtpmProcess::ended, this, [this](const QString &how) {
        tpmLost(QString("The machine's TPM (swtpm) %1").arg(how));
    });
    m_tpm->start({.model = m_definition.tpm,
                  .machineFolder = keptFolder(m_place),
                  .machine = m_definition.uuid,
                  .socketPath = tpmSocketPath(m_place),
                  .authorityFolder = paths::configFolder() + "/tpm-authority"},
                 [this](Result<> ready) {
                     if (m_end)
                         return; // powered off meanwhile
                     if (!ready)
                         return failStart(std::move(ready).error());
                     Result<Fd> control = m_tpm->connectTo();
                     if (!control)
                         return failStart(std::move(control).error());
                     m_tpmControl = std::move(*control);
                     makeVm();
                 });
}

Result<std::shared_ptr<TpmBackend>> KvmDriver::openTpm(Fd control, PollLoop &io)
{
    SwtpmBackend::Settings settings;
    settings.bufferBytes = TpmCrb::BufferBytes;
    // The driver lives longer than the Vm, which has the backend.
    settings.lost = [this](const Error &error) {
        QMetaObject::invokeMethod(
            this, [this, text = errorText(error)] { tpmLost(text); }, Qt::QueuedConnection);
    };
    std::shared_ptr<SwtpmBackend> tpm =
        TRY(SwtpmBackend::open(std::move(control), io, std::move(settings)));
    return std::shared_ptr<TpmBackend>(std::move(tpm));
}

// Another one would not have what the guest measured: it is without its TPM until the next start.
void KvmDriver::tpmLost(const QString &text)
{
    if (m_end)
        return;
    if (isComingUp()) {
        failStart(makeError(ErrorKind::Io, text,
                            QString("Its state is in \"%1/tpm\"; see also \"%2\"")
                                .arg(m_place.folder, paths::logFile(m_place.folder))));
        return;
    }
    // It goes twice: once as a process, once as a connection.
    if (std::exchange(m_isTpmLost, true))
        return;
    if (!m_problem)
        m_problem = RunProblem{
            RunProblem::Kind::EmulationFailure, text,
            "Power the machine off and start it again. You can resume it to shut the guest down in "
            "order, but it has no TPM until then"};
    settleProblem();
}

} // namespace engine
