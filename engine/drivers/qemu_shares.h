// SPDX-License-Identifier: GPL-3.0-or-later
// The shared folders of a machine that QEMU runs. Each has a vitrine-share (share_process.h) and a
// vhost-user-fs-pci card in one of eight places of the board: on a Q35 root ports of their own, as
// cards come and go only behind those (docs/pcie.txt); on an i440fx the last slots, downwards.
//
// QEMU 7.2 cannot save a machine that has such a card (hw/virtio/vhost-user-fs.c, "unmigratable"),
// so the cards are taken out before and put in again after. A guest that has the folder mounted
// would lose it: then the machine is not saved.
//
// A server that ends takes its folder from the guest and nothing else. It is started anew when the
// guest has let go of the card; QEMU 7.2 cannot connect an existing one to another server.
//
// Main thread only.
#pragma once

#include "engine/drivers/driver.h"

#include <QtCore/QObject>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace engine {

class QmpClient;
class ShareProcess;

constexpr int ShareQueueSize = 1024; // as many descriptors as QEMU lets a queue have

// What the command line says of a folder that the machine has from the start.
struct ShareLaunch
{
    int place = 0; // below MachineDefinition::MaxSharedFolders
    QString id; // the device's; the chardev's is `id`-server
    QString socket;
    QString tag;
};

// Whether a machine gets room for shared folders: its memory is then a file that servers can map,
// and there are places for cards. Where one virtio device shows that the guest knows the kind.
bool hasRoomForFolders(const MachineDefinition &definition);
// "bus=..." and "addr=...", of the card in that place.
QStringList sharePlace(const MachineDefinition &definition, int place);

struct QemuSharesOptions
{
    QString program; // empty: vitrine-share
    std::chrono::milliseconds patience{10000}; // until the guest has let go of a card
    std::chrono::seconds shortestLife{10}; // of a server, to be started anew
};

class QemuShares final : public QObject
{
    Q_OBJECT
public:
    using Reply = Driver::Reply;

    explicit QemuShares(QString runFolder, QemuSharesOptions options = {},
                        QObject *parent = nullptr);
    ~QemuShares() override; // kills the servers

    void setDefinition(const MachineDefinition &definition) { m_definition = definition; }
    // Serves the definition's folders before QEMU starts. One that cannot be served is left out;
    // uses() says why.
    QList<ShareLaunch> serveAtStart();
    // QEMU answers; null: it does no more.
    void setClient(QmpClient *qmp);

    void attach(const SharedFolder &folder, Reply reply);
    void detach(const QString &name, Reply reply);
    QList<FolderUse> uses() const;
    // True when it was one of its cards.
    bool deviceDeleted(const QString &id);
    // The guest starts anew and has nothing mounted.
    void guestWasReset();

    // Why the machine cannot be saved now; empty: it can.
    QString whyNotSaved() const;
    bool hasCards() const;
    // Around a save: all or none.
    void takeAway(Reply reply);
    void bringBack();

signals:
    void changed();
    void noticed(const QString &text);

private:
    enum class Card { Absent, Coming, Present, Leaving };
    struct Share
    {
        SharedFolder folder;
        int place = -1;
        QString id;
        std::unique_ptr<ShareProcess> server;
        Card card = Card::Absent;
        bool isMounted = false;
        bool isUnwanted = false; // nobody hears of it any more; the guest still has the card
        bool isAway = false; // until the machine has been saved, or was not
        bool wasAsked = false; // to let go of it: if that comes late, it gets another card
        bool isShortLived = false; // its server was
        int attempt = 0;
        QString trouble;
        QList<Reply> leaving; // who waits for the card to be gone
    };

    using Answer = std::function<void(const Result<QJsonValue> &)>;

    void ask(const QString &command, const QJsonObject &arguments, Answer answer = {});
    Result<> serve(Share &share);
    int freePlace() const;
    Share *find(const QString &name);
    Share *findCard(const QString &id);
    void drop(const Share *share);
    void plug(const QString &id, Reply reply);
    void unplug(Share &share, Reply reply);
    void gaveUp(const QString &id, int attempt);
    void left(Share &share, const Result<> &result);
    void removeServerEnd(const QString &id, int attempts);
    void serverEnded(const QString &id, const QString &how);
    void cardLost(Share &share);
    QString socketPath(const Share &share) const;
    static QString quoted(const SharedFolder &folder); // "The shared folder \"music\""

    const QString m_runFolder;
    const QemuSharesOptions m_options;
    MachineDefinition m_definition;
    QmpClient *m_qmp = nullptr;
    std::vector<std::unique_ptr<Share>> m_shares;
    int m_lastId = 0;
    int m_attempts = 0; // to take a card away
};

} // namespace engine
