// SPDX-License-Identifier: GPL-3.0-or-later
// The machine window's commands for shared folders, and what it says of them.
#include "engine/machine/machine_json.h"
#include "ui/console_commands.h"
#include "ui/console_screen.h"
#include "ui/console_window.h"
#include "ui/error_box.h"
#include "ui/message_bar.h"
#include "ui/share_dialog.h"

namespace ui {

void ConsoleCommands::shareFolder(const QString &path)
{
    emit dialogOpened();
    if (m_share != nullptr)
        m_share->close();
    const engine::MachineStatus &status = m_client.status();
    QStringList taken;
    for (const engine::MachineFolder &folder : status.sharedFolders)
        taken.append(folder.use.folder.name);
    m_share = new ShareDialog(path, taken, status.name, status.hasGuestAgent, &m_window);
    m_share->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_share, &ShareDialog::shareWanted, this, [this] { sendFolder(*m_share); });
    m_share->open();
}

void ConsoleCommands::sendFolder(ShareDialog &dialog)
{
    const engine::SharedFolder folder = dialog.folder();
    m_client.call(QStringLiteral("folders.add"),
                  {{QStringLiteral("folder"), engine::sharedFolderToJson(folder)},
                   {QStringLiteral("transient"), !dialog.isKept()}},
                  [guard = QPointer(this), name = folder.name,
                   dialog = QPointer(&dialog)](const engine::Result<QJsonObject> &result) {
                      if (guard == nullptr)
                          return;
                      if (result) {
                          emit guard->said(tr("The guest has the folder \"%1\"").arg(name));
                          if (dialog != nullptr)
                              dialog->setShared();
                          return;
                      }
                      if (dialog != nullptr)
                          dialog->setFailed();
                      if (!guard->m_client.isConnected())
                          return;
                      emit guard->dialogOpened();
                      showError(
                          dialog != nullptr ? static_cast<QWidget *>(dialog) : &guard->m_window,
                          tr("The folder could not be shared"), result.error(), guard->logFile());
                  });
}

void ConsoleCommands::removeFolder(const engine::MachineFolder &folder)
{
    const QString name = folder.use.folder.name;
    const auto remove = [this, name, isTransient = folder.isTransient] {
        call(QStringLiteral("folders.remove"),
             {{QStringLiteral("name"), name}, {QStringLiteral("transient"), isTransient}},
             tr("The folder \"%1\" could not be removed").arg(name),
             [this, name] { emit said(tr("The guest has the folder \"%1\" no more").arg(name)); });
    };
    if (!folder.use.isMounted) {
        remove();
        return;
    }
    confirm(QStringLiteral("confirmRemoveFolder"), tr("Take the folder \"%1\" away?").arg(name),
            tr("The guest has it mounted. Programs that have files of it open there will fail. It "
               "is better to unmount it in the guest first."),
            tr("&Take It Away"), remove);
}

void ConsoleCommands::mountFolder(const QString &name, bool isMounted)
{
    call(isMounted ? QStringLiteral("folders.mount") : QStringLiteral("folders.unmount"),
         {{QStringLiteral("name"), name}},
         isMounted ? tr("The folder \"%1\" could not be mounted").arg(name)
                   : tr("The folder \"%1\" could not be unmounted").arg(name),
         [this, name, isMounted] {
             emit said(isMounted ? tr("The guest has mounted \"%1\"").arg(name)
                                 : tr("The guest has unmounted \"%1\"").arg(name));
         });
}

// Once each: what the user has dismissed stays away.
void ConsoleWindow::showFolderTroubles(const engine::MachineStatus &status)
{
    QHash<QString, QString> troubles;
    for (const engine::MachineFolder &folder : status.sharedFolders)
        if (!folder.use.trouble.isEmpty())
            troubles.insert(folder.use.folder.name, folder.use.trouble);
    const QString key = QStringLiteral("folder %1:trouble");
    for (auto it = m_folderTroubles.cbegin(); it != m_folderTroubles.cend(); ++it)
        if (!troubles.contains(it.key()))
            m_screen->messages().dismiss(key.arg(it.key()));
    for (auto it = troubles.cbegin(); it != troubles.cend(); ++it)
        if (m_folderTroubles.value(it.key()) != it.value())
            m_screen->messages().post(
                {.key = key.arg(it.key()),
                 .kind = Notice::Kind::Warning,
                 .text = tr("The guest cannot use the shared folder \"%1\". %2")
                             .arg(it.key(), sentence(it.value()))});
    m_folderTroubles = troubles;
}

} // namespace ui
