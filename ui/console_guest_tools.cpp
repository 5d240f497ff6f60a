// SPDX-License-Identifier: GPL-3.0-or-later
// Devices ▸ Insert Guest Tools: has the disc made and puts it in a drive.
#include "engine/media/guest_tools_image.h"
#include "ui/console_commands.h"
#include "ui/error_box.h"
#include "ui/guest_tools_maker.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

#include <optional>

namespace ui {

namespace {

struct ToolsDrive
{
    engine::StorageSlot slot;
    QString medium; // a path; empty: none
};

// The one that has the disc already, else an empty one, else the first.
std::optional<ToolsDrive> drivesForTools(const engine::MachineStatus &status)
{
    std::optional<ToolsDrive> best;
    for (const engine::StorageController &controller : status.controllers) {
        for (const engine::StorageAttachment &drive : controller.attachments) {
            if (drive.kind != engine::MediumKind::Optical)
                continue;
            const ToolsDrive one{{controller.name, drive.port, drive.device},
                                 drive.path.isEmpty()
                                     ? QString()
                                     : QDir(status.folder).absoluteFilePath(drive.path)};
            if (one.medium == engine::guestToolsImage())
                return one;
            if (!best || (one.medium.isEmpty() && !best->medium.isEmpty()))
                best = one;
        }
    }
    return best;
}

} // namespace

void ConsoleCommands::insertGuestTools()
{
    if (m_guestTools == nullptr)
        m_guestTools = new GuestToolsMaker(this);
    if (m_guestTools->isBusy())
        return;
    emit said(tr("The disc with the guest tools is being made…"));
    m_guestTools->make([this](const engine::Result<GuestToolsMaker::Made> &made) {
        if (made) {
            insertGuestTools(made->path);
            return;
        }
        emit dialogOpened();
        showError(&m_window, tr("The disc with the guest tools could not be made"), made.error(),
                  logFile());
    });
}

void ConsoleCommands::insertGuestTools(const QString &path)
{
    const std::optional<ToolsDrive> drive = drivesForTools(m_client.status());
    if (!drive)
        return; // the machine has ended meanwhile
    const auto insert = [this, slot = drive->slot, path] {
        setMedium(slot, engine::MediumKind::Optical, path);
    };
    if (drive->medium.isEmpty() || drive->medium == path) {
        insert();
        return;
    }
    confirm(QStringLiteral("confirmGuestTools"),
            tr("Take out \"%1\" for the guest tools?").arg(QFileInfo(drive->medium).fileName()),
            tr("The guest's optical drive has this disk in it. It can be inserted again from the "
               "Devices menu."),
            tr("&Change Disks"), insert);
}

} // namespace ui
