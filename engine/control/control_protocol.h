// SPDX-License-Identifier: GPL-3.0-or-later
// What the manager, the CLI and machine windows say to a vitrine-vm, and what it tells them.
//
// JSON-RPC 2.0 over the Unix socket paths::controlSocket(uuid), one message a line, UTF-8. The
// server accepts the same user only (SO_PEERCRED) and answers every request; a line over 1 MiB
// ends the connection. An error's `data` is {"kind": ErrorKind as number, "messages": [...],
// "remedy": "..."}.
//
//   method                params                          result
//   machine.info          -                               MachineStatus (below)
//   machine.pause         -                               {}   also resume, reset, powerButton,
//                                                              powerOff
//   machine.setMedium     controller port device          {}   "" ejects; kept in the definition
//                         path force
//   machine.setLink       adapter connected               {}
//   machine.setAdapter    adapter settings                {}   the adapter as in a definition
//                                                              file; kept in the definition
//                                                              (machine_networks.h)
//   network.connections   -                               {"connections": [...]} (network_json.h)
//   usb.list              -                               {"devices": [UsbChoice, ...]}
//                                                              (machine_usb.h)
//   usb.attach            device force                    {}   isNamedBy() in usb_device.h
//   usb.detach            device                          {}
//   usb.insertStick       files: [path, ...]              {}   answers when the guest has them
//   usb.ejectStick        -                               {}
//   guest.properties      -                               {"properties": [GuestProperty, ...]}
//                                                              what its agent says now
//   guest.execute         command arguments patience      {"return": value}, see
//                                                              MachineGuest::execute()
//   guest.more            next                            the next piece of a long answer
//   folders.add           folder transient                {}   {name, path, readOnly, ...}, as in a
//                                                              definition file; transient: it
//                                                              knows nothing of it
//   folders.remove        name transient                  {}
//   folders.mount         name                            {}   in the guest, by its agent
//   folders.unmount       name                            {}   likewise
//   machine.exitStatistics reset: bool            exits (exit_json.h), those before a reset
//   machine.changeDefinition  definition base         {}   machine_json.h; `base` may be absent;
//                                                              MachineSession::changeDefinition()
//   machine.setGroups     groups: [path, ...]             {}   kept in the definition
//   machine.setSharing    clipboard dragAndDrop           {}   SharingMode's words; either may be
//                                                              absent. Kept in the definition; the
//                                                              window that has the screen does it
//   machine.setAudio      output input: bool              {}   either may be absent; kept in the
//                                                              definition
//   recording.start       file, and as recording in a     {"file": path}   all may be absent: as
//   the
//                         definition file                      definition says; answers when the
//                                                              film runs
//   recording.stop        -                               {"file": path}   answers when it is whole
//   recording.report      number phase trouble            {}   from the window that makes it; phase
//                                                              is a word of recordingPhaseWord()
//   machine.sendScanCodes bytes (hex)                     {}
//   machine.turnWheelSideways notches (right: positive)   {}
//   machine.typeText      text                            {}   US layout, answers when typed
//   machine.screenshot    path format ("png" | "ppm")     {}
//                         monitor
//   machine.setMonitor    monitor plugged: bool           {}   monitors count from 0; width and height
//                         width height                         may be absent
//   machine.saveState     -                               {}   answers when the machine is saved
//   machine.cancelSave    -                               {}   the machine goes on as it was
//   window.show           -                               {"shown": bool}
//                                                              false: start a window process
//   window.attach         force records blind: bool       {"attached": bool}   blind: shows nothing, makes the
//                                                              film that was asked for, and goes
//                                                              false: another one has it, which
//                                                              is raised; forced, it loses it.
//                                                              Where the screen is for several
//                                                              (displayKind 1) always true.
//                                                              records: it can make films
//   window.detach         -                               {}
//   display.open          monitor                         {}   this connection carries the
//                                                              screen from then on, and nothing
//                                                              else (display_protocol.h)
//   sound.open            -                               {}   a descriptor comes with the answer:
//                                                              what the guest plays from now on
//                                                              (engine/host/sound_protocol.h);
//                                                              the connection ends
//   serial.open           port                            {"remembered": bytes}
//                                                              this connection carries the
//                                                              port's raw bytes from then on,
//                                                              first what the guest sent before;
//                                                              0 is COM1; isForWindows() in
//                                                              engine/drivers/serial_socket.h
//   machine.cancelTyping  -                               {}   typeText is answered with Cancelled
//   events.subscribe      activity: bool                  {}   state and the rest always come
//
// typeText takes two more: layout, of the X keyboard database ("de", "ch(fr)"; "" is US), and rate,
// keys a second.
//
// Events are notifications (no id) to every connection:
//   event.typing    {"done","total"} in keys, while text is typed; total 0: no more
//   event.status    MachineStatus, whenever any of it changed
//   event.failed    error data as above
//   event.problem   {"kind","text","remedy"}
//   event.activity  ActivityCounters, some 4 times a second while anybody asked
//   event.progress  {"percent"}   of saving and restoring
//   event.reset     {}
//   event.usb       {}   what usb.list says has changed
//   event.notice    {"text"}   a sentence worth telling, such as what became of a USB device
//   event.record    {"number","file","settings"}   to one window: make a film of the screen, and
//                   tell by recording.report
//   event.recordEnd {"number"}   to that window: finish it
//   event.raise     {}   to the attached window: come to the front
//   event.detached  {}   to the attached window: another one took its place by force
#pragma once

#include "engine/drivers/driver.h"
#include "engine/machine/usb_device.h"

#include <QtCore/QJsonObject>

#include <optional>

namespace engine {

// A shared folder that the guest has, or should have.
struct MachineFolder
{
    FolderUse use;
    bool isTransient = false; // not of the definition
};

// A film that is being made of the machine's screen, or the last one of this run.
struct RecordingStatus
{
    enum class Phase { None, Starting, Running, Stopping, Done, Failed };
    Phase phase = Phase::None;
    int number = 0; // counts the films of this run
    QString file; // absolute
    RecordingSettings settings;
    qint64 startedMs = 0; // Running: since the Epoch
    QString trouble; // Failed: why, as a sentence

    bool isActive() const
    {
        return phase == Phase::Starting || phase == Phase::Running || phase == Phase::Stopping;
    }
    bool operator==(const RecordingStatus &) const = default;
};

// Everything a client shows about a running machine; one value, so that nobody holds half of it.
struct MachineStatus
{
    QUuid uuid;
    QString name;
    Driver::State state = Driver::State::Off;
    std::optional<RunProblem> problem; // why it is paused, until it runs again
    QString driver;
    Acceleration acceleration;
    DisplayEndpoint::Kind displayKind = DisplayEndpoint::Kind::None;
    SpiceAddress spice;
    QList<bool> monitors; // of several: which are plugged in; empty: there is one
    bool hasAbsolutePointer = false;
    bool hasWindow = false; // inside vitrine-vm or attached
    bool isDisposableRun = false; // nothing of this run is kept
    QString folder;
    QString startType; // "gui", "sdl", "headless", "separate"
    QList<StorageController> controllers; // as they are now, media included
    QList<NetworkAdapter> adapters;
    QList<SerialPort> serialPorts;
    QList<UsbDevice> usbDevices; // of this computer's, those that the guest has
    bool hasGuestAgent = false; // it answers
    QStringList guestAddresses; // as the agent says, the best first
    bool hasUsbStick = false; // files were inserted as a USB stick
    SharingMode clipboard = SharingMode::Disabled;
    SharingMode dragAndDrop = SharingMode::Disabled;
    AudioModel audio = AudioModel::None;
    bool isAudioOutputOn = true;
    bool isAudioInputOn = false;
    RecordingStatus recording;
    QList<MachineFolder> sharedFolders;
    QJsonObject extraData; // how its window is to look, among others
    QList<Support> support; // indexed by Feature

    Support supports(Feature feature) const;
};

QString recordingPhaseWord(RecordingStatus::Phase phase); // "running", ...
RecordingStatus::Phase recordingPhaseFromWord(const QString &word);
QJsonObject toJson(const MachineStatus &status);
MachineStatus statusFromJson(const QJsonObject &json);
QJsonObject toJson(const ActivityCounters &counters);
ActivityCounters activityFromJson(const QJsonObject &json);
QJsonObject toJson(const RunProblem &problem);
RunProblem problemFromJson(const QJsonObject &json);
QJsonObject toJson(const Error &error);
Error errorFromJson(const QJsonObject &json);

} // namespace engine
