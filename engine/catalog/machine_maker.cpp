// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/machine_maker.h"

#include "engine/machine/qt_text.h"
#include "engine/machine/unfinished_machine.h"

#include <QtCore/QDir>
#include <QtCore/QEventLoop>
#include <QtCore/QFileInfo>
#include <QtCore/QTimer>

#include <utility>

namespace engine {

struct MachineMaker::Private
{
    MachineMaker *maker = nullptr;
    MachineStore &store;
    NewMachinePlan plan;
    Finished finished;
    MachineDefinition definition = {};
    std::optional<UnfinishedMachine> unfinished = {};
    QStringList outside = {}; // working folders of disks that lie elsewhere
    ImageJob *job = nullptr;
    int disk = 0; // the next to be made
    bool isStarted = false;
    bool isCancelled = false;
    bool isDone = false;

    // What was made goes with `unfinished`.
    void finish(Result<MachineEntry> result)
    {
        if (std::exchange(isDone, true))
            return;
        unfinished.reset();
        if (finished)
            finished(std::move(result));
    }

    Result<> begin();
    void next();
    Result<> startJob(const PlannedDisk &planned);
    void jobDone(Result<> done);
    Result<MachineEntry> complete();
    int made() const;
};

MachineMaker::MachineMaker(MachineStore &store, NewMachinePlan plan, Finished finished,
                           QObject *parent)
    : QObject(parent)
    , m_private(new Private{
          .maker = this, .store = store, .plan = std::move(plan), .finished = std::move(finished)})
{ }

MachineMaker::~MachineMaker()
{
    delete std::exchange(m_private->job, nullptr);
}

void MachineMaker::start()
{
    if (std::exchange(m_private->isStarted, true))
        return;
    const Result<> begun = m_private->begin();
    // `finished` is never called from within start().
    QTimer::singleShot(0, this, [this, begun] {
        if (m_private->isDone || m_private->job)
            return;
        if (!begun)
            m_private->finish(begun.error());
        else
            m_private->next();
    });
}

Result<> MachineMaker::Private::begin()
{
    store.cleanUpUnfinished();
    for (const PlannedDisk &planned : std::as_const(plan.disks)) {
        if (planned.source != DiskSource::New && !QFileInfo(planned.path).isFile())
            return makeError(ErrorKind::NotFound,
                             QStringLiteral("The disk \"%1\" is missing").arg(planned.path),
                             QStringLiteral("Choose another disk"));
    }
    definition = definitionFor(plan);
    definition.uuid = QUuid::createUuid();
    TRY(store.checkNew(definition));
    const QString base = plan.folder.isEmpty() ? store.machineFolder() : plan.folder;
    const QString folder =
        QDir::cleanPath(QFileInfo(base).absoluteFilePath()) + QLatin1Char('/') + plan.name;
    if (QFileInfo(folder).exists()
        && !QDir(folder).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::System
                                 | QDir::NoDotAndDotDot))
        return makeError(ErrorKind::Busy, QStringLiteral("\"%1\" exists already").arg(folder),
                         QStringLiteral("Choose another name"));
    unfinished.emplace(TRY(UnfinishedMachine::begin(store.configFolder(), folder)));
    return {};
}

void MachineMaker::Private::next()
{
    job = nullptr;
    if (isCancelled)
        return finish(Error(ErrorKind::Cancelled, "Cancelled"));
    while (disk < plan.disks.size() && plan.disks.at(disk).source == DiskSource::Existing)
        ++disk;
    if (disk == plan.disks.size())
        return finish(complete());
    if (Result<> started = startJob(plan.disks.at(disk)); !started)
        finish(std::move(started).error());
}

Result<> MachineMaker::Private::startJob(const PlannedDisk &planned)
{
    QString folder = unfinished->folder() + QStringLiteral("/disks");
    if (!planned.folder.isEmpty()) {
        if (!QDir().mkpath(planned.folder))
            return makeError(ErrorKind::Denied,
                             QStringLiteral("Cannot make the folder \"%1\"").arg(planned.folder),
                             QStringLiteral("Choose another folder for the disk"));
        folder = TRY(unfinished->folderIn(QDir(planned.folder).absolutePath()));
        outside.append(folder);
    }
    const CreateImageRequest request{.path = folder + QLatin1Char('/') + diskFileName(plan, disk),
                                     .format = planned.format,
                                     .sizeBytes =
                                         planned.source == DiskSource::New ? planned.sizeBytes : 0,
                                     .isPreallocated = planned.isFullyAllocated};
    const auto done = [this](Result<> result) { jobDone(std::move(result)); };
    job = planned.source == DiskSource::New ? ImageJob::create(request, done, maker)
                                            : ImageJob::convert(planned.path, request, done, maker);
    QObject::connect(job, &ImageJob::progressed, maker, [this](int percent) {
        int before = 0;
        int all = 0;
        for (int i = 0; i < plan.disks.size(); ++i) {
            if (plan.disks.at(i).source == DiskSource::Existing)
                continue;
            ++all;
            before += i < disk ? 1 : 0;
        }
        emit maker->progressed((before * 100 + percent) / std::max(1, all));
    });
    return {};
}

void MachineMaker::Private::jobDone(Result<> done)
{
    job->deleteLater(); // we are in its callback
    if (!done) {
        job = nullptr;
        return finish(std::move(done).error());
    }
    ++disk;
    next();
}

Result<MachineEntry> MachineMaker::Private::complete()
{
    for (const QString &folder : std::as_const(outside))
        TRY(unfinished->moveOut(folder));
    MachineEntry entry = TRY(store.adopt(unfinished->folder(), definition, plan.folder));
    unfinished->finish();
    return entry;
}

void MachineMaker::cancel()
{
    m_private->isCancelled = true;
    if (m_private->job)
        m_private->job->cancel();
}

bool MachineMaker::waitForFinished()
{
    start();
    while (!m_private->isDone) {
        if (m_private->job) {
            if (!m_private->job->waitForFinished())
                break;
            continue;
        }
        QEventLoop loop;
        // What start() posted is behind this object's other events, so the loop ends after it.
        QTimer::singleShot(0, this, [&loop] { loop.quit(); });
        loop.exec();
    }
    return m_private->isDone;
}

} // namespace engine
