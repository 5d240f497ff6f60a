// SPDX-License-Identifier: GPL-3.0-or-later
// Removable media: the new one is opened first, so that a file that cannot be used leaves the old
// one where it is; then the Vm changes them, as soon as the guest lets go of the tray.
#include "engine/base/log.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/run_checks.h"
#include "engine/machine/qt_text.h"

#include <algorithm>
#include <utility>

namespace engine {

void KvmDriver::changeMedium(const StorageSlot &slot, const QString &path, bool force, Reply reply)
{
    if (refuse(reply, false))
        return;
    const Result<MediumWish> wish = checkMediumWish(m_definition, slot, path, m_place.folder);
    if (!wish) {
        answerLater(std::move(reply), wish.error());
        return;
    }
    const auto place = std::find_if(m_plan.drives.cbegin(), m_plan.drives.cend(),
                                    [&slot](const KvmDrive &drive) { return drive.slot == slot; });
    check(place != m_plan.drives.cend(), "every drive of the definition is in the plan");
    const int index = int(place - m_plan.drives.cbegin());
    if (m_changes.contains(index)) {
        answerLater(std::move(reply), mediumIsBeingChanged(wish->title));
        return;
    }
    const QString file = wish->file;
    if (file == m_drives[index].path) {
        answerLater(std::move(reply), {}); // it is there, or nothing is
        return;
    }
    if (const Result<> usable = checkMediumFile(file); !usable) {
        answerLater(std::move(reply), usable.error());
        return;
    }
    MediumChange change;
    change.title = wish->title;
    change.file = file;
    change.isForced = force;
    change.reply = std::move(reply);
    m_changes.insert(index, change);
    if (file.isEmpty()) {
        m_changes[index].sinceStart.start();
        tryMediumChange(index);
        return;
    }
    KvmDrive drive = m_plan.drives[index];
    drive.path = file;
    auto opened = std::make_shared<std::shared_ptr<BlockDevice>>();
    post(
        [this, drive, opened, counters = m_drives[index].counters](Machine &machine) -> Result<> {
            std::shared_ptr<BlockDevice> image =
                TRY(m_options.openImage(drive, {}, *machine.io, *m_placeFinder));
            *opened = std::make_shared<CountedImage>(std::move(image), counters);
            return {};
        },
        [this, index, opened](Result<> result) {
            if (m_end || !m_changes.contains(index))
                return; // answered already
            if (!result) {
                finishMediumChange(index, std::move(result));
                return;
            }
            m_changes[index].image = std::move(*opened);
            m_changes[index].sinceStart.start();
            tryMediumChange(index);
        });
}

// Without force a locked tray says Busy, and the guest has been asked to let go.
void KvmDriver::tryMediumChange(int drive)
{
    const MediumChange &change = m_changes[drive];
    post(
        [drive, image = change.image, isForced = change.isForced](Machine &machine) {
            return machine.vm->changeMedium(unsigned(drive), image, isForced);
        },
        [this, drive](Result<> result) {
            if (m_end || !m_changes.contains(drive))
                return;
            const MediumChange &waiting = m_changes[drive];
            const bool isLocked = !result && result.error().kind() == ErrorKind::Busy;
            if (!isLocked || waiting.isForced) {
                finishMediumChange(drive, std::move(result));
                return;
            }
            if (!waiting.sinceStart.hasExpired(m_options.trayTimeout.count())) {
                QTimer::singleShot(m_options.trayInterval, this, [this, drive] {
                    if (m_changes.contains(drive))
                        tryMediumChange(drive);
                });
                return;
            }
            finishMediumChange(drive, trayStaysLocked(waiting.title, m_options.trayTimeout));
        });
}

void KvmDriver::finishMediumChange(int drive, Result<> result)
{
    const MediumChange change = m_changes.take(drive);
    if (result)
        m_drives[drive].path = change.file;
    else if (!change.file.isEmpty() && result.error().kind() != ErrorKind::Busy)
        result = std::move(result).error().context(
            QString("Cannot use \"%1\"").arg(change.file).toStdString());
    if (change.reply)
        change.reply(std::move(result));
}

// The drive is empty now, and the file is free.
void KvmDriver::guestEjected(unsigned drive)
{
    if (m_end || qsizetype(drive) >= m_drives.size())
        return;
    if (m_drives[qsizetype(drive)].path.isEmpty())
        return;
    m_drives[qsizetype(drive)].path.clear();
    emit mediumEjectedByGuest(m_plan.drives[qsizetype(drive)].slot);
}

} // namespace engine
