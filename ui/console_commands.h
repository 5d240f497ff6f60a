// SPDX-License-Identifier: GPL-3.0-or-later
// What the machine window asks of the machine: one control call per command, with the questions
// that go before it and the error box after a refusal. Nothing here blocks.
#pragma once

#include "engine/control/control_client.h"
#include "engine/host/input_sink.h"

#include <QtCore/QObject>
#include <QtCore/QPointer>

class QMessageBox;
class QWidget;

namespace ui {

class ConnectionsWindow;
class GuestToolsMaker;
class SerialWindow;
class FileManager;
class ShareDialog;
class UsbMover;
class UsbWindow;

class ConsoleCommands final : public QObject
{
    Q_OBJECT
public:
    // Dialogs belong to `window`, which outlives this.
    ConsoleCommands(engine::ControlClient &client, QWidget &window);

    void setPaused(bool isPaused);
    void resume();
    void reset(); // asks
    void pressPowerButton();
    void powerOff(); // asks
    void powerOffNow();
    void saveState();
    void cancelSave();
    void takeScreenshot(); // asks for the file
    void chooseMedium(const engine::StorageSlot &slot, engine::MediumKind kind);
    void setMedium(const engine::StorageSlot &slot, engine::MediumKind kind, const QString &path);
    void insertGuestTools(); // asks when every drive has a disk
    void setLink(int adapter, bool isConnected);
    void setSharing(bool isClipboard, engine::SharingMode mode); // else drag and drop
    void setAudio(bool isOutput, bool isOn); // else input
    void startRecording(); // as the machine's settings say
    void stopRecording();
    void setUsb(const engine::UsbDevice &device, bool isGuests); // asks for keyboards and pointers
    void showUsbDevices(); // one window of them
    void chooseStickFiles();
    void insertStick(const QStringList &files);
    void ejectStick();
    void shareFolder(const QString &path); // asks: an empty path for it, too
    void removeFolder(const engine::MachineFolder &folder); // asks when the guest uses it
    void mountFolder(const QString &name, bool isMounted); // in the guest, by its agent
    void showConnections(); // one window of them
    void showSerialPorts(); // likewise
    void showFileManager(); // one
    void sendKeys(const QList<engine::ScanCode> &chord);
    void sendKey(engine::ScanCode code, engine::KeyMotion motion);
    void typeText(const QString &text, const QString &layout, int rate);
    void cancelTyping();

    QString logFile() const;
    engine::ControlClient &client() const { return m_client; }

signals:
    void said(const QString &message); // for the status bar, for a moment
    void dialogOpened(); // the guest must let go of the keyboard and pointer
    void linkRefused(); // the menu's check mark is wrong
    void usbRefused(); // as well
    void sharingRefused();
    void audioRefused();
    void recordingRefused();

private:
    using Done = std::function<void()>;
    void call(const QString &method, const QJsonObject &params, const QString &asked,
              Done done = {});
    void confirm(const QString &name, const QString &question, const QString &explanation,
                 const QString &button, Done confirmed);
    void setMedium(const engine::StorageSlot &slot, engine::MediumKind kind, const QString &path,
                   bool force);
    void sendFolder(ShareDialog &dialog);
    void insertGuestTools(const QString &path);
    void askToForce(const engine::StorageSlot &slot, engine::MediumKind kind, const QString &path);

    engine::ControlClient &m_client;
    QWidget &m_window;
    QPointer<QMessageBox> m_question;
    QPointer<ConnectionsWindow> m_connections;
    QPointer<SerialWindow> m_serialPorts;
    QPointer<FileManager> m_fileManager;
    QPointer<ShareDialog> m_share;
    QPointer<UsbWindow> m_usbWindow;
    UsbMover *m_usbMover;
    GuestToolsMaker *m_guestTools = nullptr;
};

} // namespace ui
