// SPDX-License-Identifier: GPL-3.0-or-later
// From "this ISO" or "this disk" to a machine on disk: what the wizard's short way and
// `vitrinectl quickstart` have in common.
#pragma once

#include "engine/base/result.h"
#include "engine/catalog/os_catalog.h"
#include "engine/machine/machine_store.h"

#include <functional>

namespace engine {

enum class DiskChoice { NewDisk, ExistingDisk, NoDisk };

// Everything the wizard shows and the user may edit.
struct NewMachinePlan
{
    QString name;
    QString folder;  // base folder; empty: the store's
    QString osId;
    QString isoPath; // empty: no optical medium
    OsPreset preset; // devices; sizes below override it
    int memoryMiB = 0;
    int cpus = 0;
    Firmware firmware = Firmware::Bios;
    DiskChoice disk = DiskChoice::NewDisk;
    qint64 diskBytes = 0;
    QString existingDisk;
    bool isDisposable = false; // only with NoDisk: the folder goes away at power-off
    EngineChoice engine = EngineChoice::Auto;
};

// What the computer can give: read by the program, passed in so that plans are testable.
struct HostFacts
{
    int cpus = 1;
    qint64 memoryBytes = 0;
    qint64 freeMemoryBytes = 0;
    static HostFacts current();
};

// A complete suggestion: free name ("Debian 12", "Debian 12 (2)"), sizes from the preset bounded by
// the host (never more than half its memory or all its CPUs, never below the system's minimum).
NewMachinePlan suggestPlan(const OsCatalog &catalog, const MediaInfo &media, const MachineStore &store,
                           const HostFacts &host);
NewMachinePlan suggestPlanForDisk(const OsCatalog &catalog, const QString &diskPath,
                                  const MachineStore &store, const HostFacts &host);

// The part of a plan that a person has to change to make a problem go away.
enum class PlanField { Name, Medium, Memory, Cpus, Disk, Firmware };

struct PlanProblem
{
    PlanField field = PlanField::Name;
    QString text; // a sentence without its stop
};

// What would go wrong, before Create: name taken or unusable, disk too small, no space, no memory,
// no firmware.
QList<PlanProblem> planProblems(const NewMachinePlan &plan, const MachineStore &store);

// The definition the plan asks for; pure. The disk's path is "disks/<name>.qcow2" when new.
MachineDefinition definitionFor(const NewMachinePlan &plan);

// Makes the folder, the disk (in the background) and the definition; on failure or cancel
// everything it made is removed. `finished` is called exactly once.
class MachineMaker final : public QObject
{
    Q_OBJECT
public:
    using Finished = std::function<void(Result<MachineEntry>)>;
    MachineMaker(MachineStore &store, NewMachinePlan plan, Finished finished,
                 QObject *parent = nullptr);
    ~MachineMaker() override;
    void start();
    void cancel();
    bool waitForFinished(); // for the CLI

signals:
    void progressed(int percent);

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace engine
