// SPDX-License-Identifier: GPL-3.0-or-later
// Copies files and folders between this computer and a guest, by the agent's guest-file-open,
// -read and -write. Done by whoever asks for it (the CLI, the file manager), with that process's
// rights on this computer.
//
// Links to folders and what is neither file nor folder is left out and noted; from a guest no link
// is followed at all. What a guest names never leads out of the target. A file that was not copied
// to its end is removed again. Main thread only.
#pragma once

#include "engine/control/guest_files.h"

#include <QtCore/QFile>
#include <QtCore/QSaveFile>

#include <memory>

namespace engine {

struct GuestCopyOrder
{
    enum class Direction { ToGuest, FromGuest };
    Direction direction = Direction::ToGuest;
    QStringList sources; // absolute
    // Absolute. A folder that is there, or, of one source, what the copy is called.
    QString target;
    bool isRecursive = true; // else folders are refused
    QString user = {}; // in the guest; empty: as the agent, which is root
};

struct GuestCopyResult
{
    int files = 0;
    int folders = 0;
    qint64 bytes = 0;
    QStringList leftOut; // what was neither file nor folder
};

class GuestCopy final : public QObject
{
    Q_OBJECT
public:
    using Reply = std::function<void(Result<GuestCopyResult>)>;

    GuestCopy(GuestLink &link, GuestCopyOrder order, QObject *parent = nullptr);
    ~GuestCopy() override;

    void start(Reply reply); // exactly once
    void cancel(); // answered with Cancelled

signals:
    // Of what is known so far; `name` is what is copied now.
    void progressed(qint64 doneBytes, qint64 totalBytes, const QString &name);

private:
    struct Step
    {
        bool isFolder = false;
        QString from;
        QString to;
        qint64 sizeBytes = 0;
        bool isExecutable = false;
        QDateTime modified = {};
    };
    struct Folder // in the guest, still to be looked at
    {
        QString from;
        QString to;
        int depth = 0;
    };

    bool isToGuest() const { return m_order.direction == GuestCopyOrder::Direction::ToGuest; }
    void planToGuest(bool isTargetFolder);
    void planFolderToGuest(const QString &from, const QString &to);
    void planFromGuest(int source);
    void planEntry(const GuestEntry &entry, const QString &from, const QString &to, int depth);
    void planNextFolder();
    void next();
    void makeFolder(const Step &step);
    void openInGuest();
    void sendPiece();
    void writePiece(const QByteArray &piece);
    void receivePiece();
    void fileDone();
    void closeInGuest(std::function<void(Result<>)> done);
    void finishModes();
    void fail(const Error &error);
    void finish(Result<GuestCopyResult> result);
    bool isStopped(); // after each answer of the guest: true when it is over

    GuestLink &m_link;
    GuestFiles m_files;
    GuestCopyOrder m_order;
    Reply m_reply;
    GuestCopyResult m_result;
    QList<Step> m_steps;
    qsizetype m_step = 0;
    QList<Folder> m_folders;
    QStringList m_executables; // in the guest
    qint64 m_totalBytes = 0;
    qint64 m_handle = -1; // in the guest
    QFile m_input;
    std::unique_ptr<QSaveFile> m_output;
    bool m_isCancelled = false;
    bool m_isOver = false;
};

// The folder's path and the name, with one "/" between.
QString guestPath(const QString &folder, const QString &name);

} // namespace engine
