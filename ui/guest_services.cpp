// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/guest_services.h"

#include "ui/console_display.h"
#include "ui/console_screen.h"
#include "ui/sharing_menu.h"

#include <QtCore/QEvent>
#include <QtGui/QGuiApplication>

namespace ui {

using display::GuestLink;

GuestServices::GuestServices(ConsoleDisplay &display, ConsoleScreen &screen,
                             ConsoleCommands &commands, SharingMenu &clipboardMenu,
                             SharingMenu &dropMenu)
    : m_display(display)
    , m_screen(screen)
    , m_clipboardMenu(clipboardMenu)
    , m_dropMenu(dropMenu)
    , m_clipboard(*QGuiApplication::clipboard())
    , m_files(screen, screen.messages(), commands)
    , m_resizer([&screen] { return screen.guestRoom(); })
{
    connect(&display, &ConsoleDisplay::sessionChanged, this, &GuestServices::linkChanged);
    connect(&m_clipboard, &ClipboardBridge::said, this, &GuestServices::said);
    connect(&m_files, &FileDrop::said, this, &GuestServices::said);
    connect(&dropMenu, &SharingMenu::filesWanted, &m_files, &FileDrop::choose);
    connect(&m_resizer, &GuestResizer::wanted, this, [this](const QSize &size) {
        if (m_link != nullptr)
            m_link->setMonitors({QRect(QPoint(), size)});
    });
    screen.installEventFilter(this);
    linkChanged();
}

void GuestServices::linkChanged()
{
    if (m_link != nullptr)
        m_link->disconnect(this);
    display::DisplaySession *session = m_display.session();
    m_link = session != nullptr ? session->guestLink() : nullptr;
    if (m_link != nullptr)
        connect(m_link, &GuestLink::abilitiesChanged, this, &GuestServices::update);
    m_clipboard.setLink(m_link);
    m_files.setLink(m_link);
    update();
}

void GuestServices::update()
{
    const display::GuestAbilities abilities =
        m_link != nullptr ? m_link->abilities() : display::GuestAbilities();
    m_clipboardMenu.setAbilities(abilities);
    m_dropMenu.setAbilities(abilities);
    m_resizer.setActive(m_isAutoResizeOn && abilities.canResize && !m_screen.scale().isFitted());
    emit agentChanged();
}

void GuestServices::setStatus(const engine::MachineStatus &status)
{
    m_clipboard.setMode(status.clipboard);
    m_files.setStatus(status);
}

void GuestServices::setAutoResize(bool isOn)
{
    m_isAutoResizeOn = isOn;
    update();
}

void GuestServices::setWindowActive(bool isActive)
{
    m_clipboard.setActive(isActive);
}

bool GuestServices::guestResized(const QSize &size)
{
    return m_resizer.guestChanged(size);
}

void GuestServices::scaleChanged()
{
    update();
    m_resizer.roomChanged();
}

bool GuestServices::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        m_resizer.roomChanged();
    return QObject::eventFilter(watched, event);
}

} // namespace ui
