// SPDX-License-Identifier: GPL-3.0-or-later
// Files and folders in a guest. The agent has commands for the contents of files only, so the rest
// is done by the guest's own tools: sh, find, stat, mkdir, rm, mv as POSIX, GNU and Busybox agree
// on them. A Windows guest is refused with a sentence. Main thread only.
//
// Paths are absolute, with "/", and what the guest says is not trusted: a name of it never leads
// out of the folder it was listed in.
#pragma once

#include "engine/control/guest_link.h"

#include <QtCore/QDateTime>
#include <QtCore/QList>
#include <QtCore/QString>

namespace engine {

struct GuestEntry
{
    enum class Kind { File, Folder, Link, Other };
    QString name; // without its folder
    Kind kind = Kind::File;
    bool leadsToFolder = false; // of a link
    qint64 sizeBytes = 0;
    QDateTime modified;
    int mode = 0; // permissions: 0644
    QString owner;
    QString group;

    bool isFolder() const { return kind == Kind::Folder || leadsToFolder; }
};

// What the listing script prints, see guest_files.cpp. What is malformed is left out, names that
// are none too. Pure.
QList<GuestEntry> parseGuestListing(const QByteArray &text);

class GuestFiles final : public QObject
{
    Q_OBJECT
public:
    using ListReply = std::function<void(Result<QList<GuestEntry>>)>;
    using EntryReply = std::function<void(Result<GuestEntry>)>;
    using Reply = std::function<void(Result<>)>;
    using TextReply = std::function<void(Result<QString>)>;

    enum class Parents { No, Make };
    enum class Depth { One, All };

    // Everything is done as `user`; empty: as the agent, which is root.
    explicit GuestFiles(GuestLink &link, QString user = {}, QObject *parent = nullptr);

    void list(const QString &folder, ListReply reply);
    // Of what is there, links not followed; NotFound when nothing is.
    void stat(const QString &path, EntryReply reply);
    void makeFolder(const QString &path, Parents parents, int mode, Reply reply); // mode -1: usual
    void removeFolder(const QString &path, Reply reply); // an empty one
    void remove(const QString &path, Depth depth, Reply reply);
    // `target`: a new name, or a folder that is there. Nothing is overwritten unless forced.
    void move(const QStringList &sources, const QString &target, Reply reply);
    // In a folder, of a pattern with X's at its end.
    void makeTemporary(const QString &folder, const QString &pattern, bool isFolder,
                       TextReply reply);
    // Adds the permission to execute.
    void makeExecutable(const QStringList &paths, Reply reply);
    // Made empty, or emptied, so that a file gets its owner and the user's rights are asked.
    void truncate(const QString &path, Reply reply);
    void checkReadable(const QString &path, Reply reply);
    // Where a user is at home; "/" when nobody knows.
    void askHome(TextReply reply);

private:
    void script(const QString &text, const QStringList &arguments,
                std::function<void(Result<QByteArray>)> reply);
    void scriptDone(const QString &text, const QStringList &arguments, const QString &failure,
                    Reply reply);

    GuestLink &m_link;
    QString m_user;
};

} // namespace engine
