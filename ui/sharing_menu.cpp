// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sharing_menu.h"

#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/icons.h"
#include "ui/menu_words.h"

#include <QtGui/QActionGroup>

namespace ui {

using engine::SharingMode;

SharingMenu::SharingMenu(Sharing what, ConsoleCommands &commands, QWidget *parent)
    : QMenu(parent)
    , m_what(what)
    , m_modes(new QActionGroup(this))
{
    const bool isClipboard = what == Sharing::Clipboard;
    setTitle(isClipboard ? tr("Shared &Clipboard") : tr("&Drag and Drop"));
    setObjectName(isClipboard ? QStringLiteral("clipboardMenu")
                              : QStringLiteral("dragAndDropMenu"));
    setIcon(ui::icon(isClipboard ? QStringLiteral("edit-paste") : QStringLiteral("document-open")));
    setToolTipsVisible(true);
    struct Choice
    {
        SharingMode mode;
        QString name;
        QString text;
    };
    const Choice choices[] = {
        {SharingMode::Disabled, QStringLiteral("disabled"), tr("&Off")},
        {SharingMode::HostToGuest, QStringLiteral("hosttoguest"), tr("This Computer to &Guest")},
        {SharingMode::GuestToHost, QStringLiteral("guesttohost"), tr("Guest to &This Computer")},
        {SharingMode::Bidirectional, QStringLiteral("bidirectional"), tr("&Both Ways")},
    };
    for (const Choice &choice : choices) {
        QAction *action = addAction(choice.text);
        action->setObjectName(choice.name);
        action->setCheckable(true);
        action->setData(int(choice.mode));
        m_modes->addAction(action);
        connect(action, &QAction::triggered, &commands, [&commands, what, mode = choice.mode] {
            commands.setSharing(what == Sharing::Clipboard, mode);
        });
    }
    addSeparator();
    if (!isClipboard) {
        m_files = addAction(tr("Copy &Files to the Guest…"));
        m_files->setObjectName(QStringLiteral("copyFilesToGuest"));
        connect(m_files, &QAction::triggered, this, &SharingMenu::filesWanted);
        addSeparator();
    }
    // A mark that the machine refused goes back to what is true; not from inside the entry's own
    // signal.
    connect(&commands, &ConsoleCommands::sharingRefused, this, &SharingMenu::update,
            Qt::QueuedConnection);
    update();
}

void SharingMenu::setStatus(const engine::MachineStatus &status)
{
    m_status = status;
    update();
}

void SharingMenu::setAbilities(const display::GuestAbilities &abilities)
{
    if (m_abilities == abilities)
        return;
    m_abilities = abilities;
    update();
}

SharingMode SharingMenu::mode() const
{
    return m_what == Sharing::Clipboard ? m_status.clipboard : m_status.dragAndDrop;
}

QString SharingMenu::modeText() const
{
    switch (mode()) {
    case SharingMode::Disabled:
        return tr("Off");
    case SharingMode::HostToGuest:
        return tr("To guest");
    case SharingMode::GuestToHost:
        return tr("From guest");
    case SharingMode::Bidirectional:
        return tr("Both ways");
    }
    return {};
}

QString SharingMenu::agentText() const
{
    const bool canDoIt =
        m_what == Sharing::Clipboard ? m_abilities.hasClipboard : m_abilities.takesFiles;
    if (canDoIt)
        return tr("The agent in the guest is there.");
    if (m_abilities.hasAgent)
        return tr("The agent in the guest does not offer this.");
    if (const engine::Support support = m_status.supports(engine::Feature::Clipboard);
        !m_status.uuid.isNull() && !support.isAvailable)
        return support.reason.endsWith(u'.') ? support.reason : support.reason + u'.';
    return tr("No agent answers in the guest: insert the guest tools, or install "
              "spice-vdagent there.");
}

void SharingMenu::update()
{
    for (QAction *action : m_modes->actions()) {
        const auto one = SharingMode(action->data().toInt());
        action->setChecked(one == mode());
        // The agents' protocol knows drops onto the guest only.
        const bool isBeyond = m_what == Sharing::DragAndDrop && goesToHost(one);
        action->setToolTip(
            isBeyond ? tr("Files go to the guest only: its agent hands out none by drag and drop.")
                     : QString());
    }
    if (m_files != nullptr)
        setUsable(m_files, whyNot(m_status, engine::Feature::Pause));
    if (const QString words = agentText(); words != m_agentWords) {
        m_agentWords = words;
        qDeleteAll(m_agent);
        m_agent = addWords(*this, words);
    }
    emit changed();
}

} // namespace ui
