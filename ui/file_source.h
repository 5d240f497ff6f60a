// SPDX-License-Identifier: GPL-3.0-or-later
// One side of the file manager: this computer's files or a guest's, by the same words. Answers come
// exactly once, unless the source goes first. Main thread only.
#pragma once

#include "engine/control/guest_files.h"

#include <QtCore/QObject>

namespace ui {

class FileSource : public QObject
{
    Q_OBJECT
public:
    using Entry = engine::GuestEntry;
    using ListReply = std::function<void(engine::Result<QList<Entry>>)>;
    using Reply = std::function<void(engine::Result<>)>;
    using PathReply = std::function<void(engine::Result<QString>)>;

    using QObject::QObject;

    virtual void list(const QString &folder, ListReply reply) = 0;
    virtual void makeFolder(const QString &path, Reply reply) = 0;
    virtual void rename(const QString &from, const QString &to, Reply reply) = 0;
    virtual void remove(const QString &path, Reply reply) = 0; // folders with what is in them
    virtual void askHome(PathReply reply) = 0;
    // What remove() means here, for the question before it.
    virtual QString removalText() const = 0;
};

// What is removed goes to the desktop's trash.
class HostFileSource final : public FileSource
{
    Q_OBJECT
public:
    using FileSource::FileSource;
    void list(const QString &folder, ListReply reply) override;
    void makeFolder(const QString &path, Reply reply) override;
    void rename(const QString &from, const QString &to, Reply reply) override;
    void remove(const QString &path, Reply reply) override;
    void askHome(PathReply reply) override;
    QString removalText() const override;
};

class GuestFileSource final : public FileSource
{
    Q_OBJECT
public:
    explicit GuestFileSource(engine::GuestLink &link, QObject *parent = nullptr);
    void list(const QString &folder, ListReply reply) override;
    void makeFolder(const QString &path, Reply reply) override;
    void rename(const QString &from, const QString &to, Reply reply) override;
    void remove(const QString &path, Reply reply) override;
    void askHome(PathReply reply) override;
    QString removalText() const override;

private:
    engine::GuestFiles m_files;
};

} // namespace ui
