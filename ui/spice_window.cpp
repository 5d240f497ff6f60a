// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/spice_window.h"

#include "display/frame_view.h"
#include "display/keymap.h"
#include "engine/machine/preferences.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"
#include "engine/vmm/sound_backends/piped_sound.h"
#include "ui/certificate_probe.h"
#include "ui/console_actions.h"
#include "ui/console_screen.h"
#include "ui/error_box.h"
#include "ui/icons.h"
#include "ui/keyboard_help.h"
#include "ui/message_bar.h"
#include "ui/mini_tool_bar.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QStandardPaths>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeySequence>
#include <QtGui/QScreen>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>

#include <utility>

namespace ui {

namespace {

const QString SpiceCaptureKey = QStringLiteral("spiceCapture");

} // namespace

SpiceWindow::SpiceWindow(const engine::SpiceAddress &address, OpenDisplay open)
    : m_address(address)
    , m_open(std::move(open))
    , m_servers(engine::paths::configFolder())
    , m_actions(new ConsoleActions(this))
    , m_popUp(new QMenu(this))
    , m_screen(new ConsoleScreen(*m_actions, *m_popUp, this))
    , m_clipboard(*QGuiApplication::clipboard())
    , m_resizer([this] { return m_screen->guestRoom(); })
{
    if (m_address.caFile.isEmpty() && m_address.tlsPort > 0)
        m_address.publicKey = m_servers.publicKey(m_address);
    setObjectName(QStringLiteral("spiceWindow"));
    setWindowIcon(applicationIcon());
    setWindowTitle(tr("%1 - Vitrine").arg(engine::spiceAddressText(address)));
    setContextMenuPolicy(Qt::NoContextMenu);
    setCentralWidget(m_screen);
    m_screen->setMachineName(engine::spiceAddressText(address));
    // As far as the actions know, a machine that runs: what another one cannot do is in no menu.
    engine::MachineStatus status;
    status.state = engine::Driver::State::Running;
    m_actions->setStatus(status);
    fillMenus();
    connect(m_actions, &ConsoleActions::commandGiven, this, &SpiceWindow::run);
    connect(m_actions, &ConsoleActions::guestKeysWanted, &m_screen->view(),
            &display::FrameView::sendChord);
    connect(new engine::PreferencesWatcher(this), &engine::PreferencesWatcher::changed, this,
            &SpiceWindow::readPreferences);
    connectView();
    connect(&m_clipboard, &ClipboardBridge::said, m_screen,
            [this](const QString &text) { m_screen->showHint(text); });
    connect(&m_resizer, &GuestResizer::wanted, this, [this](const QSize &size) {
        if (m_session != nullptr && m_session->guestLink() != nullptr)
            m_session->guestLink()->setMonitors({QRect(QPoint(), size)});
    });
    m_screen->installEventFilter(this);
    readPreferences();
    fitToGuest();
    m_screen->view().setFocus();
    connectToServer();
}

SpiceWindow::~SpiceWindow()
{
    m_screen->removeEventFilter(this);
    m_screen->disconnect(this);
    m_screen->view().disconnect(this);
    disconnectFromServer();
}

void SpiceWindow::fillMenus()
{
    const auto add = [this](QMenu *menu, std::initializer_list<Command> commands) {
        for (const Command command : commands)
            menu->addAction(m_actions->action(command));
    };
    QMenu *connection = menuBar()->addMenu(tr("&Connection"));
    m_connectAgain = connection->addAction(tr("Connect &Again"), this, [this] {
        disconnectFromServer();
        connectToServer();
    });
    m_connectAgain->setObjectName(QStringLiteral("connectAgain"));
    connection->addSeparator();
    add(connection, {Command::Screenshot});
    m_playSound = connection->addAction(tr("&Play Sound"), this, &SpiceWindow::updateSound);
    m_playSound->setObjectName(QStringLiteral("playSound"));
    m_playSound->setCheckable(true);
    m_playSound->setChecked(true);
    connection->addSeparator();
    add(connection, {Command::Close});

    QMenu *view = menuBar()->addMenu(tr("&View"));
    add(view, {Command::FullScreen, Command::ScaledMode});
    view->addSeparator();
    add(view, {Command::ZoomIn, Command::ZoomOut, Command::ZoomActual});
    view->addSeparator();
    m_actions->action(Command::AutoResize)->setChecked(true);
    add(view, {Command::AutoResize, Command::FitWindow, Command::Minimize});

    QMenu *input = menuBar()->addMenu(tr("&Input"));
    add(input, {Command::CaptureKeyboard, Command::CapturePointer});
    input->addSeparator();
    input->addActions(m_actions->guestKeyActions());
    QMenu *consoles = input->addMenu(tr("&Text Consoles"));
    consoles->addActions(m_actions->guestConsoleActions());
    input->addSeparator();
    m_shareClipboard = input->addAction(tr("&Share the Clipboard"), this, [this] {
        m_clipboard.setMode(m_shareClipboard->isChecked() ? engine::SharingMode::Bidirectional
                                                          : engine::SharingMode::Disabled);
    });
    m_shareClipboard->setObjectName(QStringLiteral("shareClipboard"));
    m_shareClipboard->setCheckable(true);

    QMenu *help = menuBar()->addMenu(tr("&Help"));
    add(help, {Command::About});
    for (QMenu *menu : {connection, view, input, help}) {
        menu->setToolTipsVisible(true);
        m_popUp->addMenu(menu);
        // With a captured pointer no entry could be clicked.
        connect(menu, &QMenu::aboutToShow, this, [this] {
            if (m_screen->view().isPointerCaptured())
                m_screen->view().releaseCapture();
        });
        connect(
            menu, &QMenu::aboutToHide, this, [this] { m_screen->view().setFocus(); },
            Qt::QueuedConnection);
    }
}

void SpiceWindow::connectView()
{
    display::FrameView &view = m_screen->view();
    connect(&view, &display::FrameView::hostKeyChord, this, [this](int qtKey) {
        QAction *action = m_actions->actionForChord(qtKey);
        if (action != nullptr && action->isEnabled())
            action->trigger();
    });
    connect(&view, &display::FrameView::captureChanged, this, &SpiceWindow::updateCapture);
    connect(&view, &display::FrameView::captureFailed, this, [this](const QString &reason) {
        m_screen->messages().post(
            {.key = SpiceCaptureKey, .kind = Notice::Kind::Warning, .text = reason});
    });
    connect(m_screen, &ConsoleScreen::guestSizeChanged, this, [this](const QSize &size) {
        if (!size.isEmpty() && !m_resizer.guestChanged(size) && !m_screen->scale().isFitted())
            fitToGuest();
    });
}

void SpiceWindow::readPreferences()
{
    const engine::Preferences preferences = engine::Preferences::load();
    m_hostKeyName = display::keyNames(preferences.hostKeys);
    m_screen->view().setHostKeys(preferences.hostKeys);
    m_screen->view().setDesktopKeysCaptured(preferences.areDesktopKeysCaptured);
    m_screen->view().setAutoCapture(preferences.isAutoCaptureOn);
    m_actions->setHostKeys(preferences.hostKeys);
    m_actions->setChords(preferences.machineShortcuts);
}

void SpiceWindow::run(Command command)
{
    display::FrameView &view = m_screen->view();
    switch (command) {
    case Command::Close:
        close();
        break;
    case Command::FullScreen:
        if (isFullScreen())
            showNormal();
        else
            showFullScreen();
        break;
    case Command::ScaledMode:
    case Command::ZoomIn:
    case Command::ZoomOut:
    case Command::ZoomActual:
        runScale(command);
        break;
    case Command::AutoResize:
        updateAgent();
        break;
    case Command::Screenshot:
        takeScreenshot();
        break;
    case Command::FitWindow:
        showNormal();
        fitToGuest();
        break;
    case Command::Minimize:
        view.releaseCapture();
        showMinimized();
        break;
    case Command::CaptureKeyboard:
    case Command::CapturePointer: {
        const bool isCaptured = command == Command::CaptureKeyboard ? view.isKeyboardCaptured()
                                                                    : view.isPointerCaptured();
        view.setFocus();
        if (isCaptured)
            view.releaseCapture();
        else
            view.capture();
        updateCapture();
        break;
    }
    case Command::About:
        view.releaseCapture();
        showAbout(this);
        break;
    default: // of a machine's own window
        break;
    }
}

void SpiceWindow::fitToGuest()
{
    if (isMaximized() || isFullScreen())
        return;
    QSize wanted = m_screen->pictureSize();
    wanted.rheight() += menuBar()->sizeHint().height() + m_screen->noticesHeight(wanted.width());
    resize(wanted.expandedTo(minimumSizeHint()).boundedTo(screen()->availableGeometry().size()));
}

void SpiceWindow::runScale(Command command)
{
    ScreenScale scale = m_screen->scale();
    const int shown = scale.isFitted() ? qRound(m_screen->view().shownZoom() * 100) : scale.percent;
    if (command == Command::ScaledMode) {
        scale.mode = m_actions->action(command)->isChecked() ? display::ScaleMode::Fit
                                                             : display::ScaleMode::Zoom;
    } else {
        scale.mode = display::ScaleMode::Zoom;
        scale.percent = command == Command::ZoomIn ? zoomedIn(shown)
            : command == Command::ZoomOut          ? zoomedOut(shown)
                                                   : 100;
    }
    m_screen->setScale(scale);
    m_actions->action(Command::ScaledMode)->setChecked(scale.isFitted());
    updateAgent();
    if (!scale.isFitted())
        fitToGuest();
}

void SpiceWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange)
        updateBars();
    else if (event->type() == QEvent::ActivationChange)
        m_clipboard.setActive(isActiveWindow());
}

bool SpiceWindow::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        m_resizer.roomChanged();
    return QMainWindow::eventFilter(watched, event);
}

void SpiceWindow::takeScreenshot()
{
    const QImage picture = m_screen->view().screenshot();
    m_screen->view().releaseCapture();
    if (picture.isNull()) {
        m_screen->showHint(tr("There is no picture yet"));
        return;
    }
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    auto *dialog = new QFileDialog(this, tr("Save Screenshot"),
                                   QDir(folder).exists() ? folder : QDir::homePath(),
                                   tr("PNG images (*.png)"));
    dialog->setObjectName(QStringLiteral("screenshotDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("png"));
    dialog->selectFile(
        QStringLiteral("%1 %2.png")
            .arg(m_address.host, QDateTime::currentDateTime().toString(u"yyyy-MM-dd HH-mm-ss")));
    connect(dialog, &QFileDialog::fileSelected, this, [this, picture](const QString &path) {
        if (!picture.save(path))
            showError(this, tr("The screenshot could not be saved"),
                      engine::makeError(engine::ErrorKind::Io,
                                        tr("\"%1\" cannot be written").arg(path),
                                        tr("Choose another folder")));
    });
    dialog->open();
}

// What an agent in the guest can do, while it is there.
void SpiceWindow::updateAgent()
{
    const bool canResize = m_session != nullptr && m_session->guestLink() != nullptr
        && m_session->guestLink()->abilities().canResize;
    m_resizer.setActive(canResize && m_actions->action(Command::AutoResize)->isChecked()
                        && !m_screen->scale().isFitted());
}

void SpiceWindow::updateSound()
{
    if (m_session == nullptr)
        return;
    if (!m_playSound->isChecked()) {
        m_session->setSound({});
        m_sound.reset();
        return;
    }
    m_session->setSound([this]() -> std::shared_ptr<engine::SoundBackend> {
        m_sound = std::make_unique<engine::SoundProcess>();
        connect(m_sound.get(), &engine::SoundProcess::changed, this, [this] {
            if (!m_sound->isHeard())
                m_screen->showHint(m_sound->whyNot());
        });
        engine::Result<engine::Fd> socket = m_sound->start();
        return socket ? engine::makePipedSound(std::move(*socket)) : nullptr;
    });
}

void SpiceWindow::updateBars()
{
    const bool isFull = isFullScreen();
    m_actions->action(Command::FullScreen)->setChecked(isFull);
    menuBar()->setVisible(!isFull);
    m_screen->setFullScreen(isFull);
    m_screen->miniToolBar().setActive(isFull);
    const int wayOut =
        m_actions->action(Command::FullScreen)->property(ConsoleActions::ChordProperty).toInt();
    if (isFull && wayOut != 0 && !std::exchange(m_hasFullScreenHint, true)) {
        const QString keys = m_hostKeyName + u'+' + QKeySequence(wayOut).toString();
        m_screen->showHint(tr("Press %1 to leave full screen").arg(keys));
    }
}

void SpiceWindow::updateCapture()
{
    const display::FrameView &view = m_screen->view();
    m_actions->action(Command::CaptureKeyboard)->setChecked(view.isKeyboardCaptured());
    m_actions->action(Command::CapturePointer)->setChecked(view.isPointerCaptured());
    m_actions->setPointerCanBeCaptured(m_session != nullptr
                                       && m_session->inputSink().pointerMode()
                                           == engine::PointerMode::Relative);
    if (view.isPointerCaptured() && !std::exchange(m_hasCaptureHint, true))
        m_screen->showHint(tr("Press %1 to release the pointer").arg(m_hostKeyName));
}

} // namespace ui
