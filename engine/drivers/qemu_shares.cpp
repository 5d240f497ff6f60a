// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_shares.h"

#include "engine/base/log.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_storage.h"
#include "engine/drivers/qmp_client.h"
#include "engine/drivers/share_process.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QPointer>
#include <QtCore/QTimer>

#include <algorithm>

namespace engine {

namespace {

// The chardev is free some moments after the card that used it is gone.
constexpr int EndAttempts = 20;
constexpr std::chrono::milliseconds EndPause{50};
constexpr int FirstSlotOfPiix = 0x1e; // downwards from here

Error shareGone()
{
    return makeError(ErrorKind::Cancelled, "The machine has ended");
}

void answerSoon(QemuShares::Reply reply, Result<> result)
{
    QTimer::singleShot(0, [reply = std::move(reply), result = std::move(result)] {
        if (reply)
            reply(result);
    });
}

} // namespace

bool hasRoomForFolders(const MachineDefinition &definition)
{
    return usesVirtio(definition) || !definition.sharedFolders.isEmpty();
}

QStringList sharePlace(const MachineDefinition &definition, int place)
{
    if (definition.chipset == Chipset::Q35)
        return {QString("bus=share-port%1").arg(place)};
    return {"bus=" + rootBus(definition), "addr=0x" + QString::number(FirstSlotOfPiix - place, 16)};
}

QemuShares::QemuShares(QString runFolder, QemuSharesOptions options, QObject *parent)
    : QObject(parent)
    , m_runFolder(std::move(runFolder))
    , m_options(std::move(options))
{ }

QemuShares::~QemuShares()
{
    blockSignals(true);
}

QString QemuShares::quoted(const SharedFolder &folder)
{
    return QString("The shared folder \"%1\"").arg(folder.name);
}

QString QemuShares::socketPath(const Share &share) const
{
    return m_runFolder + '/' + share.id + ".sock";
}

int QemuShares::freePlace() const
{
    for (int place = 0; place < MachineDefinition::MaxSharedFolders; ++place)
        if (std::none_of(m_shares.begin(), m_shares.end(),
                         [place](const auto &share) { return share->place == place; }))
            return place;
    return -1;
}

QemuShares::Share *QemuShares::find(const QString &name)
{
    for (const auto &share : m_shares)
        if (!share->isUnwanted && share->folder.name == name)
            return share.get();
    return nullptr;
}

QemuShares::Share *QemuShares::findCard(const QString &id)
{
    for (const auto &share : m_shares)
        if (share->id == id)
            return share.get();
    return nullptr;
}

// QEMU may answer when nobody is there any more.
void QemuShares::ask(const QString &command, const QJsonObject &arguments, Answer answer)
{
    m_qmp->execute(
        command, arguments,
        [self = QPointer(this), answer = std::move(answer)](const Result<QJsonValue> &result) {
            if (self && answer)
                answer(result);
        });
}

void QemuShares::drop(const Share *share)
{
    m_shares.erase(std::remove_if(m_shares.begin(), m_shares.end(),
                                  [share](const auto &one) { return one.get() == share; }),
                   m_shares.end());
}

// A place, an id and a server. On failure the share is as before.
Result<> QemuShares::serve(Share &share)
{
    const int place = freePlace();
    if (place < 0)
        return makeError(ErrorKind::Unsupported,
                         QString("A machine can have at most %1 shared folders at a time")
                             .arg(MachineDefinition::MaxSharedFolders));
    auto server = std::make_unique<ShareProcess>(m_options.program);
    const QString id = QString("folder%1").arg(++m_lastId);
    TRY(server->start(share.folder, m_runFolder + '/' + id + ".sock"));
    share.place = place;
    share.id = id;
    share.isMounted = false;
    share.trouble.clear();
    share.server = std::move(server);
    connect(share.server.get(), &ShareProcess::ended, this,
            [this, id](const QString &how) { serverEnded(id, how); });
    connect(share.server.get(), &ShareProcess::mounted, this, [this, id](bool isMounted) {
        if (Share *const mounted = findCard(id)) {
            mounted->isMounted = isMounted;
            emit changed();
        }
    });
    return {};
}

QList<ShareLaunch> QemuShares::serveAtStart()
{
    QList<ShareLaunch> launches;
    for (const SharedFolder &folder : std::as_const(m_definition.sharedFolders)) {
        m_shares.push_back(std::make_unique<Share>());
        Share &share = *m_shares.back();
        share.folder = folder;
        if (const Result<> served = serve(share); !served) {
            share.trouble = toQString(served.error().message());
            log(LogLevel::Warning, "share", served.error().text());
            continue;
        }
        share.card = Card::Present;
        launches.append({share.place, share.id, socketPath(share), folder.name});
    }
    return launches;
}

void QemuShares::setClient(QmpClient *qmp)
{
    m_qmp = qmp;
    if (qmp != nullptr)
        return;
    // No signal of theirs finds a share any more.
    const auto shares = std::exchange(m_shares, {});
    for (const auto &share : shares)
        for (const Reply &reply : std::as_const(share->leaving))
            if (reply)
                reply({}); // the guest has it no more
}

void QemuShares::attach(const SharedFolder &folder, Reply reply)
{
    const auto fail = [&reply](const Error &error) {
        if (reply)
            reply(error);
    };
    if (const Share *const known = find(folder.name); known && known->card != Card::Absent)
        return fail(makeError(ErrorKind::Busy,
                              QString("The guest has a shared folder \"%1\" already, or is just "
                                      "giving it back")
                                  .arg(folder.name)));
    else if (known)
        drop(known); // one that could not be served
    auto share = std::make_unique<Share>();
    share->folder = folder;
    if (const Result<> served = serve(*share); !served)
        return fail(served.error());
    const QString id = share->id;
    m_shares.push_back(std::move(share));
    plug(id, std::move(reply));
}

// The server waits; QEMU gets its socket, then the card.
void QemuShares::plug(const QString &id, Reply reply)
{
    Share *const share = findCard(id);
    share->card = Card::Coming;
    const auto fail = [this, id, reply](const Error &error) {
        Share *const failed = findCard(id);
        const QString name = failed ? failed->folder.name : QString();
        if (failed)
            drop(failed);
        emit changed();
        if (reply)
            reply(Error(error).context(
                QString("The guest could not be given the shared folder \"%1\"")
                    .arg(name)
                    .toStdString()));
    };
    if (!m_qmp)
        return fail(shareGone());
    const QString end = id + "-server";
    const auto ended = [this, id, fail, reply, end](const Result<QJsonValue> &plugged) {
        Share *const present = findCard(id);
        if (!plugged) {
            removeServerEnd(end, EndAttempts);
            fail(plugged.error());
            return;
        }
        if (!present) {
            fail(shareGone());
            return;
        }
        present->card = Card::Present;
        emit changed();
        if (reply)
            reply({});
    };
    const QJsonObject address{{"type", "unix"},
                              {"data", QJsonObject{{"path", socketPath(*share)}}}};
    const QJsonObject backend{{"type", "socket"},
                              {"data", QJsonObject{{"addr", address}, {"server", false}}}};
    ask("chardev-add", {{"id", end}, {"backend", backend}},
        [this, id, end, fail, ended](const Result<QJsonValue> &added) {
            Share *const waiting = findCard(id);
            if (!added || !waiting || !m_qmp) {
                fail(added ? shareGone() : Error(added.error()));
                return;
            }
            QJsonObject card{{"driver", "vhost-user-fs-pci"},
                             {"id", id},
                             {"chardev", end},
                             {"queue-size", ShareQueueSize},
                             {"tag", waiting->folder.name}};
            const QStringList place = sharePlace(m_definition, waiting->place);
            for (const QString &part : place)
                card.insert(part.section('=', 0, 0), part.section('=', 1));
            ask("device_add", card, ended);
        });
}

void QemuShares::detach(const QString &name, Reply reply)
{
    Share *const share = find(name);
    if (!share || share->card == Card::Absent) {
        if (share) {
            drop(share);
            emit changed();
        }
        answerSoon(std::move(reply), {});
        return;
    }
    if (share->card == Card::Coming) {
        answerSoon(std::move(reply),
                   makeError(ErrorKind::Busy,
                             QString("%1 is just being added").arg(quoted(share->folder))));
        return;
    }
    share->isUnwanted = true;
    // Whether the guest lets go of the card or not, the folder is out of its reach.
    unplug(*share, [this, id = share->id, reply = std::move(reply)](const Result<> &left) {
        Share *const kept = left ? nullptr : findCard(id);
        if (kept && kept->server) {
            kept->server->disconnect(this);
            kept->server->kill();
            emit noticed(QString("%1 was taken from the guest, which did not react: programs that "
                                 "use it there may wait until the guest is started anew")
                             .arg(quoted(kept->folder)));
        }
        emit changed();
        if (reply)
            reply({});
    });
    emit changed();
}

void QemuShares::unplug(Share &share, Reply reply)
{
    share.leaving.append(std::move(reply));
    if (share.card == Card::Leaving)
        return;
    share.card = Card::Leaving;
    share.wasAsked = true;
    share.attempt = ++m_attempts;
    const QString id = share.id;
    if (!m_qmp) {
        left(share, shareGone());
        return;
    }
    ask("device_del", {{"id", id}}, [this, id](const Result<QJsonValue> &asked) {
        Share *const leaving = findCard(id);
        if (!leaving || leaving->card != Card::Leaving)
            return;
        if (!asked) {
            left(*leaving, asked.error());
            return;
        }
        QTimer::singleShot(m_options.patience, this,
                           [this, id, attempt = leaving->attempt] { gaveUp(id, attempt); });
    });
}

void QemuShares::gaveUp(const QString &id, int attempt)
{
    Share *const share = findCard(id);
    if (!share || share->card != Card::Leaving || share->attempt != attempt)
        return;
    left(*share,
         makeError(ErrorKind::Busy,
                   QString("The guest does not let go of the shared folder \"%1\"")
                       .arg(share->folder.name),
                   "Wait until the guest has started, or shut it down"));
}

// It is gone, or stays.
void QemuShares::left(Share &share, const Result<> &result)
{
    share.card = result ? Card::Absent : Card::Present;
    const QList<Reply> replies = std::exchange(share.leaving, {});
    for (const Reply &reply : replies)
        if (reply)
            reply(result);
}

bool QemuShares::deviceDeleted(const QString &id)
{
    Share *const share = findCard(id);
    if (!share)
        return false;
    removeServerEnd(id + "-server", EndAttempts);
    share->isMounted = false;
    share->place = -1;
    if (share->server) {
        share->server->disconnect(this);
        share->server.release()->deleteLater(); // this may be its signal
    }
    left(*share, {});
    // Whoever waited for it may have put another one in its place.
    Share *const gone = findCard(id);
    if (gone && gone->isUnwanted)
        drop(gone);
    else if (gone && !gone->isAway)
        cardLost(*gone);
    emit changed();
    return true;
}

void QemuShares::removeServerEnd(const QString &id, int attempts)
{
    if (!m_qmp || !m_qmp->isReady())
        return;
    ask("chardev-remove", {{"id", id}}, [this, id, attempts](const Result<QJsonValue> &result) {
        if (result || !m_qmp)
            return;
        if (attempts > 1)
            QTimer::singleShot(EndPause, this,
                               [this, id, attempts] { removeServerEnd(id, attempts - 1); });
        else
            log(LogLevel::Warning, "qemu", result.error().text());
    });
}

void QemuShares::serverEnded(const QString &id, const QString &how)
{
    Share *const share = findCard(id);
    if (!share || share->card == Card::Absent || share->card == Card::Leaving)
        return;
    const bool wasMounted = std::exchange(share->isMounted, false);
    share->wasAsked = true;
    share->isShortLived = share->server->life() < m_options.shortestLife;
    share->trouble = QString("Its server %1").arg(how);
    log(LogLevel::Error, "share",
        QString("%1: its server %2").arg(quoted(share->folder), how).toStdString());
    emit noticed(
        QString("%1 is out of the guest's reach: its server %2. The machine goes on%3")
            .arg(quoted(share->folder), how,
                 wasMounted ? QString(", but programs that use the folder may wait") : QString()));
    emit changed();
    // In time the guest lets go of it, and gets another one.
    if (m_qmp && m_qmp->isReady())
        ask("device_del", {{"id", id}});
}

// The guest gets another card, unless that would only be lost again.
void QemuShares::cardLost(Share &share)
{
    if (!share.wasAsked)
        share.trouble = QString("The guest has removed its card");
    if (!share.wasAsked || share.isShortLived)
        return;
    const SharedFolder folder = share.folder;
    drop(&share);
    attach(folder, [this, folder](const Result<> &attached) {
        emit noticed(attached ? QString("%1 is there again. Unmount it in the guest, then mount it "
                                        "once more")
                                    .arg(quoted(folder))
                              : toQString(attached.error().text()));
    });
}

QList<FolderUse> QemuShares::uses() const
{
    QList<FolderUse> uses;
    for (const auto &share : m_shares)
        if (!share->isUnwanted)
            uses.append({share->folder, share->isMounted, share->trouble});
    return uses;
}

void QemuShares::guestWasReset()
{
    for (const auto &share : m_shares)
        share->isMounted = false;
    emit changed();
}

} // namespace engine
