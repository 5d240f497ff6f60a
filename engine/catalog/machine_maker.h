// SPDX-License-Identifier: GPL-3.0-or-later
// From "this ISO" or "this disk" to a machine on disk: what the wizard and `vitrinectl quickstart`
// have in common.
#pragma once

#include "engine/base/result.h"
#include "engine/catalog/os_catalog.h"
#include "engine/machine/host_fit.h"
#include "engine/machine/machine_store.h"
#include "engine/media/disk_image.h"

#include <functional>

namespace engine {

enum class DiskSource { New, Existing, Copy };

// One disk of a new machine. An existing disk is attached where it is; a copy is a file of the
// machine's own, and its source is never written to.
struct PlannedDisk
{
    DiskSource source = DiskSource::New;
    QString path = {}; // Existing, Copy: the image
    QString folder = {}; // New, Copy: where the file is made; empty: in the machine's folder
    ImageFormat format = ImageFormat::Qcow2; // New, Copy
    qint64 sizeBytes = 0; // New
    bool isFullyAllocated = false; // New, Copy: all space is taken at once
    bool isDiscardOn = true;
    bool isSolidState = false;

    bool operator==(const PlannedDisk &) const = default;
};

// Everything the wizard shows and the user may edit.
struct NewMachinePlan
{
    QString name;
    QString folder; // base folder; empty: the store's
    QString osId;
    QString isoPath; // empty: no optical medium
    bool isNetworkBoot = false; // the network comes first in the boot order
    OsPreset preset; // devices; what is below overrides it
    int memoryMiB = 0;
    int cpus = 0;
    Firmware firmware = Firmware::Bios;
    bool isSecureBootOn = false;
    TpmModel tpm = TpmModel::None;
    QList<PlannedDisk> disks; // the first is started from
    NetworkMode network = NetworkMode::Nat;
    bool isDisposable = false; // only without disks: the folder goes away at power-off
    EngineChoice engine = EngineChoice::Auto;
};

// A complete suggestion: free name ("Debian 12", "Debian 12 (2)"), sizes from the preset bounded by
// the host (never more than half its memory or all its CPUs, never below the system's minimum).
NewMachinePlan suggestPlan(const OsCatalog &catalog, const MediaInfo &media,
                           const MachineStore &store, const HostFacts &host);
NewMachinePlan suggestPlanForDisk(const OsCatalog &catalog, const QString &diskPath,
                                  const MachineStore &store, const HostFacts &host);

// The part of a plan that a person has to change to make a problem go away.
enum class PlanField {
    Name,
    Medium,
    Memory,
    Cpus,
    Disk,
    Firmware,
    SecureBoot,
    Tpm,
    Network,
    Folder
};

struct PlanProblem
{
    PlanField field = PlanField::Name;
    QString text = {}; // a sentence without its stop
    int disk = -1; // Disk: which one; -1: none in particular
};

// What would go wrong, before Create: name taken or unusable, disk too small, no space, no memory,
// no firmware. Quick: an existing disk's contents are existing_disk.h's business.
QList<PlanProblem> planProblems(const NewMachinePlan &plan, const MachineStore &store);

// What to ask predictFit(). Sizes of existing disks are known only to `sizeOf`, which may say 0.
struct ExistingSize
{
    qint64 virtualBytes = 0;
    qint64 allocatedBytes = 0;
};
FitRequest fitRequestFor(const NewMachinePlan &plan, const MachineStore &store,
                         const std::function<ExistingSize(const QString &path)> &sizeOf = {});

// The definition the plan asks for; pure. Files in the machine's folder are "disks/<name>.qcow2",
// "disks/<name> 2.qcow2", ...
MachineDefinition definitionFor(const NewMachinePlan &plan);
// The file name of a new or copied disk.
QString diskFileName(const NewMachinePlan &plan, int disk);

// Makes the disks (in the background), the definition and the folder, which comes last and whole;
// on failure or cancel everything it made is removed. `finished` is called exactly once.
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
