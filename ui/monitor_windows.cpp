// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/monitor_windows.h"

#include "display/frame_view.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"
#include "ui/console_actions.h"
#include "ui/monitor_window.h"

#include <QtCore/QPointer>
#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>
#include <QtWidgets/QMenu>

#include <algorithm>
#include <utility>

namespace ui {

MonitorWindows::MonitorWindows(engine::ControlClient &client, ConsoleActions &actions,
                               QMenu &popUpMenu, QMenu &viewMenu, OpenDisplay open)
    : m_client(client)
    , m_actions(actions)
    , m_popUpMenu(popUpMenu)
    , m_viewMenu(viewMenu)
    , m_open(std::move(open))
{
    // Queued: the screen is still in the list, and Qt moves windows first.
    const auto spread = [this] { spreadOverScreens(); };
    connect(qGuiApp, &QGuiApplication::screenAdded, this, spread, Qt::QueuedConnection);
    connect(qGuiApp, &QGuiApplication::screenRemoved, this, spread, Qt::QueuedConnection);
}

MonitorWindows::~MonitorWindows() = default;

MonitorWindow &MonitorWindows::window(int monitor)
{
    std::unique_ptr<MonitorWindow> &known = m_windows[monitor];
    if (known)
        return *known;
    known = std::make_unique<MonitorWindow>(monitor, m_actions, m_popUpMenu);
    known->setPreferences(m_preferences);
    known->setScale(m_scale);
    known->setAutoResize(m_isAutoResizeOn);
    connect(known.get(), &MonitorWindow::unplugWanted, this,
            [this, monitor] { plug(monitor, false); });
    connect(known.get(), &MonitorWindow::hostKeyChord, this, &MonitorWindows::hostKeyChord);
    connect(known.get(), &MonitorWindow::captureFailed, this, &MonitorWindows::captureFailed);
    connect(known.get(), &MonitorWindow::activationChanged, this,
            &MonitorWindows::activationChanged);
    return *known;
}

void MonitorWindows::setStatus(const engine::MachineStatus &status)
{
    m_status = status;
    updateMenus();
    update();
}

void MonitorWindows::setWanted(bool isWanted)
{
    m_isWanted = isWanted;
    update();
}

void MonitorWindows::update()
{
    bool hasNews = false;
    for (int monitor = 1; monitor < int(m_status.monitors.size()); ++monitor) {
        const bool isShown = m_isWanted && m_status.monitors[monitor];
        if (!isShown && m_windows.count(monitor) == 0)
            continue;
        MonitorWindow &one = window(monitor);
        one.setStatus(m_status);
        if (isShown == one.hasSession())
            continue;
        hasNews = true;
        if (isShown)
            open(one);
        else
            one.setSession(nullptr);
    }
    // What the machine does not have any more: it has ended.
    for (const auto &[monitor, one] : m_windows) {
        if (monitor >= int(m_status.monitors.size()) && one->hasSession())
            one->setSession(nullptr);
    }
    if (hasNews)
        spreadOverScreens();
}

void MonitorWindows::open(MonitorWindow &window)
{
    engine::DisplayEndpoint endpoint;
    endpoint.kind = m_status.displayKind;
    endpoint.controlSocket = engine::paths::controlSocket(m_status.uuid);
    endpoint.monitor = window.monitor();
    endpoint.monitorCount = int(m_status.monitors.size());
    std::unique_ptr<display::DisplaySession> session = m_open(endpoint);
    if (session == nullptr)
        return;
    // Queued: the session may not be deleted while it speaks.
    connect(
        session.get(), &display::DisplaySession::closed, &window,
        [&window, gone = session.get()] {
            if (window.isSession(gone))
                window.setSession(nullptr);
        },
        Qt::QueuedConnection);
    window.setSession(std::move(session));
}

void MonitorWindows::setPreferences(const Preferences &preferences)
{
    m_preferences = preferences;
    for (const auto &[monitor, one] : m_windows)
        one->setPreferences(preferences);
}

void MonitorWindows::setScale(const ScreenScale &scale)
{
    m_scale = scale;
    for (const auto &[monitor, one] : m_windows)
        one->setScale(scale);
}

void MonitorWindows::setAutoResize(bool isOn)
{
    m_isAutoResizeOn = isOn;
    for (const auto &[monitor, one] : m_windows)
        one->setAutoResize(isOn);
}

void MonitorWindows::setFullScreen(const QScreen *ofMachineWindow)
{
    if (ofMachineWindow == std::exchange(m_machineScreen, ofMachineWindow))
        return;
    spreadOverScreens();
}

void MonitorWindows::spreadOverScreens()
{
    QList<QScreen *> left = QGuiApplication::screens();
    left.removeIf([this](const QScreen *one) { return one == m_machineScreen; });
    for (const auto &[monitor, one] : m_windows) {
        if (!one->hasSession())
            continue;
        const bool isFilling = m_machineScreen != nullptr && !left.isEmpty();
        one->fillScreen(isFilling ? left.takeFirst() : nullptr);
    }
}

bool MonitorWindows::hasActiveWindow() const
{
    return std::any_of(m_windows.begin(), m_windows.end(),
                       [](const auto &one) { return one.second->isActiveWindow(); });
}

void MonitorWindows::releaseCapture()
{
    for (const auto &[monitor, one] : m_windows)
        one->view().releaseCapture();
}

void MonitorWindows::updateMenus()
{
    const QString reason = whyNot(m_status, engine::Feature::Monitors);
    for (int monitor = 1; monitor < int(m_status.monitors.size()); ++monitor) {
        QAction *&enable = m_switches[monitor];
        if (enable == nullptr) {
            if (monitor == 1)
                m_viewMenu.addSeparator();
            QMenu *const menu = m_viewMenu.addMenu(tr("&Virtual Screen %1").arg(monitor + 1));
            menu->setObjectName(QStringLiteral("virtualScreen%1Menu").arg(monitor + 1));
            menu->setToolTipsVisible(true);
            enable = menu->addAction(tr("&Enable"));
            enable->setObjectName(QStringLiteral("enableVirtualScreen%1").arg(monitor + 1));
            enable->setCheckable(true);
            connect(enable, &QAction::triggered, this, [this, monitor](bool isOn) {
                // The mark follows the machine, not the click.
                m_switches[monitor]->setChecked(m_status.monitors.value(monitor));
                plug(monitor, isOn);
            });
        }
        enable->setChecked(m_status.monitors[monitor]);
        setUsable(enable, reason);
        if (reason.isEmpty())
            enable->setToolTip(tr("Whether the guest has this screen; it has a window of its own"));
    }
}

void MonitorWindows::plug(int monitor, bool isPluggedIn)
{
    m_client.call(QStringLiteral("machine.setMonitor"),
                  {{QStringLiteral("monitor"), monitor}, {QStringLiteral("plugged"), isPluggedIn}},
                  [guard = QPointer(this)](const engine::Result<QJsonObject> &answer) {
                      if (guard && !answer)
                          emit guard->said(engine::errorText(answer.error()));
                  });
}

} // namespace ui
