// SPDX-License-Identifier: GPL-3.0-or-later
// A machine run by this process itself: engine/vmm's Vm, its images, networks and firmware.
// Interface, life and threads: driver.h.
//
// The Vm's commands may wait, so they run on a control thread, one after the other; what comes of
// them is posted back. The thread also makes and destroys the Vm, what it is built of and the io
// thread. The picture and the input are the Vm's own, without a copy (display_hub.h).
#pragma once

#include "engine/base/fd.h"
#include "engine/base/poll_loop.h"
#include "engine/drivers/display_hub.h"
#include "engine/drivers/driver.h"
#include "engine/drivers/exit_report.h"
#include "engine/drivers/kvm_image.h"
#include "engine/drivers/kvm_plan.h"
#include "engine/drivers/kvm_shares.h"
#include "engine/drivers/process_meter.h"
#include "engine/drivers/scan_code_keys.h"
#include "engine/host/usb_backend.h"
#include "engine/net/machine_network.h"
#include "engine/vmm/vm.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QHash>
#include <QtCore/QQueue>
#include <QtCore/QSocketNotifier>
#include <QtCore/QTimer>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace engine {

class PlaceFinder;
class PlainPort;
class SharedSound;
class SoundBackend;
class SoundProcess;
class SpiceProcess;
class StorageDaemon;
class SwitchedSound;
class SwtpmProcess;
class VdagentPort;

// What the driver stands on; tests shorten or replace it.
struct KvmDriverOptions
{
    using MakeVm = std::function<Result<std::unique_ptr<Vm>>(VmConfig config, VmEvents &events,
                                                             PollLoop &io, PollLoop *network)>;
    using OpenImage = std::function<Result<std::shared_ptr<BlockDevice>>(
        const KvmDrive &drive, const QString &socketPath, PollLoop &io, PlaceFinder &places)>;

    MakeVm makeVm; // Vm::create()
    OpenImage openImage; // openKvmImage()
    OpenUsbDevice openUsb; // who has this computer's devices; null: nobody
    Acceleration acceleration = {Acceleration::Kind::Hardware, "KVM, built-in engine", {}, {}};
    QString firmwareRoot; // empty: firmwareRoot()
    QString storageDaemon; // empty: findStorageDaemon()
    KvmSharesOptions shares;
    QString soundProgram; // empty: vitrine-sound
    QString spiceProgram; // empty: vitrine-spice
    std::chrono::milliseconds trayTimeout{3000};
    std::chrono::milliseconds trayInterval{100};
    std::chrono::milliseconds replugTime{1000};
    std::chrono::milliseconds gamepadTime{10000}; // a resumed guest's stays without a window
};

class KvmDriver final : public Driver, public ExitReporter
{
    Q_OBJECT
public:
    explicit KvmDriver(KvmDriverOptions options, QObject *parent = nullptr);
    ~KvmDriver() override;

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
    Result<Fd> tapSound() override;
    void setBalloon(int mebibytes, Reply reply) override;
    void setRemoteDisplay(const RemoteDisplay &remote, Reply reply) override;
    void sendScanCodes(const QByteArray &bytes, Reply reply) override;
    void screenshot(const QString &path, const QString &format, int monitor, Reply reply) override;
    QList<bool> monitors() const override;
    void setMonitor(int monitor, bool isPluggedIn, int width, int height, Reply reply) override;

    GuestAgent *guestAgent() override { return m_agent.get(); }

    State state() const override { return m_state; }
    Support supports(Feature feature) const override;
    DisplayEndpoint display() const override;
    Acceleration acceleration() const override { return m_options.acceleration; }
    QString name() const override;
    ActivityCounters activity() const override { return m_activity; }
    bool hasAbsolutePointer() const override { return m_hasAbsolutePointer; }
    void setActivityWanted(bool wanted) override;

    std::optional<ExitStatistics> exitStatistics() const override;
    void resetExitStatistics() override;

private:
    class Events;

    // The control thread's.
    struct Machine
    {
        std::unique_ptr<PollLoop> io;
        std::unique_ptr<Vm> vm;
        std::vector<std::weak_ptr<BlockDevice>> images; // of the drives, for flushing
    };
    struct Drive
    {
        QString path; // empty: no medium
        std::shared_ptr<DriveCounters> counters = std::make_shared<DriveCounters>();
    };
    struct Typing
    {
        QList<KeyStroke> strokes;
        Reply reply;
    };
    struct MediumChange
    {
        QString title;
        QString file;
        bool isForced = false;
        std::shared_ptr<BlockDevice> image; // null: eject
        QElapsedTimer sinceStart;
        Reply reply;
    };
    struct UsbPlug
    {
        std::optional<unsigned> connector; // none: on its way there
        bool isLeaving = false;
        QList<Reply> leaving; // who waits for that
    };
    // Somebody listens to what the guest plays.
    struct SoundTap
    {
        std::shared_ptr<SoundBackend> end;
        Fd socket; // its end as well; readable: the listener has gone
        std::unique_ptr<QSocketNotifier> notifier;
    };
    // From saveState() until the machine is saved or goes on.
    struct Save
    {
        QString folder;
        Reply reply; // empty once answered
        QList<Reply> abandoned; // who called it off, and waits for the machine to go on
        bool wasPaused = false;
        bool isComplete = false; // all is on the disk
    };

    // kvm_driver_start.cpp: Off to Running, and the end.
    void prepare();
    Result<> preparePlan();
    void startDaemon();
    void makeVm();
    void vmMade();
    void restoreThenRun();
    void run();
    void failStart(Error error);
    void endWith(State state, std::optional<Error> error);
    void finish();

    // kvm_driver_save.cpp: Running to Saved and back.
    Result<> checkSavedFacts();
    void stateWritten(const Result<> &result);
    void failSave(const Error &error);
    void goOnAfterSave(Save save, const Result<> &result);
    void tellProgress(int percent);

    // kvm_driver_events.cpp: what the Vm tells, and what is looked at regularly.
    void vmStopped(VmStop kind, const QString &text, const std::string &details);
    void vmHasProblem(const RunProblem &problem);
    RunProblem asDaemonsProblem(RunProblem problem);
    void settleProblem();
    void guestEjected(unsigned drive);
    void guestContinued();
    void raise(const RunProblem &problem);
    void pollActivity();
    void refreshPointer();

    // kvm_driver_medium.cpp
    void tryMediumChange(int drive);
    void finishMediumChange(int drive, Result<> result);

    // kvm_driver_agent.cpp: the ports of agents in the guest.
    void makeAgents();
    void agentPortChanged(bool isOpen);
    void desktopPortChanged(bool isOpen);
    void endAgents();

    // kvm_driver_spice.cpp: the screen for clients on the network.
    void offerScreen(std::function<void(Result<>)> done);
    void remoteDisplayChanged(const RemoteDisplay &before, Result<> offered);
    void answerRemoteDisplay(const Result<> &result);
    void endScreenServer();

    // kvm_driver_folders.cpp
    void prepareFolders();
    void bringFolders();
    void bringLateFolders();
    void guestStartsAnew();
    Support folderSupport() const;
    bool refuseFolder(Reply &reply);

    // kvm_driver_network.cpp: the cards' cables.
    Result<> openNetwork();
    Result<> plugInCards();
    void unplugCards();
    bool refuseAdapter(int adapter, Reply &reply);
    void showLink(int adapter);

    // kvm_driver_usb.cpp
    using PlugJob = std::function<Result<unsigned>(Machine &machine)>; // the connector
    Support usbSupport() const;
    Support usbControllerSupport() const;
    bool refuseUsb(Reply &reply);
    void plugUsb(const UsbAttachment &device, PlugJob job, Reply reply);
    void usbLeft(const QString &id);
    void unplugUsb(const QString &id);
    void forgetUsb(const Error &gone);

    // kvm_driver_gamepad.cpp
    void wantGamepad(const std::optional<std::string> &name);
    void settleGamepad();
    void tellGamepad();

    // kvm_driver_tpm.cpp: on the way to the Vm, and when it goes.
    void startTpm();
    Result<std::shared_ptr<TpmBackend>> openTpm(Fd control, PollLoop &io); // control thread
    void tpmLost(const QString &text);

    // kvm_driver_sound.cpp
    void openSound();
    void closeSound();
    Fd connectClientsSound(); // SPICE clients' end; the one before is given up
    void endClientsSound();
    Support audioSupport() const;
    bool refuseAudio(Feature feature, Reply &reply);
    Support soundTapSupport() const;
    void endSoundTap(const SoundBackend *end);

    // Runs the job on the control thread; `then` comes on this one, exactly once, also when the
    // machine ends first or this object goes: then with `gone`.
    using Job = std::function<Result<>(Machine &machine)>;
    void post(Job job, Reply then);
    void command(Job job, Reply reply, std::function<void()> succeeded = {});

    void setState(State state);
    void typeNext();
    bool isAlive() const { return m_state == State::Running || m_state == State::Paused; }
    bool isComingUp() const { return m_state == State::Starting || m_state == State::Restoring; }
    bool isOver() const
    {
        return m_state == State::Off || m_state == State::Saved || m_state == State::Aborted;
    }
    State stateBefore() const { return m_place.savedState.isEmpty() ? State::Off : State::Saved; }
    // Answers for the caller when the machine is not running or paused.
    bool refuse(Reply &reply, bool mustRun);
    int monitorCount() const;
    Result<> checkMonitor(int monitor) const;

    KvmDriverOptions m_options;
    MachineDefinition m_definition;
    MachinePlace m_place;
    State m_state = State::Off;
    QElapsedTimer m_sinceStart;
    bool m_hasStarted = false;

    KvmPlan m_plan; // its config is used up when the Vm is made
    std::vector<VmNetworkCard> m_cards;
    StorageDaemon *m_daemon = nullptr;
    PlaceFinder *const m_placeFinder; // outlives the machine's images
    bool m_isDaemonWorn = false; // it met an error: Retry takes another one
    SwtpmProcess *m_tpm = nullptr; // none without a TPM
    Fd m_tpmControl; // until the Vm is made
    bool m_isTpmLost = false;
    std::unique_ptr<net::MachineNetwork> m_network; // none without adapters
    SoundProcess *m_soundProcess = nullptr; // none without a sound card
    std::shared_ptr<SwitchedSound> m_sound; // the Vm has it, too
    std::shared_ptr<SharedSound> m_sharedSound; // behind it
    std::shared_ptr<SoundBackend> m_clientsSound; // there, while SPICE clients are
    std::vector<SoundTap> m_soundTaps;
    QString m_whyNoSound;

    KvmShares *m_shares = nullptr; // from when the plan is made until the end
    std::optional<QList<KvmFolderPlace>> m_savedFolders; // where a resumed guest has them
    bool m_knowsFolderPlaces = true; // the guest's ACPI tables do
    QList<SharedFolder> m_lateFolders; // the definition's that could not come with a resume
    // Where the Vm's parts may be used from this thread: from when it is made until it is to go.
    Vm *m_vm = nullptr;
    DisplayHub m_hub;
    const DisplayHub::View m_view = m_hub.makeView(); // the driver's own
    SpiceProcess *m_spiceProcess = nullptr; // none without VRDE
    Reply m_remoteDisplayReply; // while it becomes another

    VmGraphics m_graphics = VmGraphics::Vga; // what the guest has
    bool m_hasAgentPorts = false; // the guest has the device
    bool m_hasBalloon = false; // the same
    bool m_isHyperV = false; // the guest sees that
    std::shared_ptr<PlainPort> m_agentPort; // qemu-guest-agent's
    std::shared_ptr<VdagentPort> m_desktopPort; // spice-vdagent's
    std::unique_ptr<GuestAgent> m_agent;

    bool m_hasUsb = false; // the guest has a controller
    QHash<QString, UsbPlug> m_usb; // by id
    std::optional<unsigned> m_gamepad; // its connector; none: it is not plugged in
    std::optional<QString> m_wantedGamepad; // by name; empty: any, which a saved state had
    QString m_toldGamepad;
    bool m_isGamepadOnItsWay = false; // in or out
    QTimer m_gamepadTimer; // after a resume: for a window to come with one

    QList<Reply> m_powerOffReplies;
    bool m_isPoweringOff = false;
    struct End
    {
        State state = State::Off;
        std::optional<Error> error;
    };
    std::optional<End> m_end; // on the way there
    bool m_isPausing = false;
    bool m_isResuming = false;
    std::optional<RunProblem> m_problem; // until the guest stands still
    std::optional<RunProblem> m_toldProblem; // until the guest runs again

    std::optional<Save> m_save;
    std::atomic<bool> m_isSaveCancelled = false; // read on the control thread
    int m_percent = -1;
    QElapsedTimer m_sincePause;

    QList<Drive> m_drives; // of the same index as m_plan.drives
    QHash<int, MediumChange> m_changes; // by drive
    QQueue<Typing> m_typing;
    bool m_isTyping = false;

    ActivityCounters m_activity;
    ProcessMeter m_meter;
    QTimer m_activityTimer;
    QTimer m_pointerTimer;
    bool m_hasAbsolutePointer = false;
    ExitStatistics m_exitsAtReset;

    quint64 m_lastJob = 0;
    QHash<quint64, Reply> m_jobs; // posted, not answered
    std::unique_ptr<Events> m_events;
    Machine m_machine; // the control thread's
    std::unique_ptr<PollLoop> m_control; // last: its end comes before everything it uses
};

} // namespace engine
