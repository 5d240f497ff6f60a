// SPDX-License-Identifier: GPL-3.0-or-later
// Shared folders around a saved state: the cards are taken out before and put in again after.
#include "engine/drivers/qemu_shares.h"
#include "engine/drivers/share_process.h"
#include "engine/machine/qt_text.h"

#include <algorithm>
#include <utility>

namespace engine {

bool QemuShares::hasCards() const
{
    return std::any_of(m_shares.begin(), m_shares.end(),
                       [](const auto &share) { return share->card != Card::Absent; });
}

QString QemuShares::whyNotSaved() const
{
    for (const auto &share : m_shares) {
        if (share->isMounted)
            return QString("The guest has the shared folder \"%1\" mounted, and QEMU cannot save "
                           "that. Unmount it in the guest first")
                .arg(share->folder.name);
        if (share->card != Card::Absent && (share->isUnwanted || !share->trouble.isEmpty()))
            return QString("The guest has not let go of the shared folder \"%1\", which is gone")
                .arg(share->folder.name);
    }
    return {};
}

void QemuShares::takeAway(Reply reply)
{
    struct Round
    {
        int waiting = 1; // this function
        Result<> result;
        Reply reply;
    };
    auto round = std::make_shared<Round>();
    round->reply = std::move(reply);
    const auto done = [this, round](const Result<> &result) {
        if (!result && round->result)
            round->result = result;
        if (--round->waiting > 0)
            return;
        if (!round->result)
            bringBack();
        round->reply(round->result);
    };
    for (const auto &share : m_shares) {
        if (share->card == Card::Absent)
            continue;
        if (share->card == Card::Coming) {
            round->result = makeError(ErrorKind::Busy,
                                      QString("%1 is just being added").arg(quoted(share->folder)));
            continue;
        }
        ++round->waiting;
        share->isAway = true;
        unplug(*share, done);
    }
    done({});
}

void QemuShares::bringBack()
{
    QList<SharedFolder> folders;
    for (const auto &share : m_shares)
        if (std::exchange(share->isAway, false) && share->card == Card::Absent)
            folders.append(share->folder);
    for (const SharedFolder &folder : folders)
        attach(folder, [this, folder](const Result<> &attached) {
            if (!attached)
                emit noticed(toQString(attached.error().text()));
        });
}

} // namespace engine
