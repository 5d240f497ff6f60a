// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/interface_page.h"

#include "ui/screen_scale.h"
#include "ui/window_look.h"

#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>

namespace ui {

namespace {

constexpr int AsPreferred = -1;
constexpr int AsLeft = -1;
constexpr int Fitted = 0;

} // namespace

InterfacePage::InterfacePage(SettingsContext &context, QWidget *parent)
    : SettingsPage(QStringLiteral("interface"), tr("User Interface"), QStringLiteral("window-new"),
                   context, parent)
    , m_menuBar(new QCheckBox(tr("&Menu bar"), this))
    , m_statusBar(new QCheckBox(tr("Status &bar"), this))
    , m_miniToolBar(new QComboBox(this))
    , m_miniPlace(new QComboBox(this))
    , m_scale(new QComboBox(this))
    , m_closing(new QComboBox(this))
{
    QFormLayout *form = makePageForm();
    // All of them are extra data, but each has its own row and problems never meet them.
    addField(*form, QStringLiteral("extraData/menuBar"),
             {{}, tr("Without it, the host key and Home bring the menus"), tr("window menu")},
             m_menuBar);
    addField(*form, QStringLiteral("extraData/statusBar"),
             {{}, tr("The lights and states at the window's bottom"), tr("window lights")},
             m_statusBar);
    m_miniToolBar->addItem(tr("As in the preferences"), AsPreferred);
    m_miniToolBar->addItem(tr("Shown"), int(true));
    m_miniToolBar->addItem(tr("Not shown"), int(false));
    addField(*form, QStringLiteral("extraData/miniToolBar"),
             {tr("Mini &tool bar:"),
              tr("In full screen it slides in when the pointer touches the edge"),
              tr("full screen toolbar")},
             m_miniToolBar);
    m_miniPlace->addItem(tr("At the top"), int(false));
    m_miniPlace->addItem(tr("At the bottom"), int(true));
    addField(*form, QStringLiteral("extraData/miniToolBarPlace"),
             {tr("Its &place:"), {}, tr("mini toolbar top bottom alignment full screen")},
             m_miniPlace);
    m_scale->addItem(tr("As it was left"), AsLeft);
    m_scale->addItem(tr("Scaled to the window"), Fitted);
    for (const int percent : zoomSteps())
        m_scale->addItem(tr("%1 %").arg(percent), percent);
    addField(*form, QStringLiteral("extraData/scale"),
             {tr("The guest's &screen:"), tr("When the window opens; its View menu changes it"),
              tr("zoom scale hidpi factor size")},
             m_scale);
    m_closing->addItem(tr("As in the preferences"), AsPreferred);
    m_closing->addItem(tr("Lets the machine run in the background"), int(CloseChoice::Background));
    m_closing->addItem(tr("Saves the machine's state"), int(CloseChoice::SaveState));
    m_closing->addItem(tr("Shuts the machine down"), int(CloseChoice::Shutdown));
    m_closing->addItem(tr("Powers the machine off"), int(CloseChoice::PowerOff));
    addField(*form, QStringLiteral("extraData/closing"),
             {tr("&Closing the window:"), tr("Without asking"),
              tr("close action detach shutdown power off")},
             m_closing);
    connect(m_miniToolBar, &QComboBox::currentIndexChanged, this, [this] {
        setOffered(QStringLiteral("extraData/miniToolBarPlace"),
                   currentChoice(*m_miniToolBar) != int(false));
    });
}

void InterfacePage::load(const engine::MachineDefinition &definition)
{
    const WindowLook look = WindowLook::from(definition.extraData);
    m_menuBar->setChecked(look.hasMenuBar);
    m_statusBar->setChecked(look.hasStatusBar);
    setCurrentChoice(*m_miniToolBar, look.hasMiniToolBar ? int(*look.hasMiniToolBar) : AsPreferred);
    setCurrentChoice(*m_miniPlace, int(look.isMiniToolBarAtBottom));
    const int scale = look.isScaled ? Fitted : look.zoomPercent.value_or(AsLeft);
    if (m_scale->findData(scale) < 0) // by somebody else's hand
        m_scale->addItem(tr("%1 %").arg(scale), scale);
    setCurrentChoice(*m_scale, scale);
    setCurrentChoice(*m_closing, look.closeChoice ? int(*look.closeChoice) : AsPreferred);
}

void InterfacePage::save(engine::MachineDefinition &definition) const
{
    WindowLook look = WindowLook::from(definition.extraData);
    look.hasMenuBar = m_menuBar->isChecked();
    look.hasStatusBar = m_statusBar->isChecked();
    const int shown = currentChoice(*m_miniToolBar);
    look.hasMiniToolBar =
        shown == AsPreferred ? std::nullopt : std::optional<bool>(shown == int(true));
    look.isMiniToolBarAtBottom = currentChoice(*m_miniPlace) == int(true);
    const int scale = currentChoice(*m_scale);
    look.isScaled = scale == Fitted;
    look.zoomPercent = scale > Fitted ? std::optional<int>(scale) : std::nullopt;
    const int closing = currentChoice(*m_closing);
    look.closeChoice =
        closing == AsPreferred ? std::nullopt : std::optional<CloseChoice>(CloseChoice(closing));
    look.writeTo(definition.extraData);
}

} // namespace ui
