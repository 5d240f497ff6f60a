// SPDX-License-Identifier: GPL-3.0-or-later
// An engine that runs one machine. The UI, the CLI and the control server see this interface and
// never ask which driver is behind it: they ask what it supports.
//
// Life: one Driver object runs one machine once. start() moves Off -> Starting -> Running (or, on
// failure, back to Off with failed()); whatever ends the machine (guest shutdown, powerOff(), the
// engine's death) ends in Off or Aborted, after which the object is thrown away. A reset keeps
// Running. With a saved state it is Restoring instead of Starting, and what goes wrong until the
// guest runs, or powerOff(), leads back to Saved: nothing of the state was used up.
//
// Threads: main thread only. Every command returns at once; its Reply is called exactly once, on
// the main thread, also when the machine ends first (then with an Error).
//
// A driver owns its helpers (child processes, sockets in the run folder) and leaves none behind.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/drivers/spice_address.h"
#include "engine/machine/machine_definition.h"
#include "engine/machine/usb_device.h"

#include <QtCore/QObject>
#include <QtCore/QString>

#include <functional>
#include <memory>

namespace engine {

class DisplayHub;
class GuestAgent;
struct NetworkConnection;

// Where a machine lives while it runs, and how this run begins.
struct MachinePlace
{
    QString folder; // the machine's folder: relative paths start here, nvram and Logs are here
    QString runFolder; // private (0700), on tmpfs, emptied at start
    QString savedState; // a folder that saveState() filled: go on from it; empty: boot
    bool isDisposableRun = false; // what the guest writes to its disks goes away with this run
};

// How to see and touch the guest: in the process that runs it, which other processes ask for the
// same memory on its control socket, or by SPICE.
struct DisplayEndpoint
{
    enum class Kind { None, InProcess, Spice };
    Kind kind = Kind::None;
    SpiceAddress spice = {}; // Kind::Spice
    DisplayHub *hub = nullptr; // Kind::InProcess, in that process; owned by the driver
    QString controlSocket = {}; // Kind::InProcess, in another one
    int monitor = 0; // Kind::InProcess: which of them
    int monitorCount = 1;

    // A SPICE server shows its picture to one window.
    bool isForSeveral() const { return kind == Kind::InProcess; }
};

// How guest code is executed, for the status bar and `showvminfo`.
struct Acceleration
{
    enum class Kind { Unknown, Hardware, Emulated };
    Kind kind = Kind::Unknown;
    QString text; // one line: "KVM" or "Software emulation (slow)"
    QString reason; // why not Hardware; empty when it is
    QString remedy; // what to do about it; may be empty
};

enum class Feature {
    Pause,
    Reset,
    PowerButton,
    ChangeMedium,
    LinkState,
    ChangeNetwork, // of a present adapter: mode, forwards, limits, egress
    Screenshot,
    SaveState,
    Snapshots,
    UsbPassthrough,
    SharedFolders,
    Clipboard,
    GuestAgent,
    AudioOutputSwitch, // while it runs, as the next one
    AudioInputSwitch,
    MemoryBalloon, // while it runs, as the two before
    RemoteDisplayChange, // while it runs: who may see the screen, and where
    Monitors, // their sizes, and plugging them in and out
    SoundTap, // what the guest plays, for films
    Gamepad, // of the engine's own, moved by one of this computer's that a window has
};
inline constexpr int FeatureCount = int(Feature::Gamepad) + 1;

struct Support
{
    bool isAvailable = false;
    QString reason; // for the tooltip when it is not
};

// Running totals since start; the status bar's lights compare two of them.
struct ActivityCounters
{
    quint64 diskReadBytes = 0;
    quint64 diskWrittenBytes = 0;
    quint64 opticalReadBytes = 0;
    quint64 floppyBytes = 0;
    quint64 networkReceivedPackets = 0;
    quint64 networkSentPackets = 0;
    bool isNetworkCounted = false; // not every driver can count every kind of adapter
    quint64 networkReceivedBytes = 0;
    quint64 networkSentBytes = 0;
    quint64 cpuNanoseconds = 0; // host processor time of everything that runs this machine
    quint64 memoryBytes = 0; // resident now, of everything that runs this machine
    quint64 exits = 0; // vCPU exits to the host
    bool areExitsCounted = false;
    // As the guest says, now; no totals. Unknown where the first is 0.
    quint64 guestMemoryBytes = 0;
    quint64 guestAvailableBytes = 0; // of these, without swapping
    quint64 balloonBytes = 0; // beside these: what the guest does without
};

// A USB device as a driver gets it.
struct UsbAttachment
{
    // The caller's name for it, unique among those attached: a letter, then letters, digits, "-"
    // and ".".
    QString id;
    QString name; // for messages: "Kingston DataTraveler"
    UsbSpeed speed = UsbSpeed::Unknown;
};

// A shared folder as the guest has it.
struct FolderUse
{
    SharedFolder folder;
    bool isMounted = false; // in the guest, now
    QString trouble = {}; // why the guest cannot use it; empty when it can
};

// Something that stopped the guest but can be mended while it waits.
struct RunProblem
{
    enum class Kind { DiskFull, DiskError, GuestPanic, EmulationFailure };
    Kind kind = Kind::DiskError;
    QString text; // what happened, naming the disk
    QString remedy; // what to do, then resume
};

class Driver : public QObject
{
    Q_OBJECT
public:
    enum class State {
        Off,
        Saved,
        Aborted,
        Starting,
        Restoring,
        Running,
        Paused,
        Saving,
        Stopping
    };
    Q_ENUM(State)

    using Reply = std::function<void(Result<>)>;

    explicit Driver(QObject *parent = nullptr)
        : QObject(parent)
    { }

    virtual void start(const MachineDefinition &definition, const MachinePlace &place) = 0;
    virtual void pause(Reply reply) = 0;
    virtual void resume(Reply reply) = 0; // also the Retry after a RunProblem
    virtual void reset(Reply reply) = 0;
    virtual void pressPowerButton(Reply reply) = 0; // ACPI
    virtual void powerOff(Reply reply) = 0; // pulls the plug; replies when Off
    // Stops the guest (Saving) and writes everything that a later start() with
    // MachinePlace::savedState needs into the existing, empty folder. When that is complete and
    // synced the answer comes, and the machine waits in Saving: powerOff() ends it in Saved without
    // touching a disk any more, abandonSave() lets it go on. On failure the machine is as it was
    // before and the folder's contents are worthless. progressed() tells how far it is.
    virtual void saveState(const QString &folder, Reply reply) = 0;
    // Saving is called off at any point: the machine is as it was before, and a saveState() that
    // was not answered yet is answered with Cancelled.
    virtual void abandonSave(Reply reply) = 0;
    // The guest's clock may be behind: this computer slept, or the guest did. Does what can be
    // done without disturbing the guest, and returns at once.
    virtual void correctClock() = 0;

    // An empty path ejects. Without `force` a guest that has locked the tray gets some seconds to
    // let go, then the answer is Busy. The definition is the caller's business.
    virtual void changeMedium(const StorageSlot &slot, const QString &path, bool force,
                              Reply reply) = 0;
    virtual void setLinkConnected(int adapter, bool connected, Reply reply) = 0;
    // Everything about a present adapter but its card (presence, model, address); what that is in
    // detail is in engine/control/machine_networks.h. On failure the adapter is as it was. The
    // definition is the caller's business. Unsupported where Feature::ChangeNetwork is.
    virtual void changeAdapter(int adapter, const NetworkAdapter &wanted, Reply reply);
    // The guest's conversations now and those that just ended, the oldest first. Empty where
    // nobody can tell.
    virtual QList<NetworkConnection> connections() const;
    // Gives the guest a device of this computer, of which `node` is the open usbfs node.
    // Unsupported where Feature::UsbPassthrough is, as are the next two.
    virtual void attachUsb(const UsbAttachment &device, Fd node, Reply reply);
    // A USB stick that the guest can only read, made of an image file.
    virtual void attachUsbStick(const UsbAttachment &stick, const QString &image, Reply reply);
    // Takes it from the guest, which is not asked; fine when the device is gone already. It is the
    // host's again when the answer comes.
    virtual void detachUsb(const QString &id, Reply reply);
    // The guest gets one more folder of this computer, or one less; it has those of the definition
    // from the start. Detaching asks the guest, and does not wait for it for long. The definition
    // is the caller's business. Unsupported where Feature::SharedFolders is.
    virtual void attachFolder(const SharedFolder &folder, Reply reply);
    virtual void detachFolder(const QString &name, Reply reply);
    virtual QList<FolderUse> sharedFolders() const;
    // What this computer plays of the guest's sound, and whether the guest hears its microphone.
    // The definition is the caller's business. Unsupported where Feature::AudioOutputSwitch (or
    // AudioInputSwitch) is.
    virtual void setAudioOutput(bool isOn, Reply reply);
    virtual void setAudioInput(bool isOn, Reply reply);
    // What the guest plays from now on, as the engine hands it to the host's sound server too: a
    // socket of engine/host/sound_protocol.h, which takes no answers. It may be closed at any time.
    // Unsupported where Feature::SoundTap is; Busy: too many listen.
    virtual Result<Fd> tapSound();
    // How much of its memory the guest shall do without; a wish, which takes its time. The
    // definition is the caller's business. Unsupported where Feature::MemoryBalloon is.
    virtual void setBalloon(int mebibytes, Reply reply);
    // Clients are sent away; where the screen cannot be offered so, it is offered as before. The
    // definition is the caller's business. Unsupported where Feature::RemoteDisplayChange is.
    virtual void setRemoteDisplay(const RemoteDisplay &remote, Reply reply);
    // Of a machine with several monitors: which are plugged in. Empty: there is one.
    virtual QList<bool> monitors() const { return {}; }
    // Monitors count from 0, and the first stays plugged in. The size, in pixels, is what the guest
    // shall use when it can; 0 by 0: as it is. Unsupported where Feature::Monitors is.
    virtual void setMonitor(int monitor, bool isPluggedIn, int width, int height, Reply reply);
    // Raw scan code set 1 bytes as a keyboard would send them, prefixes and break codes included.
    virtual void sendScanCodes(const QByteArray &bytes, Reply reply) = 0;
    // Writes what a monitor shows as a file; the format is "png" or "ppm".
    virtual void screenshot(const QString &path, const QString &format, int monitor,
                            Reply reply) = 0;

    // The channel to an agent in the guest, from Running on until the driver is thrown away;
    // nullptr where Feature::GuestAgent is not available.
    virtual GuestAgent *guestAgent() { return nullptr; }

    virtual State state() const = 0;
    virtual Support supports(Feature feature) const = 0;
    virtual DisplayEndpoint display() const = 0; // valid from Starting's end to Off
    virtual Acceleration acceleration() const = 0;
    virtual QString name() const = 0; // for logs and `showvminfo`: "qemu 7.2.22"
    virtual ActivityCounters activity() const = 0; // as of the last activityChanged()
    virtual bool hasAbsolutePointer() const = 0;
    // Activity is polled only while somebody looks.
    virtual void setActivityWanted(bool wanted) = 0;

signals:
    void stateChanged(engine::Driver::State state);
    void failed(const engine::Error &error); // the machine could not start, or died
    void problemRaised(const engine::RunProblem &problem);
    void usbDetached(const QString &id); // the guest lost it, and not by detachUsb()
    void foldersChanged(); // what sharedFolders() says
    void noticed(const QString &text); // a sentence for the machine's window
    void mediumEjectedByGuest(const engine::StorageSlot &slot);
    void progressed(int percent); // of Saving and Restoring
    void activityChanged();
    void displayChanged();
    void monitorsChanged(); // what monitors() says
    void supportChanged(); // what supports() says
    void wasReset();

protected:
    // From the event loop. The caller may throw the driver away first; it is owed its answer all
    // the same.
    static void answerLater(Reply reply, Result<> result);
};

QString stateName(Driver::State state); // "running", "poweroff", ... as VBoxManage says it

} // namespace engine

Q_DECLARE_METATYPE(engine::Error)
Q_DECLARE_METATYPE(engine::RunProblem)
Q_DECLARE_METATYPE(engine::StorageSlot)
