// SPDX-License-Identifier: GPL-3.0-or-later
// The shared folders of a machine that this process runs. Each has a virtio-fs card in one of the
// Vm's places for folders, from the start or since it was attached, and a vitrine-share
// (share_process.h) behind it.
//
// A server that ends takes its folder from the guest and nothing else. The card gets another one;
// what the guest has mounted of the first answers with errors until it is mounted anew. A server
// that the Vm gives up, because it hangs or lies, is ended.
//
// What the guest has mounted is known to its server only, whose state is part of the machine's: the
// card asks for it, and gives it to the next one (vhost_user_front.h). Which folder is in which
// place is the driver's to keep.
//
// Main thread only.
#pragma once

#include "engine/drivers/driver.h"
#include "engine/vmm/vm_config.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace engine {

class ShareProcess;
class Vm;

struct KvmSharesOptions
{
    QString program; // empty: vitrine-share
    std::chrono::milliseconds shortestLife{10000}; // of a server, to be started anew
    std::chrono::milliseconds patience{10000}; // until the guest has let go of a card
    std::chrono::milliseconds reminder{3000}; // of the guest, between one and the next
};

// A card that the guest has.
struct KvmFolderPlace
{
    unsigned place = 0;
    SharedFolder folder;
    bool isUnwanted = false; // nobody hears of the folder any more; the guest was asked to let go
};

class KvmShares final : public QObject
{
    Q_OBJECT
public:
    using Reply = Driver::Reply;

    KvmShares(QString runFolder, const QList<KvmFolderPlace> &places, KvmSharesOptions options = {},
              QObject *parent = nullptr);
    ~KvmShares() override; // kills the servers

    // For the VmConfig. Only while this object lives.
    std::vector<VmSharedFolder> cards() const;
    VmFolderEvents events();
    // The Vm is there: every folder gets its server. One that cannot be served is left out; uses()
    // says why. Null: the Vm is to go.
    void setVm(Vm *vm);

    // Whether the guest runs, so that it can react; at first it does not. One that does is reminded
    // of the cards that it shall let go of.
    void setRunning(bool isRunning);

    // Busy while the guest has a card of that name that it shall let go of: it would not take
    // another one.
    void attach(const SharedFolder &folder, Reply reply);
    void detach(const QString &name, Reply reply);
    QList<FolderUse> uses() const;
    QList<KvmFolderPlace> places() const; // by place
    // Cards that the guest shall let go of lose their servers at once.
    void endUnwanted();
    // The guest starts anew and has nothing mounted.
    void guestWasReset();

signals:
    void changed();
    void noticed(const QString &text);

private:
    struct Share
    {
        KvmFolderPlace card;
        bool hasCard = true;
        std::unique_ptr<ShareProcess> server;
        bool isMounted = false;
        QString trouble;
        QList<Reply> leaving; // who waits for the card to be gone
    };

    Share *find(const QString &name);
    Share *findLeaving(const QString &name);
    Share *inPlace(unsigned place);
    std::optional<unsigned> freePlace();
    void drop(const Share *share);
    Result<> serve(Share &share);
    static void endServer(Share &share);
    void released(unsigned place);
    void remindGuest();
    void beginPatience(unsigned place, int attempt);
    void gaveUp(unsigned place, int attempt);
    void serverEnded(unsigned place, const QString &how);
    void serverGivenUp(unsigned place, const QString &why);
    static QString quoted(const Share &share); // "The shared folder \"music\""

    const QString m_runFolder;
    const KvmSharesOptions m_options;
    Vm *m_vm = nullptr;
    std::vector<std::unique_ptr<Share>> m_shares;
    int m_lastSocket = 0;
    int m_lastAttempt = 0; // to take a card away
    QHash<unsigned, int> m_attempts; // by place
    bool m_isRunning = false;
    QTimer m_reminder;
};

} // namespace engine
