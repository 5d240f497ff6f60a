// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/kvm_shares.h"

#include "engine/base/log.h"
#include "engine/drivers/share_process.h"
#include "engine/machine/qt_text.h"
#include "engine/vmm/vm.h"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

void answerSoon(KvmShares::Reply reply, Result<> result)
{
    QTimer::singleShot(0, [reply = std::move(reply), result = std::move(result)] {
        if (reply)
            reply(result);
    });
}

} // namespace

KvmShares::KvmShares(QString runFolder, const QList<KvmFolderPlace> &places,
                     KvmSharesOptions options, QObject *parent)
    : QObject(parent)
    , m_runFolder(std::move(runFolder))
    , m_options(std::move(options))
{
    for (const KvmFolderPlace &place : places) {
        m_shares.push_back(std::make_unique<Share>());
        m_shares.back()->card = place;
    }
    m_reminder.setInterval(m_options.reminder);
    connect(&m_reminder, &QTimer::timeout, this, &KvmShares::remindGuest);
}

KvmShares::~KvmShares()
{
    blockSignals(true);
}

QString KvmShares::quoted(const Share &share)
{
    return QString("The shared folder \"%1\"").arg(share.card.folder.name);
}

KvmShares::Share *KvmShares::find(const QString &name)
{
    for (const auto &share : m_shares)
        if (!share->card.isUnwanted && share->card.folder.name == name)
            return share.get();
    return nullptr;
}

KvmShares::Share *KvmShares::findLeaving(const QString &name)
{
    for (const auto &share : m_shares)
        if (share->card.isUnwanted && share->card.folder.name == name)
            return share.get();
    return nullptr;
}

KvmShares::Share *KvmShares::inPlace(unsigned place)
{
    for (const auto &share : m_shares)
        if (share->hasCard && share->card.place == place)
            return share.get();
    return nullptr;
}

std::optional<unsigned> KvmShares::freePlace()
{
    for (unsigned place = 0; place < m_vm->folderPlaces(); ++place)
        if (!inPlace(place))
            return place;
    return std::nullopt;
}

void KvmShares::drop(const Share *share)
{
    m_shares.erase(std::remove_if(m_shares.begin(), m_shares.end(),
                                  [share](const auto &one) { return one.get() == share; }),
                   m_shares.end());
}

std::vector<VmSharedFolder> KvmShares::cards() const
{
    std::vector<VmSharedFolder> cards;
    for (const auto &share : m_shares)
        cards.push_back({.place = share->card.place, .tag = share->card.folder.name.toStdString()});
    return cards;
}

VmFolderEvents KvmShares::events()
{
    return {.serverLost =
                [this](unsigned place, const Error &error) {
                    QMetaObject::invokeMethod(
                        this,
                        [this, place, why = toQString(error.text())] { serverGivenUp(place, why); },
                        Qt::QueuedConnection);
                },
            .released =
                [this](unsigned place) {
                    QMetaObject::invokeMethod(
                        this, [this, place] { released(place); }, Qt::QueuedConnection);
                }};
}

void KvmShares::setVm(Vm *vm)
{
    m_vm = vm;
    if (!vm) {
        m_reminder.stop();
        for (const auto &share : m_shares)
            for (const Reply &reply : std::exchange(share->leaving, {}))
                answerSoon(reply, {}); // the guest has it no more
        return;
    }
    for (const auto &share : m_shares) {
        if (share->card.isUnwanted)
            continue;
        if (const Result<> served = serve(*share); !served) {
            share->trouble = errorText(served.error());
            log(LogLevel::Error, "share", served.error().text());
        }
    }
    emit changed();
}

// A server that listens, and the Vm's connection to it.
Result<> KvmShares::serve(Share &share)
{
    const unsigned place = share.card.place;
    auto server = std::make_unique<ShareProcess>(m_options.program);
    TRY(server->start(share.card.folder,
                      QString("%1/folder%2.sock").arg(m_runFolder).arg(++m_lastSocket)));
    Fd connection = TRY(server->connectTo());
    connect(server.get(), &ShareProcess::ended, this,
            [this, place](const QString &how) { serverEnded(place, how); });
    connect(server.get(), &ShareProcess::mounted, this, [this, place](bool isMounted) {
        if (Share *const mounted = inPlace(place))
            mounted->isMounted = isMounted;
        emit changed();
    });
    share.server = std::move(server);
    share.isMounted = false;
    share.trouble.clear();
    m_vm->connectFolder(place, std::move(connection));
    return {};
}

void KvmShares::endServer(Share &share)
{
    if (!share.server)
        return;
    share.server->disconnect();
    share.server->kill();
    share.server.release()->deleteLater(); // this may be its signal
}

void KvmShares::attach(const SharedFolder &folder, Reply reply)
{
    if (!m_vm)
        return answerSoon(std::move(reply),
                          makeError(ErrorKind::Cancelled, "The machine has ended"));
    if (findLeaving(folder.name))
        return answerSoon(
            std::move(reply),
            makeError(
                ErrorKind::Busy,
                QString("The guest has not let go of a shared folder \"%1\" yet").arg(folder.name),
                "Try again when it has; at the latest, it lets go when it is started anew"));
    const Share *const known = find(folder.name);
    if (known && known->hasCard)
        return answerSoon(
            std::move(reply),
            makeError(ErrorKind::Busy,
                      QString("The guest has a shared folder \"%1\" already").arg(folder.name)));
    const std::optional<unsigned> place = freePlace();
    if (!place)
        return answerSoon(
            std::move(reply),
            makeError(ErrorKind::Unsupported,
                      QString("The machine can have at most %1 shared folders at a time")
                          .arg(m_vm->folderPlaces()),
                      "Remove one; a guest that did not let go of it has to be started anew"));
    auto share = std::make_unique<Share>();
    share->card = {.place = *place, .folder = folder};
    if (const Result<> served = serve(*share); !served)
        return answerSoon(
            std::move(reply),
            Error(served.error())
                .context(QString("The guest could not be given the shared folder \"%1\"")
                             .arg(folder.name)
                             .toStdString()));
    if (known) // the guest threw its card out
        drop(known);
    m_shares.push_back(std::move(share));
    m_vm->plugFolder(*place, folder.name.toStdString());
    emit changed();
    answerSoon(std::move(reply), {});
}

void KvmShares::detach(const QString &name, Reply reply)
{
    Share *const share = find(name);
    if (Share *const leaving = findLeaving(name); leaving && !leaving->leaving.isEmpty()) {
        leaving->leaving.append(std::move(reply));
        return;
    }
    if (!share || !share->hasCard || !m_vm) {
        if (share)
            drop(share);
        emit changed();
        answerSoon(std::move(reply), {});
        return;
    }
    const unsigned place = share->card.place;
    share->card.isUnwanted = true;
    share->leaving.append(std::move(reply));
    const int attempt = ++m_lastAttempt;
    m_attempts[place] = attempt;
    m_vm->unplugFolder(place);
    m_reminder.start();
    beginPatience(place, attempt);
    emit changed();
}

void KvmShares::setRunning(bool isRunning)
{
    if (std::exchange(m_isRunning, isRunning) != isRunning && isRunning)
        remindGuest();
}

void KvmShares::remindGuest()
{
    bool isAnyUnwanted = false;
    for (const auto &share : m_shares) {
        if (!share->card.isUnwanted)
            continue;
        isAnyUnwanted = true;
        if (m_vm && m_isRunning)
            m_vm->unplugFolder(share->card.place);
    }
    if (!m_vm || !isAnyUnwanted)
        m_reminder.stop();
    else if (!m_reminder.isActive())
        m_reminder.start();
}

void KvmShares::endUnwanted()
{
    for (const auto &share : m_shares) {
        if (!share->card.isUnwanted || !share->server)
            continue;
        m_vm->disconnectFolder(share->card.place);
        endServer(*share);
    }
}

void KvmShares::beginPatience(unsigned place, int attempt)
{
    QTimer::singleShot(m_options.patience, this,
                       [this, place, attempt] { gaveUp(place, attempt); });
}

// Whether the guest lets go of the card or not, the folder is out of its reach.
void KvmShares::gaveUp(unsigned place, int attempt)
{
    Share *const share = inPlace(place);
    if (!share || !m_vm || !share->card.isUnwanted || m_attempts.value(place) != attempt)
        return;
    if (!m_isRunning) { // it could not react
        beginPatience(place, attempt);
        return;
    }
    m_vm->disconnectFolder(place);
    endServer(*share);
    emit noticed(QString("%1 was taken from the guest, which did not react: programs that use it "
                         "there may wait until the guest is started anew")
                     .arg(quoted(*share)));
    for (const Reply &reply : std::exchange(share->leaving, {}))
        answerSoon(reply, {});
}

void KvmShares::released(unsigned place)
{
    Share *const share = inPlace(place);
    if (!share || !m_vm)
        return;
    m_vm->disconnectFolder(place);
    endServer(*share);
    share->hasCard = false;
    share->isMounted = false;
    m_attempts.remove(place);
    for (const Reply &reply : std::exchange(share->leaving, {}))
        answerSoon(reply, {});
    if (share->card.isUnwanted)
        drop(share);
    else
        share->trouble = QString("The guest has removed its card");
    emit changed();
}

void KvmShares::serverEnded(unsigned place, const QString &how)
{
    Share *const found = inPlace(place);
    if (!m_vm || !found || !found->server)
        return;
    Share &share = *found;
    m_vm->disconnectFolder(place);
    const bool wasMounted = std::exchange(share.isMounted, false);
    const bool isShortLived = share.server->life() < m_options.shortestLife;
    share.server->disconnect(this);
    share.server.release()->deleteLater(); // this is its signal
    if (share.card.isUnwanted)
        return;
    share.trouble = QString("Its server %1").arg(how);
    log(LogLevel::Error, "share",
        QString("%1: its server %2").arg(quoted(share), how).toStdString());
    if (isShortLived) {
        emit noticed(QString("%1 is out of the guest's reach: its server %2. The machine goes on%3")
                         .arg(quoted(share), how,
                              wasMounted ? QString(", but programs that use the folder may wait")
                                         : QString()));
    } else if (const Result<> served = serve(share); !served) {
        share.trouble = errorText(served.error());
        emit noticed(QString("%1 is out of the guest's reach: its server %2, and there is no other "
                             "one: %3")
                         .arg(quoted(share), how, share.trouble));
    } else if (wasMounted) {
        emit noticed(QString("The server of %1 %2; another one has taken its place. Unmount the "
                             "folder in the guest, then mount it once more")
                         .arg(quoted(share).replace(0, 1, 't'), how));
    }
    emit changed();
}

void KvmShares::serverGivenUp(unsigned place, const QString &why)
{
    Share *const share = inPlace(place);
    if (!m_vm || !share || !share->server || share->server->processId() == 0)
        return; // it has ended, which is told
    if (m_vm->hasFolderServer(place))
        return; // it was another one, whose end was told first
    log(LogLevel::Error, "share", QString("%1: %2").arg(quoted(*share), why).toStdString());
    share->server->kill(); // tells that it ended
}

QList<FolderUse> KvmShares::uses() const
{
    QList<FolderUse> uses;
    for (const auto &share : m_shares)
        if (!share->card.isUnwanted)
            uses.append({share->card.folder, share->isMounted, share->trouble});
    return uses;
}

QList<KvmFolderPlace> KvmShares::places() const
{
    QList<KvmFolderPlace> places;
    for (const auto &share : m_shares)
        if (share->hasCard)
            places.append(share->card);
    std::sort(places.begin(), places.end(),
              [](const auto &a, const auto &b) { return a.place < b.place; });
    return places;
}

void KvmShares::guestWasReset()
{
    for (const auto &share : m_shares)
        share->isMounted = false;
    emit changed();
}

} // namespace engine
