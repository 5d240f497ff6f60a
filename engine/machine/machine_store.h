// SPDX-License-Identifier: GPL-3.0-or-later
// The machines this user has: folders, found in the default machine folder and in a list of known
// paths ($XDG_CONFIG_HOME/vitrine/machines.json). There is no daemon: the manager, the CLI and
// vitrine-vm each own a store and see one another's changes through the file system.
//
// Writes are atomic (QSaveFile: written beside, synced, renamed) and keep the previous version as
// `<name>.vitrine.prev`; an unreadable definition is reported together with that remedy, never
// overwritten. Locking: MachineLock is a lock on the open file `<folder>/.lock`, which the kernel
// releases when its holder dies. vitrine-vm holds it while the machine runs, and whoever changes
// the definition while it does not.
//
// Main thread only.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QDateTime>
#include <QtCore/QObject>

#include <functional>
#include <memory>
#include <optional>

class QFileSystemWatcher;
class QTimer;

namespace engine {

class MachineTask;

// A machine on disk. `error` is set when its definition cannot be read: such a machine is still
// listed ("inaccessible"), with the folder's name and no uuid.
struct MachineEntry
{
    QString folder; // absolute
    QString definitionPath; // absolute, ends in ".vitrine"
    MachineDefinition definition;
    std::optional<Error> error;

    bool isAccessible() const { return !error.has_value(); }
    QString displayName() const;
};

// What a machine does, as far as its files tell. Written by vitrine-vm to `<folder>/state.json`;
// a state that says running while nobody holds the lock reads as Aborted. A saved state on disk
// (saved_state.h) speaks for itself, whatever the file says.
enum class PersistentState { PoweredOff, Running, Aborted, Saved };

struct StateRecord
{
    PersistentState state = PersistentState::PoweredOff;
    QDateTime changed; // invalid when never started
};

class MachineLock final
{
public:
    // Busy when another process holds it: the message names what that means.
    static Result<MachineLock> acquire(const QString &machineFolder);
    static bool isHeld(const QString &machineFolder);
    MachineLock(MachineLock &&other) noexcept;
    MachineLock &operator=(MachineLock &&other) noexcept;
    MachineLock(const MachineLock &) = delete;
    MachineLock &operator=(const MachineLock &) = delete;
    ~MachineLock();

private:
    explicit MachineLock(int descriptor)
        : m_descriptor(descriptor)
    { }
    int m_descriptor = -1;
};

Result<MachineEntry> readMachine(const QString &definitionPathOrFolder);
Result<> writeMachine(const MachineEntry &entry); // atomic; keeps the previous version
StateRecord readState(const QString &machineFolder);
Result<> writeState(const QString &machineFolder, PersistentState state);

class MachineStore final : public QObject
{
    Q_OBJECT
public:
    // `configFolder` and `machineFolder` default to the user's (see user_paths.h); tests pass
    // their own.
    explicit MachineStore(QObject *parent = nullptr);
    MachineStore(QString configFolder, QString machineFolder, QObject *parent = nullptr);
    ~MachineStore() override;

    // Reads everything again. Cheap: unchanged definitions are not parsed twice.
    void refresh();
    // Starts watching the file system: changed() is emitted, coalesced, when something moved.
    void watch();

    QList<MachineEntry> machines() const; // sorted by name, case-insensitively
    // By uuid (with or without braces), name, folder or definition path. NotFound and ambiguous
    // names are errors with the words of the VBoxManage dialect.
    Result<MachineEntry> find(const QString &nameOrUuid) const;

    QString machineFolder() const;
    Result<> setMachineFolder(const QString &folder);

    // Makes `<machine folder>/<name>/` with disks/ and Logs/ and writes the definition. A missing
    // uuid is filled in. AlreadyExists is ErrorKind::Busy.
    Result<MachineEntry> create(MachineDefinition definition, const QString &baseFolder = {});
    // Whether create() would find name and uuid free.
    Result<> checkNew(const MachineDefinition &definition) const;
    // Makes a machine of a folder that was prepared beside its place, with disks/ and Logs/ in it:
    // writes the definition there and renames the folder, so that the machine comes whole.
    Result<MachineEntry> adopt(const QString &preparedFolder, MachineDefinition definition,
                               const QString &baseFolder = {});
    // Removes what killed programs left of machines that they were making.
    void cleanUpUnfinished();
    QString configFolder() const;
    // Replaces a definition while the machine is off. Takes the lock. A new name renames the
    // definition file and, when the folder carries the old name, the folder. Also makes or removes
    // the unit that starts the machine with the session (autostart.h). Busy when a machine with a
    // saved state would come to another hardware than the state's; the state goes along with
    // another name.
    Result<MachineEntry> save(const MachineEntry &entry);
    // save() with another name.
    Result<MachineEntry> rename(const MachineEntry &entry, const QString &name);
    // Why the machine in `folder` (empty: a new one) cannot be named so: for a field's hint.
    std::optional<Error> nameProblem(const QString &name, const QString &folder = {}) const;
    // The machine's folder into another one, also on another file system; its saved state goes
    // along, disks outside its folder stay where they are. What is wrong is told at once where
    // that is possible; otherwise `moved` follows, from the event loop or from
    // MachineTask::waitForFinished(). `leftover` names the old folder when something in it could
    // not be deleted. A machine stays locked while it moves. The task belongs to `parent`, or to
    // the store; it may be deleted once `moved` was called.
    using Moved = std::function<void(const Result<MachineEntry> &, const QString &leftover)>;
    Result<MachineTask *> move(const MachineEntry &entry, const QString &baseFolder, Moved moved,
                               QObject *parent = nullptr);
    // Adds an existing folder or .vitrine file to the known list.
    Result<MachineEntry> registerMachine(const QString &path);
    // Takes it off the list. A machine inside the default folder is remembered as hidden unless
    // its files are deleted.
    Result<> unregisterMachine(const QString &folder);
    // Deletes the definition, state, logs, nvram, snapshots and the disks the machine alone uses
    // (also outside its folder). Optical images and foreign files stay; the folder goes when empty.
    Result<> deleteMachine(const MachineEntry &entry);
    // The same beside the event loop: a large disk takes seconds. `done` is called on the main
    // thread, unless the store is gone by then.
    using Deleted = std::function<void(const Result<> &)>;
    void deleteMachineInBackground(const MachineEntry &entry, Deleted done);

    // A saved machine becomes one that is powered off; what its memory held is lost.
    Result<> discardSavedState(const MachineEntry &entry);

    // Disk and optical images the machines use, absolute and unique.
    QStringList usedMedia(MediumKind kind) const;
    // Where the units of autostart.h are.
    QString unitFolder() const;

signals:
    void changed();

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace engine
