// SPDX-License-Identifier: GPL-3.0-or-later
// Shared folders: qemu_shares.h does it, this says when.
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/qemu_shares.h"
#include "engine/machine/qt_text.h"

namespace engine {

void QemuDriver::startShares(QemuLaunch &launch)
{
    if (m_state != State::Restoring)
        m_hasRoomForFolders = hasRoomForFolders(m_definition); // else as it was saved
    launch.hasRoomForFolders = m_hasRoomForFolders;
    m_shares = new QemuShares(
        m_place.runFolder, {.program = m_options.shareProgram, .patience = m_options.sharePatience},
        this);
    connect(m_shares, &QemuShares::changed, this, &Driver::foldersChanged);
    connect(m_shares, &QemuShares::noticed, this, &Driver::noticed);
    m_shares->setDefinition(m_definition);
    // A saved state holds no such card: the guest gets them when it runs.
    if (m_hasRoomForFolders && m_state != State::Restoring)
        launch.shares = m_shares->serveAtStart();
}

void QemuDriver::bringFolders(bool wasRestored)
{
    if (!wasRestored) {
        for (const FolderUse &use : m_shares->uses())
            if (!use.trouble.isEmpty())
                emit noticed(use.trouble);
        return;
    }
    for (const SharedFolder &folder : std::as_const(m_definition.sharedFolders))
        attachFolder(folder, [this](const Result<> &attached) {
            if (!attached)
                emit noticed(errorText(attached.error()));
        });
}

bool QemuDriver::refuseFolder(Reply &reply)
{
    if (refuse(reply, true))
        return true;
    const Support support = supports(Feature::SharedFolders);
    if (support.isAvailable)
        return false;
    answerLater(std::move(reply),
                makeError(ErrorKind::Unsupported, support.reason,
                          "Power the machine off and add the folder then"));
    return true;
}

void QemuDriver::attachFolder(const SharedFolder &folder, Reply reply)
{
    if (!refuseFolder(reply))
        m_shares->attach(folder, std::move(reply));
}

void QemuDriver::detachFolder(const QString &name, Reply reply)
{
    if (!refuseFolder(reply))
        m_shares->detach(name, std::move(reply));
}

QList<FolderUse> QemuDriver::sharedFolders() const
{
    return m_shares ? m_shares->uses() : QList<FolderUse>();
}

Support QemuDriver::savingSupport() const
{
    if (m_place.isDisposableRun)
        return {false, "Nothing of a disposable run is kept"};
    for (const StorageController &controller : m_definition.controllers)
        if (controller.kind == ControllerKind::Nvme)
            return {false,
                    QString("QEMU cannot save a machine with an NVMe controller (\"%1\")")
                        .arg(controller.name)};
    if (!m_shares)
        return {true, {}};
    if (const QString reason = m_shares->whyNotSaved(); !reason.isEmpty())
        return {false, reason};
    if (m_state == State::Paused && m_shares->hasCards())
        return {false, "The guest has shared folders, which it gives back only while it runs"};
    return {true, {}};
}

} // namespace engine
