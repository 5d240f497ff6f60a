// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console_commands.h"

#include "engine/control/screenshot_delivery.h"
#include "engine/control/type_text.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/user_paths.h"
#include "engine/media/guest_tools_image.h"
#include "ui/confirm_box.h"
#include "ui/connections_window.h"
#include "ui/error_box.h"
#include "ui/file_manager.h"
#include "ui/preferences.h"
#include "ui/serial_window.h"
#include "ui/usb_mover.h"
#include "ui/usb_window.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QStandardPaths>
#include <QtWidgets/QFileDialog>

namespace ui {

namespace {

QString screenshotName(const QString &machine)
{
    QString name = machine;
    name.replace(u'/', u'-');
    return QStringLiteral("%1 %2.png")
        .arg(name, QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd HH-mm-ss")));
}

QString picturesFolder()
{
    const QString pictures = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    return QFileInfo(pictures).isDir() ? pictures : QDir::homePath();
}

} // namespace

ConsoleCommands::ConsoleCommands(engine::ControlClient &client, QWidget &window)
    : m_client(client)
    , m_window(window)
    , m_usbMover(new UsbMover(&window, this))
{
    connect(m_usbMover, &UsbMover::said, this, &ConsoleCommands::said);
    connect(m_usbMover, &UsbMover::refused, this, &ConsoleCommands::usbRefused);
    connect(m_usbMover, &UsbMover::dialogOpened, this, &ConsoleCommands::dialogOpened);
}

QString ConsoleCommands::logFile() const
{
    const QString folder = m_client.status().folder;
    return folder.isEmpty() ? QString() : engine::paths::logFile(folder);
}

void ConsoleCommands::call(const QString &method, const QJsonObject &params, const QString &asked,
                           Done done)
{
    const QPointer<ConsoleCommands> guard(this);
    m_client.call(method, params, [guard, asked, done](const engine::Result<QJsonObject> &result) {
        if (guard == nullptr)
            return;
        if (result) {
            if (done)
                done();
            return;
        }
        if (!guard->m_client.isConnected())
            return; // the machine is gone, which the window says in its own way
        emit guard->dialogOpened();
        showError(&guard->m_window, asked, result.error(), guard->logFile());
    });
}

void ConsoleCommands::confirm(const QString &name, const QString &question,
                              const QString &explanation, const QString &button, Done confirmed)
{
    if (m_question != nullptr)
        m_question->close();
    emit dialogOpened();
    m_question = openConfirmation(
        &m_window,
        {.name = name, .question = question, .explanation = explanation, .button = button}, this,
        std::move(confirmed));
}

void ConsoleCommands::setPaused(bool isPaused)
{
    const QString name = m_client.status().name;
    if (isPaused)
        call(QStringLiteral("machine.pause"), {}, tr("\"%1\" could not be paused").arg(name));
    else
        resume();
}

void ConsoleCommands::resume()
{
    call(QStringLiteral("machine.resume"), {},
         tr("\"%1\" could not be resumed").arg(m_client.status().name));
}

void ConsoleCommands::reset()
{
    const QString name = m_client.status().name;
    confirm(QStringLiteral("confirmReset"), tr("Reset \"%1\"?").arg(name),
            tr("The guest restarts at once. What its programs have not saved is lost."),
            tr("&Reset"), [this, name] {
                call(QStringLiteral("machine.reset"), {}, tr("\"%1\" could not be reset").arg(name),
                     [this] { emit said(tr("The machine was reset.")); });
            });
}

void ConsoleCommands::pressPowerButton()
{
    call(QStringLiteral("machine.powerButton"), {},
         tr("The shutdown signal could not be sent to \"%1\"").arg(m_client.status().name), [this] {
             emit said(tr("The shutdown signal was sent. The guest may take a while, or ask."));
         });
}

void ConsoleCommands::powerOff()
{
    const QString name = m_client.status().name;
    confirm(QStringLiteral("confirmPowerOff"), tr("Power off \"%1\"?").arg(name),
            tr("This is like pulling the plug: what the guest has not saved is lost, and its "
               "disks may need checking at the next start."),
            tr("Power &Off"), [this] { powerOffNow(); });
}

void ConsoleCommands::powerOffNow()
{
    call(QStringLiteral("machine.powerOff"), {},
         tr("\"%1\" could not be powered off").arg(m_client.status().name));
}

void ConsoleCommands::saveState()
{
    const QString asked = tr("The state of \"%1\" could not be saved").arg(m_client.status().name);
    const QPointer<ConsoleCommands> guard(this);
    m_client.call(QStringLiteral("machine.saveState"), {},
                  [guard, asked](const engine::Result<QJsonObject> &result) {
                      const bool isWanted = guard != nullptr && guard->m_client.isConnected();
                      if (!isWanted || result
                          || result.error().kind() == engine::ErrorKind::Cancelled)
                          return;
                      emit guard->dialogOpened();
                      showError(&guard->m_window, asked, result.error(), guard->logFile());
                  });
}

void ConsoleCommands::cancelSave()
{
    call(QStringLiteral("machine.cancelSave"), {}, tr("Saving could not be called off"),
         [this] { emit said(tr("The machine was not saved and goes on.")); });
}

void ConsoleCommands::takeScreenshot()
{
    emit dialogOpened();
    auto *dialog = new QFileDialog(&m_window, tr("Save Screenshot"), picturesFolder(),
                                   tr("PNG pictures (*.png)"));
    dialog->setObjectName(QStringLiteral("screenshotDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setDefaultSuffix(QStringLiteral("png"));
    dialog->selectFile(screenshotName(m_client.status().name));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        const QString place = engine::screenshotPlace(m_client.status().uuid);
        const QString asked = tr("The screenshot could not be saved");
        call(QStringLiteral("machine.screenshot"),
             {{QStringLiteral("path"), place}, {QStringLiteral("format"), QStringLiteral("png")}},
             asked, [this, place, path, asked] {
                 const engine::Result<> delivered = engine::deliverScreenshot(place, path);
                 if (delivered) {
                     emit said(tr("Saved as %1").arg(QDir::toNativeSeparators(path)));
                     return;
                 }
                 emit dialogOpened();
                 showError(&m_window, asked, delivered.error(), logFile());
             });
    });
    dialog->open();
}

void ConsoleCommands::chooseMedium(const engine::StorageSlot &slot, engine::MediumKind kind)
{
    emit dialogOpened();
    const bool isFloppy = kind == engine::MediumKind::Floppy;
    const Preferences preferences = Preferences::load();
    const QString folder = preferences.recentOpticalImages.isEmpty()
        ? QStandardPaths::writableLocation(QStandardPaths::DownloadLocation)
        : QFileInfo(preferences.recentOpticalImages.first()).absolutePath();
    auto *dialog = new QFileDialog(
        &m_window, isFloppy ? tr("Choose a Floppy Image") : tr("Choose a Disk Image"),
        QFileInfo(folder).isDir() ? folder : QDir::homePath(),
        isFloppy ? tr("Floppy images (*.img *.ima *.flp *.vfd *.IMG *.IMA *.FLP);;All files (*)")
                 : tr("CD and DVD images (*.iso *.ISO *.cdr *.img);;All files (*)"));
    dialog->setObjectName(QStringLiteral("mediumDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, slot, kind](const QString &path) { setMedium(slot, kind, path); });
    dialog->open();
}

void ConsoleCommands::setMedium(const engine::StorageSlot &slot, engine::MediumKind kind,
                                const QString &path)
{
    setMedium(slot, kind, path, false);
}

void ConsoleCommands::setMedium(const engine::StorageSlot &slot, engine::MediumKind kind,
                                const QString &path, bool force)
{
    const QString file = QFileInfo(path).fileName();
    const QString asked = path.isEmpty() ? tr("The disk could not be ejected")
                                         : tr("\"%1\" could not be inserted").arg(file);
    const QPointer<ConsoleCommands> guard(this);
    m_client.call(
        QStringLiteral("machine.setMedium"),
        {{QStringLiteral("controller"), slot.controller},
         {QStringLiteral("port"), slot.port},
         {QStringLiteral("device"), slot.device},
         {QStringLiteral("path"), path},
         {QStringLiteral("force"), force}},
        [guard, slot, kind, path, file, asked, force](const engine::Result<QJsonObject> &result) {
            if (guard == nullptr)
                return;
            if (!result) {
                if (!guard->m_client.isConnected())
                    return;
                if (result.error().kind() == engine::ErrorKind::Busy && !force) {
                    guard->askToForce(slot, kind, path);
                    return;
                }
                emit guard->dialogOpened();
                showError(&guard->m_window, asked, result.error(), guard->logFile());
                return;
            }
            if (path.isEmpty()) {
                emit guard->said(tr("The disk was ejected."));
                return;
            }
            if (path == engine::guestToolsImage()) {
                emit guard->said(tr("The guest tools are in the drive. In the guest, run the "
                                    "disc's install.sh as root."));
                return;
            }
            emit guard->said(tr("\"%1\" was inserted.").arg(file));
            if (kind != engine::MediumKind::Optical)
                return;
            Preferences preferences = Preferences::load();
            preferences.addRecentOptical(path);
            if (const auto saved = preferences.save(); !saved)
                showError(&guard->m_window, tr("The list of recent disk images was not saved"),
                          saved.error());
        });
}

void ConsoleCommands::askToForce(const engine::StorageSlot &slot, engine::MediumKind kind,
                                 const QString &path)
{
    confirm(QStringLiteral("confirmForce"), tr("Take the disk out by force?"),
            tr("The guest is using the disk and has locked the drive. Programs that read from it "
               "may fail. It is better to eject the disk in the guest first."),
            path.isEmpty() ? tr("&Force Eject") : tr("&Force Change"),
            [this, slot, kind, path] { setMedium(slot, kind, path, true); });
}

void ConsoleCommands::setLink(int adapter, bool isConnected)
{
    const QPointer<ConsoleCommands> guard(this);
    m_client.call(
        QStringLiteral("machine.setLink"),
        {{QStringLiteral("adapter"), adapter}, {QStringLiteral("connected"), isConnected}},
        [guard, isConnected](const engine::Result<QJsonObject> &result) {
            if (guard == nullptr || result)
                return;
            emit guard->linkRefused();
            if (!guard->m_client.isConnected())
                return;
            emit guard->dialogOpened();
            showError(&guard->m_window,
                      isConnected ? tr("The network cable could not be connected")
                                  : tr("The network cable could not be unplugged"),
                      result.error(), guard->logFile());
        });
}

void ConsoleCommands::setUsb(const engine::UsbDevice &device, bool isGuests)
{
    if (isGuests)
        m_usbMover->give(m_client, device);
    else
        m_usbMover->takeBack(m_client, device);
}

void ConsoleCommands::showUsbDevices()
{
    emit dialogOpened();
    if (m_usbWindow == nullptr)
        m_usbWindow = UsbWindow::openFor(m_client.status().uuid, &m_window);
    m_usbWindow->show();
    m_usbWindow->raise();
    m_usbWindow->activateWindow();
}

void ConsoleCommands::setSharing(bool isClipboard, engine::SharingMode mode)
{
    const QPointer<ConsoleCommands> guard(this);
    m_client.call(QStringLiteral("machine.setSharing"),
                  {{isClipboard ? QStringLiteral("clipboard") : QStringLiteral("dragAndDrop"),
                    engine::enumName(mode)}},
                  [guard](const engine::Result<QJsonObject> &result) {
                      if (guard == nullptr || result || !guard->m_client.isConnected())
                          return;
                      emit guard->sharingRefused();
                      emit guard->dialogOpened();
                      showError(&guard->m_window, tr("The choice could not be kept"),
                                result.error(), guard->logFile());
                  });
}

void ConsoleCommands::setAudio(bool isOutput, bool isOn)
{
    const QPointer<ConsoleCommands> guard(this);
    m_client.call(QStringLiteral("machine.setAudio"),
                  {{isOutput ? QStringLiteral("output") : QStringLiteral("input"), isOn}},
                  [guard, isOutput, isOn](const engine::Result<QJsonObject> &result) {
                      if (guard == nullptr || !guard->m_client.isConnected())
                          return;
                      if (result) {
                          emit guard->said(isOutput   ? isOn ? tr("You hear the guest again.")
                                                             : tr("The guest's sound is off.")
                                                 : isOn ? tr("The guest hears your microphone.")
                                                      : tr("The guest hears silence."));
                          return;
                      }
                      emit guard->audioRefused();
                      emit guard->dialogOpened();
                      showError(&guard->m_window, tr("The sound could not be switched"),
                                result.error(), guard->logFile());
                  });
}

void ConsoleCommands::startRecording()
{
    const QPointer<ConsoleCommands> guard(this);
    m_client.call(QStringLiteral("recording.start"), {},
                  [guard](const engine::Result<QJsonObject> &result) {
                      if (guard == nullptr || result || !guard->m_client.isConnected())
                          return; // the sign tells of it
                      emit guard->recordingRefused();
                      emit guard->dialogOpened();
                      showError(&guard->m_window, tr("The guest's screen cannot be recorded"),
                                result.error(), guard->logFile());
                  });
}

void ConsoleCommands::stopRecording()
{
    call(QStringLiteral("recording.stop"), {}, tr("The recording could not be finished"));
}

void ConsoleCommands::chooseStickFiles()
{
    emit dialogOpened();
    auto *dialog = new QFileDialog(&m_window, tr("Files for the Guest"));
    dialog->setObjectName(QStringLiteral("stickFiles"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &ConsoleCommands::insertStick);
    dialog->open();
}

void ConsoleCommands::insertStick(const QStringList &files)
{
    call(QStringLiteral("usb.insertStick"),
         {{QStringLiteral("files"), QJsonArray::fromStringList(files)}},
         tr("The files could not be inserted"),
         [this] { emit said(tr("The guest has the files on a USB stick")); });
}

void ConsoleCommands::ejectStick()
{
    call(QStringLiteral("usb.ejectStick"), {}, tr("The stick of files could not be ejected"));
}

void ConsoleCommands::showConnections()
{
    emit dialogOpened();
    if (m_connections == nullptr)
        m_connections = new ConnectionsWindow(m_client, &m_window);
    m_connections->show();
    m_connections->raise();
    m_connections->activateWindow();
}

void ConsoleCommands::showSerialPorts()
{
    emit dialogOpened();
    if (m_serialPorts == nullptr)
        m_serialPorts = new SerialWindow(m_client, &m_window);
    m_serialPorts->show();
    m_serialPorts->raise();
    m_serialPorts->activateWindow();
}

void ConsoleCommands::showFileManager()
{
    emit dialogOpened();
    if (m_fileManager == nullptr)
        m_fileManager =
            new FileManager(m_client.status().name,
                            engine::paths::controlSocket(m_client.status().uuid), &m_window);
    m_fileManager->show();
    m_fileManager->raise();
    m_fileManager->activateWindow();
}

void ConsoleCommands::sendKeys(const QList<engine::ScanCode> &chord)
{
    call(QStringLiteral("machine.sendScanCodes"),
         {{QStringLiteral("bytes"), QString::fromLatin1(engine::chordBytes(chord).toHex())}},
         tr("The keys could not be sent"));
}

void ConsoleCommands::sendKey(engine::ScanCode code, engine::KeyMotion motion)
{
    const QByteArray both = engine::chordBytes({code});
    // Pause has no release of its own; every other key's bytes are half press, half release.
    QByteArray bytes = both;
    if (code == engine::ScanCodePause)
        bytes = motion == engine::KeyMotion::Press ? both : QByteArray();
    else
        bytes = motion == engine::KeyMotion::Press ? both.first(both.size() / 2)
                                                   : both.last(both.size() / 2);
    if (bytes.isEmpty())
        return;
    call(QStringLiteral("machine.sendScanCodes"),
         {{QStringLiteral("bytes"), QString::fromLatin1(bytes.toHex())}},
         tr("The key could not be sent"));
}

void ConsoleCommands::typeText(const QString &text, const QString &layout, int rate)
{
    const QPointer<ConsoleCommands> guard(this);
    m_client.call(QStringLiteral("machine.typeText"),
                  {{QStringLiteral("text"), text},
                   {QStringLiteral("layout"), layout},
                   {QStringLiteral("rate"), rate}},
                  [guard](const engine::Result<QJsonObject> &result) {
                      if (guard == nullptr || !guard->m_client.isConnected())
                          return;
                      if (result) {
                          emit guard->said(tr("The text was typed."));
                      } else if (result.error().kind() == engine::ErrorKind::Cancelled) {
                          emit guard->said(tr("The typing was cancelled."));
                      } else {
                          emit guard->dialogOpened();
                          showError(&guard->m_window, tr("The text could not be typed"),
                                    result.error(), guard->logFile());
                      }
                  });
}

void ConsoleCommands::cancelTyping()
{
    call(QStringLiteral("machine.cancelTyping"), {}, tr("The typing could not be cancelled"));
}

} // namespace ui
