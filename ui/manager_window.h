// SPDX-License-Identifier: GPL-3.0-or-later
// The manager: the list of machines, what is known of the selected one, and every command on it.
// It opens no wizard and starts no process; it emits what the user asked for and app does it.
// Commands to a running machine go straight to that machine's control socket.
//
// Main thread only. Closing it stops no machine.
#pragma once

#include "engine/drivers/driver.h"
#include "engine/machine/machine_store.h"
#include "ui/machine_state.h"
#include "ui/manager_state.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QPointer>
#include <QtCore/QSet>
#include <QtWidgets/QMainWindow>

#include <functional>

class QLabel;
class QSplitter;
class QStackedWidget;
class QToolButton;

namespace ui {

class ActivityPage;
class DetailsPane;
class EmptyState;
class MachineBrowser;
class MachineListModel;
class MachineMonitor;
class ManagerActions;
class SettingsDialog;
class UsbBoard;
class UsbWindow;

class ManagerWindow final : public QMainWindow
{
    Q_OBJECT
public:
    // `runtimeFolder` empty: the user's. The store is refreshed and watched by its owner.
    explicit ManagerWindow(engine::MachineStore &store, const QString &runtimeFolder = {},
                           QWidget *parent = nullptr);
    ~ManagerWindow() override;

    // "gui", "headless" or "separate": the row says Starting until one of the next two is called.
    void startMachine(const engine::MachineEntry &entry, const QString &type);
    void showStartError(const engine::MachineEntry &entry, const engine::Error &error);
    void startFinished(const engine::MachineEntry &entry);
    // How this computer runs guests; anything but Hardware is told in the status bar.
    void setAcceleration(const engine::Acceleration &acceleration);
    // The store's list, with this machine selected: after the wizard.
    void selectMachine(const QString &folder);
    // osName() knows more names now.
    void osNamesChanged();
    // A file that was written for the user, in the status bar.
    void tellSaved(const QString &path);
    // Files and folders from the command line or a drop, told apart by what they are.
    void openPath(const QString &path);
    // The selected machine's, with this page in front: SettingsDialog::showPage().
    void openSettings(const QString &page = {});
    void showUsbDevices(); // one window
    // Made when it is first asked for: it follows every device.
    UsbBoard &usbBoard();
    MachineMonitor &monitor() const { return *m_monitor; }

signals:
    // The wizard, with an ISO, a disk image or nothing.
    void newMachineRequested(const QString &path);
    void startRequested(const engine::MachineEntry &entry, const QString &type);
    void disposableStartRequested(const engine::MachineEntry &entry);
    void showRequested(const engine::MachineEntry &entry);
    void preferencesRequested();
    void quitRequested(); // this window is closed already
    void connectionRequested(const QString &spiceAddress);
    void reportRequested(const engine::MachineEntry &entry);

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void buildCentral();
    void buildStatusBar();
    void connectActions();
    void selectionChanged();
    void updateDetails();
    void updateEmptyState();
    void updateThumbnailsWanted();
    QModelIndex current() const; // in the list model
    const engine::MachineEntry *currentEntry() const;
    // What commands act on, as values: a list may change while they are carried out.
    QList<engine::MachineEntry> selectedEntries() const;
    MachineState stateOf(const engine::MachineEntry &entry) const;
    void startOrShow();
    void rowChosen();
    void start(const QString &type);
    // To each selected machine that `suits`.
    void command(const QString &method, const QString &asked,
                 const std::function<bool(MachineState)> &suits);
    void command(const engine::MachineEntry &entry, const QString &method, const QString &asked,
                 const QJsonObject &params = {});
    void pause(bool isPaused);
    void confirmPowerOff();
    void confirmDiscard();
    void startDisposable();
    void chooseIso();
    void chooseDefinition();
    void chooseFolder();
    void chooseServer();
    void addMachine(const QString &path);
    void removeMachine();
    void renameCurrent();
    void copyMachine();
    void moveMachine();
    void showReport();
    void showLog();
    void showFileManager();
    void showFolder();
    void showAbout();
    void showAcceleration();

    // manager_groups.cpp
    void connectGroupActions();
    void updateGrouping();
    void fillGroupMenu();
    void askForNewGroup();
    void renameGroup(const QString &group);
    void setGroup(const QList<engine::MachineEntry> &machines, const QString &group);
    void ungroup();
    void drop(const QStringList &keys, const QString &group, const QString &before);
    void moveRow(int places);
    void sortGroup();

    void showPage();
    void noteEnds(int first, int last);

    engine::MachineStore &m_store;
    ManagerState m_state;
    MachineMonitor *m_monitor;
    MachineListModel *m_model;
    ManagerActions *m_actions;
    QStackedWidget *m_pages = nullptr;
    EmptyState *m_empty = nullptr;
    QSplitter *m_splitter = nullptr;
    MachineBrowser *m_browser = nullptr;
    ActivityPage *m_activity = nullptr; // made when it is first looked at
    DetailsPane *m_details = nullptr;
    QToolButton *m_accelerationButton = nullptr;
    engine::Acceleration m_acceleration;
    bool m_isUpdateDue = false;
    const QString m_runtimeFolder;
    QHash<QUuid, QPointer<SettingsDialog>> m_settings; // open ones
    UsbBoard *m_usbBoard = nullptr;
    QPointer<UsbWindow> m_usbWindow;
    bool m_isStateDirty = false;
    QHash<QString, QElapsedTimer> m_ended; // folders of machines that were live
    QSet<QString> m_live;
};

} // namespace ui
