// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/machine_maker.h"

#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"

#include <QtCore/QEventLoop>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTimer>

#include <utility>

namespace engine {

struct MachineMaker::Private
{
    MachineStore &store;
    NewMachinePlan plan;
    Finished finished;
    std::optional<MachineEntry> made;
    ImageJob *job = nullptr;
    bool isStarted = false;
    bool isCancelled = false;
    bool isDone = false;

    // The disk is removed by its own job; one that existed before is not in the copy.
    void takeBack()
    {
        if (!made)
            return;
        MachineEntry entry = *std::exchange(made, std::nullopt);
        entry.definition.controllers.clear();
        if (Result<> deleted = store.deleteMachine(entry); !deleted)
            qWarning("%s", deleted.error().text().c_str());
    }

    void finish(Result<MachineEntry> result)
    {
        if (std::exchange(isDone, true))
            return;
        if (!result)
            takeBack();
        if (finished)
            finished(std::move(result));
    }

    void begin(MachineMaker *maker);
};

MachineMaker::MachineMaker(MachineStore &store, NewMachinePlan plan, Finished finished,
                           QObject *parent)
    : QObject(parent)
    , m_private(new Private{.store = store,
                            .plan = std::move(plan),
                            .finished = std::move(finished),
                            .made = std::nullopt})
{ }

MachineMaker::~MachineMaker()
{
    if (m_private->isStarted && !m_private->isDone) {
        delete std::exchange(m_private->job, nullptr);
        m_private->takeBack();
    }
}

void MachineMaker::start()
{
    if (std::exchange(m_private->isStarted, true))
        return;
    m_private->begin(this);
}

void MachineMaker::Private::begin(MachineMaker *maker)
{
    // `finished` is never called from within start(), and what is here is quick.
    const auto finishLater = [this, maker](Result<MachineEntry> result) {
        QTimer::singleShot(0, maker, [this, result = std::move(result)]() mutable {
            if (isCancelled && result)
                result = Error(ErrorKind::Cancelled, "Cancelled");
            finish(std::move(result));
        });
    };
    if (plan.disk == DiskChoice::ExistingDisk && !QFileInfo(plan.existingDisk).isFile()) {
        return finishLater(
            makeError(ErrorKind::NotFound,
                      QStringLiteral("The disk \"%1\" is missing").arg(plan.existingDisk)));
    }
    Result<MachineEntry> entry = store.create(definitionFor(plan), plan.folder);
    if (!entry)
        return finishLater(std::move(entry).error());
    made = *entry;
    if (plan.disk != DiskChoice::NewDisk)
        return finishLater(*entry);
    const CreateImageRequest request{.path = entry->folder
                                         + QStringLiteral("/disks/%1.qcow2").arg(plan.name),
                                     .format = ImageFormat::Qcow2,
                                     .sizeBytes = plan.diskBytes};
    job = ImageJob::create(
        request,
        [this](Result<> done) {
            if (!done)
                finish(std::move(done).error());
            else if (isCancelled) {
                QFile::remove(made->folder + QStringLiteral("/disks/%1.qcow2").arg(plan.name));
                finish(Error(ErrorKind::Cancelled, "Cancelled"));
            } else
                finish(*made);
        },
        maker);
    QObject::connect(job, &ImageJob::progressed, maker, &MachineMaker::progressed);
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
    if (m_private->job)
        return m_private->job->waitForFinished();
    if (m_private->isDone)
        return true;
    QEventLoop loop;
    // What start() posted is behind this object's other events, so the loop ends after it.
    QTimer::singleShot(0, this, [&loop] { loop.quit(); });
    loop.exec();
    return m_private->isDone;
}

} // namespace engine
