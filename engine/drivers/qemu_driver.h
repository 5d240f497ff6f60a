// SPDX-License-Identifier: GPL-3.0-or-later
// A machine run by a QEMU of its own: a supervised child, controlled by QMP, shown by SPICE on a
// Unix socket. Interface, life and threads: driver.h.
//
// The child cannot outlive this object or this process. What it writes is in the log; when it dies
// or falls silent the machine is Aborted and failed() says how.
#pragma once

#include "engine/drivers/driver.h"
#include "engine/drivers/process_meter.h"
#include "engine/drivers/qemu_firmware.h"
#include "engine/drivers/qmp_client.h"
#include "engine/drivers/sideways_wheel.h"
#include "engine/drivers/sound_switch.h"
#include "engine/net/machine_network.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QHash>
#include <QtCore/QPointer>
#include <QtCore/QQueue>
#include <QtCore/QTimer>

#include <chrono>
#include <memory>
#include <optional>

namespace engine {

class QemuMediumChange;
class QemuProcess;
class QemuShares;
class SwtpmProcess;
struct QemuLaunch;
class StorageDaemon;

// What tests shorten or replace.
struct QemuDriverOptions
{
    QString program; // empty: findQemu()
    QString shareProgram; // empty: vitrine-share
    std::chrono::milliseconds sharePatience{10000}; // until a guest has let go of a folder's card
    QString soundProgram; // empty: vitrine-sound
    QString firmwareRoot; // empty: firmwareRoot()
    QString storageDaemon; // empty: findStorageDaemon()
    // How long this computer has slept since it was started; empty: asks the kernel.
    std::function<std::chrono::nanoseconds()> timeAsleep;
    std::chrono::milliseconds heartbeatInterval{10000};
    std::chrono::milliseconds heartbeatTimeout{10000};
    std::chrono::milliseconds quitTimeout{5000};
    std::chrono::milliseconds trayTimeout{3000};
};

class QemuDriver final : public Driver, public SidewaysWheel
{
    Q_OBJECT
public:
    explicit QemuDriver(QemuDriverOptions options = {}, QObject *parent = nullptr);
    ~QemuDriver() override;

    void start(const MachineDefinition &definition, const MachinePlace &place) override;
    void pause(Reply reply) override;
    void resume(Reply reply) override;
    void reset(Reply reply) override;
    void pressPowerButton(Reply reply) override;
    void powerOff(Reply reply) override;
    void saveState(const QString &folder, Reply reply) override;
    void abandonSave(Reply reply) override;
    void correctClock() override;
    void changeMedium(const StorageSlot &slot, const QString &path, bool force,
                      Reply reply) override;
    void setLinkConnected(int adapter, bool connected, Reply reply) override;
    void changeAdapter(int adapter, const NetworkAdapter &wanted, Reply reply) override;
    QList<NetworkConnection> connections() const override;
    void attachUsb(const UsbAttachment &device, Fd node, Reply reply) override;
    void attachUsbStick(const UsbAttachment &stick, const QString &image, Reply reply) override;
    void detachUsb(const QString &id, Reply reply) override;
    void attachFolder(const SharedFolder &folder, Reply reply) override;
    void detachFolder(const QString &name, Reply reply) override;
    QList<FolderUse> sharedFolders() const override;
    void setAudioOutput(bool isOn, Reply reply) override;
    void setAudioInput(bool isOn, Reply reply) override;
    void sendScanCodes(const QByteArray &bytes, Reply reply) override;
    void turnSideways(int notches, Reply reply) override;
    void screenshot(const QString &path, const QString &format, int monitor, Reply reply) override;

    GuestAgent *guestAgent() override { return m_agent.get(); }
    State state() const override { return m_state; }
    Support supports(Feature feature) const override;
    DisplayEndpoint display() const override;
    Acceleration acceleration() const override { return m_acceleration; }
    QString name() const override;
    ActivityCounters activity() const override { return m_activity; }
    bool hasAbsolutePointer() const override { return m_hasAbsolutePointer; }
    void setActivityWanted(bool wanted) override;
    void setBalloon(int mebibytes, Reply reply) override;

    qint64 processId() const; // of the child, 0 without one
    qint64 storageDaemonId() const; // of the helper for other disk formats, 0 without one

private:
    struct Drive
    {
        QString node; // empty: no medium
        QString path;
        int generation = 0;
    };
    struct Typing
    {
        QList<QJsonObject> events;
        Reply reply;
    };
    // From saveState() until the machine is saved or goes on.
    struct Save
    {
        QString folder;
        Reply reply; // empty once answered
        QList<Reply> abandoned; // who called it off, and waits for the machine to go on
        bool wasPaused = false;
        bool isMigrating = false; // QEMU writes
        bool isComplete = false; // all is on the disk
    };

    // qemu_driver_start.cpp: Off to Running.
    void prepare();
    Result<> prepareLaunch();
    void startHelpers();
    void startTpm();
    void tpmEnded(const QString &how);
    void launch();
    void launchQemu();
    Result<> launchProcess();
    void setUp();
    void runGuest();

    // qemu_driver_sound.cpp
    void chooseSoundIfAny();
    void chooseSound();
    void startSoundSwitch(const QStringList &systems);
    void switchSound(std::function<void()> then);
    Support audioSupport(Feature feature) const;
    void applySound(Feature feature, SoundSwitch::State wanted, Reply reply);

    // qemu_driver_spice.cpp: where the screen is offered.
    Result<> prepareSpice();
    void prepareCertificateIfAny();
    void removeSpiceFiles();

    // qemu_driver_save.cpp: Running to Saved and back.
    Result<> readSavedFacts();
    void restoreMemory();
    void failRestore(const Error &error);
    void saveStep(const QString &command, const QJsonObject &arguments,
                  std::function<void(const QJsonValue &)> next);
    void beginSave(const QString &folder, Reply reply);
    void startSaving();
    void writeMemory();
    void memoryWritten();
    void migrationChanged(const QString &status);
    void pollProgress();
    void failSave(const Error &error);
    void goOnAfterSave(Save save, Result<> result);
    void noteTimeAsleep();

    // qemu_driver_events.cpp: what QEMU tells.
    void handleEvent(const QString &name, const QJsonObject &data);
    void guestStopped();
    void guestContinued();
    void trayMoved(const QString &device, bool isOpen);
    void guestEjected(const StorageSlot &slot, const QString &device);
    void blockError(const QJsonObject &data);
    void raise(const RunProblem &problem);
    void beat();
    void pollActivity();
    void pollExits();
    void pollGuestMemory();
    void setMemoryReports(bool areOn);
    void refreshPointer();

    // qemu_driver_network.cpp: the other end of the cards' cables.
    Result<> openNetwork(QemuProcess &process, QemuLaunch &launch);
    bool isLinkUp(int adapter) const;
    void setLink(int adapter, Reply reply); // as isLinkUp() says
    bool refuseAdapter(int adapter, Reply &reply);
    void countNetwork(ActivityCounters &counters) const;

    // qemu_driver_agent.cpp: the port of the guest's agent.
    void makeAgent();
    void lookForAgent();
    void agentPortChanged(const QJsonObject &data);

    // qemu_driver_usb.cpp
    bool refuseUsb(Reply &reply);
    void usbDeleted(const QString &id);
    void removeStickNode(const QString &node, int attempts);

    // qemu_driver_folders.cpp
    void startShares(QemuLaunch &launch);
    void bringFolders(bool wasRestored);
    bool refuseFolder(Reply &reply);
    Support savingSupport() const;

    void processEnded(bool isCrash, int codeOrSignal);
    void endWith(State state, const std::optional<Error> &error);
    void breakDown(const Error &error);
    void continueGuest(Reply reply);
    bool isComingUp() const { return m_state == State::Starting || m_state == State::Restoring; }
    // Where a machine that did not come up ends.
    State stateBefore() const { return m_place.savedState.isEmpty() ? State::Off : State::Saved; }
    bool isOver() const
    {
        return m_state == State::Off || m_state == State::Saved || m_state == State::Aborted;
    }
    void finish(State state, const std::optional<Error> &error);
    void setState(State state);
    void rememberDrives();

    bool isAlive() const { return m_state == State::Running || m_state == State::Paused; }
    // Answers for the caller when the machine is not running or paused.
    bool refuse(Reply &reply, bool mustRun);
    void execute(const QString &command, const QJsonObject &arguments, Reply reply);
    void typeNext();

    QemuDriverOptions m_options;
    MachineDefinition m_definition;
    MachinePlace m_place;
    State m_state = State::Off;
    Acceleration m_acceleration;
    QString m_program;
    std::optional<UefiFirmware> m_firmware;
    QString m_audioDriver = QStringLiteral("none");
    SoundSwitch *m_sound = nullptr; // none without a sound server
    SoundSwitch::State m_soundState;
    QString m_whyNoSoundSwitch;
    bool m_hasMicrophone = false; // the guest, in this run
    bool m_isCapturing = false; // QEMU listens to this computer's for it
    QString m_version;
    SpiceAddress m_spice; // for clients on this computer
    QElapsedTimer m_sinceStart;

    QemuProcess *m_process = nullptr;
    SwtpmProcess *m_tpm = nullptr;
    QemuShares *m_shares = nullptr;
    bool m_hasRoomForFolders = false;
    std::unique_ptr<net::MachineNetwork> m_network; // none without adapters
    QmpClient *m_qmp = nullptr;
    QList<Reply> m_powerOffReplies;
    bool m_hasStarted = false;
    bool m_isPoweringOff = false;
    bool m_hasShutDown = false; // QEMU said SHUTDOWN
    bool m_isSavedAtEnd = false; // powering off leaves a saved state
    bool m_isPauseWanted = false;
    std::optional<Error> m_fatalError;
    std::optional<RunProblem> m_problem; // until the STOP that follows
    std::optional<RunProblem> m_toldProblem; // until the guest runs again

    StorageDaemon *m_daemon = nullptr; // when a disk is of a format that is not QEMU's to open
    QString m_daemonTrouble; // why it is not there
    bool m_isDaemonWorn = false; // it met an error: Retry takes another one
    int m_reconnects = 0; // failures that QEMU may have from before the other one came

    std::optional<Save> m_save;
    Fd m_memory; // the file that is written or read
    QString m_machineType; // of the saved state
    bool m_hasAgentChannel = false; // the guest has the card for it
    bool m_hasBalloon = false; // the same
    QTimer m_progressTimer;
    int m_percent = -1;
    std::chrono::nanoseconds m_timeAsleep{0}; // at the last look
    QElapsedTimer m_sincePause;

    QHash<QString, Drive> m_drives; // by device id
    QHash<QString, QPointer<QemuMediumChange>> m_changes;
    QQueue<Typing> m_typing;
    bool m_isTyping = false;
    int m_screenshots = 0;

    struct UsbPlug
    {
        QString node; // of a stick's image; empty: a device of the host's
        QList<Reply> leaving; // who waits for it to be gone
        bool isLeaving = false;
    };
    QHash<QString, UsbPlug> m_usb; // by id
    std::unique_ptr<GuestAgent> m_agent; // none without its port
    int m_descriptorSets = 0;
    int m_sticks = 0;

    ActivityCounters m_activity;
    ProcessMeter m_meter;
    std::optional<quint64> m_exits; // as KVM counted them last
    quint64 m_guestMemoryBytes = 0; // as the guest said last, and so the next two
    quint64 m_guestAvailableBytes = 0;
    quint64 m_balloonBytes = 0;
    bool m_hasAbsolutePointer = false;
    QTimer m_heartbeat;
    bool m_isBeating = false;
    QTimer m_activityTimer;
    bool m_isPolling = false;
    int m_polls = 0;
    QTimer m_killTimer;
};

} // namespace engine
