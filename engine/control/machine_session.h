// SPDX-License-Identifier: GPL-3.0-or-later
// A machine while it runs: definition, lock, state file, driver. vitrine-vm owns one; the control
// server offers it to the world. Media changes made here are written to the definition, so that
// they are still there at the next start.
//
// A machine with a saved state (engine/machine/saved_state.h) goes on from it; the state is removed
// when the guest runs, and stays when that fails. A disposable run writes to overlays in
// `<folder>/disposable`, which go with it, and neither definition nor state file remember it.
//
// Main thread only.
#pragma once

#include "engine/control/control_protocol.h"
#include "engine/control/folder_mounter.h"
#include "engine/control/machine_guest.h"
#include "engine/control/machine_recording.h"
#include "engine/control/machine_usb.h"
#include "engine/control/serial_ports.h"
#include "engine/control/typist.h"
#include "engine/machine/machine_store.h"

#include <QtCore/QObject>

#include <memory>
#include <optional>

namespace engine {

class DisposableDisks;

class MachineSession final : public QObject
{
    Q_OBJECT
public:
    // Takes the lock; Busy when the machine runs already. The driver is the caller's choice
    // (open_driver.h, or a fake one in tests).
    static Result<std::unique_ptr<MachineSession>> open(const MachineEntry &entry,
                                                        const QString &startType,
                                                        std::unique_ptr<Driver> driver);
    ~MachineSession() override;

    enum class Run { Kept, Disposable };
    void start(Run run = Run::Kept);

    // `layout`: of the X keyboard database; empty: US as VirtualBox has it. `rate`: strokes a
    // second, 0: the usual one.
    struct TypingRequest
    {
        QString text;
        QString layout = {};
        int rate = 0;
    };
    void typeText(const TypingRequest &request, Driver::Reply reply);
    void cancelTyping(); // answered with Cancelled
    const Typist &typist() const { return *m_typist; }

    const MachineEntry &entry() const { return m_entry; }
    Driver &driver() { return *m_driver; }
    MachineUsb &usb() { return *m_usb; }
    SerialPorts &serialPorts() { return m_serialPorts; }
    MachineGuest &guest() { return *m_guest; }
    FolderMounter &folderMounter() { return *m_folderMounter; }
    MachineRecording &recording() { return m_recording; }
    MachineStatus status() const;

    // Answers when the machine is saved and over, or when it goes on as before.
    void saveState(Driver::Reply reply);
    void cancelSave(Driver::Reply reply);
    void changeMedium(const StorageSlot &slot, const QString &path, bool force,
                      Driver::Reply reply);
    void setLinkConnected(int adapter, bool connected, Driver::Reply reply);
    // A present adapter as it should be; what may differ: machine_networks.h. Kept in the
    // definition once the guest has it.
    void changeAdapter(int adapter, const NetworkAdapter &wanted, Driver::Reply reply);
    // Does to the running machine what may change now and writes it; refuses everything, naming
    // the fields, when some of it may not (engine/machine/live_changes.h). `base` is what the
    // client started from: Busy when the definition is another one by now.
    void changeDefinition(const MachineDefinition &wanted,
                          const std::optional<MachineDefinition> &base, Driver::Reply reply);
    // Transient: the definition knows nothing of it, and it is gone with this run.
    enum class FolderLife { Kept, Transient };
    void addFolder(const SharedFolder &folder, FolderLife life, Driver::Reply reply);
    void removeFolder(const QString &name, FolderLife life, Driver::Reply reply);
    // What this computer plays of the guest's sound, and whether the guest hears its microphone.
    void setAudio(std::optional<bool> output, std::optional<bool> input, Driver::Reply reply);
    // Without settings: as the definition says. Who is to make the film is the caller's business.
    void startRecording(const std::optional<RecordingSettings> &settings,
                        MachineRecording::Reply reply);
    Result<> setGroups(const QStringList &groups);
    // Which way clipboard and dropped files go, from now on.
    Result<> setSharing(SharingMode clipboard, SharingMode dragAndDrop);
    void typeText(const QString &text, Driver::Reply reply);
    void setHasWindow(bool hasWindow);
    // A window that makes films is there: what the definition wants recorded begins as soon as the
    // machine runs, once.
    void recordIfWanted();

signals:
    void typingProgressed();
    void statusChanged();
    void failed(const engine::Error &error);
    // The machine is off; in a moment another process may run it, at the same addresses: let go of
    // them.
    void ending();
    // Its state is written; the process may end.
    void ended();

private:
    MachineSession(MachineEntry entry, QString startType, std::unique_ptr<Driver> driver,
                   MachineLock lock);
    void driverStateChanged(Driver::State state);
    void finish(PersistentState state);
    void forgetTransient();
    Result<> prepareRun(MachinePlace *place);
    void launch(MachinePlace place);
    void writeSavedState(const QString &folder, const Driver::Reply &reply);
    void stateWritten(const Driver::Reply &reply);
    void abandonSave(); // the machine goes on
    Result<> rememberDefinition();
    void fixImageFormats();
    void rememberMedium(const StorageSlot &slot, const QString &path);

    // machine_session_change.cpp
    struct DefinitionChange;
    Result<> planMediumSteps(DefinitionChange &change);
    void planAdapterSteps(DefinitionChange &change);
    void planFolderSteps(DefinitionChange &change);
    bool isTransient(const QString &folder) const; // the guest has it, the definition has not
    void detachFolder(const QString &name, Driver::Reply reply);
    void planAudioSteps(DefinitionChange &change);
    void planBalloonStep(DefinitionChange &change);
    void planRemoteDisplayStep(DefinitionChange &change);
    void runDefinitionChange(const std::shared_ptr<DefinitionChange> &change);
    void finishDefinitionChange(const DefinitionChange &change, Result<> result);

    MachineEntry m_entry;
    QString m_startType;
    std::optional<MachineLock> m_lock; // none once the machine has ended
    std::unique_ptr<Driver> m_driver;
    std::unique_ptr<MachineUsb> m_usb; // uses the driver
    SerialPorts m_serialPorts;
    std::unique_ptr<MachineGuest> m_guest; // uses the driver
    std::unique_ptr<FolderMounter> m_folderMounter; // uses driver and guest
    std::unique_ptr<DisposableDisks> m_disposable; // in a disposable run
    MachineRecording m_recording;
    bool m_hasBegunFilm = false; // the one that the definition wants
    bool m_isRestoring = false; // until the guest runs
    std::optional<RunProblem> m_problem; // until the machine runs again
    bool m_hasWindow = false;
    bool m_hasFailed = false;
    bool m_hasEnded = false;
    std::unique_ptr<Typist> m_typist; // uses the driver
};

} // namespace engine
