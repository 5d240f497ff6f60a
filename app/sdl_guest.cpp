// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sdl_guest.h"

#include "app/sdl_screen.h"
#include "display/sdl/sdl_view.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>

#include <utility>

namespace app {

using display::GuestLink;
using display::SdlView;

SdlGuest::SdlGuest(SdlScreen &screen, SdlView &view)
    : m_screen(screen)
    , m_view(view)
    , m_clipboard(*QGuiApplication::clipboard())
    , m_resizer([&view] { return view.guestRoom(); })
{
    connect(&screen, &SdlScreen::sessionChanged, this, &SdlGuest::linkChanged);
    connect(&m_clipboard, &ui::ClipboardBridge::said, this, &SdlGuest::said);
    connect(&m_resizer, &ui::GuestResizer::wanted, this, [this](const QSize &size) {
        if (m_link != nullptr)
            m_link->setMonitors({QRect(QPoint(), size)});
    });
    connect(&view, &SdlView::roomChanged, this, [this] {
        update();
        m_resizer.roomChanged();
    });
    connect(&view, &SdlView::guestSizeChanged, this,
            [this](const QSize &size) { m_resizer.guestChanged(size); });
    connect(&view, &SdlView::gamepadChanged, this, &SdlGuest::tellGamepad);
    connect(&view, &SdlView::focusChanged, &m_clipboard, &ui::ClipboardBridge::setActive);
    linkChanged();
}

void SdlGuest::linkChanged()
{
    if (m_link != nullptr)
        m_link->disconnect(this);
    display::DisplaySession *session = m_screen.session();
    m_link = session != nullptr ? session->guestLink() : nullptr;
    if (m_link != nullptr)
        connect(m_link, &GuestLink::abilitiesChanged, this, &SdlGuest::update);
    m_clipboard.setLink(m_link);
    update();
    tellGamepad();
}

void SdlGuest::update()
{
    const bool canResize = m_link != nullptr && m_link->abilities().canResize;
    m_resizer.setActive(m_isAutoResizeOn && canResize && !m_view.isSmooth());
}

void SdlGuest::setStatus(const engine::MachineStatus &status)
{
    m_clipboard.setMode(status.clipboard);
    m_whyNoGamepad = status.supports(engine::Feature::Gamepad).reason;
    tellGamepad();
}

// Once there is a screen, and with it a guest.
void SdlGuest::tellGamepad()
{
    const QString name = m_view.gamepadName();
    if (m_screen.session() == nullptr || m_whyNoGamepad.isEmpty()
        || std::exchange(m_toldGamepad, name) == name || name.isEmpty())
        return;
    emit said(tr("The guest cannot have the gamepad \"%1\": %2").arg(name, m_whyNoGamepad));
}

void SdlGuest::setAutoResize(bool isOn)
{
    m_isAutoResizeOn = isOn;
    update();
}

} // namespace app
