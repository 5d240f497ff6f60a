// SPDX-License-Identifier: GPL-3.0-or-later
// The shared folders of a machine that this process runs. Each has a virtio-fs card of the Vm's,
// there from the start to the end, and a vitrine-share (share_process.h) behind it.
//
// A server that ends takes its folder from the guest and nothing else. The card gets another one;
// what the guest has mounted of the first answers with errors until it is mounted anew. A server
// that the Vm gives up, because it hangs or lies, is ended.
//
// What the guest has mounted is known to its server only, whose state is part of the machine's: the
// card asks for it, and gives it to the next one (vhost_user_front.h).
//
// Main thread only.
#pragma once

#include "engine/drivers/driver.h"
#include "engine/vmm/vm_config.h"

#include <QtCore/QObject>

#include <chrono>
#include <memory>
#include <vector>

namespace engine {

class ShareProcess;
class Vm;

struct KvmSharesOptions
{
    QString program; // empty: vitrine-share
    std::chrono::milliseconds shortestLife{10000}; // of a server, to be started anew
};

class KvmShares final : public QObject
{
    Q_OBJECT
public:
    KvmShares(QString runFolder, const QList<SharedFolder> &folders, KvmSharesOptions options = {},
              QObject *parent = nullptr);
    ~KvmShares() override; // kills the servers

    // For the VmConfig. Only while this object lives.
    std::vector<VmSharedFolder> cards();
    // The Vm is there: every folder gets its server. One that cannot be served is left out; uses()
    // says why. Null: the Vm is to go.
    void setVm(Vm *vm);

    QList<FolderUse> uses() const;
    // The guest starts anew and has nothing mounted.
    void guestWasReset();

signals:
    void changed();
    void noticed(const QString &text);

private:
    struct Share
    {
        SharedFolder folder;
        std::unique_ptr<ShareProcess> server;
        bool isMounted = false;
        QString trouble;
    };

    Result<> serve(unsigned index);
    void serverEnded(unsigned index, const QString &how);
    void serverGivenUp(unsigned index, const QString &why);
    QString quoted(unsigned index) const; // "The shared folder \"music\""

    const QString m_runFolder;
    const KvmSharesOptions m_options;
    Vm *m_vm = nullptr;
    std::vector<Share> m_shares;
};

} // namespace engine
