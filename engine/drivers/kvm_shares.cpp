// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/kvm_shares.h"

#include "engine/base/log.h"
#include "engine/drivers/share_process.h"
#include "engine/machine/qt_text.h"
#include "engine/vmm/vm.h"

#include <utility>

namespace engine {

KvmShares::KvmShares(QString runFolder, const QList<SharedFolder> &folders,
                     KvmSharesOptions options, QObject *parent)
    : QObject(parent)
    , m_runFolder(std::move(runFolder))
    , m_options(std::move(options))
{
    for (const SharedFolder &folder : folders) {
        m_shares.emplace_back();
        m_shares.back().folder = folder;
    }
}

KvmShares::~KvmShares()
{
    blockSignals(true);
}

QString KvmShares::quoted(unsigned index) const
{
    return QString("The shared folder \"%1\"").arg(m_shares[index].folder.name);
}

std::vector<VmSharedFolder> KvmShares::cards()
{
    std::vector<VmSharedFolder> cards;
    for (unsigned index = 0; index < m_shares.size(); ++index) {
        VmSharedFolder card;
        card.number = index;
        card.tag = m_shares[index].folder.name.toStdString();
        card.serverLost = [this, index](const Error &error) {
            QMetaObject::invokeMethod(
                this, [this, index, why = toQString(error.text())] { serverGivenUp(index, why); },
                Qt::QueuedConnection);
        };
        cards.push_back(std::move(card));
    }
    return cards;
}

void KvmShares::setVm(Vm *vm)
{
    m_vm = vm;
    if (!vm)
        return;
    for (unsigned index = 0; index < m_shares.size(); ++index) {
        if (const Result<> served = serve(index); !served) {
            m_shares[index].trouble = errorText(served.error());
            log(LogLevel::Error, "share", served.error().text());
        }
    }
    emit changed();
}

// A server that listens, and the Vm's connection to it.
Result<> KvmShares::serve(unsigned index)
{
    Share &share = m_shares[index];
    auto server = std::make_unique<ShareProcess>(m_options.program);
    TRY(server->start(share.folder, QString("%1/folder%2.sock").arg(m_runFolder).arg(index + 1)));
    Fd connection = TRY(server->connectTo());
    connect(server.get(), &ShareProcess::ended, this,
            [this, index](const QString &how) { serverEnded(index, how); });
    connect(server.get(), &ShareProcess::mounted, this, [this, index](bool isMounted) {
        m_shares[index].isMounted = isMounted;
        emit changed();
    });
    share.server = std::move(server);
    share.isMounted = false;
    share.trouble.clear();
    m_vm->connectFolder(index, std::move(connection));
    return {};
}

void KvmShares::serverEnded(unsigned index, const QString &how)
{
    if (!m_vm)
        return;
    Share &share = m_shares[index];
    m_vm->disconnectFolder(index);
    const bool wasMounted = std::exchange(share.isMounted, false);
    const bool isShortLived = share.server->life() < m_options.shortestLife;
    share.server->disconnect(this);
    share.server.release()->deleteLater(); // this is its signal
    share.trouble = QString("Its server %1").arg(how);
    log(LogLevel::Error, "share",
        QString("%1: its server %2").arg(quoted(index), how).toStdString());
    if (isShortLived) {
        emit noticed(QString("%1 is out of the guest's reach: its server %2. The machine goes on%3")
                         .arg(quoted(index), how,
                              wasMounted ? QString(", but programs that use the folder may wait")
                                         : QString()));
    } else if (const Result<> served = serve(index); !served) {
        share.trouble = errorText(served.error());
        emit noticed(QString("%1 is out of the guest's reach: its server %2, and there is no other "
                             "one: %3")
                         .arg(quoted(index), how, share.trouble));
    } else if (wasMounted) {
        emit noticed(QString("The server of %1 %2; another one has taken its place. Unmount the "
                             "folder in the guest, then mount it once more")
                         .arg(quoted(index).replace(0, 1, 't'), how));
    }
    emit changed();
}

void KvmShares::serverGivenUp(unsigned index, const QString &why)
{
    Share &share = m_shares[index];
    if (!m_vm || !share.server || share.server->processId() == 0)
        return; // it has ended, which is told
    log(LogLevel::Error, "share", QString("%1: %2").arg(quoted(index), why).toStdString());
    share.server->kill(); // tells that it ended
}

QList<FolderUse> KvmShares::uses() const
{
    QList<FolderUse> uses;
    for (const Share &share : m_shares)
        uses.append({share.folder, share.isMounted, share.trouble});
    return uses;
}

void KvmShares::guestWasReset()
{
    for (Share &share : m_shares)
        share.isMounted = false;
    emit changed();
}

} // namespace engine
