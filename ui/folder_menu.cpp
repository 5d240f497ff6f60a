// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/folder_menu.h"

#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/error_box.h"
#include "ui/icons.h"
#include "ui/menu_words.h"
#include "ui/share_dialog.h"

#include <QtCore/QDir>
#include <QtCore/QUrl>
#include <QtGui/QDesktopServices>

namespace ui {

namespace {

// The name, and what there is to say of it.
QString folderTitle(const engine::MachineFolder &folder)
{
    QString name = folder.use.folder.name;
    name.replace(u'&', QStringLiteral("&&"));
    QStringList words;
    if (!folder.use.trouble.isEmpty())
        words << FolderMenu::tr("not available");
    else if (folder.use.isMounted)
        words << FolderMenu::tr("mounted");
    if (folder.use.folder.isReadOnly)
        words << FolderMenu::tr("read-only");
    if (folder.isTransient)
        words << FolderMenu::tr("until power-off");
    return words.isEmpty() ? name
                           : FolderMenu::tr("%1 (%2)").arg(name, words.join(QStringLiteral(", ")));
}

bool isShown(const engine::MachineStatus &a, const engine::MachineStatus &b)
{
    return a.state == b.state && a.hasGuestAgent == b.hasGuestAgent
        && whyNot(a, engine::Feature::SharedFolders) == whyNot(b, engine::Feature::SharedFolders)
        && std::equal(a.sharedFolders.begin(), a.sharedFolders.end(), b.sharedFolders.begin(),
                      b.sharedFolders.end(), [](const auto &one, const auto &other) {
                          return one.use.folder == other.use.folder
                              && one.use.isMounted == other.use.isMounted
                              && one.use.trouble == other.use.trouble
                              && one.isTransient == other.isTransient;
                      });
}

} // namespace

FolderMenu::FolderMenu(ConsoleCommands &commands, QWidget *parent)
    : QMenu(tr("Shared Fol&ders"), parent)
    , m_commands(commands)
{
    setObjectName(QStringLiteral("folderMenu"));
    setIcon(ui::icon(QStringLiteral("folder-open")));
    setToolTipsVisible(true);
    rebuild();
}

void FolderMenu::setStatus(const engine::MachineStatus &status)
{
    const bool isSame = isShown(m_status, status);
    m_status = status;
    if (!isSame)
        rebuild();
}

void FolderMenu::rebuild()
{
    clear();
    // They are not the menu's to delete, by Qt's rules; one of them may be what was just clicked.
    const QList<QMenu *> before = findChildren<QMenu *>(Qt::FindDirectChildrenOnly);
    for (QMenu *menu : before) {
        menu->setParent(nullptr);
        menu->deleteLater();
    }
    const QString reason = whyNot(m_status, engine::Feature::SharedFolders);
    for (const engine::MachineFolder &folder : std::as_const(m_status.sharedFolders))
        addFolder(folder, reason);
    if (isEmpty())
        addWords(*this,
                 reason.isEmpty() ? tr("The guest has no shared folders") : sentence(reason));
    addSeparator();
    QAction *add = addAction(ui::icon(QStringLiteral("folder-new")), tr("&Share a Folder…"));
    add->setObjectName(QStringLiteral("shareFolder"));
    setUsable(add, reason);
    connect(add, &QAction::triggered, &m_commands, [this] { m_commands.shareFolder({}); });
}

void FolderMenu::addFolder(const engine::MachineFolder &folder, const QString &whyNot)
{
    const engine::SharedFolder &shared = folder.use.folder;
    QMenu *menu = addMenu(folderTitle(folder));
    menu->setObjectName(QStringLiteral("folder ") + shared.name);
    menu->setToolTipsVisible(true);
    if (!folder.use.trouble.isEmpty()) {
        menu->setIcon(ui::icon(QStringLiteral("dialog-warning")));
        addWords(*menu, sentence(folder.use.trouble));
        menu->addSeparator();
    }
    const bool isMounted = folder.use.isMounted;
    QAction *mount =
        menu->addAction(isMounted ? tr("&Unmount It in the Guest") : tr("&Mount It in the Guest"));
    mount->setObjectName(QStringLiteral("mountFolder"));
    setUsable(mount,
              m_status.hasGuestAgent
                  ? QString()
                  : tr("The guest has no agent (qemu-guest-agent) that could do it; the command "
                       "below does it in a terminal of the guest"));
    connect(mount, &QAction::triggered, &m_commands, [this, isMounted, name = shared.name] {
        m_commands.mountFolder(name, !isMounted);
    });
    QAction *copy =
        menu->addAction(ui::icon(QStringLiteral("edit-copy")), tr("&Copy the Mount Command"));
    copy->setObjectName(QStringLiteral("copyMountCommand"));
    copy->setToolTip(tr("For a terminal in a Linux guest"));
    connect(copy, &QAction::triggered, &m_commands, [this, shared] {
        copyMountCommand(shared);
        emit m_commands.said(tr("The command was copied. Paste it into a terminal of the guest"));
    });
    QAction *open = menu->addAction(ui::icon(QStringLiteral("folder-open")),
                                    tr("&Open the Folder on This Computer"));
    open->setToolTip(QDir::toNativeSeparators(shared.path));
    connect(open, &QAction::triggered, this,
            [path = shared.path] { QDesktopServices::openUrl(QUrl::fromLocalFile(path)); });
    menu->addSeparator();
    QAction *remove =
        menu->addAction(ui::icon(QStringLiteral("edit-delete")), tr("&Remove It from the Guest"));
    remove->setObjectName(QStringLiteral("removeFolder"));
    setUsable(remove, whyNot);
    connect(remove, &QAction::triggered, &m_commands,
            [this, folder] { m_commands.removeFolder(folder); });
}

} // namespace ui
